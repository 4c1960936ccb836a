"""Bodies and queries about orders, as terms, changes and queries."""

from collections.abc import Mapping
from decimal import Decimal

from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.trading.reading import choice, flag, instant, number, required, text, whole
from weaver.rehearsal.venue.checks.rules import bad_input
from weaver.rehearsal.venue.entry import find_asset
from weaver.rehearsal.venue.tickets.book import Query
from weaver.rehearsal.venue.tickets.terms import Change, StopLoss, Terms

LISTED, LISTED_MAX = 50, 500
TIFS = ("day", "gtc", "opg", "cls", "ioc", "fok")
STATES: Mapping[str, bool | None] = {"open": True, "closed": False, "all": None}
DIRECTIONS: Mapping[str, bool] = {"asc": True, "desc": False}


def read_terms(body: Mapping[str, object]) -> Terms:
    """What an order asks for. Raises Refused."""
    symbol, intent = required(body, "symbol"), text(body, "position_intent")
    order_class = choice(OrderClass, text(body, "order_class") or "simple", "order_class")
    take_profit, stop_loss = _take_profit(body), _stop_loss(body)
    limit = number(body, "limit_price", label="limit price")
    if order_class is OrderClass.OCO:
        limit = take_profit or limit
        take_profit = limit
    quantity, notional = _size(body)
    return Terms(
        symbol=symbol,
        side=_side(body, intent),
        type=choice(OrderType, required(body, "type"), "order type"),
        tif=read_tif(required(body, "time_in_force")),
        qty=quantity,
        notional=notional,
        limit_price=limit,
        stop_price=number(body, "stop_price", label="stop price"),
        trail_price=number(body, "trail_price"),
        trail_percent=number(body, "trail_percent"),
        extended_hours=flag(body.get("extended_hours"), "extended_hours"),
        order_class=order_class,
        take_profit=take_profit,
        stop_loss=stop_loss,
        position_intent=intent,
    )


def read_change(body: Mapping[str, object]) -> Change:
    """What a replacement asks for. Raises Refused."""
    tif = text(body, "time_in_force")
    return Change(
        qty=number(body, "qty"),
        tif=None if tif is None else read_tif(tif),
        limit_price=number(body, "limit_price", label="limit price"),
        stop_price=number(body, "stop_price", label="stop price"),
        trail=number(body, "trail"),
        client_order_id=text(body, "client_order_id"),
    )


def read_tif(value: str) -> TimeInForce:
    """One of the times in force that Alpaca knows. Raises Refused."""
    if value.lower() not in TIFS:
        raise bad_input("invalid time_in_force")
    return choice(TimeInForce, value, "time_in_force")


def read_query(query: Mapping[str, str], assets: Mapping[str, Asset]) -> Query:
    """Which orders are listed. Raises Refused."""
    state, direction = query.get("status") or "open", query.get("direction") or "desc"
    if state.lower() not in STATES:
        raise bad_input("invalid status")
    if direction.lower() not in DIRECTIONS:
        raise bad_input("invalid direction")
    side = query.get("side")
    return Query(
        is_open=STATES[state.lower()],
        limit=whole(query, "limit", LISTED, LISTED_MAX),
        after=instant(query, "after"),
        until=instant(query, "until"),
        is_ascending=DIRECTIONS[direction.lower()],
        is_nested=flag(query.get("nested"), "nested"),
        symbols=_symbols(query.get("symbols"), assets),
        side=choice(Side, side, "side") if side else None,
    )


def _symbols(names: str | None, assets: Mapping[str, Asset]) -> frozenset[str] | None:
    if not names:
        return None
    found = {name: find_asset(assets, name.strip()) for name in names.split(",")}
    return frozenset(name if asset is None else asset.symbol for name, asset in found.items())


def _side(body: Mapping[str, object], intent: str | None) -> Side:
    side = text(body, "side")
    if side is None and intent is not None:
        side = intent.partition("_")[0]
    if side is None:
        raise bad_input("side is required")
    return choice(Side, side, "side")


def _size(body: Mapping[str, object]) -> tuple[Decimal | None, Decimal | None]:
    quantity, notional = number(body, "qty"), number(body, "notional")
    if quantity is None and notional is None:
        raise bad_input("qty or notional is required")
    if quantity is not None and notional is not None:
        raise bad_input("only one of qty or notional is accepted")
    return quantity, notional


def _take_profit(body: Mapping[str, object]) -> Decimal | None:
    given = _object(body, "take_profit")
    return None if given is None else number(given, "limit_price", label="take_profit.limit_price")


def _stop_loss(body: Mapping[str, object]) -> StopLoss | None:
    given = _object(body, "stop_loss")
    if given is None:
        return None
    stop = number(given, "stop_price", label="stop_loss.stop_price")
    if stop is None:
        raise bad_input("stop_loss.stop_price is required")
    return StopLoss(stop_price=stop, limit_price=number(given, "limit_price", label="stop_loss.limit_price"))


def _object(body: Mapping[str, object], name: str) -> Mapping[str, object] | None:
    value = body.get(name)
    if value is None or isinstance(value, Mapping):
        return value
    raise bad_input(f"{name} must be an object")

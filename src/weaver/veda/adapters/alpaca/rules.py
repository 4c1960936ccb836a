"""Alpaca's rules for orders, checked before anything is sent. Sources: its documentation of orders, 2026, and what its
users report; `/docs/architecture/veda.md` lists them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from weaver.model.market.asset_class import AssetClass
from weaver.model.numbers.money import decimals_of, plain
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.venue import LASTING
from weaver.veda.adapters.alpaca.hours import too_late_for_auction
from weaver.veda.exchange.answers import Reason, Refused
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.exchange.orders import OrderRequest, VenueOrder

CLIENT_ID_MAX = 128
QUANTITY_DECIMALS_MAX = 9
CENT, TICK_UNDER_ONE = Decimal("0.01"), Decimal("0.0001")
_STOPS = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})
_PRICES_NEEDED = {
    OrderType.MARKET: frozenset[str](),
    OrderType.LIMIT: frozenset({"limit"}),
    OrderType.STOP: frozenset({"stop"}),
    OrderType.STOP_LIMIT: frozenset({"limit", "stop"}),
    OrderType.TRAILING_STOP: frozenset({"trail"}),
}


def refusal(
    request: OrderRequest, known: InstrumentRules, working: Iterable[VenueOrder], now: datetime
) -> Refused | None:
    """Why Alpaca would not take an order, given the account's working orders; None: nothing speaks against it."""
    for found in _refusals(request, known, working, now):
        return found
    return None


def _refusals(
    request: OrderRequest, known: InstrumentRules, working: Iterable[VenueOrder], now: datetime
) -> Iterator[Refused]:
    yield from _of_the_asset(request, known)
    yield from _of_the_kind(request, known)
    yield from _of_the_time_in_force(request, now)
    yield from _of_the_quantity(request, known)
    yield from _of_the_prices(request, known)
    yield from _of_the_legs(request)
    yield from _wash_trades(request, working)


def _no(reason: Reason, message: str) -> Refused:
    return Refused(reason=reason, message=message, was_sent=False)


def _of_the_asset(request: OrderRequest, known: InstrumentRules) -> Iterator[Refused]:
    if not known.is_tradable:
        yield _no(Reason.INSTRUMENT, f"{request.symbol} is not tradable: {'; '.join(known.flags)}")


def _of_the_kind(request: OrderRequest, known: InstrumentRules) -> Iterator[Refused]:
    identifier = request.client_order_id
    if not 0 < len(identifier) <= CLIENT_ID_MAX:
        yield _no(Reason.ORDER, f"a client order id has 1 to {CLIENT_ID_MAX} characters, not {len(identifier)}")
    if told := known.rules.refuses(request):
        yield _no(Reason.ORDER, told)


def _of_the_time_in_force(request: OrderRequest, now: datetime) -> Iterator[Refused]:
    kind, tif = request.order_type, request.tif
    if kind is OrderType.TRAILING_STOP and tif not in LASTING:
        yield _no(Reason.ORDER, f"trailing stops are day, gtc or gtd orders, not {tif}")
    if tif not in {TimeInForce.OPG, TimeInForce.CLS}:
        return
    if kind not in {OrderType.MARKET, OrderType.LIMIT}:
        yield _no(Reason.ORDER, f"{tif} orders are market or limit orders, not {kind}")
    if told := too_late_for_auction(tif, now):
        yield _no(Reason.ORDER, told)


def _of_the_quantity(request: OrderRequest, known: InstrumentRules) -> Iterator[Refused]:
    instrument, quantity = known.instrument, request.quantity
    if request.notional is not None:
        yield from _of_the_notional(request, known)
        return
    if quantity <= 0:
        yield _no(Reason.QUANTITY, f"a quantity is above 0, not {plain(quantity)}")
    elif decimals_of(quantity) > QUANTITY_DECIMALS_MAX:
        yield _no(Reason.QUANTITY, f"a quantity has {QUANTITY_DECIMALS_MAX} decimals at most: {plain(quantity)}")
    elif instrument.asset_class is AssetClass.STOCK:
        if quantity % 1 and not known.is_fractionable:
            yield _no(Reason.QUANTITY, f"fractions of {request.symbol} cannot be ordered: {plain(quantity)}")
    elif quantity % instrument.lot:
        yield _no(
            Reason.QUANTITY, f"{request.symbol} is ordered in steps of {plain(instrument.lot)}: {plain(quantity)}"
        )
    elif quantity < instrument.minimum:
        least = plain(instrument.minimum)
        yield _no(Reason.QUANTITY, f"an order for {request.symbol} is {least} at least, not {plain(quantity)}")
    limit, counts = request.limit, instrument.asset_class is not AssetClass.STOCK or quantity % 1
    if limit is not None and counts and 0 < quantity * limit < known.minimum_notional:
        yield _too_small(request, known, quantity * limit)


def _of_the_notional(request: OrderRequest, known: InstrumentRules) -> Iterator[Refused]:
    notional = request.notional or Decimal(0)
    if request.quantity:
        yield _no(Reason.QUANTITY, "an order has a quantity or a notional amount, not both")
    if notional < known.minimum_notional or notional <= 0:
        yield _too_small(request, known, notional)
    if decimals_of(notional) > 2:
        yield _no(Reason.QUANTITY, f"a notional amount has two decimals at most: {plain(notional)}")
    is_stock = known.instrument.asset_class is AssetClass.STOCK
    if is_stock and (request.tif is not TimeInForce.DAY or request.order_class is not OrderClass.SIMPLE):
        yield _no(Reason.ORDER, "notional orders are simple day orders only")
    if is_stock and request.order_type is OrderType.TRAILING_STOP:
        yield _no(Reason.ORDER, "notional orders do not trail")
    if is_stock and not known.is_fractionable:
        yield _no(Reason.QUANTITY, f"fractions of {request.symbol} cannot be ordered, so no notional amounts either")


def _too_small(request: OrderRequest, known: InstrumentRules, value: Decimal) -> Refused:
    least = plain(known.minimum_notional)
    return _no(Reason.QUANTITY, f"an order for {request.symbol} comes to {least} at least, not {plain(value)}")


def _of_the_prices(request: OrderRequest, known: InstrumentRules) -> Iterator[Refused]:
    trails = [trail for trail in (request.trail, request.trail_percent) if trail is not None]
    given = {name for name, value in (("limit", request.limit), ("stop", request.stop)) if value is not None}
    given |= {"trail"} if trails else set()
    needed = frozenset() if request.order_class is OrderClass.OCO else _PRICES_NEEDED[request.order_type]
    if given != needed or len(trails) > 1:
        wanted = " and ".join(sorted(needed)) or "no price"
        yield _no(
            Reason.PRICE, f"a {request.order_type} order needs {wanted}, not {' and '.join(sorted(given)) or 'none'}"
        )
    for trail in trails:
        if trail <= 0:
            yield _no(Reason.PRICE, f"a trail is above 0, not {plain(trail)}")
    percent = request.trail_percent
    if percent is not None and percent >= 100 and request.side is Side.SELL:
        yield _no(Reason.PRICE, f"a sell trails by less than 100 %, not {plain(percent)}")
    stop_loss = request.stop_loss
    legs = () if stop_loss is None else (stop_loss.stop, stop_loss.limit)
    for price in (request.limit, request.stop, request.trail, request.take_profit, *legs):
        if price is not None:
            yield from _of_a_price(price, known)


def _of_a_price(price: Decimal, known: InstrumentRules) -> Iterator[Refused]:
    if price <= 0:
        yield _no(Reason.PRICE, f"a price is above 0, not {plain(price)}")
        return
    instrument = known.instrument
    tick = instrument.tick if instrument.tick_given else TICK_UNDER_ONE if price < 1 else CENT
    if price % tick:
        yield _no(Reason.PRICE, f"prices of {instrument.symbol} come in steps of {plain(tick)}: {plain(price)}")


def _of_the_legs(request: OrderRequest) -> Iterator[Refused]:
    profit, stop = request.take_profit, None if request.stop_loss is None else request.stop_loss.stop
    match request.order_class:
        case OrderClass.SIMPLE if profit is not None or stop is not None:
            yield _no(Reason.ORDER, "a simple order has no legs")
        case OrderClass.BRACKET | OrderClass.OCO if profit is None or stop is None:
            yield _no(Reason.ORDER, f"a {request.order_class} order needs a take-profit and a stop-loss")
        case OrderClass.OTO if (profit is None) == (stop is None):
            yield _no(Reason.ORDER, "an oto order has one leg, a take-profit or a stop-loss")
        case OrderClass.BRACKET | OrderClass.OTO if request.order_type not in {OrderType.MARKET, OrderType.LIMIT}:
            yield _no(Reason.ORDER, f"the entry of a {request.order_class} order is a market or limit order")
    yield from _of_the_legs_prices(request)


def _of_the_legs_prices(request: OrderRequest) -> Iterator[Refused]:
    """Each exit lies on its side of the other, and of the entry's limit."""
    is_oco = request.order_class is OrderClass.OCO
    exit_side = request.side if is_oco else _other(request.side)
    profit, stop_loss = request.take_profit, request.stop_loss
    stop = None if stop_loss is None else stop_loss.stop
    entry = None if is_oco else request.limit
    for lower, upper in (((("stop-loss"), stop), ("take-profit", profit)), (("stop-loss", stop), ("limit", entry)),
                         (("limit", entry), ("take-profit", profit))):  # fmt: skip
        if lower[1] is not None and upper[1] is not None and exit_side.sign * (lower[1] - upper[1]) <= 0:
            where = "below" if exit_side is Side.SELL else "above"
            told = f"the {lower[0]} {plain(lower[1])} must be {where} the {upper[0]} {plain(upper[1])}"
            yield _no(Reason.PRICE, told)
    if (
        stop_loss is not None
        and stop is not None
        and stop_loss.limit is not None
        and exit_side.sign * (stop - stop_loss.limit) > 0
    ):
        told = f"the stop-loss's limit {plain(stop_loss.limit)} lies on the wrong side of its stop {plain(stop)}"
        yield _no(Reason.PRICE, told)


def _other(side: Side) -> Side:
    return Side.SELL if side is Side.BUY else Side.BUY


def _wash_trades(request: OrderRequest, working: Iterable[VenueOrder]) -> Iterator[Refused]:
    """Orders of one account that might trade with each other. Complex orders and trailing stops are exempt."""
    if request.order_class is not OrderClass.SIMPLE or request.order_type is OrderType.TRAILING_STOP:
        return
    for order in working:
        if order.symbol == request.symbol and order.is_working and _would_meet(request, order):
            yield _no(
                Reason.WASH_TRADE,
                f"the account's {order.side} order {order.client_order_id} for {order.symbol} is on the other side: "
                "cancel it first, or send a bracket, oco or oto",
            )


def _would_meet(request: OrderRequest, order: VenueOrder) -> bool:
    if order.side is not _other(request.side) or order.order_class is not OrderClass.SIMPLE:
        return False
    if order.order_type in {OrderType.TRAILING_STOP, None}:
        return False
    if _STOPS.issuperset({request.order_type, order.order_type}):
        return False
    if request.order_type is OrderType.LIMIT and order.order_type is OrderType.LIMIT:
        if request.limit is None or order.limit is None:
            return False
        return request.side.sign * (request.limit - order.limit) >= 0
    return True

"""An order as a person fills it in, and what it is in the books."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from weaver.model.calendar.calendar import Calendar
from weaver.model.errors import InvalidOrder
from weaver.model.numbers.money import PRICE_LIMIT, PRICE_MIN, decimals_of, plain
from weaver.model.orders.actions import SIDES, OrderClass, OrderType, Side, TimeInForce
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.runs.day_end import expires_at
from weaver.veda.trading.intents import Place

_NEEDED: Mapping[OrderType, frozenset[str]] = {
    OrderType.MARKET: frozenset(),
    OrderType.LIMIT: frozenset({"limit_price"}),
    OrderType.STOP: frozenset({"stop_price"}),
    OrderType.STOP_LIMIT: frozenset({"limit_price", "stop_price"}),
    OrderType.TRAILING_STOP: frozenset({"trail or trail_percent"}),
}
_EXIT_TIMES = (TimeInForce.DAY, TimeInForce.GTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What is asked for. Of an oco it is the limit order, and its stop-loss is the other one."""

    client_order_id: str | None = None
    symbol: str
    side: Side
    quantity: Decimal
    order_type: OrderType
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: Decimal | None = None
    tif: TimeInForce = TimeInForce.DAY
    expires: date | None = None
    extended_hours: bool = False
    order_class: OrderClass = OrderClass.SIMPLE
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    stop_loss_limit: Decimal | None = None
    exit_tif: TimeInForce = TimeInForce.GTC

    def check(self) -> None:
        """Raises InvalidOrder for what no venue could take, whatever it trades."""
        check_amounts(self)
        check_prices(self.order_type, self.limit, self.stop, self.trail, self.trail_percent)
        if (self.tif is TimeInForce.GTD) != (self.expires is not None):
            raise InvalidOrder("time_in_force gtd and expires, its last day, come together")
        if self.exit_tif not in _EXIT_TIMES:
            raise InvalidOrder(f"exits are day or gtc orders, not {self.exit_tif}")
        self._check_legs()

    def _check_legs(self) -> None:
        has_profit, has_loss = self.take_profit is not None, self.stop_loss is not None
        match self.order_class:
            case OrderClass.SIMPLE if has_profit or has_loss:
                raise InvalidOrder("a simple order has no legs: order_class is bracket, or oto with one leg")
            case OrderClass.BRACKET if not (has_profit and has_loss):
                raise InvalidOrder("a bracket order needs take_profit and stop_loss")
            case OrderClass.OTO if has_profit == has_loss:
                raise InvalidOrder("an oto order has one leg, take_profit or stop_loss")
            case OrderClass.OCO if self.order_type is not OrderType.LIMIT or has_profit or not has_loss:
                raise InvalidOrder("an oco is a limit order, which takes the profit, with a stop_loss beside it")

    def as_json(self, run_id: str | None) -> dict[str, str | bool]:
        """All that was asked for, and for whom, to tell whether the same is asked for again."""
        asked = {**asdict(self), "run_id": run_id}
        return {name: _said(value) for name, value in asked.items() if value is not None}

    def intent(
        self,
        order_id: str,
        account: str,
        run_id: str | None,
        *,
        rules: InstrumentRules,
        calendar: Calendar,
        now: datetime,
    ) -> Place:
        """For whoever carries it out. Raises InvalidOrder where its last session is over."""
        legs = self._legs(order_id)
        is_oco = self.order_class is OrderClass.OCO
        order = LiveOrder(
            id=order_id,
            account=account,
            run_id=run_id,
            number=0,
            client_order_id=self.client_order_id or order_id,
            symbol=self.symbol,
            side=self.side,
            quantity=self.quantity,
            order_type=self.order_type,
            order_class=self.order_class,
            tif=self.tif,
            expires=self.expires,
            extended_hours=self.extended_hours,
            limit=self.limit,
            stop=self.stop,
            trail=self.trail,
            trail_percent=self.trail_percent,
            group_id=order_id if is_oco else None,
            reduces=is_oco,
            placed_at=now,
            updated_at=now,
        )
        order = in_time(order, rules=rules, calendar=calendar, now=now)
        made = (_leg(order, parent=None if is_oco else order_id, **leg) for leg in legs)
        return Place(
            order=order,
            legs=tuple(in_time(leg, rules=rules, calendar=calendar, now=now) for leg in made),
        )

    def _legs(self, order_id: str) -> list[dict[str, Any]]:
        """How each exit differs from its entry."""
        is_oco = self.order_class is OrderClass.OCO
        tif = self.tif if is_oco else self.exit_tif
        side = self.side if is_oco else SIDES[-self.side.sign]
        usual = {"side": side, "tif": tif, "expires": self.expires if is_oco else None}
        legs = []
        if self.take_profit is not None:
            target = {"order_type": OrderType.LIMIT, "limit": self.take_profit, "stop": None}
            legs.append({"id": f"{order_id}-tp", **usual, **target})
        if self.stop_loss is not None:
            kind = OrderType.STOP if self.stop_loss_limit is None else OrderType.STOP_LIMIT
            stop = {"order_type": kind, "limit": self.stop_loss_limit, "stop": self.stop_loss}
            legs.append({"id": f"{order_id}-sl", **usual, **stop})
        return legs


def in_time(order: LiveOrder, *, rules: InstrumentRules, calendar: Calendar, now: datetime) -> LiveOrder:
    """An order with the instant of its end, where Weaver ends it. Raises InvalidOrder where that is past."""
    at = expires_at(
        order.tif,
        order.expires,
        rules=rules,
        calendar=calendar,
        at=now,
        extended_hours=order.extended_hours,
    )
    if at is not None and at <= now:
        raise InvalidOrder(f"{order.symbol}: the session of {order.expires}, on which the order expires, is over")
    return replace(order, expires_at=at)


def check_prices(
    kind: OrderType, limit: Decimal | None, stop: Decimal | None, trail: Decimal | None, percent: Decimal | None
) -> None:
    """Raises InvalidOrder where a type of order lacks a price, or has one too many."""
    trails = trail is not None or percent is not None
    prices = (("limit_price", limit is not None), ("stop_price", stop is not None), ("trail or trail_percent", trails))
    given = frozenset(name for name, is_given in prices if is_given)
    if given != _NEEDED[kind]:
        wanted, found = (" and ".join(sorted(names)) or "no price" for names in (_NEEDED[kind], given))
        raise InvalidOrder(f"a {kind} order takes {wanted}, and was given {found}")
    if trail is not None and percent is not None:
        raise InvalidOrder("an order trails by an amount (trail) or by percent (trail_percent), not both")


def check_amounts(asked: object) -> None:
    """Raises InvalidOrder for an amount that is not above 0, or that no database has room for."""
    names = {"quantity": "qty", "limit": "limit_price", "stop": "stop_price", "trail": "trail",
             "trail_percent": "trail_percent", "take_profit": "take_profit", "stop_loss": "stop_loss",
             "stop_loss_limit": "stop_loss.limit_price"}  # fmt: skip
    for field, name in names.items():
        value = getattr(asked, field, None)
        if value is None:
            continue
        if value <= 0:
            raise InvalidOrder(f"{name} must be above 0, not {plain(value)}")
        if value >= PRICE_LIMIT or decimals_of(value) > decimals_of(PRICE_MIN):
            raise InvalidOrder(f"{name} must be under 1e20, with 18 decimals at most, not {plain(value)}")


def _leg(entry: LiveOrder, *, parent: str | None, **own: Any) -> LiveOrder:
    """An exit of an entry."""
    return replace(
        entry,
        client_order_id=own["id"],
        parent_id=parent,
        group_id=entry.id,
        reduces=True,
        trail=None,
        trail_percent=None,
        expires_at=None,
        **own,
    )


def _said(value: object) -> str | bool:
    if isinstance(value, bool):
        return value
    return plain(value) if isinstance(value, Decimal) else str(value)

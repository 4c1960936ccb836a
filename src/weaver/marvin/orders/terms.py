"""The terms of an order: what `buy`, `sell` and the targets take besides symbol and quantity."""

from datetime import date
from functools import lru_cache
from inspect import get_annotations
from typing import Any

from weaver.model.errors import InvalidOrder
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import Number, exact
from weaver.model.numbers.scale import Scale
from weaver.model.orders.actions import OrderClass, OrderType, TimeInForce
from weaver.model.orders.order import ExitGroup, Order

MARKET, LIMIT, STOP = OrderType.MARKET, OrderType.LIMIT, OrderType.STOP
STOP_LIMIT, TRAILING_STOP = OrderType.STOP_LIMIT, OrderType.TRAILING_STOP


class Terms:
    """Prices as a person gave them; `apply` checks and rounds them for one order. An instance holds what was given."""

    limit: Number | None = None
    stop: Number | None = None
    trail: Number | None = None
    trail_percent: Number | None = None
    tif: str | None = None
    """None: day; of an oco gtc."""
    expires: str | date | None = None
    """With gtd: the last session that it works in."""
    extended_hours: bool = False
    take_profit: Number | None = None
    stop_loss: Number | None = None
    stop_loss_limit: Number | None = None
    exit_tif: str | None = None
    """None: gtc, whatever the entry is."""

    @classmethod
    def parse(cls, given: dict[str, Any]) -> "Terms":
        """Terms from keywords, which are kept as they are. Raises InvalidOrder on one that is unknown or clashes with
        another."""
        if not _KNOWN.issuperset(given):
            name = next(name for name in given if name not in _KNOWN)
            raise InvalidOrder(f"an order has no {name!r}; it takes {', '.join(_NAMES)}")
        terms = cls()
        terms.__dict__ = given
        terms._check()
        return terms

    def _check(self) -> None:
        if self.trail is not None and self.trail_percent is not None:
            raise InvalidOrder("an order trails by an amount (trail) or by percent (trail_percent), not both")
        if (self.limit is not None or self.stop is not None) and self.trails:
            raise InvalidOrder("a trailing stop takes no limit and no stop")
        if self.stop_loss_limit is not None and self.stop_loss is None:
            raise InvalidOrder("stop_loss_limit needs a stop_loss")
        if self.tif is not None or self.expires is not None:
            self._check_tif()
        if self.exit_tif is not None:
            check_exit_tif(self.exit_tif)

    def _check_tif(self) -> None:
        if self.tif is not None and self.tif not in _TIMES:
            raise InvalidOrder(f"tif {self.tif!r} is not one of {', '.join(TimeInForce)}")
        if (self.tif == TimeInForce.GTD) != (self.expires is not None):
            raise InvalidOrder('tif="gtd" and expires, its last day, come together: expires="2024-05-31"')
        if self.tif in _AUCTIONS:
            self._check_auction()

    def _check_auction(self) -> None:
        if self.trails or self.stop is not None:
            raise InvalidOrder(f'tif="{self.tif}" takes a market or a limit order: one price is all there is')
        if self.extended_hours:
            raise InvalidOrder(f'tif="{self.tif}" is for the regular session: leave extended_hours out')

    @property
    def trails(self) -> bool:
        """It is a trailing stop."""
        return self.trail is not None or self.trail_percent is not None

    @property
    def order_type(self) -> OrderType:
        """Which prices are given says which type it is."""
        if self.stop is not None:
            return STOP if self.limit is None else STOP_LIMIT
        if self.limit is not None:
            return LIMIT
        return TRAILING_STOP if self.trails else MARKET

    def apply(self, order: Order) -> None:
        """Give an order these terms (its exit legs apart). Raises InvalidOrder."""
        scale = order.scale
        order.is_plain = False
        order.order_type = self.order_type
        if self.tif is not None:
            order.tif, order.is_tif_asked = TimeInForce(self.tif), True
        if self.expires is not None:
            order.expires = _day(self.expires, scale)
        if self.extended_hours:
            order.extended_hours = True
        if self.limit is not None:
            order.limit_units = scale.limit_price(self.limit, sign=order.sign)
        if self.stop is not None:
            order.stop_units = scale.stop_price(self.stop)
        if self.trail is not None:
            order.trail_units = scale.stop_price(self.trail, name="trailing amount")
        if self.trail_percent is not None:
            percent = _percent_again if self.trail_percent.__class__ is float else _percent
            order.trail_percent = percent(self.trail_percent, scale.symbol)

    def exits(self, entry: Order, number: int) -> list[Order]:
        """The exit legs of an entry, numbered from `number` on; they wait until it fills."""
        legs: list[Order] = []
        if self.take_profit is None and self.stop_loss is None:
            return legs
        if self.take_profit is not None:
            leg = self._leg(entry, number)
            leg.order_type = LIMIT
            leg.limit_units = entry.scale.limit_price(self.take_profit, sign=leg.sign)
            legs.append(leg)
        if self.stop_loss is not None:
            leg = self._leg(entry, number + len(legs))
            leg.order_type = STOP
            leg.stop_units = entry.scale.stop_price(self.stop_loss)
            if self.stop_loss_limit is not None:
                leg.order_type = STOP_LIMIT
                leg.limit_units = entry.scale.limit_price(self.stop_loss_limit, sign=leg.sign)
            legs.append(leg)
        join(ExitGroup(entry=entry), legs, OrderClass.BRACKET if len(legs) == 2 else OrderClass.OTO)
        entry.order_class = legs[0].order_class
        return legs

    def _leg(self, entry: Order, number: int) -> Order:
        leg = Order(number, entry.scale, -entry.sign, entry.units, entry.placed)
        leg.tif = TimeInForce.GTC if self.exit_tif is None else TimeInForce(self.exit_tif)
        leg.extended_hours = entry.extended_hours
        return leg


_NAMES = tuple(get_annotations(Terms))
_KNOWN = frozenset(_NAMES)
_CHANGEABLE = ("limit", "stop", "trail", "trail_percent", "tif", "expires", "extended_hours")
_TIMES = tuple(TimeInForce)
_AUCTIONS = (TimeInForce.OPG, TimeInForce.CLS)
_EXIT_TIMES = (TimeInForce.DAY, TimeInForce.GTC)


def join(group: ExitGroup, legs: list[Order], order_class: OrderClass) -> None:
    """Make orders the exit legs of one group; those with an entry wait for it."""
    for leg in legs:
        leg.group, leg.order_class, leg.reduce_only, leg.is_plain = group, order_class, True, False
        leg.waiting = group.entry is not None
    group.legs.extend(legs)
    if group.entry is not None:
        group.entry.exits = group
        group.entry.is_plain = False


def carry_over(old: Order, new: Order, changes: dict[str, Any]) -> None:
    """Give the replacement what the old order had, but for the changes. Raises InvalidOrder."""
    for name in changes:
        if name not in _CHANGEABLE:
            raise InvalidOrder(f"replace changes quantity, {', '.join(_CHANGEABLE)}; not {name!r}")
    kept = {name: getattr(old, name) for name in _CHANGEABLE}
    if old.order_type is OrderType.TRAILING_STOP:
        kept["stop"] = None
    if changes.get("tif", old.tif) != TimeInForce.GTD:
        kept["expires"] = None
    Terms.parse({**{name: value for name, value in kept.items() if value is not None}, **changes}).apply(new)
    if new.order_type is not old.order_type:
        raise InvalidOrder(f"order {old.id} is a {old.order_type} order and cannot become a {new.order_type} one")
    new.order_class, new.reduce_only = old.order_class, old.reduce_only
    new.is_tif_asked = old.is_tif_asked or "tif" in changes
    new.take_over(old)
    if old.order_type is OrderType.TRAILING_STOP and not {"trail", "trail_percent"} & set(changes):
        new.mark, new.stop_units = old.mark, old.stop_units


def check_exit_tif(tif: str | None) -> None:
    """Raises InvalidOrder where exits could not last so long: of the others, all but gtd have one price only."""
    if tif is not None and tif not in _EXIT_TIMES:
        raise InvalidOrder(f"exit_tif {tif!r} is not one of {', '.join(_EXIT_TIMES)}")


def _day(value: str | date, scale: Scale) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise InvalidOrder(f"{scale.symbol}: expires is a day, as 2024-05-31 or a date, not {value!r}") from None


def _percent(value: Number, symbol: str) -> Amount:
    percent = Amount(exact(value, name=f"{symbol}: trail_percent"))
    if not 0 < percent < 100:
        raise InvalidOrder(f"{symbol}: trail_percent must lie between 0 and 100, not {value}")
    return percent


_percent_again = lru_cache(maxsize=256)(_percent)
"""The same, of floats: a strategy asks for one again and again."""

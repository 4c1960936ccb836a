"""The terms of an order: what `buy`, `sell` and the targets take besides symbol and quantity."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from weaver.model.errors import InvalidOrder
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import Number, exact
from weaver.model.numbers.scale import Scale
from weaver.model.orders.actions import OrderClass, OrderType, TimeInForce
from weaver.model.orders.order import PROFIT_PERCENT_MAX, ExitGroup, Order

MARKET, LIMIT, STOP = OrderType.MARKET, OrderType.LIMIT, OrderType.STOP
STOP_LIMIT, TRAILING_STOP = OrderType.STOP_LIMIT, OrderType.TRAILING_STOP


class Terms:
    """Which terms an order is given, by name; their values are those that a person gave, in a mapping beside it.

    What the names alone say is found out once for each combination of them.
    """

    __slots__ = ("_are_timed", "_names", "_setters", "has_exits", "order_type")

    def __init__(self, names: tuple[str, ...]) -> None:
        """Raises InvalidOrder on a name that is unknown or clashes with another."""
        _check_known(names)
        self._names = frozenset(names)
        if self._names.issuperset(("trail", "trail_percent")):
            raise InvalidOrder("an order trails by an amount (trail) or by percent (trail_percent), not both")
        if self._has("limit", "stop") and self._trails:
            raise InvalidOrder("a trailing stop takes no limit and no stop")
        if self._has("stop_loss_limit") and not self._has("stop_loss"):
            raise InvalidOrder("stop_loss_limit needs a stop_loss")
        if self._names.issuperset(("stop_loss", "stop_loss_trail")):
            raise InvalidOrder("a position has one stop: a stop_loss that stays, or a stop_loss_trail that follows it")
        self._setters = tuple((name, setter) for name, setter in _SETTERS.items() if name in self._names)
        self._are_timed = self._has("tif", "expires", "exit_tif")
        self.has_exits = self._has("take_profit", "stop_loss", "stop_loss_trail")
        self.order_type = self._order_type()
        """Which prices are given says which type it is."""

    @staticmethod
    def of(given: dict[str, Any]) -> "Terms":
        """Those of keywords, of which what is None is taken out. Raises InvalidOrder on one that is unknown, clashes
        with another, or says a time in force that there isn't."""
        if None in given.values():
            _check_known(given)
            for name in [name for name, value in given.items() if value is None]:
                del given[name]
        terms = _terms_of(tuple(given))
        if terms._are_timed:
            terms._check_times(given)
        return terms

    def apply(self, order: Order, given: Mapping[str, Any]) -> None:
        """Check and round these terms for an order (its exit legs apart). Raises InvalidOrder."""
        order.is_plain = False
        order.order_type = self.order_type
        for name, setter in self._setters:
            setter(order, given[name])

    def exits(self, entry: Order, given: Mapping[str, Any], number: int) -> list[Order]:
        """The exit legs of an entry, numbered from `number` on; they wait until it fills."""
        legs: list[Order] = []
        if not self.has_exits:
            return legs
        if self._has("take_profit"):
            leg = _leg(entry, number, given)
            leg.order_type = LIMIT
            _set_exit(leg, "limit", "take_profit", given)
            legs.append(leg)
        if self._has("stop_loss", "stop_loss_trail"):
            legs.append(self._stop_leg(_leg(entry, number + len(legs), given), given))
        group = ExitGroup(entry=entry)
        for leg in legs:
            if leg.limit_percent is not None or leg.stop_percent is not None:
                group.is_in_percent = True
        join(group, legs, OrderClass.BRACKET if len(legs) == 2 else OrderClass.OTO)
        entry.order_class = legs[0].order_class
        return legs

    def _stop_leg(self, leg: Order, given: Mapping[str, Any]) -> Order:
        """The leg that ends a loss, with what was asked for it."""
        if self._has("stop_loss_trail"):
            leg.order_type = TRAILING_STOP
            _set_exit_trail(leg, given["stop_loss_trail"])
            return leg
        leg.order_type = STOP_LIMIT if self._has("stop_loss_limit") else STOP
        _set_exit(leg, "stop", "stop_loss", given)
        if self._has("stop_loss_limit"):
            _set_exit(leg, "limit", "stop_loss_limit", given)
        return leg

    def _has(self, *names: str) -> bool:
        """Whether one of them is given."""
        return not self._names.isdisjoint(names)

    @property
    def _trails(self) -> bool:
        return self._has("trail", "trail_percent")

    def _order_type(self) -> OrderType:
        if self._has("stop"):
            return STOP_LIMIT if self._has("limit") else STOP
        if self._has("limit"):
            return LIMIT
        return TRAILING_STOP if self._trails else MARKET

    def _check_times(self, given: Mapping[str, Any]) -> None:
        tif = given.get("tif")
        if tif is not None and tif not in _TIMES:
            raise InvalidOrder(f"tif {tif!r} is not one of {', '.join(TimeInForce)}")
        if (tif == TimeInForce.GTD) != self._has("expires"):
            raise InvalidOrder('tif="gtd" and expires, its last day, come together: expires="2024-05-31"')
        if tif in _AUCTIONS:
            if self._trails or self._has("stop"):
                raise InvalidOrder(f'tif="{tif}" takes a market or a limit order: one price is all there is')
            if given.get("extended_hours"):
                raise InvalidOrder(f'tif="{tif}" is for the regular session: leave extended_hours out')
        check_exit_tif(given.get("exit_tif"))


_terms_of = lru_cache(maxsize=1024)(Terms)
"""A strategy asks for orders of few kinds."""
_NAMES = (
    "limit", "stop", "trail", "trail_percent", "tif", "expires", "extended_hours", "take_profit", "stop_loss",
    "stop_loss_limit", "stop_loss_trail", "exit_tif",
)  # fmt: skip


def _check_known(names: Iterable[str]) -> None:
    for name in names:
        if name not in _NAMES:
            raise InvalidOrder(f"an order has no {name!r}; it takes {', '.join(_NAMES)}")


def _leg(entry: Order, number: int, given: Mapping[str, Any]) -> Order:
    """An exit leg of an entry; it is gtc unless `exit_tif` says otherwise, whatever the entry is."""
    leg = Order(number, entry.scale, -entry.sign, entry.units, entry.placed)
    leg.tif = TimeInForce(given.get("exit_tif", TimeInForce.GTC))
    leg.extended_hours = entry.extended_hours
    return leg


def _set_exit(leg: Order, kind: str, name: str, given: Mapping[str, Any]) -> None:
    """Give an exit leg its limit or its stop (`kind`): a price, or percent of what its entry will have paid."""
    value, scale = given[name], leg.scale
    percent = exit_percent(value, name=name, symbol=scale.symbol) if isinstance(value, str) else None
    if percent is None and kind == "stop":
        leg.stop_units = scale.stop_price(value)
    elif percent is None:
        leg.limit_units = scale.limit_price(value, sign=leg.sign)
    else:
        is_above = leg.sign < 0 and name == "take_profit"
        most = PROFIT_PERCENT_MAX if is_above else 100
        if not 0 < percent < most:
            why = "" if is_above else ", or its price would not be above 0"
            raise InvalidOrder(f"{scale.symbol}: {name} must lie between 0% and {most}%{why}, not at {value!r}")
        setattr(leg, f"{kind}_percent", percent)


def _set_exit_trail(leg: Order, value: Any) -> None:
    """How far an exit leg trails: by an amount, or by percent."""
    symbol = leg.scale.symbol
    percent = exit_percent(value, name="stop_loss_trail", symbol=symbol)
    if percent is None:
        leg.trail_units = leg.scale.stop_price(value, name="stop_loss_trail")
    elif 0 < percent < 100:
        leg.trail_percent = percent
    else:
        raise InvalidOrder(f"{symbol}: stop_loss_trail must lie between 0% and 100%, not at {value!r}")


def exit_percent(value: Any, *, name: str, symbol: str) -> Amount | None:
    """The number before the sign, of "2.5%"; None of what is a price. Raises InvalidOrder on a text that is neither."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        number = exact(text.removesuffix("%"), name=name)
    except InvalidOrder:
        what = "an amount, as 2.5" if name == "stop_loss_trail" else "a price, as 95.5"
        raise InvalidOrder(f'{symbol}: {name} is {what}, or a distance in percent, as "2.5%"; not {value!r}') from None
    return Amount(number) if text.endswith("%") else None


def _set_tif(order: Order, value: str) -> None:
    order.tif, order.is_tif_asked = TimeInForce(value), True


def _set_expires(order: Order, value: str | date) -> None:
    order.expires = _day(value, order.scale)


def _set_extended_hours(order: Order, value: bool) -> None:
    if value:
        order.extended_hours = True


def _set_limit(order: Order, value: Number) -> None:
    order.limit_units = order.scale.limit_price(value, sign=order.sign)


def _set_stop(order: Order, value: Number) -> None:
    order.stop_units = order.scale.stop_price(value)


def _set_trail(order: Order, value: Number) -> None:
    order.trail_units = order.scale.stop_price(value, name="trailing amount")


def _set_trail_percent(order: Order, value: Number) -> None:
    percent = _percent_again if value.__class__ is float else _percent
    order.trail_percent = percent(value, order.scale.symbol)


_SETTERS: Mapping[str, Callable[[Order, Any], None]] = {
    "tif": _set_tif,
    "expires": _set_expires,
    "extended_hours": _set_extended_hours,
    "limit": _set_limit,
    "stop": _set_stop,
    "trail": _set_trail,
    "trail_percent": _set_trail_percent,
}
"""In the order in which they are set: of several faults the first is told."""
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
    given = {**kept, **changes}
    Terms.of(given).apply(new, given)
    _carry_percents_over(old, new, given)
    if new.order_type is not old.order_type:
        raise InvalidOrder(f"order {old.id} is a {old.order_type} order and cannot become a {new.order_type} one")
    new.order_class, new.reduce_only = old.order_class, old.reduce_only
    new.is_tif_asked = old.is_tif_asked or "tif" in changes
    new.take_over(old)
    if old.order_type is OrderType.TRAILING_STOP and not {"trail", "trail_percent"} & set(changes):
        new.mark, new.stop_units = old.mark, old.stop_units


def _carry_percents_over(old: Order, new: Order, given: Mapping[str, Any]) -> None:
    """Of an exit that waits for its entry: what has no price yet, and is given none by the change, stays in percent."""
    percents = {
        name: getattr(old, f"{name}_percent")
        for name in ("limit", "stop")
        if getattr(old, f"{name}_percent") is not None and getattr(old, name) is None and name not in given
    }
    if not percents:
        return
    new.limit_percent, new.stop_percent = percents.get("limit"), percents.get("stop")
    new.order_type = Terms.of({**given, **percents}).order_type


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

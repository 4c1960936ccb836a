"""The desk turns a strategy's intents into orders and actions: the same arithmetic in backtest, paper and live."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Context, Decimal
from typing import Any

from weaver.marvin.orders.account import Account
from weaver.marvin.orders.actions import Actions
from weaver.marvin.orders.rebalancing import checked_weights, steps
from weaver.marvin.orders.terms import TRAILING_STOP, Terms, carry_over, check_exit_tif, join
from weaver.marvin.series.timeline import Clock
from weaver.model.calendar.calendar import Calendar
from weaver.model.errors import InputError, InvalidOrder
from weaver.model.numbers.money import CASH_DECIMALS, CASH_ONE, Number, exact, plain, units_of
from weaver.model.numbers.scale import Scale
from weaver.model.orders.actions import CANCELLED_BY_STRATEGY, CLOSED_BY_STRATEGY, OrderClass, TimeInForce
from weaver.model.orders.order import WORKING, ExitGroup, Order, Target
from weaver.model.orders.small_target import SmallTargets

NOTICED = 10_000
"""One part in so many is what somebody misses; the cut of a share to whole ones always is."""
SHOWN = Context(prec=10)
"""Of a quantity that is told about."""


class Scales(dict[str, Scale]):
    """The units of the run's symbols."""

    def __missing__(self, symbol: str) -> Scale:
        raise InputError(f"symbol {symbol!r} is not in this run; it has {', '.join(self)}")


class Desk:
    """Numbers, checks and places the orders of one run. Quantities and prices: int, float, str or Decimal."""

    __slots__ = (
        "_account", "_actions", "_calendars", "_clock", "_fractions", "_on_margin", "_place", "_priced", "_scales",
        "_take", "cuts", "first_cut", "number", "small",
    )  # fmt: skip

    def __init__(
        self,
        account: Account,
        clock: Clock,
        scales: Mapping[str, Scale],
        calendars: Mapping[str, Calendar],
        actions: Actions | None = None,
    ) -> None:
        self._account, self._clock, self._scales, self._actions = account, clock, Scales(scales), actions
        self._calendars = calendars
        self._on_margin = {symbol for symbol, scale in scales.items() if scale.margin is not None}
        self._place = account.place
        self._take = account.take if actions is None else self._take_noted
        """Hands on a plain market order: straight to the account where nobody wants actions."""
        self._fractions: dict[Number, tuple[int, int]] = {}
        self._priced: set[str] = set()
        """Symbols of which a bar is known to have closed."""
        self.number = 0
        """The number of the newest order."""
        self.cuts = 0
        """How many explicit quantities were cut down to the lot."""
        self.first_cut = ""
        """The first of them, in words."""
        self.small: dict[str, SmallTargets] = {}
        """The targets that came to no order for want of a lot, or of the minimum, by symbol."""

    def buy(self, symbol: str, quantity: Number, **terms: Any) -> Order:
        """Order to buy; see `Strategy.buy`."""
        scale = self._scales[symbol]
        if quantity.__class__ is int and quantity >= scale.least_whole:
            units = quantity * scale.quantity_one
        else:
            units = self._cut(scale, quantity)
        if terms:
            return self._order(scale, 1, units, terms)
        self.number, clock = self.number + 1, self._clock
        order = Order(self.number, scale, 1, units, clock.instants[clock.tick])
        self._take(order)
        return order

    def sell(self, symbol: str, quantity: Number, **terms: Any) -> Order:
        """Order to sell; see `Strategy.sell`."""
        scale = self._scales[symbol]
        if quantity.__class__ is int and quantity >= scale.least_whole:
            units = quantity * scale.quantity_one
        else:
            units = self._cut(scale, quantity)
        if terms:
            return self._order(scale, -1, units, terms)
        self.number, clock = self.number + 1, self._clock
        order = Order(self.number, scale, -1, units, clock.instants[clock.tick])
        self._take(order)
        return order

    def order_target(self, symbol: str, target: Number, **terms: Any) -> Order | None:
        """Order what is missing to hold `target` units (negative: short), or None."""
        scale = self._scales[symbol]
        units = scale.signed_quantity(target)
        if not units and target and not self._account.held[symbol]:
            part = abs(exact(target, name=f"{symbol}: a target"))
            self._note_small(scale, lambda price: int(part * price * CASH_ONE / scale.price_one))
        return self._towards(scale, Target(units=units), terms)

    def order_target_value(self, symbol: str, target: Number, **terms: Any) -> Order | None:
        """Order what is missing to hold `target` worth of the symbol, or None."""
        scale = self._scales[symbol]
        value = exact(target, name=f"{symbol}: a target value")
        return self._towards(scale, Target(value=units_of(value, CASH_DECIMALS)), terms)

    def order_target_percent(self, symbol: str, target: Number, **terms: Any) -> Order | None:
        """Order what is missing to hold `target` (1.0: all) of the equity in the symbol, or None."""
        scale = self._scales[symbol]
        ratio = self._fractions.get(target)
        if ratio is None:
            ratio = exact(target, name=f"{symbol}: a target percent").as_integer_ratio()
            self._fractions[target] = ratio
        return self._towards(scale, Target(numerator=ratio[0], denominator=ratio[1]), terms)

    def rebalance(
        self, weights: Mapping[str, Number], *, others: str = "leave", size_at: str = "close"
    ) -> tuple[Order, ...]:
        """Order what is missing to hold each symbol's share of the equity; see `Strategy.rebalance`."""
        account = self._account
        exact_weights = checked_weights(weights, account.rules, others=others, on_margin=self._on_margin)
        missing = {symbol: self._missing_to(symbol, weight) for symbol, weight in exact_weights.items() if weight}
        todo = steps(tuple(self._scales), weights, missing, account.held, others=others)
        orders = [
            self.close_position(step.symbol)
            if step.weight is None
            else self.order_target_percent(step.symbol, step.weight, size_at=size_at)
            for step in todo
        ]
        return tuple(order for order in orders if order is not None)

    def _missing_to(self, symbol: str, weight: Decimal) -> int:
        """What is missing to hold a share of the equity, in quantity units."""
        scale, (numerator, denominator) = self._scales[symbol], weight.as_integer_ratio()
        return self._missing(scale, self._wanted(scale, Target(numerator=numerator, denominator=denominator)))

    def close_position(self, symbol: str) -> Order | None:
        """Cancel the symbol's orders, then order away what is held; None when flat."""
        scale = self._scales[symbol]
        account = self._account
        for order in tuple(account.working(symbol)):
            if order.is_working:  # its entry's cancellation may have taken it along
                self._withdraw(order, CLOSED_BY_STRATEGY)
        held = account.held[symbol]
        if not held:
            return None
        self.number = number = self.number + 1
        order = Order(number, scale, -1 if held > 0 else 1, abs(held), self._clock.now)
        self._take(order)
        return order

    def oco(self, symbol: str, quantity: Number, *, limit: Number, stop: Number, **terms: Any) -> tuple[Order, Order]:
        """Two exits of which one fills, a limit and a stop; they sell when the limit is above the stop."""
        scale = self._scales[symbol]
        above = exact(limit, name=f"{symbol}: the limit price") - exact(stop, name=f"{symbol}: the stop price")
        if not above:
            raise InvalidOrder(f"{symbol}: an oco takes profit at its limit and losses at its stop; both are {limit}")
        units, sign = self._cut(scale, quantity), -1 if above > 0 else 1
        legs: list[Order] = []
        check_exit_tif(terms.get("exit_tif"))
        tif = terms.get("exit_tif") or terms.get("tif") or TimeInForce.GTC
        for prices in ({"limit": limit}, {"stop": stop}):
            leg = Order(self.number + len(legs) + 1, scale, sign, units, self._clock.now)
            given = {**terms, "tif": tif, **prices}
            Terms.of(given).apply(leg, given)
            if leg.expires is not None:
                self._date(leg, leg.expires)
            legs.append(leg)
        join(ExitGroup(entry=None, entered=units), legs, OrderClass.OCO)
        self.number += len(legs)
        self._send(*legs)
        return legs[0], legs[1]

    def oto(self, first: Order, then: Order, *, exit_tif: str | None = None) -> Order:
        """Let `then` wait until `first` fills, and be its exit. Both were placed in this callback. Returns `first`."""
        if first.scale.symbol != then.scale.symbol or first.sign == then.sign:
            raise InvalidOrder("oto(first, then): `then` exits `first`, so it has its symbol and the opposite side")
        if not (self._are_fresh(first, then) and then.is_sized):
            raise InvalidOrder("oto(first, then) takes two plain orders placed in this callback")
        if exit_tif is not None:
            check_exit_tif(exit_tif)
            then.tif = TimeInForce(exit_tif)
            then.expires = then.expires_at = None
        elif not then.is_tif_asked:
            then.tif = TimeInForce.GTC
        if then.order_type is TRAILING_STOP:
            then.mark = then.stop_units = None  # it starts from the bar in which `first` fills
        join(ExitGroup(entry=first, cap=then.units), [then], OrderClass.OTO)
        first.order_class = OrderClass.OTO
        if self._actions is not None:
            self._actions.join(first, then)
        return first

    def replace(self, order: Order, *, quantity: Number | None = None, **changes: Any) -> Order:
        """Cancel a working order in favour of one with `changes`. Raises InvalidOrder where it no longer works."""
        if not order.is_working:
            raise InvalidOrder(f"order {order.id} is {order.status} and cannot be replaced")
        scale = order.scale
        units = order.remaining if quantity is None else self._cut(scale, quantity)
        new = Order(self.number + 1, scale, order.sign, units, self._clock.now)
        carry_over(order, new, changes)
        if new.expires is not None:
            self._date(new, new.expires)
        if quantity is None:
            new.target, new.is_sized = order.target, order.is_sized
        self.number += 1
        if self._actions is not None:
            self._actions.replace(self._clock.now, order, new)
        self._account.place(new)
        self._account.replaced(order, new)
        return new

    def cancel(self, order: Order) -> None:
        """Cancel an order; one that no longer works stays as it is."""
        if order.status in WORKING:
            self._withdraw(order, CANCELLED_BY_STRATEGY)

    def _cut(self, scale: Scale, quantity: Number) -> int:
        """Units of an explicit quantity, cut down to the lot; what that takes off is counted, unless it is next to
        nothing."""
        units = scale.quantity(quantity)
        asked, left = exact(quantity, name=scale.symbol), scale.quantity_decimal(units)
        if left < asked and (scale.lot >= scale.quantity_one or (asked - left) * NOTICED > asked):
            self.cuts += 1
            self.first_cut = self.first_cut or f"{scale.symbol}, {plain(SHOWN.plus(asked))} to {plain(left)}"
        return units

    def _towards(self, scale: Scale, target: Target, terms: dict[str, Any]) -> Order | None:
        """Order what is missing to what a target is after."""
        account = self._account
        if terms:
            target.at_fill = _size_at(terms) and target.units is None
            terms = {name: value for name, value in terms.items() if name != "size_at"}
        wanted = self._wanted(scale, target) if target.units is None else target.units
        missing = self._missing(scale, wanted)
        units = abs(missing)
        if units < scale.lot or units < scale.minimum:
            if missing == wanted and target.is_something and not account.held[scale.symbol]:
                self._note_small(scale, lambda price: target.worth(equity=account.equity(), price=price, scale=scale))
            return None
        sign = 1 if missing > 0 else -1
        if terms or target.at_fill:
            return self._order(scale, sign, units, terms, target)
        self.number, clock = self.number + 1, self._clock
        order = Order(self.number, scale, sign, units, clock.instants[clock.tick])
        if target.units is None:
            order.target = target
        self._take(order)
        return order

    def _missing(self, scale: Scale, wanted: int) -> int:
        """What is missing to a holding, beside all that works and is no exit."""
        account = self._account
        missing = wanted - account.held[scale.symbol]
        for order in account.working(scale.symbol):
            if order.group is None and not order.cancel_asked:
                missing -= order.sign * order.remaining
        return missing

    def _wanted(self, scale: Scale, target: Target) -> int:
        """The holding that a target of a value or a share comes to at the newest close, in quantity units."""
        price = self._account.close(scale.symbol)
        if price is None:
            raise InvalidOrder(f"{scale.symbol}: no bar has closed yet, so a target has no price to be sized at")
        equity = self._account.equity() if target.value is None else 0
        return target.quantity(equity=equity, price=price, scale=scale)

    def _note_small(self, scale: Scale, worth: Callable[[int], int]) -> None:
        """Count a target that is worth something, and less than can be ordered; `worth` at a price: of the first."""
        found = self.small.get(scale.symbol)
        if found is None:
            price = self._account.close(scale.symbol) or 0
            found = self.small[scale.symbol] = SmallTargets(scale=scale, worth=worth(price), price=price)
        found.count += 1

    def _order(self, scale: Scale, sign: int, units: int, given: dict[str, Any], target: Target | None = None) -> Order:
        terms, clock = Terms.of(given), self._clock
        order = Order(self.number + 1, scale, sign, units, clock.instants[clock.tick])
        if target is not None and target.units is None:
            order.target = target
            order.is_sized = not target.at_fill
        terms.apply(order, given)
        if order.expires is not None:
            self._date(order, order.expires)
        if terms.order_type is TRAILING_STOP and scale.symbol not in self._priced:
            self._check_priced(scale.symbol)
        if not terms.has_exits and self._actions is None:
            self.number += 1
            self._place(order)
            return order
        legs = terms.exits(order, given, self.number + 2)
        self.number += 1 + len(legs)
        self._send(order, *legs)
        return order

    def _check_priced(self, symbol: str) -> None:
        """Raises InvalidOrder where a trailing stop has no price to start from."""
        if self._account.close(symbol) is None:
            raise InvalidOrder(f"{symbol}: no bar has closed yet, so a trailing stop has no price to start from")
        self._priced.add(symbol)

    def _date(self, order: Order, day: date) -> None:
        """Find out when the last session of a gtd order closes. Raises InvalidOrder where it has."""
        calendar = self._calendars[order.symbol]
        order.expires_at = calendar.session_end(day, extended_hours=order.extended_hours)
        if order.expires_at <= self._clock.now:
            raise InvalidOrder(f"{order.symbol}: the session of {day}, on which the order expires, is over")

    def _send(self, *orders: Order) -> None:
        """Hand on the orders of one intent."""
        if self._actions is not None:
            self._actions.place(self._clock.now, orders)
        for order in orders:
            self._account.place(order)

    def _take_noted(self, order: Order) -> None:
        """Hand on a plain market order where actions are wanted."""
        if self._actions is not None:
            self._actions.place(self._clock.now, (order,))
        self._account.take(order)

    def _withdraw(self, order: Order, reason: str) -> None:
        """Ask for the end of a working order."""
        order.cancel_asked = True
        if self._actions is not None:
            self._actions.cancel(self._clock.now, order, reason)
        self._account.cancel(order, reason)

    def _are_fresh(self, *orders: Order) -> bool:
        """Whether they were placed at this tick, have not filled, and have nothing to do with exits."""
        now, actions = self._clock.instants[self._clock.tick], self._actions
        for order in orders:
            if order.status not in WORKING or order.placed != now or order.filled:
                return False
            if not order.is_plain and (order.group or order.exits or order.reduce_only):
                return False
            if actions is not None and not actions.has(order):
                return False
        return True


def _size_at(terms: dict[str, Any]) -> bool:
    size_at = terms.get("size_at", "close")
    if size_at not in {"close", "fill"}:
        raise InvalidOrder(f"size_at is 'close' or 'fill', not {size_at!r}")
    return bool(size_at == "fill")

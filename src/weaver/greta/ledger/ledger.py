"""The account of a backtest, counted in integers: cash, holdings, and every fill and cash flow."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import compress
from typing import Any, NamedTuple

from weaver.greta.ledger.fill_rows import FillRows, Paid
from weaver.greta.ledger.prices import Prices
from weaver.greta.ledger.settlement import Settlement
from weaver.model.account.margin import AccountRules, Standing
from weaver.model.account.position import Position
from weaver.model.numbers.money import divide_half_even
from weaver.model.orders.execution import AT_OPEN
from weaver.model.orders.order import Order

RecordExit = Callable[[Order, int, int, int], None]
"""Books an order that gets out of a holding, at a price before slippage, of a bar, by index, and where in it."""


HOLDING_CHANGES = frozenset({"split", "delisting"})
"""The kinds of cash flows that come with a change of what is held."""


class CashFlow(NamedTuple):
    """Cash that moved without a fill, and what is held after it; `symbol` is empty for interest on cash."""

    symbol: str
    kind: str
    amount: int
    units: int
    cash: int
    tick: int
    fills_before: int
    """How many fills of the run came before it."""
    place: int = AT_OPEN
    """AT_OPEN: before its tick's bars; AT_CLOSE: after their fills."""
    ratio: tuple[int, int] = (1, 1)
    """Of a split: new units for old ones."""
    price: int | Fraction = 0
    """Of a delisting: what a unit was paid out at, in price units."""
    step: int = 1
    """Of a split: a backtest's legs are cut at whole units."""

    @property
    def changes_holding(self) -> bool:
        """Whether it may have changed what is held."""
        return self.kind in HOLDING_CHANGES


class Ledger:
    """Cash units of cash, quantity units of each symbol, and what happened to them, in order."""

    def __init__(self, rules: AccountRules, prices: Mapping[str, Prices]) -> None:
        self.rules, self.prices = rules, prices
        self._by_index = tuple(prices.values())
        self.has_margin = any(price.scale.margin is not None for price in prices.values())
        """Whether anything may be held on margin."""
        self.units = dict.fromkeys(prices, 0)
        self.shown: dict[str, list[bool]] = {symbol: [] for symbol in prices}
        """Of each symbol, what shows whether it is held: a list that is empty while it isn't."""
        self.fills = FillRows(self.settle, [price.scale for price in prices.values()])
        self.settlement = Settlement(prices, rules)
        """Works out what fills came to that nobody has looked at yet."""
        self._cash = rules.cash_units
        self.flows: list[CashFlow] = []
        self._positions = {symbol: Position(scale=price.scale) for symbol, price in prices.items()}
        self._folded = 0

    @property
    def cash(self) -> int:
        """What there is, in cash units, after all that was paid: as if nothing was on margin (see `standing`)."""
        self.settle()
        return self._cash

    def cash_at(self, tick: int) -> int:
        """What there is at a tick's closes, in cash units, what is on margin settled at them."""
        return self.standing(tick).cash if self.has_margin else self.cash

    def standing(self, tick: int) -> Standing:
        """How the account stands at a tick's closes, with what its holdings tie up while they are held."""
        held = [(symbol, units) for symbol, units in self.units.items() if units]
        values = ((self.prices[symbol].scale, units, self.value(symbol, units, tick)) for symbol, units in held)
        return Standing.of(self.cash, values, maintained=True)

    def settle(self) -> None:
        """Have every fill booked with what it came to."""
        if self.fills.settled < len(self.fills):
            self._cash = self.settlement.settle(self.fills, self._cash)

    def prices_of(self, row: int) -> Prices:
        """Those of the symbol of a fill."""
        return self._by_index[self.fills.which[row]]

    def paid(self, row: int) -> Paid:
        """What a fill came to; one that is not settled, which filled at an open, is worked out by itself."""
        fills = self.fills
        if row < fills.settled:
            return Paid(*(column[row] for column in fills.settled_amounts()))
        prices = self.prices_of(row)
        return self.settlement.amounts(prices, fills.units[row], prices.open_units(fills.bars[row]))

    def price_paid(self, row: int) -> int:
        """The price of a fill alone, in price units."""
        fills = self.fills
        if row < fills.settled:
            return int(fills.settled_amounts().prices[row])
        prices = self.prices_of(row)
        return self.settlement.price_paid(prices, fills.units[row], prices.open_units(fills.bars[row]))

    def _move(self, amount: int) -> None:
        self._cash = self.cash + amount
        self.settlement.stand_at(self._cash)

    def _hold(self, symbol: str, units: int) -> None:
        self.units[symbol] = units
        self.shown[symbol][:] = [True] if units else []

    def record(
        self,
        order: Order,
        signed: int,
        price: int,
        slippage: int,
        commission: int,
        bar: int,
        place: int,
        notes: tuple[str, ...],
    ) -> None:
        """Book a fill: cash, holding, row."""
        scale = order.scale
        paid = Paid(price, slippage, commission, scale.cash(price, abs(signed)))
        self._hold(scale.symbol, self.units[scale.symbol] + signed)
        self.fills.append(order, signed, bar, place, notes, paid)
        self.settlement.take(signed, paid)

    def recorder_of_exits(self, symbol: str) -> RecordExit:
        """What books that an order of a symbol has filled whole, and made the holding smaller; what it came to is
        settled when somebody looks."""
        held, flatten, settlement = self.units, self.shown[symbol].clear, self.settlement
        append, bounds, scale = self.fills.exits_of(symbol), settlement.bounds[symbol], self.prices[symbol].scale
        dearest, cheapest, each, fixed = bounds.dearest, bounds.cheapest, bounds.each, bounds.fixed
        one = scale.price_one

        def record(order: Order, market: int, bar: int, place: int) -> None:
            signed = order.units if order.sign > 0 else -order.units
            held[symbol] = after = held[symbol] + signed
            if not after:
                flatten()
            price = market / one
            cost = price * dearest + each if signed > 0 else price * cheapest - each
            settlement.at_least -= signed * cost + fixed
            append(order, signed, bar, place, market)

        return record

    def pay(self, symbol: str, kind: str, amount: int, tick: int, **more: Any) -> None:
        """Book a cash flow; `more` is what only its kind has."""
        self._move(amount)
        held, fills = self.units.get(symbol, 0), len(self.fills)
        self.flows.append(CashFlow(symbol, kind, amount, held, self.cash, tick, fills, **more))

    def split(self, symbol: str, *, ratio: tuple[int, int], previous_close: Fraction, tick: int) -> None:
        """Apply a split to a holding and pay its fraction."""
        before = self.position(symbol)
        after, paid = before.split(numerator=ratio[0], denominator=ratio[1], previous_close=previous_close)
        self._positions[symbol] = after
        self._hold(symbol, after.units)
        if before.units:
            self.pay(symbol, "split", paid, tick, ratio=ratio)

    def dividend(self, symbol: str, amount: int, tick: int) -> None:
        """Book a dividend: received by a long, paid by a short."""
        self._positions[symbol] = self.position(symbol).paid(amount)
        self.pay(symbol, "dividend", amount, tick)

    def delist(self, symbol: str, price: Fraction, tick: int, place: int) -> None:
        """Pay a holding out at so many price units."""
        held = self.position(symbol)
        worth = Fraction(price * held.units) / held.scale.per_cash
        amount = divide_half_even(worth.numerator, worth.denominator)
        self._positions[symbol] = held.paid_out(amount)
        self._hold(symbol, 0)
        self.pay(symbol, "delisting", amount, tick, place=place, price=price)

    def position(self, symbol: str) -> Position:
        """The holding with its cost: a fold over the fills, made up to date when somebody looks."""
        for row in self.fills[self._folded :]:
            held = self._positions[row.order.symbol]
            self._positions[row.order.symbol] = held.filled(row.units, row.price, row.commission)
        self._folded = len(self.fills)
        return self._positions[symbol]

    def values(self, tick: int, *, besides: str = "") -> tuple[int, int]:
        """Σvalue and Σ|value| of the holdings at the newest closes, but for the symbol `besides`."""
        net = gross = 0
        for symbol, units in compress(self.units.items(), self.units.values()):  # of many symbols few are held
            if symbol != besides:
                value = self.value(symbol, units, tick)
                net += value
                gross += abs(value)
        return net, gross

    def value(self, symbol: str, units: int, tick: int) -> int:
        """What so many units are worth at the symbol's newest close, in cash units."""
        prices = self.prices[symbol]
        return prices.value(prices.newest_at(tick), units)

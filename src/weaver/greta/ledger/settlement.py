"""What orders came to that filled whole: worked out one by one, or many in a sweep over arrays."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.fill_rows import Amounts, FillRows, Paid
from weaver.greta.ledger.prices import Prices
from weaver.model.account.account_kind import AccountKind
from weaver.model.account.margin import AccountRules
from weaver.model.errors import RunFailed
from weaver.model.numbers.money import FITS
from weaver.model.numbers.price_decimals import EXACT_BELOW

SWEEP = 48
"""From so many fills on arrays are faster than one by one."""
MARGIN = 1e-9
"""How much dearer, or cheaper, than it is a fill is taken to be where only a bound is needed; rounding is 1e-16."""


class Bounds:
    """What fills of one symbol cost at most and bring at least, in cash units, as floats.

    A buy of `units` at an open costs at most `units * (open * dearest + each) + fixed`; a sale brings at least
    `units * (open * cheapest - each) - fixed`.
    """

    __slots__ = ("by_value", "cheapest", "dearest", "each", "fixed")

    def __init__(self, prices: Prices, slack: float) -> None:
        worse, each = prices.costs.most
        self.by_value = float(prices.scale.price_one / prices.scale.per_cash)
        """What a unit at a price of 1.0 is worth."""
        self.dearest = self.by_value * worse * (1 + MARGIN)
        self.cheapest = self.by_value * (2.0 - worse) * (1 - MARGIN)
        self.each = each * (1 + MARGIN)
        self.fixed = prices.costs.minimum + slack


class Settlement:
    """The amounts of fills, and until they are known a lower bound of the cash that they leave.

    `at_least` is that bound, in cash units, as a float: each buy takes what it can have cost at most from it, each sell
    adds what it must have brought at least. While it is not negative neither was the cash, to the last digit.
    """

    def __init__(self, prices: Mapping[str, Prices], rules: AccountRules) -> None:
        cash = rules.cash_units
        self._prices = tuple(prices.values())
        has_margin = any(price.scale.margin is not None for price in self._prices)
        self._may_borrow = rules.kind is AccountKind.MARGIN or has_margin
        # Several hundred times what a float of the cash, grown thousandfold, rounds off.
        self.slack = 4.0 + 1e-12 * cash
        self.bounds = {symbol: Bounds(price, self.slack) for symbol, price in prices.items()}
        self.stand_at(cash)

    def stand_at(self, cash: int) -> None:
        """All is settled, and leaves so much."""
        self.at_least = self.below(cash)

    def take(self, units: int, paid: Paid) -> None:
        """A fill of `units` (signed) came to what it did, and is settled later."""
        spent = paid.value + paid.commission if units > 0 else paid.commission - paid.value
        self.at_least -= spent + self.slack

    def below(self, cash: int) -> float:
        """A float that is surely no more than so much cash."""
        return cash - abs(cash) * 1e-15 - self.slack

    def price_paid(self, prices: Prices, units: int, market: int) -> int:
        """What a fill of `units` (signed) pays at a market price, in price units."""
        costs = prices.costs
        return costs.slipped(market, sign=1 if units > 0 else -1, limit=None) if costs.slips else market

    def amounts(self, prices: Prices, units: int, market: int) -> Paid:
        """What a fill of `units` (signed) at a market price came to."""
        sign, quantity, costs = (1, units, prices.costs) if units > 0 else (-1, -units, prices.costs)
        paid = self.price_paid(prices, units, market)
        value = prices.scale.cash(paid, quantity)
        return Paid(paid, sign * (paid - market), costs.due(costs.computed(paid, quantity), 0), value)

    def settle(self, fills: FillRows, cash: int) -> int:
        """Give every unsettled row its amounts. Returns the cash that they leave of `cash`."""
        start = fills.settled
        swept = self._sweep(fills, start, cash) if len(fills) - start >= SWEEP else None
        if swept is None:
            cash = self._one_by_one(fills, start, cash)
        else:
            units, amounts, cash = swept
            fills.settle_rest(units, amounts)
        self.stand_at(cash)
        return cash

    def _one_by_one(self, fills: FillRows, start: int, cash: int) -> int:
        for row in range(start, len(fills)):
            prices, signed, bar = self._prices[fills.which[row]], fills.units[row], fills.bars[row]
            paid = fills.paid.pop(row, None)
            if paid is None:
                market = fills.market.pop(row, None)
                paid = self.amounts(prices, signed, prices.open_units(bar) if market is None else market)
            cash -= (paid.value if signed > 0 else -paid.value) + paid.commission
            if cash < 0 < signed and not self._may_borrow:
                raise _unpaid(prices, bar)
            fills.settle_next(paid)
        return cash

    def _sweep(self, fills: FillRows, start: int, cash: int) -> tuple[NDArray[np.int64], Amounts, int] | None:
        """The same over arrays. None where int64 might not hold an amount, or a price has over 15 digits."""
        which, bars = np.array(fills.which[start:]), np.array(fills.bars[start:])
        counted = fills.units[start:]
        if max(map(abs, counted)) >= FITS:
            return None
        signed, given = np.fromiter(counted, np.int64, len(bars)), _given(fills, start)
        if given is None:
            return None
        amounts = Amounts(*np.empty((4, len(bars)), dtype=np.int64))
        for index in range(len(self._prices)):
            rows = slice(None) if len(self._prices) == 1 else np.flatnonzero(which == index)
            if not len(bars[rows]):
                continue
            found = _amounts_all(self._prices[index], signed[rows], bars[rows], given[rows])
            if found is None:
                return None
            for column, part in zip(amounts, found, strict=True):
                column[rows] = part
        if fills.paid:
            known = np.array(list(fills.paid.values())).T
            if known.dtype != np.int64:
                return None
            for column, part in zip(amounts, known, strict=True):
                column[np.fromiter(fills.paid, np.int64) - start] = part
        if len(bars) * (int(amounts.values.max()) + int(amounts.commissions.max())) + abs(cash) >= FITS:
            return None
        left = cash - np.cumsum(np.sign(signed) * amounts.values + amounts.commissions)
        unpaid = np.flatnonzero((left < 0) & (signed > 0))
        if len(unpaid) and not self._may_borrow:
            raise _unpaid(self._prices[which[unpaid[0]]], int(bars[unpaid[0]]))
        return signed, amounts, int(left[-1])


def _given(fills: FillRows, start: int) -> NDArray[np.int64] | None:
    """The market prices of the rows from `start` on that are not opens, 0 elsewhere; None where int64 might not hold
    one."""
    given = np.zeros(len(fills) - start, dtype=np.int64)
    if fills.market:
        if max(fills.market.values()) >= EXACT_BELOW:
            return None
        given[np.fromiter(fills.market, np.int64) - start] = list(fills.market.values())
    return given


def _amounts_all(
    prices: Prices, signed: NDArray[np.int64], bars: NDArray[np.int64], given: NDArray[np.int64]
) -> Amounts | None:
    """`Settlement.amounts` of many fills of one symbol, at the given prices where they are above 0, else at the opens;
    None where int64 might not hold a step of it."""
    opens, one, costs = prices.listing.bars.open[bars], prices.float_one, prices.costs
    counted = np.rint(opens * one)
    if not one or counted.max() >= EXACT_BELOW or np.any(counted / one != opens):
        return None
    market, sign, quantity = np.where(given, given, counted.astype(np.int64)), np.sign(signed), np.abs(signed)
    paid = costs.slipped_all(market, sign) if costs.slips else market
    value = None if paid is None else prices.scale.cash_all(paid, quantity)
    commission = None if paid is None else costs.due_all(paid, quantity)
    if paid is None or value is None or commission is None:
        return None
    return Amounts(paid, sign * (paid - market), commission, value)


def _unpaid(prices: Prices, bar: int) -> RunFailed:
    return RunFailed(
        f"{prices.symbol}: the cash did not pay for the fill on bar {bar}; this is a fault of the engine, "
        "please report it"
    )

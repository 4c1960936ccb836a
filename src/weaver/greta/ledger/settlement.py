"""What plain market orders came to that filled at an open: worked out one by one, or many in a sweep over arrays."""

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.fill_rows import Amounts, FillRows
from weaver.greta.ledger.prices import Prices
from weaver.model.errors import RunFailed
from weaver.model.numbers.money import FITS
from weaver.model.numbers.price_decimals import EXACT_BELOW

SWEEP = 48
"""From so many fills on arrays are faster than one by one."""
MARGIN = 1e-9
"""How much dearer, or cheaper, than it is a fill is taken to be where only a bound is needed; rounding is 1e-16."""


class Settlement:
    """The amounts of one symbol's fills, and until they are known a lower bound of the cash that they leave.

    `at_least` is that bound, in cash units, as a float: each buy takes what it can have cost at most from it, each sell
    adds what it must have brought at least. While it is not negative neither was the cash, to the last digit.
    """

    def __init__(self, prices: Prices, cash: int) -> None:
        self._prices, self._costs, self._scale = prices, prices.costs, prices.scale
        self._slack = (
            4.0 + 1e-12 * cash
        )  # several hundred times what a float of the cash, grown thousandfold, rounds off
        worse, each = self._costs.most
        self.by_value = self._scale.price_one / self._scale.notional_divisor
        self.dearest = self.by_value * worse * (1 + MARGIN)
        self.cheapest = self.by_value * (2.0 - worse) * (1 - MARGIN)
        self.each = each * (1 + MARGIN)
        self.fixed = self._costs.minimum + self._slack
        self.stand_at(cash)

    def stand_at(self, cash: int) -> None:
        """All is settled, and leaves so much."""
        self.at_least = cash - abs(cash) * 1e-15 - self._slack

    def amounts(self, units: int, bar: int) -> tuple[int, int, int, int]:
        """Price paid, slippage, commission and value of a fill of `units` (signed) at the open of a bar."""
        sign, quantity, costs = (1, units, self._costs) if units > 0 else (-1, -units, self._costs)
        market = self._prices.units(self._prices.open[bar])
        paid = costs.slipped(market, sign=sign, limit=None) if costs.slips else market
        value = self._scale.cash(paid, quantity)
        return paid, sign * (paid - market), costs.due(costs.computed(paid, quantity), 0), value

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
        for signed, bar in zip(fills.units[start:], fills.bars[start:], strict=True):
            price, slippage, commission, value = self.amounts(signed, bar)
            cash -= (value if signed > 0 else -value) + commission
            if cash < 0 < signed:
                raise self._unpaid(bar)
            fills.settle_next(price, slippage, commission, value)
        return cash

    def _sweep(self, fills: FillRows, start: int, cash: int) -> tuple[NDArray[np.int64], Amounts, int] | None:
        """The same over arrays. None where int64 might not hold an amount, or a price has over 15 digits."""
        bars = np.array(fills.bars[start:])
        signed, opens = np.fromiter(fills.units[start:], np.int64, len(bars)), self._prices.listing.bars.open[bars]
        one = self._prices.float_one
        counted = np.rint(opens * one)
        if not one or counted.max() >= EXACT_BELOW or np.any(counted / one != opens):
            return None
        market, sign, quantity = counted.astype(np.int64), np.sign(signed), np.abs(signed)
        paid = self._costs.slipped_all(market, sign) if self._costs.slips else market
        value = None if paid is None else self._scale.cash_all(paid, quantity)
        commission = None if paid is None else self._costs.due_all(paid, quantity)
        if paid is None or value is None or commission is None:
            return None
        if len(bars) * (int(value.max()) + int(commission.max())) + abs(cash) >= FITS:
            return None
        left = cash - np.cumsum(sign * value + commission)
        unpaid = np.flatnonzero((left < 0) & (sign > 0))
        if len(unpaid):
            raise self._unpaid(int(bars[unpaid[0]]))
        return signed, Amounts(paid, sign * (paid - market), commission, value), int(left[-1])

    def _unpaid(self, bar: int) -> RunFailed:
        return RunFailed(
            f"{self._prices.symbol}: the cash did not pay for the fill on bar {bar}; this is a fault of the engine, "
            "please report it"
        )

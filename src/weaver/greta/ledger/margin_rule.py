"""The margin rule of a run: too little equity at a tick's closes, and up to which tick that cannot be."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.prices import Prices
from weaver.greta.ledger.settlement import MARGIN

BLOCK = 64
"""Bars of which the lowest and the highest close are kept together."""


class Extremes:
    """The most extreme of any stretch of a symbol's closes, by blocks of them: perhaps too extreme, never too tame."""

    def __init__(self, extreme: np.ufunc, closes: NDArray[np.float64]) -> None:
        row = extreme.reduceat(closes, np.arange(0, len(closes), BLOCK))
        self._rows = [row.tolist()]
        """Row k holds the extremes of 2^k blocks from each on."""
        size = 1
        while size < len(row):
            row = extreme(row[:-size], row[size:])
            self._rows.append(row.tolist())
            size *= 2
        self._of_two: Callable[[float, float], float] = min if extreme is np.minimum else max

    def of(self, first: int, last: int) -> float:
        """Of the closes from index `first` to `last`."""
        block, end = first // BLOCK, last // BLOCK + 1
        power = (end - block).bit_length() - 1
        row = self._rows[power]
        return self._of_two(row[block], row[end - (1 << power)])


class MarginRule:
    """Whether equity is under the maintenance requirement: exactly at a tick, and as a bound over many."""

    def __init__(self, ledger: Ledger, prices: Mapping[str, Prices]) -> None:
        self._ledger, self._prices = ledger, prices
        self._maintained = float(ledger.rules.maintained)
        self._found: dict[str, tuple[Extremes, Extremes]] = {}

    def falls_short(self, tick: int) -> bool:
        """Whether everything is to be sold after the closes of a tick."""
        if self._ledger.has_margin:
            cash, net, gross, tied = self._ledger.standing(tick)
            return self._ledger.rules.falls_short(equity=cash + net, gross=gross, tied=tied)
        net, gross = self._ledger.values(tick)
        return self._ledger.rules.falls_short(equity=self._ledger.cash + net, gross=gross)

    def first_doubt(self, tick: int, stop: int) -> int:
        """A tick before which equity surely meets the rule if nothing fills until then: `stop`, or one from `tick` on
        that comes before it, at which to look again."""
        span = stop - tick
        while span > 0 and not self.is_safe(tick, tick + span):
            span //= 4
        return tick + max(span, 0)

    def is_safe(self, tick: int, stop: int) -> bool:
        """Whether equity surely meets the rule at all ticks from `tick` to before `stop` if nothing fills until then.

        While nothing trades equity less the requirement is linear in each symbol's close, so that it is never less
        than with every long at its lowest and every short at its highest close.
        """
        settlement = self._ledger.settlement
        excess, gross = settlement.at_least, 0.0
        for symbol, units in self._ledger.units.items():
            if not units:
                continue
            first, last = self._prices[symbol].newest_at(tick), self._prices[symbol].newest_at(stop - 1)
            if first < 0:
                return False  # valued at what it was bought for
            close = self._extremes(symbol)[units < 0].of(first, last)
            value = units * close * settlement.bounds[symbol].by_value
            scale = self._prices[symbol].scale
            if scale.maintenance_margin is None:
                excess += value - self._maintained * abs(value)
            else:
                excess += value - scale.tied(scale.maintenance_margin, units)
            gross += abs(value)
        return excess >= MARGIN * gross + settlement.slack

    def _extremes(self, symbol: str) -> tuple[Extremes, Extremes]:
        """The lowest and the highest closes of a symbol."""
        found = self._found.get(symbol)
        if found is None:
            closes = self._prices[symbol].listing.bars.close
            found = self._found[symbol] = Extremes(np.minimum, closes), Extremes(np.maximum, closes)
        return found

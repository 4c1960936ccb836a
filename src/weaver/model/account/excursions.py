"""How far prices went for and against a trade while it was open."""

from collections.abc import Sequence
from fractions import Fraction

from weaver.model.market.bars import Float64


class Excursions:
    """Lows and highs of one symbol's bars as they were traded, and its splits, which are no excursions."""

    def __init__(self, low: Float64, high: Float64, splits: Sequence[tuple[int, Fraction]]) -> None:
        """splits: the first bar after each, rising, and how many new shares there are for an old one."""
        self._low, self._high, self._splits = low, high, splits

    def of(
        self,
        *,
        sign: int,
        entry: tuple[int, float],
        exit_: tuple[int, float],
        entered_at_close: bool,
        left_at_open: bool,
    ) -> tuple[float, float]:
        """Worst (≤ 0) and best (≥ 0) move as fractions of the entry price, from the entry's bar to the exit's.

        Of a bar entered at its close, or left at its open, only that price counts. Entry and exit: (bar, price on the
        scale of the exit)."""
        first, last = entry[0] + entered_at_close, exit_[0]
        paid, left = entry[1], exit_[1]
        low, high = min(left, paid), max(left, paid)
        stop = last if left_at_open else last + 1
        for begin, end, factor in self._stretches(first, stop, last):
            low = min(low, float(self._low[begin:end].min()) / factor)
            high = max(high, float(self._high[begin:end].max()) / factor)
        down, up = low / paid - 1, high / paid - 1
        return (down, up) if sign > 0 else (-up, -down)

    def _stretches(self, first: int, stop: int, last: int) -> list[tuple[int, int, float]]:
        """The bars from `first` to before `stop` between splits, and what divides their prices on the scale of the bar
        `last`."""
        found, factor = [], Fraction(1)
        for at, ratio in reversed(self._splits):
            if not first < at <= last:
                continue
            found.append((at, stop, float(factor)))
            stop, factor = min(stop, at), factor * ratio
        found.append((first, stop, float(factor)))
        return [one for one in found if one[0] < one[1]]

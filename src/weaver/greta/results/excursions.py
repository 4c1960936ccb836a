"""How far prices went for and against a trade while it was open."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from weaver.model.market.bars import Float64


class Excursions:
    """Lows and highs of one symbol on the scale of its newest bar, so that a split is no excursion."""

    def __init__(self, low: Float64, high: Float64, splits: Sequence[tuple[int, Fraction]]) -> None:
        """splits: the first bar after each, and how many new shares there are for an old one."""
        self._low, self._high = low, high
        self._factor: Float64 | None = None
        between = [(at, ratio) for at, ratio in splits if 0 < at < len(low)]
        if between:
            self._factor = np.ones(len(low))
            for at, ratio in between:
                self._factor[:at] *= float(ratio)
            self._low, self._high = low / self._factor, high / self._factor

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
        scale = 1.0 if self._factor is None else float(self._factor[last])
        paid, left = entry[1] / scale, exit_[1] / scale
        stop = last if left_at_open else last + 1
        low = min(float(self._low[first:stop].min()) if stop > first else paid, left, paid)
        high = max(float(self._high[first:stop].max()) if stop > first else paid, left, paid)
        down, up = low / paid - 1, high / paid - 1
        return (down, up) if sign > 0 else (-up, -down)

"""Supertrend: stay long above a line that follows the price at some ranges' distance and never falls while it rises.

Source: Olivier Seban, "Tout le monde mérite d'être riche"; the indicator that charting programs draw.
"""

import numpy as np

from weaver import Field, Strategy, atr, indicator


def trend(close, middle, distance, *, factor):
    """1 while the close is above the line, -1 below it, NaN before there is a range: an indicator of one's own."""
    upper, lower = middle + factor * distance, middle - factor * distance
    direction = np.full(len(close), np.nan)
    for i in range(1, len(close)):
        if np.isnan(distance[i - 1]):
            continue
        if close[i - 1] <= upper[i - 1]:
            upper[i] = min(upper[i], upper[i - 1])
        if close[i - 1] >= lower[i - 1]:
            lower[i] = max(lower[i], lower[i - 1])
        was_up = direction[i - 1] == 1
        direction[i] = 1 if close[i] > (lower[i] if was_up else upper[i]) else -1
    return direction


class Supertrend(Strategy):
    """All in when the trend turns up, all out when it turns down."""

    period: int = Field(10, ge=2, le=500)
    factor: float = Field(3.0, gt=0, le=20)

    def on_start(self) -> None:
        middle = (self.high + self.low) / 2
        up = indicator(trend, self.close, middle, atr(self.bars, self.period), factor=self.factor) > 0
        self.when(up, lambda bar: self.position(bar.symbol) or self.order_target_percent(bar.symbol, 1.0))
        self.when(~up, lambda bar: self.close_position(bar.symbol))

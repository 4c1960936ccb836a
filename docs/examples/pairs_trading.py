"""Pairs trading: two prices that have gone together come apart; bet that they come together again.

Source: Gatev, Goetzmann and Rouwenhorst, "Pairs Trading: Performance of a Relative-Value Arbitrage Rule", Review of
Financial Studies 19 (2006). Here the pair is given, and its spread is measured over a window that moves.
"""

import numpy as np

from weaver import Field, Strategy, crossed_above, crossed_below, zscore


class PairsTrading(Strategy):
    """Short the dear one, long the cheap one, as much of each; out when the spread is back, or after so many bars."""

    window: int = Field(60, ge=5, le=1000)
    entry: float = Field(2.0, gt=0, le=10, description="standard deviations apart")
    patience: int = Field(40, ge=1, le=1000, description="bars after which a pair that did not come back is closed")
    share: float = Field(0.45, gt=0, le=1, description="of the equity, in each of the two")

    def on_start(self) -> None:
        self.one, self.other = self.symbols
        spread = zscore(np.log(self.series(self.one).close) - np.log(self.series(self.other).close), self.window)
        # Out before in: a bar that goes from one side to far on the other is both.
        self.when(crossed_above(spread, 0) | crossed_below(spread, 0), lambda _bar: self.hold(0))
        self.when(crossed_above(spread, self.entry), lambda _bar: self.hold(-self.share))
        self.when(crossed_below(spread, -self.entry), lambda _bar: self.hold(self.share))

    def on_tick(self, _tick) -> None:
        if self.position(self.one).bars_held >= self.patience:
            self.hold(0)

    def hold(self, share: float) -> None:
        self.rebalance({self.one: share, self.other: -share})

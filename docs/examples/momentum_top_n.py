"""Momentum rotation: once a month hold the few that rose most over the last year, its newest month left out.

Source: Jegadeesh and Titman, "Returns to Buying Winners and Selling Losers", Journal of Finance 48 (1993); long only.
"""

from weaver import Field, Strategy, roc


class MomentumTopN(Strategy):
    """Equal parts of the `top` symbols that have risen most and risen at all; what is not filled stays in cash."""

    top: int = Field(1, ge=1, le=1000)
    lookback: int = Field(231, ge=2, le=2000, description="bars over which a rise is measured")
    skip: int = Field(21, ge=0, le=500, description="the newest bars, which are left out of it")
    invested: float = Field(0.98, gt=0, le=1, description="of the equity; the rest pays for gaps and costs")

    def on_start(self) -> None:
        self.rise = {name: roc(self.series(name).close, self.lookback).shift(self.skip) for name in self.symbols}
        self.schedule(self.rotate, every="month", before_close="5m")

    def rotate(self, _tick) -> None:
        risen = [name for name in self.symbols if self.rise[name][-1] > 0]  # false of NaN, a history too short
        best = sorted(risen, key=lambda name: self.rise[name][-1], reverse=True)[: self.top]
        self.rebalance(dict.fromkeys(best, self.invested / self.top), others="close")

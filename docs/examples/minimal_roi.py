"""Minimal ROI: take any profit that is large enough for how long it took; the longer, the less is enough.

Source: the `minimal_roi` table and the sample strategy of freqtrade, https://www.freqtrade.io (RSI over 30 is its
entry; the exits are the table and a fixed stop-loss).
"""

from weaver import Field, TimedExits, crossed_above, rsi


class MinimalRoi(TimedExits):
    """In when the RSI comes back above `oversold`; out by the table, at the stop-loss, or when time is up."""

    minimal_roi = {0: 0.04, 120: 0.02, 360: 0.01, 720: 0.0}  # minutes held: profit
    max_time: str | None = "2d"
    oversold: float = Field(30, gt=0, lt=100)
    stop_loss: str = Field("5%", description="below what the entry paid")
    share: float = Field(0.95, gt=0, le=1)

    def on_start(self) -> None:
        self.when(crossed_above(rsi(self.close, 14), self.oversold), self.enter)

    def enter(self, bar) -> None:
        if not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, self.share, stop_loss=self.stop_loss)

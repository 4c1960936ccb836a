"""Opening-range breakout: buy what rises above the range of the session's first minutes, and go home before the close.

Source: Toby Crabel, "Day Trading with Short Term Price Patterns and Opening Range Breakout" (1990).
"""

from weaver import Field, Strategy, highest, lowest


class OpeningRangeBreakout(Strategy):
    """Long only, at most once a session: a stop order at the range's high, its stop-loss at the range's low."""

    range_bars: int = Field(30, ge=1, le=1000, description="bars after the open that make the range")
    reward: float = Field(2.0, gt=0, le=20, description="how far the target is, in heights of the range")
    share: float = Field(0.5, gt=0, le=1, description="of the equity, in one trade")

    def on_start(self) -> None:
        self.top, self.bottom = highest(self.high, self.range_bars), lowest(self.low, self.range_bars)
        self.schedule(self.go_home, before_close="5m")

    def on_bar(self, bar) -> None:
        if self.session.bars_since_open != self.range_bars or self.position(bar.symbol):
            return
        top, bottom = self.top[-1], self.bottom[-1]
        if top > bottom:
            target = top + self.reward * (top - bottom)
            self.order_target_percent(bar.symbol, self.share, stop=top, stop_loss=bottom, take_profit=target)

    def go_home(self, _tick) -> None:
        self.close_position(self.symbols[0])  # cancels what has not filled, too

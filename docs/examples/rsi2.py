"""RSI-2: buy a sharp dip in what is rising in the long run, and sell the first recovery.

Source: Larry Connors and Cesar Alvarez, "Short Term Trading Strategies That Work" (2008), chapter 9.
"""

from weaver import Field, Strategy, rsi, sma


class Rsi2(Strategy):
    """In when the RSI of two bars is below `dip` and the close above its average of 200; out above that of 5."""

    dip: float = Field(10, gt=0, lt=100)
    trend: int = Field(200, ge=2, le=1000)
    recovery: int = Field(5, ge=2, le=200)
    share: float = Field(0.95, gt=0, le=1, description="of the equity; the rest pays for gaps and costs")

    def on_start(self) -> None:
        self.when((self.close > sma(self.close, self.trend)) & (rsi(self.close, 2) < self.dip), self.enter)
        self.when(self.close > sma(self.close, self.recovery), self.leave)

    def enter(self, bar) -> None:
        if not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, self.share)

    def leave(self, bar) -> None:
        self.close_position(bar.symbol)

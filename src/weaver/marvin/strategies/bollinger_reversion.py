from weaver import Field, Strategy, bbands, crossed_above, crossed_below


class BollingerReversion(Strategy):
    """Buy when the close falls below the lower Bollinger band, sell when it is back above the middle one; a stop
    `stop` below the signal's close limits what a falling knife can cost."""

    period: int = Field(20, ge=2, le=500)
    deviations: float = Field(2.0, gt=0, le=10)
    stop: float = Field(0.08, gt=0, le=0.5, description="as a fraction of the price")

    def on_start(self) -> None:
        _, middle, lower = bbands(self.close, self.period, self.deviations)
        self.when(crossed_below(self.close, lower), self.enter)
        self.when(crossed_above(self.close, middle), self.leave)

    def enter(self, bar) -> None:
        if not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, 1.0, stop_loss=bar.close * (1 - self.stop))

    def leave(self, bar) -> None:
        self.close_position(bar.symbol)

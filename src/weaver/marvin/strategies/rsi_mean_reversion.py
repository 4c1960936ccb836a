from weaver import Field, Strategy, crossed_above, crossed_below, rsi, sma


class RsiMeanReversion(Strategy):
    """Buy the dip in an uptrend: enter when a short RSI falls below `oversold` while the close is above its long
    average, leave when the RSI has recovered above `recovered`, or when the trend breaks."""

    period: int = Field(4, ge=2, le=100, description="bars of the RSI")
    oversold: float = Field(25.0, gt=0, lt=100)
    recovered: float = Field(55.0, gt=0, lt=100)
    trend: int = Field(200, ge=2, le=2000, description="bars of the average that the trend is measured by")

    def on_start(self) -> None:
        strength, average = rsi(self.close, self.period), sma(self.close, self.trend)
        self.when(crossed_below(strength, self.oversold) & (self.close > average), self.enter)
        self.when(crossed_above(strength, self.recovered) | crossed_below(self.close, average), self.leave)

    def enter(self, bar) -> None:
        if not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, 1.0)

    def leave(self, bar) -> None:
        self.close_position(bar.symbol)

from weaver import Field, Strategy, crossed_above, crossed_below, sma


class SmaCrossover(Strategy):
    """Long while the fast average is above the slow one."""

    fast: int = Field(10, ge=2, le=500)
    slow: int = Field(30, ge=3, le=1000)

    def on_start(self) -> None:
        fast, slow = sma(self.close, self.fast), sma(self.close, self.slow)
        self.when(crossed_above(fast, slow), self.enter)
        self.when(crossed_below(fast, slow), self.leave)

    def enter(self, bar) -> None:
        self.order_target_percent(bar.symbol, 1.0)

    def leave(self, bar) -> None:
        self.close_position(bar.symbol)

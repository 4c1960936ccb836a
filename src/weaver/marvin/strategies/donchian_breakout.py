from weaver import Field, Strategy, atr, crossed_above, crossed_below, highest, lowest


class DonchianBreakout(Strategy):
    """Follow the trend as the turtles did: enter when the close breaks above the highest high of the `entry` bars
    before it, leave when it breaks below the lowest low of the `exit` bars before it, or at a stop `stop_atr` average
    true ranges below the signal's close. The wider the range, the smaller the position: it risks `risk` of the equity.
    """

    entry: int = Field(20, ge=2, le=500)
    exit: int = Field(10, ge=2, le=500)
    range_bars: int = Field(20, ge=2, le=500)
    stop_atr: float = Field(2.0, gt=0, le=20)
    risk: float = Field(0.02, gt=0, le=0.2)

    def on_start(self) -> None:
        self.range = atr(self.bars, self.range_bars)
        upper = highest(self.high, self.entry).shift(1)
        lower = lowest(self.low, self.exit).shift(1)
        self.when(crossed_above(self.close, upper), self.enter)
        self.when(crossed_below(self.close, lower), self.leave)

    def enter(self, bar) -> None:
        distance = self.stop_atr * self.range[-1]
        if self.position(bar.symbol) or not 0 < distance < bar.close / 2:  # no range yet, or too wide a one to trade
            return
        share = min(1.0, self.risk * bar.close / distance)
        self.order_target_percent(bar.symbol, share, stop_loss=bar.close - distance)

    def leave(self, bar) -> None:
        self.close_position(bar.symbol)

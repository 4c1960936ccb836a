"""Triple screen: trade a dip on the small timeframe, only with the tide of the large one, and only once it turns.

Source: Alexander Elder, "Trading for a Living" (1993), chapter 43; long only.
"""

from weaver import Field, Strategy, macd, rsi


class TripleScreen(Strategy):
    """Days rise (the MACD's histogram), hours have dipped (RSI): then a buy stop at the high of the newest bar, moved
    along while the dip lasts. Out at a stop-loss that trails, or when the days rise no longer."""

    large: str = Field("1d", description="the timeframe of the tide; about five bars of the small one or more")
    dip: float = Field(35, gt=0, lt=100, description="the RSI below which the wave is low")
    trail: str = Field("1%", description="of the stop-loss behind the highest price since the entry")
    share: float = Field(0.95, gt=0, le=1)

    def on_start(self) -> None:
        _, _, histogram = macd(self.series(self.symbols[0], self.large), 6, 13, 5)
        self.tide = histogram > histogram.shift(1)
        self.wave = rsi(self.close, 7) < self.dip

    def on_bar(self, bar) -> None:
        if not self.tide[-1]:
            self.close_position(bar.symbol)  # cancels what has not filled, too
        elif self.wave[-1] and not self.position(bar.symbol):
            for resting in self.orders:
                self.cancel(resting)
            self.order_target_percent(bar.symbol, self.share, stop=bar.high, stop_loss_trail=self.trail, tif="gtc")

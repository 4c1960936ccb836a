from weaver import Field, Strategy, sma


class Bars(Strategy):
    """Bar by bar: after a fall, offer to buy a little lower; leave with a profit, or at a stop."""

    fall: int = Field(3, ge=1, le=20, description="closes in a row that must each be lower")
    trend: int = Field(100, ge=2, le=2000, description="bars of the average that the close must lie above")
    below: float = Field(0.5, ge=0, le=50, description="percent under the close at which to buy")

    def on_start(self) -> None:
        """Called once. What is set on self stays: a strategy remembers what it wants to."""
        self.average = sma(self.close, self.trend)
        self.lower = 0

    def on_bar(self, bar) -> None:
        """Called at the close of each bar. `bar` is good for this call only; bar.copy() can be kept."""
        # [-1] is the newest value of a series, [-2] the one before; before the first bar NaN, which compares false.
        self.lower = self.lower + 1 if bar.close < self.close[-2] else 0
        if self.position(bar.symbol) or self.lower < self.fall or not bar.close > self.average[-1]:
            return
        # A limit order for the day: it fills if the price falls so far, else it expires. Its exits start with its fill;
        # of the two, the one that fills cancels the other. "8%" is a distance from what the entry paid.
        limit = bar.close * (1 - self.below / 100)
        self.order_target_percent(bar.symbol, 0.98, limit=limit, take_profit="8%", stop_loss="4%")

    def on_fill(self, fill) -> None:
        """Called when an order filled: in a backtest at the bar after it was placed, at the earliest."""
        self.log(f"{fill.side} {fill.quantity} {fill.symbol} at {fill.price}")

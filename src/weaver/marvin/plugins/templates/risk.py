from weaver import Field, Strategy, atr, highest


class Risk(Strategy):
    """Buy what rises above its highest price; so much of it that the stop costs a hundredth of the equity."""

    breakout: int = Field(40, ge=2, le=1000, description="bars whose highest price must be passed")
    risk: float = Field(0.01, gt=0, le=0.2, description="share of the equity that one trade may lose")
    distance: float = Field(3.0, gt=0, le=20, description="average true ranges between the price and its stop")

    def on_start(self) -> None:
        self.range = atr(self.bars, 20)
        # shift(1): the highest of the bars before this one, or nothing could ever lie above it.
        self.when(self.close > highest(self.high, self.breakout).shift(1), self.enter)

    def enter(self, bar) -> None:
        if self.position(bar.symbol) or self.orders:
            return
        gap = self.distance * self.range[-1]
        # What one unit loses at the stop, into what may be lost. Money is exact decimals here, and mixes with floats.
        quantity = self.equity * self.risk / gap
        affordable = self.cash * 0.95 / bar.close
        # A target is cut down to whole lots. The stop follows the price at that distance, and never goes back.
        self.order_target(bar.symbol, min(quantity, affordable), stop_loss_trail=gap)

    def on_stop(self) -> None:
        """Called once, at the end."""
        won = [trade for trade in self.closed_trades if trade.pnl > 0]
        self.log(f"{len(won)} of {len(self.closed_trades)} trades won; {self.equity:,.2f} in the end")

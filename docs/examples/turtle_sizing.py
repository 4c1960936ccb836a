"""Turtle trading: buy breakouts, the less of it the wilder the price; add while it goes well, leave at two ranges.

Source: Curtis Faith, "Way of the Turtle" (2007): the first system of Richard Dennis and William Eckhardt, long only,
decided at the close. N is the average true range; a unit is as much as moves the account by `risk` when the price
moves by N.
"""

from weaver import Field, Strategy, atr, highest, lowest


class TurtleSizing(Strategy):
    """In above the highest of 20 bars, one unit more per N/2; out below the lowest of 10, or 2 N below the newest."""

    risk: float = Field(0.01, gt=0, le=0.1, description="of the equity, per unit and N")
    units: int = Field(4, ge=1, le=20, description="the most that are held at once")

    def on_start(self) -> None:
        self.n = atr(self.bars, 20)
        self.top, self.bottom = highest(self.high, 20).shift(1), lowest(self.low, 10).shift(1)

    def on_bar(self, bar) -> None:
        if not self.position(bar.symbol):
            self.held = 0
            if bar.close > self.top[-1]:
                self.add(bar)
        elif bar.close < self.bottom[-1]:
            self.close_position(bar.symbol)
        elif self.held < self.units and bar.close > self.newest + self.n[-1] / 2:
            self.add(bar)

    def add(self, bar) -> None:
        n, self.held, self.newest = self.n[-1], self.held + 1, bar.close
        for order in self.orders:
            self.replace(order, stop=bar.close - 2 * n)
        self.buy(bar.symbol, int(self.risk * self.equity / n), stop_loss=bar.close - 2 * n)

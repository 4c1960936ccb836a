"""Grid: rest a purchase on each line below the price; each one that fills rests a sale on the line above it.

Source: the "spot grid" bots that crypto exchanges offer (Pionex, Binance); the idea is older than they are.
"""

from weaver import Field, Strategy


class Grid(Strategy):
    """Lines `step` apart around the first close. Every line that is bought and sold earns the step, before costs."""

    step: float = Field(0.01, gt=0, lt=1, description="from one line to the next, as a fraction of the price")
    lines: int = Field(8, ge=1, le=100, description="lines below the first close")
    share: float = Field(0.1, gt=0, le=1, description="of the starting cash, on each line")

    def on_start(self) -> None:
        self.first = 0.0
        self.line_of: dict[str, int] = {}

    def on_bar(self, bar) -> None:
        if not self.first:
            self.first, self.each = bar.close, self.share * self.equity
            for line in range(1, self.lines + 1):
                self.rest(self.buy, bar.symbol, self.each / self.price(-line), -line)

    def on_order(self, order) -> None:
        if order.status == "filled":
            line = self.line_of[order.id]
            if order.side == "buy":
                self.rest(self.sell, order.symbol, order.quantity, line + 1)
            else:
                self.rest(self.buy, order.symbol, order.quantity, line - 1)

    def rest(self, side, symbol: str, quantity, line: int) -> None:
        self.line_of[side(symbol, quantity, limit=self.price(line), tif="gtc").id] = line

    def price(self, line: int) -> float:
        return self.first * (1 + self.step) ** line

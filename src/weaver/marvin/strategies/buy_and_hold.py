from weaver import Field, Strategy


class BuyAndHold(Strategy):
    """Buy every symbol in equal parts at the first opportunity, and keep it: what any other strategy has to beat."""

    invested: float = Field(0.98, gt=0, le=1, description="share of the equity; the rest pays for gaps and costs")

    def on_start(self) -> None:
        self.bought: set[str] = set()

    def on_bar(self, bar) -> None:
        if bar.symbol not in self.bought:
            self.order_target_percent(bar.symbol, self.invested / len(self.symbols), tif="gtc")

    def on_fill(self, fill) -> None:
        self.bought.add(fill.symbol)

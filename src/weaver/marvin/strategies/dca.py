from decimal import Decimal
from typing import Literal

from weaver import Field, Strategy


class Dca(Strategy):
    """Dollar-cost averaging: put `amount` into each symbol at the first bar of every day, week or month, whatever its
    price. What a whole lot cannot take up is carried over to the next time; when the cash is gone, buying stops."""

    amount: float = Field(1000.0, gt=0)
    every: Literal["day", "week", "month"] = "month"

    def on_start(self) -> None:
        self.period = dict.fromkeys(self.symbols)
        self.budget = dict.fromkeys(self.symbols, Decimal(0))

    def on_bar(self, bar) -> None:
        period = self.period_of(self.now)
        if period == self.period[bar.symbol]:
            return
        self.period[bar.symbol] = period
        self.budget[bar.symbol] += Decimal(str(self.amount))
        spend = min(self.budget[bar.symbol], self.cash)
        if spend > 0:
            self.order_target_value(bar.symbol, self.position(bar.symbol).market_value + spend)

    def on_fill(self, fill) -> None:
        self.budget[fill.symbol] -= fill.quantity * fill.price

    def period_of(self, now) -> tuple[int, ...]:
        """What is equal for two times in the same period."""
        year, week, _ = now.isocalendar()
        return {"day": (now.year, now.month, now.day), "week": (year, week), "month": (now.year, now.month)}[self.every]

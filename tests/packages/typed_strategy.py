"""A strategy of somebody who checks types: mypy --strict has nothing to say against it."""

from decimal import Decimal

import weaver
from weaver import Field, Strategy, atr, crossed_above, highest, sma
from weaver.marvin.series.bar import Bar
from weaver.marvin.series.series import Series
from weaver.model.market.tick import Tick
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order


class Typed(Strategy):
    """Buys what breaks out, with a stop, and keeps count."""

    period: int = Field(20, ge=2, le=500)
    share: float = Field(0.5, gt=0, le=1)

    def on_start(self) -> None:
        self.range: Series = atr(self.bars, 14)
        self.paid = Decimal(0)
        self.when(crossed_above(self.close, highest(self.high, self.period).shift(1)), self.enter)
        self.when((self.close < sma(self.close, self.period)) & ~(self.close > self.open), self.leave)
        self.schedule(self.monthly, every="month", after_open="30m")

    def enter(self, bar: Bar) -> None:
        if not self.position(bar.symbol):
            stop = bar.close - 3 * self.range[-1]
            order = self.order_target_percent(bar.symbol, self.share, stop_loss=stop, tif="gtc")
            self.log(f"order {order.id}" if order is not None else "nothing to order")

    def leave(self, bar: Bar) -> None:
        self.close_position(bar.symbol)

    def monthly(self, tick: Tick) -> None:
        self.log(f"{tick.time:%Y-%m}: {self.equity}")

    def on_order(self, order: Order) -> None:
        if order.is_working and order.limit is not None:
            self.replace(order, limit=order.limit * 2)

    def on_fill(self, fill: Fill) -> None:
        self.paid += fill.commission


def sharpe(path: str) -> float | int | None:
    """What a file of prices gives."""
    result = weaver.backtest(Typed, path, params={"period": 30}, costs={"slippage_bps": 2})
    assert result.trades[0].pnl + result.fills[0].commission is not None
    return result.stats["sharpe"]

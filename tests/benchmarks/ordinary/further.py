"""Strategies without a gate, so that no fast way is cut to the ones that have one."""

from tests.benchmarks.ordinary.strategies import PositionAsked
from weaver import Strategy, atr, crossed_above, rsi, sma


class RsiSized(Strategy):
    """Buys for a tenth of the equity while the RSI is low, sells when it has recovered; asks for both at each bar."""

    period: int = 14
    oversold: float = 30.0
    recovered: float = 55.0

    def on_start(self) -> None:
        self.strength = rsi(self.close, self.period)

    def on_bar(self, bar) -> None:
        strength, quantity = self.strength[-1], self.equity * 0.1 // bar.close
        if strength < self.oversold and not self.position(bar.symbol):
            self.buy(bar.symbol, quantity)
        elif strength > self.recovered and self.position(bar.symbol):
            self.close_position(bar.symbol)


class OrdersHeard(PositionAsked):
    """Tells of orders that come to nothing."""

    def on_order(self, order) -> None:
        if order.status in ("rejected", "cancelled", "expired"):
            self.log(f"{order.side} {order.quantity} {order.symbol}: {order.status}")


class OrdersLookedAt(Strategy):
    """Rests one bid below the close for a while: looks at each bar whether it is still there."""

    away: float = 0.002
    patience: int = 20

    def on_start(self) -> None:
        self.waited = 0

    def on_bar(self, bar) -> None:
        if self.orders:
            self.waited += 1
            if self.waited >= self.patience:
                for order in self.orders:
                    self.cancel(order)
            return
        self.waited = 0
        if self.position(bar.symbol):
            self.sell(bar.symbol, 1, limit=round(bar.close * (1 + self.away), 4), tif="gtc")
        else:
            self.buy(bar.symbol, 1, limit=round(bar.close * (1 - self.away), 4), tif="gtc")


class TwoTimeframes(Strategy):
    """Crossings of minutes, taken only in the direction of the hours."""

    fast: int = 10
    slow: int = 30
    trend: int = 20

    def on_start(self) -> None:
        self.fast_average, self.slow_average = sma(self.close, self.fast), sma(self.close, self.slow)
        self.hours = self.series(self.symbols[0], "1h")
        self.trend_average = sma(self.hours.close, self.trend)

    def on_bar(self, bar) -> None:
        above = self.fast_average[-1] > self.slow_average[-1]
        if not self.position(bar.symbol):
            if above and len(self.hours.close) and self.hours.close[-1] > self.trend_average[-1]:
                self.buy(bar.symbol, 1)
        elif not above:
            self.sell(bar.symbol, 1)


class DailyExit(Strategy):
    """Buys the first strength of a day, and holds nothing over night."""

    fast: int = 10
    slow: int = 30
    last_hour: int = 22

    def on_start(self) -> None:
        self.fast_average, self.slow_average = sma(self.close, self.fast), sma(self.close, self.slow)

    def on_bar(self, bar) -> None:
        if self.now.hour >= self.last_hour:
            if self.position(bar.symbol):
                self.close_position(bar.symbol)
        elif self.fast_average[-1] > self.slow_average[-1] and not self.position(bar.symbol):
            self.buy(bar.symbol, 1)


class PercentReversals(Strategy):
    """Most of the equity, long or short, on a margin account."""

    fast: int = 10
    slow: int = 30

    def on_start(self) -> None:
        fast, slow = sma(self.close, self.fast), sma(self.close, self.slow)
        self.when(crossed_above(fast, slow), lambda bar: self.order_target_percent(bar.symbol, 0.9))
        self.when(crossed_above(slow, fast), lambda bar: self.order_target_percent(bar.symbol, -0.9))


class AtrBracket(Strategy):
    """In at a crossing when flat, with a stop and a target by the average range."""

    def on_start(self) -> None:
        self.range = atr(self.bars, 100)
        self.when(crossed_above(sma(self.close, 10), sma(self.close, 30)), self.enter)

    def enter(self, bar) -> None:
        away = 6 * self.range[-1]
        if away > 0 and not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, 0.5, take_profit=bar.close + away, stop_loss=bar.close - away)


class Rotation(Strategy):
    """Holds the strongest three of its symbols, looked at at each tick, changed at each hour."""

    lookback: int = 240
    top: int = 3

    def on_tick(self, tick) -> None:
        if self.now.minute or len(self.close) <= self.lookback:
            return
        rise = {}
        for symbol in tick.symbols:
            close = self.series(symbol).close
            rise[symbol] = close[-1] / close[-self.lookback]
        best = sorted(rise, key=rise.__getitem__, reverse=True)[: self.top]
        for symbol in self.symbols:
            if symbol not in best and self.position(symbol):
                self.close_position(symbol)
        for symbol in best:
            if not self.position(symbol):
                self.order_target_percent(symbol, 0.9 / self.top)

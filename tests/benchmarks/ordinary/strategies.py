"""The strategies with a gate: averages that cross, written in the ways in which users write them."""

from weaver import Strategy, crossed_above, crossed_below, sma


class PositionAsked(Strategy):
    """Asks on each bar whether it holds anything."""

    fast: int = 10
    slow: int = 30

    def on_start(self) -> None:
        self.fast_average, self.slow_average = sma(self.close, self.fast), sma(self.close, self.slow)

    def on_bar(self, bar) -> None:
        above = self.fast_average[-1] > self.slow_average[-1]
        if above and not self.position(bar.symbol):
            self.buy(bar.symbol, 1)
        elif not above and self.position(bar.symbol):
            self.sell(bar.symbol, 1)


class FillsHeard(PositionAsked):
    """The same, and remembers what it paid."""

    def on_start(self) -> None:
        super().on_start()
        self.paid = None

    def on_fill(self, fill) -> None:
        self.paid = fill.price if fill.side == "buy" else None


class ManyOnBar(Strategy):
    """Each of many symbols by its own averages."""

    fast: int = 10
    slow: int = 30

    def on_start(self) -> None:
        self.fast_average = {symbol: sma(self.series(symbol).close, self.fast) for symbol in self.symbols}
        self.slow_average = {symbol: sma(self.series(symbol).close, self.slow) for symbol in self.symbols}

    def on_bar(self, bar) -> None:
        symbol = bar.symbol
        above = self.fast_average[symbol][-1] > self.slow_average[symbol][-1]
        if above and not self.position(symbol):
            self.buy(symbol, 1)
        elif not above and self.position(symbol):
            self.sell(symbol, 1)


class ManyWhen(Strategy):
    """The same on signals."""

    fast: int = 10
    slow: int = 30

    def on_start(self) -> None:
        for symbol in self.symbols:
            close = self.series(symbol).close
            fast, slow = sma(close, self.fast), sma(close, self.slow)
            self.when(crossed_above(fast, slow), self.enter)
            self.when(crossed_below(fast, slow), self.leave)

    def enter(self, bar) -> None:
        self.buy(bar.symbol, 1)

    def leave(self, bar) -> None:
        if self.position(bar.symbol):
            self.sell(bar.symbol, 1)


class Reversals(Strategy):
    """Long above, short below: never flat once it has begun."""

    fast: int = 10
    slow: int = 30

    def on_start(self) -> None:
        fast, slow = sma(self.close, self.fast), sma(self.close, self.slow)
        self.when(crossed_above(fast, slow), self.go_long)
        self.when(crossed_below(fast, slow), self.go_short)

    def go_long(self, bar) -> None:
        self.order_target(bar.symbol, 1)

    def go_short(self, bar) -> None:
        self.order_target(bar.symbol, -1)


class TrailingStop(Strategy):
    """In at a crossing when flat, out at half a percent below the highest price since."""

    fast: int = 10
    slow: int = 30
    trail_percent: float = 0.5

    def on_start(self) -> None:
        self.when(crossed_above(sma(self.close, self.fast), sma(self.close, self.slow)), self.enter)

    def enter(self, bar) -> None:
        if not self.position(bar.symbol):
            entry = self.buy(bar.symbol, 1)
            self.oto(entry, self.sell(bar.symbol, 1, trail_percent=self.trail_percent))


class LimitAnew(Strategy):
    """Bids a little below the last close while flat and asks a little above it while long, at each bar anew."""

    away: float = 0.001

    def on_start(self) -> None:
        self.resting = None

    def on_bar(self, bar) -> None:
        if self.resting is not None:
            self.cancel(self.resting)
        if self.position(bar.symbol):
            self.resting = self.sell(bar.symbol, 1, limit=round(bar.close * (1 + self.away), 4))
        else:
            self.resting = self.buy(bar.symbol, 1, limit=round(bar.close * (1 - self.away), 4))


class LimitReplaced(LimitAnew):
    """The same, with an order that still works moved along."""

    def on_bar(self, bar) -> None:
        long = bool(self.position(bar.symbol))
        limit = round(bar.close * (1 + self.away if long else 1 - self.away), 4)
        if self.resting is not None and self.resting.is_working:
            self.resting = self.replace(self.resting, limit=limit)
        elif long:
            self.resting = self.sell(bar.symbol, 1, limit=limit)
        else:
            self.resting = self.buy(bar.symbol, 1, limit=limit)

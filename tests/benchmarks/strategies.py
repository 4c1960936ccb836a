"""The contest's strategy for Weaver, in each style: one unit long while the fast average is above the slow one."""

from weaver import Strategy, crossed_above, crossed_below, roc, sma


class SmaOnBar(Strategy):
    """Visited on every bar; reads two boolean signals."""

    fast: int = 10
    slow: int = 30

    def on_start(self) -> None:
        fast, slow = sma(self.close, self.fast), sma(self.close, self.slow)
        self.up, self.down = crossed_above(fast, slow), crossed_below(fast, slow)
        self.held = False

    def on_bar(self, bar) -> None:
        if self.held:
            if self.down[-1]:
                self.sell(bar.symbol, 1)
                self.held = False
        elif self.up[-1]:
            self.buy(bar.symbol, 1)
            self.held = True


class SmaAveragesOnBar(Strategy):
    """Visited on every bar; reads both averages and keeps its own side."""

    fast: int = 10
    slow: int = 30

    def on_start(self) -> None:
        self.fast_average = sma(self.close, self.fast)
        self.slow_average = sma(self.close, self.slow)
        self.above = True  # so that an average already above when both are first known is not taken for a crossing
        self.held = False

    def on_bar(self, bar) -> None:
        above = self.fast_average[-1] > self.slow_average[-1]
        if above != self.above:
            self.above = above
            if above and not self.held:
                self.buy(bar.symbol, 1)
                self.held = True
            elif self.held and not above:
                self.sell(bar.symbol, 1)
                self.held = False


class SmaWhen(Strategy):
    """Called on crossings only."""

    fast: int = 10
    slow: int = 30

    def on_start(self) -> None:
        fast, slow = sma(self.close, self.fast), sma(self.close, self.slow)
        self.when(crossed_above(fast, slow), self.enter)
        self.when(crossed_below(fast, slow), self.leave)
        self.held = False

    def enter(self, bar) -> None:
        if not self.held:
            self.buy(bar.symbol, 1)
            self.held = True

    def leave(self, bar) -> None:
        if self.held:
            self.sell(bar.symbol, 1)
            self.held = False


class BracketOnBar(Strategy):
    """In at a crossing when flat, out at half a percent either way."""

    fast: int = 10
    slow: int = 30

    def on_start(self) -> None:
        self.up = crossed_above(sma(self.close, self.fast), sma(self.close, self.slow))

    def on_bar(self, bar) -> None:
        if self.up[-1]:
            self.enter(bar)

    def enter(self, bar) -> None:
        if not self.position(bar.symbol):
            price = bar.close
            take_profit, stop_loss = round(price * 1.005, 4), round(price * 0.995, 4)
            self.buy(bar.symbol, 1, take_profit=take_profit, stop_loss=stop_loss, tif="gtc")


class BracketWhen(BracketOnBar):
    """The same, called on crossings only."""

    def on_start(self) -> None:
        self.when(crossed_above(sma(self.close, self.fast), sma(self.close, self.slow)), self.enter)

    on_bar = Strategy.on_bar


class MonthlyRotation(Strategy):
    """At each month's first close holds the strongest symbols of the last half year in equal parts."""

    months: int = 6
    held: int = 20

    def on_start(self) -> None:
        self.month = ""
        self.momentum = {symbol: roc(self.series(symbol).close, 21 * self.months) for symbol in self.symbols}

    def on_tick(self, tick) -> None:
        month = self.now.strftime("%Y-%m")
        if month == self.month:
            return
        self.month = month
        momentum = {symbol: series[-1] for symbol, series in self.momentum.items()}  # NaN at first, so not above 0
        ranked = sorted((symbol for symbol in momentum if momentum[symbol] > 0), key=momentum.__getitem__, reverse=True)
        chosen = set(ranked[: self.held])
        for symbol in self.symbols:
            if symbol not in chosen and self.position(symbol).quantity:
                self.close_position(symbol)
        for symbol in ranked[: self.held]:
            self.order_target_percent(symbol, 0.9 / self.held)

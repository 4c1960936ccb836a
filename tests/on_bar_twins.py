"""The shipped single-symbol strategies in the other style: the same decisions, so the same fills to the last digit.

Those that ship with `when` are written with `on_bar` here, bar by bar; those that ship with `on_bar` with `when`.
"""

from decimal import Decimal

from weaver import Strategy, atr, bbands, highest, lowest, rsi, sma
from weaver.marvin.strategies.bollinger_reversion import BollingerReversion
from weaver.marvin.strategies.buy_and_hold import BuyAndHold
from weaver.marvin.strategies.dca import Dca
from weaver.marvin.strategies.donchian_breakout import DonchianBreakout
from weaver.marvin.strategies.rsi_mean_reversion import RsiMeanReversion
from weaver.marvin.strategies.sma_crossover import SmaCrossover


def rose_above(a, b) -> bool:
    """Both rows have two values; NaN compares false."""
    return a[-2] <= b[-2] and a[-1] > b[-1]


def fell_below(a, b) -> bool:
    """The mirror of `rose_above`."""
    return a[-2] >= b[-2] and a[-1] < b[-1]


class SmaCrossoverOnBar(SmaCrossover):
    """sma-crossover, bar by bar."""

    def on_start(self) -> None:
        self.fast_average, self.slow_average = sma(self.close, self.fast), sma(self.close, self.slow)

    def on_bar(self, bar) -> None:
        if len(self.close) < 2:
            return
        if rose_above(self.fast_average, self.slow_average):
            self.order_target_percent(bar.symbol, 1.0)
        if fell_below(self.fast_average, self.slow_average):
            self.close_position(bar.symbol)


class RsiMeanReversionOnBar(RsiMeanReversion):
    """rsi-mean-reversion, bar by bar."""

    def on_start(self) -> None:
        self.strength, self.average = rsi(self.close, self.period), sma(self.close, self.trend)

    def on_bar(self, bar) -> None:
        if len(self.close) < 2:
            return
        strength, average, close = self.strength, self.average, self.close
        if strength[-2] >= self.oversold > strength[-1] and close[-1] > average[-1] and not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, 1.0)
        # A signal is false while any of its inputs is undefined, `|` included.
        defined = strength[-2] == strength[-2] and average[-2] == average[-2]
        if defined and (strength[-2] <= self.recovered < strength[-1] or fell_below(close, average)):
            self.close_position(bar.symbol)


class DonchianBreakoutOnBar(DonchianBreakout):
    """donchian-breakout, bar by bar."""

    def on_start(self) -> None:
        self.range = atr(self.bars, self.range_bars)
        self.upper, self.lower = highest(self.high, self.entry), lowest(self.low, self.exit)

    def on_bar(self, bar) -> None:
        if len(self.close) < 3:
            return
        close, upper, lower = self.close, self.upper, self.lower
        if close[-2] <= upper[-3] and close[-1] > upper[-2]:
            self.enter(bar)
        if close[-2] >= lower[-3] and close[-1] < lower[-2]:
            self.close_position(bar.symbol)


class BollingerReversionOnBar(BollingerReversion):
    """bollinger-reversion, bar by bar."""

    def on_start(self) -> None:
        _, self.middle, self.lower = bbands(self.close, self.period, self.deviations)

    def on_bar(self, bar) -> None:
        if len(self.close) < 2:
            return
        if fell_below(self.close, self.lower):
            self.enter(bar)
        if rose_above(self.close, self.middle):
            self.close_position(bar.symbol)


class BuyAndHoldWhen(BuyAndHold):
    """buy-and-hold on a signal that is true on every bar."""

    def on_start(self) -> None:
        super().on_start()
        self.when(self.close > 0, self.enter)

    def on_bar(self, bar) -> None:
        """Nothing: the signal decides."""

    def enter(self, bar) -> None:
        super().on_bar(bar)


class DcaWhen(Strategy):
    """dca on a signal that is true on every bar, written a second time."""

    amount: float = 1000.0
    every: str = "month"

    def on_start(self) -> None:
        self.last = None
        self.unspent = Decimal(0)
        self.when(self.close > 0, self.invest)

    def invest(self, bar) -> None:
        day = self.now.date()
        key = {"day": day, "week": day.isocalendar()[:2], "month": (day.year, day.month)}[self.every]
        if key == self.last:
            return
        self.last = key
        self.unspent += Decimal(str(self.amount))
        spend = min(self.unspent, self.cash)
        if spend > 0:
            self.order_target_value(bar.symbol, self.position(bar.symbol).market_value + spend)

    def on_fill(self, fill) -> None:
        self.unspent -= fill.quantity * fill.price


TWINS: dict[str, tuple[type[Strategy], type[Strategy]]] = {
    "sma-crossover": (SmaCrossover, SmaCrossoverOnBar),
    "rsi-mean-reversion": (RsiMeanReversion, RsiMeanReversionOnBar),
    "donchian-breakout": (DonchianBreakout, DonchianBreakoutOnBar),
    "bollinger-reversion": (BollingerReversion, BollingerReversionOnBar),
    "buy-and-hold": (BuyAndHold, BuyAndHoldWhen),
    "dca": (Dca, DcaWhen),
}
"""Strategy id → the shipped class, and its twin."""

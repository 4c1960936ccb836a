"""A live bar: ten indicators read on each, on 20,000 bars of history; and of how many bars a second a run is made."""

import time
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.bounds import LIVE_BAR
from tests.benchmarks.check import Check
from tests.benchmarks.contest import Spread, short
from tests.benchmarks.lookahead import minutes
from tests.unit.marvin.live.ticking import Ticking, listed
from weaver import Strategy, adx, atr, bbands, crossed_above, ema, highest, macd, obv, rsi, sma, zscore

HISTORY = 20_000


class TenIndicators(Strategy):
    """Reads the newest values of ten indicators on each bar, and has a signal of two of them."""

    def on_start(self) -> None:
        close = self.close
        self.read: list[Any] = [
            sma(close, 20), ema(close, 50), rsi(close), atr(self.bars), adx(self.bars), bbands(close)[0],
            macd(close)[1], highest(self.high, 20), obv(self.bars), zscore(close),
        ]  # fmt: skip
        self.calls = self.defined = 0
        self.when(crossed_above(self.read[0], self.read[1]), self.count)

    def count(self, bar: Any) -> None:
        del bar
        self.calls += 1

    def on_bar(self, bar: Any) -> None:
        del bar
        for series in self.read:
            self.defined += series[-1] == series[-1]


def measure(ticks: int) -> Iterator[str | list[Check]]:
    """So many live bars with and without a history; yields progress, then the checks."""
    checks = []
    for history, bounds in ((HISTORY, {"bounds": LIVE_BAR}), (0, {})):
        yield f"live: {ticks} bars on {history:,}"
        seconds = taken(history, ticks)
        median, longest = Spread(seconds).median * 1e3, max(seconds[1:]) * 1e3
        what = f"a live bar with ten indicators on {history:,} bars of history"
        spread = f"longest {short(longest)} ms of {ticks}; the first {short(seconds[0] * 1e3)} ms"
        checks.append(Check(what=what, measured=median, unit="ms", spread=spread, **bounds))
    yield checks


def taken(history: int, ticks: int) -> list[float]:
    """Seconds of each tick."""
    bars = minutes(history + ticks)
    run, seconds = Ticking(TenIndicators, listed(bars), start=int(bars.end[history - 1]) if history else 0), []
    for end in bars.end[history:].tolist():
        began = time.perf_counter()
        run.to(end)
        seconds.append(time.perf_counter() - began)
    if not (run.strategy.defined and run.strategy.calls):
        raise RuntimeError("nothing was read")
    return seconds

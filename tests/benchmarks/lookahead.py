"""The look-ahead check: what it adds to a run, its repeat of the run included, on strategies of different weight."""

import time
from collections.abc import Iterator

import numpy as np
import pandas as pd

import weaver
from tests.benchmarks.bars import MINUTE_NS, START_NS, SYMBOL, synthetic_columns
from tests.benchmarks.bounds import LOOKAHEAD_GATE as GATE
from tests.benchmarks.bounds import LOOKAHEAD_GOAL as GOAL
from tests.benchmarks.bounds import Bounds
from tests.benchmarks.check import Check
from tests.benchmarks.contest import Spread, short
from tests.benchmarks.strategies import SmaOnBar, SmaWhen
from weaver import Strategy, crossed_above, crossed_below, indicator
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe


class OwnIndicator(Strategy):
    """Signals of a pandas function of the strategy's own."""

    def on_start(self) -> None:
        own = indicator(lambda close: pd.Series(close).ewm(span=20).mean().to_numpy(), self.close)
        self.when(crossed_above(self.close, own), lambda bar: self.order_target_percent(bar.symbol, 0.5))
        self.when(crossed_below(self.close, own), lambda bar: self.close_position(bar.symbol))


class PandasOnBar(Strategy):
    """Makes a frame of the last fifty closes on each bar."""

    def on_bar(self, bar) -> None:
        closes = pd.Series(self.close.values[-50:])
        if len(closes) == 50 and closes.ewm(span=5).mean().iloc[-1] > closes.rolling(50).mean().iloc[-1]:
            self.order_target_percent(bar.symbol, 0.9)
        else:
            self.close_position(bar.symbol)


class NearestNeighbours(Strategy):
    """Predicts each bar from the most similar ones before it."""

    def on_bar(self, bar) -> None:
        closes = self.close.values
        if len(closes) < 100:
            return
        moves = np.diff(np.log(closes))
        rows = np.lib.stride_tricks.sliding_window_view(moves, 5)
        distance = np.square(rows[:-1] - rows[-1]).sum(axis=1)
        expected = moves[5:][np.argpartition(distance, 10)[:10]].mean()
        self.order_target_percent(bar.symbol, 0.9 if expected > 0 else 0.0)


class SlowIndicator(Strategy):
    """An indicator that takes most of the run: a polynomial fitted to each window."""

    def on_start(self) -> None:
        self.slope = indicator(self.slopes, self.close)
        self.when(crossed_above(self.slope, 0), lambda bar: self.order_target_percent(bar.symbol, 0.5))
        self.when(crossed_below(self.slope, 0), lambda bar: self.close_position(bar.symbol))

    @staticmethod
    def slopes(close: np.ndarray) -> np.ndarray:
        result, at = np.full(len(close), np.nan), np.arange(50)
        for k in range(50, len(close) + 1):
            result[k - 1] = np.polyfit(at, close[k - 50 : k], 2)[1]
        return result


WEIGHTS: dict[str, tuple[type[Strategy], float]] = {
    "on_bar": (SmaOnBar, 1.0),
    "when": (SmaWhen, 1.0),
    "own indicator": (OwnIndicator, 1.0),
    "slow own indicator": (SlowIndicator, 0.04),
    "pandas on each bar": (PandasOnBar, 0.01),
    "a prediction on each bar": (NearestNeighbours, 0.02),
}
"""Strategy, and its share of the bars."""


def measure(bars: int, rounds: int) -> Iterator[str | list[Check]]:
    """Each strategy without the check and with it, in turn; yields progress, then the checks."""
    checks = []
    for name, (strategy, share) in WEIGHTS.items():
        count, runs, added = max(int(bars * share), 2_000), [], []
        data, places = minutes(count), ""
        for turn in range(min(rounds, 5)):
            yield f"look-ahead check, {name}: round {turn + 1} of {min(rounds, 5)}"
            alone, _ = taken(strategy, data, check=False)
            with_check, places = taken(strategy, data, check=True)
            runs.append(alone)
            added.append(with_check - alone)
        run, extra = Spread(runs).median, Spread(added).median
        checks.append(
            Check(
                what=f"look-ahead check, {name}, {count:,} bars: against {GATE[0]} runs + {GATE[1]:g} s",
                measured=extra / (GATE[0] * run + GATE[1]),
                unit="×",
                spread=f"run {short(run)} s, check {short(extra)} s ({places})",
                bounds=Bounds(1.0, (GOAL[0] * run + GOAL[1]) / (GATE[0] * run + GATE[1])),
            )
        )
    yield checks


def minutes(count: int) -> Bars:
    stamps = START_NS + MINUTE_NS * np.arange(count, dtype=np.int64)
    columns = synthetic_columns(count)
    return Bars(symbol=SYMBOL, timeframe=Timeframe.parse("1m"), timestamp=stamps, end=stamps + MINUTE_NS, **columns)


def taken(strategy: type[Strategy], bars: Bars, *, check: bool) -> tuple[float, str]:
    """Processor seconds of a whole backtest, and where the check looked."""
    began = time.process_time()
    result = weaver.backtest(strategy, bars, cash=1_000_000, costs={"commission_bps": 10}, lookahead_check=check)
    seconds = time.process_time() - began
    doubts = {"lookahead", "not_deterministic", "lookahead_unchecked"} & {one.code for one in result.warnings}
    if doubts:
        raise RuntimeError(f"{strategy.__name__} is accused: {doubts}")
    return seconds, result.lookahead or ""

"""What a strategy sees at a bar is what had closed by then, in every way through time, however the run goes on."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import numpy as np
import pytest
import talib
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import weaver
from tests.integration.expressions import Trees
from tests.integration.markets import market
from tests.shared_data import SAMPLES
from weaver import Strategy, sma
from weaver.marvin.series import playback
from weaver.walle.bars.store import StoredBars

AAPL, MSFT, IBM, EURUSD = (SAMPLES / name for name in ("AAPL_1d.csv", "MSFT_1d.csv", "IBM_1d.csv", "EURUSD_1h.csv"))
MARKETS = {  # files, first bar, timeframes besides their own; AAPL splits at bars 77 and 1255 from 2000-03-01 on
    "splits": ((AAPL,), 40, ("5d",)),
    "two_symbols_with_splits": ((AAPL, MSFT), 700, ("3d",)),
    "hours": ((EURUSD,), 0, ("4h", "1d")),
    "three_symbols": ((IBM, AAPL, MSFT), 1200, ()),
}
LENGTH = 240
SHORT = 40
"""So many bars are few."""


@pytest.fixture(autouse=True)
def soon_as_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Series that are read often are lists in these short runs, too."""
    monkeypatch.setattr(playback, "DEEP", 0)


def part(path: Path, start: int, stop: int) -> StoredBars:
    """Some of a file's bars, in memory of their own."""
    stored = market(path)
    return replace(stored, bars=stored.bars.slice(start, stop))


class Probe(Strategy):
    """Records what random expressions show at chosen bars, and when its signals called."""

    seed: int = 0
    seen: ClassVar[dict[int, list[np.ndarray]]] = {}
    calls: ClassVar[list[tuple[int, int, float]]] = []
    moments: ClassVar[frozenset[int]] = frozenset()
    timeframes: ClassVar[tuple[str, ...]] = ()

    def on_start(self) -> None:
        trees = Trees(self, self.seed, self.timeframes)
        self.nodes = [trees.series(3) for _ in range(4)] + [trees.signal(3) for _ in range(4)]
        self.tick = -1
        for number, signal in enumerate(self.nodes[4:]):
            self.when(signal, lambda bar, number=number: self.note(number, bar))

    def note(self, number: int, bar) -> None:
        self.calls.append((number, stamp(self.now), bar.close))

    def on_tick(self, tick) -> None:
        now = stamp(self.now)
        if now in self.moments:
            for node in self.nodes:
                assert len(node) == len(node.values) == len(list(node))
                if len(node):
                    assert same(np.asarray(node[-1]), np.asarray(node.values[-1]))
            self.seen[now] = [node.values.copy() for node in self.nodes]


def stamp(moment: Any) -> int:
    return round(moment.timestamp())


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Bit for bit, an undefined value being equal to another one."""
    nan = one.dtype.kind == "f"
    return one.dtype == other.dtype and one.shape == other.shape and np.array_equal(one, other, equal_nan=nan)


def probe(name: str, seed: int, stop: int, moments: frozenset[int], **options: Any) -> tuple[dict, list]:
    """What the probe saw and was called for, on the market's bars up to `stop`."""
    paths, first, Probe.timeframes = MARKETS[name]
    Probe.seen, Probe.calls, Probe.moments = {}, [], moments
    bars = [part(path, first, first + stop) for path in paths]
    weaver.backtest(Probe, bars, params={"seed": seed}, lookahead_check=False, costs="none", **options)
    return Probe.seen, Probe.calls


@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(sorted(MARKETS)),
    seed=st.integers(0, 10**6),
    at=st.lists(st.integers(3, LENGTH - 2), min_size=3, max_size=3),
    warmup=st.sampled_from([None, 0, 30]),
)
@example(name="two_symbols_with_splits", seed=296, at=[3, 3, 3], warmup=0)  # a signal before its first bar
@example(name="splits", seed=1, at=[36, 37, 38], warmup=None)
def test_what_is_seen_at_a_bar_is_the_same_when_the_run_ends_there(
    name: str, seed: int, at: list[int], warmup: int | None
) -> None:
    """Signals on a prefix are the prefix of signals; and what live trading would have seen is what the backtest saw."""
    paths, first, _ = MARKETS[name]
    bars = part(paths[0], first, first + LENGTH).bars
    start = None if warmup is None else str(np.datetime64(int(bars.timestamp[50]), "ns").astype("datetime64[s]"))
    at = [max(k, 52) for k in at] if start else at
    moments = frozenset(int(bars.end[k] // 10**9) for k in at)
    options = {"start": start, "warmup": warmup} if start else {}
    seen, calls = probe(name, seed, LENGTH, moments, **options)
    assert seen.keys() == moments
    for k in at:
        moment = int(bars.end[k] // 10**9)
        again, called = probe(name, seed, k + 1, frozenset({moment}), **options)
        for whole, cut in zip(seen[moment], again[moment], strict=True):
            assert same(whole, cut)
        assert [call for call in calls if call[1] <= moment] == [call for call in called if call[1] <= moment]


class Reader(Strategy):
    """Reads its series in every spelling at each bar, and compares with the plain array."""

    truth: ClassVar[Any] = None
    visited: ClassVar[list[int]] = []

    def look(self, bar) -> None:
        seen = len(self.close)
        close, average = self.truth(seen)
        self.visited.append(seen)
        for series, plain in ((self.close, close), (self.average, average), (self.early, close > average)):
            self.compare(series, plain, seen)
        assert bar.close == close[-1] == self.bars.close[-1]

    def compare(self, series, plain: np.ndarray, seen: int) -> None:
        assert len(series) == len(plain) == seen
        back = self.random.randint(1, seen)
        for k in {1, back, min(2, seen)}:
            assert series[-k] == plain[-k] or (series[-k] != series[-k] and plain[-k] != plain[-k])
            assert series[seen - k] == series[-k] or series[-k] != series[-k]
        for beyond in (seen, seen + 1):
            with pytest.raises(IndexError):
                series[beyond]
        if seen < SHORT:  # whoever reads so far back on each bar has it never as a list
            before = series[-seen - self.random.randint(1, 5)]
            assert before is False if plain.dtype.kind == "b" else np.isnan(before)
        first = self.random.randint(-seen, seen)
        assert np.array_equal(series[first:], plain[first:], equal_nan=plain.dtype.kind == "f")
        assert len(series[:]) == len(series[: seen + 5]) == seen
        if seen % 50 == 0:
            assert same(np.asarray(series.values), plain)
            assert np.array_equal(list(series), plain, equal_nan=plain.dtype.kind == "f")
            assert np.array_equal(list(reversed(series)), plain[::-1], equal_nan=plain.dtype.kind == "f")
            with pytest.raises(ValueError, match="read-only"):
                series.values[:] = 0

    def on_start(self) -> None:
        self.average = sma(self.close, 7)
        self.early = self.close > self.average


class ReaderOnBar(Reader):
    def on_bar(self, bar) -> None:
        self.look(bar)


class ReaderOnSignal(Reader):
    def on_start(self) -> None:
        super().on_start()
        self.when(self.close > self.average, self.look)


class ReaderWatched(ReaderOnBar):
    def on_tick(self, tick) -> None:
        """So that every tick is visited."""


class ReaderTrading(ReaderOnBar):
    """With orders between, so that the engine changes its pace."""

    def on_bar(self, bar) -> None:
        self.look(bar)
        if self.random.random() < 0.1:
            self.order_target_percent(bar.symbol, self.random.choice((0, 0.5)))
        if self.random.random() < 0.02:
            self.fetch_window(bar.symbol, "1d", 5)


@pytest.mark.parametrize("strategy", [ReaderOnBar, ReaderOnSignal, ReaderWatched, ReaderTrading])
@pytest.mark.parametrize("name", ["splits", "none"])
def test_series_show_the_plain_array_up_to_now_in_every_way_through_time(strategy: type[Reader], name: str) -> None:
    stored = part(AAPL, 40, 400) if name == "splits" else part(MSFT, 1200, 2600)
    closes = stored.bars.close
    splits = [
        int(np.searchsorted(stored.bars.timestamp, np.datetime64(action.ex_date, "ns").astype(np.int64)))
        for action in stored.actions
        if hasattr(action, "ratio")
    ]
    splits = [at for at in splits if 0 < at < len(closes)]
    assert len(splits) == (1 if name == "splits" else 0) or name == "none"

    def truth(seen: int) -> tuple[np.ndarray, np.ndarray]:
        """Closes on the scale of the newest bar, and TA-Lib's average of them."""
        plain = closes[:seen].copy()
        for at, action in zip(splits, [one for one in stored.actions if hasattr(one, "ratio")], strict=False):
            if at < seen:
                plain[:at] /= float(action.ratio)
        return plain, talib.SMA(plain, 7) if seen >= 7 else np.full(seen, np.nan)

    Reader.truth, Reader.visited = staticmethod(truth), []
    weaver.backtest(strategy, stored, lookahead_check=False, seed=Random(name).randrange(100))
    assert len(Reader.visited) >= (100 if strategy is ReaderOnSignal else len(closes))

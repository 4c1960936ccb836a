"""Series that are played back bar by bar, against what the whole arrays say."""

from itertools import pairwise
from typing import Any

import pytest

from tests.builders import backtest, crypto_bars
from weaver.marvin.series import playback
from weaver.marvin.strategy import Strategy


@pytest.fixture(autouse=True)
def soon_as_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Series that are read often are lists in these short runs, too."""
    monkeypatch.setattr(playback, "DEEP", 0)


CLOSES = [10, 11, 12, 11, 10, 12, 13, 9, 8, 14, 15, 16]


class Reader(Strategy):
    """Reads a signal, the same some bars ago, and what is made of that only after it was read."""

    def on_start(self) -> None:
        self.up = self.close > self.close.shift(1)
        self.before = self.up.shift(2)
        self.not_before = ~self.before
        self.seen: list[tuple[bool, bool, bool]] = []

    def on_bar(self, bar: Any) -> None:
        del bar
        late = bool(self.not_before[-1]) if len(self.close) > 6 else False
        self.seen.append((bool(self.up[-1]), bool(self.before[-1]), late))


def test_shifted_signal_read_at_each_bar_is_the_signal_some_bars_ago() -> None:
    seen: list[tuple[bool, bool, bool]] = []

    class Kept(Reader):
        def on_stop(self) -> None:
            seen.extend(self.seen)

    backtest(Kept, crypto_bars(CLOSES))
    up = [False, *(after > before for before, after in pairwise(CLOSES))]
    before = [False, False, *up[:-2]]
    late = [index >= 6 and not before[index] for index in range(len(CLOSES))]
    assert seen == list(zip(up, before, late, strict=True))


@pytest.mark.parametrize("every", [1, 7, 9, 100])
@pytest.mark.parametrize("often_from", [0, 300, 10_000])
def test_series_is_the_same_however_often_it_is_read(every: int, often_from: int) -> None:
    closes = [100 + (index * 37 % 101) for index in range(600)]
    seen: dict[int, tuple[float, float]] = {}

    class Seldom(Strategy):
        def on_start(self) -> None:
            self.twice = self.close * 2
            self.ticks = -1

        def on_bar(self, bar: Any) -> None:
            self.ticks += 1
            if self.ticks % every == 0 or self.ticks >= often_from:
                seen[self.ticks] = self.twice[-1], self.twice[0]
            if self.ticks % 50 == 3:  # the market has its turn, and the series are opened anew
                self.buy(bar.symbol, 1, limit=1)

    backtest(Seldom, crypto_bars(closes))
    asked = [tick for tick in range(600) if tick % every == 0 or tick >= often_from]
    assert seen == {tick: (2 * closes[tick], 2 * closes[0]) for tick in asked}


def test_what_lies_before_the_first_bar_is_undefined_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of a series that is read so often that it becomes a list: not before it has so many values as are read."""
    monkeypatch.setattr(playback, "DEEP", 1_000)
    seen: list[Any] = []

    class Early(Strategy):
        def on_start(self) -> None:
            self.rising = self.close > self.close.shift(1)
            seen.append((self.close[-1], self.rising[-1]))

        def on_bar(self, bar: Any) -> None:
            del bar
            seen.append((self.close[-150], self.rising[-150]))
            with pytest.raises(IndexError, match=r"only .* bars have closed"):
                self.close[1_000]

    closes = [100.0 + index for index in range(400)]
    backtest(Early, crypto_bars(closes))
    (first, is_rising), *bars = seen
    assert first != first
    assert is_rising is False
    assert all(close != close and rising is False for close, rising in bars[:149])
    assert [close for close, _ in bars[149:]] == closes[:251]
    assert [rising for _, rising in bars[149:]] == [False, *[True] * 250]

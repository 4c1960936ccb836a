"""Series that are played back bar by bar, against what the whole arrays say."""

from itertools import pairwise
from typing import Any

from tests.builders import backtest, crypto_bars
from weaver.marvin.strategy import Strategy

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

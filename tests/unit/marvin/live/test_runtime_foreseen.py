"""Bars that are known ahead, as in a replay, save work and show nothing: what is not in order is not foreseen."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
import pytest

from tests.builders import crypto_bars
from tests.integration.live_run import GivenBar
from tests.unit.marvin.live.ticking import Ticking, listed
from weaver import Strategy, indicator, sma
from weaver.model.errors import InputError
from weaver.model.market.bars import Bars

WARM, BLOCK = 5, 20


class Peeping(Strategy):
    """Notes all that it can see of its prices, and what its own function was given."""

    given: ClassVar[list[list[float]]] = []

    def on_start(self) -> None:
        def own(values: Any) -> Any:
            Peeping.given.append(values.tolist())
            return values * 2

        Peeping.given.clear()
        self.own, self.average = indicator(own, self.close), sma(self.close, 3)
        self.seen: list[Any] = []

    def on_bar(self, bar: Any) -> None:
        self.seen.append((len(self.close), len(self.average), self.close[-1], self.average[-1], self.own[-1]))
        self.seen.append((self.close.values.tolist(), list(self.average)[-2:], self.close[0], bar.close, bar.index))
        with pytest.raises(IndexError):
            self.close[len(self.close)]


def bars() -> Bars:
    return crypto_bars([100.0 + k for k in range(WARM + BLOCK + 3)])


def run_of(given: Bars) -> Ticking:
    return Ticking(Peeping, listed(given), start=int(given.end[WARM - 1]))


def test_nothing_ahead_is_seen() -> None:
    run = run_of(bars())
    run.through(foreseen=BLOCK)
    closes = [100.0 + k for k in range(WARM + BLOCK + 3)]
    for place, (numbers, columns) in enumerate(zip(run.strategy.seen[::2], run.strategy.seen[1::2], strict=True)):
        count = WARM + place + 1
        newest = closes[count - 1]
        assert numbers == (count, count, newest, newest - 1, 2 * newest)
        assert columns == (closes[:count], [newest - 2, newest - 1], 100.0, newest, count - 1)
    assert Peeping.given == [closes[:count] for count in range(WARM + 1, WARM + BLOCK + 4)]


def given_bars(given: Bars, first: int, stop: int) -> list[GivenBar]:
    return [
        GivenBar(given.symbol, int(given.timestamp[k]), int(given.end[k]), *[float(given.close[k])] * 4, 1.0)
        for k in range(first, stop)
    ]


Spoil = Callable[[list[GivenBar]], Sequence[GivenBar]]
SPOILT: dict[str, Spoil] = {
    "missed": lambda some: [some[0]._replace(is_missed=True), *some[1:]],
    "of another time": lambda some: [some[0]._replace(end=some[0].end + 1), *some[1:]],
    "of the past": lambda some: [some[0]._replace(end=1), *some[1:]],
    "twice": lambda some: [*some, some[0]],
    "of another symbol": lambda some: [some[0]._replace(symbol="OTHER"), *some[1:]],
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_bars_that_are_not_in_order_are_not_foreseen(spoilt: str) -> None:
    given = bars()
    run = run_of(given)
    ticks = [(int(given.end[k]), given_bars(given, k, k + 1)) for k in range(WARM, WARM + BLOCK)]
    time, some = ticks[BLOCK // 2]
    ticks[BLOCK // 2] = (time, list(SPOILT[spoilt](some)))
    run.runtime.foresee(ticks)
    for time, some in ticks[: BLOCK // 2]:
        run.runtime.tick(time, some)
    time, some = ticks[BLOCK // 2]
    if spoilt in {"missed", "of another time"}:
        run.runtime.tick(time, some)
        assert len(run.strategy.close) == WARM + BLOCK // 2 + 1
        return
    with pytest.raises(InputError):
        run.runtime.tick(time, some)


def test_a_tick_that_was_not_foreseen_comes_after_those_that_were() -> None:
    given = bars()
    run = run_of(given)
    run.through(int(given.end[WARM + BLOCK - 1]), foreseen=BLOCK)
    run.to(int(given.end[WARM + BLOCK]))
    assert run.strategy.close.values.tolist() == given.close[: WARM + BLOCK + 1].tolist()
    assert np.isclose(run.strategy.average[-1], given.close[WARM + BLOCK] - 1)

"""How often a run is heard of, whatever its strategy costs; in virtual time."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from tests.builders import backtest, crypto_bars
from weaver import Strategy
from weaver.greta import pace
from weaver.greta.pace import TURNS_MAX, Pace

QUARTER = 0.25


class Time:
    """Stands still but for what is spent."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    virtual = Time()
    monkeypatch.setattr(pace, "perf_counter", virtual)
    return virtual


def words(time: Time, cost: Callable[[int], float], turns: int) -> Iterator[tuple[int, float]]:
    """After how many turns, and when, a run is heard of that spends `cost(turn)` seconds on each; its engine looks when
    a word is due, as it does while the market is quiet."""
    begun, looking = time.now, Pace()
    yield 0, 0.0
    for turn in range(1, turns + 1):
        time.now += cost(turn)
        if turn >= looking.due:
            assert looking.is_due(turn)
            yield turn, time.now - begun


@pytest.mark.parametrize("seconds", [1e-7, 1e-5, 1e-3, 0.02, 0.09, 0.11, 1.0, 60.0])
def test_no_silence_is_longer_than_a_quarter_of_a_second_or_one_turn(time: Time, seconds: float) -> None:
    heard = [at for _, at in words(time, lambda _: seconds, 5_000)]
    assert max(later - earlier for earlier, later in pairwise(heard)) <= max(QUARTER, 1.001 * seconds)


def test_run_that_becomes_slow_is_silent_no_longer_than_for_twice_the_turns_before(time: Time) -> None:
    # As a strategy that has nothing to do until its series are long enough.
    heard = list(words(time, lambda turn: 1e-6 if turn <= 30 else 1.0, 200))
    slow = [(turn, at) for turn, at in heard if turn > 30]
    assert slow[0][0] <= 30 + 2 * 30
    assert [turn for turn, _ in slow[1:]] == list(range(slow[1][0], 201))


def test_run_that_becomes_quick_is_looked_at_seldom(time: Time) -> None:
    heard = [turn for turn, _ in words(time, lambda turn: 1.0 if turn <= 3 else 1e-7, 100_000)]
    assert heard[:4] == [0, 1, 2, 3]
    assert len(heard) < 4 + 100_000 / TURNS_MAX + 12


def test_quick_run_costs_a_dozen_looks_more_than_its_turns_ask_for(time: Time) -> None:
    assert len(list(words(time, lambda _: 1e-7, 500_000))) <= 500_000 / TURNS_MAX + 12


def test_turns_that_went_by_in_one_go_count_as_made(time: Time) -> None:
    looking = Pace()
    assert looking.due == 1
    time.now += 0.05
    assert looking.is_due(100)  # 0.0005 s each: 200 fit into a tenth of a second
    assert looking.due == 300
    assert not looking.is_due(299)


@pytest.mark.parametrize("style", ["on_bar", "when"])
def test_first_word_comes_before_the_first_callback_and_one_after_it(style: str) -> None:
    said: list[Any] = []

    class Slow(Strategy):
        def on_start(self) -> None:
            if style == "when":
                self.when(self.close > 0, self.act)

        def on_bar(self, bar: Any) -> None:
            self.act(bar)

        def act(self, bar: Any) -> None:
            said.append(bar.close)

    if style == "when":
        del Slow.on_bar
    backtest(Slow, crypto_bars([1, 2, 3, 4]), progress=lambda _, done: said.append(f"{done:.0%}"))
    assert said[:4] == ["0%", 1, "25%", 2]
    assert said[-1] == "100%"

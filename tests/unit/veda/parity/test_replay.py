"""Reports of replays: how far the record is kept to, and what the first difference is."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

import pytest

from tests.in_process import InProcessDeciders
from tests.unit.glados.deciders.strategies import BUYER, HOUR, START, WARMUPS, setup, tick
from weaver.decider import LiveDecider
from weaver.model.calendar.instants import time_of
from weaver.model.errors import RunFailed, WorkerLost
from weaver.veda.parity.replay import ReplayReport, replay_report
from weaver.veda.ports import RecordedTick
from weaver.veda.runs.recorded.codec import decode_inputs, encode_inputs

AT = time_of(START)
DEARER = """
        if bar.close > 12:
            1 / 0
        self.buy(bar.symbol, 1)
"""


def recorded(on_bar: str = BUYER, count: int = 4) -> list[RecordedTick]:
    """What a run of so many ticks has recorded."""

    async def made() -> list[RecordedTick]:
        decider = await InProcessDeciders().new("run")
        inputs = [setup(on_bar), *map(tick, range(1, count + 1))]
        decisions = [await decider.start(inputs[0], WARMUPS)]
        decisions += [await decider.decide(one) for one in inputs[1:]]
        return [
            RecordedTick(
                run_id="run", number=number, time=time_of(START + number * HOUR), inputs=data, actions=decision.actions
            )
            for number, (data, decision) in enumerate(zip(inputs, decisions, strict=True))
        ]

    return asyncio.run(made())


def report(
    ticks: Sequence[RecordedTick],
    decider: LiveDecider | None = None,
    followed: Callable[[RecordedTick], None] | None = None,
) -> ReplayReport:
    async def each() -> AsyncIterator[RecordedTick]:
        for one in ticks:
            yield one

    return asyncio.run(
        replay_report(
            "run", decider=decider or LiveDecider(), ticks=each(), warmups=WARMUPS, at=AT,
            followed=followed or (lambda _tick: None),
        )
    )  # fmt: skip


def closing_at(one: RecordedTick, close: float) -> RecordedTick:
    inputs = decode_inputs(one.inputs)
    bars = tuple(replace(bar, close=close, high=max(close, bar.high)) for bar in inputs.bars)
    return replace(one, inputs=encode_inputs(replace(inputs, bars=bars)))


def test_kept_to_record_is_identical() -> None:
    seen: list[int] = []
    found = report(recorded(), followed=lambda one: seen.append(one.number))
    assert found.is_identical
    assert (found.ticks, found.actions, found.difference) == (5, 4, None)
    assert (found.first, found.last) == (AT, time_of(START + 4 * HOUR))
    assert seen == [0, 1, 2, 3, 4]


def test_record_that_was_altered_is_told_with_what_it_is_now() -> None:
    ticks = recorded()
    ticks[2] = replace(closing_at(ticks[2], 10.5), is_altered=True)
    found = report(ticks)
    assert (found.is_identical, found.ticks, found.last) == (False, 2, ticks[1].time)
    assert found.difference is not None
    assert (found.difference.number, found.difference.is_altered) == (2, True)
    assert found.difference.error == "the record is not what was written down then: its bytes were changed since"
    assert any("close 10.5" in line for line in found.difference.inputs)


def test_first_other_decision_is_told_with_its_input() -> None:
    ticks = recorded()
    other = ticks[2].actions[0].replace(b'"quantity":"1"', b'"quantity":"2"')
    ticks[2] = replace(ticks[2], actions=(other,))
    found = report(ticks)
    assert not found.is_identical
    assert (found.ticks, found.actions) == (2, 1)
    difference = found.difference
    assert difference is not None
    assert (difference.number, difference.time) == (2, ticks[2].time)
    assert difference.recorded.startswith("place order 2: buy 2 BTC/USD")
    assert difference.again.startswith("place order 2: buy 1 BTC/USD")
    assert difference.recorded_action == other.decode()
    assert difference.error is None
    [bar] = difference.inputs
    assert bar.startswith("bar BTC/USD")
    assert "close 10.5" in bar


def test_decision_that_is_missing_now_is_nothing() -> None:
    ticks = recorded("        pass")
    ticks[1] = replace(ticks[1], actions=recorded()[1].actions)
    difference = report(ticks).difference
    assert difference is not None
    assert (difference.again, difference.again_action) == ("nothing", None)


def test_strategy_that_fails_now_differs_where_it_fails() -> None:
    ticks = recorded(DEARER)
    ticks[3] = closing_at(ticks[3], 13.0)
    found = report(ticks)
    assert (found.ticks, found.actions) == (3, 2)
    difference = found.difference
    assert difference is not None
    assert difference.number == 3
    assert "ZeroDivisionError" in str(difference.error)
    assert difference.recorded.startswith("place order 3")
    assert "close 13.0" in difference.inputs[0]


def test_strategy_that_fails_at_its_start_differs_at_tick_0() -> None:
    ticks = recorded("        pass")
    ticks[0] = replace(ticks[0], inputs=setup(on_start="        1 / 0"))
    found = report(ticks)
    assert (found.ticks, found.first, found.last) == (0, None, None)
    assert found.difference is not None
    assert (found.difference.number, found.difference.recorded) == (0, "nothing")


class Failing(LiveDecider):
    """Fails as it is told to."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    async def decide_all(self, ticks: Sequence[bytes]) -> AsyncIterator[object]:  # type: ignore[override]
        if ticks:
            raise self._error
        yield


@pytest.mark.parametrize("error", [WorkerLost("gone"), TimeoutError("slow")])
def test_process_that_is_lost_says_nothing_of_the_strategy(error: Exception) -> None:
    with pytest.raises(type(error)):
        report(recorded(), Failing(error))


def test_tick_that_cannot_follow_is_a_difference() -> None:
    found = report(recorded(), Failing(RunFailed("this is no next tick")))
    assert found.difference is not None
    assert (found.difference.number, found.difference.error) == (1, "this is no next tick")

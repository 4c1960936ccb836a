"""Recorded inputs fed to a strategy once more: the same decisions, or the first other one by name."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.veda.runs.recorded.test_codec import SETUP
from weaver.model.errors import DataError, InputError, StrategyError
from weaver.veda.ports import Decision, RecordedTick
from weaver.veda.runs.recorded.codec import encode_setup
from weaver.veda.runs.recorded.replaying import Replayed, replay, warmup_digests

START = datetime(2026, 1, 2, tzinfo=UTC)
WARMUPS = {"ab12": b"bars"}


class FakeDecider:
    """Decides what it was given, once for each byte of it."""

    def __init__(self) -> None:
        self.setup: tuple[bytes, Mapping[str, bytes]] | None = None

    async def start(self, setup: bytes, warmups: Mapping[str, bytes]) -> Decision:
        self.setup = setup, warmups
        return Decision(journal=("started",))

    async def decide(self, inputs: bytes) -> Decision:
        return Decision(actions=tuple(inputs[at : at + 1] for at in range(len(inputs))))

    async def decide_all(self, ticks: Sequence[bytes]) -> AsyncIterator[Decision]:
        for inputs in ticks:
            yield await self.decide(inputs)

    async def stop(self) -> Decision:
        raise AssertionError("a replay stops nothing")

    async def close(self) -> None:
        raise AssertionError("it is its owner's")


def recorded(*inputs: bytes) -> list[RecordedTick]:
    """A start, and ticks with what a fake decides at them."""
    ticks = [RecordedTick(run_id="r", number=0, time=START, inputs=b"setup", actions=())]
    for number, data in enumerate(inputs, 1):
        actions = tuple(data[at : at + 1] for at in range(len(data)))
        time = START + timedelta(minutes=number)
        ticks.append(RecordedTick(run_id="r", number=number, time=time, inputs=data, actions=actions))
    return ticks


def replayed(ticks: Sequence[RecordedTick], decider: FakeDecider | None = None) -> Replayed:
    async def each() -> AsyncIterator[RecordedTick]:
        for tick in ticks:
            yield tick

    return asyncio.run(replay(decider or FakeDecider(), each(), WARMUPS))


def test_a_replay_starts_with_the_setup_and_its_warmup() -> None:
    decider = FakeDecider()
    assert replayed(recorded(b"ab", b"", b"c"), decider) == Replayed(ticks=4)
    assert decider.setup == (b"setup", WARMUPS)


def test_a_run_that_never_began_has_nothing_to_replay() -> None:
    assert replayed([]) == Replayed(ticks=0)


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        (b"aX", "at tick 2 (2026-01-02T00:02:00+00:00) it decided b, and now X"),
        (b"a", "at tick 2 (2026-01-02T00:02:00+00:00) it decided b, and now nothing"),
        (b"abc", "at tick 2 (2026-01-02T00:02:00+00:00) it decided nothing, and now c"),
    ],
)
def test_one_altered_input_is_pointed_at(inputs: bytes, told: str) -> None:
    ticks = recorded(b"x", b"ab", b"y")
    ticks[2] = replace(ticks[2], inputs=inputs)
    found = replayed(ticks)
    assert found.ticks == 2
    assert str(found.difference) == told


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_a_tick_whose_record_was_altered_is_pointed_at_though_it_changes_no_decision(number: int) -> None:
    ticks = recorded(b"x", b"ab", b"y")
    ticks[number] = replace(ticks[number], is_altered=True)
    found = replayed(ticks)
    assert found.ticks == number
    assert found.difference is not None
    assert (found.difference.number, found.difference.is_altered) == (number, True)
    assert "the record is not what was written down then" in str(found.difference)


def test_a_difference_is_told_before_a_record_that_was_altered_later() -> None:
    ticks = recorded(b"x", b"ab", b"y")
    ticks[1], ticks[3] = replace(ticks[1], inputs=b"z"), replace(ticks[3], is_altered=True)
    assert str(replayed(ticks).difference) == "at tick 1 (2026-01-02T00:01:00+00:00) it decided x, and now z"


def test_a_difference_is_told_before_the_error_that_comes_after_it() -> None:
    class Failing(FakeDecider):
        async def decide(self, inputs: bytes) -> Decision:
            if inputs == b"fail":
                raise StrategyError("it fails")
            return await super().decide(inputs)

    ticks = recorded(b"x", b"ab", b"fail")
    with pytest.raises(StrategyError, match="it fails"):
        replayed(ticks, Failing())
    ticks[2] = replace(ticks[2], inputs=b"aX")
    assert replayed(ticks, Failing()).ticks == 2


@pytest.mark.parametrize("error", [DataError("b'x' is no TickInputs"), InputError("symbol 'MSFT' is not in this run")])
def test_tick_that_cannot_have_been_given_is_named(error: InputError) -> None:
    class Refusing(FakeDecider):
        async def decide(self, inputs: bytes) -> Decision:
            if inputs == b"odd":
                raise error
            return await super().decide(inputs)

    with pytest.raises(type(error)) as caught:
        replayed(recorded(b"x", b"odd", b"y"), Refusing())
    assert str(caught.value).startswith("what is recorded of tick 2 (2026-01-02T00:02:00+00:00) is not what a run was ")
    assert str(caught.value).endswith(str(error))


def test_a_start_that_decides_otherwise_is_pointed_at() -> None:
    ticks = recorded()
    ticks[0] = replace(ticks[0], actions=(b"buy",))
    assert str(replayed(ticks).difference) == "at its start (2026-01-02T00:00:00+00:00) it decided buy, and now nothing"


def test_a_tick_that_is_missing_is_an_error() -> None:
    ticks = recorded(b"a", b"b")
    with pytest.raises(DataError, match="run r: tick 1 is not recorded, but tick 2 is"):
        replayed([ticks[0], ticks[2]])


def test_digests_are_those_of_the_setup_each_once() -> None:
    twice = replace(SETUP, symbols=(*SETUP.symbols, *SETUP.symbols, replace(SETUP.symbols[0], warmup="cd34")))
    assert warmup_digests(encode_setup(twice)) == ("ab12", "cd34")

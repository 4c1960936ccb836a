"""What everybody relies on in clocks that are handed over, and in waits for a signal: the real ones, and the tests'."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from tests.contracts.builders import FakeWait
from tests.unit.glados.clock.fakes import FakeWallClock, utc
from tests.unit.glados.fakes import FakeClock
from tests.unit.glados.runs.fakes import Clock
from weaver.events.log.waiting import wait_for_event
from weaver.glados.clock.wall import SystemWallClock

pytestmark = pytest.mark.anyio
SECONDS = 0.02
PATIENCE_SECONDS = 60


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True, kw_only=True)
class Waited:
    """A clock, and what lets its time pass where nothing else does."""

    now: Callable[[], datetime]
    wait: Callable[[float], Awaitable[None]]
    let_pass: Callable[[float], Awaitable[None]]


async def of_itself(_seconds: float) -> None:
    """Time that passes without anybody's doing."""


def clocks() -> dict[str, Waited]:
    system, wall, moved, of_runs = SystemWallClock(), FakeWallClock(utc("2024-05-06 10:00")), FakeClock(), Clock()
    return {
        "system": Waited(now=system.now, wait=system.sleep, let_pass=of_itself),
        "at once": Waited(now=wall.now, wait=wall.sleep, let_pass=of_itself),
        "when moved": Waited(now=moved.now, wait=moved.wait, let_pass=moved.forward),
        "at once, of runs": Waited(now=of_runs.now, wait=of_runs.wait, let_pass=of_itself),
    }


@pytest.fixture(params=clocks())
def clock(request: pytest.FixtureRequest) -> Waited:
    return clocks()[request.param]


async def test_time_is_in_utc_and_does_not_go_back(clock: Waited) -> None:
    first, later = clock.now(), clock.now()
    assert first.utcoffset() == timedelta(0)
    assert later >= first


@pytest.mark.parametrize("seconds", [0.0, SECONDS])
async def test_wait_is_over_once_its_time_has_passed(clock: Waited, seconds: float) -> None:
    begun = clock.now()
    waiting = asyncio.ensure_future(clock.wait(seconds))
    await asyncio.sleep(0)
    await clock.let_pass(seconds)
    await asyncio.wait_for(waiting, PATIENCE_SECONDS)
    assert clock.now() >= begun + timedelta(seconds=seconds)


async def test_others_have_their_turn_meanwhile(clock: Waited) -> None:
    had: list[str] = []

    async def other() -> None:
        had.append("a turn")

    turn = asyncio.ensure_future(other())
    waiting = asyncio.ensure_future(clock.wait(0))
    waiting.add_done_callback(lambda _: had.append("over"))
    await asyncio.sleep(0)
    await clock.let_pass(0)
    await asyncio.wait_for(asyncio.gather(turn, waiting), PATIENCE_SECONDS)
    await asyncio.sleep(0)
    assert had == ["a turn", "over"]


async def test_wait_that_is_cancelled_is_over_and_time_goes_on(clock: Waited) -> None:
    waiting = asyncio.ensure_future(clock.wait(60))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, PATIENCE_SECONDS)
    before = clock.now()
    again = asyncio.ensure_future(clock.wait(SECONDS))
    await asyncio.sleep(0)
    await clock.let_pass(SECONDS)
    await asyncio.wait_for(again, PATIENCE_SECONDS)
    assert clock.now() - before >= timedelta(seconds=SECONDS)


# Waits for a signal, but no longer than some seconds


@dataclass(frozen=True, kw_only=True)
class Signalled:
    wait: Callable[[asyncio.Event, float], Awaitable[None]]
    let_pass: Callable[[], None]


@pytest.fixture(params=["real", "fake"])
def bounded(request: pytest.FixtureRequest) -> Signalled:
    if request.param == "real":
        return Signalled(wait=wait_for_event, let_pass=lambda: None)
    fake = FakeWait()
    return Signalled(wait=fake, let_pass=fake.pass_time)


async def test_signal_ends_the_wait(bounded: Signalled) -> None:
    signal = asyncio.Event()
    waiting = asyncio.ensure_future(bounded.wait(signal, 3600))
    await asyncio.sleep(0)
    assert not waiting.done()
    signal.set()
    await asyncio.wait_for(waiting, PATIENCE_SECONDS)


async def test_signal_that_was_given_before_is_heard(bounded: Signalled) -> None:
    signal = asyncio.Event()
    signal.set()
    await asyncio.wait_for(bounded.wait(signal, 3600), PATIENCE_SECONDS)


async def test_wait_without_a_signal_ends_in_time_and_leaves_it_unset(bounded: Signalled) -> None:
    signal = asyncio.Event()
    waiting = asyncio.ensure_future(bounded.wait(signal, SECONDS))
    await asyncio.sleep(0)
    bounded.let_pass()
    await asyncio.wait_for(waiting, PATIENCE_SECONDS)
    assert not signal.is_set()


async def test_cancelled_wait_leaves_no_task(bounded: Signalled) -> None:
    before = asyncio.all_tasks()
    waiting = asyncio.ensure_future(bounded.wait(asyncio.Event(), 3600))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, PATIENCE_SECONDS)
    assert asyncio.all_tasks() == before

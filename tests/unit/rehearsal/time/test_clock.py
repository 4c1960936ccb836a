"""The venue's clock: what is due is done in its order, at the instant at which it was due, at whatever pace."""

import asyncio
from contextlib import suppress

import pytest

from tests.rehearsals.hand_market import SECOND, FakeWall, nothing_to_send
from weaver.rehearsal.ports import HOLD, MAX
from weaver.rehearsal.time.clock import PacedClock
from weaver.rehearsal.time.wall import SystemWall


def clock(pace: float = HOLD, wall: FakeWall | None = None) -> PacedClock:
    return PacedClock(start=0, pace=pace, wall=wall or FakeWall())


def test_a_clock_on_hold_stands_still_but_for_a_millisecond_a_request() -> None:
    wall = FakeWall()
    held = clock(wall=wall)
    wall.now += 3_600
    assert held.now == 0
    held.on_request()
    held.on_request()
    assert held.now == 2_000_000


def test_a_paced_clock_goes_so_many_times_as_fast_as_the_walls() -> None:
    wall = FakeWall()
    paced = clock(60, wall)
    wall.now += 1.5
    assert paced.now == 90 * SECOND
    paced.set_pace(2)
    wall.now += 1
    assert paced.now == 92 * SECOND
    paced.set_pace(HOLD)
    wall.now += 1
    assert paced.now == 92 * SECOND


def test_what_is_due_is_done_in_order_each_at_its_own_instant() -> None:
    held = clock()
    done: list[tuple[str, int]] = []
    for name, instant in (("later", 30), ("first", 10), ("second", 10), ("never", 61)):
        held.schedule(instant * SECOND, lambda name=name: done.append((name, held.now // SECOND)))  # type: ignore[misc]
    held.schedule(10 * SECOND, lambda: held.schedule(20 * SECOND, lambda: done.append(("born", held.now // SECOND))))
    asyncio.run(held.advance(60 * SECOND, nothing_to_send))
    assert done == [("first", 10), ("second", 10), ("born", 20), ("later", 30)]
    assert held.now == 60 * SECOND


def test_each_instants_messages_are_sent_before_the_next_begins() -> None:
    held = clock()
    log: list[str] = []
    for second in (1, 2, 2):
        held.schedule(second * SECOND, lambda second=second: log.append(f"due {second}"))  # type: ignore[misc]

    async def sent() -> None:
        log.append(f"sent at {held.now // SECOND}")

    asyncio.run(held.advance(5 * SECOND, sent))
    assert log == ["due 1", "sent at 1", "due 2", "due 2", "sent at 2", "sent at 5"]


def test_it_never_goes_back() -> None:
    held = clock()
    asyncio.run(held.advance(60 * SECOND, nothing_to_send))
    asyncio.run(held.advance(30 * SECOND, nothing_to_send))
    assert held.now == 60 * SECOND


def test_a_request_finds_done_what_was_due_before_it() -> None:
    wall = FakeWall()
    paced = clock(1, wall)
    seen: list[int] = []
    paced.schedule(5 * SECOND, lambda: seen.append(paced.now))
    wall.now += 7
    paced.on_request()
    assert seen == [5 * SECOND]
    assert paced.now == 7 * SECOND


def test_time_does_not_pass_what_is_due_before_it_is_done() -> None:
    wall = FakeWall()
    paced = clock(1, wall)
    paced.schedule(5 * SECOND, lambda: None)
    wall.now += 7
    assert paced.now == 5 * SECOND
    paced.on_request()
    assert paced.now == 7 * SECOND


def test_a_clock_that_is_too_fast_for_its_work_does_not_hold_requests_up() -> None:
    wall, done = FakeWall(), list[int]()
    paced = clock(1_000, wall)

    def work() -> None:
        done.append(paced.now)
        wall.now += 0.06

    for second in range(1, 100):
        paced.schedule(second * SECOND, work)
    wall.now += 0.1
    paced.on_request()
    assert done == [1 * SECOND, 2 * SECOND]
    assert paced.now == 3 * SECOND


def test_what_was_due_in_the_past_is_done_at_the_next_occasion() -> None:
    held = clock()
    asyncio.run(held.advance(60 * SECOND, nothing_to_send))
    seen: list[int] = []
    held.schedule(10 * SECOND, lambda: seen.append(held.now))
    held.on_request()
    assert seen == [10 * SECOND]
    assert held.now == 60 * SECOND + 1_000_000


@pytest.mark.parametrize(("pace", "waits"), [(2.0, [2.5, 0, 2.5, 0]), (MAX, [0, 0])])
def test_it_runs_at_its_pace(pace: float, waits: list[float]) -> None:
    wall = FakeWall()
    running, seen = clock(pace, wall), list[int]()
    running.lead_to(10 * SECOND)
    for second in (5, 10):
        running.schedule(second * SECOND, lambda: seen.append(running.now // SECOND))

    async def scenario() -> None:
        task = asyncio.create_task(running.run(nothing_to_send))
        while len(seen) < 2:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    assert seen == [5, 10]
    assert wall.waits[: len(waits)] == waits


def test_a_clock_on_hold_that_runs_goes_on_once_it_is_given_a_pace() -> None:
    held, seen = clock(), list[int]()
    held.lead_to(5 * SECOND)
    for second in (5, 6):
        held.schedule(second * SECOND, lambda: seen.append(held.now))

    async def scenario() -> None:
        async with asyncio.timeout(60):
            task = asyncio.create_task(held.run(nothing_to_send))
            await asyncio.sleep(0)
            assert seen == []
            held.set_pace(MAX)
            for _ in range(20):
                await asyncio.sleep(0)
            assert seen == [5 * SECOND]  # nothing is to come any more: it goes on with the next bar only
            held.lead_to(6 * SECOND)
            while len(seen) < 2:
                await asyncio.sleep(0)
            task.cancel()

    asyncio.run(scenario())
    assert seen == [5 * SECOND, 6 * SECOND]


def test_the_walls_time_is_the_machines() -> None:
    wall, woken = SystemWall(), asyncio.Event()

    async def scenario() -> float:
        before = wall.seconds()
        await wall.wait(woken, 0)
        await wall.wait(woken, 0.01)
        woken.set()
        await wall.wait(woken, None)
        return wall.seconds() - before

    assert 0.005 < asyncio.run(scenario()) < 60

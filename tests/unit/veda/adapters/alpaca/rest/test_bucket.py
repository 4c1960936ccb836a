"""Turns: two hundred a minute, cancels before orders, orders before questions."""

import asyncio

import pytest

from tests.unit.veda.adapters.alpaca.clocks import SleepingWall
from weaver.veda.adapters.alpaca.rest.bucket import Priority, TokenBucket

pytestmark = pytest.mark.anyio
CANCEL, ORDER, QUESTION = Priority.CANCEL, Priority.ORDER, Priority.QUESTION


def bucket(wall: SleepingWall, *, kept: int = 10) -> TokenBucket:
    """Sixty at once, and one a second."""
    return TokenBucket(120, held=60, seconds=lambda: wall.now().timestamp(), wait=wall.sleep, kept=kept)


async def test_what_is_held_goes_at_once_and_the_rest_steadily() -> None:
    wall = SleepingWall()
    turns = bucket(wall)
    for _ in range(60):
        await turns.turn(CANCEL)
    assert wall.slept == []
    for _ in range(30):
        await turns.turn(CANCEL)
    assert sum(wall.slept) == pytest.approx(30)


@pytest.mark.parametrize("priority", [CANCEL, QUESTION])
async def test_in_any_minute_there_are_no_more_than_allowed(priority: Priority) -> None:
    wall = SleepingWall()
    turns = TokenBucket(200, seconds=lambda: wall.now().timestamp(), wait=wall.sleep)
    times = []
    for number in range(1000):
        await turns.turn(priority)
        times.append(wall.now().timestamp())
        if number == 500:
            wall.pass_by(300)
    assert max(sum(start <= time < start + 60 for time in times) for start in times) <= 200
    assert times[-1] - times[0] - 300 == pytest.approx(1000 / 140 * 60, abs=60)


async def test_questions_leave_the_last_turns_to_orders_and_cancels() -> None:
    wall = SleepingWall()
    turns = bucket(wall)
    for _ in range(50):
        await turns.turn(QUESTION)
    assert wall.slept == []
    for _ in range(10):
        await turns.turn(ORDER)
    assert wall.slept == []
    await turns.turn(QUESTION)
    assert sum(wall.slept) == pytest.approx(11)  # one to spend, and ten to keep


async def test_cancel_that_comes_last_is_first() -> None:
    wall, order = SleepingWall(), []
    turns = bucket(wall, kept=0)
    for _ in range(60):
        await turns.turn(CANCEL)

    async def take(name: str, priority: Priority) -> None:
        await turns.turn(priority)
        order.append(name)

    async with asyncio.TaskGroup() as group:
        for name, priority in (("question", QUESTION), ("order 1", ORDER), ("order 2", ORDER), ("cancel", CANCEL)):
            group.create_task(take(name, priority))
    assert order == ["cancel", "order 1", "order 2", "question"]


async def test_turn_that_is_given_up_is_anothers() -> None:
    wall = SleepingWall()
    turns = bucket(wall, kept=0)
    for _ in range(60):
        await turns.turn(CANCEL)
    given_up = asyncio.create_task(turns.turn(CANCEL))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    before = sum(wall.slept)
    await turns.turn(QUESTION)
    assert sum(wall.slept) - before <= 2


@pytest.mark.parametrize("seconds", [1, 8])
async def test_pause_is_for_all_and_ends_in_its_time(seconds: float) -> None:
    wall = SleepingWall()
    turns = bucket(wall)
    turns.pause(seconds)
    await turns.turn(CANCEL)
    assert sum(wall.slept) == pytest.approx(seconds)

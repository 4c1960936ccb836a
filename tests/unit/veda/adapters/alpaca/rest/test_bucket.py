"""Turns: two hundred a minute, cancels before orders, orders before questions."""

import asyncio

import pytest

from tests.unit.veda.adapters.alpaca.clocks import SleepingWall
from weaver.veda.adapters.alpaca.rest.bucket import Priority, TokenBucket

pytestmark = pytest.mark.anyio
CANCEL, ORDER, QUESTION = Priority.CANCEL, Priority.ORDER, Priority.QUESTION


def bucket(wall: SleepingWall, *, per_minute: int = 60, kept: int = 10) -> TokenBucket:
    return TokenBucket(per_minute, seconds=lambda: wall.now().timestamp(), wait=wall.sleep, kept=kept)


async def test_a_minutes_worth_goes_at_once_and_the_rest_steadily() -> None:
    wall = SleepingWall()
    turns = bucket(wall)
    for _ in range(60):
        await turns.turn(CANCEL)
    assert wall.slept == []
    for _ in range(30):
        await turns.turn(CANCEL)
    assert sum(wall.slept) == pytest.approx(30)


async def test_in_any_minute_there_are_no_more_than_twice_the_rate() -> None:
    wall = SleepingWall()
    turns, times = bucket(wall, per_minute=200, kept=20), []
    for _ in range(1000):
        await turns.turn(QUESTION)
        times.append(wall.now().timestamp())
    assert max(sum(start <= time < start + 60 for time in times) for start in times) <= 400
    assert times[-1] - times[0] == pytest.approx((1000 - 180) / 200 * 60, abs=1)


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


async def test_refusal_for_too_many_requests_starts_from_nothing() -> None:
    wall = SleepingWall()
    turns = bucket(wall)
    turns.empty()
    await turns.turn(CANCEL)
    assert sum(wall.slept) == pytest.approx(1)

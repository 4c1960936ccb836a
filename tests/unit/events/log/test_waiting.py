"""Ending tasks that go on for ever."""

import asyncio

import pytest

from weaver.events.log import waiting
from weaver.events.log.waiting import end_task

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_task_whose_wait_takes_a_cancellation_for_its_own_is_ended_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "AGAIN_SECONDS", 0.001)
    taken = 0

    async def for_ever() -> None:
        nonlocal taken
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if taken == 2:
                    raise
                taken += 1

    task = asyncio.create_task(for_ever())
    await asyncio.sleep(0)
    await end_task(task)
    assert (task.cancelled(), taken) == (True, 2)


async def test_task_that_is_over_is_left_alone() -> None:
    async def over() -> None:
        return

    task = asyncio.create_task(over())
    await task
    await end_task(task)
    assert not task.cancelled()

"""Threads for blocking work: nobody waits for them without end, and one kind's trouble is not another's."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from weaver.glados.threads import WORK_FACTOR, ServerThreads, Threads
from weaver.model.errors import NotFound, Unavailable

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Stuck:
    """Work that does not end before it is told to."""

    def __init__(self) -> None:
        self.may_end, self.begun = threading.Event(), 0

    def __call__(self) -> str:
        self.begun += 1
        self.may_end.wait(30)
        return "done"


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    work = Stuck()
    yield work
    work.may_end.set()


async def begun(work: Stuck, count: int) -> None:
    while work.begun < count:
        await asyncio.sleep(0.001)


async def test_work_is_done_elsewhere_and_what_it_raises_is_raised() -> None:
    threads = Threads("reading", count=1, wait_seconds=5)
    assert await threads.do(threading.get_ident) != threading.get_ident()
    assert await threads.do(sorted, [2, 1], reverse=True) == [2, 1]

    def missing() -> None:
        raise NotFound("gone")

    def slow() -> None:
        raise TimeoutError("the disk's own")

    with pytest.raises(NotFound, match="gone"):
        await threads.do(missing)
    with pytest.raises(TimeoutError, match="the disk's own"):
        await threads.do(slow)
    threads.close()


async def test_whoever_waits_too_long_for_a_turn_hears_so_and_the_next_one_has_it(stuck: Stuck) -> None:
    threads = Threads("reading bars", count=2, wait_seconds=1.0)
    busy = [asyncio.create_task(threads.do(stuck)) for _ in range(2)]
    await begun(stuck, 2)
    said = r"reading bars: others kept it busy for 1 s \(WEAVER_WAIT_SECONDS\): try again later"
    with pytest.raises(Unavailable, match=said):
        await threads.do(stuck)
    stuck.may_end.set()
    assert [await one for one in busy] == ["done", "done"]
    assert await threads.do(stuck) == "done"
    threads.close()


async def test_no_more_than_so_many_wait(stuck: Stuck) -> None:
    threads = Threads("reading", count=1, wait_seconds=5, waiting_max=3)
    tasks = [asyncio.create_task(threads.do(stuck)) for _ in range(4)]
    await begun(stuck, 1)
    with pytest.raises(Unavailable, match="3 requests are waiting already"):
        await threads.do(stuck)
    stuck.may_end.set()
    assert [await one for one in tasks] == ["done"] * 4
    threads.close()


async def test_work_that_does_not_end_is_not_waited_for_and_keeps_its_thread(stuck: Stuck) -> None:
    threads = Threads("reading", count=1, wait_seconds=0.02)
    with pytest.raises(Unavailable, match=f"not done after {0.02 * WORK_FACTOR:g} s"):
        await threads.do(stuck)
    with pytest.raises(Unavailable, match="others kept it busy"):
        await threads.do(stuck)
    await begun(stuck, 1)
    assert stuck.begun == 1
    stuck.may_end.set()
    threads.close()


async def test_caller_that_goes_leaves_no_second_job_on_its_thread(stuck: Stuck) -> None:
    threads = Threads("reading", count=1, wait_seconds=0.05)
    gone = asyncio.create_task(threads.do(stuck))
    await begun(stuck, 1)
    gone.cancel()
    await asyncio.wait({gone})
    with pytest.raises(Unavailable):
        await threads.do(stuck)
    stuck.may_end.set()
    while True:
        try:
            assert await threads.do(stuck) == "done"
            break
        except Unavailable:
            continue
    threads.close()


async def test_one_kind_of_work_that_hangs_holds_up_no_other(stuck: Stuck) -> None:
    threads = ServerThreads.of(wait_seconds=1.0, uploads=2)
    hanging = [asyncio.create_task(threads.changes.do(stuck)) for _ in range(12)]
    await begun(stuck, 2)
    others = (
        threads.bars,
        threads.catalogue,
        threads.uploads,
        threads.strategies,
        threads.results,
        threads.texts,
        threads.health,
    )
    assert [await one.do(str, "x") for one in others] == ["x"] * 7
    outcomes = await asyncio.gather(*hanging, return_exceptions=True)
    assert {type(one) for one in outcomes} == {Unavailable}
    stuck.may_end.set()
    threads.close()

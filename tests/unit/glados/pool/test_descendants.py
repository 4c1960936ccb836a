"""What a strategy leaves behind, shares, hides or never comes back from ends its own run, and nothing else."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.unit.glados.pool.test_pool import BUY_ONCE, MEGABYTES, done, gone, pool_of, run_of
from tests.unit.glados.pool.test_pool import home as home
from weaver.glados.pool.pool import LocalBacktestPool
from weaver.model.errors import StrategyError, WorkerLost

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """The two loops start processes each in its own way."""
    return "asyncio", {"use_uvloop": request.param == "uvloop"}


@asynccontextmanager
async def opened(home: Path, **given: Any) -> AsyncIterator[LocalBacktestPool]:
    """A pool that is closed whatever happens."""
    pool = pool_of(home, **given)
    try:
        yield pool
    finally:
        await pool.close()


@pytest.fixture
async def pool(home: Path) -> AsyncIterator[LocalBacktestPool]:
    async with opened(home) as pool:
        yield pool


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)


def hiding(where: Path) -> str:
    """A body that leaves a process in a session of its own behind, with all lines open, and its id in a file."""
    return f"""
        if len(self.close) == 1 and os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                open({str(where)!r}, "w").write(str(os.getpid()))
                time.sleep(600)
            os._exit(0)
        while len(self.close) == 1 and not os.path.exists({str(where)!r}):
            time.sleep(0.01)
    """


async def test_process_that_hid_in_a_session_of_its_own_ends_with_its_run(
    pool: LocalBacktestPool, tmp_path: Path
) -> None:
    await done(pool, run_of(hiding(tmp_path / "pid")))
    await gone(int((tmp_path / "pid").read_text()))
    assert (await done(pool, run_of(BUY_ONCE))).result.stats["trades"] == 0


async def test_run_ends_at_once_when_its_worker_is_killed_though_somebody_holds_the_lines_open(
    pool: LocalBacktestPool, tmp_path: Path
) -> None:
    hidden = tmp_path / "pid"
    running = asyncio.create_task(done(pool, run_of(hiding(hidden) + "\n        time.sleep(600)")))
    await until(hidden.exists)
    (worker,) = pool.process_ids
    os.kill(worker, signal.SIGKILL)
    with pytest.raises(WorkerLost, match=r"was ended by signal 9 \(SIGKILL\)"):
        async with asyncio.timeout(60):
            await running
    await gone(int(hidden.read_text()))
    assert (await done(pool, run_of(BUY_ONCE))).result.stats["trades"] == 0


async def test_worker_holds_no_line_but_its_own(pool: LocalBacktestPool) -> None:
    await done(pool, run_of(BUY_ONCE))
    (worker,) = pool.process_ids
    folder = Path(f"/proc/{worker}/fd")

    def lines() -> list[str]:
        """Of pipes and sockets."""
        with suppress(FileNotFoundError):  # one was closed while they were read
            return [name for one in folder.iterdir() if (name := str(one.readlink())).startswith(("pipe:", "socket:"))]
        return []

    await until(lambda: len(lines()) == 4)  # standard output and error, and the line to the server, moved away


async def test_strategy_that_never_comes_back_is_ended_and_its_run_says_so(home: Path) -> None:
    async with opened(home, silence_seconds=3) as pool:
        with pytest.raises(WorkerLost, match=r"said nothing for 3 s.*WEAVER_WORKER_SILENCE_SECONDS"):
            await done(pool, run_of("while True: pass"))
        assert (await done(pool, run_of(BUY_ONCE))).result.stats["trades"] == 0


async def test_worker_that_was_stopped_is_ended_and_its_run_says_so(home: Path, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    async with opened(home, silence_seconds=3) as pool:
        running = asyncio.create_task(done(pool, run_of(f"open({str(begun)!r}, 'w').close()\ntime.sleep(0.05)")))
        await until(begun.exists)
        (worker,) = pool.process_ids
        os.kill(worker, signal.SIGSTOP)
        with pytest.raises(WorkerLost, match="said nothing for 3 s"):
            await running
        await gone(worker)


async def test_strategy_that_works_long_on_some_bars_after_many_quick_ones_is_heard_of(home: Path) -> None:
    async with opened(home, silence_seconds=4) as pool:
        await done(pool, run_of("time.sleep(0.8 if 35 < len(self.close) < 42 else 0.0)"))


async def test_memory_that_is_shared_counts_too(pool: LocalBacktestPool) -> None:
    body = f"""
        import mmap
        own = mmap.mmap(-1, {2 * MEGABYTES} << 20)
        for start in range(0, len(own), 1 << 20):
            own[start:start + 1] = b"x"
            own[start:start + (1 << 20)] = bytes(1 << 20)
        time.sleep(600)
    """
    with pytest.raises(WorkerLost, match=f"more memory than the {MEGABYTES} MB"):
        await done(pool, run_of(body))
    assert (await done(pool, run_of(BUY_ONCE))).result.stats["trades"] == 0


async def test_strategy_sees_the_environment_that_the_pool_was_given_and_its_mark(home: Path) -> None:
    async with opened(home, environment={"PATH": os.environ["PATH"], "WEAVER_HOME": str(home)}) as pool:
        with pytest.raises(StrategyError, match=r"\['PATH', 'WEAVER_HOME', 'WEAVER_WORKER'\]"):
            await done(pool, run_of("raise ValueError(sorted({*os.environ} - {'LC_CTYPE'}))"))

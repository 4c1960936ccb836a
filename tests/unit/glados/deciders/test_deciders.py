"""Live strategies in processes of their own, and what they may do there: nothing that anybody else notices."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.unit.glados.deciders.strategies import BUYER, WARMUPS, setup, tick
from weaver.glados.deciders.deciders import LocalDeciders
from weaver.glados.deciders.run_decider import Deadlines, RunDecider
from weaver.model.errors import OutOfMemory, StrategyError, WorkerLost
from weaver.veda.ports import Decision

MEMORY = 256 * 1024**2
BUY = (
    b'{"action":"place_order","order":{"number":1,"order_type":"market","quantity":"1","side":"buy","tif":"day"},'
    b'"symbol":"BTC/USD"}'
)
CYCLES = 200


@asynccontextmanager
async def some_deciders(**given: Any) -> AsyncIterator[LocalDeciders]:
    usual = {"memory_max_bytes": MEMORY, "environment": dict(os.environ), "new_id": lambda: uuid4().hex}
    deciders = LocalDeciders(**{**usual, **given})
    try:
        yield deciders
    finally:
        await deciders.close()


def on_deciders(work: Callable[[LocalDeciders], Awaitable[None]], **given: Any) -> None:
    async def main() -> None:
        async with some_deciders(**given) as deciders:
            await work(deciders)

    asyncio.run(main())


async def started(deciders: LocalDeciders, on_bar: str, **more: str) -> RunDecider:
    return await started_as(deciders, "run-1", on_bar, **more)


async def started_as(deciders: LocalDeciders, run_id: str, on_bar: str, **more: str) -> RunDecider:
    decider = await deciders.new(run_id)
    await decider.start(setup(on_bar, **more), WARMUPS)
    return decider


async def pid_of_host(deciders: LocalDeciders) -> int:
    while (pid := deciders.host_pid) is None:
        await asyncio.sleep(0.01)
    return pid


def test_the_host_that_was_made_ready_is_the_one_that_forks() -> None:
    async def work(deciders: LocalDeciders) -> None:
        deciders.get_ready()
        deciders.get_ready()
        ready = await asyncio.wait_for(pid_of_host(deciders), 60)
        await closed(await started(deciders, "        pass"))
        assert deciders.host_pid == ready

    on_deciders(work)


def test_a_host_that_cannot_be_started_is_told_of_by_the_first_that_is_asked_for() -> None:
    async def work(deciders: LocalDeciders) -> None:
        deciders.get_ready()
        with pytest.raises(WorkerLost):
            await deciders.new("run-1")

    on_deciders(work, command=("/nowhere/python",))


async def closed(decider: RunDecider) -> None:
    """It waits for nothing that its strategy does, and its process is gone."""
    async with asyncio.timeout(60):
        await decider.close()
    assert not is_there(decider.pid)


def is_there(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])


def children_of(pid: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        child = int(path.parent.name)
        with suppress(OSError):
            if parent_of(child) == pid:
                yield child


SLOW_HOST = """
import time
from weaver.decider import main
from weaver.glados.deciders.host import DeciderHost

fork = DeciderHost._fork
DeciderHost._fork = lambda self, key: (time.sleep(0.5), fork(self, key))
main()
"""


def test_many_that_come_at_once_have_each_their_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weaver.glados.deciders.deciders._FORK_SECONDS", 2.5)

    async def work(deciders: LocalDeciders) -> None:
        made = await asyncio.gather(*(deciders.new(f"run-{number}") for number in range(8)))
        for decider in made:
            await closed(decider)

    on_deciders(work, command=(sys.executable, "-c", SLOW_HOST))


def test_a_strategy_is_started_given_ticks_and_stopped() -> None:
    async def work(deciders: LocalDeciders) -> None:
        decider = await deciders.new("run-1")
        assert await decider.start(setup(), WARMUPS) == Decision()
        assert await decider.decide(tick(1)) == Decision(actions=(BUY,), journal=("closed at 10.5",))
        second = BUY.replace(b'"number":1', b'"number":2')
        assert await decider.decide(tick(2)) == Decision(actions=(second,), journal=("closed at 10.5",))
        assert await decider.stop() == Decision()
        await closed(decider)

    on_deciders(work)


def test_a_strategy_that_hangs_misses_its_deadline_and_is_ended() -> None:
    async def work(deciders: LocalDeciders) -> None:
        hung, other = await started(deciders, "        while True: pass"), await started(deciders, "        pass")
        with pytest.raises(TimeoutError, match=r"run run-1 took over 3 s for a tick, and its process was ended"):
            await hung.decide(tick(1))
        await closed(hung)
        with pytest.raises(WorkerLost):
            await hung.decide(tick(2))
        assert await other.decide(tick(1)) == Decision()

    on_deciders(work, deadlines=Deadlines(tick=3.0))


async def decided(decider: RunDecider, *ticks: bytes) -> list[Decision]:
    """What it made of several ticks that were handed over at once, until it failed."""
    decisions: list[Decision] = []
    with suppress(StrategyError, TimeoutError):
        async for one in decider.decide_all(ticks):
            decisions.append(one)  # noqa: PERF401 - those before an error are wanted too
    return decisions


def test_ticks_that_lie_ready_are_decided_as_one_by_one() -> None:
    async def work(deciders: LocalDeciders) -> None:
        at_once, each = await started(deciders, BUYER), await started(deciders, BUYER)
        ticks = [tick(number) for number in range(1, 301)]
        expected = [await each.decide(one) for one in ticks]
        assert await decided(at_once, *ticks[:299]) == expected[:299]
        assert await at_once.decide(ticks[299]) == expected[299]

    on_deciders(work)


def test_each_of_several_ticks_has_the_deadline_of_one() -> None:
    async def work(deciders: LocalDeciders) -> None:
        slow = await started(deciders, "        time.sleep(0.6)")
        assert await decided(slow, *map(tick, range(1, 7))) == [Decision()] * 6  # longer than one may take

    on_deciders(work, deadlines=Deadlines(tick=3.0))


THIRD = "        if len(self.close) == 53:\n            "


def test_what_was_decided_before_an_error_is_told() -> None:
    async def work(deciders: LocalDeciders) -> None:
        failing = await started(deciders, f"{THIRD}raise ValueError('no')")
        assert await decided(failing, *map(tick, range(1, 9))) == [Decision()] * 2
        with pytest.raises(WorkerLost):
            await failing.decide(tick(3))
        await closed(failing)

    on_deciders(work)


def test_a_hang_among_several_ticks_is_noticed_as_soon() -> None:
    async def work(deciders: LocalDeciders) -> None:
        hung = await started(deciders, f"{THIRD}while True: pass")
        with pytest.raises(TimeoutError, match=r"took over 0.5 s for a tick"):
            assert len([one async for one in hung.decide_all([*map(tick, range(1, 9))])]) < 3
        await closed(hung)

    on_deciders(work, deadlines=Deadlines(tick=0.5))


def test_a_strategy_that_takes_no_signals_is_ended_all_the_same() -> None:
    stubborn = """
        import signal
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_IGN)
        os.setpgid(0, 0)
        while True: pass"""

    async def work(deciders: LocalDeciders) -> None:
        decider = await started(deciders, stubborn)
        asked = asyncio.ensure_future(decider.decide(tick(1)))
        await asyncio.sleep(0.1)
        await closed(decider)
        with pytest.raises(WorkerLost):
            await asked

    on_deciders(work)


@pytest.mark.parametrize(
    ("on_bar", "how"),
    [
        ("        os._exit(7)", "ended with exit code 7"),
        ("        ctypes.string_at(0)", r"was ended by signal 11 \(SIGSEGV\)"),
        ("        os.kill(os.getpid(), 9)", r"was ended by signal 9 \(SIGKILL\)"),
        ("        print('so', 'long', flush=True); os._exit(1)", r"ended with exit code 1 \(its last words: so long\)"),
        ("        os.closerange(3, 100); os._exit(2)", "ended with exit code 2"),
    ],
)
def test_a_strategy_that_ends_its_process_is_lost_and_how_is_told(on_bar: str, how: str) -> None:
    async def work(deciders: LocalDeciders) -> None:
        decider, other = await started(deciders, on_bar), await started(deciders, "        pass")
        with pytest.raises(WorkerLost, match=f"the process of run run-1's strategy {how}"):
            await decider.decide(tick(1))
        await closed(decider)
        assert await other.decide(tick(1)) == Decision()

    on_deciders(work)


@pytest.mark.parametrize(
    ("on_bar", "told"),
    [
        ("        1 / 0", "trader.py line 9, in on_bar: ZeroDivisionError: division by zero"),
        ("        sys.exit('enough')", "trader.py line 9, in on_bar: SystemExit: enough"),
        ("        raise KeyboardInterrupt", "trader.py line 9, in on_bar: KeyboardInterrupt"),
        ("        self.buy('ABC', 1)", "trader.py line 9, in on_bar: symbol 'ABC' is not in this run"),
        ("        self.on_bar(bar)", "trader.py line 9, in on_bar: RecursionError"),
    ],
)
def test_a_line_that_raises_is_named(on_bar: str, told: str) -> None:
    async def work(deciders: LocalDeciders) -> None:
        decider = await started(deciders, on_bar)
        with pytest.raises(StrategyError, match=told):
            await decider.decide(tick(1))
        await closed(decider)

    on_deciders(work)


def test_a_source_that_cannot_be_loaded_is_named() -> None:
    async def work(deciders: LocalDeciders) -> None:
        decider = await deciders.new("run-1")
        with pytest.raises(StrategyError, match=r"trader\.py line 9"):
            await decider.start(setup("        )"), WARMUPS)

    on_deciders(work)


@pytest.mark.parametrize(
    "on_bar",
    [
        "        self.much = bytearray(2 * 1024**3)",
        "        import mmap; self.much = mmap.mmap(-1, 1024**3); self.much.write(b'1' * 2**30); time.sleep(9)",
    ],
)
def test_a_greedy_strategy_is_ended(on_bar: str) -> None:
    async def work(deciders: LocalDeciders) -> None:
        decider, other = await started(deciders, on_bar), await started(deciders, "        pass")
        with pytest.raises(OutOfMemory, match="the strategy of run run-1 needed more than the 256 MB"):
            await decider.decide(tick(1))
        await closed(decider)
        assert await other.decide(tick(1)) == Decision()

    on_deciders(work)


@pytest.mark.parametrize("how", ["os.setsid()", "pass", "os.setsid(); os.fork() and os._exit(0)"])
def test_what_a_strategy_has_started_ends_with_it(how: str, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    on_bar = f"""
        if os.fork() == 0:
            {how}
            with open({str(note)!r}, "w") as file:
                file.write(str(os.getpid()))
            time.sleep(600)"""

    async def work(deciders: LocalDeciders) -> None:
        decider = await started(deciders, on_bar)
        await decider.decide(tick(1))
        pid = await eventually(lambda: int(note.read_text() or 0) if note.exists() else 0)
        await closed(decider)
        await eventually(lambda: not is_there(pid))

    on_deciders(work)


async def eventually(found: Callable[[], Any]) -> Any:
    async with asyncio.timeout(60):
        while not (value := found()):
            await asyncio.sleep(0.01)
    return value


def test_a_strategy_that_prints_much_never_waits() -> None:
    async def work(deciders: LocalDeciders) -> None:
        on_bar = "        print('x' * 10_000_000); print('y' * 10_000_000, file=sys.stderr)"
        decider = await started(deciders, on_bar)
        assert await decider.decide(tick(1)) == Decision()

    on_deciders(work)


def test_a_call_that_nobody_waits_for_any_more_ends_the_process() -> None:
    async def work(deciders: LocalDeciders) -> None:
        decider = await started(deciders, "        time.sleep(600)")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(decider.decide(tick(1)), 0.1)
        await eventually(lambda: not is_there(decider.pid))
        with pytest.raises(WorkerLost):
            await decider.decide(tick(2))

    on_deciders(work)


def test_deciders_of_a_host_that_was_killed_are_lost_and_the_next_has_a_new_one() -> None:
    async def work(deciders: LocalDeciders) -> None:
        decider = await started(deciders, "        pass")
        host = deciders.host_pid
        assert host is not None
        os.kill(host, signal.SIGKILL)
        await eventually(lambda: not is_there(decider.pid))
        with pytest.raises(WorkerLost):
            await decider.decide(tick(1))
        again = await started(deciders, "        pass")
        assert deciders.host_pid != host
        assert await again.decide(tick(1)) == Decision()

    on_deciders(work)


def test_a_strategy_that_ends_its_host_again_and_again_is_nobody_elses_loss() -> None:
    async def work(deciders: LocalDeciders) -> None:
        ends_it = "        os.kill(os.getppid(), 9); time.sleep(60)"
        both = [await started(deciders, ends_it), await started_as(deciders, "run-2", "        time.sleep(60)")]
        shared = deciders.host_pid
        for error in await asyncio.gather(*(one.decide(tick(1)) for one in both), return_exceptions=True):
            assert isinstance(error, WorkerLost)
        for one in both:
            await one.close()
        other = await started_as(deciders, "run-3", "        pass")
        assert deciders.host_pid not in {shared, None}
        bad, good = await started(deciders, ends_it), await started_as(deciders, "run-2", "        time.sleep(0.5)")
        lost, decided = await asyncio.gather(bad.decide(tick(1)), good.decide(tick(1)), return_exceptions=True)
        assert isinstance(lost, WorkerLost)
        assert decided == Decision()
        assert await other.decide(tick(1)) == Decision()
        hosts = [parent_of(one.pid) for one in (good, other)]
        assert len({*hosts}) == 2
        for one in (bad, good):
            await one.close()
        await eventually(lambda: not is_there(hosts[0]))
        assert is_there(hosts[1])

    on_deciders(work)


def test_a_strategy_that_answers_before_its_host_is_gone_is_not_forked_from_a_shared_one_again() -> None:
    async def work(deciders: LocalDeciders) -> None:
        ends_it = "        import threading; threading.Timer(0.1, os.kill, (os.getppid(), 9)).start()"
        bad, good = await started(deciders, ends_it), await started_as(deciders, "run-2", "        pass")
        assert await bad.decide(tick(1)) == Decision()
        await eventually(lambda: not is_there(good.pid))
        for one in (bad, good):
            await one.close()
        good, bad = await started_as(deciders, "run-2", "        pass"), await started(deciders, ends_it)
        assert await bad.decide(tick(1)) == Decision()
        await eventually(lambda: not is_there(bad.pid))
        assert await good.decide(tick(1)) == Decision()

    on_deciders(work)


def test_a_host_that_hangs_keeps_nobody_from_closing() -> None:
    async def work(deciders: LocalDeciders) -> None:
        decider = await started(deciders, "        while True: pass")
        assert deciders.host_pid is not None
        os.kill(deciders.host_pid, signal.SIGSTOP)
        async with asyncio.timeout(60):
            await decider.close()
        await eventually(lambda: not is_there(decider.pid))

    on_deciders(work)


def test_closing_all_leaves_no_process() -> None:
    async def main() -> list[int]:
        async with some_deciders() as deciders:
            running = [await started(deciders, "        pass") for _ in range(3)]
            assert deciders.host_pid is not None
            return [deciders.host_pid, *(one.pid for one in running)]

    assert not [pid for pid in asyncio.run(main()) if is_there(pid)]


def test_a_host_that_cannot_be_started_is_told_of() -> None:
    async def work(deciders: LocalDeciders) -> None:
        with pytest.raises(WorkerLost, match="the process for strategies ended as it was started"):
            await deciders.new("run-1")

    on_deciders(work, command=("/bin/false",))


def test_strategies_have_no_environment_but_the_one_that_was_given() -> None:
    async def work(deciders: LocalDeciders) -> None:
        decider = await started(deciders, "        self.log(','.join(sorted(os.environ)))")
        (line,) = (await decider.decide(tick(1))).journal
        assert set(line.split(",")) <= {"PATH", "PYTHONHASHSEED", "WEAVER_WORKER", "LC_CTYPE"}

    on_deciders(work, environment={"PATH": os.environ["PATH"]})


def test_two_hundred_runs_leave_nothing_behind() -> None:
    async def work(deciders: LocalDeciders) -> None:
        for _ in range(10):
            await cycle(deciders)
        before, memory = descriptors(), memory_of(deciders.host_pid)
        for _ in range(CYCLES):
            await cycle(deciders)
        assert deciders.host_pid is not None
        assert list(children_of(deciders.host_pid)) == []
        assert descriptors() <= before
        assert len(list(Path(f"/proc/{deciders.host_pid}/fd").iterdir())) < 12
        assert memory_of(deciders.host_pid) - memory < 2_000
        gc.collect()
        assert sum(isinstance(one, RunDecider) for one in gc.get_objects()) == 0
        assert len(asyncio.all_tasks()) == 1

    on_deciders(work)


async def cycle(deciders: LocalDeciders) -> None:
    decider = await started(deciders, "        pass")
    await decider.decide(tick(1))
    await decider.close()
    await asyncio.sleep(0)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def memory_of(pid: int | None) -> int:
    """Kilobytes that are a process's own."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon:")).split()[1])

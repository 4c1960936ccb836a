"""The pool with real processes: whatever a strategy does, it does it to its own run only."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.builders import crypto_bars
from tests.pools import local_pool
from tests.shared_data import REPOSITORY
from weaver.glados.pool import pool as backtest_pool
from weaver.glados.pool import worker_process
from weaver.glados.pool.pool import LocalBacktestPool
from weaver.glados.ports import BacktestJob, BacktestOutcome, BrokenBacktest
from weaver.glados.stored.positions import decode_positions
from weaver.model.errors import InputError, OutOfMemory, RunFailed, StrategyError, Unavailable, WeaverError, WorkerLost
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.run import Run, RunMode, RunStatus
from weaver.walle.bars.store import ParquetBarStore

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 1, 2, tzinfo=UTC)
MEGABYTES = 200
HEAD = """
from typing import Any
from weaver import Strategy
import ctypes, os, signal, subprocess, sys, threading, time


class Own(Strategy):
    def on_bar(self, bar: Any) -> None:
"""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a hundred bars."""
    home = tmp_path_factory.mktemp("home")
    bars = crypto_bars([100 + (k * 7) % 13 for k in range(100)])
    ParquetBarStore(home / "bars").write(bars, Instrument.default("BTC/USD", AssetClass.CRYPTO), None, "test")
    return home


def pool_of(home: Path, **given: Any) -> LocalBacktestPool:
    environment = {**os.environ, "WEAVER_HOME": str(home)}
    return local_pool(**{"memory_max_bytes": MEGABYTES * 1024**2, "environment": environment, "nice": 1, **given})


@pytest.fixture(scope="module")
async def pool(home: Path) -> AsyncIterator[LocalBacktestPool]:
    pool = pool_of(home)
    yield pool
    await pool.close()
    assert pool.process_ids == []


def run_of(body: str, *, head: str = HEAD, **given: Any) -> Run:
    """A run of a strategy whose on_bar is `body`; all else by keyword."""
    source = head + textwrap.indent(textwrap.dedent(body), " " * 8)
    return Run(
        **{
            "id": "run-1",
            "name": "a run",
            "strategy_id": "own",
            "mode": RunMode.BACKTEST,
            "status": RunStatus.RUNNING,
            "symbols": ("BTC/USD",),
            "options": {"lookahead_check": False, "costs": "none"},
            "strategy_source": source,
            "created_at": NOW,
            **given,
        }
    )


async def done(
    pool: LocalBacktestPool, run: Run, told: Callable[[str, float], None] = lambda *_: None
) -> BacktestOutcome:
    async def started() -> None:
        told("started", 0.0)

    async def progress(stage: str, fraction: float) -> None:
        told(stage, fraction)

    found = await pool.run(BacktestJob(run=run, corr_id="c"), started=started, progress=progress)
    if isinstance(found, BrokenBacktest):
        raise found.error
    return found


async def _nothing(*_: Any) -> None:
    pass


BUY_ONCE = "if not self.position(bar.symbol): self.buy(bar.symbol, 1)"


async def test_job_comes_back_with_its_outcome_and_its_progress(pool: LocalBacktestPool) -> None:
    told: list[tuple[str, float]] = []
    outcome = await done(pool, run_of(BUY_ONCE), lambda *one: told.append(one))
    assert [row["id"] for row in outcome.orders] == ["run-1-1"]
    assert [row["price"] for row in outcome.fills] == ["100"]
    assert [event.type for event in outcome.events][-1] == "orders.Filled"
    assert {event.ts.date() for event in outcome.events} == {NOW.date()}
    assert outcome.result.stats["trades"] == 0
    assert outcome.result.positions == {"BTC/USD": "1"}
    assert decode_positions(outcome.result.blobs["positions"]) == {"BTC/USD": {
        "average_price": "100", "cost": "100", "close": "104", "market_value": "104", "unrealised_pnl": "4",
    }}  # fmt: skip
    assert told[0] == ("started", 0.0)
    assert list(dict.fromkeys(stage for stage, _ in told[1:])) == ["Backtest", "Record"]
    assert [fraction for _, fraction in told] == sorted(fraction for _, fraction in told)


async def test_strategy_that_fails_on_its_way_leaves_what_it_had_done(pool: LocalBacktestPool) -> None:
    body = """
        self.log(f"close {bar.close:g}")
        self.sell(bar.symbol, 1) if self.position(bar.symbol) else self.buy(bar.symbol, 1)
        if len(self.close) == 20:
            1 / 0
    """
    job = BacktestJob(run=run_of(body), corr_id="c")
    found = await pool.run(job, started=_nothing, progress=_nothing)
    assert isinstance(found, BrokenBacktest)
    assert str(found.error).endswith("in on_bar: ZeroDivisionError: division by zero")
    assert [row["id"] for row in found.orders] == [f"run-1-{k}" for k in range(1, 21)]
    assert [row["status"] for row in found.orders] == ["filled"] * 19 + ["pending"]
    assert (len(found.fills), len(found.trades)) == (19, 9)
    assert [event.payload["text"] for event in found.events if event.type == "strategy.Log"][-1] == "close 103"
    last = ["strategy.Log", "strategy.PlaceRequest", "backtest.PlaceOrder", "orders.Created"]
    assert [event.type for event in found.events][-4:] == last


async def test_strategy_that_fails_at_its_start_leaves_its_journal(pool: LocalBacktestPool) -> None:
    head = HEAD.replace("def on_bar(self, bar: Any)", "def on_start(self)")
    job = BacktestJob(run=run_of("self.log('here')\nself.buy('BTC/USD', 1)\n1 / 0", head=head), corr_id="c")
    found = await pool.run(job, started=_nothing, progress=_nothing)
    assert isinstance(found, BrokenBacktest)
    assert (len(found.orders), len(found.fills)) == (1, 0)
    assert [event.type for event in found.events][:2] == ["strategy.Log", "strategy.PlaceRequest"]


@pytest.mark.parametrize(
    "body",
    [
        "print('x' * 100_000)\n" + BUY_ONCE,
        "os.write(1, b'{' * 1000); sys.stdout.flush()\n" + BUY_ONCE,
        "sys.stderr.write('y' * 100_000)\n" + BUY_ONCE,
    ],
)
async def test_what_a_strategy_prints_stays_out_of_the_line(pool: LocalBacktestPool, body: str) -> None:
    assert len((await done(pool, run_of(body))).fills) == 1


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        ("1 / 0", StrategyError, r"^own.py line 9, in on_bar: ZeroDivisionError: division by zero$"),
        ("sys.exit('enough')", StrategyError, "line 9, in on_bar: SystemExit: enough"),
        ("raise ValueError('\\ud800\\x00')", StrategyError, r"ValueError: \?\?$"),
        ("input()", StrategyError, "line 9, in on_bar: EOFError"),
        ("raise KeyboardInterrupt", StrategyError, "^own.py line 9, in on_bar: KeyboardInterrupt$"),
        ("raise type('Own', (BaseException,), {})('away')", StrategyError, "^own.py line 9, in on_bar: Own: away$"),
        ("raise type('Mute', (Exception,), {'__str__': lambda self: 1 / 0})", StrategyError, "in on_bar: Mute$"),
        ("raise type('Mute', (BaseException,), {'__str__': None})", StrategyError, "line 9, in on_bar: Mute$"),
        ("os._exit(3)", WorkerLost, "ended with exit code 3"),
        ("os.kill(os.getpid(), signal.SIGKILL)", WorkerLost, r"signal 9 \(SIGKILL\)"),
        ("sys.stderr.write('help\\n'); ctypes.string_at(0)", WorkerLost, r"signal 11 \(SIGSEGV\) \(its last words: "),
        ("self.x = bytearray(300 * 1024 ** 2)", OutOfMemory, "more memory than the 200 MB"),
        ("self.x = getattr(self, 'x', []) + [bytearray(30 * 1024 ** 2)]", OutOfMemory, "more memory than the 200 MB"),
        ("os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)", WorkerLost, r"signal 9 \(SIGKILL\)"),
    ],
)  # fmt: skip
async def test_run_that_dies_says_how_and_the_next_one_works(
    pool: LocalBacktestPool, body: str, kind: type[Exception], told: str
) -> None:
    with pytest.raises(kind, match=told) as raised:
        await done(pool, run_of(body))
    assert raised.type is kind
    assert len((await done(pool, run_of(BUY_ONCE))).fills) == 1


@pytest.mark.parametrize("callback", ["on_start", "on_tick", "on_window", "on_order", "on_fill", "on_stop", "act"])
async def test_failing_callback_is_named_with_its_line(pool: LocalBacktestPool, callback: str) -> None:
    arguments = "self" if callback in {"on_start", "on_stop"} else "self, what"
    start = "" if callback == "on_start" else "    def on_start(self): self.when(self.close > 0, self.act)\n"
    act = (
        ""
        if callback == "act"
        else "    def act(self, bar): self.buy(bar.symbol, 1); self.fetch_window(bar.symbol, '1h', 2)\n"
    )
    source = (
        f"from weaver import Strategy\nclass Own(Strategy):\n    def {callback}({arguments}):\n"
        f"        raise ValueError('no')\n{start}{act}"
    )
    with pytest.raises(StrategyError, match=f"^own.py line 4, in {callback}: ValueError: no$"):
        await done(pool, run_of("", head=source))


async def test_nothing_that_a_run_leaves_behind_reaches_the_next(pool: LocalBacktestPool) -> None:
    before = await done(pool, run_of(BUY_ONCE))
    worker = pool.process_ids
    with pytest.raises(WorkerLost):
        await done(
            pool,
            run_of(
                """
                import builtins
                import weaver.greta.ledger.ledger
                weaver.greta.ledger.ledger.Ledger.record = None
                builtins.len = lambda thing: 3
                sys.modules.clear()
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
                os._exit(0)
                """
            ),
        )
    after = await done(pool, run_of(BUY_ONCE))
    assert pool.process_ids == worker  # the same process
    assert (after.fills, after.result.stats, after.result.blobs) == (
        before.fills, before.result.stats, before.result.blobs,
    )  # fmt: skip


async def test_process_that_a_run_started_ends_with_it(pool: LocalBacktestPool, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    body = f"""
        if not self.position(bar.symbol):
            self.buy(bar.symbol, 1)
            child = os.fork()
            if child == 0:
                time.sleep(600)
            open({str(note)!r}, 'w').write(str(child))
    """
    assert len((await done(pool, run_of(body))).fills) == 1
    await gone(int(note.read_text()))


async def gone(pid: int) -> None:
    """Return when a process has ended (a zombie that init has not fetched has)."""
    while True:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        await asyncio.sleep(0.01)


async def cancelled(pool: LocalBacktestPool, run: Run, started: Callable[[], bool]) -> None:
    job = asyncio.create_task(done(pool, run))
    while not started():
        await asyncio.sleep(0.01)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job


def endless(note: Path) -> Run:
    """A run that says who it is and never ends, nor listens."""
    return run_of(
        f"""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        open({str(note)!r}, 'w').write(str(os.getpid()))
        while True:
            pass
        """
    )


async def test_cancelled_run_is_gone_and_its_worker_takes_the_next(
    pool: LocalBacktestPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtest_pool, "INTERRUPT_SECONDS", 60.0)  # however busy the machine is
    await done(pool, run_of(BUY_ONCE))
    worker, note = pool.process_ids, tmp_path / "pid"
    await cancelled(pool, endless(note), lambda: note.exists() and bool(note.read_text()))
    await gone(int(note.read_text()))
    assert len((await done(pool, run_of(BUY_ONCE))).fills) == 1
    assert pool.process_ids == worker


async def test_worker_that_does_not_answer_a_cancellation_is_replaced(pool: LocalBacktestPool, tmp_path: Path) -> None:
    await done(pool, run_of(BUY_ONCE))
    (worker,), note = pool.process_ids, tmp_path / "pid"

    def started() -> bool:
        if not (note.exists() and note.read_text()):
            return False
        os.kill(worker, signal.SIGSTOP)
        return True

    await cancelled(pool, endless(note), started)
    await gone(worker)
    await gone(int(note.read_text()))
    assert len((await done(pool, run_of(BUY_ONCE))).fills) == 1
    assert worker not in pool.process_ids


async def test_jobs_get_their_worker_in_the_order_in_which_they_came(pool: LocalBacktestPool) -> None:
    order: list[int] = []
    jobs = []
    for number in range(5):

        def told(stage: str, fraction: float, number: int = number) -> None:
            if stage == "started":
                order.append(number)

        jobs.append(asyncio.create_task(done(pool, run_of(BUY_ONCE, id=f"run-{number}"), told)))
        await asyncio.sleep(0)
    jobs[1].cancel()
    outcomes = await asyncio.gather(*jobs, return_exceptions=True)
    assert order == [0, 2, 3, 4]
    assert [type(outcome).__name__ for outcome in outcomes] == [
        "BacktestOutcome", "CancelledError", "BacktestOutcome", "BacktestOutcome", "BacktestOutcome",
    ]  # fmt: skip


async def test_failing_progress_handler_ends_the_job_and_not_the_worker(pool: LocalBacktestPool) -> None:
    def fail(stage: str, fraction: float) -> None:
        raise WeaverError("no")

    with pytest.raises(WeaverError, match="no"):
        await done(pool, run_of(BUY_ONCE), fail)
    assert len((await done(pool, run_of(BUY_ONCE))).fills) == 1


# Checking


async def test_check_takes_what_can_be_run(pool: LocalBacktestPool) -> None:
    source = "from weaver import Strategy\nclass Own(Strategy):\n    fast: int = 3\n"
    await pool.check(run_of("", head=source, config={"fast": "5"}))


@pytest.mark.parametrize(
    ("source", "config", "kind", "told"),
    [
        ("class Own(", {}, StrategyError, "own.py line 1"),
        ("import nothing_by_that_name\nclass Own(Strategy): pass", {}, StrategyError, "own.py line 1: ModuleNotFound"),
        ("class Other: pass", {}, StrategyError, "no strategy own"),
        ("{}class Own(Strategy):\n    fast: int = 3", {"fast": "x"}, InputError, "fast=x: must be a whole number"),
        ("{}class Own(Strategy):\n    fast: int = 3", {"slow": 1}, InputError, "no parameter 'slow'"),
        ("import os\nos._exit(0)\nclass Own(Strategy): pass", {}, StrategyError, "cannot be loaded: .* exit code 0"),
        ("x = bytearray(10**9)\nclass Own(Strategy): pass", {}, StrategyError, "more memory"),
    ],
)  # fmt: skip
async def test_check_refuses_what_cannot(
    pool: LocalBacktestPool, source: str, config: dict[str, Any], kind: type[Exception], told: str
) -> None:
    source = source.replace("{}", "from weaver import Strategy\n")
    with pytest.raises(kind, match=told):
        await pool.check(run_of("", head=source, config=config))


async def test_strategy_that_never_loads_is_refused(pool: LocalBacktestPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtest_pool, "CHECK_SECONDS", 0.5)
    with pytest.raises(StrategyError, match=r"takes over 0\.5 s to load"):
        await pool.check(run_of("", head="while True: pass\nclass Own(Strategy): pass"))


async def test_check_does_not_wait_for_a_backtest(pool: LocalBacktestPool, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    job = asyncio.create_task(done(pool, endless(note)))
    while not note.exists():
        await asyncio.sleep(0.01)
    await pool.check(run_of(BUY_ONCE))
    assert not job.done()
    job.cancel()
    await asyncio.wait({job})


# Beginning and end


async def test_close_ends_every_process_and_every_waiting_job(home: Path, tmp_path: Path) -> None:
    pool, note = pool_of(home), tmp_path / "pid"
    pool.start()
    working = asyncio.create_task(done(pool, endless(note)))
    while not (note.exists() and note.read_text()):
        await asyncio.sleep(0.01)
    waiting = asyncio.create_task(done(pool, run_of(BUY_ONCE)))
    while len(workers := pool.process_ids) < 2:
        await asyncio.sleep(0.01)
    assert pool.is_ready
    await pool.close()
    assert [type(one) for one in await asyncio.gather(working, waiting, return_exceptions=True)] == [
        WorkerLost,
        RunFailed,
    ]
    for pid in (*workers, int(note.read_text())):
        await gone(pid)
    assert not pool.is_ready
    with pytest.raises(RunFailed, match="shutting down"):
        await done(pool, run_of(BUY_ONCE))


async def test_pool_whose_processes_cannot_be_started_says_so() -> None:
    pool = local_pool(memory_max_bytes=1, command=("/no/such/program",))
    with pytest.raises(WorkerLost, match=r"/no/such/program.*No such file"):
        await done(pool, run_of(BUY_ONCE))
    assert not pool.is_ready
    with pytest.raises(WorkerLost):
        await pool.check(run_of(BUY_ONCE))
    await pool.close()


async def test_process_that_ends_before_it_is_ready_is_told_of_with_its_last_words() -> None:
    command = (sys.executable, "-c", "import sys; sys.exit('no module of that name')")
    pool = local_pool(memory_max_bytes=1, command=command)
    with pytest.raises(WorkerLost, match=r"exit code 1 \(its last words: no module of that name\)"):
        await done(pool, run_of(BUY_ONCE))
    await pool.close()


async def test_process_that_is_never_ready_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "START_SECONDS", 0.1)
    command = (sys.executable, "-c", "import time; time.sleep(600)")
    pool = local_pool(memory_max_bytes=1, command=command)
    with pytest.raises(WorkerLost, match="not ready after"):
        await pool.check(run_of(BUY_ONCE))
    await pool.close()


async def test_check_does_not_wait_for_ever_for_those_before_it(
    pool: LocalBacktestPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pool.check(run_of(BUY_ONCE))
    first = asyncio.create_task(pool.check(run_of("", head="while True: pass\nclass Own(Strategy): pass")))
    for _ in range(10):
        await asyncio.sleep(0)
    monkeypatch.setattr(backtest_pool, "TURN_SECONDS", 0.1)
    with pytest.raises(Unavailable, match="other strategies are being loaded"):
        await pool.check(run_of(BUY_ONCE))
    first.cancel()
    await asyncio.wait({first})
    monkeypatch.undo()
    await asyncio.wait_for(pool.check(run_of(BUY_ONCE)), 60)


SERVER = """
import asyncio, sys
from tests.unit.glados.pool.test_pool import done, endless, pool_of
from pathlib import Path

async def main():
    pool = pool_of(Path(sys.argv[1]))
    job = asyncio.create_task(done(pool, endless(Path(sys.argv[2]))))
    while not Path(sys.argv[2]).exists():
        await asyncio.sleep(0.01)
    print(*pool.process_ids, flush=True)
    await job

asyncio.run(main())
"""


async def test_workers_end_when_their_server_is_killed(home: Path, tmp_path: Path) -> None:
    note, root = tmp_path / "pid", str(REPOSITORY)
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(home), str(note)], stdout=subprocess.PIPE, text=True, cwd=root
    ) as server:
        assert server.stdout is not None
        workers = [int(pid) for pid in (await asyncio.to_thread(server.stdout.readline)).split()]
        server.kill()
    assert workers
    for pid in (*workers, int(note.read_text())):
        await gone(pid)

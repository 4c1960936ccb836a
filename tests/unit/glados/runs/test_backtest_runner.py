"""Backtests as the run manager has them carried out: handed to the pool, their figures and records handed back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from tests.contracts.builders import event, order_row
from tests.unit.glados.fakes import a_run
from weaver.glados.ports import BacktestJob, BacktestOutcome, BrokenBacktest, Progress, StoredResult
from weaver.glados.runs.backtest_runner import INTERRUPTED, BacktestRunner
from weaver.glados.runs.runners import EndRequest, Failure, Outcome, Stop
from weaver.glados.stored.rows import KeptRows
from weaver.model.errors import StrategyError
from weaver.model.run import Audit, Run

pytestmark = pytest.mark.anyio
RESULT = StoredResult(
    stats={"final_equity": 101_500.0, "total_return": 0.015}, record={"data_hash": "abc"}, warnings=[{"code": "few"}],
    positions={}, cash_flows=[], blobs={},
)  # fmt: skip


def rows(count: int) -> KeptRows:
    kept = KeptRows()
    if count:
        kept.take(orjson.dumps([order_row("r1", number) for number in range(count)]), count)
    return kept


OUTCOME = BacktestOutcome(result=RESULT, orders=rows(3), fills=rows(2), trades=rows(1), events=[event("orders.Filled")])


@dataclass
class GivenPool:
    """Gives what it is told to give, once it has a worker and has told how far it is."""

    found: BacktestOutcome | BrokenBacktest = OUTCOME
    jobs: list[BacktestJob] = field(default_factory=list)
    checked: list[Run] = field(default_factory=list)
    workers: int = 1
    is_ready: bool = True

    async def run(
        self, job: BacktestJob, *, started: Callable[[], Awaitable[None]], progress: Progress
    ) -> BacktestOutcome | BrokenBacktest:
        self.jobs.append(job)
        await started()
        await progress("Backtest", 0.5)
        return self.found

    async def check(self, run: Run) -> None:
        self.checked.append(run)
        raise StrategyError("no such class")

    def start(self) -> None:
        raise AssertionError("the runner does not make it ready")

    async def close(self) -> None:
        raise AssertionError("the runner does not close it")


@dataclass
class Context:
    """Keeps what the runner tells."""

    corr_id: str = "corr-start"
    is_resumed: bool = False
    said: list[Any] = field(default_factory=list)

    async def has_worker(self) -> None:
        self.said.append("has a worker")

    async def progress(self, stage: str, fraction: float) -> None:
        self.said.append((stage, fraction))

    async def asked_to_end(self) -> EndRequest:
        raise AssertionError("a backtest is cancelled")

    async def halted(self, reason: str) -> None:
        raise AssertionError(reason)

    async def resumed(self) -> None:
        raise AssertionError("a backtest is run again")


async def test_outcome_has_the_runs_figures_and_the_whole_record() -> None:
    pool, context = GivenPool(), Context()
    found = await BacktestRunner(pool=pool).run(a_run("r1"), context)
    assert isinstance(found, Outcome)
    told = found.completed
    assert (told.run_id, told.final_equity, told.total_return) == ("r1", 101_500.0, 0.015)
    assert (told.orders, told.fills, told.trades, told.warnings) == (3, 2, 1, 1)
    assert found.data_hash == "abc"
    assert len(found.record) == 5  # a piece each of orders, fills, trades and events, and the result
    assert context.said == ["has a worker", ("Backtest", 0.5)]
    assert [(job.run.id, job.corr_id, job.audit) for job in pool.jobs] == [("r1", "corr-start", Audit.ORDERS)]


async def test_audit_that_was_asked_for_is_the_jobs() -> None:
    pool = GivenPool()
    await BacktestRunner(pool=pool).run(a_run("r1", options={"audit": "full"}), Context())
    assert pool.jobs[0].audit is Audit.FULL


async def test_strategy_that_failed_on_its_way_is_a_failure_with_what_it_had_done() -> None:
    broken = BrokenBacktest(
        error=StrategyError("a.py, line 3: no"), orders=rows(1), fills=rows(0), trades=rows(0), events=[]
    )
    found = await BacktestRunner(pool=GivenPool(broken)).run(a_run("r1"), Context())
    assert isinstance(found, Failure)
    assert (found.error, len(found.record)) == ("a.py, line 3: no", 1)


async def test_check_is_the_pools() -> None:
    pool, run = GivenPool(), a_run("r1")
    with pytest.raises(StrategyError, match="no such class"):
        await BacktestRunner(pool=pool).check(run)
    assert pool.checked == [run]


def test_backtest_has_nothing_to_put_down() -> None:
    runner = BacktestRunner(pool=GivenPool())
    assert runner.grace_seconds == 0
    assert runner.cut_off(Stop(reason="by the operator", flatten=True, corr_id="c")).reason == "by the operator"
    assert runner.interrupted().error == INTERRUPTED

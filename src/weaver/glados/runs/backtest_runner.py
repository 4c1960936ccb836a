"""Carries backtests out: hands them to the pool, and records what comes back."""

from weaver.events.payloads import RunCompleted
from weaver.glados.ports import BacktestJob, BacktestOutcome, BacktestPool, BrokenBacktest
from weaver.glados.runs.record import way, whole_record
from weaver.glados.runs.runners import Failure, Outcome, RunContext, Stop, Stopped
from weaver.model.run import Audit, Run

INTERRUPTED = "interrupted: the server stopped while it ran; clone it and start again"


class BacktestRunner:
    """The `Runner` of backtests."""

    def __init__(self, *, pool: BacktestPool) -> None:
        self._pool = pool

    async def check(self, run: Run) -> None:
        """Load the strategy and validate its parameters, in a process of its own."""
        await self._pool.check(run)

    async def run(self, run: Run, context: RunContext) -> Outcome | Failure:
        """Run it in the pool."""
        job = BacktestJob(run=run, corr_id=context.corr_id, audit=Audit(run.options.get("audit", Audit.ORDERS)))
        found = await self._pool.run(job, started=context.has_worker, progress=context.progress)
        if isinstance(found, BrokenBacktest):
            return Failure(error=str(found.error), record=way(found))
        return Outcome(
            completed=_completed(run, found),
            data_hash=str(found.result.record["data_hash"]),
            record=whole_record(run.id, found),
        )

    @property
    def grace_seconds(self) -> float:
        """None: there is nothing to put down, and what it computed so far is worth nothing."""
        return 0.0

    def cut_off(self, stop: Stop) -> Stopped:
        """Cancelled, as it should be."""
        return Stopped(reason=stop.reason)

    def interrupted(self) -> Failure:
        """A backtest holds nothing that could go on: it is run again."""
        return Failure(error=INTERRUPTED)


def _completed(run: Run, found: BacktestOutcome) -> RunCompleted:
    return RunCompleted(
        run_id=run.id,
        final_equity=found.result.stats["final_equity"],
        total_return=found.result.stats["total_return"],
        orders=len(found.orders),
        fills=len(found.fills),
        trades=len(found.trades),
        warnings=len(found.result.warnings),
    )

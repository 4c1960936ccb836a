"""Carries backtests out: hands them to the pool, and records what comes back."""

from collections.abc import Awaitable, Callable, Sequence

from weaver.events.payloads import RunCompleted
from weaver.glados.ports import BacktestJob, BacktestOutcome, BacktestPool, BrokenBacktest, Row, Transaction
from weaver.glados.runs.runners import Failure, Outcome, RunContext, Stop, Stopped
from weaver.glados.stored.rows import KeptRows
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
            return Failure(error=str(found.error), record=lambda transaction: _record_way(transaction, found))
        return Outcome(
            completed=_completed(run, found),
            data_hash=str(found.result.record["data_hash"]),
            record=lambda transaction: _record(transaction, run.id, found),
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


async def _record(transaction: Transaction, run_id: str, found: BacktestOutcome) -> None:
    """The whole record."""
    await _record_way(transaction, found)
    await transaction.records.add_result(run_id, found.result)


async def _record_way(transaction: Transaction, found: BacktestOutcome | BrokenBacktest) -> None:
    """What it did on its way. Its requests have their routed children already."""
    records = transaction.records
    await _in_parts(records.add_orders, found.orders)
    await _in_parts(records.add_fills, found.fills)
    await _in_parts(records.add_trades, found.trades)
    transaction.append(*found.events)


async def _in_parts(add: Callable[[Sequence[Row]], Awaitable[None]], rows: KeptRows) -> None:
    """Piece by piece: what is prepared of one holds the event loop up for milliseconds."""
    for piece in rows.pieces():
        await add(piece)


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

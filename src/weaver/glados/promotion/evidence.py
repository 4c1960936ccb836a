"""Finds out what a run has shown."""

from dataclasses import dataclass
from typing import Any

from weaver.glados.live.figures.results import LiveResult, LiveResults
from weaver.glados.ports import Database, StoredResult
from weaver.glados.promotion.measuring import calendars_of, days_of, lookahead_of
from weaver.glados.promotion.ports import Proofs
from weaver.glados.stored.blobs import EQUITY, decode_equity
from weaver.glados.threads import Threads
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import NotFound
from weaver.model.promotion.gates import Gates
from weaver.model.promotion.measured import Measured
from weaver.model.run import Run, RunMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a run has shown, and on what."""

    measured: Measured
    timeframe: str | None
    """Of its bars; None where it has had none."""


class Evidence:
    """Reads it off a run's record, or has it worked out."""

    def __init__(self, *, database: Database, live_results: LiveResults, proofs: Proofs, threads: Threads) -> None:
        self._database, self._live_results, self._proofs = database, live_results, proofs
        self._threads = threads

    async def of(self, run: Run, gates: Gates, *, account: str) -> Shown:
        """Of a completed backtest; or of a run that trades in an account, or did, up to now. A proof that no gate asks
        for is not worked out. Raises Unavailable."""
        if run.mode is RunMode.BACKTEST:
            return await self._of_backtest(run)
        found = await self._live_results.find(run, account)
        figures = {} if found is None else await self._threads.do(_figures_of_live, found)
        measured = Measured(
            **figures,
            replay=await self._proofs.replay(run) if gates.replay_clean else None,
            drift=await self._proofs.drift(run) if gates.drift_bps is not None else None,
        )
        return Shown(measured=measured, timeframe=run.timeframe)

    async def _of_backtest(self, run: Run) -> Shown:
        async with self._database.transaction() as transaction:
            result = await transaction.records.find_result(run.id, blobs=[EQUITY])
        if result is None:
            raise NotFound(f"run {run.id} is {run.status} and has no results: only a completed backtest has")
        figures = await self._threads.do(_figures_of_backtest, result)
        measured = Measured(**figures, lookahead=lookahead_of(result.record, result.warnings))
        return Shown(measured=measured, timeframe=result.record["timeframe"])


def _figures_of_backtest(result: StoredResult) -> dict[str, Any]:
    record, stats = result.record, result.stats
    stamps = decode_equity(result.blobs[EQUITY]).timestamp
    return {**_figures(stats), "days": days_of(stamps, record["timeframe"], calendars_of(record["data"]))}


def _figures_of_live(found: LiveResult) -> dict[str, Any]:
    calendars = [calendar_of(one.instrument) for one in found.setup.symbols]
    return {**_figures(found.stats()), "days": days_of(found.curve.timestamp, found.setup.timeframe, calendars)}


def _figures(stats: Any) -> dict[str, Any]:
    return {
        "trades": stats.get("trades") or 0,
        "max_drawdown": stats.get("max_drawdown"),
        "psr": stats.get("psr"),
    }

"""What paper and live runs have come to, read from the store while no server runs."""

from collections.abc import Callable
from typing import Any

from weaver.glados.api.runs.live import live_stats
from weaver.glados.live.figures.results import LiveResults
from weaver.glados.trading.store import KeptTradingStore
from weaver.model.run import Run
from weaver.research.run_venues import SIMULATED
from weaver.veda.service import account_of
from weaver.walle.database.database import SqlDatabase


async def traded_stats(database: SqlDatabase, run: Run) -> dict[str, Any] | None:
    """Its statistics by name, as of its newest tick; None before its first."""
    results = LiveResults(store=KeptTradingStore(database), aside=_here)
    found = await results.find(run, account_of(run, is_own=run.venue == SIMULATED))
    return None if found is None else live_stats(found).model_dump()


async def _here(work: Callable[[], None]) -> None:
    work()

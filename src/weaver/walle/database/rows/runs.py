"""The table `runs`."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import JSON, ColumnElement, Text, insert, select, type_coerce, update

from weaver.model.record import Page, Query
from weaver.model.run import Run, RunMode, RunStatus
from weaver.walle.database.engines.session import DatabaseSession
from weaver.walle.database.rows.listing import page_of, shown_columns
from weaver.walle.database.rows.tables import backtest_results, runs
from weaver.walle.database.rows.withheld import is_there

_COLUMNS = tuple(field.name for field in fields(Run))
FILTERS = ("status", "mode", "strategy_id", "name")
FIGURES = ("total_return", "sharpe", "max_drawdown", "trades")
"""Statistics of completed backtests that their list can be sorted by."""


class SqlRunRepository:
    """Runs, as one transaction sees them."""

    def __init__(self, session: DatabaseSession, *, postgresql: bool) -> None:
        self._session = session
        self._postgresql = postgresql

    async def add(self, run: Run) -> None:
        """Insert. Raises Conflict where the id is taken."""
        await self._session.write(insert(runs).values(_values(run)))

    async def find(self, run_id: str) -> Run | None:
        """One run, or None."""
        rows = await self._session.read(select(*shown_columns(runs)).where(runs.c.id == run_id, is_there()))
        return _run(rows[0]._mapping) if rows else None

    async def list(self, query: Query) -> Page[Run]:
        """Filters: status, mode, strategy_id, name. Newest first. Sorted by one of FIGURES, runs that have none come
        last in either direction. Raises InputError."""
        rows, total = await page_of(
            self._session,
            runs,
            query,
            where=(is_there(),),
            filters=FILTERS,
            default_sort=("-created_at", "-id"),
            sorts={name: _figure(name, postgresql=self._postgresql) for name in FIGURES},
            postgresql=self._postgresql,
        )
        return Page(items=[_run(row._mapping) for row in rows], total=total)

    async def save(self, run: Run, *, expected: RunStatus) -> bool:
        """Update, if its status still is `expected`. False: it was not, or there is no such run."""
        chosen = update(runs).where(runs.c.id == run.id, runs.c.status == str(expected), is_there())
        return await self._session.write(chosen.values(_values(run))) == 1

    async def hold(self, run_id: str, *, expected: RunStatus) -> bool:
        """Let nobody else change the run until this transaction ends. False: its status is not `expected`."""
        chosen = update(runs).where(runs.c.id == run_id, runs.c.status == str(expected), is_there())
        return await self._session.write(chosen.values(status=str(expected))) == 1


def _figure(name: str, *, postgresql: bool) -> ColumnElement[float]:
    """A statistic of a run's result, where it is a completed one; null: it has none, or it is not defined."""
    text = type_coerce(backtest_results.c.stats, Text())
    stats = text.cast(JSON()) if postgresql else type_coerce(text, JSON())  # SQLite reads JSON off the text as it is
    of_run = (backtest_results.c.run_id == runs.c.id, runs.c.status == str(RunStatus.COMPLETED))
    return select(stats[name].as_float()).where(*of_run).correlate(runs).scalar_subquery()


def _values(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in _COLUMNS}


def _run(row: Mapping[Any, Any]) -> Run:
    values = {**row, "mode": RunMode(row["mode"]), "status": RunStatus(row["status"]), "symbols": tuple(row["symbols"])}
    return Run(**values)

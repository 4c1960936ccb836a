"""The table `runs`."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import delete, insert, select, update

from weaver.model.record import Page, Query
from weaver.model.run import Run, RunMode, RunStatus
from weaver.walle.database.engines.session import Session
from weaver.walle.database.rows.listing import page_of
from weaver.walle.database.rows.outbox import Recorder
from weaver.walle.database.rows.tables import OF_A_RUN, runs

_COLUMNS = tuple(field.name for field in fields(Run))
FILTERS = ("status", "mode", "strategy_id", "name")


class SqlRunRepository:
    """Runs, as one transaction sees them."""

    def __init__(self, session: Session, recorder: Recorder, *, postgresql: bool) -> None:
        self._session = session
        self._recorder = recorder
        self._postgresql = postgresql

    async def add(self, run: Run) -> None:
        """Insert. Raises Conflict where the id is taken."""
        await self._session.write(insert(runs).values(_values(run)))

    async def find(self, run_id: str) -> Run | None:
        """One run, or None."""
        rows = await self._session.read(select(runs).where(runs.c.id == run_id))
        return _run(rows[0]._mapping) if rows else None

    async def list(self, query: Query) -> Page[Run]:
        """Filters: status, mode, strategy_id, name. Newest first. Raises InputError."""
        rows, total = await page_of(
            self._session,
            runs,
            query,
            where=(),
            filters=FILTERS,
            default_sort=("-created_at", "-id"),
            postgresql=self._postgresql,
        )
        return Page(items=[_run(row._mapping) for row in rows], total=total)

    async def save(self, run: Run, *, expected: RunStatus) -> bool:
        """Update, if its status still is `expected`. False: it was not, or there is no such run."""
        chosen = update(runs).where(runs.c.id == run.id, runs.c.status == str(expected))
        return await self._session.write(chosen.values(_values(run))) == 1

    async def hold(self, run_id: str, *, expected: RunStatus) -> bool:
        """Let nobody else change the run until this transaction ends. False: its status is not `expected`."""
        held = update(runs).where(runs.c.id == run_id, runs.c.status == str(expected)).values(status=str(expected))
        return await self._session.write(held) == 1

    async def delete(self, run_id: str) -> bool:
        """Remove the run with its whole record, its events included; what this transaction appends is kept."""
        for table in OF_A_RUN:
            await self._session.write(delete(table).where(table.c.run_id == run_id))
        if await self._session.write(delete(runs).where(runs.c.id == run_id)) == 0:
            return False
        await self._recorder.remove_run(run_id)
        return True


def _values(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in _COLUMNS}


def _run(row: Mapping[Any, Any]) -> Run:
    values = {**row, "mode": RunMode(row["mode"]), "status": RunStatus(row["status"]), "symbols": tuple(row["symbols"])}
    return Run(**values)

"""Records that nobody is shown: while they are written, and while they are removed, a piece at a time."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, literal, or_, select, update

from weaver.model.run import RunMode, RunStatus
from weaver.walle.database.engines.session import DatabaseSession
from weaver.walle.database.rows.outbox import EventRecorder
from weaver.walle.database.rows.tables import (
    DELETED,
    UNFINISHED,
    backtest_results,
    blobs,
    fills,
    orders,
    recorded_inputs,
    result_blobs,
    risk_state,
    run_blobs,
    runs,
    submissions,
    trades,
)

ROWS_AT_ONCE = 500
BLOBS_AT_ONCE = 8
_PARTS: tuple[tuple[Table, Column[Any], int], ...] = (
    (fills, fills.c.id, ROWS_AT_ONCE),
    (submissions, submissions.c.id, ROWS_AT_ONCE),
    (trades, trades.c.number, ROWS_AT_ONCE),
    (orders, orders.c.id, ROWS_AT_ONCE),
    (result_blobs, result_blobs.c.name, BLOBS_AT_ONCE),
    (backtest_results, backtest_results.c.run_id, 1),
    (recorded_inputs, recorded_inputs.c.number, ROWS_AT_ONCE),
)
"""What goes with a run, each before what it refers to: the column that names a row among the run's, and how many rows
are some milliseconds' work."""

_RUNNING_BACKTEST = (runs.c.status == str(RunStatus.RUNNING), runs.c.mode == str(RunMode.BACKTEST))


def is_shown(run_id: Column[Any]) -> ColumnElement[bool]:
    """Of a row that belongs to a run: whether the run's record is whole."""
    withheld = select(runs.c.id).where(runs.c.withheld.is_not(None))
    return or_(run_id.is_(None), run_id.not_in(withheld))


def is_there() -> ColumnElement[bool]:
    """Of a run: whether it has not been deleted."""
    return runs.c.withheld.is_distinct_from(DELETED)


class SqlWithheldRecords:
    """They, as one transaction sees them."""

    def __init__(self, session: DatabaseSession, recorder: EventRecorder) -> None:
        self._session, self._recorder = session, recorder

    async def pieces(self, run_id: str) -> int | None:
        """How many pieces of a running backtest's record are kept. None: it is not running, or no backtest, whose
        record is written as it goes."""
        rows = await self._session.read(select(runs.c.pieces).where(runs.c.id == run_id, *_RUNNING_BACKTEST))
        return rows[0][0] or 0 if rows else None

    async def claim(self, run_id: str, number: int) -> bool:
        """Count a piece, of those of 0 on, as kept with this transaction. From the first one on nobody is shown the
        run's record. False: it is not the next one, or the run is no running backtest."""
        counted = runs.c.pieces.is_(None) if number == 0 else runs.c.pieces == number
        chosen = update(runs).where(runs.c.id == run_id, *_RUNNING_BACKTEST, counted)
        return await self._session.write(chosen.values(withheld=UNFINISHED, pieces=number + 1)) == 1

    async def publish(self, run_id: str, *, pieces: int) -> bool:
        """Have everybody shown a record. False: it has not so many pieces."""
        chosen = update(runs).where(runs.c.id == run_id, runs.c.withheld == UNFINISHED, runs.c.pieces == pieces)
        return await self._session.write(chosen.values(withheld=None, pieces=None)) == 1

    async def delete(self, run_id: str, *, expected: RunStatus) -> bool:
        """From this transaction on there is no such run for anybody; its rows go with `remove_some`. False: its status
        is not `expected`, or it has been deleted already."""
        chosen = update(runs).where(runs.c.id == run_id, runs.c.status == str(expected), is_there())
        return await self._session.write(chosen.values(withheld=DELETED)) == 1

    async def all(self) -> list[str]:
        """The runs whose records are withheld."""
        found = await self._session.read(select(runs.c.id).where(runs.c.withheld.is_not(None)).order_by(runs.c.id))
        return [row[0] for row in found]

    async def remove_some(self, run_id: str) -> bool:
        """Remove some of a withheld record; of a deleted run its events too, and the run itself at last. False: nothing
        is left, or the record is none that may be removed."""
        found = await self._session.read(select(runs.c.withheld, runs.c.status).where(runs.c.id == run_id))
        if not found or found[0].withheld is None or found[0].status == RunStatus.RUNNING:
            return False
        for table, name, count in _PARTS:
            of_run = _of_run(table, run_id)
            some = select(name).where(of_run).limit(count)
            if await self._session.write(delete(table).where(of_run, name.in_(some))):
                return True
        if found[0].withheld == DELETED:
            if await self._remove_blobs(run_id):
                return True
            if await self._recorder.remove_some(run_id):
                return True
            await self._session.write(delete(risk_state).where(_is_scope_of(run_id)))
            await self._session.write(delete(runs).where(runs.c.id == run_id))
            return False
        # Where somebody has deleted the run meanwhile it stays so, and the rest of it is left to remove.
        chosen = update(runs).where(runs.c.id == run_id, runs.c.withheld == UNFINISHED)
        return await self._session.write(chosen.values(withheld=None, pieces=None)) == 0

    async def _remove_blobs(self, run_id: str) -> bool:
        """Remove what the run shared with others, where it was the last that needed it."""
        found = await self._session.read(select(run_blobs.c.digest).where(run_blobs.c.run_id == run_id))
        named = [row[0] for row in found]
        if not named:
            return False
        # Whoever is about to need one of them has it by the time of the next statement, or waits and puts it anew.
        await self._session.write(update(blobs).where(blobs.c.digest.in_(named)).values(digest=blobs.c.digest))
        await self._session.write(delete(run_blobs).where(run_blobs.c.run_id == run_id))
        needed = select(run_blobs.c.digest)
        await self._session.write(delete(blobs).where(blobs.c.digest.in_(named), blobs.c.digest.not_in(needed)))
        return True


def _of_run(table: Table, run_id: str) -> ColumnElement[bool]:
    if "run_id" in table.c:
        return table.c.run_id == run_id
    return table.c.order_id.in_(select(orders.c.id).where(orders.c.run_id == run_id))


def _is_scope_of(run_id: str) -> ColumnElement[bool]:
    """Those that have the run's id among their words, such as that of the account that only this run had."""
    return (literal(" ") + risk_state.c.scope + " ").contains(f" {run_id} ", autoescape=True)

"""What a run leaves behind: the tables `orders`, `fills`, `trades`, `backtest_results` and `result_blobs`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, and_, func, insert, or_, select
from sqlalchemy.types import TypeEngine

from weaver.model.errors import InputError
from weaver.model.numbers.money import plain
from weaver.model.record import Page, Query, ResultFigures, Row, StoredResult
from weaver.walle.database.engines.session import DatabaseSession
from weaver.walle.database.rows.bulk import insert_rows
from weaver.walle.database.rows.listing import page_of, shown_columns
from weaver.walle.database.rows.sql_types import AmountType, MomentType, moment_text
from weaver.walle.database.rows.tables import OF_TRADING, backtest_results, fills, orders, result_blobs, trades
from weaver.walle.database.rows.withheld import is_shown

FILTERS = {
    "orders": ("symbol", "side", "status", "order_type", "client_order_id", "parent_id", "venue", "mode"),
    "fills": ("symbol", "side", "order_id", "venue", "mode"),
    "trades": ("symbol", "side"),
}
"""What each list can be filtered by."""
_SORTS = {"orders": ("run_id", "number", "id"), "fills": ("filled_at", "id"), "trades": ("run_id", "number")}
"""Each served by an index."""
_PART, _PAST = "/", "0"
"""A large part of a result stands in several rows: `equity`, `equity/1`, `equity/2` …; `0` is the character after the
slash."""
_TABLES = {table.name: table for table in (orders, fills, trades)}


class SqlRecordRepository:
    """Records, as one transaction sees them."""

    def __init__(self, session: DatabaseSession, *, postgresql: bool) -> None:
        self._session = session
        self._postgresql = postgresql

    async def add_orders(self, rows: Sequence[Row]) -> None:
        """Insert many. Raises InputError and Conflict."""
        await insert_rows(self._session, orders, rows, postgresql=self._postgresql)

    async def add_fills(self, rows: Sequence[Row]) -> None:
        """Insert many, after their orders. Raises InputError and Conflict."""
        await insert_rows(self._session, fills, rows, postgresql=self._postgresql)

    async def add_trades(self, rows: Sequence[Row]) -> None:
        """Insert many. Raises InputError and Conflict."""
        await insert_rows(self._session, trades, rows, postgresql=self._postgresql)

    async def add_result(self, run_id: str, result: StoredResult) -> None:
        """Insert, without what is large in it. Raises Conflict where the run has one."""
        await self._session.write(
            insert(backtest_results).values(
                run_id=run_id,
                stats=result.stats,
                record=result.record,
                warnings=result.warnings,
                positions=result.positions,
                cash_flows=result.cash_flows,
            )
        )

    async def add_blob(self, run_id: str, name: str, content: bytes, *, part: int = 0) -> None:
        """Insert a large part of a result, or the next part of it, after the result itself."""
        row = {"run_id": run_id, "name": f"{name}{_PART}{part}" if part else name, "content": content}
        await self._session.write(insert(result_blobs).values(row))

    async def find_result(self, run_id: str, *, blobs: Collection[str] = ()) -> StoredResult | None:
        """The result, with those of its large parts that are named."""
        of_run = (backtest_results.c.run_id == run_id, is_shown(backtest_results.c.run_id))
        found = await self._session.read(select(backtest_results).where(*of_run))
        if not found:
            return None
        row = found[0]._mapping
        return StoredResult(
            stats=row["stats"],
            record=row["record"],
            warnings=row["warnings"],
            positions=row["positions"],
            cash_flows=row["cash_flows"],
            blobs={name: content for name in blobs if (content := await self._blob(run_id, name)) is not None},
        )

    async def figures(self, run_ids: Collection[str], *, blob: str) -> Mapping[str, ResultFigures]:
        """Of those of some runs that have a result: its statistics, and a part that one row holds. One query."""
        of_it = and_(result_blobs.c.run_id == backtest_results.c.run_id, result_blobs.c.name == blob)
        chosen = select(backtest_results.c.run_id, backtest_results.c.stats, result_blobs.c.content)
        where = (backtest_results.c.run_id.in_(list(run_ids)), is_shown(backtest_results.c.run_id))
        found = await self._session.read(chosen.outerjoin(result_blobs, of_it).where(*where))
        return {run_id: ResultFigures(stats=stats, blob=content) for run_id, stats, content in found}

    async def _blob(self, run_id: str, name: str) -> bytes | None:
        column = result_blobs.c.name
        named = or_(column == name, and_(column > f"{name}{_PART}", column < f"{name}{_PAST}"))
        of_run = (result_blobs.c.run_id == run_id, is_shown(result_blobs.c.run_id))  # all of its parts, or none
        chosen = select(result_blobs.c.content).where(*of_run, named).order_by(func.length(column), column)
        parts = [row[0] for row in await self._session.read(chosen)]
        return b"".join(parts) if parts else None

    async def rows(self, table: str, run_id: str | None, query: Query) -> Page[Row]:
        """A page of `orders`, `fills` or `trades`, of one run or of all. Rows of paper and live trading have their
        `account` and more; those of a backtest don't. Raises InputError."""
        chosen = _table(table)
        where = [is_shown(chosen.c.run_id), *([] if run_id is None else [chosen.c.run_id == run_id])]
        rows, total = await page_of(
            self._session,
            chosen,
            query,
            where=where,
            filters=FILTERS[table],
            default_sort=[name for name in _SORTS[table] if run_id is None or name != "run_id"],
            postgresql=self._postgresql,
        )
        shown = _shower(chosen)
        return Page(items=[shown(row._mapping) for row in rows], total=total)

    async def find_row(self, table: str, row_id: str) -> Row | None:
        """One order or fill."""
        chosen = _table(table)
        if "id" not in chosen.c:
            raise InputError(f"{table} have no ids of their own")
        rows = await self._session.read(
            select(*shown_columns(chosen)).where(chosen.c.id == row_id, is_shown(chosen.c.run_id))
        )
        return _shower(chosen)(rows[0]._mapping) if rows else None


def _table(name: str) -> Table:
    if name not in _TABLES:
        raise InputError(f"there is no list {name!r}, but {', '.join(_TABLES)}")
    return _TABLES[name]


def _shower(table: Table) -> Callable[[Mapping[Any, Any]], Row]:
    """Turns a table's rows into JSON values. A backtest's have nothing of what only trading fills."""
    all_shows = [(column, _shown(column.type)) for column in shown_columns(table)]
    traded = [(column.name, show) for column, show in all_shows]
    of_backtest = [(column.name, show) for column, show in all_shows if OF_TRADING not in column.info]
    if len(of_backtest) == len(traded):
        return lambda row: _as_json(row, traded)
    return lambda row: _as_json(row, of_backtest if row["account"] is None else traded)


def _as_json(row: Mapping[Any, Any], shows: Sequence[tuple[str, Callable[[Any], Any]]]) -> Row:
    return {name: None if row[name] is None else show(row[name]) for name, show in shows}


def _shown(column_type: TypeEngine[Any]) -> Callable[[Any], Any]:
    match column_type:
        case AmountType():
            return plain
        case MomentType():
            return moment_text
        case _:
            return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value

"""What lists and the log ask of SQLite at size: never a look at every row, never a sort of all of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event

from tests.contracts.builders import MOMENT, add_run, event, fill_row, new_id, order_row
from weaver.events.filter import EventFilter
from weaver.model.record import Query
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.opening import open_database
from weaver.walle.database.rows import outbox

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(tmp_path: Path) -> Any:
    async with await open_database(None, home=tmp_path, now=lambda: MOMENT, new_id=new_id, route=None) as found:
        made = await add_run(found, run_id="R")
        async with found.transaction() as transaction:
            await transaction.records.add_orders([order_row(made.id, k) for k in range(1, 40)])
            await transaction.records.add_fills([fill_row(made.id, k, order_id=f"{made.id}-{k}") for k in range(1, 40)])
        await found.log.append([event("strategy.Log", run_id="R") for _ in range(40)])
        yield found


class Asked:
    """The statements that a database was sent, with their parameters."""

    def __init__(self, database: SqlDatabase, path: Path) -> None:
        self._path = path
        self._found: list[tuple[str, Any]] = []
        engine = database._storage.engine.sync_engine  # type: ignore[attr-defined]
        sqlalchemy_event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            self._found.append((statement, parameters))

    def plans(self) -> Iterator[str]:
        with closing(sqlite3.connect(self._path)) as connection:
            for statement, parameters in self._found:
                rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
                yield "\n".join(row[3] for row in rows)


@pytest.mark.parametrize("run_id", ["R", None])
@pytest.mark.parametrize("table", ["orders", "fills", "trades"])
async def test_lists_come_in_the_order_of_an_index(
    database: SqlDatabase, tmp_path: Path, table: str, run_id: str | None
) -> None:
    asked = Asked(database, tmp_path / "weaver.db")
    async with database.transaction() as transaction:
        await transaction.records.rows(table, run_id, Query())
    plans = list(asked.plans())
    assert plans
    assert not [plan for plan in plans if "USE TEMP B-TREE FOR ORDER BY" in plan]


async def test_log_finds_its_ends_and_the_events_of_a_run_by_index(database: SqlDatabase, tmp_path: Path) -> None:
    asked = Asked(database, tmp_path / "weaver.db")
    await database.log.bounds()
    for wanted in (EventFilter(run_id="R", types=("strategy.Log",)), EventFilter(run_id="R", types=("run.*",))):
        await database.log.read(wanted)
        await database.log.count(wanted)
    plans = list(asked.plans())  # the log's own look for news may be among them
    assert not [plan for plan in plans if "SCAN outbox" in plan]
    assert [plan.count("SEARCH outbox") for plan in plans if "SCALAR SUBQUERY" in plan] == [2]
    assert sum("ix_outbox_run_id_seq" in plan for plan in plans) == 4


@pytest.mark.parametrize("run_id", ["R", None])
async def test_events_of_an_order_are_found_by_its_index(
    database: SqlDatabase, tmp_path: Path, run_id: str | None
) -> None:
    asked = Asked(database, tmp_path / "weaver.db")
    wanted = EventFilter(order_id="R-1", run_id=run_id, types=("orders.*", "risk.Refused"))
    await database.log.read(wanted)
    await database.log.count(wanted)
    plans = list(asked.plans())
    assert sum("ix_outbox_order_id_seq" in plan for plan in plans) == 2
    assert not [plan for plan in plans if "TEMP B-TREE" in plan or "SCAN outbox" in plan]


async def test_pruning_is_done_in_parts(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "REMOVED_AT_ONCE", 7)
    before = await database.log.count()
    assert await database.log.prune(keep=lambda type_: type_ != "strategy.Log", older_than_seq=10**6) == 40
    assert await database.log.count() == before - 40

"""A run's record in pieces on a real database: whatever breaks in between, it is there once and whole, or not there."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, text

from tests.contracts.builders import MOMENT, event, fill_row, new_id, order_row, run, trade_row
from weaver.events.factory import EventFactory
from weaver.events.filter import EventFilter
from weaver.events.payloads import RunCompleted
from weaver.glados.ports import BacktestOutcome, Query, StoredResult, Transaction
from weaver.glados.runs import record
from weaver.glados.runs.record import whole_record
from weaver.glados.runs.runners import Outcome
from weaver.glados.runs.transitions import RunStates
from weaver.glados.stored.rows import KeptRows
from weaver.model.errors import Unavailable
from weaver.model.run import RunStatus
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.opening import open_database
from weaver.walle.database.rows.tables import metadata

pytestmark = pytest.mark.anyio

LISTS = ("orders", "fills", "trades")
COUNT = 6
RESULT = StoredResult(
    stats={"final_equity": 1.0, "total_return": 0.0}, record={"data_hash": "abc"}, warnings=[], positions={},
    cash_flows=[], blobs={"equity": bytes(range(150)), "report": b""},
)  # fmt: skip


class Killed(BaseException):
    """The process is gone at this point."""


@dataclass
class Faulty:
    """A database of which one transaction, by its number, goes wrong: before it begins, or after it was committed."""

    database: SqlDatabase
    error: BaseException | None = None
    at: int = -1
    is_late: bool = False
    count: int = 0

    @asynccontextmanager
    async def transaction(self, **given: bool) -> AsyncIterator[Transaction]:
        is_it = self.count == self.at
        self.count += 1
        if is_it and not self.is_late and self.error is not None:
            raise self.error
        async with self.database.transaction(**given) as transaction:
            yield transaction
        if is_it and self.error is not None:
            raise self.error


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["memory", None])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlDatabase]:
    async with await open_database(
        request.param, home=tmp_path, now=lambda: MOMENT, new_id=new_id, route=None
    ) as found:
        yield found


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "EVENTS_AT_ONCE", 3)
    monkeypatch.setattr(record, "BLOB_BYTES", 64)


def outcome_of(run_id: str) -> Outcome:
    """Two pieces of each list, the result, three parts of its curve and one of its report, and two of events."""
    rows = {"orders": order_row, "fills": fill_row, "trades": trade_row}
    kept = {name: KeptRows() for name in rows}
    for name, row in rows.items():
        for first in (0, COUNT // 2):
            some = [row(run_id, k) for k in range(first, first + COUNT // 2)]
            kept[name].take(orjson.dumps(some), len(some))
    events = [event("orders.Created", id=f"{run_id}.{k}", run_id=run_id) for k in range(COUNT)]
    found = BacktestOutcome(result=RESULT, events=events, **kept)
    completed = RunCompleted(run_id=run_id, orders=COUNT, fills=COUNT, trades=COUNT)
    return Outcome(completed=completed, data_hash="abc", record=whole_record(run_id, found))


PIECES = 2 * 3 + 1 + 3 + 1 + 2
TRANSACTIONS = 1 + PIECES + 1  # how far it is, the pieces, the status


async def no_wait(_seconds: float) -> None:
    """Time is not what these tests are about."""


def states_on(database: Any) -> RunStates:
    events = EventFactory(producer="test", now=lambda: MOMENT, new_id=new_id)
    return RunStates(database=database, events=events, wait=no_wait)


async def running(database: SqlDatabase, run_id: str = "A") -> None:
    async with database.transaction() as transaction:
        await transaction.runs.add(run(run_id, status=RunStatus.RUNNING, started_at=MOMENT))


async def completed(database: Any, run_id: str = "A") -> None:
    states, outcome = states_on(database), outcome_of(run_id)
    await states.insist(lambda: states.completed(run_id, outcome, corr_id="c"), on=(Unavailable,))


async def shown(database: SqlDatabase, run_id: str = "A") -> tuple[Any, ...]:
    """Its status, what everybody is shown of it, and its events."""
    async with database.transaction() as transaction:
        found = await transaction.runs.find(run_id)
        rows = [(await transaction.records.rows(name, run_id, Query())).items for name in LISTS]
        result = await transaction.records.find_result(run_id, blobs=["equity", "report"])
    events = await database.log.read(EventFilter(run_id=run_id))
    return found and found.status, rows, result, [(each.id if "." in each.id else "", each.type) for each in events]


async def left(database: SqlDatabase) -> list[int]:
    """How many rows there are, shown or not."""
    async with database._storage.session() as session:
        tables = [metadata.tables[name] for name in (*LISTS, "backtest_results", "result_blobs")]
        return [(await session.read(select(func.count()).select_from(table)))[0][0] for table in tables]


def whole(run_id: str = "A") -> tuple[Any, ...]:
    """What is shown of a run whose record is whole: by hand, from what was given."""
    rows = [[make(run_id, k) for k in range(COUNT)] for make in (order_row, fill_row, trade_row)]
    events = [*((f"{run_id}.{k}", "orders.Created") for k in range(COUNT)), ("", "run.Completed")]
    return RunStatus.COMPLETED, _shown_as(rows), RESULT, events


def _shown_as(rows: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """Times as the API writes them: microseconds whole, or none."""
    for fill in rows[1]:
        fill["bar_timestamp"] = "2024-03-01T14:31:00.500000Z"
    return rows


def points() -> Iterator[tuple[int, bool]]:
    """Each transaction, gone wrong before it began and after its commit."""
    return ((at, is_late) for at in range(TRANSACTIONS) for is_late in (False, True))


async def test_completed_run_has_its_whole_record(database: SqlDatabase) -> None:
    await running(database)
    counted = Faulty(database)
    await completed(counted)
    assert await shown(database) == whole()
    assert counted.count == TRANSACTIONS
    assert await left(database) == [COUNT, COUNT, COUNT, 1, 4]


async def test_database_that_goes_away_at_any_point_gets_each_piece_once(database: SqlDatabase) -> None:
    for number, (at, is_late) in enumerate(points()):
        run_id = f"R{number}"
        await running(database, run_id)
        await completed(Faulty(database, error=Unavailable("away"), at=at, is_late=is_late), run_id)
        assert await shown(database, run_id) == whole(run_id), (at, is_late)


async def test_server_that_dies_at_any_point_leaves_all_or_nothing(database: SqlDatabase) -> None:
    for number, (at, is_late) in enumerate(points()):
        run_id = f"R{number}"
        await running(database, run_id)
        before = await left(database)
        with pytest.raises(Killed):
            await completed(Faulty(database, error=Killed(), at=at, is_late=is_late), run_id)
        if (at, is_late) == (TRANSACTIONS - 1, True):
            assert await shown(database, run_id) == whole(run_id)
            continue
        status, rows, result, events = await shown(database, run_id)
        assert (status, rows, result) == (RunStatus.RUNNING, [[], [], []], None), (at, is_late)
        assert events == whole(run_id)[3][: len(events)], "events come in their order, and run.Completed last"
        await recovered(database, run_id)
        assert await left(database) == before


async def recovered(database: SqlDatabase, run_id: str) -> None:
    """What the next server does."""
    states = states_on(database)
    await states.failed(run_id, "interrupted", corr_id="c")
    assert (await shown(database, run_id))[:3] == (RunStatus.ERROR, [[], [], []], None)
    for withheld in await states.withheld():
        await states.remove(withheld)
    assert await states.withheld() == []
    assert (await shown(database, run_id))[:3] == (RunStatus.ERROR, [[], [], []], None)


class PowerCut(Faulty):
    """Before the first events a database server goes down that had not yet written its last commit to the disk."""

    @asynccontextmanager
    async def transaction(self, **given: bool) -> AsyncIterator[Transaction]:
        if self.count == PIECES - 1:
            self.count += 1
            async with self.database._storage.session() as session:
                await session.write(text("DELETE FROM result_blobs WHERE name = 'report'"))
                await session.write(text(f"UPDATE runs SET pieces = {PIECES - 3}"))
                await session.commit()
            raise Unavailable("away")
        async with super().transaction(**given) as transaction:
            yield transaction


async def test_piece_that_a_power_cut_took_back_is_written_again(database: SqlDatabase) -> None:
    """Of commits that did not wait for the disk the last ones may be lost: the count of pieces is lost with them."""
    await running(database)
    await completed(PowerCut(database))
    assert await shown(database) == whole()


async def test_record_that_is_not_whole_is_not_published(database: SqlDatabase) -> None:
    await running(database)
    outcome, states = outcome_of("A"), states_on(database)
    with pytest.raises(Killed):
        await completed(Faulty(database, error=Killed(), at=TRANSACTIONS - 1))
    longer = replace(outcome, record=[*outcome.record, *outcome.record])
    async with database._storage.session() as session:  # as if all of them had been kept
        await session.write(text(f"UPDATE runs SET pieces = {len(longer.record) + 1}"))
        await session.commit()
    with pytest.raises(Unavailable, match="has lost some of the run's record"):
        await states.completed("A", longer, corr_id="c")
    assert (await shown(database))[0] is RunStatus.RUNNING


async def test_run_that_ended_otherwise_gets_no_record(database: SqlDatabase) -> None:
    await running(database)
    states = states_on(database)
    await states.stopped("A", "by the operator", corr_id="c")
    await completed(database)
    assert (await shown(database))[:3] == (RunStatus.STOPPED, [[], [], []], None)
    assert await left(database) == [0] * 5


async def test_record_that_cannot_be_kept_is_removed_with_the_pieces_before_it(database: SqlDatabase) -> None:
    await running(database)
    outcome = outcome_of("A")

    async def refused(transaction: Transaction) -> None:
        await transaction.records.add_orders([order_row("A", 99, quantity="ten")])

    broken = replace(outcome, record=[*outcome.record[:4], record.RecordPiece(write=refused), *outcome.record[5:]])
    states = states_on(database)
    with pytest.raises(Exception, match="ten"):
        await states.completed("A", broken, corr_id="c")
    assert await left(database) == [COUNT, COUNT, 0, 0, 0]
    await recovered(database, "A")
    assert await left(database) == [0] * 5

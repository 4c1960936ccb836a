"""Records in pieces: nobody is shown one that is not whole, whatever happens while it is written or removed."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.contracts.builders import (
    Opener,
    add_run,
    event,
    fill_row,
    keep_result,
    on_kept,
    order_row,
    remove_record,
    run,
    trade_row,
)
from weaver.events.filter import EventFilter
from weaver.model.errors import Conflict
from weaver.model.record import Query, StoredResult
from weaver.model.run import RunMode, RunStatus
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.rows import outbox, withheld
from weaver.walle.database.rows.tables import metadata

pytestmark = pytest.mark.anyio

LISTS = ("orders", "fills", "trades")
ROWS = (("orders", "0"), ("fills", "f0"))
RESULT = StoredResult(
    stats={"trades": 1}, record={}, warnings=[], positions={}, cash_flows=[], blobs={"equity": bytes(range(200))}
)


async def running(database: SqlDatabase, run_id: str) -> None:
    await add_run(database, run_id=run_id, status=RunStatus.RUNNING)


async def write(database: SqlDatabase, run_id: str, number: int, *, count: int = 1) -> bool:
    """Piece `number` of a record, of `count` orders, fills and trades; with the first one comes the result."""
    first = number * count
    async with database.transaction(patient=True, durable=False) as transaction:
        if not await transaction.withheld.claim(run_id, number):
            return False
        numbers = range(first, first + count)
        await transaction.records.add_orders([order_row(run_id, k) for k in numbers])
        await transaction.records.add_fills([fill_row(run_id, k) for k in numbers])
        await transaction.records.add_trades([trade_row(run_id, k) for k in numbers])
        if number == 0:
            await keep_result(transaction, run_id, RESULT)
    return True


async def shown(database: SqlDatabase, run_id: str) -> dict[str, Any]:
    """What everybody is shown of a run: how many rows are in each list, of its own and of all runs; one row; its
    result."""
    async with database.transaction() as transaction:
        records = transaction.records
        return {
            "own": [(await records.rows(name, run_id, Query())).total for name in LISTS],
            "items": [len((await records.rows(name, run_id, Query())).items) for name in LISTS],
            "all": [(await records.rows(name, None, Query())).total for name in LISTS],
            "one": [await records.find_row(name, f"{run_id}-{k}") is not None for name, k in ROWS],
            "result": await records.find_result(run_id, blobs=["equity"]),
        }  # fmt: skip


NOTHING = {"own": [0, 0, 0], "items": [0, 0, 0], "all": [0, 0, 0], "one": [False, False], "result": None}


async def complete(database: SqlDatabase, run_id: str, *, pieces: int) -> bool:
    async with database.transaction() as transaction:
        found = await transaction.runs.find(run_id)
        assert found is not None
        done = replace(found, status=RunStatus.COMPLETED)
        assert await transaction.runs.save(done, expected=RunStatus.RUNNING)
        return await transaction.withheld.publish(run_id, pieces=pieces)


async def rows_left(database: SqlDatabase, *tables: str) -> list[int]:
    """How many rows there are, shown or not."""
    async with database._storage.session() as session:
        chosen = [select(func.count()).select_from(metadata.tables[name]) for name in tables]
        return [(await session.read(each))[0][0] for each in chosen]


async def test_a_record_is_shown_when_it_is_published_and_not_before(database: SqlDatabase) -> None:
    await running(database, "A")
    for number in range(3):
        assert await write(database, "A", number, count=2)
        assert await shown(database, "A") == NOTHING
    assert await complete(database, "A", pieces=3)
    assert await shown(database, "A") == {
        "own": [6, 6, 6], "items": [6, 6, 6], "all": [6, 6, 6], "one": [True, True], "result": RESULT,
    }  # fmt: skip


async def test_a_record_that_is_written_hides_nobody_elses_rows(database: SqlDatabase) -> None:
    await running(database, "A")
    await running(database, "B")
    assert await write(database, "B", 0)
    assert await complete(database, "B", pieces=1)
    async with database.transaction() as transaction:
        await transaction.records.add_orders([order_row(None, id="manual")])
    assert await write(database, "A", 0)
    assert (await shown(database, "A"))["all"] == [2, 1, 1]
    assert (await shown(database, "B"))["own"] == [1, 1, 1]


async def test_each_piece_is_kept_once_and_in_order(database: SqlDatabase) -> None:
    await running(database, "A")
    assert not await write(database, "A", 1), "the first is still missing"
    assert await write(database, "A", 0)
    assert not await write(database, "A", 0), "it is kept already"
    async with database.transaction() as transaction:
        assert await transaction.withheld.pieces("A") == 1
    assert await write(database, "A", 1)
    async with database.transaction() as transaction:
        assert await transaction.withheld.pieces("A") == 2
        assert not await transaction.withheld.publish("A", pieces=3), "one was lost"
        assert not await transaction.withheld.publish("B", pieces=2)
    assert await rows_left(database, *LISTS) == [2, 2, 2]


async def test_a_piece_that_fails_is_not_counted(database: SqlDatabase) -> None:
    await running(database, "A")
    with pytest.raises(Conflict):
        async with database.transaction(patient=True) as transaction:
            assert await transaction.withheld.claim("A", 0)
            await transaction.records.add_orders([order_row("A", 1), order_row("A", 1)])
    async with database.transaction() as transaction:
        assert await transaction.withheld.pieces("A") == 0
        assert await transaction.withheld.all() == []


@pytest.mark.parametrize("status", [RunStatus.PENDING, RunStatus.ERROR, RunStatus.STOPPED, RunStatus.COMPLETED])
async def test_only_a_running_run_gets_pieces(database: SqlDatabase, status: RunStatus) -> None:
    await add_run(database, run_id="A", status=status)
    async with database.transaction() as transaction:
        assert await transaction.withheld.pieces("A") is None
        assert not await transaction.withheld.claim("A", 0)
        assert await transaction.withheld.pieces("nobody") is None


@pytest.mark.parametrize("mode", [RunMode.PAPER, RunMode.LIVE])
async def test_what_a_live_run_has_kept_is_never_withheld(database: SqlDatabase, mode: RunMode) -> None:
    await add_run(database, run_id="A", status=RunStatus.RUNNING, mode=mode)
    async with database.transaction() as transaction:
        await transaction.records.add_orders([order_row("A", 0)])
        assert await transaction.withheld.pieces("A") is None
        assert not await transaction.withheld.claim("A", 0)
        assert not await transaction.withheld.remove_some("A")
    assert (await shown(database, "A"))["own"] == [1, 0, 0]


async def test_what_a_failed_run_had_written_is_shown_to_nobody_and_removed(
    database: SqlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withheld, "_PARTS", tuple((table, name, 2) for table, name, _ in withheld._PARTS))
    await running(database, "A")
    await write(database, "A", 0, count=5)
    async with database.transaction() as transaction:
        assert not await transaction.withheld.remove_some("A"), "it is running: somebody writes it"
        found = await transaction.runs.find("A")
        assert found is not None
        await transaction.runs.save(replace(found, status=RunStatus.ERROR, error="…"), expected=RunStatus.RUNNING)
    assert await shown(database, "A") == NOTHING
    async with database.transaction() as transaction:
        assert await transaction.withheld.all() == ["A"]
    assert await remove_record(database, "A") == 3 + 3 + 3 + 1 + 1 + 1  # fills, trades, orders, both blobs, result, end
    assert await rows_left(database, *LISTS, "result_blobs", "backtest_results") == [0] * 5
    async with database.transaction() as transaction:
        assert await transaction.withheld.all() == []
        assert (await transaction.runs.list(Query())).total == 1


async def test_a_run_deleted_while_its_half_record_is_removed_stays_deleted(
    database: SqlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await running(database, "A")
    await write(database, "A", 0)
    async with database.transaction() as transaction:
        found = await transaction.runs.find("A")
        assert found is not None
        await transaction.runs.save(replace(found, status=RunStatus.ERROR, error="…"), expected=RunStatus.RUNNING)
    monkeypatch.setattr(withheld, "_PARTS", ())  # its rows are gone
    async with database.transaction() as removing:
        read = removing.withheld._session.read

        async def reading(statement: Any) -> Any:
            """Between this and the next statement somebody deletes the run."""
            rows = await read(statement)
            async with database.transaction() as deleting:
                assert await deleting.withheld.delete("A", expected=RunStatus.ERROR)
            return rows

        monkeypatch.setattr(removing.withheld._session, "read", reading)
        assert await removing.withheld.remove_some("A"), "there is all of the run left to remove"
    async with database.transaction() as transaction:
        assert await transaction.runs.find("A") is None
        assert await transaction.withheld.all() == ["A"]


async def test_a_deleted_run_is_gone_before_its_rows_are(
    database: SqlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "REMOVED_AT_ONCE", 2)
    await running(database, "A")
    await write(database, "A", 0, count=5)
    await complete(database, "A", pieces=1)
    await database.log.append([event("orders.Filled", run_id="A") for _ in range(5)])
    async with database.transaction() as transaction:
        assert not await transaction.withheld.delete("A", expected=RunStatus.RUNNING)
        assert await transaction.withheld.delete("A", expected=RunStatus.COMPLETED)
        transaction.append(event("run.Deleted", run_id="A"))
    assert await shown(database, "A") == NOTHING
    async with database.transaction() as transaction:
        assert await transaction.runs.find("A") is None
        assert (await transaction.runs.list(Query())).total == 0
        assert not await transaction.runs.save(run("A"), expected=RunStatus.COMPLETED)
        assert not await transaction.runs.hold("A", expected=RunStatus.COMPLETED)
        assert not await transaction.withheld.delete("A", expected=RunStatus.COMPLETED)
        assert await transaction.withheld.all() == ["A"]
    await remove_record(database, "A")
    assert await rows_left(database, *LISTS, "result_blobs", "backtest_results", "runs") == [0] * 6
    assert [each.type for each in await database.log.read(EventFilter(run_id="A"))] == ["run.Deleted"]


@on_kept
async def test_what_a_server_left_half_written_is_found_by_the_next_one(opener: Opener, storage: str) -> None:
    first = await opener.open()
    await running(first, "A")
    await write(first, "A", 0)
    await first.close()
    second = await opener.open()
    assert await shown(second, "A") == NOTHING
    async with second.transaction() as transaction:
        assert await transaction.withheld.all() == ["A"]
        assert await transaction.withheld.pieces("A") == 1

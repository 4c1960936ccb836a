"""What trading keeps beside everything else in the database: with runs, in lists, and until they are deleted."""

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from tests.contracts.builders import Opener, delete_run, event, fill_row, order_row
from tests.contracts.trading_builders import LIVE, PAPER, RUN, Kept, fill, on_database, order, submission, tick
from weaver.events.filter import EventFilter
from weaver.glados.trading.store import KeptTradingStore, KeptTransaction
from weaver.model.errors import Conflict, DataError
from weaver.model.record import Query
from weaver.model.run import RunStatus
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.rows import withheld
from weaver.walle.database.rows.tables import metadata

pytestmark = pytest.mark.anyio
TABLES = ("orders", "submissions", "fills", "recorded_inputs", "run_blobs", "runs")


@pytest.fixture
async def kept(opener: Opener) -> Kept:
    made = await on_database(opener)
    await made.add_run(RUN)
    return made


@pytest.fixture
def database(kept: Kept) -> SqlDatabase:
    assert kept.database is not None
    return kept.database


async def rows_left(database: SqlDatabase, *tables: str) -> list[int]:
    async with database._storage.session() as session:
        chosen = [select(func.count()).select_from(metadata.tables[name]) for name in tables]
        return [(await session.read(each))[0][0] for each in chosen]


async def trade(kept: Kept, run_id: str, *, orders: int) -> None:
    """Something in every table, of one run."""
    made = [order(number, id=f"{run_id}-{number}", run_id=run_id) for number in range(1, orders + 1)]
    async with kept.store.transaction() as transaction:
        await transaction.put_orders(made)
        await transaction.put_submissions([submission(each) for each in made])
        await transaction.add_fills([fill(each) for each in made])
        await transaction.add_ticks([tick(number, run_id) for number in range(orders)])
        await transaction.put_state(f"run {run_id}", {"halted": "a limit"})
        await transaction.put_state(f"run {run_id} risk", {"high": "1"})
        await transaction.put_state(f"ledger alpaca paper {run_id}", {"cash": "1"})
        await transaction.put_state(f"ledger simulated paper {run_id} manual", {"cash": "0"})
        await transaction.put_blob(run_id, b"shared")
        await transaction.put_blob(run_id, f"only {run_id}".encode())
        transaction.append(event("orders.Filled", run_id=run_id))


async def test_everything_of_a_deleted_run_goes_piece_by_piece(
    kept: Kept, database: SqlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [(table, name, min(count, 2)) for table, name, count in withheld._PARTS]
    monkeypatch.setattr(withheld, "_PARTS", tuple(parts))
    await kept.add_run("r2")
    await trade(kept, RUN, orders=5)
    await trade(kept, "r2", orders=3)
    async with kept.store.transaction() as transaction:
        await transaction.put_orders([order(0, id="manual", run_id=None)])
        await transaction.put_state("risk", {"switch": True})
        await transaction.put_state("run r22", {"of": "another"})
        await transaction.put_state("asked r-1 alpaca paper", {"of": "an order by hand"})
    await delete_run(database, RUN, event("run.Deleted", run_id=RUN), status=RunStatus.RUNNING)
    assert await rows_left(database, *TABLES) == [4 + 5, 8, 8, 8, 4, 2], "it is running: nothing may be removed"
    async with database.transaction() as ending:
        await ending._runs._session.write(metadata.tables["runs"].update().values(status="stopped"))
    await delete_rest(database)
    assert await rows_left(database, *TABLES) == [3 + 1, 3, 3, 3, 2, 1]
    of_another = ["ledger alpaca paper r2", "ledger simulated paper r2 manual", "run r2", "run r2 risk"]
    left = sorted([*of_another, "asked r-1 alpaca paper", "risk", "run r22"])
    assert sorted(await kept.store.states("")) == left
    assert await kept.store.blob(sha256(b"shared").hexdigest()) == b"shared", "the other run needs it"
    assert await kept.store.blob(sha256(b"only r").hexdigest()) is None
    assert [each.type for each in await database.log.read(EventFilter(run_id=RUN))] == ["run.Deleted"]
    await delete_run(database, "r2", status=RunStatus.STOPPED)
    assert await rows_left(database, *TABLES, "blobs") == [1, 0, 0, 0, 0, 0, 0]


async def test_bytes_that_were_altered_in_the_database_are_refused(kept: Kept, database: SqlDatabase) -> None:
    async with kept.store.transaction() as transaction:
        digest = await transaction.put_blob(RUN, b"warm-up")
    async with database.transaction() as altering:
        await altering._runs._session.write(metadata.tables["blobs"].update().values(content=b"warm-uq"))
    with pytest.raises(DataError, match=f"blob {digest} are not the bytes that were put there"):
        await kept.store.blob(digest)


@pytest.mark.parametrize("is_of_before", [False, True])
async def test_inputs_that_were_altered_in_the_database_are_marked(
    kept: Kept, database: SqlDatabase, is_of_before: bool
) -> None:
    """A tick that an earlier version wrote has no checksum: nobody can say."""
    async with kept.store.transaction() as transaction:
        await transaction.add_ticks([tick(number) for number in range(3)])
    table = metadata.tables["recorded_inputs"]
    change = table.update().where(table.c.run_id == RUN, table.c.number == 1)
    async with database.transaction() as altering:
        await altering._runs._session.write(change.values(inputs=b'{"number":7}'))
        if is_of_before:
            await altering._runs._session.write(change.values(digest=None))
    found = [one async for one in kept.store.ticks(RUN)]
    assert [one.is_altered for one in found] == [False, not is_of_before, False]
    assert [one.inputs for one in found] == [b'{"number":0}', b'{"number":7}', b'{"number":2}']


async def delete_rest(database: SqlDatabase) -> None:
    removing = True
    while removing:
        async with database.transaction(patient=True) as transaction:
            removing = await transaction.withheld.remove_some(RUN)


async def test_a_run_and_its_orders_change_together(kept: Kept, database: SqlDatabase) -> None:
    async def stop(run_status: RunStatus, client_order_id: str) -> None:
        async with database.transaction() as transaction:
            found = await transaction.runs.find(RUN)
            assert found is not None
            assert await transaction.runs.save(replace(found, status=run_status), expected=RunStatus.RUNNING)
            await KeptTransaction(transaction).put_orders([order(2, client_order_id=client_order_id)])

    async with kept.store.transaction() as transaction:
        await transaction.put_orders([order(1)])
    with pytest.raises(Conflict):
        await stop(RunStatus.ERROR, "r-1")
    assert await status_of(database) is RunStatus.RUNNING
    await stop(RunStatus.STOPPED, "r-2")
    assert await status_of(database) is RunStatus.STOPPED
    assert [each.number for each in (await kept.store.of_run(RUN)).orders] == [1, 2]


async def status_of(database: SqlDatabase) -> RunStatus | None:
    async with database.transaction() as transaction:
        found = await transaction.runs.find(RUN)
    return None if found is None else found.status


async def test_lists_show_what_trades_and_are_filtered_by_where(kept: Kept, database: SqlDatabase) -> None:
    bought = order(1, filled=Decimal(3), value=Decimal(10), reason="")
    async with kept.store.transaction() as transaction:
        await transaction.put_orders([bought, order(2, account=LIVE, client_order_id="mine")])
        await transaction.put_orders([order(0, id="m", run_id=None, account="simulated paper r7")])
        await transaction.add_fills([fill(bought), fill(order(2, account=LIVE))])

    async def ids(table: str, **filters: list[str]) -> list[str]:
        async with database.transaction() as transaction:
            page = await transaction.records.rows(table, None, Query(filters=filters))
        assert page.total == len(page.items)
        return [str(row["id"]) for row in page.items]

    assert await ids("orders") == ["r-1", "r-2", "m"]
    assert await ids("orders", venue=["alpaca"], mode=["live"]) == ["r-2"]
    assert await ids("orders", venue=["simulated"]) == ["m"]
    assert await ids("orders", client_order_id=["mine"]) == ["r-2"]
    assert await ids("orders", mode=["paper"], status=["pending"]) == ["r-1", "m"]
    assert await ids("fills", mode=["paper"]) == ["r-1-f1"]
    async with database.transaction() as transaction:
        row = await transaction.records.find_row("orders", "r-1")
        booked = await transaction.records.find_row("fills", "r-1-f1")
    assert row is not None
    assert booked is not None
    assert (row["average_price"], row["account"], row["reason"]) == ("3.333333333333333333", PAPER, None)
    assert (row["filled_quantity"], row["value"], row["reduces"]) == ("3", "10", False)
    assert "booked" not in booked


async def test_a_backtests_rows_are_nobodys_orders(kept: Kept, database: SqlDatabase) -> None:
    async with database.transaction() as transaction:
        await transaction.records.add_orders([order_row(RUN, 1, client_order_id="same"), order_row(RUN, 2)])
        await transaction.records.add_orders([order_row(RUN, 3, client_order_id="same", status="accepted")])
        await transaction.records.add_fills([fill_row(RUN, 1)])
    store = KeptTradingStore(database)
    assert (await store.of_run(RUN)).orders == []
    assert (await store.order(f"{RUN}-1")).orders == []
    assert (await store.working(PAPER)).orders == []

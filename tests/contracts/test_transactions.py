"""Rows and the events that report them: all or nothing, routed on the way."""

import asyncio
from dataclasses import replace

import pytest

from tests.contracts.builders import Opener, add_run, delete_run, event, fill_row, new_id, on_kept, order_row, run
from weaver.events.event import Event
from weaver.events.filter import EventFilter
from weaver.events.routing import routed
from weaver.model.errors import Conflict, InputError
from weaver.model.record import Query
from weaver.model.run import RunMode, RunStatus
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.transaction import SqlTransaction

pytestmark = pytest.mark.anyio


class Oops(Exception):
    """Raised by a test in the middle of something."""


async def test_rows_and_events_are_committed_together(database: SqlDatabase) -> None:
    async with database.transaction() as transaction:
        await transaction.runs.add(run("A"))
        transaction.append(event(run_id="A"), event("run.Started", run_id="A"))
        assert await database.log.bounds() == (0, 0) or database.storage == "memory"
    async with database.transaction() as transaction:
        assert await transaction.runs.find("A") is not None
    assert [each.type for each in await database.log.read()] == ["run.Created", "run.Started"]


async def test_a_block_that_raises_changes_nothing_and_tells_nobody(database: SqlDatabase) -> None:
    heard = listen(database)
    with pytest.raises(Oops):
        async with database.transaction() as transaction:
            await transaction.runs.add(run("A"))
            transaction.append(event())
            raise Oops
    async with database.transaction() as transaction:
        assert await transaction.runs.find("A") is None
    assert await database.log.read() == []
    await database.log.settled()
    assert heard == []


async def test_an_event_that_is_refused_takes_the_rows_with_it(database: SqlDatabase) -> None:
    first = event()
    await database.log.append([first])
    with pytest.raises(Conflict):
        async with database.transaction() as transaction:
            await transaction.runs.add(run("A"))
            transaction.append(first)
    with pytest.raises(InputError):
        async with database.transaction() as transaction:
            await transaction.runs.add(run("B"))
            transaction.append(event(payload={"text": "x" * 100_000}))
    async with database.transaction() as transaction:
        assert (await transaction.runs.list(Query())).total == 0
    assert len(await database.log.read()) == 1


async def test_a_transaction_whose_statement_failed_cannot_be_committed(database: SqlDatabase) -> None:
    await add_run(database, run_id="A")
    with pytest.raises(Conflict, match="a statement of this transaction had failed"):
        async with database.transaction() as transaction:
            await transaction.runs.add(run("B"))
            with pytest.raises(Conflict):
                await transaction.runs.add(run("A"))
            transaction.append(event())
    async with database.transaction() as transaction:
        assert await transaction.runs.find("B") is None
    assert await database.log.read() == []


async def test_a_cancelled_transaction_changes_nothing_and_blocks_nobody(database: SqlDatabase) -> None:
    inside = asyncio.Event()

    async def hold() -> None:
        async with database.transaction() as transaction:
            await transaction.runs.add(run("A"))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await inside.wait()
    waiting = asyncio.create_task(add_run(database, run_id="B"))
    task.cancel()
    await asyncio.wait([task])
    await waiting
    async with database.transaction() as transaction:
        assert [each.id for each in (await transaction.runs.list(Query())).items] == ["B"]


async def test_cancelling_at_any_point_leaves_all_or_nothing(database: SqlDatabase) -> None:
    async def change(name: str) -> None:
        async with database.transaction() as transaction:
            await transaction.runs.add(run(name))
            await transaction.records.add_orders([order_row(name, k) for k in range(3)])
            transaction.append(event(run_id=name), event(run_id=name))

    for steps in range(60):
        task = asyncio.create_task(change(f"run-{steps}"))
        for _ in range(steps):
            await asyncio.wait([asyncio.create_task(nothing())])
        task.cancel()
        await asyncio.wait([task])
    for steps in range(60):
        name = f"run-{steps}"
        async with database.transaction() as transaction:
            is_there = await transaction.runs.find(name) is not None
            orders = (await transaction.records.rows("orders", name, Query())).total
        events = len(await database.log.read(EventFilter(run_id=name)))
        assert (orders, events) == ((3, 2) if is_there else (0, 0))


@on_kept
async def test_reads_do_not_wait_for_a_writer_and_see_what_was_committed(opener: Opener, storage: str) -> None:
    database = await opener.open()
    async with database.transaction() as writer:
        await writer.runs.add(run("A"))
        async with asyncio.timeout(60), database.transaction() as reader:
            assert await reader.runs.find("A") is None
            assert await reader.runs.find("A") is None
    async with database.transaction() as reader:
        assert await reader.runs.find("A") is not None


async def test_reading_then_writing_never_fails_for_another_writer_in_between(database: SqlDatabase) -> None:
    """Where reads would pin a snapshot, SQLite would refuse the write."""
    await add_run(database, run_id="A")
    async with database.transaction() as slow:
        found = await slow.runs.find("A")
        assert found is not None
        await add_run(database, run_id="B")
        assert await slow.runs.save(replace(found, status=RunStatus.RUNNING), expected=RunStatus.PENDING)
    async with database.transaction() as transaction:
        assert (await transaction.runs.list(Query())).total == 2


# --- routing ---


def router_to(mode: RunMode, offered: list[str]) -> object:
    """A router that knows one mode, and notes what it was offered."""

    async def route(_transaction: SqlTransaction, request: Event) -> Event | None:
        offered.append(request.id)
        return routed(request, mode, new_id=new_id())

    return route


REQUESTS = {
    "strategy.FetchWindow": "FetchWindow",
    "strategy.PlaceRequest": "PlaceOrder",
    "strategy.CancelRequest": "CancelOrder",
}


@pytest.mark.parametrize(("mode", "domain"), [(RunMode.BACKTEST, "backtest"), (RunMode.LIVE, "live")])
async def test_each_request_gets_one_child_right_behind_it(opener: Opener, mode: RunMode, domain: str) -> None:
    offered: list[str] = []
    database = await opener.open(route=router_to(mode, offered))  # type: ignore[arg-type]
    requests = [event(type_, run_id="A", corr_id=type_, payload={"n": 1}) for type_ in REQUESTS]
    others = [event("orders.Filled"), event("strategy.Log")]
    await database.log.append([requests[0], others[0], requests[1], requests[2], others[1]])
    found = await database.log.read()
    assert [each.type for each in found] == [
        "strategy.FetchWindow",
        f"{domain}.FetchWindow",
        "orders.Filled",
        "strategy.PlaceRequest",
        f"{domain}.PlaceOrder",
        "strategy.CancelRequest",
        f"{domain}.CancelOrder",
        "strategy.Log",
    ]
    for request in requests:
        (child,) = await database.log.read(EventFilter(causation_id=request.id))
        assert (child.run_id, child.corr_id, child.payload) == ("A", request.corr_id, {"n": 1})
        parent = next(each for each in found if each.id == request.id)
        assert found.index(child) == found.index(parent) + 1
    assert sorted(offered) == sorted(each.id for each in [*requests, *others])


async def test_a_request_that_was_appended_with_its_child_gets_no_other(opener: Opener) -> None:
    database = await opener.open(route=router_to(RunMode.BACKTEST, []))  # type: ignore[arg-type]
    request = event("strategy.PlaceRequest")
    child = event("backtest.PlaceOrder", causation_id=request.id)
    await database.log.append([request, event("orders.Created"), child])
    assert [each.id for each in await database.log.read(EventFilter(types=("backtest.*",)))] == [child.id]


async def test_the_router_sees_the_transactions_own_rows(opener: Opener) -> None:
    modes = list[RunMode]()

    async def route(transaction: SqlTransaction, request: Event) -> Event | None:
        found = await transaction.runs.find(request.run_id or "")
        assert found is not None
        modes.append(found.mode)
        return None

    database = await opener.open(route=route)
    async with database.transaction() as transaction:
        await transaction.runs.add(run("A", mode=RunMode.PAPER))
        transaction.append(event("strategy.PlaceRequest", run_id="A"))
    assert modes == [RunMode.PAPER]


async def test_a_router_that_fails_fails_the_transaction(opener: Opener) -> None:
    async def route(_transaction: SqlTransaction, _request: Event) -> Event | None:
        raise Oops

    database = await opener.open(route=route)
    with pytest.raises(Oops):
        async with database.transaction() as transaction:
            await transaction.runs.add(run("A"))
            transaction.append(event())
    async with database.transaction() as transaction:
        assert await transaction.runs.find("A") is None
    assert await database.log.read() == []


# --- deleting ---


async def test_deleting_a_run_removes_its_record_and_keeps_the_event_that_says_so(database: SqlDatabase) -> None:
    for name in ("A", "B"):
        async with database.transaction() as transaction:
            await transaction.runs.add(run(name))
            await transaction.records.add_orders([order_row(name)])
            await transaction.records.add_fills([fill_row(name)])
            transaction.append(event(run_id=name), event("clock.Tick", run_id=name))
    await database.log.append([event()])
    await delete_run(database, "A", event("run.Deleted", run_id="A"))
    assert [(each.type, each.run_id) for each in await database.log.read()] == [
        ("run.Created", "B"),
        ("clock.Tick", "B"),
        ("run.Created", None),
        ("run.Deleted", "A"),
    ]
    async with database.transaction() as transaction:
        assert not await transaction.withheld.delete("A", expected=RunStatus.PENDING)
        assert (await transaction.records.rows("orders", None, Query())).total == 1
        assert (await transaction.records.rows("fills", None, Query())).total == 1


def listen(database: SqlDatabase) -> list[Event]:
    """What a subscriber of everything hears."""
    heard: list[Event] = []

    async def hear(each: Event) -> None:
        heard.append(each)

    database.log.subscribe(hear)
    return heard


async def nothing() -> None:
    """A turn of the loop."""

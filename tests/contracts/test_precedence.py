"""An order's commit goes before the next piece of a record."""

import asyncio
from collections.abc import Callable

import pytest

from tests.contracts.builders import add_run, event, new_id, order_row
from weaver.model.record import Query
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.engines.writers import Writers

pytestmark = pytest.mark.anyio


@pytest.fixture
def came(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Who has come to the line by now: whether each is patient."""
    found: list[bool] = []
    take = Writers.take

    async def told(self: Writers, *, patient: bool) -> None:
        found.append(patient)
        await take(self, patient=patient)

    monkeypatch.setattr(Writers, "take", told)
    return found


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)


async def test_an_order_goes_before_the_next_piece(database: SqlDatabase, came: list[bool]) -> None:
    done: list[str] = []
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def piece(name: str, *, holds: bool = False) -> None:
        async with database.transaction(patient=True, durable=False) as transaction:
            await transaction.records.add_orders([order_row(None, id=name)])
            if holds:
                inside.set()
                await go_on.wait()
        done.append(name)

    async def order(name: str) -> None:
        async with database.transaction() as transaction:
            await transaction.records.add_orders([order_row(None, id=name)])
            transaction.append(event(id=f"{name}.created"))
        done.append(name)

    first = asyncio.create_task(piece("piece 1", holds=True))
    await inside.wait()
    second = asyncio.create_task(piece("piece 2"))
    await until(lambda: came == [True, True])
    third = asyncio.create_task(order("order"))
    await until(lambda: third.done() or len(came) == 3)
    go_on.set()
    await asyncio.gather(first, second, third)
    assert done.index("order") < done.index("piece 2")
    async with database.transaction() as transaction:
        assert (await transaction.records.rows("orders", None, Query())).total == 3


async def test_events_of_pieces_and_orders_come_to_everybody_in_the_order_of_their_seq(database: SqlDatabase) -> None:
    heard: list[int] = []

    async def hear(one: object) -> None:
        heard.append(one.seq)  # type: ignore[attr-defined]

    database.log.subscribe(hear)
    polled: list[int] = []

    async def pieces() -> None:
        for _ in range(20):
            async with database.transaction(patient=True) as transaction:
                await transaction.records.add_orders([order_row(None, id=new_id())])
                transaction.append(*[event() for _ in range(30)])

    async def orders() -> None:
        for _ in range(60):
            await database.log.append([event()])

    async def poll() -> None:
        while len(polled) < 20 * 30 + 60:
            polled.extend(
                each.seq or 0 for each in await database.log.read(after=polled[-1] if polled else 0, limit=50)
            )
            await asyncio.sleep(0)

    async with asyncio.timeout(60):
        await asyncio.gather(pieces(), orders(), poll())
        await database.log.settled()
    assert heard == polled == sorted(set(polled))
    assert len(heard) == 660


async def test_a_piece_that_is_called_off_while_it_waits_blocks_nobody(database: SqlDatabase, came: list[bool]) -> None:
    await add_run(database)
    came.clear()
    inside = asyncio.Event()

    async def hold(patient: bool) -> None:
        async with database.transaction(patient=patient) as transaction:
            await transaction.records.add_orders([order_row(None, id=new_id())])
            inside.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold(True))
    await inside.wait()
    waiting = asyncio.create_task(hold(True))
    await until(lambda: came == [True, True])
    waiting.cancel()
    await asyncio.wait([waiting])
    holding.cancel()
    await asyncio.wait([holding])
    async with asyncio.timeout(60):
        for patient in (True, False):
            async with database.transaction(patient=patient) as transaction:
                transaction.append(event())

"""Consumers see each event at least once, and retention takes nothing away from them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import chain, repeat

import pytest
from structlog.testing import capture_logs

from tests.contracts.builders import MOMENT, FakeWait, Opener, event, later, on_kept
from weaver.events.event import Event
from weaver.events.log.consumer import BATCH, consume
from weaver.events.log.ports import Handler
from weaver.events.log.retention import is_kept, keep_pruned, last_before, prune_old
from weaver.model.errors import Unavailable
from weaver.walle.database.database import SqlDatabase

pytestmark = pytest.mark.anyio


class Killed(Exception):
    """Stands for the end of a process at that point."""


@asynccontextmanager
async def consuming(
    database: SqlDatabase, handler: Handler, types: list[str] | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(consume(database.log, "reader", handler, types=types, wait=FakeWait()))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def reached(database: SqlDatabase, seq: int) -> None:
    async with asyncio.timeout(60):
        while await database.log.offset("reader") < seq:
            await asyncio.to_thread(lambda: None)


async def test_a_consumer_sees_what_was_there_and_what_comes(database: SqlDatabase) -> None:
    seen: list[Event] = []

    async def note(each: Event) -> None:
        seen.append(each)

    await database.log.append([event() for _ in range(BATCH + 10)])
    async with consuming(database, note):
        await reached(database, (await database.log.bounds()).newest)
        await database.log.append([event(), event()])
        await reached(database, (await database.log.bounds()).newest)
    assert seen == await database.log.read(limit=10_000)
    assert database.log.subscriber_count == 0


async def test_killed_between_handler_and_offset_the_events_come_again(database: SqlDatabase) -> None:
    seen: list[str] = []
    await database.log.append([event(id=f"e{k}") for k in range(5)])

    async def die_at_the_last(each: Event) -> None:
        seen.append(each.id)
        if each.id == "e4":
            raise Killed

    async with consuming(database, die_at_the_last) as task:
        with pytest.raises(Killed):
            await task
    assert await database.log.offset("reader") == 0

    async def note(each: Event) -> None:
        seen.append(each.id)

    async with consuming(database, note):
        await reached(database, (await database.log.bounds()).newest)
    assert seen == ["e0", "e1", "e2", "e3", "e4"] * 2


@on_kept
async def test_a_consumer_goes_on_after_a_restart_where_it_was(opener: Opener, storage: str) -> None:
    seen: list[str] = []

    async def note(each: Event) -> None:
        seen.append(each.id)

    first = await opener.open()
    await first.log.append([event(id="one"), event(id="two")])
    async with consuming(first, note):
        await reached(first, (await first.log.bounds()).newest)
    await first.log.append([event(id="three")])
    await first.close()
    second = await opener.open()
    async with consuming(second, note):
        await reached(second, (await second.log.bounds()).newest)
    assert seen == ["one", "two", "three"]


async def test_events_of_other_types_move_the_offset_too(database: SqlDatabase) -> None:
    seen: list[str] = []

    async def note(each: Event) -> None:
        seen.append(each.type)

    await database.log.append([event("risk.Refused"), *(event("clock.Tick") for _ in range(5))])
    async with consuming(database, note, types=["risk.*"]):
        await reached(database, (await database.log.bounds()).newest)
    assert seen == ["risk.Refused"]


async def test_what_is_unavailable_is_tried_again(database: SqlDatabase) -> None:
    seen: list[str] = []

    async def fail_once(each: Event) -> None:
        seen.append(each.id)
        if len(seen) == 2:
            raise Unavailable("away")

    await database.log.append([event(id="one"), event(id="two")])
    wait = FakeWait()
    task = asyncio.create_task(consume(database.log, "reader", fail_once, wait=wait))
    try:
        with capture_logs() as logs:
            while await database.log.offset("reader") == 0:
                wait.pass_time()
                await asyncio.to_thread(lambda: None)
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert seen == ["one", "two", "one", "two"]
    assert [entry["event"] for entry in logs] == ["consumer_waits"]


# --- retention ---


async def test_consumer_that_could_not_begin_yet_holds_pruning_back(database: SqlDatabase) -> None:
    async def away(_event: Event) -> None:
        raise Unavailable("not now")

    await database.log.append([event("clock.Tick") for _ in range(3)])
    wait = FakeWait()
    with capture_logs() as logs:
        task = asyncio.create_task(consume(database.log, "slow", away, wait=wait))
        while not logs:
            await asyncio.to_thread(lambda: None)
        assert await database.log.prune(keep=lambda _: False, older_than_seq=2**62) == 0
        task.cancel()
        await asyncio.wait([task])
    assert len(await database.log.read()) == 3


@pytest.mark.parametrize(
    ("type_", "kept"),
    [
        ("clock.Tick", False),
        ("market.Bar", False),
        ("run.Progress", True),
        ("strategy.Log", True),
        ("data.WindowReady", False),
        ("data.Imported", True),
        ("run.Completed", True),
        ("orders.Filled", True),
        ("risk.Refused", True),
    ],
)
def test_high_volume_types_go_and_all_others_are_kept(type_: str, kept: bool) -> None:
    assert is_kept(type_) is kept


async def test_old_high_volume_events_go_and_young_ones_stay(database: SqlDatabase) -> None:
    for minute in range(10):
        await database.log.append([event("clock.Tick", ts=later(minute)), event("orders.Filled", ts=later(minute))])
    removed = await prune_old(database.log, now=lambda: later(65), max_age=timedelta(minutes=60))
    assert removed == 5
    left = await database.log.read()
    assert [each.ts for each in left if each.type == "clock.Tick"] == [later(minute) for minute in range(5, 10)]
    assert len(left) == 15


async def test_the_last_event_before_a_moment_is_found_across_gaps(database: SqlDatabase) -> None:
    await database.log.append([event(ts=later(minute)) for minute in range(40)])
    seqs = [each.seq or 0 for each in await database.log.read()]
    await database.log.append([event("clock.Tick", ts=later(40))])
    for minute in range(41):
        found = await last_before(database.log, later(minute))
        after = await database.log.read(after=found, limit=1)
        assert [each.ts for each in after] == [later(minute)]
    assert await last_before(database.log, later(100)) >= seqs[-1]
    assert await last_before(database.log, MOMENT) < seqs[0]


async def test_pruning_is_repeated(database: SqlDatabase) -> None:
    wait, times = FakeWait(), chain([later(0)], repeat(later(10**6)))
    await database.log.append([event("clock.Tick")])
    task = asyncio.create_task(keep_pruned(database.log, now=lambda: next(times), wait=wait))
    try:
        with capture_logs() as logs:
            while not logs:
                wait.pass_time()
                await asyncio.to_thread(lambda: None)
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert [(entry["event"], entry["removed"]) for entry in logs] == [("events_pruned", 1)]
    assert await database.log.read() == []


@on_kept
async def test_a_read_only_server_prunes_nothing_and_says_so(opener: Opener, storage: str) -> None:
    first, second = await opener.open(), await opener.open()
    await first.log.append([event("clock.Tick")])
    wait = FakeWait()
    task = asyncio.create_task(keep_pruned(second.log, now=lambda: later(10**6), wait=wait))
    try:
        with capture_logs() as logs:
            while len(logs) < 2:
                wait.pass_time()
                await asyncio.to_thread(lambda: None)
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert {entry["event"] for entry in logs} == {"events_not_pruned"}
    assert len(await second.log.read()) == 1

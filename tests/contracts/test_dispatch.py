"""Who hears of events, and when."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from tests.contracts.builders import Opener, event, on_kept, on_postgresql
from tests.postgres import connect
from weaver.events.event import Event
from weaver.walle.database.database import SqlDatabase

pytestmark = pytest.mark.anyio


def into(heard: list[Event]) -> Callable[[Event], Awaitable[None]]:
    async def hear(each: Event) -> None:
        heard.append(each)

    return hear


async def test_every_subscriber_hears_each_event_once_in_order_after_the_commit(database: SqlDatabase) -> None:
    one, two = list[Event](), list[Event]()
    database.log.subscribe(into(one))
    await database.log.append([event(), event()])
    database.log.subscribe(into(two))
    await asyncio.gather(*(database.log.append([event() for _ in range(3)]) for _ in range(5)))
    await database.log.settled()
    stored = await database.log.read()
    assert one == stored
    assert two == stored[-len(two) :]
    assert len(two) >= 15


async def test_a_subscription_hears_its_types_and_what_its_predicate_accepts(database: SqlDatabase) -> None:
    everything, runs, exact, chosen, nothing = (list[Event]() for _ in range(5))
    database.log.subscribe(into(everything))
    database.log.subscribe(into(runs), types=["run.*"])
    database.log.subscribe(into(exact), types=["orders.Filled", "run.Error"])
    database.log.subscribe(into(chosen), types=["run.*"], predicate=lambda each: each.run_id == "A")
    database.log.subscribe(into(nothing), types=[])
    await database.log.append(
        [
            event("run.Created", run_id="A"),
            event("run.Error", run_id="B"),
            event("orders.Filled", run_id="A"),
            event("runner.Created", run_id="A"),
        ]
    )
    await database.log.settled()
    assert [each.type for each in everything] == ["run.Created", "run.Error", "orders.Filled", "runner.Created"]
    assert [each.type for each in runs] == ["run.Created", "run.Error"]
    assert [each.type for each in exact] == ["run.Error", "orders.Filled"]
    assert [each.type for each in chosen] == ["run.Created"]
    assert nothing == []


async def test_a_handler_or_predicate_that_raises_harms_nobody_and_goes_on(database: SqlDatabase) -> None:
    heard, tried = list[Event](), list[str]()

    async def bad(each: Event) -> None:
        tried.append(each.type)
        raise ValueError("a bug of the handler's")

    def picky(each: Event) -> bool:
        if each.type == "run.Error":
            raise ValueError("a bug of the predicate's")
        return True

    picked: list[Event] = []
    database.log.subscribe(bad)
    database.log.subscribe(into(picked), predicate=picky)
    database.log.subscribe(into(heard))
    with capture_logs() as logs:
        await database.log.append([event("run.Created"), event("run.Error"), event("run.Stopped")])
        await database.log.settled()
    assert tried == ["run.Created", "run.Error", "run.Stopped"]
    assert [each.type for each in picked] == ["run.Created", "run.Stopped"]
    assert len(heard) == 3
    assert [entry["event"] for entry in logs].count("event_handler_failed") == 3
    assert [entry["event"] for entry in logs].count("event_predicate_failed") == 1
    assert database.log.subscriber_count == 3


async def test_a_slow_subscriber_is_dropped_with_a_warning_and_the_others_hear_all(database: SqlDatabase) -> None:
    stuck, heard, told = asyncio.Event(), list[Event](), list[str]()

    async def slow(_each: Event) -> None:
        await stuck.wait()

    database.log.subscribe(slow, queue_size_max=2, on_overflow=lambda: told.append("dropped"))
    database.log.subscribe(into(heard), queue_size_max=100)
    with capture_logs() as logs:
        for _ in range(5):
            await database.log.append([event(), event()])
        async with asyncio.timeout(60):
            await database.log.settled()
    assert told == ["dropped"]
    assert len(heard) == 10
    assert database.log.subscriber_count == 1
    assert [entry["log_level"] for entry in logs if entry["event"] == "event_subscriber_too_slow"] == ["warning"]


async def test_an_overflow_callback_that_raises_harms_nobody(database: SqlDatabase) -> None:
    async def slow(_each: Event) -> None:
        await asyncio.Event().wait()

    def broken() -> None:
        raise ValueError("a bug of the callback's")

    heard: list[Event] = []
    database.log.subscribe(slow, queue_size_max=1, on_overflow=broken)
    database.log.subscribe(into(heard))
    with capture_logs():
        await database.log.append([event() for _ in range(5)])
        await database.log.settled()
    assert len(heard) == 5


async def test_after_unsubscribing_nothing_is_heard_and_no_task_is_left(database: SqlDatabase) -> None:
    heard: list[Event] = []
    kept = database.log.subscribe(into(heard))
    gone = database.log.subscribe(into(heard))
    await database.log.unsubscribe(gone)
    await database.log.unsubscribe(gone)
    await database.log.unsubscribe("no such subscription")
    await database.log.append([event()])
    await database.log.settled()
    assert len(heard) == 1
    await database.log.unsubscribe(kept)
    assert database.log.subscriber_count == 0
    assert [task for task in asyncio.all_tasks() if task.get_name().startswith("subscription")] == []


async def test_a_handler_can_end_its_own_subscription(database: SqlDatabase) -> None:
    heard: list[Event] = []

    async def once(each: Event) -> None:
        heard.append(each)
        await database.log.unsubscribe(subscription)

    subscription = database.log.subscribe(once)
    await database.log.append([event(), event(), event()])
    await database.log.settled()
    assert len(heard) == 1
    assert database.log.subscriber_count == 0


async def test_a_handler_can_append_events_of_its_own(database: SqlDatabase) -> None:
    heard: list[str] = []

    async def answer(each: Event) -> None:
        heard.append(each.type)
        if each.type == "run.Created":
            await database.log.append([event("run.Started")])

    database.log.subscribe(answer)
    await database.log.append([event("run.Created")])
    async with asyncio.timeout(60):
        while len(heard) < 2:
            await database.log.settled()
    assert heard == ["run.Created", "run.Started"]


async def test_ten_thousand_events_in_one_transaction_are_all_heard(database: SqlDatabase) -> None:
    heard: list[Event] = []
    database.log.subscribe(into(heard), queue_size_max=1000)
    await database.log.append([event(payload={"k": k}) for k in range(10_000)])
    await database.log.settled()
    assert [each.payload["k"] for each in heard] == list(range(10_000))


async def test_closing_ends_every_task(opener: Opener) -> None:
    before = asyncio.all_tasks()
    database = await opener.open()
    database.log.subscribe(into([]))
    await database.log.append([event()])
    await database.close()
    assert asyncio.all_tasks() == before


# --- several servers on one database ---


@on_kept
async def test_events_of_before_are_read_but_not_dispatched(opener: Opener, storage: str) -> None:
    first = await opener.open()
    await first.log.append([event("run.Created")])
    second, heard = await opener.open(), list[Event]()
    second.log.subscribe(into(heard))
    await first.log.append([event("run.Started")])
    opener.wait.pass_time()
    await second.log.settled()
    assert [each.type for each in heard] == ["run.Started"]


@on_kept
async def test_another_server_hears_each_event_once_however_often_it_looks(opener: Opener, storage: str) -> None:
    first, second = await opener.open(), await opener.open()
    ours, theirs = list[Event](), list[Event]()
    first.log.subscribe(into(ours))
    second.log.subscribe(into(theirs))
    for _ in range(20):
        await first.log.append([event(), event()])
        opener.wait.pass_time()
        second.log.wake()
    await first.log.settled()
    await second.log.settled()
    stored = await first.log.read()
    assert len(stored) == 40
    assert ours == stored
    assert theirs == stored


@on_postgresql
async def test_notify_wakes_another_server_without_any_time_passing(opener: Opener, storage: str) -> None:
    first, second = await opener.open(), await opener.open()
    arrived, heard = asyncio.Event(), list[Event]()

    async def hear(each: Event) -> None:
        heard.append(each)
        arrived.set()

    second.log.subscribe(hear)
    await first.log.append([event(id="told")])
    async with asyncio.timeout(60):  # virtual time stands still: only the notification can tell
        await arrived.wait()
    assert [each.id for each in heard] == ["told"]


@on_postgresql
async def test_sql_from_outside_is_heard_too(opener: Opener, storage: str) -> None:
    database = await opener.open()
    arrived, heard = asyncio.Event(), list[Event]()

    async def hear(each: Event) -> None:
        heard.append(each)
        arrived.set()

    database.log.subscribe(hear)
    outside = await connect(opener.url or "")
    try:
        await outside.execute(
            "INSERT INTO outbox (id, kind, type, version, corr_id, ts, producer, headers, payload) "
            "VALUES ('outside', 'evt', 'run.Created', 1, 'c', now(), 'psql', '{}', '{}')"
        )
    finally:
        await outside.close()
    async with asyncio.timeout(60):
        await arrived.wait()
    assert [each.id for each in heard] == ["outside"]

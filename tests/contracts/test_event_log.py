"""What every event log promises."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.builders import MOMENT, Opener, event, new_id, on_kept, on_memory, on_postgresql, run, without_seq
from tests.postgres import connect
from weaver.events.codec import PAYLOAD_BYTES_MAX
from weaver.events.event import Event, Kind
from weaver.events.filter import EventFilter
from weaver.model.errors import Conflict, InputError
from weaver.walle.database.database import SqlDatabase

pytestmark = pytest.mark.anyio

TYPES = ("run.Created", "run.Error", "runner.Created", "orders.Filled", "backtest.PlaceOrder", "strategy.Log")


async def test_an_event_comes_back_as_it_was_recorded(database: SqlDatabase) -> None:
    full = event(
        "orders.Filled",
        kind=Kind.COMMAND,
        version=3,
        run_id="run-ä",
        corr_id="c",
        causation_id="parent",
        trace_id="trace",
        ts=datetime(2024, 3, 1, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-5))),
        producer="veda",
        headers={"a": "b\n"},
        payload={"price": "1.50", "nested": {"list": [1, 2.5, None, True]}, "text": "\x00 ’ 🙂 \\N \t"},
    )
    await database.log.append([full])
    (found,) = await database.log.read()
    assert replace(found, seq=None) == full
    assert found.ts.tzinfo is UTC


async def test_seq_rises_in_the_order_of_appending(database: SqlDatabase) -> None:
    batches = [[event() for _ in range(3)], [event()], [event() for _ in range(2)]]
    for batch in batches:
        await database.log.append(batch)
    found = await database.log.read()
    seqs = [each.seq for each in found]
    assert [each.id for each in found] == [each.id for batch in batches for each in batch]
    assert all(seqs)
    assert seqs == sorted(set(seqs), key=lambda seq: seq or 0)


async def test_nothing_appended_is_nothing_read(database: SqlDatabase) -> None:
    await database.log.append([])
    assert await database.log.read() == []
    assert await database.log.bounds() == (0, 0)
    assert not await database.log.contains(1)


async def test_bounds_and_contains_tell_what_is_kept(database: SqlDatabase) -> None:
    await database.log.append([event(), event(), event()])
    seqs = [each.seq or 0 for each in await database.log.read()]
    assert await database.log.bounds() == (seqs[0], seqs[-1])
    assert [await database.log.contains(seq) for seq in (seqs[0], seqs[-1], seqs[-1] + 1, 0, -1, 2**70)] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


async def test_reading_past_the_end_or_nothing_at_all_gives_nothing(database: SqlDatabase) -> None:
    await database.log.append([event()])
    newest = (await database.log.bounds()).newest
    assert await database.log.read(after=newest) == []
    assert await database.log.read(after=2**80) == []
    assert await database.log.read(limit=0) == []
    assert await database.log.read(EventFilter(types=())) == []


patterns = st.sampled_from([*TYPES, "run.*", "orders.*", "live.*", "*", "run", "Run.Created", "no.Such"])
drawn_events = st.lists(
    st.tuples(
        st.sampled_from(TYPES),
        st.sampled_from([None, "A", "B"]),
        st.sampled_from(["c1", "c2"]),
        st.sampled_from([None, "p1", "p2"]),
    ),
    max_size=12,
)


@given(
    drawn=drawn_events,
    types=st.none() | st.lists(patterns, max_size=3),
    run_id=st.sampled_from([None, "A", "B", "C"]),
    corr_id=st.sampled_from([None, "c1"]),
    causation_id=st.sampled_from([None, "p1"]),
    limit=st.integers(1, 14),
    skip=st.integers(0, 12),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_reading_filters_as_a_plain_loop_would(
    database: SqlDatabase,
    drawn: list[tuple[str, str | None, str, str | None]],
    types: list[str] | None,
    run_id: str | None,
    corr_id: str | None,
    causation_id: str | None,
    limit: int,
    skip: int,
) -> None:
    start, mark = (await database.log.bounds()).newest, new_id()
    made = [
        event(
            type_,
            run_id=of_run and f"{mark}-{of_run}",
            corr_id=corr,
            # one request has one child of a type: each parent is its event's own
            causation_id=cause and (f"{cause}-{k}-{mark}" if "." in type_ and type_.startswith("back") else cause),
        )
        for k, (type_, of_run, corr, cause) in enumerate(drawn)
    ]
    await database.log.append(made)
    stored = await database.log.read(after=start)
    after = stored[skip - 1].seq or 0 if 0 < skip <= len(stored) else start
    wanted_run = run_id and f"{mark}-{run_id}"

    def wanted(each: Event) -> bool:
        by_type = types is None or any(
            pattern in ("*", each.type) or (pattern.endswith(".*") and each.type.split(".")[0] == pattern[:-2])
            for pattern in types
        )
        return (
            by_type
            and (wanted_run is None or each.run_id == wanted_run)
            and (corr_id is None or each.corr_id == corr_id)
            and (causation_id is None or each.causation_id == causation_id)
            and (each.seq or 0) > after
        )

    chosen = EventFilter(
        types=None if types is None else tuple(types), run_id=wanted_run, corr_id=corr_id, causation_id=causation_id
    )
    expected = [each for each in stored if wanted(each)]
    assert await database.log.read(chosen, after=after, limit=limit) == expected[:limit]
    assert await database.log.read(chosen, after=after, limit=limit, skip=skip) == expected[skip : skip + limit]
    assert await database.log.count(chosen, after=after) == len(expected)
    assert without_seq(stored) == without_seq(made)


async def test_reading_the_events_of_one_order(database: SqlDatabase) -> None:
    odd = 'o"1%'
    made = [
        event("orders.Created", payload={"order_id": id_, "reason": "o2"}, run_id=of_run)
        for id_, of_run in (("o1", "r"), (odd, None), ("o11", "r"), ("o1", "s"))
    ]
    others = [{"parent_id": "o1"}, {"order_id": 1}, {"order_id": None}, {"inner": {"order_id": "o1"}}]
    await database.log.append([*made, *(event("orders.Created", payload=payload) for payload in others)])
    for id_, expected in (("o1", [made[0], made[3]]), (odd, [made[1]]), ("o2", []), ("O1", [])):
        chosen = EventFilter(types=("orders.*",), order_id=id_)
        found = await database.log.read(chosen)
        assert without_seq(found) == without_seq(expected)
        assert await database.log.count(chosen) == len(expected)
        assert [each for each in await database.log.read() if chosen.matcher()(each)] == found
        assert await database.log.read(replace(chosen, run_id="r")) == [each for each in found if each.run_id == "r"]


async def test_a_second_event_of_the_same_id_is_refused_with_all_that_came_with_it(database: SqlDatabase) -> None:
    first = event()
    await database.log.append([first])
    with pytest.raises(Conflict):
        await database.log.append([event(), replace(first, type="run.Error")])
    with pytest.raises(Conflict):
        twin = event()
        await database.log.append([twin, twin])
    assert [each.id for each in await database.log.read()] == [first.id]


@pytest.mark.parametrize("type_", ["backtest.PlaceOrder", "live.CancelOrder"])
async def test_a_request_has_one_child_of_a_type(database: SqlDatabase, type_: str) -> None:
    await database.log.append([event(type_, causation_id="request")])
    with pytest.raises(Conflict):
        await database.log.append([event(type_, causation_id="request")])
    await database.log.append([event(type_, causation_id="another"), event("orders.Filled", causation_id="request")])
    await database.log.append([event("orders.Filled", causation_id="request"), event(type_), event(type_)])
    assert len(await database.log.read()) == 6


async def test_a_payload_at_the_limit_is_kept_and_one_beyond_is_refused(database: SqlDatabase) -> None:
    around = len('{"t":""}')
    await database.log.append([event(payload={"t": "x" * (PAYLOAD_BYTES_MAX - around)})])
    with pytest.raises(InputError, match="store the content, and refer to it"):
        await database.log.append([event(payload={"t": "x" * (PAYLOAD_BYTES_MAX - around + 1)})])
    with pytest.raises(InputError, match="store the content"):
        await database.log.append([event(payload={"t": "ä" * (PAYLOAD_BYTES_MAX // 2)})])  # bytes, not letters
    assert len(await database.log.read()) == 1


@pytest.mark.parametrize("value", [object(), 2**70, "\ud800", {1: 2}], ids=["object", "huge", "surrogate", "key"])
async def test_a_payload_that_is_no_json_is_refused(database: SqlDatabase, value: object) -> None:
    with pytest.raises(InputError, match="cannot be written as JSON"):
        await database.log.append([event(payload={"value": value})])
    assert await database.log.read() == []


async def test_what_is_recorded_cannot_be_changed_from_outside(database: SqlDatabase) -> None:
    payload = {"list": [1]}
    await database.log.append([event(payload=payload)])
    payload["list"].append(2)
    assert (await database.log.read())[0].payload == {"list": [1]}


# --- pruning and offsets ---


async def test_pruning_removes_old_events_of_types_that_are_not_kept(database: SqlDatabase) -> None:
    await database.log.append([event("clock.Tick"), event("run.Created"), event("clock.Tick"), event("clock.Tick")])
    seqs = [each.seq or 0 for each in await database.log.read()]
    removed = await database.log.prune(keep=lambda type_: type_.startswith("run."), older_than_seq=seqs[2])
    assert removed == 2
    assert [each.seq for each in await database.log.read()] == [seqs[1], seqs[3]]
    assert await database.log.bounds() == (seqs[1], seqs[3])
    assert await database.log.prune(keep=lambda _: True, older_than_seq=2**70) == 0


async def test_pruning_stops_at_the_slowest_consumer(database: SqlDatabase) -> None:
    await database.log.append([event("clock.Tick") for _ in range(5)])
    seqs = [each.seq or 0 for each in await database.log.read()]
    await database.log.advance("fast", seqs[4])
    await database.log.advance("slow", seqs[1])
    assert await database.log.prune(keep=lambda _: False, older_than_seq=seqs[3]) == 2
    assert [each.seq for each in await database.log.read()] == seqs[2:]


async def test_a_seq_is_never_given_twice(database: SqlDatabase) -> None:
    await database.log.append([event("clock.Tick") for _ in range(3)])
    newest = (await database.log.bounds()).newest
    await database.log.prune(keep=lambda _: False, older_than_seq=newest)
    assert await database.log.bounds() == (0, 0)
    await database.log.append([event()])
    assert (await database.log.read())[0].seq > newest  # type: ignore[operator]


async def test_an_offset_starts_at_zero_and_never_goes_back(database: SqlDatabase) -> None:
    assert await database.log.offset("reader") == 0
    for seq in (7, 3, 7, 9, 8):
        await database.log.advance("reader", seq)
    assert await database.log.offset("reader") == 9
    assert await database.log.offset("another") == 0


async def test_a_consumer_begins_behind_all_that_there_is_and_once(database: SqlDatabase) -> None:
    await database.log.begin("early")
    await database.log.append([event() for _ in range(3)])
    newest = (await database.log.bounds()).newest
    await database.log.advance("behind", newest - 1)
    for name in ("early", "late", "late", "behind"):
        await database.log.begin(name)
    assert [await database.log.offset(name) for name in ("early", "late", "behind")] == [0, newest, newest - 1]


async def test_a_consumer_that_is_forgotten_holds_no_pruning_back_and_begins_anew(database: SqlDatabase) -> None:
    await database.log.append([event("clock.Tick") for _ in range(3)])
    seqs = [each.seq or 0 for each in await database.log.read()]
    await database.log.advance("gone", seqs[0])
    await database.log.advance("stays", seqs[1])
    for name in ("gone", "gone", "unknown"):
        await database.log.forget(name)
    assert await database.log.prune(keep=lambda _: False, older_than_seq=seqs[2]) == 2
    assert (await database.log.offset("gone"), await database.log.offset("stays")) == (0, seqs[1])


@on_kept
async def test_log_and_offsets_survive_a_restart(opener: Opener, storage: str) -> None:
    first = await opener.open()
    await first.log.append([event(), event()])
    before = await first.log.read()
    await first.log.advance("reader", before[0].seq or 0)
    await first.close()
    second = await opener.open()
    assert await second.log.read() == before
    assert await second.log.offset("reader") == before[0].seq
    await second.log.append([event()])
    assert len(await second.log.read(after=before[-1].seq or 0)) == 1


@on_memory
async def test_memory_seq_starts_from_the_clock_so_that_an_old_id_never_lies(opener: Opener, storage: str) -> None:
    first = await opener.open(now=MOMENT)
    await first.log.append([event(), event()])
    old = (await first.log.bounds()).newest
    assert old - 2 == int(MOMENT.timestamp() * 1_000_000)
    second = await opener.open(now=MOMENT + timedelta(seconds=1))
    await second.log.append([event()])
    assert not await second.log.contains(old)
    assert (await second.log.bounds()).oldest > old


# --- order of commits ---


async def test_a_reader_that_polls_by_seq_misses_nothing_while_writers_interleave(database: SqlDatabase) -> None:
    """Writers whose transactions are open at once, and a reader that never looks back."""
    seen: list[Event] = []
    writing = 3

    async def look() -> None:
        seen.extend(await database.log.read(after=seen[-1].seq or 0 if seen else 0))

    async def write(name: str) -> None:
        nonlocal writing
        for k in range(12):
            async with database.transaction() as transaction:
                transaction.append(event(run_id=f"{name}-{k}"))
                await transaction.runs.find("nobody")
                if k % 3:
                    await transaction.runs.add(run())  # takes SQLite's lock early, PostgreSQL's at the commit
                await transaction.runs.find("nobody")
                transaction.append(event(run_id=f"{name}-{k}"))
        writing -= 1

    async def poll() -> None:
        while writing:
            await look()

    async with asyncio.TaskGroup() as group:
        group.create_task(poll())
        for name in ("one", "two", "three"):
            group.create_task(write(name))
    await look()
    assert seen == await database.log.read()
    assert len(seen) == 72
    assert [a.run_id for a in seen[::2]] == [b.run_id for b in seen[1::2]]  # what one transaction appended is together
    for name in ("one", "two", "three"):
        assert [each.run_id for each in seen[::2] if (each.run_id or "").startswith(name)] == [
            f"{name}-{k}" for k in range(12)
        ]


@on_postgresql
async def test_a_writer_outside_weaver_cannot_commit_a_smaller_seq_late(opener: Opener, storage: str) -> None:
    database = await opener.open()
    outside = await connect(opener.url or "")
    insert = (
        "INSERT INTO outbox (seq, id, kind, type, version, corr_id, ts, producer, headers, payload) "
        "VALUES (1, 'outside', 'evt', 'run.Created', 1, 'c', now(), 'psql', '{}', '{\"a\": 1}')"
    )
    try:
        transaction = outside.transaction()
        await transaction.start()
        await outside.execute(insert)
        ours = asyncio.create_task(database.log.append([event(id="ours")]))
        async with asyncio.timeout(60):
            while not await is_waiting_for_a_lock(outside):
                assert not ours.done()
        assert await database.log.read() == []
        await transaction.commit()
        await ours
    finally:
        await outside.close()
    found = await database.log.read()
    assert [each.id for each in found] == ["outside", "ours"]
    assert found[0].payload == {"a": 1}


async def is_waiting_for_a_lock(connection: Any) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return bool(await connection.fetchval(waiting))

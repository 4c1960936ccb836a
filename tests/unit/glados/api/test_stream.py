"""The event stream: what a client gets, in which order, and what becomes of one that does not keep up."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.glados.asgi_stream import AsgiStream
from tests.unit.glados.conftest import TOKEN, Api, running_api
from tests.unit.glados.fakes import FakeIds, an_event, away
from weaver.events.event import Event
from weaver.events.log.ports import LogBounds
from weaver.glados.clock.wall import SystemWallClock
from weaver.glados.stream import hub as sse
from weaver.glados.stream.hub import QUEUE_SIZE_MAX, StreamFilter
from weaver.glados.stream.response import REPLAY_BATCH, EventStream, beginning
from weaver.model.errors import Unavailable
from weaver.walle.database.opening import open_database

pytestmark = pytest.mark.anyio


async def happen(api: Api, *types: str, run_id: str | None = None) -> None:
    await api.log.append([an_event(f"e{next(api.happened)}", type_, run_id=run_id) for type_ in types])
    await api.log.settled()


async def test_event_arrives_as_one_frame_of_id_event_and_data(api: Api) -> None:
    async with AsgiStream(api.app) as stream:
        before = len(stream.chunks)
        await api.log.append([an_event("e1", "run.Started", run_id="r1", payload={"run_id": "r1", "queued": True})])
        await api.log.settled()
        await stream.settle()
        assert b"".join(stream.chunks[before:]) == (
            b'id: 1\nevent: run.Started\ndata: {"run_id":"r1","queued":true}\n\n'
        )


async def test_answer_is_an_event_stream_that_nobody_keeps(api: Api) -> None:
    async with AsgiStream(api.app) as stream:
        assert stream.status == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"
        assert "content-length" not in stream.headers


async def test_client_learns_at_once_that_it_is_connected_and_where_it_stands(api: Api) -> None:
    await happen(api, "run.Created", "run.Started")
    async with AsgiStream(api.app) as stream:
        assert stream.body.startswith(b": connected\n")
        assert stream.frames == []
        assert stream.last_event_id == "2"


async def test_without_an_id_the_stream_starts_now(api: Api) -> None:
    await happen(api, "run.Created")
    for headers in ({}, {"Last-Event-ID": ""}):
        async with AsgiStream(api.app, headers=headers) as stream:
            await happen(api, "run.Started", "run.Stopped")
            await stream.settle()
            assert stream.ids == [str(event.seq) for event in (await api.events())[-2:]]


@pytest.mark.parametrize("query", [
    "run_id=", "types=", "types=,", "types=%20,%20", "types=run.*&types=", "after=", "after=abc", "after=1.5",
])  # fmt: skip
async def test_parameter_that_says_nothing_is_refused_and_not_left_out(api: Api, query: str) -> None:
    async with AsgiStream(api.app, query) as answer:
        assert answer.status == 422
    body = json.loads(answer.body)
    assert body["code"] == "invalid_shape"
    assert body["details"][0]["field"].startswith(f"query.{query.partition('=')[0]}")


@pytest.mark.parametrize("way", ["header", "query", "both"])
async def test_reconnecting_replays_what_was_missed_then_goes_live(api: Api, way: str) -> None:
    await happen(api, *["run.Progress"] * 5)
    headers = {"Last-Event-ID": "2"} if way != "query" else {}
    query = {"header": "", "query": "after=2", "both": "after=4"}[way]
    async with AsgiStream(api.app, query, headers=headers) as stream:
        await happen(api, "run.Completed")
        await stream.settle()
        assert stream.ids == ["3", "4", "5", "6"]


async def test_after_zero_replays_the_whole_log_in_order(api: Api) -> None:
    count = 2 * REPLAY_BATCH + 10
    await happen(api, *["run.Progress"] * count)
    async with AsgiStream(api.app, "after=0") as stream:
        await happen(api, "run.Completed")
        await stream.settle()
        assert stream.ids == [str(seq) for seq in range(1, count + 2)]


async def test_events_that_happen_during_the_replay_come_once_and_in_order(api: Api) -> None:
    await happen(api, *["run.Progress"] * (REPLAY_BATCH + 3))
    read, looks, has_looked_twice = api.log.read, 0, asyncio.Event()

    async def slow_read(*wanted: Any, **options: Any) -> list[Event]:
        nonlocal looks
        found = await read(*wanted, **options)
        await happen(api, "run.Progress")  # committed behind the back of each look at the log
        looks += 1
        if looks == 2:
            has_looked_twice.set()
        return found

    api.log.read = slow_read  # type: ignore[method-assign]
    async with AsgiStream(api.app, "after=0") as stream:
        await has_looked_twice.wait()
        api.log.read = read  # type: ignore[method-assign]
        await happen(api, "run.Completed")
        async with asyncio.timeout(60):
            while len(stream.ids) < await api.log.count():
                await asyncio.sleep(0.001)
        assert stream.ids == [str(event.seq) for event in await api.events()]
        assert len(stream.ids) >= REPLAY_BATCH + 6


@settings(max_examples=25)  # each starts an application of its own
@given(
    total=st.integers(0, 30),
    cuts=st.lists(st.integers(0, 30), max_size=5),
    types=st.sampled_from(["", "types=run.*", "run_id=r1"]),
)
def test_any_number_of_reconnections_loses_and_repeats_nothing(
    tmp_path_factory: pytest.TempPathFactory, total: int, cuts: list[int], types: str
) -> None:
    async def scenario() -> None:
        async with running_api(tmp_path_factory.getbasetemp(), []) as api:
            last, seen, happened = "0", [], 0
            for cut in [*sorted(cuts), total]:
                async with AsgiStream(api.app, types, headers={"Last-Event-ID": last}) as stream:
                    while happened < min(cut, total):
                        run, type_ = f"r{happened % 2}", "run.Progress" if happened % 3 else "orders.Filled"
                        await happen(api, type_, run_id=run)
                        happened += 1
                    await stream.settle()
                    seen += stream.ids
                    last = stream.last_event_id or last
                if happened < total:  # one that nobody hears live
                    await happen(api, "run.Progress", run_id="r1")
                    happened += 1
            async with AsgiStream(api.app, types, headers={"Last-Event-ID": last}) as stream:
                seen += stream.ids
            wanted = [
                str(event.seq)
                for event in await api.events()
                if types in ("", "types=run.*" if event.type.startswith("run.") else "", f"run_id={event.run_id}")
            ]
            assert seen == wanted

    asyncio.run(scenario())


@pytest.mark.parametrize("last", ["99", "-3", "abc", "9" * 30, "2"], ids=["newer", "minus", "word", "huge", "pruned"])
async def test_id_that_the_log_does_not_have_is_reset_and_then_live(api: Api, last: str) -> None:
    await happen(api, "run.Progress", "run.Progress", "run.Created")
    await api.log.prune(keep=lambda type_: type_ == "run.Created", older_than_seq=2)
    async with AsgiStream(api.app, headers={"Last-Event-ID": last}) as stream:
        (reset,) = stream.frames
        assert reset.event == "stream.Reset"
        told = json.loads(reset.data or "")
        assert told["newest"] == 3
        assert last in told["reason"]
        assert "reload" in told["reason"]
        assert stream.last_event_id == "3"
        await happen(api, "run.Started")
        await stream.settle()
        assert stream.ids[1:] == ["4"]


@pytest.mark.parametrize("after", ["99", "-3", str(2**63 - 1), str(2**63), "9" * 1_000])
async def test_after_that_the_log_does_not_have_is_reset_too(api: Api, after: str) -> None:
    await happen(api, "run.Progress")
    async with AsgiStream(api.app, f"after={after}") as stream:
        (reset,) = stream.frames
        assert reset.event == "stream.Reset"
        told = json.loads(reset.data or "")
        assert told["newest"] == 1
        assert f"event {after[:150]}" in told["reason"]
        assert len(told["reason"]) < 300


async def test_last_event_id_may_have_blanks_around_it(api: Api) -> None:
    await happen(api, "run.Progress", "run.Progress")
    async with AsgiStream(api.app, headers={"Last-Event-ID": " 1 "}) as stream:
        assert stream.ids == ["2"]


async def test_stream_of_a_run_has_no_event_of_another_and_none_without_a_run(api: Api) -> None:
    for query in ("run_id=r1", "run_id=r1&after=0"):
        async with AsgiStream(api.app, query) as stream:
            for run_id in ("r2", None, "r1", "r2", "r10"):
                await happen(api, "orders.Filled", "data.Imported", "strategy.Log", run_id=run_id)
            await stream.settle()
            assert {json.loads(frame.data or "")["run_id"] for frame in stream.frames} == {"r1"}
            assert len(stream.frames) == (3 if "after" not in query else 6)


@pytest.mark.parametrize(
    ("types", "wanted"),
    [
        ("run.Started", ["run.Started"]),
        ("run.Started,%20orders.Filled", ["run.Started", "orders.Filled"]),
        ("run.*", ["run.Started", "run.Progress"]),
        ("data.*", ["data.Imported"]),
        ("data.WindowReady", ["data.WindowReady"]),
        ("clock.*", ["clock.Tick"]),
        ("*", ["run.Started", "run.Progress", "orders.Filled", "data.Imported"]),
        ("run.Started&types=orders.Filled", ["run.Started", "orders.Filled"]),
        ("run.*&types=*", ["run.Started", "run.Progress", "orders.Filled", "data.Imported"]),
        ("orders.Filled,", ["orders.Filled"]),
    ],
)
@pytest.mark.parametrize("when", ["live", "replayed"])
async def test_types_choose_what_comes_live_and_replayed(api: Api, types: str, wanted: list[str], when: str) -> None:
    all_types = ["run.Started", "clock.Tick", "run.Progress", "orders.Filled", "data.Imported", "data.WindowReady"]
    if when == "replayed":
        await happen(api, *all_types)
    async with AsgiStream(api.app, f"types={types}" + ("&after=0" if when == "replayed" else "")) as stream:
        if when == "live":
            await happen(api, *all_types)
        await stream.settle()
        assert [frame.event for frame in stream.frames] == wanted


@pytest.mark.parametrize("types", ["run.started", "nobody.*", "run", "run.Started,Filled", "r*"])
async def test_unknown_type_is_400_and_says_what_there_is(api: Api, types: str) -> None:
    answer = await api.client.get("/api/v1/events/stream", params={"types": types})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
    assert "orders.*" in answer.json()["message"]


async def test_comment_keeps_an_idle_stream_alive_every_15_seconds(api: Api) -> None:
    async with AsgiStream(api.app) as stream:
        before = len(stream.body)
        await api.clock.forward(14)
        await stream.settle()
        assert len(stream.body) == before
        for _ in range(2):
            await api.clock.forward(15)
            await stream.settle()
        assert stream.body[before:] == b": keep-alive\n\n" * 2


async def test_each_event_is_made_into_bytes_once_for_all_clients(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    real = sse.frame_of

    def counting(event: Event) -> sse.StreamFrame:
        made.append(event.id)
        return real(event)

    monkeypatch.setattr(sse, "frame_of", counting)
    async with AsgiStream(api.app) as one, AsgiStream(api.app) as two, AsgiStream(api.app, "types=run.*") as three:
        await happen(api, "run.Started", "run.Progress")
        for stream in (one, two, three):
            await stream.settle()
            assert stream.ids == ["1", "2"]
    assert made == ["e0", "e1"]
    assert api.log.subscriber_count == 1


async def test_client_that_stops_reading_is_reset_and_nobody_else_notices(api: Api) -> None:
    async with AsgiStream(api.app) as good, AsgiStream(api.app) as bad:
        bad.stop_reading()
        count = QUEUE_SIZE_MAX + 200
        for _ in range(count):
            await happen(api, "run.Progress")
            await asyncio.sleep(0)
        await good.settle()
        assert good.ids == [str(seq) for seq in range(1, count + 1)]
        bad.read_on()
        for _ in range(20):
            await bad.settle()
        assert bad.is_over
        assert bad.is_complete
        assert bad.frames[-1].event == "stream.Reset"
        assert bad.frames[-1].id == str(count)
        kept = [frame.id for frame in bad.frames[:-1]]
        assert kept == [str(seq) for seq in range(1, len(kept) + 1)], "what came before the reset has no hole"
        await happen(api, "run.Completed")
        await good.settle()
        assert good.ids[-1] == str(count + 1)


async def test_client_that_never_reads_again_is_cut_off_after_a_while(api: Api) -> None:
    async with AsgiStream(api.app) as stuck:
        stuck.stop_reading()
        for _ in range(QUEUE_SIZE_MAX + 200):
            await happen(api, "run.Progress")
        await stuck.settle()
        assert not stuck.is_over
        await api.clock.forward(5)
        await stuck.settle()
        assert stuck.is_over
    assert (await metric(api, "weaver_stream_resets_total")) == 1
    assert (await metric(api, "weaver_stream_clients")) == 0


async def test_log_dropping_the_hub_resets_every_client_and_streams_work_again(open_api: Callable[..., Any]) -> None:
    async with open_api(queue_size_max=1) as api:
        async with AsgiStream(api.app) as old:
            await happen(api, "run.Created", "run.Started", "run.Completed")  # at once: more than may wait
            await old.settle()
            assert old.frames[-1].event == "stream.Reset"
            assert old.is_complete
        async with AsgiStream(api.app) as new:
            await happen(api, "run.Started")
            await new.settle()
            assert new.ids == ["4"]
        assert api.log.subscriber_count == 1


async def test_shutdown_ends_every_stream_at_once(api: Api) -> None:
    async with AsgiStream(api.app) as stream, AsgiStream(api.app, "run_id=r1") as other:
        api.services.hub.close()
        for one in (stream, other):
            await one.settle()
            assert one.is_complete
        late = await api.client.get("/api/v1/events/stream")
        assert late.status_code == 503


async def test_shutdown_does_not_wait_for_a_client_that_does_not_read(api: Api) -> None:
    async with AsgiStream(api.app) as stuck:
        stuck.stop_reading()
        await happen(api, "run.Started")
        await stuck.settle()
        api.services.hub.close()
        await stuck.settle()
        await api.clock.forward(1)
        await stuck.settle()
        assert stuck.is_over


async def test_client_that_hangs_up_leaves_nothing_behind(api: Api) -> None:
    async with AsgiStream(api.app) as stream:
        assert await metric(api, "weaver_stream_clients") == 1
        stream.hang_up()
        await stream.settle()
        assert stream.is_over
    assert await metric(api, "weaver_stream_clients") == 0
    await happen(api, "run.Started")


async def test_client_whose_connection_breaks_in_a_write_leaves_nothing_behind(api: Api) -> None:
    async with AsgiStream(api.app) as stream:
        stream.is_broken = True
        await happen(api, "run.Started")
        await stream.settle()
        assert stream.is_over
    assert await metric(api, "weaver_stream_clients") == 0
    assert [line for line in api.logged if line["log_level"] == "error"] == []


async def test_more_streams_than_there_is_room_for_are_503(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "CLIENTS_MAX", 1)
    async with AsgiStream(api.app), AsgiStream(api.app) as second:
        assert second.status == 503


@pytest.mark.parametrize("after", [{"after": 3}, {}])
async def test_log_that_is_away_is_503_before_the_stream_begins(api: Api, after: dict[str, int]) -> None:
    with away(api.log):
        answer = await api.client.get("/api/v1/events/stream", params=after)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert await metric(api, "weaver_stream_clients") == 0


async def test_client_is_answered_only_when_it_will_miss_nothing(api: Api) -> None:
    bounds, may_look = api.log.bounds, asyncio.Event()

    async def slow_bounds() -> LogBounds:
        found = await bounds()
        await may_look.wait()
        return found

    api.log.bounds = slow_bounds  # type: ignore[method-assign]
    async with AsgiStream(api.app) as stream:
        assert stream.status is None
        await happen(api, "run.Started")  # after the look at the log, and before the answer
        may_look.set()
        await stream.settle()
        assert (stream.status, stream.ids) == (200, ["1"])


async def test_client_that_takes_nothing_of_what_it_missed_is_reset(api: Api) -> None:
    await happen(api, *["run.Progress"] * (3 * REPLAY_BATCH))
    stuck, slow = AsgiStream(api.app, "after=0", reads=1), AsgiStream(api.app, "after=0", reads=1)
    async with stuck, slow:
        await api.clock.forward(29)
        slow.read_on()
        await slow.settle()
        slow.stop_reading()
        await api.clock.forward(29)
        assert not slow.is_over
        await api.clock.forward(30)  # who takes nothing is looked for every thirty seconds
        await stuck.settle()
        await api.clock.forward(5)
        await stuck.settle()
        assert stuck.is_over
        assert len(slow.ids) == 3 * REPLAY_BATCH
    assert await metric(api, "weaver_stream_resets_total") == 1


async def test_log_that_goes_away_during_the_replay_ends_the_stream_without_a_hole(api: Api) -> None:
    await happen(api, *["run.Progress"] * (REPLAY_BATCH + 5))
    read, reads = api.log.read, 0

    async def failing(*wanted: Any, **options: Any) -> list[Event]:
        nonlocal reads
        reads += 1
        if reads > 1:
            raise Unavailable("the database does not answer")
        return await read(*wanted, **options)

    api.log.read = failing  # type: ignore[method-assign]
    async with AsgiStream(api.app, "after=0") as stream:
        assert stream.is_complete
        assert stream.ids == [str(seq) for seq in range(1, REPLAY_BATCH + 1)]


async def test_stream_needs_the_token_and_takes_the_cookie(open_api: Callable[..., Any]) -> None:
    async with open_api(token=TOKEN) as api:
        async with AsgiStream(api.app) as stream:
            assert stream.status == 401
        signed_in = await api.client.post("/api/v1/session", json={"token": TOKEN})
        cookie = signed_in.headers["set-cookie"].split(";")[0]
        async with AsgiStream(api.app, headers={"Cookie": cookie}) as stream:
            assert stream.status == 200


async def test_streams_of_a_real_log_lose_and_repeat_nothing_while_it_is_written_to(tmp_path: Path) -> None:
    wall, new_id = SystemWallClock(), FakeIds()
    database = await open_database("memory", home=tmp_path, now=wall.now, new_id=new_id, route=None)
    hub = sse.Hub(log=database.log, wait=wall.sleep, on_event=lambda _: None, on_reset=lambda: None)
    events = [an_event(f"e{k}", "run.Progress", run_id=f"r{k % 2}") for k in range(400)]

    async def write() -> None:
        for event in events:
            await database.log.append([event])

    async def read(run_id: str | None) -> list[str]:
        """Reads in pieces, hanging up after each."""
        seen: list[str] = []
        last = 0
        wanted = [event.id for event in events if run_id in (None, event.run_id)]
        while len(seen) < len(wanted):
            client = hub.enter(StreamFilter.parse(None, run_id))
            begin = await beginning(database.log, client, last)
            stream = EventStream(hub=hub, log=database.log, client=client, begin=begin, wait=wall.sleep)
            ended = asyncio.Event()

            async def receive(ended: asyncio.Event = ended) -> dict[str, Any]:
                await ended.wait()
                return {"type": "http.disconnect"}

            async def send(message: dict[str, Any], ended: asyncio.Event = ended) -> None:
                nonlocal last
                for block in message.get("body", b"").split(b"\n\n")[:-1]:
                    fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if not line.startswith(b":"))
                    if b"data" in fields and not ended.is_set():
                        last = int(fields[b"id"])
                        seen.append(json.loads(fields[b"data"])["of"])
                        if len(seen) % 37 == 0 or len(seen) == len(wanted):
                            ended.set()

            await stream({}, receive, send)
        assert seen == wanted
        return seen

    async with hub:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(write())
            for run_id in (None, "r0", "r1", None):
                tasks.create_task(read(run_id))
        assert hub.client_count == 0
    await database.close()


async def metric(api: Api, name: str) -> float:
    text = (await api.client.get("/api/v1/metrics")).text
    values = {line.split(" ")[0]: float(line.split(" ")[1]) for line in text.splitlines() if not line.startswith("#")}
    return values[name]

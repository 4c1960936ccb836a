"""The event stream under load: filters, clients that come back, clients that do not read."""

import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from urllib.parse import urlsplit

import httpx
import pytest

from tests.acceptance.server import PATIENCE_SECONDS, Server
from tests.acceptance.service.api import Api, eventually
from tests.acceptance.service.stream import (
    NOT_STREAMED,
    PATH,
    Frame,
    frames_of,
    plain,
    stream,
    streamed,
    until,
)


def newest(api: Api) -> int:
    return int(api.get("/events")["newest"])


def test_stream_of_one_run_carries_all_of_it_and_nothing_of_another_or_of_none(service: Server, api: Api) -> None:
    before = newest(api)
    config = {"every": 15, "pause": 0.0002}
    ours, theirs = (api.create("trader", symbol, config=config, audit="full") for symbol in ("AAPL", "IBM"))
    named = "run.*,strategy.*,backtest.*,orders.*,data.WindowReady"  # windows are streamed to who names them
    with stream(service.url, run_id=ours) as frames, stream(service.url, run_id=ours, types=named) as more:
        for run_id in (ours, theirs):
            api.post(f"/runs/{run_id}/start")
        api.import_sample("AAPL_1d.csv")  # an event without a run
        told, also_told = (until(one, lambda frame: frame.type == "run.Completed") for one in (frames, more))
    assert api.ended(theirs)["status"] == "completed"
    log = api.events(before)
    foreign = {event["type"].partition(".")[0] for event in log if event["run_id"] == theirs}
    assert foreign >= {"run", "strategy", "backtest", "orders", "data"}, "the other run had nothing to leak"
    assert "data.Imported" in {event["type"] for event in log if event["run_id"] is None}
    mine = [event for event in log if event["run_id"] == ours and event["type"] != "run.Created"]
    assert {frame.payload["run_id"] for frame in told + also_told} == {ours}
    assert plain(told) == streamed(mine)
    assert plain(also_told) == [
        (event["seq"], event["type"], event["payload"]) for event in mine if _is_named(event["type"], named)
    ]
    assert "data.WindowReady" in {frame.type for frame in also_told}
    seqs = {run_id: [event["seq"] for event in log if event["run_id"] == run_id] for run_id in (ours, theirs)}
    assert min(seqs[theirs]) < max(seqs[ours])
    assert min(seqs[ours]) < max(seqs[theirs])


def test_types_filter_lets_through_what_it_names_and_windows_only_then(service: Server, api: Api) -> None:
    before = newest(api)
    run_id = api.started("trader", audit="full")
    api.ended(run_id)
    log = api.events(before)
    assert any(event["type"] in NOT_STREAMED for event in log)
    for types in ("orders.Filled", "run.*,data.WindowReady", "clock.Tick", "strategy.*"):
        wanted = [event for event in log if _is_named(event["type"], types)]
        assert wanted, types
        with stream(service.url, after=before, types=types, run_id=run_id) as frames:
            told = _up_to(frames, wanted[-1]["seq"])
        assert plain(told) == [(event["seq"], event["type"], event["payload"]) for event in wanted], types
    answer = httpx.get(service.url + PATH, params={"types": "orders.Eaten"}, timeout=PATIENCE_SECONDS, trust_env=False)
    assert (answer.status_code, "orders.Eaten" in answer.json()["message"]) == (400, True)


def _up_to(frames: Iterator[Frame], seq: int) -> list[Frame]:
    return until(frames, lambda frame: frame.id == seq)


def _is_named(type_: str, types: str) -> bool:
    return any(type_ == name or (name.endswith("*") and type_.startswith(name[:-1])) for name in types.split(","))


@pytest.mark.parametrize("seed", range(2))
def test_client_that_is_cut_off_again_and_again_loses_nothing_and_gets_nothing_twice(
    service: Server, api: Api, seed: int
) -> None:
    chance, last = Random(seed), newest(api)
    before, cuts, told = last, 0, list[Frame]()
    runs = [api.started("trader", symbol, config={"every": 7, "pause": 0.0003}) for symbol in ("AAPL", "IBM")]
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(_write, service.url, runs)
        while not writing.done() or last < newest(api):
            found = _read_some(
                service.url, last, chance.choice([1, 1_500, 1_500, 1_500, 150_000]) * chance.randrange(1, 4)
            )
            told += [frame for frame in found if frame.type]
            last, cuts = (found[-1].id if found else last), cuts + 1
        writing.result()
    assert cuts > 20
    assert plain(told) == streamed(api.events(before))
    assert {frame.payload["run_id"] for frame in told if frame.type == "run.Completed"} >= set(runs)


def _write(url: str, runs: list[str]) -> None:
    """Write small transactions, one after the other, until the runs have ended."""
    with Api(url) as api:
        while any(api.run(run_id)["status"] == "running" for run_id in runs):
            for _ in range(20):
                api.post(f"/runs/{runs[0]}/clone", status=201)
        assert {api.run(run_id)["status"] for run_id in runs} == {"completed"}


def _read_some(url: str, last: int, count: int) -> list[Frame]:
    """The whole frames among so many bytes; then the connection is broken in the middle of whatever was under way."""
    text = b""
    with asking_connection(url, last_event_id=last) as connection:
        connection.settimeout(0.2)
        try:
            while len(text) < count and (chunk := connection.recv(min(4096, count - len(text)))):
                text += chunk
        except TimeoutError:
            pass  # nothing more is happening: break off here
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return whole_frames(text)


def test_client_that_stops_reading_is_cut_off_and_another_one_misses_nothing(service: Server, api: Api) -> None:
    before, resets = newest(api), api.metric("weaver_stream_resets_total")
    with (
        ThreadPoolExecutor(1) as pool,
        stream(service.url) as frames,
        asking_connection(service.url, last_event_id=before, receive_buffer=4096) as stuck,
    ):
        reading = pool.submit(until, frames, lambda frame: frame.type == "data.Imported")
        begin = stuck.recv(16)
        assert begin.startswith(b"HTTP/1.1 200")
        for _ in range(10):
            api.ended(api.started("trader", config={"every": 2}))
            if api.metric("weaver_stream_resets_total") > resets:
                break
        eventually(lambda: api.metric("weaver_stream_clients") == 1, what="the end of the stuck client's stream")
        api.import_sample("AAPL_1d.csv")
        told = reading.result(timeout=PATIENCE_SECONDS)
        late = whole_frames(begin + _rest_of(stuck))
    assert api.metric("weaver_stream_resets_total") == resets + 1
    log = streamed(api.events(before))
    assert plain(told) == log
    late = [frame for frame in late if frame.type != "stream.Reset"]
    assert plain(late) == log[: len(late)]
    assert 0 < len(late) < len(log)


def _rest_of(connection: socket.socket) -> bytes:
    """What was sent before the other side broke off."""
    connection.settimeout(PATIENCE_SECONDS)
    text = b""
    try:
        while chunk := connection.recv(1 << 16):
            text += chunk
    except ConnectionResetError:
        pass  # as good an end as any
    return text


@pytest.mark.parametrize("known", [2**40, "soon"])
def test_id_that_the_log_does_not_have_resets_the_client_to_the_newest_event(
    service: Server, api: Api, known: int | str
) -> None:
    before = newest(api)
    with asking_connection(service.url, last_event_id=known) as connection:
        connection.settimeout(PATIENCE_SECONDS)
        text = b""
        while not (frames := whole_frames(text)):
            chunk = connection.recv(4096)
            assert chunk, text
            text += chunk
    first = frames[0]
    assert (first.type, first.id, first.payload["newest"]) == ("stream.Reset", before, before)


@contextmanager
def asking_connection(
    url: str, *, last_event_id: int | str, receive_buffer: int | None = None
) -> Iterator[socket.socket]:
    """A bare connection that has asked for the stream."""
    parts = urlsplit(url)
    connection = socket.socket()
    with connection:
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.connect((parts.hostname, parts.port))
        connection.sendall(
            f"GET {PATH} HTTP/1.1\r\nHost: {parts.netloc}\r\nLast-Event-ID: {last_event_id}\r\n\r\n".encode()
        )
        yield connection


def whole_frames(answer: bytes) -> list[Frame]:
    """The frames of an answer, up to where it was cut off."""
    whole = _unchunked(answer.partition(b"\r\n\r\n")[2]).rpartition(b"\n\n")[0].decode()
    return list(frames_of([*whole.split("\n"), ""])) if whole else []


def _unchunked(body: bytes) -> bytes:
    pieces: list[bytes] = []
    while b"\r\n" in body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        pieces.append(rest[:length])
        body = rest[length + 2 :]
    return b"".join(pieces)

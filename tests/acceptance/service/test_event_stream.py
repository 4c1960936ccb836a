"""The event stream under load: filters, clients that come back, clients that do not read."""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from random import Random
from threading import Event
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


def test_stream_of_one_run_carries_all_of_it_and_nothing_of_another_or_of_none(service: Server, api: Api) -> None:
    before = api.newest()
    config = {"every": 15}
    ours, theirs = (api.create("trader", symbol, config=config, audit="full") for symbol in ("AAPL", "IBM"))
    named = "run.*,strategy.*,backtest.*,orders.*,data.WindowReady"  # windows are streamed to who names them
    with stream(service.url, run_id=ours) as frames, stream(service.url, run_id=ours, types=named) as more:
        opened = api.newest()
        api.post(f"/runs/{theirs}/start")
        assert api.ended(theirs)["status"] == "completed"  # most of a run's events come with its end
        api.import_sample("AAPL_1d.csv")  # an event without a run
        api.post(f"/runs/{ours}/start")
        told, also_told = (until(one, lambda frame: frame.type == "run.Completed") for one in (frames, more))
    log = api.events(before)
    within = [event for event in log if opened < event["seq"] < told[-1].id]
    foreign = {event["type"].partition(".")[0] for event in within if event["run_id"] == theirs}
    assert foreign >= {"run", "strategy", "backtest", "orders", "data"}, "the other run had nothing to leak"
    assert "data.Imported" in {event["type"] for event in within if event["run_id"] is None}
    mine = [event for event in log if event["run_id"] == ours and event["type"] != "run.Created"]
    assert {frame.payload["run_id"] for frame in told + also_told} == {ours}
    assert plain(told) == streamed(mine)
    assert plain(also_told) == [
        (event["seq"], event["type"], event["payload"]) for event in mine if _is_named(event["type"], named)
    ]
    assert "data.WindowReady" in {frame.type for frame in also_told}


def test_types_filter_lets_through_what_it_names_and_windows_only_then(service: Server, api: Api) -> None:
    before = api.newest()
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
    with stream(service.url, after=before, types=["orders.Filled", "run.*"], run_id=run_id) as frames:
        both = [event for event in log if _is_named(event["type"], "orders.Filled,run.*") and event["run_id"] == run_id]
        assert plain(_up_to(frames, both[-1]["seq"])) == [(one["seq"], one["type"], one["payload"]) for one in both]
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
    chance, last = Random(seed), api.newest()
    before, told, cuts, enough = last, list[Frame](), 0, Event()
    runs = [api.started("trader", symbol, config={"every": 7, "pause": 0.0003}) for symbol in ("AAPL", "IBM")]
    deadline = time.monotonic() + 2 * PATIENCE_SECONDS
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(_write, service.url, runs, enough)

        def has_all(seq: int) -> bool:
            assert time.monotonic() < deadline, f"after {cuts} cuts at {seq}, and the newest is {api.newest()}"
            return writing.done() and seq >= api.newest()

        while not has_all(last):
            size = chance.choice([1, 1_500, 1_500, 1_500, 150_000]) * chance.randrange(1, 4)
            found = _read_some(service.url, last, size, has_all)
            told += [frame for frame in found if frame.type]
            last, cuts = (found[-1].id if found else last), cuts + 1
            if cuts > 20:
                enough.set()
        writing.result()
    assert plain(told) == streamed(api.events(before))
    assert {frame.payload["run_id"] for frame in told if frame.type == "run.Completed"} >= set(runs)


def _write(url: str, runs: list[str], enough: Event) -> None:
    """Write small transactions, one after the other, until the runs have ended and it is enough."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with Api(url) as api:
        while not enough.is_set() or any(api.run(run_id)["status"] == "running" for run_id in runs):
            assert time.monotonic() < deadline, f"the runs still run, or the cuts are too few ({enough.is_set()=})"
            for _ in range(20):
                api.post(f"/runs/{runs[0]}/clone", status=201)
        assert {api.run(run_id)["status"] for run_id in runs} == {"completed"}


def _read_some(url: str, last: int, size: int, has_all: Callable[[int], bool]) -> list[Frame]:
    """The whole frames among so many bytes; then the connection is broken in the middle of whatever was under way."""
    text = b""
    with asking_connection(url, last_event_id=last) as connection:
        connection.settimeout(0.2)
        while len(text) < size:
            try:
                chunk = connection.recv(min(4096, size - len(text)))
            except TimeoutError:
                if has_all(max((frame.id for frame in whole_frames(text)), default=last)):
                    break
                continue
            assert chunk, "the server ended the stream"
            text += chunk
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return whole_frames(text)


def test_client_that_stops_reading_is_cut_off_and_another_one_misses_nothing(service: Server, api: Api) -> None:
    before, resets = api.newest(), api.metric("weaver_stream_resets_total")
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
    assert plain(late) == log[: len(late)]
    assert 0 < len(late) < len(log)


def test_client_that_reads_again_in_time_is_told_to_reload_and_goes_on_from_there(service: Server, api: Api) -> None:
    runs = cycle([2, 3, 1])  # how many fill the buffers between the two is up to the system
    reset = eventually(lambda: _reset_after(service, api, runs=next(runs)), what="a stream.Reset")
    assert reset.payload["newest"] == reset.id <= api.newest()
    api.ended(api.started("sma-crossover"))
    rest = streamed(api.events(reset.id))
    with stream(service.url, last_event_id=reset.id) as frames:
        assert plain(_up_to(frames, rest[-1][0])) == rest


def _reset_after(service: Server, api: Api, *, runs: int) -> Frame | None:
    """What a client is told at last that reads nothing during so many runs, and then everything. None: it had not
    fallen behind yet, or was cut off already."""
    before = api.newest()
    with asking_connection(service.url, last_event_id=before, receive_buffer=4096) as connection:
        begin = connection.recv(16)
        for run_id in [api.started("trader", config={"every": 1}) for _ in range(runs)]:
            api.ended(run_id)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        told = whole_frames(begin + _rest_of(connection, until=api.newest()))
    reset = told.pop() if told and told[-1].type == "stream.Reset" else None
    assert plain(told) == streamed(api.events(before))[: len(told)]
    return reset


def _rest_of(connection: socket.socket, *, until: int | None = None) -> bytes:
    """What is sent until the other side breaks off, or up to an event."""
    text, deadline = b"", time.monotonic() + PATIENCE_SECONDS
    try:
        while chunk := connection.recv(1 << 16):
            assert time.monotonic() < deadline, f"event {until} does not come, nor an end"
            text += chunk
            if until is not None and b"\n\n" in text.partition(b"id: %d\n" % until)[2]:
                break
    except ConnectionResetError:
        pass  # as good an end as any
    return text


@pytest.mark.parametrize("known", [2**40, "soon"])
def test_id_that_the_log_does_not_have_resets_the_client_to_the_newest_event(
    service: Server, api: Api, known: int | str
) -> None:
    before = api.newest()
    with asking_connection(service.url, last_event_id=known) as connection:
        text, deadline = b"", time.monotonic() + PATIENCE_SECONDS
        while not (frames := whole_frames(text)):
            chunk = connection.recv(4096)
            assert chunk, text
            assert time.monotonic() < deadline, text
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
        connection.settimeout(PATIENCE_SECONDS)
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

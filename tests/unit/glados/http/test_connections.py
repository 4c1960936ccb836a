"""Connections: those that say nothing are closed, and keep nobody else out."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from fastapi import FastAPI, Request, Response
from structlog.testing import capture_logs

from tests.shared_data import REPOSITORY
from weaver.glados.http.connections import HEADERS_MAX, Connections
from weaver.glados.http_server import HttpServer, bound_socket
from weaver.glados.limits import Limits

pytestmark = pytest.mark.anyio
GET = b"GET /caller HTTP/1.1\r\nHost: x\r\n\r\n"
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture(params=[True, False], ids=["uvloop", "asyncio"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}


class Served:
    """A running server; every connection to it is closed at the end."""

    def __init__(self, address: Any, server: HttpServer) -> None:
        self.address = address
        self.connections = cast(Connections, server.server_state)
        self.writers: list[asyncio.StreamWriter] = []
        self.go_on = asyncio.Event()
        self.begun = 0

    async def busy(self) -> asyncio.StreamReader:
        """A connection whose request waits for `go_on`."""
        before = self.begun
        reader, _ = await self.connected(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        while self.begun == before:
            await asyncio.sleep(0.01)
        return reader

    async def connected(self, sent: bytes = b"") -> Ends:
        reader, writer = await asyncio.open_connection(*self.address)
        self.writers.append(writer)
        writer.write(sent)
        return reader, writer


async def answer(reader: asyncio.StreamReader) -> str:
    """The body of the next answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    assert head.startswith("http/1.1 200"), head
    length = int(head.partition("content-length:")[2].split()[0])
    return (await reader.readexactly(length)).decode()


@asynccontextmanager
async def served(*, connections_max: int = 100, **limits: Any) -> AsyncIterator[Served]:
    app, ready = FastAPI(), asyncio.Event()

    @app.get("/caller")
    async def caller(request: Request) -> list[str]:
        assert request.client is not None
        return [request.client.host, request.url.scheme]

    @app.get("/headers")
    async def headers(request: Request) -> dict[str, str]:
        return dict(request.headers)

    @app.get("/slow")
    async def slow() -> str:
        found.begun += 1
        await found.go_on.wait()
        return "done"

    @app.get("/large")
    async def large(megabytes: int) -> Response:
        return Response(b"x" * (megabytes << 20))

    @app.post("/body")
    async def body(request: Request) -> int:
        return len(await request.body())

    with bound_socket("127.0.0.1", 0) as listening:
        server = HttpServer(
            app, listening=listening, connections_max=connections_max, limits=Limits(**limits),
            new_id=lambda: "an id", on_ready=ready.set, end_streams=lambda: None,
        )  # fmt: skip
        found = Served(listening.getsockname(), server)
        serving = asyncio.create_task(server.run_until_stopped())
        await ready.wait()
        try:
            yield found
        finally:
            for writer in found.writers:
                writer.close()
            server.stop()
            await serving


@pytest.mark.parametrize("sent", [b"", b"GET /caller HTTP/1.1\r\nHost", b"\r\n"])
async def test_connection_without_a_whole_head_is_closed(sent: bytes) -> None:
    async with served(head_seconds=0.1) as server:
        reader, _ = await server.connected(sent)
        assert await reader.read() == b""


@pytest.mark.parametrize("sent", [b"GET /ca", b"\r\n"])
async def test_second_head_that_does_not_end_is_closed_too(sent: bytes) -> None:
    async with served(head_seconds=2.0) as server:
        reader, writer = await server.connected(GET)
        await answer(reader)
        writer.write(sent)
        assert await reader.read() == b""


async def test_answers_and_bodies_under_way_may_take_longer() -> None:
    async with served(head_seconds=2.0) as server:
        waiting = await server.busy()
        sending, writer = await server.connected(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n")
        for letters in (b"a", b"bc"):
            silent, _ = await server.connected()
            assert await silent.read() == b""  # a whole limit has gone by
            writer.write(letters)
        assert await answer(sending) == "3"
        server.go_on.set()
        assert await answer(waiting) == '"done"'


async def test_pipelined_requests_are_all_answered() -> None:
    async with served() as server:
        reader, writer = await server.connected(GET * 3 + GET[:10])
        for _ in range(3):
            await answer(reader)
        writer.write(GET[10:])
        await answer(reader)


async def test_silent_connections_make_room_and_it_is_told_once() -> None:
    with capture_logs() as logs:
        async with served(connections_max=4) as server:
            busy = await server.busy()
            silent = [await server.connected() for _ in range(20)]
            reader, _ = await server.connected(GET)
            await answer(reader)
            for old, _ in silent[:15]:
                assert await old.read() == b""
            server.go_on.set()
            assert await answer(busy) == '"done"'
    (told,) = [entry for entry in logs if entry["log_level"] == "warning"]
    assert told["count_max"] == 4


async def test_newcomer_is_refused_where_all_others_are_busy() -> None:
    async with served(connections_max=2) as server:
        busy = [await server.busy() for _ in range(2)]
        reader, _ = await server.connected()
        assert await reader.read() == b""
        server.go_on.set()
        assert [await answer(one) for one in busy] == ['"done"'] * 2
        reader, _ = await server.connected(GET)  # whoever has its answer makes room
        await answer(reader)


async def test_forwarded_address_and_scheme_are_seen() -> None:
    async with served() as server:
        forwarded = b"X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n\r\n"
        reader, _ = await server.connected(GET[:-2] + forwarded)
        assert await answer(reader) == '["192.0.2.7","https"]'


@pytest.mark.parametrize(("hard", "expected"), [(512, "256 (512, 512)"), (4096, "3840 (4096, 4096)")])
def test_limit_of_open_files_is_raised_and_some_are_kept_for_others(hard: int, expected: str) -> None:
    script = (
        f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (200, {hard}))\n"
        "from weaver.glados.http.connections import connections_max\n"
        "print(connections_max(), resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == expected


async def test_blanks_around_the_value_of_a_header_are_no_part_of_it() -> None:
    async with served() as server:
        reader, _ = await server.connected(
            b"GET /headers HTTP/1.1\r\nHost: \t x \t \r\nX-API-Key:a b \r\nX-Empty:  \r\n\r\n"
        )
        assert await answer(reader) == '{"host":"x","x-api-key":"a b","x-empty":""}'


HOST = b"Host: x\r\n"
TOO_LARGE = {
    "path": (414, b"GET /" + b"a" * 8_192 + b" HTTP/1.1\r\n" + HOST + b"\r\n"),
    "query": (414, b"GET /?" + b"a" * 8_192 + b" HTTP/1.1\r\n" + HOST + b"\r\n"),
    "path that does not end": (414, b"GET /" + b"a" * 20_000),
    "megabyte of path": (414, b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n"),
    "one header": (431, b"GET / HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 40_000 + b"\r\n\r\n"),
    "one header that does not end": (431, b"GET / HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 40_000),
    "name of a header": (431, b"GET / HTTP/1.1\r\n" + HOST + b"X" * 40_000 + b": a\r\n\r\n"),
    "many headers": (431, b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: a\r\n" % n for n in range(200)) + b"\r\n"),
    "forwarded for": (431, GET[:-2] + b"X-Forwarded-For: " + b"127.0.0.1, " * 200 + b"\r\n\r\n"),
    "host": (431, b"GET / HTTP/1.1\r\nHost: " + b"x" * 2_000 + b"\r\n\r\n"),
    "form's boundary": (431, GET[:-2] + b"Content-Type: multipart/form-data; boundary=" + b'";' * 1_000 + b"\r\n\r\n"),
    "no HTTP": (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    "no path": (400, b"GET http:// HTTP/1.1\r\n" + HOST + b"\r\n"),
}


@pytest.mark.parametrize("what", TOO_LARGE)
async def test_head_over_a_limit_is_refused_in_the_one_shape_and_its_connection_ends(what: str) -> None:
    status, sent = TOO_LARGE[what]
    async with served() as server:
        reader, _ = await server.connected(sent)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert head.startswith(f"http/1.1 {status}"), head
        assert "connection: close" in head
        body = json.loads(await reader.read())
        assert (body["correlation_id"], body["details"]) == ("an id", [])
        assert body["code"] == ("bad_input" if status == 400 else "too_large")


async def test_head_that_drips_past_its_limit_is_refused_too() -> None:
    async with served(head_bytes_max=5_000) as server:
        reader, writer = await server.connected(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ")
        for _ in range(6):
            writer.write(b"a" * 1_000)
            await writer.drain()
            await asyncio.sleep(0)
        assert (await reader.readline()).startswith(b"HTTP/1.1 431")


async def test_head_just_under_its_limits_is_answered() -> None:
    path, headers = b"a" * 8_000, b"".join(b"X-%d: a\r\n" % number for number in range(HEADERS_MAX - 1))
    async with served() as server:
        reader, _ = await server.connected(b"GET /" + path + b" HTTP/1.1\r\n" + HOST + headers + b"\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 404")


async def test_answer_under_way_goes_before_a_head_that_is_refused() -> None:
    async with served() as server:
        reader, writer = await server.connected(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        while not server.begun:
            await asyncio.sleep(0.01)
        writer.write(TOO_LARGE["path"][1])
        while not any(one.is_refused for one in server.connections.connections):
            await asyncio.sleep(0.01)
        server.go_on.set()
        assert await answer(reader) == '"done"'
        assert await reader.read() == b""


async def test_whole_body_comes_though_it_is_sent_in_pieces() -> None:
    async with served() as server:
        reader, _ = await server.connected(b"GET /large?megabytes=3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert f"content-length: {3 << 20}" in head
        assert await reader.read() == b"x" * (3 << 20)


UNREAD = b"GET /large?megabytes=20 HTTP/1.1\r\nHost: x\r\n\r\n"
"""More than the system's own buffers take."""


async def unread(server: Served) -> asyncio.StreamReader:
    """A connection whose answer nobody takes; the reader's own buffer is a small one."""
    reader, writer = await asyncio.open_connection(*server.address, limit=1_024)
    server.writers.append(writer)
    writer.write(UNREAD)
    return reader


async def test_client_that_takes_nothing_of_its_answer_is_cut() -> None:
    async with served(send_seconds=2.0) as server:
        reader = await unread(server)
        while not server.connections.unread:
            await asyncio.sleep(0.01)
        assert server.connections.unsent_bytes == 20 << 20
        while server.connections.connections:
            await asyncio.sleep(0.01)
        assert server.connections.unsent_bytes == 0
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(20 << 20)


async def test_clients_that_read_nothing_hold_no_more_than_the_limit_of_all_and_others_are_answered() -> None:
    async with served(unsent_bytes_max=50 << 20) as server:
        for _ in range(8):
            await unread(server)
            reader, _ = await server.connected(GET)
            await answer(reader)
            while server.connections.unsent_bytes > 50 << 20:
                await asyncio.sleep(0.01)
        assert len(server.connections.unread) == 2


async def test_slow_reader_gets_all_of_its_answer() -> None:
    async with served(send_seconds=2.0) as server:
        reader = await unread(server)
        await reader.readuntil(b"\r\n\r\n")
        received = 0
        while received < 20 << 20:
            received += len(await reader.readexactly(min(1 << 20, (20 << 20) - received)))
            await asyncio.sleep(0.15)
        assert received == 20 << 20


async def test_example_of_the_page_about_limits_happens_as_shown() -> None:
    page = (REPOSITORY / "docs" / "architecture" / "api.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"\{1\.\.9000\}\)\"\n(\{.+\})\n", page)
    async with served() as server:
        reader, _ = await server.connected(b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 414")
        told = json.loads(await reader.read())
    assert {**told, "correlation_id": "01a2…"} == json.loads(shown)

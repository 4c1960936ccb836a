"""Connections: those that say nothing are closed, and keep nobody else out."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI, Request
from structlog.testing import capture_logs

from weaver.glados import connections
from weaver.glados.http_server import HttpServer, bound_socket

pytestmark = pytest.mark.anyio
GET = b"GET /caller HTTP/1.1\r\nHost: x\r\n\r\n"
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture(params=[True, False], ids=["uvloop", "asyncio"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}


class Served:
    """A running server; every connection to it is closed at the end."""

    def __init__(self, address: Any) -> None:
        self._address = address
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
        reader, writer = await asyncio.open_connection(*self._address)
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
async def served(*, connections_max: int = 100) -> AsyncIterator[Served]:
    app, ready = FastAPI(), asyncio.Event()
    app.state.hub = SimpleNamespace(close=lambda: None)

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

    @app.post("/body")
    async def body(request: Request) -> int:
        return len(await request.body())

    with bound_socket("127.0.0.1", 0) as listening:
        server = HttpServer(app, listening=listening, connections_max=connections_max, on_ready=ready.set)
        found = Served(listening.getsockname())
        serving = asyncio.create_task(server.run_until_stopped())
        await ready.wait()
        try:
            yield found
        finally:
            for writer in found.writers:
                writer.close()
            server.stop()
            await serving


@pytest.fixture
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.1)


@pytest.mark.usefixtures("_hurried")
@pytest.mark.parametrize("sent", [b"", b"GET /caller HTTP/1.1\r\nHost", b"\r\n"])
async def test_connection_without_a_whole_head_is_closed(sent: bytes) -> None:
    async with served() as server:
        reader, _ = await server.connected(sent)
        assert await reader.read() == b""


@pytest.mark.usefixtures("_hurried")
@pytest.mark.parametrize("sent", [b"GET /ca", b"\r\n"])
async def test_second_head_that_does_not_end_is_closed_too(sent: bytes) -> None:
    async with served() as server:
        reader, writer = await server.connected(GET)
        await answer(reader)
        writer.write(sent)
        assert await reader.read() == b""


@pytest.mark.usefixtures("_hurried")
async def test_answers_and_bodies_under_way_may_take_longer() -> None:
    async with served() as server:
        waiting = await server.busy()
        sending, writer = await server.connected(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n")
        for letter in (b"a", b"b", b"c"):
            silent, _ = await server.connected()
            assert await silent.read() == b""  # a whole limit has gone by
            writer.write(letter)
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
        "from weaver.glados.connections import connections_max\n"
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

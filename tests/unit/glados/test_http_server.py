"""The HTTP server: its address, bound to or refused with what to do; its beginning and its end."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from weaver.glados.http_server import HttpServer, bound_socket, url_of
from weaver.glados.limits import Limits
from weaver.model.errors import InputError, RunFailed


def test_port_0_takes_a_free_one() -> None:
    with bound_socket("127.0.0.1", 0) as listening:
        host, port = listening.getsockname()
        assert (host, port > 0) == ("127.0.0.1", True)
        with socket.create_connection((host, port)):
            pass


def test_port_in_use_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = f"port {port} of 127.0.0.1 is in use: stop what uses it .another `weaver up`.., or choose --port"
        with pytest.raises(InputError, match=said), bound_socket("127.0.0.1", port):
            pass


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "host.invalid", "x" * 300])
def test_address_of_nobody_is_refused(host: str) -> None:
    with pytest.raises(InputError, match=r"choose (another )?--host"), bound_socket(host, 0):
        pass


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("localhost", "http://localhost:80"),
        ("::1", "http://[::1]:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
    ],
)
def test_url_is_where_this_machine_reaches_the_server(host: str, url: str) -> None:
    assert url_of(host, 80) == url


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def application(seen: list[str], *, fails: bool = False) -> FastAPI:
    """One that notes when it begins and ends, and whether its streams were ended; `/wait` never answers by itself."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if fails:
            raise RuntimeError("no hub")
        seen.append("begins")
        yield
        seen.append("ends")

    app = FastAPI(lifespan=lifespan)

    @app.get("/wait")
    async def wait() -> None:
        seen.append("waits")
        await asyncio.Event().wait()

    return app


def serving_on(listening: socket.socket, seen: list[str], *, fails: bool = False) -> HttpServer:
    return HttpServer(
        application(seen, fails=fails),
        listening=listening,
        connections_max=100,
        limits=Limits(),
        new_id=lambda: "1",
        on_ready=lambda: seen.append("ready"),
        end_streams=lambda: seen.append("streams end"),
    )


@pytest.mark.anyio
async def test_server_tells_when_it_listens_and_ends_when_it_is_told() -> None:
    seen: list[str] = []
    with bound_socket("127.0.0.1", 0) as listening:
        address = listening.getsockname()
        server = serving_on(listening, seen)
        serving = asyncio.create_task(server.run_until_stopped())
        while "ready" not in seen:
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 404")
        server.stop()
        await serving
        writer.close()
    assert seen == ["begins", "ready", "streams end", "ends"]


@pytest.mark.anyio
async def test_second_stop_does_not_wait_for_open_requests() -> None:
    seen: list[str] = []
    with bound_socket("127.0.0.1", 0) as listening:
        address = listening.getsockname()
        server = serving_on(listening, seen)
        serving = asyncio.create_task(server.run_until_stopped())
        while "ready" not in seen:
            await asyncio.sleep(0.01)
        _, writer = await asyncio.open_connection(*address)
        writer.write(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
        while "waits" not in seen:
            await asyncio.sleep(0.01)
        server.stop()
        assert server.force_exit is False
        server.stop()
        assert server.force_exit is True
        await serving
        writer.close()
    assert server.server_state.tasks == set()  # it was cut off before what is behind it ends
    assert seen == ["begins", "ready", "waits", "streams end", "streams end", "ends"]


@pytest.mark.anyio
async def test_application_that_does_not_begin_is_a_failed_start() -> None:
    with bound_socket("127.0.0.1", 0) as listening:
        server = serving_on(listening, [], fails=True)
        with pytest.raises(RunFailed, match="its log says why"):
            await server.run_until_stopped()

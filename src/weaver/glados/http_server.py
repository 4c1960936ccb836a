"""The HTTP server: a socket of ours, the application on it, and a way to end it that waits for nobody."""

import asyncio
import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp

from weaver.glados.http.connections import Connection, Connections, InPieces
from weaver.glados.limits import Limits
from weaver.model.errors import InputError, RunFailed

_BACKLOG = 1024
_PROXIES = ("127.0.0.1", "::1")
"""Whose X-Forwarded-For and X-Forwarded-Proto are believed: a reverse proxy on this machine."""
_PATIENCE_SECONDS = 2
"""How long requests that are being answered have to end once the server is to stop."""
_CUT_SECONDS = 1.0
"""How long those have that are cut off then."""


@contextmanager
def bound_socket(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket; port 0 takes a free one. Raises InputError that says what to do where it cannot be had."""
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, address = min(infos, key=lambda info: info[0] != socket.AF_INET)
        listening = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:
        raise InputError(_why_not(host, port, error)) from error
    with listening:
        yield listening


def _why_not(host: str, port: int, error: Exception) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return f"port {port} of {host} is in use: stop what uses it (another `weaver up`?), or choose --port"
        case errno.EACCES | errno.EPERM:
            return f"port {port} needs rights that this user has not: choose one above 1023 with --port"
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine: choose another --host, such as 127.0.0.1"
        case _:
            return f"{host}:{port} cannot be bound to: {getattr(error, 'strerror', None) or error}; choose --host"


def url_of(host: str, port: int) -> str:
    """Where a server bound so can be reached from this machine."""
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return f"http://{host}:{port}"
    if address.is_unspecified:
        return f"http://{'127.0.0.1' if address.version == 4 else '[::1]'}:{port}"
    return f"http://{address}:{port}" if address.version == 4 else f"http://[{address}]:{port}"


class HttpServer(uvicorn.Server):
    """Serves one application on one socket. Signals are its owner's business."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        listening: socket.socket,
        connections_max: int,
        limits: Limits,
        new_id: Callable[[], str],
        on_ready: Callable[[], None],
        end_streams: Callable[[], None],
    ) -> None:
        """end_streams: lets those answers end that would go on for ever."""
        super().__init__(
            uvicorn.Config(
                InPieces(app),
                http=Connection,
                log_config=None,  # the root has set logging up
                log_level="warning",
                access_log=False,
                lifespan="on",
                ws="none",
                server_header=False,
                forwarded_allow_ips=list(_PROXIES),
                timeout_graceful_shutdown=_PATIENCE_SECONDS,
            )
        )
        self.server_state = Connections(count_max=connections_max, limits=limits, new_id=new_id)
        self._listening, self._on_ready, self._end_streams = listening, on_ready, end_streams

    async def run_until_stopped(self) -> None:
        """Serve until `stop`. Raises RunFailed where the application does not start."""
        try:
            await self.serve([self._listening])
        except SystemExit as error:  # how uvicorn says that the application's lifespan could not begin
            raise RunFailed("the server could not start: its log says why") from error

    def stop(self) -> None:
        """End: take nothing new, end the streams, wait a little for open answers. A second call waits no longer."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self._end_streams()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals alone."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """The same where it waits no longer: open answers are cut off, and end before what is behind them does."""
        await super().shutdown(sockets)
        tasks = [*self.server_state.tasks]
        if self.force_exit:
            for task in tasks:
                task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_CUT_SECONDS)
        if self.force_exit:
            await self.lifespan.shutdown()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tells when it listens."""
        await super().startup(sockets=sockets)
        if self.started:
            self._on_ready()

"""The server: one socket, with websockets on it."""

import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from weaver.model.errors import InputError
from weaver.rehearsal.server.guard import ABORT
from weaver.rehearsal.streams.protocol import AbruptSocket

_BACKLOG = 256
_MESSAGE_MAX = 1 << 20
_PATIENCE_SECONDS = 1


@contextmanager
def listening_socket(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket; port 0 takes a free one. Raises InputError where it cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        found = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:
        is_taken = getattr(error, "errno", None) == errno.EADDRINUSE
        hint = "stop what uses it, or choose another --port" if is_taken else "choose another --host or --port"
        raise InputError(f"{host}:{port} cannot be listened on ({error}): {hint}") from error
    with found:
        # What it accepts inherits this; asyncio sees to it only where the protocol was named.
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield found


def url_of(listening: socket.socket) -> str:
    """Where it can be reached from this machine."""
    host, port = listening.getsockname()[:2]
    address = ip_address(host)
    if address.is_unspecified:
        address = ip_address("127.0.0.1" if address.version == 4 else "::1")
    return f"http://{address}:{port}" if address.version == 4 else f"http://[{address}]:{port}"


class Connection(HttpToolsProtocol):
    """One that a request may have closed without an answer."""

    def on_headers_complete(self) -> None:
        """Called by the parser as it has a request's head."""
        self.scope["extensions"] = {ABORT: {"abort": self.transport.close}}
        super().on_headers_complete()


class ExchangeServer(uvicorn.Server):
    """Serves the exchange on one socket until it is told to stop."""

    def __init__(self, app: ASGIApp, *, listening: socket.socket, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                ws=AbruptSocket,
                ws_max_size=_MESSAGE_MAX,
                ws_per_message_deflate=False,  # on a loopback it costs more than it saves
                log_config=None,
                log_level="error",
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=_PATIENCE_SECONDS,
            )
        )
        self._listening, self._on_ready = listening, on_ready

    async def run_until_stopped(self) -> None:
        """Serve until `stop`."""
        await self.serve([self._listening])

    def stop(self) -> None:
        """End: take nothing new, and wait a moment for open answers. A second call waits no longer."""
        self.force_exit = self.should_exit
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tells when it listens."""
        await super().startup(sockets=sockets)
        if self.started:
            self._on_ready()

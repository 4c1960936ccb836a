"""Connections to the server: how many there may be, and how long one may say nothing."""

import asyncio
import resource
from contextlib import suppress
from typing import Any

import structlog
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

HEAD_SECONDS = 10.0
"""How long a connection has for a whole request head: from its beginning, or from the first byte after an answer."""
_OTHER_FILES = 256
"""How many open files are left to whatever else the server does: so many, or half of few."""

_log = structlog.get_logger("weaver.http")


def connections_max() -> int:
    """How many connections this process has room for, once its limit of open files is raised as far as it may be."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # a system that says "no limit" may still have one
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        files = 1 << 20
    return files - min(_OTHER_FILES, files // 2)


class Connections(ServerState):
    """All of one server. Past `count_max` one that waits for a request goes, whichever has waited longest: without a
    file to spare, the event loop would close the listening socket for good."""

    def __init__(self, *, count_max: int) -> None:
        super().__init__()
        self._count_max = count_max
        self._is_crowded = False
        self.waiting: dict[Connection, None] = {}
        """Those with no request under way, in the order in which they began to wait."""

    def admit(self, newcomer: "Connection") -> None:
        """Take a connection in; it is itself the one that goes where all others are busy."""
        self.waiting[newcomer] = None
        count = len(self.connections)
        if count > self._count_max:
            if not self._is_crowded:
                _log.warning("too many connections: closing those that wait", count_max=self._count_max)
            self._is_crowded = True
            longest = next(iter(self.waiting))
            del self.waiting[longest]
            longest.transport.close()
        elif count <= self._count_max // 2:
            self._is_crowded = False


class Connection(HttpToolsProtocol):
    """One that is closed where a request's head takes too long. uvicorn limits only the silence between requests."""

    def __init__(
        self,
        config: Config,
        server_state: Connections,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._all = server_state
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._expect_head()
        self._all.admit(self)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        is_waiting = getattr(self.cycle, "response_complete", True)  # there is no cycle before the first request
        if is_waiting and self._deadline is None and not self.transport.is_closing():
            self._expect_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser, which keeps the blanks after a value, though they are no part of it (RFC 9110)."""
        super().on_header(name, value.strip(b" \t"))

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._forget()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Called by the request's cycle; another request may already have arrived."""
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._all.waiting[self] = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._forget()

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _forget(self) -> None:
        self._all.waiting.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

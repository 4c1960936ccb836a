"""Connections to the server: how many there may be, how long one may say nothing, how long a request's head may be, and
how much of their answers clients may leave unread."""

import asyncio
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from http import HTTPStatus
from typing import Any

import httptools
import structlog
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from weaver.glados.http.errors import error_response
from weaver.glados.limits import Limits

HEADERS_MAX = 128
PARSED_VALUE_MAX = 1_024
"""Of a header that is taken apart. Their parsers are others' and not all of them linear."""
_PARSED = frozenset(
    {b"host", b"origin", b"content-type", b"content-length", b"x-forwarded-for", b"x-forwarded-proto", b"authorization"}
)
EXTENSION = "weaver.connection"
"""Where a request's scope has its connection."""
_PIECE = 64 * 1024
_BUFFER = 16 * 1024
"""What a connection holds of an answer that its client does not take, beside the piece in hand."""
_PROGRESS = 16 * 1024
"""Fewer bytes than these count as nothing taken."""
_LINGER_SECONDS = 1.0
"""How long a refused client may go on sending, so that it hears why."""
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

    def __init__(self, *, count_max: int, limits: Limits, new_id: Callable[[], str]) -> None:
        super().__init__()
        self.limits, self.new_id = limits, new_id
        self._count_max = count_max
        self._is_crowded = False
        self.waiting: dict[Connection, None] = {}
        """Those with no request under way, in the order in which they began to wait."""
        self.unread: dict[Connection, None] = {}
        """Those whose clients do not take their answers, in the order in which they stopped."""
        self.unsent_bytes = 0

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

    def note_unsent(self, change: int) -> None:
        """So many bytes more (or fewer) wait for clients. Where they are too many, the clients go that have taken
        nothing for longest."""
        self.unsent_bytes += change
        while self.unsent_bytes > self.limits.unsent_bytes_max and self.unread:
            next(iter(self.unread)).cut("too many answers are not read")


class _TooLarge(Exception):
    """A request's head is."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Connection(HttpToolsProtocol):
    """One whose heads are refused as they pass their limit, before anybody looks into them, and that is closed where a
    head takes too long or an answer is not read. uvicorn limits only the silence between requests."""

    def __init__(
        self,
        config: Config,
        server_state: Connections,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._all, self._limits = server_state, server_state.limits
        self._deadline: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._unsent = 0
        """What all connections' sum has of this one."""
        self._is_in_head = True
        self._head_bytes = self._header_bytes = 0
        self.is_refused = self._is_gone = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=_BUFFER)
        self._expect_head()
        self._all.admit(self)

    def data_received(self, data: bytes) -> None:
        if self.is_refused:
            return
        self._unset_keepalive_if_required()
        self._head_bytes += len(data) if self._is_in_head else 0
        try:
            self.parser.feed_data(data)
            if self._is_in_head and self._head_bytes > self._limits.head_bytes_max:
                raise self._too_many_headers()
        except _TooLarge as error:
            self._refuse(error.status, str(error))
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            if isinstance(cause, _TooLarge):
                self._refuse(cause.status, str(cause))
            else:
                self._refuse(400, "this is no HTTP request: its path cannot be read")
        except httptools.HttpParserUpgrade:
            _log.warning("an upgrade was asked for: there is none")
        except httptools.HttpParserError:
            self._refuse(400, "this is no HTTP request")
        if self._deadline is None and self._is_open_for_more:
            self._expect_head()

    # Called by the parser

    def on_message_begin(self) -> None:
        self._header_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self._limits.target_bytes_max:
            most = self._limits.target_bytes_max
            raise _TooLarge(414, f"path and query are over {most:,} bytes (WEAVER_TARGET_MAX_KB)")

    def on_header(self, name: bytes, value: bytes) -> None:
        """The parser keeps the blanks after a value, though they are no part of it (RFC 9110)."""
        self._header_bytes += len(name) + len(value) + 4
        if self._header_bytes > self._limits.head_bytes_max or len(self.headers) >= HEADERS_MAX:
            raise self._too_many_headers()
        name, value = name.lower(), value.strip(b" \t")
        if name in _PARSED and len(value) > PARSED_VALUE_MAX:
            raise _TooLarge(431, f"the header {name.decode()} is over {PARSED_VALUE_MAX:,} bytes")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_in_head, self._head_bytes = False, 0
        self._forget()
        self.scope["extensions"] = {EXTENSION: {"connection": self}}
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_head = True
        super().on_message_complete()

    # Called by the request's cycle, and by the transport

    def on_response_complete(self) -> None:
        """Another request may already have arrived."""
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self._await_reader()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._all.waiting[self] = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reader_came()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_gone = True
        super().connection_lost(exc)
        self._forget()
        self._reader_came()
        self._note_unsent(-self._unsent)

    @contextmanager
    def holding(self, count: int) -> Iterator[None]:
        """So many bytes of memory are kept for this connection's answer."""
        self._note_unsent(count)
        try:
            yield
        finally:
            self._note_unsent(-min(count, self._unsent))

    def cut(self, why: str) -> None:
        """End it at once, with all that was still to be sent."""
        _log.warning("connection cut", reason=why, client=(self.client or ("",))[0], unsent=self._unsent)
        self._is_gone = True
        self._all.unread.pop(self, None)
        self._note_unsent(-self._unsent)
        self.transport.abort()

    def _note_unsent(self, change: int) -> None:
        if change > 0 and self._is_gone:
            return
        self._unsent += change
        self._all.note_unsent(change)

    def _await_reader(self) -> None:
        if self._patience is None and not self._is_gone:
            self._all.unread[self] = None
            left = self.transport.get_write_buffer_size()
            self._patience = self.loop.call_later(self._limits.send_seconds, self._look_again, left)

    def _look_again(self, before: int) -> None:
        self._patience = None
        left = self.transport.get_write_buffer_size()
        if left and before - left < min(_PROGRESS, before):
            self.cut("its client does not read")
        elif left:
            self._all.unread.pop(self, None)
            self._await_reader()

    def _reader_came(self) -> None:
        self._all.unread.pop(self, None)
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    # Heads

    @property
    def _is_answering(self) -> bool:
        return not getattr(self.cycle, "response_complete", True)  # there is no cycle before the first request

    @property
    def _is_open_for_more(self) -> bool:
        return not (self._is_answering or self.is_refused or self.transport.is_closing())

    def _too_many_headers(self) -> _TooLarge:
        most = self._limits.head_bytes_max
        return _TooLarge(431, f"the head is over {most:,} bytes (WEAVER_HEAD_MAX_KB) or {HEADERS_MAX} headers")

    def _refuse(self, status: int, message: str) -> None:
        """Answer in place of the application, and hear no more. An answer that is under way goes first, and is the
        last one."""
        self.is_refused = True
        if self._deadline is not None:
            self._deadline.cancel()
        _log.warning("head refused", status=status, reason=message, client=(self.client or ("",))[0])
        if self._is_answering:
            self.cycle.keep_alive = False
            self.pipeline.clear()
            return
        answer = error_response(status, message, correlation_id=self._all.new_id(), headers={"Connection": "close"})
        head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
        head += [name + b": " + value for name, value in answer.raw_headers]
        self.transport.write(b"\r\n".join([*head, b"", bytes(answer.body)]))
        self.transport.write_eof()
        self._deadline = self.loop.call_later(_LINGER_SECONDS, self.transport.abort)

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(self._limits.head_seconds, self.transport.close)

    def _forget(self) -> None:
        self._all.waiting.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class HeldResponse(StreamingResponse):
    """A streamed answer that needs `count` bytes of memory until its client has taken it."""

    def __init__(self, pieces: Iterator[bytes], *, count: int, media_type: str) -> None:
        super().__init__(pieces, media_type=media_type)
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope.get("extensions", {}).get(EXTENSION)
        with nullcontext() if ours is None else ours["connection"].holding(self._count):
            await super().__call__(scope, receive, send)


class InPieces:
    """Hands an application's answers to their connections piece by piece, as clients take them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection: Connection = scope["extensions"][EXTENSION]["connection"]

        async def in_pieces(message: Message) -> None:
            body = message.get("body", b"")
            with connection.holding(len(body)):
                first = 0
                while len(body) - first > _PIECE:
                    piece = bytes(body[first : first + _PIECE])
                    await send({"type": message["type"], "body": piece, "more_body": True})
                    first += _PIECE
                await send({**message, "body": bytes(body[first:])} if first else message)

        await self._app(scope, receive, in_pieces)

"""What stands before every request: time, keys, the rate limit, faults, and the journal."""

import asyncio
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weaver.rehearsal.answers import Refused, answer, refusal
from weaver.rehearsal.faults.faults import Fault, Faults
from weaver.rehearsal.faults.outbox import Outbox
from weaver.rehearsal.ports import Sockets, VenueClock
from weaver.rehearsal.server.journal import Journal
from weaver.rehearsal.server.keys import Keys
from weaver.rehearsal.server.rate_limit import RateLimit
from weaver.rehearsal.venue.venue import Venue

ABORT = "rehearsal.abort"
"""Where a request's scope has what closes its connection without an answer."""
BODY_MAX = 1 << 20
SMALL = 16 << 10
"""An answer of no more bytes goes out at once."""
WRITTEN_DOWN_MAX = 16 << 10
"""The journal has no body of more bytes."""
AHEAD_SECONDS = 0.05
"""By how much an update that goes before its answer does (of the wall's): both are on their way at once otherwise."""
ORDERS = "/v2/orders/"
OPEN_TO_ALL = "/v1beta3/crypto/"
DATA = ("/v2/stocks", "/v1beta", "/v1/")
PHRASES: Mapping[int, str] = {status.value: status.phrase.lower() for status in HTTPStatus}
UNAUTHORIZED = Refused(401, 40110000, "request is not authorized")
TOO_MANY = Refused(429, 42910000, "too many requests.")
TOO_LARGE = Refused(413, 41310000, "request body is too large")


@dataclass(slots=True, kw_only=True)
class Asked:
    """A request, and what has become of it so far."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    brought: object = None
    """Its body read as JSON."""
    client_order_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    acted: bool = False
    fault: str | None = None
    holds: bool = True
    """Whether updates wait for its answer."""

    @property
    def facts(self) -> dict[str, str]:
        """What a fault may be narrowed down to."""
        given = {"method": self.method, "path": self.path}
        return given if self.client_order_id is None else {**given, "client_order_id": self.client_order_id}


class Guard:
    """Lets requests through to the application, one act at a time, and sends what it answers."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        clock: VenueClock,
        keys: Keys,
        per_minute: int,
        faults: Faults,
        journal: Journal,
        outbox: Outbox,
        sockets: Sockets,
        venue: Venue,
    ) -> None:
        self._app, self._clock, self._keys, self._per_minute = app, clock, keys, per_minute
        self._faults, self._journal, self._outbox = faults, journal, outbox
        self._sockets, self._venue = sockets, venue
        self._rate_limit = RateLimit()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        self._clock.on_request()
        query: bytes = scope["query_string"]
        asked = Asked(method=scope["method"], path=scope["path"], query=query.decode("latin-1"), body=body or b"")
        asked.brought = _json(asked.body)
        asked.client_order_id = _client_order_id(asked) or self._known_by_id(asked.path)
        self._outbox.hold()
        try:
            response = refusal(TOO_LARGE) if body is None else await self._answered(asked, scope)
            self._venue.settle()
            await self._deliver(asked, response, scope, receive, send)
        finally:
            self._let_go(asked)

    def _known_by_id(self, path: str) -> str | None:
        """The client's id of an order that a path names by the exchange's."""
        if not path.startswith(ORDERS):
            return None
        ticket = self._venue.book.find(path.removeprefix(ORDERS))
        return None if ticket is None else ticket.client_order_id

    async def _answered(self, asked: Asked, scope: Scope) -> Response:
        """What the exchange answers; faults that keep it from acting have their turn first."""
        if not (asked.path.startswith(OPEN_TO_ALL) or self._keys.accepts(Headers(scope=scope))):
            return refusal(UNAUTHORIZED)
        if not self._is_within_limit(asked):
            return refusal(TOO_MANY)
        fault = self._faults.find("status", **asked.facts)
        if fault is not None and not fault.is_set("acted"):
            return self._failed(asked, fault)
        lost = self._faults.find("answer_lost", **asked.facts)
        if lost is not None and not lost.is_set("acted"):
            return Response()
        response = await _asked(self._app, scope, asked.body)
        asked.acted = response.status_code < 400
        if fault is not None:
            return self._failed(asked, fault)
        if self._faults.strike("empty", **asked.facts):
            asked.fault = "empty"
            return _emptied(response)
        return response

    def _failed(self, asked: Asked, fault: Fault) -> Response:
        self._faults.use(fault)
        asked.fault = "status"
        code = int(fault.number("code"))
        return answer({"code": code * 100_000, "message": fault.text("message") or PHRASES.get(code, str(code))}, code)

    def _is_within_limit(self, asked: Asked) -> bool:
        fault = self._faults.find("rate_limit", **asked.facts)
        limit = self._per_minute if fault is None else int(fault.number("per_minute"))
        if fault is None and not limit:
            return True
        counted = "fault" if fault is not None else "data" if asked.path.startswith(DATA) else "trading"
        is_allowed, asked.headers = self._rate_limit.take(counted, limit, self._clock.now)
        return is_allowed

    async def _deliver(self, asked: Asked, response: Response, scope: Scope, receive: Receive, send: Send) -> None:
        """Send an answer, unless faults lose it or have it wait."""
        if not self._outbox.is_empty and self._faults.strike("update_before_answer", **asked.facts):
            await self._send_updates()
            await _gone(receive, within=AHEAD_SECONDS)
        delay = self._faults.strike("delay", **asked.facts)
        if delay is not None:
            asked.fault = "delay"
            self._let_go(asked)
            await _gone(receive, within=float(delay.number("seconds")))
        lost = self._faults.strike("answer_lost", **asked.facts)
        if lost is not None:
            asked.fault = "answer_lost"
        self._write_down(asked, None if lost is not None else response.status_code)
        if lost is not None:
            await self._send_updates()
            await _hang_up(scope, receive)
            return
        MutableHeaders(raw=response.raw_headers).update(asked.headers)
        if len(response.body) > SMALL:
            self._let_go(asked)  # its client may take a while to read it
        await response(scope, receive, send)

    def _let_go(self, asked: Asked) -> None:
        """Updates need not wait for its answer any more."""
        if asked.holds:
            asked.holds = False
            self._outbox.release()

    async def _send_updates(self) -> None:
        self._outbox.flush()
        await self._sockets.sent()

    def _write_down(self, asked: Asked, status: int | None) -> None:
        self._journal.request(
            asked.method,
            asked.path,
            client_order_id=asked.client_order_id,
            status=status,
            acted=asked.acted,
            fault=asked.fault,
            body=asked.brought if len(asked.body) <= WRITTEN_DOWN_MAX else None,
            query=asked.query,
        )


async def _read(receive: Receive) -> bytes | None:
    """A request's body; None where it is too large."""
    parts, size = [], 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_MAX or message["type"] == "http.disconnect":
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _asked(app: ASGIApp, scope: Scope, body: bytes) -> Response:
    """The whole answer of an application."""
    start: MutableMapping[str, Any] = {}
    parts: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    response = Response(b"".join(parts), start["status"])
    response.raw_headers = list(start["headers"])
    return response


async def _gone(receive: Receive, *, within: float) -> None:
    """Wait so many seconds of the wall's, or until the client is gone."""
    try:
        async with asyncio.timeout(within):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def _hang_up(scope: Scope, receive: Receive) -> None:
    """Close the connection without a word."""
    scope["extensions"][ABORT]["abort"]()
    while (await receive())["type"] != "http.disconnect":
        pass


def _emptied(response: Response) -> Response:
    """The same answer with nothing in it: an empty list, an object whose lists are empty."""
    body = orjson.loads(response.body) if response.body else None
    if isinstance(body, list):
        return answer([], response.status_code)
    if not isinstance(body, Mapping):
        return response
    kept = {name: type(value)() for name, value in body.items() if isinstance(value, list | dict)}
    return answer({**kept, "next_page_token": None} if "next_page_token" in body else kept, response.status_code)


def _json(body: bytes) -> object:
    """None: it is none."""
    try:
        found: object = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return None
    return found


def _client_order_id(asked: Asked) -> str | None:
    """The one that a request names, for the journal and for faults."""
    named = parse_qs(asked.query).get("client_order_id")
    if named:
        return named[0]
    value = asked.brought.get("client_order_id") if isinstance(asked.brought, dict) else None
    return value if isinstance(value, str) else None

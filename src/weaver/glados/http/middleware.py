"""What every request passes on its way in, and every answer on its way out; outermost first.

RequestContext   gives it its correlation id, logs and counts it, adds the headers, answers 500 for what nobody caught
Guard            refuses unknown hosts, other sites' pages and missing tokens
BodyLimit        refuses bodies that are too large or do not come, and too many uploads at once
"""

import asyncio
from collections.abc import Callable, Mapping
from time import perf_counter

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weaver.glados.http.correlation import HEADER, sane_id
from weaver.glados.http.errors import RETRY_AFTER_SECONDS, BodyTooLarge, BodyTooSlow, error_response
from weaver.glados.http.security import STRANGER, Gate, Names, credentials
from weaver.glados.limits import Limits
from weaver.glados.metrics import Metrics

PREFIX = "/api/v1"
BODY_BYTES_MAX = 1024 * 1024
UPLOAD_PATHS = frozenset({f"{PREFIX}/data/preview", f"{PREFIX}/data/import"})
OPEN_ROUTES = frozenset({("GET", f"{PREFIX}/healthz"), ("POST", f"{PREFIX}/session")})
_PLAIN_ROUTES = frozenset({"/", "/openapi.json"})
"""Paths that are not the API's own: the framework does not say which of its routes they came to."""
_PATH_MAX, _CLIENT_MAX = 500, 64
"""Of what a client says of itself, in a line of the log."""
_FORM_BYTES = 64 * 1024
"""What a multipart form may have around its file."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""On every answer that does not set them itself."""

_log = structlog.get_logger("weaver.http")


class RequestContext:
    """Gives each request its correlation id, and sees to it that it is answered, logged and counted."""

    def __init__(self, app: ASGIApp, *, new_id: Callable[[], str], metrics: Metrics) -> None:
        self._app, self._new_id, self._metrics = app, new_id, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation_id = sane_id(Headers(scope=scope).get(HEADER, "")) or self._new_id()
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        answer = _Answer(send, correlation_id)
        began = perf_counter()
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            try:
                await self._app(scope, receive, answer)
            except asyncio.CancelledError:  # as the server ends, and for nothing else
                _log.warning("request cut off", method=scope["method"], path=_shown(scope["path"]))
                if answer.status is None:
                    cut = error_response(
                        503, "the server ends: ask again when it is there", correlation_id=correlation_id
                    )
                    await cut(scope, receive, answer)
            except Exception:  # noqa: BLE001 - the outermost edge: whatever went wrong, the client gets an answer
                _log.exception("request failed", method=scope["method"], path=_shown(scope["path"]))
                if answer.status is None:
                    failure = error_response(
                        500,
                        "the server failed; its log has the reason under this correlation id",
                        correlation_id=correlation_id,
                    )
                    await failure(scope, receive, answer)
            finally:
                self._note(scope, answer, perf_counter() - began)

    def _note(self, scope: Scope, answer: "_Answer", seconds: float) -> None:
        """499: the client went before there was an answer."""
        status = answer.status or 499
        route = scope["path"] if scope["path"] in _PLAIN_ROUTES else "unknown"
        if "route" in scope:
            prefix = PREFIX if scope["path"].startswith(f"{PREFIX}/") else ""
            route = f"{prefix}{scope['route'].path}"  # as the router that holds it knows it
        measured = None if answer.is_stream else seconds
        self._metrics.request(method=scope["method"], route=route, status=status, seconds=measured)
        _log.info(
            "request",
            method=scope["method"],
            path=_shown(scope["path"]),
            status=status,
            milliseconds=round(seconds * 1000, 1),
            client=(scope.get("client") or ("",))[0][:_CLIENT_MAX],
        )


def _shown(path: str) -> str:
    return path if len(path) <= _PATH_MAX else f"{path[:_PATH_MAX]}…"


class _Answer:
    """The way out: adds the headers that every answer has, and remembers the status."""

    def __init__(self, send: Send, correlation_id: str) -> None:
        self._send, self._correlation_id = send, correlation_id
        self.status: int | None = None
        self.is_stream = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            self.is_stream = headers.get("content-type", "").startswith("text/event-stream")
            headers[HEADER] = self._correlation_id
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


class Guard:
    """Lets through what comes under one of our names, from no foreign page, and with the token where one is set."""

    def __init__(self, app: ASGIApp, *, gate: Gate, names: Names, serves_web: bool) -> None:
        self._app, self._gate, self._names, self._serves_web = app, gate, names, serves_web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            refusal = self._foreign(scope) or self._stranger(scope)
            if refusal is not None:
                status, message, headers = refusal
                correlation_id = scope["state"]["correlation_id"]
                answer = error_response(status, message, correlation_id=correlation_id, headers=headers)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _foreign(self, scope: Scope) -> "_Refusal | None":
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        bound = (scope.get("server") or (None,))[0]
        if len(hosts) != 1 or not self._names.knows_host(hosts[0], bound_address=bound):
            return 403, "this server does not answer under that Host: add the name to WEAVER_ALLOWED_HOSTS", {}
        origins = headers.getlist("origin")
        is_own = all(self._names.knows_origin(origin, host=hosts[0]) for origin in origins)
        if not is_own or (not origins and _is_of_other_site(headers) and not _is_visit(scope, headers)):
            return 403, "requests of other sites' pages are not answered", {}
        return None

    def _stranger(self, scope: Scope) -> "_Refusal | None":
        headers, path = Headers(scope=scope), scope["path"]
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if self._gate.is_open or (method, path) in OPEN_ROUTES:
            return None
        if self._gate.is_signed_in(headers) or self._gate.admits(credentials(headers)):
            return None
        if self._is_web(method, path):
            scope["state"][STRANGER] = True
            return None
        return 401, _NO_TOKEN, {}

    def _is_web(self, method: str, path: str) -> bool:
        """The web app's own files hold nothing secret, and have to load before anybody can sign in."""
        return self._serves_web and method == "GET" and not _is_api(path)


_Refusal = tuple[int, str, Mapping[str, str]]
_NO_TOKEN = (
    "give the token (SECURITY_API_TOKEN) once, as X-API-Key or as Authorization: Bearer, or sign in "
    "(POST /api/v1/session)"
)


def _is_api(path: str) -> bool:
    return path.startswith("/api/") or path in {"/api", "/openapi.json"}


def _is_of_other_site(headers: Headers) -> bool:
    """A browser says so also where it sends no Origin: for an image, or a fetch whose answer its page cannot read."""
    return "cross-site" in headers.getlist("sec-fetch-site")


def _is_visit(scope: Scope, headers: Headers) -> bool:
    """Whether somebody follows a link to a page of ours."""
    return scope["method"] == "GET" and headers.get("sec-fetch-mode") == "navigate" and not _is_api(scope["path"])


class BodyLimit:
    """Refuses bodies over a limit: by their Content-Length before anything is read, else as soon as they pass it; and
    uploads that come too slowly, or are too many at once.

    Whoever has not sent the whole body of any other request in time counts as gone.
    """

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self._app, self._limits = app, limits
        self._uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_upload = scope["method"] == "POST" and scope["path"] in UPLOAD_PATHS
        most = self._limits.upload_bytes_max + _FORM_BYTES if is_upload else BODY_BYTES_MAX
        refusal = self._refusal(scope, most, is_upload=is_upload)
        if refusal is not None:
            status, message, headers = refusal
            correlation_id = scope["state"]["correlation_id"]
            answer = error_response(status, message, correlation_id=correlation_id, headers=headers)
            await answer(scope, receive, send)
            return
        paced = _at_speed(receive, self._limits) if is_upload else _in_time(receive, self._limits.body_seconds)
        self._uploads += is_upload
        try:
            await self._app(scope, _limited(paced, most), send)
        finally:
            self._uploads -= is_upload

    def _refusal(self, scope: Scope, most: int, *, is_upload: bool) -> _Refusal | None:
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > most:
            return 413, BodyTooLarge(most).detail, {}
        if is_upload and self._uploads >= self._limits.uploads_at_once:
            message = f"{self._uploads} uploads are under way already: try again when one of them is done"
            return 503, message, {"Retry-After": str(RETRY_AFTER_SECONDS)}
        return None


def _limited(receive: Receive, bytes_max: int) -> Receive:
    """What a request sends, up to a limit."""
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > bytes_max:
            raise BodyTooLarge(bytes_max)
        return message

    return limited


def _in_time(receive: Receive, seconds: float) -> Receive:
    """A request's body, which has so long to be there."""
    deadline, is_whole = asyncio.get_running_loop().time() + seconds, False

    async def in_time() -> Message:
        nonlocal is_whole
        try:
            async with asyncio.timeout_at(None if is_whole else deadline):
                message = await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        is_whole = not message.get("more_body", False)
        return message

    return in_time


def _at_speed(receive: Receive, limits: Limits) -> Receive:
    """An upload's body, of which so much has to come in each window. Only the time counts in which it is waited for."""
    clock = asyncio.get_running_loop().time
    left, seen, is_whole = limits.upload_window_seconds, 0, False

    async def at_speed() -> Message:
        nonlocal left, seen, is_whole
        began = clock()
        try:
            async with asyncio.timeout(None if is_whole else left):
                message = await receive()
        except TimeoutError:
            raise BodyTooSlow(limits.upload_window_bytes, limits.upload_window_seconds) from None
        left, seen = left - (clock() - began), seen + len(message.get("body", b""))
        if seen >= limits.upload_window_bytes:
            left, seen = limits.upload_window_seconds, 0
        is_whole = not message.get("more_body", False)
        return message

    return at_speed

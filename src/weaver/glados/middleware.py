"""What every request passes on its way in, and every answer on its way out; outermost first.

RequestContext   gives it its correlation id, logs and counts it, adds the headers, answers 500 for what nobody caught
Guard            refuses unknown hosts, foreign origins and missing tokens
BodyLimit        refuses bodies that are too large
"""

from collections.abc import Callable
from time import perf_counter

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weaver.glados.correlation import HEADER, sane_id
from weaver.glados.errors import BodyTooLarge, error_response
from weaver.glados.metrics import Metrics
from weaver.glados.security import Gate, Names, credentials

PREFIX = "/api/v1"
BODY_BYTES_MAX = 1024 * 1024
UPLOAD_PATHS = frozenset({f"{PREFIX}/data/preview", f"{PREFIX}/data/import"})
OPEN_ROUTES = frozenset({("GET", f"{PREFIX}/healthz"), ("POST", f"{PREFIX}/session")})
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
            except Exception:  # noqa: BLE001 - the outermost edge: whatever went wrong, the client gets an answer
                _log.exception("request failed", method=scope["method"], path=scope["path"])
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
        route = getattr(scope.get("route"), "path", "unknown")  # as the router that holds it knows it
        if scope["path"].startswith(f"{PREFIX}/") and "route" in scope:
            route = f"{PREFIX}{route}"
        measured = None if answer.is_stream else seconds
        self._metrics.request(method=scope["method"], route=route, status=status, seconds=measured)
        _log.info(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            milliseconds=round(seconds * 1000, 1),
            client=(scope.get("client") or ("",))[0],
        )


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
        if not all(self._names.knows_origin(origin, host=hosts[0]) for origin in origins):
            return 403, "requests of other sites' pages are not answered", {}
        return None

    def _stranger(self, scope: Scope) -> "_Refusal | None":
        headers, path = Headers(scope=scope), scope["path"]
        if self._gate.is_open or (scope["method"], path) in OPEN_ROUTES or self._is_web(scope["method"], path):
            return None
        if self._gate.is_signed_in(headers):
            return None
        given = credentials(headers)
        address = (scope.get("client") or ("",))[0]
        wait = self._gate.failures.wait_seconds(address) if given else 0
        if wait:
            return 429, f"too many wrong tokens: try again in {wait} s", {"Retry-After": str(wait)}
        if any(self._gate.is_token(one) for one in given):
            return None
        if given:
            self._gate.failures.add(address)
        return 401, _NO_TOKEN, {"WWW-Authenticate": "Bearer"}

    def _is_web(self, method: str, path: str) -> bool:
        """The web app's own files hold nothing secret, and have to load before anybody can sign in."""
        is_api = path.startswith("/api/") or path in {"/api", "/docs", "/openapi.json"}
        return self._serves_web and method in {"GET", "HEAD"} and not is_api


_Refusal = tuple[int, str, dict[str, str]]
_NO_TOKEN = (
    "give the token (SECURITY_API_TOKEN) as X-API-Key or Authorization: Bearer, or sign in (POST /api/v1/session)"
)


class BodyLimit:
    """Refuses bodies over a limit: by their Content-Length before anything is read, else as soon as they pass it."""

    def __init__(self, app: ASGIApp, *, upload_bytes_max: int) -> None:
        self._app, self._upload_bytes_max = app, upload_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._upload_bytes_max + _FORM_BYTES if scope["path"] in UPLOAD_PATHS else BODY_BYTES_MAX
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > limit:
            answer = error_response(413, BodyTooLarge(limit).detail, correlation_id=scope["state"]["correlation_id"])
            await answer(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise BodyTooLarge(limit)
            return message

        await self._app(scope, counted, send)

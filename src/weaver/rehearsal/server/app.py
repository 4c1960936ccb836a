"""The application: the routes of both halves, the control beside them, and what is answered where nothing fits."""

import sys
import traceback
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from weaver.rehearsal.answers import Refused, refusal

CONTROL = "/_control"


def create_app(routes: Sequence[BaseRoute]) -> Starlette:
    """The exchange's requests and sockets."""
    return Starlette(
        routes=list(routes),
        exception_handlers={Refused: _refused, HTTPException: _http, Exception: _fault},
    )


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refusal(error)


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = "endpoint not found." if error.status_code == 404 else error.detail.lower()
    return refusal(Refused(error.status_code, error.status_code * 100_000 + 10_000, message))


async def _fault(_: Request, error: Exception) -> Response:
    """A fault of the exchange itself: told on stderr."""
    traceback.print_exception(error, file=sys.stderr)
    return refusal(Refused(500, 50010000, "internal server error occurred"))


class Front:
    """Sends requests of the control to the control, and all others to the exchange."""

    def __init__(self, exchange: ASGIApp, control: ASGIApp) -> None:
        self._exchange, self._control = exchange, control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        is_control = scope["type"] == "http" and scope["path"].startswith(f"{CONTROL}/")
        await (self._control if is_control else self._exchange)(scope, receive, send)

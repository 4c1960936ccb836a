"""Which error is which HTTP status: the only place that knows.

NotFound                        404 not_found       the path names something that is not there
Conflict, IllegalTransition     409 conflict        the state in hand does not allow it
GatesNotMet                     409 gates_not_met   a run has not shown enough; `details` has every gate
InputError                      400 bad_input       the request was understood and cannot be done
Damaged                         409 damaged         what is stored is not what was written
InvalidOrder                    400 invalid_order
StrategyError                   400 strategy_error
RunFailed                       409 run_failed
Unavailable                     503 unavailable     with Retry-After: a database, venue or disk does not do its part
a wrong shape                   422 invalid_shape   `details` names the fields
anything else                   500 internal        logged; nothing of it is told
"""

import errno
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount

from weaver.glados.http.correlation import correlation_id_of
from weaver.glados.schemas.errors import ErrorDetail, ErrorResponse, GateDetail
from weaver.model.errors import (
    Conflict,
    Damaged,
    IllegalTransition,
    InputError,
    InvalidOrder,
    NotFound,
    RunFailed,
    StrategyError,
    Unavailable,
    WeaverError,
    of_family,
)
from weaver.model.fit_text import fit_to_send
from weaver.model.promotion.gates import GatesNotMet

RETRY_AFTER_SECONDS = 5
DETAILS_MAX = 100
"""A body may be wrong in more places than anybody reads."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
STATUSES: Mapping[type[WeaverError], tuple[int, str]] = {
    WeaverError: (400, "bad_input"),
    NotFound: (404, "not_found"),
    InputError: (400, "bad_input"),
    Damaged: (409, "damaged"),
    InvalidOrder: (400, "invalid_order"),
    StrategyError: (400, "strategy_error"),
    Conflict: (409, "conflict"),
    GatesNotMet: (409, "gates_not_met"),
    IllegalTransition: (409, "conflict"),
    RunFailed: (409, "run_failed"),
    Unavailable: (503, "unavailable"),
}
"""By family; a subclass that is not named has its family's."""
CODES = {
    400: "bad_input",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    409: "conflict",
    413: "too_large",
    414: "too_large",
    422: "invalid_shape",
    431: "too_large",
    500: "internal",
    503: "unavailable",
}
_MEANINGS = {
    400: "The request was understood, and what it asks for cannot be used.",
    401: "A token is needed, or the one given is wrong.",
    403: "The request names a Host or Origin that this server does not answer, or a page of another site set it off.",
    404: "There is nothing by that id.",
    408: "The upload came too slowly.",
    409: "The present state does not allow it.",
    413: "The body is larger than this server takes.",
    422: "The shape of the request is wrong; `details` names the fields.",
    500: "A fault of the server's own, logged under the correlation id.",
    503: "A database, venue or disk does not do its part now; header Retry-After says when to try again.",
}

_log = structlog.get_logger("weaver.glados.http.errors")


class BodyTooLarge(HTTPException):
    """A body went past its limit while it was being read; or, with `unpacked`, a file of that name as it unpacked."""

    def __init__(self, limit: int, *, unpacked: str | None = None) -> None:
        what = "the body is larger" if unpacked is None else f"{unpacked}: it unpacks to more"
        super().__init__(413, f"{what} than {limit:,} bytes, the most that is taken here")


class BodyTooSlow(HTTPException):
    """So few bytes of an upload came that its place is given to another."""

    def __init__(self, bytes_min: int, seconds: float) -> None:
        super().__init__(
            408,
            f"the upload came too slowly: under {bytes_min:,} bytes in {seconds:g} s; send it again over a better line",
            headers={"Connection": "close"},
        )


def cannot_keep(error: OSError) -> Unavailable:
    """What to say where an upload cannot be kept in the folder of temporary files, which the root has chosen."""
    folder = tempfile.gettempdir()
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Unavailable(f"there is no room for uploads in {folder}: make some, then try again")
    return Unavailable(f"uploads cannot be kept in {folder}: {error.strerror or error}: see to that folder")


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that can answer these error statuses, for the OpenAPI document."""
    return {status: {"model": ErrorResponse, "description": _MEANINGS[status]} for status in sorted(statuses)}


COMMON = responses(401, 403, 413, 422, 500, 503)
"""What any route may answer."""


def error_response(
    status: int,
    message: str,
    *,
    correlation_id: str,
    code: str | None = None,
    details: Sequence[ErrorDetail] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer in the one shape of errors; with a 401, the header that says how to do it right."""
    body = ErrorResponse(
        code=code or CODES.get(status, "error"),
        message=fit_to_send(message),
        details=[
            one.model_copy(update={"field": fit_to_send(one.field), "message": fit_to_send(one.message)})
            for one in details[:DETAILS_MAX]
        ],
        correlation_id=correlation_id,
    )
    more = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response(
        body.model_dump_json(), status_code=status, headers={**more, **(headers or {})}, media_type="application/json"
    )


def status_of(error: WeaverError) -> tuple[int, str]:
    """The HTTP status and code of an error that was raised on purpose."""
    return of_family(type(error), STATUSES)


def install_errors(app: FastAPI) -> None:
    """Have every error that a handler raises answered in the one shape."""
    app.add_exception_handler(WeaverError, _on_weaver_error)
    app.add_exception_handler(RequestValidationError, _on_wrong_shape)
    app.add_exception_handler(StarletteHTTPException, _on_http_error)


async def _on_weaver_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, WeaverError)
    status, code = status_of(error)
    if status == 503:
        _log.warning("unavailable", reason=str(error))
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else {}
    details = _gates(error) if isinstance(error, GatesNotMet) else []
    return error_response(
        status, str(error), code=code, correlation_id=correlation_id_of(request), details=details, headers=headers
    )


def _gates(error: GatesNotMet) -> list[ErrorDetail]:
    return [
        GateDetail(field=f"promotion.{one.name}", message=one.told, limit=one.limit, value=one.value, met=one.met)
        for one in error.gates
    ]


async def _on_wrong_shape(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    details = [_detail(one, error.body, request) for one in error.errors()[:DETAILS_MAX]]
    message = "; ".join(f"{one.field}: {one.message}" for one in details[:3])
    return error_response(422, message, details=details, correlation_id=correlation_id_of(request))


def _detail(one: Mapping[str, Any], body: Any, request: Request) -> ErrorDetail:
    """One of the things that are wrong with a request, as its client can read it."""
    place, text = one["loc"], str(one["msg"])
    if one["type"] == "value_error":
        text = str(one["ctx"]["error"])  # in our own words, before which pydantic puts some
    elif one["type"] == "json_invalid":
        row, column = _row_and_column(str(body), place[-1])
        place, text = place[:1], f"this is no JSON: {one['ctx']['error']} at line {row}, column {column}"
    elif place == ("body",) and isinstance(one.get("input"), bytes):
        given = request.headers.get("content-type")
        sent = "without a Content-Type" if given is None else f"as {given}"
        text = f"it was sent {sent}: send JSON, with the header Content-Type: application/json"
    return ErrorDetail(field=".".join(map(str, place)), message=text)


def _row_and_column(text: str, position: int) -> tuple[int, int]:
    """Where in a text something stands, both counted from 1."""
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


async def _on_http_error(request: Request, error: Exception) -> Response:
    """Unknown paths and methods, and bodies that the framework could not read at all (its 400 is a wrong shape, but
    where the disk did not take them)."""
    assert isinstance(error, StarletteHTTPException)
    if isinstance(error.__cause__, OSError):
        return await _on_weaver_error(request, cannot_keep(error.__cause__))
    status, headers = 422 if error.status_code == 400 else error.status_code, error.headers
    methods = _methods_of(request) if status in {404, 405} else []
    if methods and request.method not in methods:
        status, headers = 405, {"Allow": ", ".join(methods)}
    messages = {
        404: f"there is no {request.url.path}: see the OpenAPI document at /openapi.json",
        405: f"{request.method} is not possible on {request.url.path}: there is {', '.join(methods)}",
        422: "the body cannot be read: send JSON in UTF-8, or a form where the OpenAPI document asks for one",
    }
    return error_response(
        status,
        messages.get(status, str(error.detail)),
        correlation_id=correlation_id_of(request),
        headers=headers,
    )


def _methods_of(request: Request) -> list[str]:
    """All methods of a request's path. The framework names those of one route only, and the web app's files would take
    any path that no route wants."""
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    scopes = ({**request.scope, "method": method} for method in _METHODS)
    return [scope["method"] for scope in scopes if any(route.matches(scope)[0] is Match.FULL for route in routes)]

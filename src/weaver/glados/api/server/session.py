"""Signing in and out from a browser, which cannot send a header with an event stream."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import Response as PlainResponse

from weaver.glados.http.correlation import CorrelationId
from weaver.glados.http.errors import error_response
from weaver.glados.http.security import COOKIE, SESSION_DAYS, Gate, session_cookie
from weaver.glados.schemas.session import SessionResponse, SignInRequest

router = APIRouter(tags=["session"])


async def _gate(request: Request) -> Gate:
    return cast(Gate, request.app.state.gate)


GateDep = Annotated[Gate, Depends(_gate)]


@router.post("/session", status_code=201, response_model=SessionResponse)
async def sign_in(
    body: SignInRequest, request: Request, response: Response, gate: GateDep, corr_id: CorrelationId
) -> SessionResponse | PlainResponse:
    """Open a session: answers with its cookie, which only this site's pages send and no script can read."""
    if gate.is_open:
        return SessionResponse(signed_in=True, token_needed=False)
    if not gate.admits([body.token.get_secret_value()]):
        return error_response(401, "that is not the token (SECURITY_API_TOKEN)", correlation_id=corr_id)
    response.set_cookie(
        COOKIE,
        gate.sessions.open(),
        max_age=SESSION_DAYS * 86_400,
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return SessionResponse(signed_in=True, token_needed=True)


@router.get("/session")
async def get_session(gate: GateDep) -> SessionResponse:
    """Whether this client is signed in; 401 where it is not."""
    return SessionResponse(signed_in=True, token_needed=not gate.is_open)


@router.delete("/session", status_code=204)
async def sign_out(request: Request, gate: GateDep) -> PlainResponse:
    """End the session: its cookie is worth nothing from now on."""
    cookie = session_cookie(request.headers)
    if cookie is not None:
        gate.sessions.close(cookie)
    answer = PlainResponse(status_code=204)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return answer

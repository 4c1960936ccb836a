"""Signing in and out from a browser, which cannot send a header with an event stream."""

from fastapi import APIRouter, Request, Response
from starlette.responses import Response as PlainResponse

from weaver.glados.application import ServicesDep
from weaver.glados.http.correlation import CorrelationId
from weaver.glados.http.errors import error_response
from weaver.glados.http.security import COOKIE, SESSION_DAYS, session_cookie
from weaver.glados.schemas.server.session import SessionResponse, SignInRequest
from weaver.glados.services import Services

router = APIRouter(tags=["session"])


@router.post("/session", status_code=201, response_model=SessionResponse)
async def sign_in(
    body: SignInRequest, request: Request, response: Response, services: ServicesDep, corr_id: CorrelationId
) -> SessionResponse | PlainResponse:
    """Open a session: answers with its cookie, which only this site's pages send and no script can read."""
    gate = services.gate
    if gate.is_open:
        return await _session(services)
    if not gate.admits([body.token.get_secret_value()]):
        return error_response(401, "that is not the token (SECURITY_API_TOKEN)", correlation_id=corr_id)
    session = await _session(services)
    response.set_cookie(
        COOKIE,
        gate.sessions.open(),
        max_age=SESSION_DAYS * 86_400,
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return session


@router.get("/session")
async def get_session(services: ServicesDep) -> SessionResponse:
    """Whether this client is signed in, and where its event stream begins; 401 where it is not."""
    return await _session(services)


@router.delete("/session", status_code=204)
async def sign_out(request: Request, services: ServicesDep) -> PlainResponse:
    """End the session: its cookie is worth nothing from now on."""
    cookie = session_cookie(request.headers)
    if cookie is not None:
        services.gate.sessions.close(cookie)
    answer = PlainResponse(status_code=204)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return answer


async def _session(services: Services) -> SessionResponse:
    """As it is for a client that was let through. Raises Unavailable."""
    newest = (await services.log.bounds()).newest
    return SessionResponse(signed_in=True, token_needed=not services.gate.is_open, newest_seq=newest)

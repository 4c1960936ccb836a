"""The event stream."""

from typing import Annotated, cast

from fastapi import APIRouter, Header, Request
from fastapi import Query as Parameter
from starlette.responses import Response

from weaver.glados.errors import responses
from weaver.glados.schemas.base import MaybeEmpty
from weaver.glados.services import ServicesDep
from weaver.glados.sse import Filter, Hub
from weaver.glados.sse_response import EventStream, beginning

SEQ_MAX = 2**63 - 1

router = APIRouter(tags=["events"])


@router.get(
    "/events/stream",
    response_class=Response,
    responses={
        **responses(400),
        200: {
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
            "description": "Frames `id: <seq>`, `event: <type>`, `data: <payload JSON>`, in the order of seq; "
            "a comment every 15 seconds. `stream.Reset`: reload, the stream cannot go on where the client was.",
        },
    },
)
async def stream_events(
    request: Request,
    services: ServicesDep,
    run_id: Annotated[MaybeEmpty | None, Parameter(description="Only this run's events.")] = None,
    types: Annotated[
        MaybeEmpty | None, Parameter(description="Comma-separated: exact types, or `namespace.*`.")
    ] = None,
    after: Annotated[
        int | None, Parameter(ge=0, le=SEQ_MAX, description="Replay what came after this seq first; 0: everything.")
    ] = None,
    last_event_id: Annotated[
        MaybeEmpty | None, Header(description="As a browser sends it when it reconnects; goes before `after`.")
    ] = None,
) -> Response:
    """Events as they happen (server-sent events), after those missed since `Last-Event-ID`."""
    chosen = Filter.parse(types, run_id or None)
    start = _seq(last_event_id) if last_event_id else after
    hub = cast(Hub, request.app.state.hub)
    client = hub.enter(chosen)
    try:
        begin = await beginning(services.log, client, start)
    except BaseException:
        hub.leave(client)
        raise
    return EventStream(hub=hub, log=services.log, client=client, begin=begin, wait=services.wait)


def _seq(text: str) -> int:
    """The seq that a Last-Event-ID names; −1, which is never in the log, where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1

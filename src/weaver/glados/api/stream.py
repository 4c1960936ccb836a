"""The event stream."""

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi import Query as Parameter
from pydantic import AfterValidator
from starlette.responses import Response

from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.schemas.base import Identifier, MaybeEmpty
from weaver.glados.stream.hub import StreamFilter, names_in
from weaver.glados.stream.response import EventStream, beginning

router = APIRouter(tags=["events"])


def _named(text: str) -> str:
    if not names_in(text):
        raise ValueError("it names no type: leave it out for all of them, or write some, as run.*,orders.Filled")
    return text


TypeNames = Annotated[MaybeEmpty, AfterValidator(_named)]


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
    services: ServicesDep,
    run_id: Annotated[Identifier | None, Parameter(description="Only this run's events.")] = None,
    types: Annotated[
        list[TypeNames] | None, Parameter(description="Any of these, commas between: exact types, or `namespace.*`.")
    ] = None,
    after: Annotated[
        int | None,
        Parameter(
            description="Replay what came after this seq first; 0: everything; one not in the log: `stream.Reset`."
        ),
    ] = None,
    last_event_id: Annotated[
        MaybeEmpty | None, Header(description="As a browser sends it when it reconnects; goes before `after`.")
    ] = None,
) -> Response:
    """Events as they happen (server-sent events), after those missed since `Last-Event-ID`."""
    chosen = StreamFilter.parse(types, run_id)
    start = _seq(last_event_id.strip()) if last_event_id else after
    client = services.hub.enter(chosen)
    try:
        begin = await beginning(services.log, client, start)
    except BaseException:
        services.hub.leave(client)
        raise
    return EventStream(hub=services.hub, log=services.log, client=client, begin=begin, wait=services.wait)


def _seq(text: str) -> int | str:
    """The seq that a Last-Event-ID names; the text itself where it names none."""
    return int(text) if text.isascii() and text.isdigit() else text

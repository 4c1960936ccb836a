"""Reading the event log."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi import Query as Parameter

from weaver.events.filter import EventFilter
from weaver.glados.api.lists.page_text import written
from weaver.glados.api.lists.paging import Paging, PagingDep
from weaver.glados.application import ServicesDep
from weaver.glados.http.errors import responses
from weaver.glados.schemas.base import Identifier
from weaver.glados.schemas.events import EventResponse, EventsResponse
from weaver.glados.stream.hub import named_types

TypesParameter = Annotated[
    list[Identifier] | None, Parameter(description="Any of these types: exact names, or `namespace.*`.")
]
CorrelationParameter = Annotated[Identifier | None, Parameter(description="Only those that have this `corr_id`.")]

router = APIRouter(tags=["events"])


def chosen_types(names: Sequence[str] | None) -> list[str] | None:
    """The exact types that were asked for; None: all. Raises InputError for a type that does not exist."""
    if not names or "*" in names:
        return None
    return sorted(frozenset[str]().union(*map(named_types, names)))


@router.get("/events", response_model=EventsResponse, responses=responses(400))
async def list_events(
    services: ServicesDep,
    paging: PagingDep,
    type: TypesParameter = None,
    run_id: Annotated[Identifier | None, Parameter(description="Only this run's.")] = None,
    corr_id: CorrelationParameter = None,
    order_id: Annotated[Identifier | None, Parameter(description="Only those about this order.")] = None,
    after: Annotated[int, Parameter(ge=0, le=2**63 - 1, description="Only events past this seq.")] = 0,
    newest_first: Annotated[bool, Parameter(description="The first page has the newest, they first.")] = False,
) -> Response:
    """The log in the order of `seq`, which is that of commits. To follow it live, use GET /events/stream."""
    newest = (await services.log.bounds()).newest
    types = chosen_types(type)
    wanted = EventFilter(
        types=None if types is None else tuple(types), run_id=run_id, corr_id=corr_id, order_id=order_id
    )
    total = await services.log.count(wanted, after=after)
    cut = _from_the_end(total, paging) if newest_first else (paging.first, paging.page_size)
    events = list(await services.log.read(wanted, after=after, skip=cut[0], limit=cut[1]))
    last = events[-1].seq if events else None
    if newest_first:
        events.reverse()

    def answer() -> EventsResponse:
        return EventsResponse(
            items=[EventResponse.of(event) for event in events],
            total=total,
            page=paging.page,
            page_size=paging.page_size,
            next_after=last if last is not None else after,
            newest=newest,
        )

    return await written(services, answer, count=len(events))


def _from_the_end(total: int, paging: Paging) -> tuple[int, int]:
    """How many to skip, and how many to read, for a page that is counted from the newest."""
    end = max(0, total - paging.first)
    begin = max(0, end - paging.page_size)
    return begin, end - begin

"""A run's events: those of the log, then those kept with its result."""

from collections.abc import Sequence

from weaver.events.event import Event
from weaver.events.filter import EventFilter
from weaver.glados.api.runs.lookup import existing_run
from weaver.glados.ports import Page
from weaver.glados.services import Services
from weaver.glados.stored.events import EVENTS, KeptEvents


async def run_events(
    services: Services, run_id: str, *, types: Sequence[str] | None, first: int, count: int
) -> Page[Event]:
    """`count` of a run's events from the one numbered `first`, and how many there are. Raises NotFound."""
    async with services.database.transaction() as transaction:
        await existing_run(transaction, run_id)
        result = await transaction.records.find_result(run_id, blobs=[EVENTS])
    wanted = EventFilter(types=None if types is None else tuple(types), run_id=run_id)
    logged = await services.log.count(wanted)
    items = await services.log.read(wanted, limit=count, skip=first) if first < logged else []
    if result is None or EVENTS not in result.blobs:
        return Page(items=items, total=logged)
    kept = KeptEvents(result.blobs[EVENTS], types)
    rest = await services.threads.results.do(kept.page, max(first - logged, 0), count - len(items))
    return Page(items=[*items, *rest], total=logged + len(kept))

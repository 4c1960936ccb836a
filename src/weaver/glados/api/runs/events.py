"""A run's events: those of the log, then those kept with its result."""

from collections.abc import Sequence

from weaver.events.event import Event
from weaver.events.filter import EventFilter
from weaver.glados.api.lists.paging import Paging
from weaver.glados.api.runs.lookup import existing_run
from weaver.glados.ports import Page
from weaver.glados.services import Services
from weaver.glados.stored.events import EVENTS, KeptEvents


async def run_events(
    services: Services,
    run_id: str,
    paging: Paging,
    *,
    types: Sequence[str] | None,
    corr_id: str | None = None,
    newest_first: bool = False,
) -> Page[Event]:
    """A page of a run's events, and how many there are. Raises NotFound."""
    async with services.database.transaction() as transaction:
        await existing_run(transaction, run_id)
        result = await transaction.records.find_result(run_id, blobs=[EVENTS])
    wanted = EventFilter(types=None if types is None else tuple(types), run_id=run_id, corr_id=corr_id)
    logged = await services.log.count(wanted)
    kept = None
    if result is not None and EVENTS in result.blobs:
        kept = await services.threads.results.do(KeptEvents, result.blobs[EVENTS], types, corr_id)
    total = logged + (0 if kept is None else len(kept))
    first, end = min(paging.first, total), min(paging.first + paging.page_size, total)
    if newest_first:
        first, end = total - end, total - first
    items = await services.log.read(wanted, limit=end - first, skip=first) if first < min(end, logged) else []
    if kept is not None and end > logged:
        rest = await services.threads.results.do(kept.page, max(first - logged, 0), end - first - len(items))
        items = [*items, *rest]
    return Page(items=items[::-1] if newest_first else items, total=total)

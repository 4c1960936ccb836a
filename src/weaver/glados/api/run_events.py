"""A run's events: those of the log, then those kept with its result."""

import asyncio
import gzip
from collections.abc import Sequence

import orjson

from weaver.events.event import Event
from weaver.events.event_filter import EventFilter
from weaver.glados.api.lookup import existing_run
from weaver.glados.ports import Page
from weaver.glados.result_blobs import EVENTS, event_of
from weaver.glados.services import Services


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
    kept: list[bytes] = []
    if result is not None and EVENTS in result.blobs:
        kept = await asyncio.to_thread(_kept, result.blobs[EVENTS], types)
    start = max(first - logged, 0)
    rest = kept[start : start + count - len(items)]
    return Page(items=[*items, *(event_of(orjson.loads(line)) for line in rest)], total=logged + len(kept))


def _kept(blob: bytes, types: Sequence[str] | None) -> list[bytes]:
    """The lines of a blob whose events are of these types."""
    lines = [line for line in gzip.decompress(blob).splitlines() if line]
    if types is None:
        return lines
    marks = [f'"type":"{type_}"'.encode() for type_ in types]  # cheap, and lets through a few too many
    likely = [line for line in lines if any(mark in line for mark in marks)]
    return [line for line in likely if orjson.loads(line)["type"] in types]

"""Which events go when they are old, and finding them."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from weaver.events.filter import TypeFilter
from weaver.events.log.ports import EventLog, EventReader
from weaver.events.log.waiting import Wait, wait_for_event
from weaver.model.errors import Conflict, Unavailable

HIGH_VOLUME = TypeFilter.parse(
    ("clock.*", "market.Bar", "market.Quote", "market.Trade", "data.WindowReady", "data.WindowFailed")
)
"""What comes by the tick, and is of no use to an audit once it is old. A run's own events and journal stay with it; so
does what a live run was given at each tick, which stands in a table of its own (`recorded_inputs`), is no event, and is
never pruned: a run can be resumed, replayed and compared as long as it is there."""
MAX_AGE = timedelta(days=30)
EVERY_SECONDS = 6 * 3600.0

_log = structlog.get_logger(__name__)


def is_kept(type_: str) -> bool:
    """Whether events of a type are kept until their run is deleted."""
    return not HIGH_VOLUME.matches(type_)


async def prune_old(log: EventLog, *, now: Callable[[], datetime], max_age: timedelta = MAX_AGE) -> int:
    """Remove high-volume events that are older than `max_age`, up to the slowest consumer; returns how many."""
    return await log.prune(keep=is_kept, older_than_seq=await last_before(log, now() - max_age))


async def last_before(log: EventReader, moment: datetime) -> int:
    """A `seq` such that the events up to it were recorded before `moment`, and the next one was not."""
    bounds = await log.bounds()
    low, high = max(bounds.oldest - 1, 0), bounds.newest
    while low < high:
        middle = (low + high) // 2
        following = await log.read(after=middle, limit=1)
        if following and following[0].ts < moment:
            low = following[0].seq or middle + 1
        else:
            high = middle
    return low


async def keep_pruned(log: EventLog, *, now: Callable[[], datetime], wait: Wait = wait_for_event) -> None:
    """Prune now and every `EVERY_SECONDS`, until cancelled. A database that is away or read-only is tried again."""
    never = asyncio.Event()
    while True:
        try:
            if removed := await prune_old(log, now=now):
                _log.info("events_pruned", removed=removed)
        except (Unavailable, Conflict) as error:
            _log.warning("events_not_pruned", error=str(error))
        await wait(never, EVERY_SECONDS)

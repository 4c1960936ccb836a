"""A reader that must see each event at least once, whatever crashes."""

import asyncio
from collections.abc import Iterable

import structlog

from weaver.events.event import Event
from weaver.events.filter import EventFilter
from weaver.events.log.ports import EventLog, Handler
from weaver.events.log.pump import POLL_SECONDS
from weaver.events.log.waiting import Wait, wait_for_event
from weaver.model.errors import Unavailable

BATCH = 200
"""Events between two offsets; how many a crash can have handled twice."""

_log = structlog.get_logger(__name__)


async def consume(
    log: EventLog, name: str, handler: Handler, *, types: Iterable[str] | None = None, wait: Wait = wait_for_event
) -> None:
    """Call `handler` with every event past the offset of consumer `name`, in order, until cancelled.

    The offset moves once a batch was handled: after a crash up to `BATCH` events come again, none is left out. Where
    the log, or the handler, raises Unavailable, the batch is tried again; what else the handler raises ends the loop,
    with the offset where it was.
    """
    wanted = None if types is None else tuple(types)
    news = asyncio.Event()

    def heard(_event: Event) -> bool:
        news.set()
        return False  # only a wake-up: what is read decides, so there is no queue that could overflow

    subscription = log.subscribe(_nothing, types=("*",) if wanted is None else wanted, predicate=heard)
    is_known = False
    try:
        while True:
            news.clear()
            try:
                if not is_known:
                    await log.advance(name, 0)  # from now on nothing past its offset is pruned
                    is_known = True
                await _catch_up(log, name, handler, wanted)
            except Unavailable as error:
                _log.warning("consumer_waits", consumer=name, error=str(error))
            await wait(news, POLL_SECONDS)
    finally:
        await log.unsubscribe(subscription)


async def _catch_up(log: EventLog, name: str, handler: Handler, types: tuple[str, ...] | None) -> None:
    offset = await log.offset(name)
    while True:
        newest = (await log.bounds()).newest  # asked first: what of it is not read now is not of these types
        events = await log.read(EventFilter(types=types), after=offset, limit=BATCH)
        for event in events:
            await handler(event)
        is_full = len(events) == BATCH
        last = events[-1].seq or offset if events else offset
        reached = last if is_full else max(last, newest)
        if reached > offset:
            await log.advance(name, reached)
            offset = reached
        if not is_full:
            return


async def _nothing(_event: Event) -> None:
    """Never called: the predicate says no."""

"""`weaver data fetch`: what is asked for, and the fetching itself."""

import asyncio
from collections.abc import Sequence

from weaver.cli.screen.progress import ProgressBar
from weaver.glados.clock.wall import SystemWallClock
from weaver.model.calendar.instants import time_of
from weaver.model.errors import Unavailable
from weaver.model.market.timeframe import Timeframe
from weaver.research.inputs import instant
from weaver.research.venues import history
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.fetch.fetching import Fetched, Step, Wanted, fetch
from weaver.walle.fetch.sources.catalogue import SOURCES, start_at


def fetched(
    store: ParquetBarStore,
    symbols: Sequence[str],
    timeframe: Timeframe,
    *,
    start: str | None,
    end: str | None,
    source: str,
    exchange: str | None,
    progress: ProgressBar,
) -> list[Fetched]:
    """Fetch, and return what became of each symbol. Raises Unavailable where the venue stops answering: what there is
    by then is kept, and the same call goes on from there."""
    first, last = instant(start, name="--from"), instant(end, name="--to", end=True)
    return asyncio.run(_fetched(store, symbols, timeframe, first, last, source, exchange, progress))


async def _fetched(
    store: ParquetBarStore,
    symbols: Sequence[str],
    timeframe: Timeframe,
    first: int | None,
    last: int | None,
    source: str,
    exchange: str | None,
    progress: ProgressBar,
) -> list[Fetched]:
    async with history(source, exchange) as venue:
        if source in SOURCES and (note := SOURCES[source].note):
            progress.say(f"note: {note}")
        end = venue.now() if last is None else min(time_of(last), venue.now())
        begin = start_at(source, timeframe, end) if first is None else time_of(first)
        wanted = Wanted(symbols=symbols, timeframe=timeframe, start=begin, end=end)

        def report(step: Step) -> None:
            progress(f"Fetching {step.symbol}", step.share)
            if step.waits:
                progress.say(f"{step.symbol}: {step.waits}")

        wait = SystemWallClock().sleep
        try:
            return await fetch(venue, store, wanted, off_loop=asyncio.to_thread, wait=wait, report=report)
        except Unavailable as error:
            raise Unavailable(f"{error}; what was fetched is kept: run the same command again to go on") from None

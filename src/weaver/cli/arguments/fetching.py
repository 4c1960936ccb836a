"""`weaver data fetch`: what is asked for, and the fetching itself."""

import asyncio
from collections.abc import Sequence

from weaver.cli.screen.progress import ProgressBar
from weaver.glados.clock.wall import SystemWallClock
from weaver.model.calendar.instants import time_of
from weaver.model.errors import Unavailable
from weaver.model.market.timeframe import Timeframe
from weaver.research.inputs import instant
from weaver.research.venues import connected
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.fetch.fetching import Fetched, Wanted, fetch, usual_start


def fetched(
    store: ParquetBarStore,
    symbols: Sequence[str],
    timeframe: Timeframe,
    *,
    start: str | None,
    end: str | None,
    venue: str,
    progress: ProgressBar,
) -> list[Fetched]:
    """Fetch, and return what became of each symbol. Raises Unavailable where the venue stops answering: what there is
    by then is kept, and the same call goes on from there."""
    first, last = instant(start, name="--from"), instant(end, name="--to", end=True)
    return asyncio.run(_fetched(store, symbols, timeframe, first, last, venue, progress))


async def _fetched(
    store: ParquetBarStore,
    symbols: Sequence[str],
    timeframe: Timeframe,
    first: int | None,
    last: int | None,
    venue: str,
    progress: ProgressBar,
) -> list[Fetched]:
    async with connected(venue) as history:
        end = history.now() if last is None else min(time_of(last), history.now())
        begin = usual_start(timeframe, end) if first is None else time_of(first)
        wanted = Wanted(symbols=symbols, timeframe=timeframe, start=begin, end=end)

        def report(symbol: str, share: float) -> None:
            progress(f"Fetching {symbol}", share)

        wait = SystemWallClock().sleep
        try:
            return await fetch(history, store, wanted, off_loop=asyncio.to_thread, wait=wait, report=report)
        except Unavailable as error:
            raise Unavailable(f"{error}; what was fetched is kept: run the same command again to go on") from None

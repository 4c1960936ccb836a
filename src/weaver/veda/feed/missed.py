"""Minutes that a stream did not bring, asked for by REST."""

from collections.abc import Mapping

from weaver.model.calendar.instants import time_of
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.veda.exchange.market import LiveBar, live_bars_of
from weaver.veda.feed.pages import bars_between
from weaver.veda.feed.ports import History


async def missed_minutes(adapter: History, newest: Mapping[str, int], until: int) -> list[LiveBar]:
    """The minutes of each symbol that ended after an instant (ns) and by `until`, in the order of their ends. Raises
    Unavailable."""
    found: list[LiveBar] = []
    for symbol, after in newest.items():
        if has_minute_ended(after, until):
            bars = await bars_between(adapter, symbol, Timeframe(MINUTE), time_of(after - MINUTE), time_of(until))
            found += [bar for bar in live_bars_of(bars) if after < bar.end <= until]
    return sorted(found, key=lambda bar: (bar.end, bar.symbol))


def has_minute_ended(after: int, until: int) -> bool:
    """Whether a minute ended after an instant and by another (ns)."""
    return until // MINUTE > after // MINUTE

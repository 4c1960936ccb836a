"""A venue's history of one symbol, of all pages."""

from datetime import datetime

import numpy as np

from weaver.model.errors import InputError
from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.timeframe import Timeframe
from weaver.veda.feed.ports import History

PAGES_MAX = 60
"""So many pages are asked for at once, which is 600,000 bars at Alpaca: three years of minutes of a stock."""


async def bars_between(adapter: History, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
    """The bars with start ≤ stamp ≤ end that have ended. Raises Unavailable, and InputError where it would be too many
    pages."""
    page = await adapter.bars(symbol, timeframe, start, end)
    parts = [page.bars]
    while page.next_page is not None:
        if len(parts) == PAGES_MAX:
            raise InputError(
                f"{symbol}: there are more than {sum(map(len, parts))} {timeframe} bars since {start:%Y-%m-%d} at "
                f"{adapter.source}: import history into the bar store (weaver data fetch), or ask for fewer bars"
            )
        page = await adapter.bars(symbol, timeframe, start, end, page=page.next_page)
        parts.append(page.bars)
    return joined(parts)


def joined(parts: list[Bars]) -> Bars:
    """Bars of one symbol and timeframe, one part behind the other."""
    first, filled = parts[0], [part for part in parts if len(part)]
    if len(filled) < 2:
        return filled[0] if filled else first
    columns = {name: np.concatenate([getattr(part, name) for part in filled]) for name in COLUMNS}
    return Bars(symbol=first.symbol, timeframe=first.timeframe, **columns)

"""The bars of a run as they stood at one of its moments, for running it again without what came after."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from weaver.model.calendar.sessions import calendar_of
from weaver.model.listing import Listing
from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.corporate_actions import CorporateAction, Delisting, ex_day


def closed_by(listings: Mapping[str, Listing], until: int) -> dict[str, Listing]:
    """What had closed by an instant (ns). The arrays are copies: nothing later stands behind them."""
    final = max((int(one.bars.end[-1]) for one in listings.values() if len(one.bars)), default=until)
    cut = {}
    for symbol, listing in listings.items():
        bars = listing.bars
        count = int(np.searchsorted(bars.end, until, side="right"))
        columns = {name: getattr(bars, name)[:count].copy() for name in COLUMNS}
        actions = tuple(action for action in listing.actions if until >= final or _is_known(action, listing, until))
        cut[symbol] = replace(
            listing, bars=Bars(symbol=bars.symbol, timeframe=bars.timeframe, **columns), actions=actions
        )
    return cut


def fair(listings: Mapping[str, Listing], moments: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the instants at which a run that ends goes by the same rules. A file without any volume fills on every
    bar: one whose first bars have none must not be taken for such a file."""
    kept = np.ones(len(moments), dtype=np.bool_)
    for listing in listings.values():
        bars = listing.bars
        traded = np.flatnonzero(bars.volume > 0)
        if len(traded) and traded[0]:
            kept &= (moments < bars.end[0]) | (moments >= bars.end[traded[0]])
    return moments[kept]


def _is_known(action: CorporateAction, listing: Listing, until: int) -> bool:
    """A delisting waits for its day, which a run that ends before would bring forward to its own end."""
    if not isinstance(action, Delisting):
        return True
    bars, calendar = listing.bars, calendar_of(listing.instrument)
    day = np.array([ex_day(action)], dtype=np.int32)
    carrier = int(np.searchsorted(calendar.last_session_of(bars), day[0]))
    if carrier < len(bars):
        return int(bars.end[carrier]) <= until
    return int(calendar.session_close(day)[0]) <= until

"""What a backtest runs on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.model.account.costs import Costs
from weaver.model.account.margin import AccountRules
from weaver.model.listing import Listing
from weaver.model.numbers.scale import Scale
from weaver.model.orders.venue import VenueRules

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a backtest runs on."""

    listings: Mapping[str, Listing]
    costs: Mapping[str, Costs]
    rules: AccountRules
    start: int
    """Bars stamped before this are history, ns."""
    close_at_end: bool
    venue: VenueRules | None
    scales: Mapping[str, Scale]
    """In which each symbol's prices are counted (see `scale_of`)."""
    progress: Progress


def clock_ticks(listings: Mapping[str, Listing]) -> NDArray[np.int64]:
    """The instants (ns) at which bars close, each once: of rows that close together, the first one's own array."""
    rows = [listing.bars.end for listing in listings.values()]
    if all(len(row) == len(rows[0]) and np.array_equal(row, rows[0]) for row in rows[1:]):
        return rows[0]
    return np.unique(np.concatenate(rows))

"""One symbol of a run: its facts, its bars at the run's timeframe, and its splits and dividends."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from weaver.model.calendar.sessions import calendar_of
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction, Split, ex_day
from weaver.model.market.instrument import Instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a run knows of one symbol."""

    instrument: Instrument
    bars: Bars
    actions: tuple[CorporateAction, ...] = ()

    @property
    def symbol(self) -> str:
        """The instrument's symbol."""
        return self.instrument.symbol


def splits_at(listing: Listing) -> list[tuple[int, Fraction]]:
    """The bars before which splits take effect, by index, and the ratio at each; none is before the first bar."""
    bars, splits = listing.bars, [action for action in listing.actions if isinstance(action, Split)]
    if not splits or not len(bars):
        return []
    calendar = calendar_of(listing.instrument)
    sessions = calendar.last_session_of(bars)
    found: dict[int, Fraction] = {}
    for split in splits:
        index = int(np.searchsorted(sessions, ex_day(split)))
        if 0 < index < len(bars):
            found[index] = found.get(index, Fraction(1)) * Fraction(split.ratio)
    return sorted(found.items())

"""Splits and dividends of the symbols that somebody holds or trades, told before the open of their day."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import WeaverError
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split, ex_day, numbered
from weaver.veda.exchange.setup import Wall
from weaver.veda.feed.ports import History

LOOK_SECONDS = 900.0
"""So often the venue is asked: it lists what is announced days ahead, and sometimes only on the day."""
AHEAD, BACK = timedelta(days=7), timedelta(days=7)
"""Which ex-dates are asked for; those behind for what was listed late."""
AGAIN_SECONDS = 5.0
"""So soon where it did not answer, for the symbols of which it did not; twice as long after each time."""
BACK_MAX = timedelta(days=365)
"""So far at most for what became due while nobody was there."""
NAP_SECONDS = 1.0
"""So long it sleeps at most: a venue on this machine may have a time that goes faster than the wall's."""
NEW_YORK = calendar_for(AssetClass.STOCK)
"""Venues that are asked trade stocks of New York."""
Key = tuple[str, date, type[CorporateAction], int]
"""What stays of an action though its value is corrected: its symbol, its day, its kind, and which of those it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDue:
    """Something that a company does to its shares, and from when on (ns): before the first trade of its ex-date."""

    symbol: str
    action: Split | Dividend
    at: int
    number: int = 0
    """Which of its kind on that day it is, from 0 on."""
    is_late: bool = False
    """It was listed after that, and not at an earlier look."""


class CorporateWatch:
    """Asks a venue for what is to come, and for what was due since `after` (ns), and tells each once when it is due."""

    def __init__(self, venue: History, wall: Wall, *, after: int) -> None:
        self._venue, self._wall, self._after = venue, wall, after
        self._coming: dict[Key, ActionDue] = {}
        self._told: set[Key] = set()
        """Those that were told, or had been due before."""
        self._looked: set[str] = set()
        self._wanted: set[str] = set()
        """Those of which the venue did not answer when it was asked last."""
        self._under_way: set[str] = set()

    async def look(self, symbols: Collection[str]) -> None:
        """Ask for each of some symbols. What was announced and is no longer listed will not happen. Raises Unavailable:
        what was known before stays known."""
        today = self._venue.now().date()
        first = min(today - BACK, max(time_of(self._after).date(), today - BACK_MAX))
        for symbol in sorted(symbols):
            self._wanted.add(symbol)
        for symbol in sorted(symbols):
            listed = await self._venue.corporate_actions(symbol, first, today + AHEAD)
            self._wanted.discard(symbol)
            is_first = symbol not in self._looked
            self._looked.add(symbol)
            known = {key: self._coming.pop(key) for key in [key for key in self._coming if key[0] == symbol]}
            for action, number in numbered(listed):
                self._note(symbol, action, number, is_first=is_first, known=known)

    def due(self, now: int) -> list[ActionDue]:
        """What has become due by now (ns), by time; of one time dividends first, which are paid on shares as
        they stood before a split."""
        found = sorted(
            (key for key, one in self._coming.items() if one.at <= now),
            key=lambda key: (self._coming[key].at, key[0], key[2] is not Dividend),
        )
        self._told.update(found)
        return [self._coming.pop(key) for key in found]

    def unsettled(self, now: int) -> frozenset[str]:
        """The symbols of which something is due by now (ns), and is not in the books yet."""
        return frozenset([*self._under_way, *(key[0] for key, one in self._coming.items() if one.at <= now)])

    def next_due(self) -> int | None:
        """When the next will be due (ns), of those that are known."""
        return min((one.at for one in self._coming.values()), default=None)

    async def run(
        self,
        symbols: Callable[[], Collection[str]],
        *,
        on_due: Callable[[ActionDue], Awaitable[None]],
        on_failure: Callable[[str], None],
    ) -> None:
        """Look every `LOOK_SECONDS`, and where there is a symbol more, and tell what is due when it is; to be run as a
        task of its owner, without end."""
        again = AGAIN_SECONDS
        while True:
            looked = frozenset(symbols())
            try:
                await self.look(self._wanted & looked or looked)
            except WeaverError as error:
                on_failure(str(error))
                pause = min(again, LOOK_SECONDS)
                again = 2 * pause
            else:
                pause, again = LOOK_SECONDS, AGAIN_SECONDS
            looks_again = instant_of(self._venue.now()) + int(pause * 1e9)
            while (now := instant_of(self._venue.now())) < looks_again and looked.issuperset(symbols()):
                await self._settle(now, on_due)
                until = min(self.next_due() or looks_again, looks_again)
                await self._wall.sleep(min(max((until - now) / 1e9, 0.0), NAP_SECONDS))

    async def _settle(self, now: int, on_due: Callable[[ActionDue], Awaitable[None]]) -> None:
        due = self.due(now)
        self._under_way = {one.symbol for one in due}
        for one in due:
            await on_due(one)
        self._under_way = set()

    def _note(
        self, symbol: str, action: CorporateAction, number: int, *, is_first: bool, known: Mapping[Key, ActionDue]
    ) -> None:
        key, at = (symbol, action.ex_date, type(action), number), due_at(action, NEW_YORK)
        if isinstance(action, Delisting) or key in self._told:
            return
        if at <= self._after and is_first:
            self._told.add(key)
            return
        is_late = known[key].is_late if key in known else not is_first and at <= instant_of(self._venue.now())
        self._coming[key] = ActionDue(symbol=symbol, action=action, at=at, number=number, is_late=is_late)


def due_at(action: CorporateAction, calendar: Calendar) -> int:
    """When trading may begin on its ex-date at the symbol's exchange (ns): at 04:00 in New York, elsewhere with the
    day."""
    return int(calendar.extended_open(np.array([ex_day(action)], dtype=np.int32))[0])

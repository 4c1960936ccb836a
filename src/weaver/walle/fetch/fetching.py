"""Fetch series from a venue into the bar store."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

import numpy as np

from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.resample import by_calendar
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError, NotFound, OverLimit, Unavailable
from weaver.model.facts import Facts
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.walle.bars.importing import Imported
from weaver.walle.bars.store import ParquetBarStore, WriteOutcome
from weaver.walle.fetch.ports import History
from weaver.walle.fetch.staging import Staging
from weaver.walle.files.checks.assembly import ReadBars
from weaver.walle.files.checks.corporate_action_quality import check_corporate_actions
from weaver.walle.files.checks.quality import check_bars

T = TypeVar("T")
WAIT_SECONDS = (1.0, 5.0, 15.0, 30.0)
"""Before a venue that did not answer is asked for the same once more; longer where it says so itself."""
WAIT_SECONDS_MAX = 300
"""A venue that wants to be left alone for longer ends the fetch, which goes on where it was another time."""
LATE = timedelta(days=7)
"""So much later than asked for a history may begin before anybody is told: holidays are no news."""
YEARS_OF_DAYS, YEARS_OF_MINUTES = 10, 1
"""How far back history is fetched unless somebody says."""


class OffLoop(Protocol):
    """Runs blocking work in a thread."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be fetched: bars with start ≤ stamp ≤ end, and the splits and dividends of that time."""

    symbols: Sequence[str]
    timeframe: Timeframe
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of a symbol."""

    symbol: str
    outcome: Imported | InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far a fetch is. share: of everything, 0 to 1. waits: why nothing is asked just now, and for how long."""

    symbol: str
    share: float
    waits: str = ""


Wait = Callable[[float], Awaitable[None]]
Report = Callable[[Step], None]


async def fetch(
    history: History, store: ParquetBarStore, wanted: Wanted, *, off_loop: OffLoop, wait: Wait, report: Report
) -> list[Fetched]:
    """Fetch each symbol's bars and store them, wholly or not at all; one that is refused does not hold up the others.

    Each page is kept on disk beside the store, so the same call goes on where one was cut short: by Unavailable, which
    it raises where the venue stops answering for long or the disk is full, or by the end of the process. What was
    stored before for the same stretch of time is replaced, the rest is kept, actions alike; and so are the symbol's
    facts of which the venue tells nothing, as a multiplier. One that is being fetched already is refused.
    """
    if wanted.start >= wanted.end:
        raise InputError(f"nothing lies between {wanted.start} and {wanted.end}: the end must be the later one")
    symbols = list(dict.fromkeys(wanted.symbols))
    place = _Place(
        history=history, store=store, wanted=wanted, off_loop=off_loop, wait=wait, told=_Told(report, len(symbols))
    )
    place.told.begin(symbols[0] if symbols else "", 0)
    known = await place.asked(lambda: history.instruments(symbols))
    fetched, stagings = list[Fetched](), list[Staging]()
    with ExitStack() as held:
        for number, symbol in enumerate(symbols):
            place.told.begin(symbol, number)
            try:
                if symbol not in known:
                    raise await _unknown(place, symbol)
                staging = place.staging(symbol)
                await off_loop(partial(held.enter_context, staging.held()))
                stagings.append(staging)
                series = _Series(place, symbol, known[symbol].instrument, staging)
                fetched.append(Fetched(symbol=symbol, outcome=await series.fetch()))
            except InputError as error:
                fetched.append(Fetched(symbol=symbol, outcome=error))
        for staging in stagings:
            await off_loop(staging.remove)
    return fetched


async def _unknown(place: "_Place", symbol: str) -> NotFound:
    near = await place.asked(lambda: place.history.like(symbol))
    hint = f": {' or '.join(near)}?" if near else ""
    return NotFound(f"{symbol}: the venue ({place.history.source}) knows no such symbol{hint}")


class _Told:
    """What is said of how far it is."""

    def __init__(self, report: Report, count: int) -> None:
        self._report, self._count = report, count
        self._symbol, self._number, self._share = "", 0, 0.0

    def begin(self, symbol: str, number: int) -> None:
        self._symbol, self._number, self._share = symbol, number, 0.0

    def reached(self, share: float) -> None:
        self._share = share
        self._tell("")

    def waits(self, why: str) -> None:
        self._tell(why)

    def _tell(self, waits: str) -> None:
        self._report(Step(symbol=self._symbol, share=(self._number + self._share) / self._count, waits=waits))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """From where to where."""

    history: History
    store: ParquetBarStore
    wanted: Wanted
    off_loop: OffLoop
    wait: Wait
    told: _Told

    async def asked(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What the venue answers, asked again for a while. Raises Unavailable."""
        for seconds in WAIT_SECONDS:
            try:
                return await ask()
            except Unavailable as error:
                pause = max(seconds, (error.seconds or 0.0) if isinstance(error, OverLimit) else 0.0)
                if pause > WAIT_SECONDS_MAX:
                    raise
                self.told.waits(f"{error}; asked again in {pause:g} s")
                await self.wait(pause)
        return await ask()

    def staging(self, symbol: str) -> Staging:
        """Where a symbol's pages are kept on the way."""
        start, timeframe = instant_of(self.wanted.start), self.wanted.timeframe
        root, source = self.store.root, self.history.source
        return Staging(root, source=source, symbol=symbol, timeframe=timeframe, start=start)


class _Series:
    """One symbol's."""

    def __init__(self, place: _Place, symbol: str, instrument: Instrument, staging: Staging) -> None:
        self._place, self._symbol, self._instrument, self._staging = place, symbol, instrument, staging
        self._wanted = place.wanted

    async def fetch(self) -> Imported:
        """Raises InputError, and Unavailable."""
        off_loop = self._place.off_loop
        reached = await off_loop(self._reached)
        await self._pages(reached)
        bars = await off_loop(self._staging.bars)
        if bars is not None:
            actions = await self._actions()
            return await off_loop(lambda: self._stored(bars, actions))
        if reached is None:
            raise InputError(
                f"{self._symbol}: the venue ({self._place.history.source}) has no bars of {self._wanted.timeframe} "
                f"between {self._wanted.start} and {self._wanted.end}"
            )
        return await off_loop(self._as_stored)

    def _reached(self) -> int | None:
        """How far an earlier call came; nowhere, if what it had stored was removed since."""
        reached = self._staging.reached()
        is_there = self._place.store.find(self._symbol, self._wanted.timeframe) is not None
        return reached if is_there or self._staging.has_pages else None

    async def _pages(self, reached: int | None) -> None:
        """Fetch what follows the newest bar that was fetched, and keep each page."""
        wanted = self._wanted
        begin = wanted.start if reached is None else time_of(reached)
        page: str | None = None
        while True:
            self._place.told.reached(self._share(reached))
            ask = partial(self._place.history.bars, self._symbol, wanted.timeframe, begin, wanted.end, page=page)
            answer = await self._place.asked(ask)
            bars = _after(answer.bars, reached)
            await self._place.off_loop(partial(self._staging.add, bars))
            reached = int(bars.timestamp[-1]) if len(bars) else reached
            page = answer.next_page
            if page is None:
                return

    def _share(self, reached: int | None) -> float:
        first, last = instant_of(self._wanted.start), instant_of(self._wanted.end)
        return 0.0 if reached is None else min(1.0, max(0.0, (reached - first) / (last - first)))

    async def _actions(self) -> tuple[CorporateAction, ...]:
        first, last = await self._place.off_loop(self._dates)
        return await self._place.asked(lambda: self._place.history.corporate_actions(self._symbol, first, last))

    def _dates(self) -> tuple[date, date]:
        """Of which days splits and dividends are asked for: those that are fetched, and a hole between these and what
        is stored, as a split within it divides the prices across it."""
        first, last = self._wanted.start.date(), self._wanted.end.date()
        stored = self._place.store.find(self._symbol, self._wanted.timeframe)
        if stored is None:
            return first, last
        before, after = time_of(stored.last).date(), time_of(stored.first).date()
        return (before if before < first else first), (after if after > last else last)

    def _stored(self, bars: Bars, fetched: Sequence[CorporateAction]) -> Imported:
        """Write the bars, with the actions of their time in the place of those known before. Of other days those that
        are stored count."""
        store, symbol = self._place.store, self._symbol
        is_known = store.find(symbol) is not None
        first, last = self._wanted.start.date(), self._wanted.end.date()
        others = [one for one in (store.actions(symbol) if is_known else ()) if not first <= one.ex_date <= last]
        known = {(type(one), one.ex_date) for one in others}
        new = [one for one in fetched if (type(one), one.ex_date) not in known]
        actions = sorted([*others, *new], key=lambda action: action.ex_date)
        instrument = self._known(self._instrument)
        bars = by_calendar(bars, calendar_of(self._instrument), calendar_of(instrument))
        outcome = store.write(bars, instrument, actions, self._place.history.source)
        self._staging.stored()
        return Imported(read=self._read(bars, instrument, actions, self._late(bars)), outcome=outcome)

    def _known(self, instrument: Instrument) -> Instrument:
        """With the facts that are stored where the venue tells none, as a multiplier that somebody gave."""
        stored = self._place.store.known_instrument(self._symbol)
        if stored is None or stored.asset_class is not instrument.asset_class:
            return instrument
        return Facts.told(instrument).applied(stored)

    def _as_stored(self) -> Imported:
        """What an earlier call, which was cut short later on, has stored already."""
        store, timeframe = self._place.store, self._wanted.timeframe
        stored, entry = store.read(self._symbol, timeframe), store.find(self._symbol, timeframe)
        assert entry is not None
        outcome = WriteOutcome(entry=entry, written=0, replaced=0, kept=entry.rows)
        return Imported(read=self._read(stored.bars, stored.instrument, stored.actions), outcome=outcome)

    def _late(self, bars: Bars) -> tuple[str, ...]:
        """A note where the venue's history begins well after what was asked for."""
        first, wanted = time_of(int(bars.timestamp[0])), self._wanted.start
        if first - wanted <= LATE:
            return ()
        return (f"{self._symbol}: {self._place.history.source} has no bars before {first:%Y-%m-%d}",)

    def _read(
        self, bars: Bars, instrument: Instrument, actions: Sequence[CorporateAction], notes: tuple[str, ...] = ()
    ) -> ReadBars:
        asset_class, calendar = instrument.asset_class, calendar_of(instrument)
        warnings = (
            *check_bars(bars, calendar, asset_class),
            *check_corporate_actions(bars, calendar, asset_class, actions),
        )
        return ReadBars(bars=bars, instrument=instrument, notes=notes, warnings=warnings)


def _after(bars: Bars, reached: int | None) -> Bars:
    """Those that were not fetched yet."""
    first = 0 if reached is None else int(np.searchsorted(bars.timestamp, reached, side="right"))
    return bars.slice(first, len(bars))


def usual_start(timeframe: Timeframe, end: datetime) -> datetime:
    """Since when history is fetched: ten years of days, one of anything finer."""
    years = YEARS_OF_DAYS if timeframe.nanoseconds >= DAY else YEARS_OF_MINUTES
    return end.replace(year=end.year - years, day=min(end.day, 28), hour=0, minute=0, second=0, microsecond=0)

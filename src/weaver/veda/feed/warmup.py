"""What a run's series hold before its first tick, and what they missed while it was down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

import numpy as np

from weaver.model.calendar.instants import clamped, instant_of, time_of
from weaver.model.errors import InputError, NotFound
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction, numbered
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import DAY, MINUTE, Timeframe
from weaver.veda.exchange.market import LiveBar
from weaver.veda.feed.forming import input_bars
from weaver.veda.feed.pages import joined
from weaver.veda.feed.ports import BarStore, History, SomeBars
from weaver.veda.feed.venue_bars import base_of, ended_by, made_between
from weaver.veda.inputs import InputBar

DEFAULT_BARS = 1_000
"""So many bars of its timeframe a run has before its first tick where nothing is said and nothing is stored."""
WIDENED = 4
"""So often a stretch is doubled that holds too few bars."""
_SESSION_MINUTES = 390
T = TypeVar("T")


class Aside(Protocol):
    """Does work that blocks where it holds nobody up (`asyncio.to_thread`)."""

    async def __call__(self, work: Callable[[], T], /) -> T: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Warmup:
    """One symbol's bars before a run."""

    bars: Bars
    """Of the run's timeframe, raw, all ended."""
    forming: tuple[LiveBar, ...]
    """The minutes that have ended of the bar that is forming: they go to the run's `TickBuilder` before its stream."""
    actions: tuple[CorporateAction, ...]
    """Splits, dividends and a delisting that the store or the venue knows of, up to then, by date."""
    source: str
    """Of which bars it is made, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """What passed while a run was down."""

    missed: tuple[InputBar, ...]
    """By time, then in the run's symbol order."""
    forming: tuple[LiveBar, ...]
    """As of a warm-up."""


class BarHistory:
    """Bars of the store, and after its last those of the venue, as a run would have seen them.

    `venue` is None for a replay: what comes before it is stored beside it.
    """

    def __init__(self, store: BarStore, venue: History | None, *, aside: Aside) -> None:
        self._store, self._venue, self._aside = store, venue, aside

    async def warm_up(
        self, instrument: Instrument, timeframe: Timeframe, until: datetime, count: int | None = None
    ) -> Warmup:
        """The newest `count` bars that have ended by `until`; None: all that are stored and what has come since, or
        where nothing is stored DEFAULT_BARS. Fewer where there are no more. Raises Unavailable where the venue does
        not answer, and InputError, in one line."""
        if count is not None and count < 0:
            raise InputError(f"a warm-up has 0 bars or more, not {count}")
        stored = await self._stored(instrument, timeframe, instant_of(until), count)
        rest = _Rest(bars=_none(instrument.symbol, timeframe), forming=(), actions=stored.actions, meets_store=True)
        if self._venue is not None:
            rest = await _Venue(self._venue, instrument, timeframe, instant_of(until), stored).rest(count)
        bars = _newest(_after(stored.bars, rest), count)
        return Warmup(
            bars=bars,
            forming=rest.forming,
            actions=tuple(one for one in rest.actions if one.ex_date <= until.date()),
            source=self._source(timeframe, len(bars), min(len(rest.bars), len(bars))),
        )

    async def catch_up(
        self, instruments: Mapping[str, Instrument], timeframe: Timeframe, after: int, until: datetime
    ) -> CaughtUp:
        """The bars of a run's symbols that ended after an instant (ns), its newest tick, and by `until`. Raises
        Unavailable, InputError."""
        if self._venue is None:
            return CaughtUp(missed=(), forming=())  # time stood still
        begin = clamped(after - timeframe.nanoseconds - (5 * DAY if timeframe.is_daily else 0))
        missed, forming = list[InputBar](), list[LiveBar]()
        for instrument in instruments.values():
            actions = await _actions(self._venue, instrument, begin, instant_of(until))
            made = await made_between(self._venue, instrument, timeframe, begin, instant_of(until), actions)
            missed += [bar for bar in input_bars(made.bars, is_missed=True) if bar.end > after]
            forming += made.forming
        missed.sort(key=lambda bar: bar.end)  # stable: symbols stay in the run's order
        return CaughtUp(missed=tuple(missed), forming=tuple(forming))

    async def _stored(self, instrument: Instrument, timeframe: Timeframe, until: int, count: int | None) -> "_Stored":
        """What is stored and has ended; where `count` is, at least as many if there are."""
        symbol = instrument.symbol

        def read(start: int | None) -> SomeBars | None:
            try:
                return self._store.read(symbol, timeframe, start, until)
            except NotFound:
                return None

        start = None if count is None else clamped(until - 2 * _span(timeframe, count, instrument.asset_class))
        found = await self._aside(lambda: read(start))
        if found is not None and start is not None and count is not None and len(found.bars) <= count:
            found = await self._aside(lambda: read(None))
        if found is None:
            return _Stored(bars=_none(symbol, timeframe), actions=())
        return _Stored(bars=ended_by(found.bars, until), actions=found.actions)

    def _source(self, timeframe: Timeframe, count: int, made: int) -> str:
        told = [f"{count - made} {timeframe} bars of the bar store"] if count > made else []
        if self._venue is not None and made:
            told.append(f"{made} made of the {base_of(timeframe)} bars of {self._venue.source}")
        return ", ".join(told) or "no bars"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    bars: Bars
    actions: tuple[CorporateAction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    """What the venue has; `meets_store`: from the store's last bar on, which it makes anew, as less of it may be stored
    than there was."""

    bars: Bars
    forming: tuple[LiveBar, ...]
    actions: tuple[CorporateAction, ...]
    meets_store: bool


class _Venue:
    """What is asked for after the store, or instead of it."""

    def __init__(
        self, venue: History, instrument: Instrument, timeframe: Timeframe, until: int, stored: _Stored
    ) -> None:
        self._venue, self._instrument, self._timeframe = venue, instrument, timeframe
        self._until, self._stored = until, stored

    async def rest(self, count: int | None) -> _Rest:
        """Enough for `count` bars, from the store's last bar on if that is near enough."""
        last = int(self._stored.bars.timestamp[-1]) if len(self._stored.bars) else None
        if count is None and last is not None:
            return await self._since(last, meets_store=True)
        wanted = DEFAULT_BARS if count is None else count
        span = _span(self._timeframe, wanted, self._instrument.asset_class)
        widest = span * 2**WIDENED
        while True:
            begin = clamped(self._until - span)
            if last is not None and begin <= last:
                return await self._since(last, meets_store=True)
            found = await self._since(begin, meets_store=False)
            span *= 2
            if len(found.bars) >= wanted or span >= widest:
                return found

    async def _since(self, begin: int, *, meets_store: bool) -> _Rest:
        venue, instrument, timeframe = self._venue, self._instrument, self._timeframe
        actions = _merged(self._stored.actions, await _actions(venue, instrument, begin, self._until))
        made = await made_between(venue, instrument, timeframe, begin, self._until, actions)
        first = 0 if meets_store or timeframe == base_of(timeframe) else 1  # the stretch begins within its first bar
        return _Rest(
            bars=made.bars.slice(first, len(made.bars)),
            forming=made.forming,
            actions=actions,
            meets_store=meets_store,
        )


def _after(stored: Bars, rest: _Rest) -> Bars:
    """Stored bars and those that the venue has after them; where a hole would be between, the venue's alone."""
    if not len(rest.bars):
        return stored
    if not rest.meets_store:
        return rest.bars
    return joined([stored.slice(0, int(np.searchsorted(stored.timestamp, rest.bars.timestamp[0]))), rest.bars])


def _newest(bars: Bars, count: int | None) -> Bars:
    return bars if count is None else bars.slice(max(len(bars) - count, 0), len(bars))


def _span(timeframe: Timeframe, count: int, asset_class: AssetClass) -> int:
    """In what stretch (ns) so many bars lie, in a market of the class that trades in each."""
    if timeframe.is_daily:
        days = (count + 1) * max(timeframe.days, 1) * 31 // 30
    elif asset_class is AssetClass.STOCK:
        days = count * timeframe.nanoseconds // (_SESSION_MINUTES * MINUTE) + 1
    else:
        days = count * timeframe.nanoseconds // DAY + 1
    is_whole_week = asset_class is AssetClass.CRYPTO
    return (days if is_whole_week else days * 3 // 2 + 5) * DAY


async def _actions(venue: History, instrument: Instrument, begin: int, until: int) -> tuple[CorporateAction, ...]:
    if instrument.asset_class is not AssetClass.STOCK:
        return ()
    return await venue.corporate_actions(instrument.symbol, time_of(begin).date(), time_of(until).date())


def _merged(stored: Sequence[CorporateAction], told: Sequence[CorporateAction]) -> tuple[CorporateAction, ...]:
    """By date; where both know of one of a kind on a day, or of a second, the store's, which can be mended."""
    known: dict[tuple[date, type[CorporateAction], int], CorporateAction] = {}
    for actions in (stored, told):
        for action, number in numbered(actions):
            known.setdefault((action.ex_date, type(action), number), action)
    return tuple(sorted(known.values(), key=lambda action: action.ex_date))


def _none(symbol: str, timeframe: Timeframe) -> Bars:
    instants, values = np.empty(0, dtype=np.int64), np.empty(0)
    return Bars(
        symbol=symbol, timeframe=timeframe, timestamp=instants, end=instants, open=values, high=values, low=values,
        close=values, volume=values,
    )  # fmt: skip

"""Stored bars, replayed: each tick comes when its time has come, and after the last one the replay has ended."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import NamedTuple

import numpy as np

from weaver.model.account.costs import Costs
from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError, NotFound
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction, Delisting, ex_day, is_within
from weaver.model.market.timeframe import Timeframe
from weaver.veda.adapters.simulated.hours import NEW_YORK, clock_at, trading_days
from weaver.veda.adapters.simulated.memory import Remembered
from weaver.veda.adapters.simulated.ports import PricedBars
from weaver.veda.adapters.simulated.sources.carry_due import CarryDue
from weaver.veda.adapters.simulated.sources.pacing import Pace
from weaver.veda.adapters.simulated.venue.rules import instrument_rules
from weaver.veda.adapters.simulated.venue.venue import SimulatedVenue
from weaver.veda.exchange.market import (
    BarPage,
    FeedRestored,
    InstrumentRules,
    LiveBar,
    ReplayEnded,
    TickEnded,
    TradingDay,
    VenueClock,
    feed_of,
)
from weaver.veda.exchange.port import BarMessage
from weaver.veda.exchange.setup import Wall

PAGE = 10_000
"""Bars of a page of history."""
Read = Callable[[str, Timeframe], PricedBars]
"""All stored bars of a symbol; it may block. Raises NotFound, and Damaged."""
CarryOf = Callable[[Mapping[str, AssetClass]], Mapping[str, Costs]]
"""What holding costs, by symbol, of symbols with their classes. Raises InputError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOptions:
    """What is replayed: the bars with start ≤ stamp ≤ end (None: all), of a timeframe, as in a backtest."""

    symbols: tuple[str, ...]
    timeframe: Timeframe
    start: datetime
    end: datetime | None = None
    has_history: bool = True
    """Whether bars before those are known to whoever trades; then it begins where the last of them ended."""
    speed: float = 1.0
    """Venue seconds in a second of the wall's, or MAX."""


class Tick(NamedTuple):
    """An instant at which bars end (ns): their places by symbol, in the replay's order."""

    end: int
    bars: Mapping[str, int]


class Replay:
    """A feed of stored bars for a venue. Time goes on when a reader of its stream asks for more than has come by then;
    while nobody reads it stands still."""

    is_replay = True

    def __init__(
        self,
        options: ReplayOptions,
        *,
        read: Read,
        wall: Wall,
        venue: SimulatedVenue,
        carry: CarryOf = lambda _classes: {},
    ) -> None:
        self._options, self._read, self._venue, self._carry_of = options, read, venue, carry
        self._carry = CarryDue({}, {}, {}, has_history=True)
        self._pace = Pace(wall, start=instant_of(options.start), speed=options.speed)
        self._series: dict[str, PricedBars] = {}
        self._places: dict[str, int] = {}
        """By symbol, which of its bars comes next."""
        self._stops: dict[str, int] = {}
        """And before which the replay ends."""
        self._actions: dict[tuple[str, int], list[CorporateAction]] = {}
        """What companies do ahead of a bar of their symbol."""
        self._delistings: list[tuple[int, str, Delisting]] = []
        """Those that no bar comes after, with the instant of their session's close."""
        self._coming: Tick | None = None
        self._readers: dict[int, deque[LiveBar | TickEnded]] = {}
        """What has come for each reader and was not read, by the reader's number."""
        self._numbers = count()
        self._untold: list[LiveBar | TickEnded] = []
        """Of ticks that were made up for."""
        self._stepping = asyncio.Lock()

    @property
    def source(self) -> str:
        """Where its bars come from."""
        return "stored bars"

    @property
    def now(self) -> int:
        """The replay's time, ns."""
        return self._pace.now

    @property
    def placed(self) -> int:
        """When a request counts as come that comes now, ns."""
        return self._pace.placed

    @property
    def tick(self) -> int:
        """The newest of its ticks, ns."""
        return self._pace.tick

    def recover(self, remembered: Remembered) -> None:
        """Have the bars do again what they did, with what was asked for at each tick. Ticks that nobody has dealt with
        are told to who reads next."""
        if remembered.until is None:
            return
        asked = deque(remembered.asked)
        while True:
            while asked and asked[0].tick <= self._pace.tick:
                self._venue.ask(asked.popleft())
            if self._coming is None or (self._coming.end > remembered.until and not asked):
                return
            self._pace.skip()
            messages = self._advance(self._coming)
            if self._pace.tick > remembered.until:
                self._untold += messages

    def set_speed(self, speed: float) -> None:
        """Go on at another speed. Raises InputError."""
        self._pace.set_speed(speed)

    async def connect(self) -> None:
        """Read the bars. Raises InputError where a symbol has none to replay."""
        async with self._stepping:
            if not self._series:
                await self._begin()

    async def _begin(self) -> None:
        options = self._options
        found = {symbol: await asyncio.to_thread(self._read, symbol, options.timeframe) for symbol in options.symbols}
        if not any(first < last for first, last in map(self._range, found.values())):
            until = "" if options.end is None else f" to {options.end.isoformat()}"
            raise InputError(
                f"no {options.timeframe} bars of {', '.join(found)} to replay from {options.start.isoformat()}{until}"
            )
        self._series = found
        for symbol, series in found.items():
            self._venue.add(self._rules(series), series.costs)
            self._places[symbol], self._stops[symbol] = self._range(series)
            for action in sorted(series.listing.actions, key=lambda action: action.ex_date):
                self._schedule(symbol, series, action)
        classes = {symbol: series.listing.instrument.asset_class for symbol, series in found.items()}
        ranges = {symbol: self._range(series) for symbol, series in found.items()}
        self._carry = CarryDue(self._carry_of(classes), found, ranges, has_history=options.has_history)
        self._begin_at()
        self._expect()

    def _begin_at(self) -> None:
        """Time begins with the last of the bars before the replay; where there are none, at its start, and what is
        ordered then may fill at opens before that, as of a daily bar."""
        firsts = {symbol: self._range(series)[0] for symbol, series in self._series.items()}
        before = {symbol: first - 1 for symbol, first in firsts.items() if first and self._options.has_history}
        for symbol, last in before.items():
            self._venue.close_before(symbol, self._series[symbol].session_bar(last).close)
        if before:
            self._pace.begin(max(self._series[symbol].ends[last] for symbol, last in before.items()))
        else:
            self._venue.open_from(instant_of(self._options.start))

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        """Those that are replayed."""
        return {symbol: self._rules(self._series[symbol]) for symbol in symbols if symbol in self._series}

    async def clock(self) -> VenueClock:
        """The clock of the exchanges whose bars are replayed, in the replay's time; of none, the stock market's."""
        return clock_at(time_of(self.now), skew_seconds=0.0, calendars=self._calendars)

    async def calendar(self, first: date, last: date) -> tuple[TradingDay, ...]:
        """The sessions of the first exchange whose bars are replayed; of none, the stock market's."""
        return trading_days(first, last, self._calendars[0])

    @property
    def _calendars(self) -> list[Calendar]:
        found = dict.fromkeys(calendar_of(series.listing.instrument) for series in self._series.values())
        return [one for one in found if not one.is_always_open] or [NEW_YORK]

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, page: str | None
    ) -> BarPage:
        """Stored bars that have ended by now."""
        own = self._series.get(symbol)
        if own is None or own.listing.bars.timeframe != timeframe:
            own = await asyncio.to_thread(self._read, symbol, timeframe)
        bars = own.listing.bars
        first = int(page) if page is not None else int(np.searchsorted(bars.timestamp, instant_of(start)))
        last = min(
            int(np.searchsorted(bars.timestamp, instant_of(end), side="right")),
            int(np.searchsorted(bars.end, self.now, side="right")),
        )
        stop = max(first, min(last, first + PAGE))
        return BarPage(bars=bars.slice(first, stop), next_page=str(stop) if stop < last else None)

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        """Those with ex-dates up to now."""
        series = self._series.get(symbol)
        if series is None:
            raise NotFound(f"{symbol} is not replayed")
        today = time_of(self.now).date()
        by_date = sorted(series.listing.actions, key=lambda action: action.ex_date)
        return tuple(action for action in by_date if first <= action.ex_date <= min(last, today))

    async def stream(self, symbols: Collection[str]) -> AsyncGenerator[BarMessage]:
        """Bars tick by tick, from where the replay has got to, with TickEnded after each; at its end ReplayEnded."""
        wanted = frozenset(symbols)
        if missing := sorted(wanted - self._series.keys()):
            raise InputError(f"{', '.join(missing)} is not replayed; replayed are {', '.join(self._series)}")
        number, come = next(self._numbers), deque(self._untold)
        self._untold.clear()
        self._readers[number] = come
        try:
            for feed in sorted({feed_of(self._series[symbol].listing.instrument.asset_class) for symbol in wanted}):
                yield FeedRestored(feed=feed, since=None)
            while come or await self.step(come):
                message = come.popleft()
                if isinstance(message, TickEnded) or message.symbol in wanted:
                    yield message
        finally:
            del self._readers[number]
        yield ReplayEnded(time=time_of(self.now))

    async def step(self, come: Collection[LiveBar | TickEnded] = ()) -> bool:
        """Go on to the next tick, unless something has come meanwhile. False: there is none."""
        async with self._stepping:
            if come:
                return True
            if self._coming is None:
                return False
            await self._pace.reach()
            messages = self._advance(self._coming)
            for reader in self._readers.values():
                reader.extend(messages)
            return True

    def _advance(self, tick: Tick) -> list[LiveBar | TickEnded]:
        """A tick has come: all that its bars do, and what is to be told of it."""
        self._places.update((symbol, bar + 1) for symbol, bar in tick.bars.items())
        self._expect()
        self._trade(tick)
        bars = [_live(self._series[symbol].listing.bars, bar) for symbol, bar in tick.bars.items()]
        return [*bars, TickEnded(time=time_of(tick.end))]

    def _trade(self, tick: Tick) -> None:
        """All that a tick's bars do at the venue, in the order of the fill rules."""
        venue = self._venue
        venue.charge(self._carry.before(tick.end, venue.account), tick.end)
        for symbol, bar in tick.bars.items():
            for action in self._actions.get((symbol, bar), ()):
                venue.happen(symbol, action, tick.end)
        bars = {symbol: self._series[symbol].session_bar(bar) for symbol, bar in tick.bars.items()}
        late = [one for one in self._delistings if one[0] <= tick.end or self._coming is None]
        venue.on_bars(tick.end, bars, is_over=not late)
        venue.charge(self._carry.after(tick.end, venue.account), tick.end)
        if late:  # ahead of what the end of the session does to orders
            for _, symbol, action in late:
                venue.happen(symbol, action, tick.end)
            self._delistings = [one for one in self._delistings if one not in late]
            venue.on_bars(tick.end, {})

    def _expect(self) -> None:
        """Find out what comes next, and let time go on to it."""
        places = {symbol: at for symbol, at in self._places.items() if at < self._stops[symbol]}
        if not places:
            self._coming = None
            return
        series = self._series
        end = min(series[symbol].ends[at] for symbol, at in places.items())
        bars = {symbol: at for symbol, at in places.items() if series[symbol].ends[at] == end}
        self._coming = Tick(end, bars)
        self._pace.expect(end, opened=min(series[symbol].opens[at] for symbol, at in bars.items()))

    def _rules(self, series: PricedBars) -> InstrumentRules:
        """Shorts are taken, as a backtest takes them: where an account may have none, they are rejected when they would
        fill, by what is held then."""
        decimals = series.costs.scale.price_decimals
        return instrument_rules(series.listing.instrument, can_short=True, price_decimals=decimals)

    def _range(self, series: PricedBars) -> tuple[int, int]:
        """The first of a symbol's bars to replay, and the one after the last."""
        bars, options = series.listing.bars, self._options
        first = int(np.searchsorted(bars.timestamp, instant_of(options.start)))
        if options.end is None:
            return first, series.count
        return first, int(np.searchsorted(bars.timestamp, instant_of(options.end), side="right"))

    def _schedule(self, symbol: str, series: PricedBars, action: CorporateAction) -> None:
        """Have an action happen ahead of the first bar by which it has; a delisting that no bar comes after, after the
        bars of the tick at which that day's session has closed, or of the last where the replay's end is not before."""
        end = None if self._options.end is None else instant_of(self._options.end)
        index = series.bar_from(action)
        if index < self._stops[symbol]:
            self._actions.setdefault((symbol, index), []).append(action)
        elif isinstance(action, Delisting) and is_within(action, end):
            self._delistings.append((series.session_end(ex_day(action)), symbol, action))


def _live(bars: Bars, index: int) -> LiveBar:
    return LiveBar(
        symbol=bars.symbol,
        start=int(bars.timestamp[index]),
        end=int(bars.end[index]),
        open=float(bars.open[index]),
        high=float(bars.high[index]),
        low=float(bars.low[index]),
        close=float(bars.close[index]),
        volume=float(bars.volume[index]),
    )

"""When a run's ticks are due, and of which bars: pure, told what came and what time it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from weaver.model.calendar.instants import instant_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.veda.exchange.market import (
    Feed,
    FeedRestored,
    FeedStale,
    HaltChanged,
    LiveBar,
    ReplayEnded,
    TickEnded,
    feed_of,
)
from weaver.veda.exchange.orders import Source
from weaver.veda.exchange.port import BarMessage
from weaver.veda.feed.forming import Forming, input_bar
from weaver.veda.feed.hours import trades_until
from weaver.veda.inputs import InputBar, LateBar

SECOND = 1_000_000_000
NEVER = 2**63 - 1
MINUTES = Timeframe(MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long after its end a tick waits for what belongs to it, in seconds of the venue's time."""

    usual: float = 5.0
    """Where a symbol's last bar has not come: most likely it did not trade."""
    daily_stock: float = 60.0
    """Where a bar of one or more sessions of a stock closes, though all came: minutes are corrected for trades that are
    reported late, within half a minute."""
    stale: float = 300.0
    """Where the feed of a symbol whose last bar has not come is down: a bar that lacks the minutes of a gap would be
    wrong for ever."""


USUAL_WAITS = Waits()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTick:
    """An instant at which bars of a run closed, and these, in the order of the run's symbols."""

    time: int
    bars: tuple[InputBar, ...]


class _Next(NamedTuple):
    """A tick, and when it is decided if nothing else comes (ns)."""

    tick: int
    at: int


class TickBuilder:
    """The ticks of one run, in order, each once.

    A tick exists where a bar of one of the run's symbols closed. It is decided as soon as each symbol's last finer bar
    has come that can still come, at the latest when its wait is over; what came by then counts. Symbols without a bar
    at that instant are left out. A bar is told when it has ended, and never before. What comes after its tick, new or
    changed, is a LateBar, and alters nothing.
    """

    def __init__(
        self,
        instruments: Mapping[str, Instrument],
        timeframe: Timeframe,
        *,
        after: int,
        source: Timeframe = MINUTES,
        waits: Waits | None = USUAL_WAITS,
    ) -> None:
        """`instruments`: of the run's symbols, in their order. `after`: no bar counts that ended by then (ns): the
        run's start, or where it goes on. `source`: the timeframe of the bars that come.
        `waits`: None for a replay, which says when all of an instant have come: no tick is decided by the time."""
        self._classes = {symbol: one.asset_class for symbol, one in instruments.items()}
        self._forming = {symbol: Forming(one, timeframe, source) for symbol, one in instruments.items()}
        self._timeframe, self._waits = timeframe, waits
        self._decided = self._ended = after
        self._pending: dict[int, set[str]] = {}
        """Which symbols have a bar that ends at an instant, of those that are not decided."""
        self._newest = dict.fromkeys(instruments, after)
        """By symbol, when the newest finer bar ended."""
        self._latest = after
        """Of these the latest."""
        self._next: _Next | None = None
        """As it was computed since something came or a tick was decided; None: it was not."""
        self._halted: dict[str, int] = {}
        """Since when (ns)."""
        self._stale: set[Feed] = set()
        self._repaired: dict[Feed, int] = {}
        """Of feeds that are telling what they missed, in order of time: the end of the newest such bar (ns)."""

    @property
    def is_timed(self) -> bool:
        """Whether ticks are decided by the time, too."""
        return self._waits is not None

    @property
    def decided(self) -> int:
        """The newest tick that was decided (ns), or where the run begins."""
        return self._decided

    def on(self, message: BarMessage) -> LateBar | None:
        """Something came of the feed. A bar that comes too late for its tick is given back."""
        self._next = None
        match message:
            case LiveBar(symbol=symbol) if symbol in self._classes:
                self._note_repair(message)
                return self._on_bar(message)
            case HaltChanged(symbol=symbol, is_halted=True, time=time):
                self._halted.setdefault(symbol, instant_of(time))
            case HaltChanged(symbol=symbol):
                self._halted.pop(symbol, None)
            case FeedRestored(feed=feed, is_complete=True):
                self._repaired.pop(feed, None)
                self._stale.discard(feed)
            case FeedStale(feed=feed) | FeedRestored(feed=feed):  # restored in part: it is asked again, and told again
                self._repaired.pop(feed, None)
                self._stale.add(feed)
            case TickEnded(time=time) | ReplayEnded(time=time):
                self._ended = max(self._ended, instant_of(time))
        return None

    def begin(self, forming: Iterable[LiveBar]) -> None:
        """The minutes that have ended of bars that have not, from before the stream (`Warmup.forming`)."""
        self._next = None
        for bar in forming:
            self._on_bar(bar)

    def split(self, symbol: str, ratio: Fraction, ex_date: date) -> None:
        """A symbol splits: a bar over several sessions is on the scale after it, as resampling would have it."""
        self._forming[symbol].split(ratio, ex_date)

    def due(self, now: int) -> list[FeedTick]:
        """The ticks that are decided by now (ns, the venue's), in order."""
        found = []
        while (following := self._following()) is not None:
            if following.at > self._time(following.tick, now):
                break
            found.append(self._decide(following.tick))
        return found

    def next_due(self) -> int | None:
        """When `due` is to be asked though nothing comes (ns); None: while nothing comes, nothing is due."""
        following = self._following()
        return None if following is None or following.at == NEVER else following.at

    def _on_bar(self, bar: LiveBar) -> LateBar | None:
        forming = self._forming[bar.symbol]
        closes = forming.closes(bar)
        self._newest[bar.symbol] = max(self._newest[bar.symbol], bar.end)
        self._latest = max(self._latest, bar.end)
        if closes is None:
            return None
        if closes > self._decided:
            forming.add(bar, closes)
            self._pending.setdefault(closes, set()).add(bar.symbol)
            return None
        is_same = forming.was_told(bar)
        if is_same:
            return None
        return LateBar(bar=input_bar(bar), is_correction=bar.is_correction or is_same is False)

    def _note_repair(self, bar: LiveBar) -> None:
        """What a feed missed comes in order, before anything newer of it, and then it says how it stands: until then
        no time is over, however late it is."""
        feed = feed_of(self._classes[bar.symbol])
        if bar.source is Source.POLL:
            self._repaired[feed] = max(self._repaired.get(feed, bar.end), bar.end)
        else:
            self._repaired.pop(feed, None)

    def _time(self, tick: int, now: int) -> int:
        """What time it is: a bar that ends with the tick, or later, shows that the venue has got that far."""
        return max(now, tick) if self._latest >= tick else now

    def _following(self) -> "_Next | None":
        """The tick that comes next; None: there is none yet. It is asked for far more often than it changes."""
        if self._next is None and self._pending:
            tick = min(self._pending)
            self._next = _Next(tick, self._decided_at(tick))
        return self._next

    def _decided_at(self, tick: int) -> int:
        """When a tick is decided if nothing else comes."""
        if tick <= self._ended:
            return tick
        if self._waits is None:
            return NEVER
        missing = [symbol for symbol in self._classes if self._is_missing(symbol, tick)]
        feeds = {feed_of(self._classes[symbol]) for symbol in missing}
        if feeds & self._repaired.keys():
            return NEVER  # the rest of what was missed is on its way
        stocks = any(self._classes[symbol] is AssetClass.STOCK for symbol in self._pending[tick])
        wait = self._waits.daily_stock if stocks and self._timeframe.is_daily else 0.0
        if missing:
            wait = max(wait, self._waits.usual)
        if feeds & self._stale:
            wait = max(wait, self._waits.stale)
        return tick + int(wait * SECOND)

    def _is_missing(self, symbol: str, tick: int) -> bool:
        """Whether the last that a symbol may have had for a tick has not come."""
        if self._newest[symbol] >= tick or self._halted.get(symbol, tick) <= tick - MINUTE:
            return False
        if self._repaired.get(feed_of(self._classes[symbol]), tick) > tick:
            return False
        return trades_until(self._classes[symbol], tick)

    def _decide(self, tick: int) -> FeedTick:
        symbols = self._pending.pop(tick)
        self._next = None
        made = [self._forming[symbol].take(tick) for symbol in self._classes if symbol in symbols]
        self._decided = tick
        return FeedTick(time=tick, bars=tuple(bar for bar in made if bar is not None))

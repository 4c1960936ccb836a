"""One run of one strategy, of whatever mode: its instance, what it sees and what it may do."""

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from typing import Any, NamedTuple

from weaver.marvin.callbacks import Callbacks
from weaver.marvin.orders.account import Account
from weaver.marvin.orders.actions import Actions
from weaver.marvin.orders.closed_trades import ClosedTrade, ClosedTrades
from weaver.marvin.orders.desk import Desk
from weaver.marvin.orders.holding import Holding
from weaver.marvin.schedule import Schedule
from weaver.marvin.series.bar import Bar
from weaver.marvin.series.feed import Feed
from weaver.marvin.series.playback import Playback
from weaver.marvin.series.series import Signal
from weaver.marvin.series.timeline import Clock, Timeline
from weaver.marvin.session import Session
from weaver.marvin.signal_calls import SignalCalls
from weaver.marvin.signatures import call_problem, names_taken
from weaver.marvin.strategy import Strategy
from weaver.model.calendar.instants import time_of
from weaver.model.calendar.recurring import Recurring
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError, StrategyError
from weaver.model.fit_text import fit_to_keep
from weaver.model.listing import Listing
from weaver.model.market.tick import Tick
from weaver.model.market.timeframe import Timeframe
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import decimal_of
from weaver.model.orders.actions import FetchWindow, StopRun
from weaver.model.orders.order import Order
from weaver.model.orders.small_target import SmallTargets

INTENTS = (
    "buy", "sell", "order_target", "order_target_value", "order_target_percent", "close_position", "oco", "oto",
    "replace", "cancel", "rebalance",
)  # fmt: skip
REASON_LENGTH_MAX = 5_000
ON_START_ONLY = "belongs in on_start: signals are found before the first tick"


class Registration(NamedTuple):
    """A signal, and whom to call where it is true."""

    signal: Signal
    callback: Callable[[Bar], None]


Called = Registration | Schedule


class JournalEntry(NamedTuple):
    """A line that the strategy logged at a tick."""

    time: datetime
    """When, aware, in UTC."""
    text: str
    """What."""


class Runtime:
    """What stands behind a strategy's `self` while it runs. Where its prices come from is its kinds' business."""

    def __init__(
        self,
        strategy: type[Strategy],
        parameters: Mapping[str, Any],
        *,
        listings: Mapping[str, Listing],
        clock: Clock,
        account: Account,
        feed: Feed,
        seed: int,
        actions: Actions | None,
    ) -> None:
        """`actions`: where what the strategy asks for is kept as typed actions, for those who want them."""
        self.symbols = tuple(listings)
        self.timeframe = str(listings[self.symbols[0]].bars.timeframe)
        self.clock, self.account = clock, account
        self.feed = feed
        self.first = self.feed.group(self.symbols[0])
        self._actions = actions
        scales = {symbol: account.scale(symbol) for symbol in self.symbols}
        calendars = {symbol: calendar_of(listing.instrument) for symbol, listing in listings.items()}
        self.session = Session(clock, self.first.timeline, calendars[self.symbols[0]])
        self.desk = Desk(account, clock, scales, calendars, actions)
        self.random = Random(seed)
        self.registrations: list[Registration] = []
        self.called: list[Called] = []
        """These and the schedules, in the order in which they were asked for."""
        self._calendars = calendars
        self.journal: list[JournalEntry] = []
        self.stop_reason: str | None = None
        self._holdings = {symbol: Holding(account, symbol, self.feed.group(symbol).timeline) for symbol in self.symbols}
        self._trades = ClosedTrades(account, {one: self.feed.group(one) for one in self.symbols}, calendars)
        self._bars: dict[tuple[str, str], Bar] = {}
        self._starting = False
        self._begun = clock.start
        """What `now` is in `on_start`, ns: what is due at set times is due after that."""
        if problem := call_problem(strategy):
            raise StrategyError(problem)
        self.strategy = strategy()
        self._bind(parameters)
        self.on_bar = self._callback("on_bar")
        self.on_tick = self._callback("on_tick")
        self.on_order = self._callback("on_order")
        self.on_fill = self._callback("on_fill")
        self.on_stop = self._callback("on_stop")

    def _bind(self, parameters: Mapping[str, Any]) -> None:
        strategy = self.strategy
        for name, value in parameters.items():
            setattr(strategy, name, value)
        strategy._runtime = self
        # What it asks for goes straight to who answers, unless it overrides that: one call less. Nothing here, nor in a
        # run, touches its `__dict__`: Python reads attributes twice as fast as long as nobody has looked at that.
        answers = {name: getattr(self.desk, name) for name in INTENTS} | {"position": self._holdings.__getitem__}
        for name, answer in answers.items():
            if getattr(type(strategy), name) is getattr(Strategy, name):
                object.__setattr__(strategy, name, answer)

    def _begin(self) -> None:
        """Call `on_start`."""
        self._begun = self.clock.now
        if on_start := self._callback("on_start"):
            self._starting = self.clock.starting = True
            on_start()
            self._starting = self.clock.starting = False
        if self.stop_reason is not None:
            raise StrategyError(f"the strategy ended the run in on_start, before its first bar: {self.stop_reason}")

    def _callbacks(self, signals: SignalCalls, playback: Playback, windows: Callable[[], None]) -> Callbacks:
        """What to call; after `on_start`."""
        return Callbacks(
            clock=self.clock,
            signals=signals,
            playback=playback,
            windows=windows,
            on_bar=self.on_bar,
            on_tick=self.on_tick,
            on_order=self.on_order,
            on_fill=self.on_fill,
            on_stop=self.on_stop,
        )

    def _own_bars(self) -> list[tuple[Bar, Timeline]]:
        """Of each symbol, the bar that `on_bar` is given, and when its bars close."""
        return [(self.bar_of(symbol, self.timeframe), self.feed.group(symbol).timeline) for symbol in self.symbols]

    def _callback(self, name: str) -> Callable[..., None] | None:
        """A callback that the strategy defines, or None."""
        own, blank = getattr(type(self.strategy), name), getattr(Strategy, name)
        if own is blank:
            return None
        if problem := call_problem(own, *names_taken(blank)):
            raise StrategyError(problem)
        found: Callable[..., None] = getattr(self.strategy, name)
        return found

    @property
    def small_targets(self) -> Mapping[str, SmallTargets]:
        """The targets that came to no order, as they were worth less than can be ordered, by symbol."""
        return self.desk.small

    def take_number(self) -> int:
        """The number of an order that is not the strategy's own."""
        self.desk.number += 1
        return self.desk.number

    def unbind(self) -> None:
        """Let go of the strategy, so that neither keeps the other's memory."""
        for name in (*INTENTS, "position"):
            self.strategy.__dict__.pop(name, None)
        self.strategy._runtime = None

    def when(self, signal: Signal, callback: Callable[[Bar], None]) -> None:
        """Register a callback on a signal."""
        if not self._starting:
            raise StrategyError(f"when() {ON_START_ONLY}")
        if not isinstance(signal, Signal):
            raise InputError(f"when() takes a signal (a comparison of series), not {type(signal).__name__}")
        if not callable(callback):
            raise InputError(f"when() takes a callback, not {type(callback).__name__}")
        if problem := call_problem(callback, "bar"):
            raise StrategyError(problem)
        self.registrations.append(Registration(signal, callback))
        self.called.append(self.registrations[-1])

    def schedule(self, callback: Callable[[Tick], None], *, symbol: str | None = None, **when: Any) -> None:
        """Register a callback for set times; `when`: what `Recurring.parse` takes."""
        if not self._starting:
            raise StrategyError(f"schedule() {ON_START_ONLY}")
        if not callable(callback):
            raise InputError(f"schedule() takes a callback, not {type(callback).__name__}")
        if problem := call_problem(callback, "tick"):
            raise StrategyError(problem)
        name = self.symbols[0] if symbol is None else self.position(symbol).symbol
        calendar = self._calendars[name]
        self.called.append(
            Schedule(
                recurring=Recurring.parse(**when),
                calendar=calendar,
                zone=calendar.zone,
                call=lambda: callback(self.present()),
            )
        )

    def present(self) -> Tick:
        """The tick, with the symbols of which a bar closes at it."""
        now = self.clock.now
        lines = {symbol: self.feed.group(symbol).timeline for symbol in self.symbols}
        closing = (symbol for symbol, line in lines.items() if line.visible and line.ends[line.visible - 1] == now)
        return Tick(time=time_of(now), symbols=tuple(closing))

    def bar_of(self, symbol: str, timeframe: str) -> Bar:
        """The bar object that callbacks of a symbol and timeframe are given."""
        bar = self._bars.get((symbol, timeframe))
        if bar is None:
            bar = self._bars[symbol, timeframe] = Bar(self.feed.group(symbol, timeframe).bars)
        return bar

    def fetch_window(self, symbol: str, timeframe: str, bars: int) -> FetchWindow:
        """Ask for a window, which comes with a later tick."""
        self.feed.check(symbol, timeframe)
        if bars < 1:
            raise InputError(f"fetch_window takes at least 1 bar, not {bars}")
        request = FetchWindow(symbol=symbol, timeframe=str(Timeframe.parse(timeframe)), bars=bars)
        if self._actions is not None:
            self._actions.add(self.clock.now, request)
        self.account.fresh.append(request)
        return request

    def stop_run(self, reason: str) -> None:
        """End the run after this tick."""
        self.stop_reason = fit_to_keep(str(reason), length_max=REASON_LENGTH_MAX) or "stopped by the strategy"
        request = StopRun(reason=self.stop_reason)
        if self._actions is not None:
            self._actions.add(self.clock.now, request)
        self.account.fresh.append(request)

    def log(self, text: str) -> None:
        """Write to the journal."""
        self.journal.append(JournalEntry(self.now, str(text)))

    def position(self, symbol: str) -> Holding:
        """What is held."""
        try:
            return self._holdings[symbol]
        except KeyError:
            raise InputError(f"symbol {symbol!r} is not in this run; it has {', '.join(self.symbols)}") from None

    @property
    def now(self) -> datetime:
        """The current tick."""
        return time_of(self.clock.now)

    @property
    def closed_trades(self) -> tuple[ClosedTrade, ...]:
        """The round trips that have closed by now."""
        return self._trades.all()

    @property
    def equity(self) -> Amount:
        """Cash and positions at the newest closes."""
        return decimal_of(self.account.equity(), 8)

    @property
    def cash(self) -> Amount:
        """Cash."""
        return decimal_of(self.account.cash(), 8)

    @property
    def orders(self) -> tuple[Order, ...]:
        """Orders that may still fill."""
        return tuple(self.account.working())

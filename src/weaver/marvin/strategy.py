"""The class that a trader derives from: callbacks to write, prices to read, intents to express."""

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Unpack

from weaver.marvin.orders.keywords import OcoKeywords, OrderKeywords, ReplaceKeywords, TargetKeywords
from weaver.marvin.series.feed import BarSeries
from weaver.marvin.series.series import Series, Signal
from weaver.model.errors import WeaverError
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import Number
from weaver.model.orders.order import Order

if TYPE_CHECKING:
    from weaver.marvin.orders.closed_trades import ClosedTrade
    from weaver.marvin.orders.holding import Holding
    from weaver.marvin.runtime import Runtime
    from weaver.marvin.series.bar import Bar
    from weaver.marvin.series.window import Window
    from weaver.marvin.session import Session
    from weaver.model.market.tick import Tick
    from weaver.model.orders.fill import Fill


class Strategy:
    """Derive from it, declare parameters as annotated attributes, and write the callbacks that you need.

    A strategy decides; it never waits, sleeps or reads a clock. All callbacks are optional. Intents are the methods
    from `when` on; what they order can fill from the next bar of its symbol on. Quantities, prices and targets are
    given as int, float, str or Decimal, a float by its `repr`. A symbol that the run does not have raises InputError,
    everything that is asked for before `on_start` WeaverError.
    """

    _runtime: "Runtime | None" = None

    # Callbacks

    def on_start(self) -> None:
        """Called once, before the first tick: make indicators and signals here, and say what to call back."""

    def on_bar(self, bar: "Bar") -> None:
        """Called at each closed bar of each symbol, in the run's symbol order; `bar` is good for this call only."""

    def on_tick(self, tick: "Tick") -> None:
        """Called once at each instant at which bars closed, after their `on_bar`: for what looks at several symbols."""

    def on_window(self, window: "Window") -> None:
        """Called with the answer to `fetch_window`, at the tick after."""

    def on_order(self, order: Order) -> None:
        """Called when an order of this run changed its status, before the tick's other callbacks."""

    def on_fill(self, fill: "Fill") -> None:
        """Called when an order of this run filled, wholly or in part, before the tick's other callbacks."""

    def on_stop(self) -> None:
        """Called once, after the last tick."""

    # What can be read

    @property
    def symbols(self) -> tuple[str, ...]:
        """The run's symbols, in its order."""
        return self._running.symbols

    @property
    def timeframe(self) -> str:
        """The run's timeframe, as `"1d"`."""
        return self._running.timeframe

    @property
    def bars(self) -> BarSeries:
        """The columns of the first symbol, for indicators that need several: `atr(self.bars, 14)`."""
        return self._running.first

    @property
    def open(self) -> Series:
        """Opening prices of the first symbol."""
        return self._running.first.open

    @property
    def high(self) -> Series:
        """Highest prices of the first symbol."""
        return self._running.first.high

    @property
    def low(self) -> Series:
        """Lowest prices of the first symbol."""
        return self._running.first.low

    @property
    def close(self) -> Series:
        """Closing prices of the first symbol."""
        return self._running.first.close

    @property
    def volume(self) -> Series:
        """Volumes of the first symbol; 0 where the data has none."""
        return self._running.first.volume

    def series(self, symbol: str, timeframe: str | None = None) -> BarSeries:
        """The columns of a symbol, at the run's timeframe unless another is named, as `"1d"`. Raises InputError for a
        symbol that the run does not have, and for a timeframe that its bars cannot be put together to."""
        return self._running.feed.group(symbol, timeframe)

    @property
    def now(self) -> datetime:
        """The current tick, aware, in UTC; in `on_start` the run's start."""
        return self._running.now

    @property
    def session(self) -> "Session":
        """The session in which the first symbol's newest bar lies: `open`, `close`, `bars_since_open`,
        `is_first_bar`."""
        return self._running.session

    @property
    def random(self) -> Random:
        """Chance, seeded by the run: the same run draws the same numbers. A `random.Random`."""
        return self._running.random

    def position(self, symbol: str) -> "Holding":
        """What is held of a symbol, always as it is now; false when flat."""
        return self._running.position(symbol)

    @property
    def equity(self) -> Amount:
        """Cash and positions at the newest closes, in the run's currency."""
        return self._running.equity

    @property
    def cash(self) -> Amount:
        """What is not invested, in the run's currency; less than 0 on margin."""
        return self._running.cash

    @property
    def closed_trades(self) -> "tuple[ClosedTrade, ...]":
        """The round trips that have closed by now, in order of exit: one entry order against one exit order."""
        return self._running.closed_trades

    @property
    def orders(self) -> tuple[Order, ...]:
        """The orders that may still fill, oldest first."""
        return self._running.orders

    # Intents

    def when(self, signal: Signal, callback: Callable[["Bar"], None]) -> None:
        """Call back at the close of the bars where `signal` is true, and only there, with the bar. For `on_start`;
        calls come in the order in which they were registered, before `on_bar`. Raises StrategyError elsewhere."""
        self._running.when(signal, callback)

    def schedule(
        self,
        callback: Callable[["Tick"], None],
        *,
        every: str = "day",
        at: str | None = None,
        zone: str | None = None,
        after_open: str | None = None,
        before_close: str | None = None,
        symbol: str | None = None,
    ) -> None:
        """Call back once a session (`every` "day"), or in the first of each week or month. For `on_start`.

        At a time of day (`at="10:00"`, in the exchange's zone or in `zone`), or so long after the open or before the
        close (`after_open="30m"`, `before_close="5m"`), by the exchange's calendar of the first symbol or of `symbol`:
        holidays have none, early closes count. The call is made at the first tick at or after that instant, with the
        tick, in the turn of `when`.
        """
        self._running.schedule(
            callback, every=every, at=at, zone=zone, after_open=after_open, before_close=before_close, symbol=symbol
        )

    def buy(self, symbol: str, quantity: Number, **terms: Unpack[OrderKeywords]) -> Order:
        """Order to buy `quantity` units at the market, or on the terms given.

        A `limit`, a `stop` (both: a stop-limit), `trail` or `trail_percent` say at what price; `tif` how long it
        works; `take_profit`, `stop_loss`, `stop_loss_limit` and `stop_loss_trail` are exits, which start to work when
        the entry has filled and last until they are cancelled. A quantity is cut down to the lot. Raises InvalidOrder
        on what no venue could take.
        """
        return self._running.desk.buy(symbol, quantity, **terms)

    def sell(self, symbol: str, quantity: Number, **terms: Unpack[OrderKeywords]) -> Order:
        """Order to sell `quantity` units; takes what `buy` takes. What is not held is sold short, where the account
        may; else the order is rejected when it would fill."""
        return self._running.desk.sell(symbol, quantity, **terms)

    def order_target(self, symbol: str, target: Number, **terms: Unpack[TargetKeywords]) -> Order | None:
        """Order what is missing to hold `target` units (negative: short); None where nothing is.

        Working orders that are not exit legs count as held, unless their cancel was asked for. A target is cut toward
        zero to the lot. Takes the terms of `buy`.
        """
        return self._running.desk.order_target(symbol, target, **terms)

    def order_target_value(self, symbol: str, target: Number, **terms: Unpack[TargetKeywords]) -> Order | None:
        """Order what is missing to hold `target` worth in the run's currency, cut to what can be paid when it fills;
        None where nothing is missing, or less than a lot.

        `size_at="fill"`: sized at the price of its fill instead of the newest close. Raises InvalidOrder before a bar
        of the symbol has closed.
        """
        return self._running.desk.order_target_value(symbol, target, **terms)

    def order_target_percent(self, symbol: str, target: Number, **terms: Unpack[TargetKeywords]) -> Order | None:
        """Order what is missing to hold the share `target` (1.0: all) of the equity; else as `order_target_value`."""
        return self._running.desk.order_target_percent(symbol, target, **terms)

    def rebalance(
        self, weights: Mapping[str, Number], *, others: str = "leave", size_at: str = "close"
    ) -> tuple[Order, ...]:
        """Order what is missing to hold each symbol's share of the equity (1.0: all). Returns the orders.

        First goes what only makes a holding smaller, then what else sells, then what buys, each in the order given; all
        are sized at the equity and the newest closes of now (`size_at="fill"`: at the price of their fill), and buys
        are cut to what can be paid when they fill. A weight of 0 is `close_position`. Working orders that are no exits
        count as held. Symbols of the run that are not named are left alone; `others="close"` closes them: with
        no weight at all, everything. Raises InvalidOrder, and orders nothing, where the weights come to more than the
        account may hold (1, or its leverage), one is negative and it may not be short, no bar of a symbol has closed,
        or no symbol is named and the others are left.
        """
        return self._running.desk.rebalance(weights, others=others, size_at=size_at)

    def close_position(self, symbol: str) -> Order | None:
        """Cancel the symbol's orders and order its position away at the market; None when flat."""
        return self._running.desk.close_position(symbol)

    def oco(
        self, symbol: str, quantity: Number, *, limit: Number, stop: Number, **terms: Unpack[OcoKeywords]
    ) -> tuple[Order, Order]:
        """Two exits of the position, a limit and a stop, of which one fills; gtc unless `exit_tif` is "day".

        They sell when the limit is above the stop, and buy when it is below. Returns the limit and the stop order;
        raises InvalidOrder where both prices are one.
        """
        return self._running.desk.oco(symbol, quantity, limit=limit, stop=stop, **terms)

    def oto(self, first: Order, then: Order, *, exit_tif: str | None = None) -> Order:
        """Let `then`, placed in this callback, wait for `first` and be its exit: gtc, unless its own `tif` or
        `exit_tif` says otherwise. Returns `first`. Raises InvalidOrder unless both are plain orders of this callback,
        of one symbol and opposite sides."""
        return self._running.desk.oto(first, then, exit_tif=exit_tif)

    def replace(self, order: Order, **changes: Unpack[ReplaceKeywords]) -> Order:
        """Cancel a working order in favour of one with `changes`, which is returned; the type of an order stays. Raises
        InvalidOrder where it no longer works."""
        return self._running.desk.replace(order, **changes)

    def cancel(self, order: Order) -> None:
        """Cancel an order; one that no longer works stays as it is."""
        self._running.desk.cancel(order)

    def fetch_window(self, symbol: str, timeframe: str, bars: int) -> None:
        """Ask for the newest `bars` closed bars of a symbol; `on_window` gets them, or as many as there are, at the
        next tick. Raises InputError for a symbol or timeframe that is not to be had."""
        self._running.fetch_window(symbol, timeframe, bars)

    def stop_run(self, reason: str = "") -> None:
        """End the run after this tick. `reason` is kept with the run."""
        self._running.stop_run(reason)

    def log(self, text: str) -> None:
        """Write a line to the run's journal: `result.journal`, the run's page, or the terminal that follows it."""
        self._running.log(text)

    @property
    def _running(self) -> "Runtime":
        if self._runtime is None:
            raise WeaverError(f"{type(self).__name__} is not running: prices and orders exist from on_start on")
        return self._runtime

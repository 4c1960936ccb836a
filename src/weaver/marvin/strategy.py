"""The class that a trader derives from: callbacks to write, prices to read, intents to express."""

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

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
    from `buy` on; what they order can fill from the next bar of its symbol on.
    """

    _runtime: "Runtime | None" = None

    # Callbacks

    def on_start(self) -> None:
        """Before the first tick: make indicators and signals here."""

    def on_bar(self, bar: "Bar") -> None:
        """Each closed bar of each symbol, in the run's symbol order."""

    def on_tick(self, tick: "Tick") -> None:
        """Once per clock tick, after its bars."""

    def on_window(self, window: "Window") -> None:
        """The answer to `fetch_window`."""

    def on_order(self, order: Order) -> None:
        """An order of this run changed its status."""

    def on_fill(self, fill: "Fill") -> None:
        """An order of this run filled, wholly or in part."""

    def on_stop(self) -> None:
        """After the last tick."""

    # What can be read

    @property
    def symbols(self) -> tuple[str, ...]:
        """The run's symbols, in its order."""
        return self._running.symbols

    @property
    def timeframe(self) -> str:
        """The run's timeframe."""
        return self._running.timeframe

    @property
    def bars(self) -> BarSeries:
        """The series of the first symbol."""
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
        """Volumes of the first symbol."""
        return self._running.first.volume

    def series(self, symbol: str, timeframe: str | None = None) -> BarSeries:
        """The series of a symbol, at the run's timeframe unless another is named."""
        return self._running.feed.group(symbol, timeframe)

    @property
    def now(self) -> datetime:
        """The current tick, UTC."""
        return self._running.now

    @property
    def session(self) -> "Session":
        """The session in which the first symbol's newest bar lies: `open`, `close`, `bars_since_open`,
        `is_first_bar`."""
        return self._running.session

    @property
    def random(self) -> Random:
        """Chance, seeded by the run."""
        return self._running.random

    def position(self, symbol: str) -> "Holding":
        """What is held of a symbol now; false when flat."""
        return self._running.position(symbol)

    @property
    def equity(self) -> Amount:
        """Cash and positions at the newest closes."""
        return self._running.equity

    @property
    def cash(self) -> Amount:
        """Cash."""
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
        """Call back on the bars where `signal` is true, and only there. For `on_start`."""
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

    def buy(self, symbol: str, quantity: Number, **terms: Any) -> Order:
        """Order to buy `quantity` units at the market, or on the terms given.

        `limit`, `stop` (both: a stop-limit), `trail` or `trail_percent`; `tif` "day", "gtc", "gtd" (until the session
        of the date `expires` closes), "ioc", "fok", "opg" and "cls" (at the next session's open or close; market and
        limit orders); `extended_hours`; exits `take_profit`, `stop_loss`, `stop_loss_limit`, each a price or a distance
        from what the entry pays in percent ("2.5%"), or instead of a `stop_loss` a `stop_loss_trail`, an amount or
        percent; they last until they are cancelled (`exit_tif` "gtc", or "day"). Raises InvalidOrder on what no venue
        could take.
        """
        return self._running.desk.buy(symbol, quantity, **terms)

    def sell(self, symbol: str, quantity: Number, **terms: Any) -> Order:
        """Order to sell; takes what `buy` takes."""
        return self._running.desk.sell(symbol, quantity, **terms)

    def order_target(self, symbol: str, target: Number, **terms: Any) -> Order | None:
        """Order what is missing to hold `target` units (negative: short); None where nothing is.

        Working orders that are not exit legs count as held. Takes the terms of `buy`.
        """
        return self._running.desk.order_target(symbol, target, **terms)

    def order_target_value(self, symbol: str, target: Number, **terms: Any) -> Order | None:
        """Order what is missing to hold `target` worth, cut to what can be paid.

        `size_at="fill"`: sized at the price of its fill instead of the newest close.
        """
        return self._running.desk.order_target_value(symbol, target, **terms)

    def order_target_percent(self, symbol: str, target: Number, **terms: Any) -> Order | None:
        """Order what is missing to hold the share `target` (1.0: all) of the equity; else as `order_target_value`."""
        return self._running.desk.order_target_percent(symbol, target, **terms)

    def rebalance(
        self, weights: Mapping[str, Number], *, others: str = "leave", size_at: str = "close"
    ) -> tuple[Order, ...]:
        """Order what is missing to hold each symbol's share of the equity (1.0: all). Returns the orders.

        First goes what only makes a holding smaller, then what else sells, then what buys, each in the order given; all
        are sized at the equity and the newest closes of now (`size_at="fill"`: at the price of their fill), and buys
        are cut to what can be paid when they fill. A weight of 0 is `close_position`. Working orders that are no exits
        count as held. Symbols of the run that are not named are left alone; `others="close"` closes them. Raises
        InvalidOrder, and orders nothing, where the weights come to more than the account may hold (1, or its leverage),
        one is negative and it may not be short, or no bar of a symbol has closed.
        """
        return self._running.desk.rebalance(weights, others=others, size_at=size_at)

    def close_position(self, symbol: str) -> Order | None:
        """Cancel the symbol's orders and order its position away; None when flat."""
        return self._running.desk.close_position(symbol)

    def oco(self, symbol: str, quantity: Number, *, limit: Number, stop: Number, **terms: Any) -> tuple[Order, Order]:
        """Two exits of the position, a limit and a stop, of which one fills; gtc unless `exit_tif` is "day"."""
        return self._running.desk.oco(symbol, quantity, limit=limit, stop=stop, **terms)

    def oto(self, first: Order, then: Order, *, exit_tif: str | None = None) -> Order:
        """Let `then`, placed in this callback, wait for `first` and be its exit: gtc, unless its own `tif` or
        `exit_tif` says otherwise."""
        return self._running.desk.oto(first, then, exit_tif=exit_tif)

    def replace(self, order: Order, **changes: Any) -> Order:
        """Cancel a working order in favour of one with `changes` (quantity, limit, stop, trail, trail_percent, tif,
        expires)."""
        return self._running.desk.replace(order, **changes)

    def cancel(self, order: Order) -> None:
        """Cancel an order; one that no longer works stays as it is."""
        self._running.desk.cancel(order)

    def fetch_window(self, symbol: str, timeframe: str, bars: int) -> None:
        """Ask for the newest `bars` closed bars; `on_window` gets them at the next tick."""
        self._running.fetch_window(symbol, timeframe, bars)

    def stop_run(self, reason: str = "") -> None:
        """End the run after this tick."""
        self._running.stop_run(reason)

    def log(self, text: str) -> None:
        """Write a line to the run's journal."""
        self._running.log(text)

    @property
    def _running(self) -> "Runtime":
        if self._runtime is None:
            raise WeaverError(f"{type(self).__name__} is not running: prices and orders exist from on_start on")
        return self._runtime

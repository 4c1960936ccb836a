"""What greta needs from a strategy's runtime, and its exchange from an account."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from weaver.model.account.margin import AccountRules
from weaver.model.orders.actions import FetchWindow
from weaver.model.orders.execution import Execution
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order
from weaver.model.orders.small_target import SmallTargets

Updates = Sequence[Order | Fill]
"""The orders that changed and the fills, as they happened."""
Settle = Callable[[int], Updates | None]
"""Asked whether all that a strategy asked for before a tick is done with as of its opens: what there is to tell of it
at that tick; None where the tick has to be gone through by itself."""


class Quiet(Protocol):
    """The market, while it brings nothing but bars."""

    @property
    def until(self) -> int:
        """The first tick at which it may bring more; where `settle` has something to tell that may be earlier."""

    @property
    def settle(self) -> Settle: ...
    def turn(self, tick: int) -> Updates:
        """Everything that a tick's bars bring: what there is to tell of it."""

    def quiet_until(self, tick: int) -> int:
        """The first tick from `tick` on at which it may bring more than bars: what `until` is from here on."""


class Clock(Protocol):
    """Where the run stands; greta moves it."""

    tick: int

    @property
    def ticks(self) -> NDArray[np.int64]:
        """The instants at which bars close, ns."""

    @property
    def now(self) -> int:
        """The current instant, ns."""


class Callbacks(Protocol):
    """What a strategy is called with, tick by tick."""

    @property
    def turns(self) -> int:
        """How many ticks and signals it has been called with."""

    @property
    def hears_orders(self) -> bool:
        """Whether it wants to know of orders."""

    @property
    def hears_fills(self) -> bool:
        """Whether it wants to know of fills."""

    def call(self, updates: Updates) -> None:
        """Everything at the clock's tick."""

    def call_until(self, first: int, size: int, fresh: list[Any], market: Quiet) -> int:
        """Everything from the tick `first` on, at which the market is quiet, in some `size` turns; it is asked to
        settle by the next tick where something stands in `fresh`. Returns the tick that is next, `first` where that is
        to be called by itself."""

    def end(self) -> None:
        """The run is over."""


class AskedWindow(Protocol):
    """A request for the newest bars of a series."""

    @property
    def time(self) -> int:
        """When it was made, ns."""

    @property
    def request(self) -> FetchWindow: ...
    @property
    def bars(self) -> int:
        """How many there were by then, of those that it asked for."""


class Runtime(Protocol):
    """A strategy, ready to run."""

    @property
    def clock(self) -> Clock: ...
    @property
    def stop_reason(self) -> str | None: ...
    @property
    def journal(self) -> Sequence[tuple[datetime, str]]:
        """What the strategy has logged, and when."""

    @property
    def windows(self) -> Sequence[AskedWindow]:
        """Every request for a window."""

    def start(self) -> NDArray[np.int64]:
        """Call `on_start`. Returns the clock's ticks, ns: those of the bars, and those that signals add."""

    def callbacks(self, first: int) -> Callbacks:
        """What to call, from the tick `first` on; after `start`."""

    @property
    def small_targets(self) -> Mapping[str, SmallTargets]:
        """The targets that came to no order, as they were worth less than can be ordered, by symbol."""

    def take_number(self) -> int:
        """The number of an order that the engine places itself."""


class Means(Protocol):
    """The account behind an exchange's orders: what it may do, has and holds as a tick's bars come."""

    @property
    def rules(self) -> AccountRules: ...
    @property
    def cash(self) -> int:
        """In cash units, all fills so far paid."""

    @property
    def units(self) -> Mapping[str, int]:
        """What is held of each symbol that may be ordered, all fills so far in it; negative when short."""

    def value(self, symbol: str, units: int) -> int:
        """What so many units are worth at the symbol's newest close before the tick's bars, in cash units."""

    def take(self, execution: Execution) -> None:
        """Book a fill."""

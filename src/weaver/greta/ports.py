"""What greta needs from a strategy's runtime."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from weaver.model.market.tick import Tick
from weaver.model.orders.actions import FetchWindow
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order
from weaver.model.orders.small_target import SmallTargets


class Clock(Protocol):
    """Where the run stands; greta moves it."""

    tick: int

    @property
    def ticks(self) -> NDArray[np.int64]:
        """The instants at which bars close, ns."""

    @property
    def now(self) -> int:
        """The current instant, ns."""


class Cursor(Protocol):
    """Something that stands at an index."""

    tick: int


class Bar(Protocol):
    """The bar object that a symbol's callbacks are given; greta moves it, or lets it follow the clock."""

    index: int

    @property
    def cursor(self) -> "Cursor":
        """Where it stands, for whoever moves it often."""

    def follow(self, clock: Clock | None) -> None:
        """Show the bar of the clock's tick from now on; None: the bar at `index`, as before."""


SignalCalls = tuple[NDArray[np.int64], NDArray[np.int64], Bar, Callable[[Any], None]]
"""Where a signal is true: ticks (ascending), the index of the bar to show at each, that bar, and whom to call."""


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
    """A strategy, ready to run. A callback that the strategy does not define is None."""

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

    @property
    def on_bar(self) -> Callable[[Any], None] | None: ...
    @property
    def on_tick(self) -> Callable[[Tick], None] | None: ...
    @property
    def on_order(self) -> Callable[[Order], None] | None: ...
    @property
    def on_fill(self) -> Callable[[Fill], None] | None: ...
    @property
    def on_stop(self) -> Callable[[], None] | None: ...

    def bar(self, symbol: str) -> Bar:
        """The bar object of a symbol."""

    def signal_calls(self) -> Sequence[SignalCalls]:
        """All signals, in order of registration."""

    def streams(self, symbol: str, first: int, last: int) -> Iterator[Any] | None:
        """Advances, a bar at a time from `first` up to `last`, the series that the strategy has been seen to read."""

    def unstream(self) -> None:
        """Let series be read from their arrays again."""

    @property
    def attention(self) -> list[str]:
        """Not empty while something was asked for that needs the next tick, or the end of the run."""

    def deliver_windows(self) -> None:
        """Answer the requests made before this tick."""

    @property
    def small_targets(self) -> Mapping[str, SmallTargets]:
        """The targets that came to no order, as they were worth less than can be ordered, by symbol."""

    def take_number(self) -> int:
        """The number of an order that the engine places itself."""

"""What the simulated venue is made of, which a root fits together: the house's exchange, and bars with their prices."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from weaver.model.account.costs import CostModel
from weaver.model.account.margin import AccountRules
from weaver.model.listing import Listing
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import Instrument
from weaver.model.market.session_bar import SessionBar
from weaver.model.orders.execution import Execution
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.market import LiveBar

Change = tuple[Order, OrderStatus, Execution | None]
"""An order, the status that it changed to, and the fill that did it, if one did."""


class Purse(Protocol):
    """The account as the house asks it and pays into it; the house's own `Means`."""

    @property
    def rules(self) -> AccountRules: ...
    @property
    def cash(self) -> int: ...
    @property
    def units(self) -> Mapping[str, int]: ...
    def value(self, symbol: str, units: int) -> int: ...
    def take(self, execution: Execution) -> None: ...


class Book(Protocol):
    """Where the house keeps what happened."""

    def take_changes(self) -> list[Change]:
        """What happened since this was last called, in order."""
        ...


class House(Protocol):
    """The exchange that fills orders by the fill rules (greta's)."""

    @property
    def book(self) -> Book: ...

    def place(self, order: Order) -> None:
        """Take a new order, and each of its legs after it."""
        ...

    def cancel(self, order: Order, reason: str) -> None:
        """Cancel a working order, at once, and the legs that wait for it."""
        ...

    def replace(self, old: Order, new: Order) -> None:
        """Place `new`, and cancel `old` in its favour."""
        ...

    def open_from(self, begin: int) -> None:
        """Let orders that were placed up to an instant (ns) act on bars that opened before."""
        ...

    def close_before(self, symbol: str, close: int) -> None:
        """The newest close (price units) before the first of the bars that are to come."""
        ...

    def split(self, symbol: str, ratio: tuple[int, int]) -> None:
        """Put a symbol's orders on the scale after a split."""
        ...

    def withdraw(self, symbol: str, reason: str) -> None:
        """Cancel all orders of a symbol."""
        ...

    def on_bars(self, now: int, bars: Mapping[str, SessionBar], *, is_over: bool = True) -> list[Change]:
        """All that the bars which closed at a tick do; not `is_over`: more of that instant are to come."""
        ...


NewHouse = Callable[[Purse, Mapping[str, CostModel]], House]
"""Makes a house on an account and the costs of each symbol, both of which grow with the symbols that are listed."""


class PricedBars(Protocol):
    """One symbol's bars in counted prices, as the house fills orders by them."""

    @property
    def listing(self) -> Listing: ...
    @property
    def costs(self) -> CostModel: ...
    @property
    def count(self) -> int: ...
    @property
    def opens(self) -> Sequence[int]:
        """When each bar opened, ns."""

    @property
    def ends(self) -> Sequence[int]:
        """When each bar ended, ns."""

    @property
    def sessions(self) -> NDArray[np.int32]:
        """The session of each bar, days since the epoch."""

    def session_bar(self, index: int) -> SessionBar:
        """A bar with its session."""
        ...

    def bar_from(self, action: CorporateAction) -> int:
        """The first bar that a corporate action has happened by; `count` if there is none."""
        ...

    def session_end(self, day: int) -> int:
        """When the session of a date (days since the epoch) closes, ns."""
        ...


class Pricing(Protocol):
    """Prices of bars that come one by one: of each instrument on one scale, which has room for whatever comes."""

    def costs(self, instrument: Instrument) -> CostModel:
        """What trading it costs, with the scale that its prices are counted on; the same at each call."""
        ...

    def bar(self, instrument: Instrument, live: LiveBar) -> SessionBar:
        """A bar in counted prices, with its session."""
        ...

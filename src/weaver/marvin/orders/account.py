"""What a strategy's runtime needs from whoever executes its orders: greta in a backtest, veda on paper and live."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeAlias

from weaver.model.account.deals import Deal, HoldingChange
from weaver.model.account.margin import AccountRules
from weaver.model.account.opening import Opening
from weaver.model.account.position import Position
from weaver.model.numbers.scale import Scale
from weaver.model.orders.actions import FetchWindow, StopRun
from weaver.model.orders.order import Order

Request: TypeAlias = Order | FetchWindow | StopRun


class Account(Protocol):
    """The account and the orders of one run. Money in cash units, prices and quantities in the symbol's scale."""

    rules: AccountRules
    """What the account may hold."""
    held: Mapping[str, int]
    """What is held of each symbol, always as it is now."""
    fresh: list[Request]
    """What the strategy has asked for since the market last had its turn: new orders, orders it cancelled, requests."""
    take: Callable[[Order], None]
    """`place`, of a plain market order."""

    def show(self, symbol: str, holding: list[bool]) -> None:
        """Keep this list empty while nothing is held of a symbol, and otherwise not, from before the first tick on."""

    def place(self, order: Order) -> None:
        """Take a new order; it can act from the next bar of its symbol on."""

    def cancel(self, order: Order, reason: str) -> None:
        """Cancel a working order."""

    def replaced(self, old: Order, new: Order) -> None:
        """`new`, already placed, stands in for `old`, which is cancelled."""

    def scale(self, symbol: str) -> Scale:
        """The symbol's units."""

    def position(self, symbol: str) -> Position:
        """The holding with its cost."""

    def opening(self, symbol: str) -> Opening | None:
        """When the holding was opened; None when flat."""

    def deals(self, first: int) -> list[Deal]:
        """The fills from the one of index `first` on, in order."""

    def changes(self, first: int) -> list[HoldingChange]:
        """What else changed holdings, splits and delistings, from the one of index `first` on, in order."""

    def working(self, symbol: str | None = None) -> Iterable[Order]:
        """Orders that may still fill, waiting legs among them, oldest first."""

    def close(self, symbol: str) -> int | None:
        """The newest close, or None before the first bar."""

    def cash(self) -> int:
        """Cash."""

    def equity(self) -> int:
        """Cash and positions at the newest closes."""

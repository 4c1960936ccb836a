"""The account of a backtest whose decisions are wanted afterwards: what was asked for, and when orders ended."""

from typing import Any, NamedTuple

from weaver.greta.account import BacktestAccount
from weaver.model.orders.order import Order


class Asked(NamedTuple):
    """An order that is not plain as it was placed, in its units; fills, splits and trailing change it later."""

    units: int
    limit: int | None
    stop: int | None
    trail: int | None
    is_sized: bool


class Happening(NamedTuple):
    """A cancellation that the strategy asked for, or the end of an order other than by a fill."""

    tick: int
    turn: int
    """How many orders had been placed by then, where the strategy's own call did it; −1 where the bars did."""
    order: Order
    is_request: bool


class RecordedAccount(BacktestAccount):
    """Keeps what the orders themselves forget. A plain order costs it one entry of a mapping."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.asked: dict[int, int | Asked] = {}
        """Orders placed through the account, by number: the quantity units of a plain one. The engine's own order at
        the end of a run is not among them."""
        self.happenings: list[Happening] = []
        self._is_called = False
        self._matcher.orders.on_end = self._ended

    def place(self, order: Order) -> None:
        """Keep, then take, a new order."""
        if order.is_plain:
            self.asked[order.number] = order.units
            if self._venue is None:
                super().place(order)
                return
        else:
            prices = (order.limit_units, order.stop_units, order.trail_units)
            self.asked[order.number] = Asked(order.units, *prices, order.is_sized)
        self._is_called = True
        super().place(order)
        self._is_called = False

    def cancel(self, order: Order, reason: str) -> None:
        """Keep, then do, a cancellation."""
        self._is_called = True
        self._happen(order, is_request=True)
        super().cancel(order, reason)
        self._is_called = False

    def _ended(self, order: Order) -> None:
        self._happen(order, is_request=False)

    def _happen(self, order: Order, *, is_request: bool) -> None:
        assert self.clock is not None
        turn = len(self._kept) if self._is_called else -1
        self.happenings.append(Happening(self.clock.tick, turn, order, is_request))

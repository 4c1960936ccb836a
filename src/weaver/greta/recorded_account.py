"""The account of a run whose decisions are wanted afterwards: what was asked for, and when orders ended."""

from collections.abc import Mapping

from weaver.greta.account import BacktestAccount
from weaver.greta.ledger.prices import Prices
from weaver.greta.order_log import AskedTerms, Happening, OrderLog
from weaver.greta.ports import Clock
from weaver.greta.setup import Setup
from weaver.model.orders.order import Order


class RecordedAccount(BacktestAccount):
    """Keeps what the orders themselves forget. A plain order costs it one entry of a mapping."""

    def __init__(self, setup: Setup, clock: Clock, prices: Mapping[str, Prices] | None = None) -> None:
        super().__init__(setup, clock, prices)
        self._asked: dict[int, int | AskedTerms] = {}
        self._happenings: list[Happening] = []
        self._by_end = 0, 0
        self._is_called = False

    def place(self, order: Order) -> None:
        """Keep, then take, a new order."""
        if order.is_plain:
            self._asked[order.number] = order.units
            if self._venue is None:
                super().place(order)
                return
        else:
            prices = (order.limit_units, order.stop_units, order.trail_units)
            self._asked[order.number] = AskedTerms(order.units, *prices, order.is_sized)
        self._is_called = True
        super().place(order)
        self._is_called = False

    def cancel(self, order: Order, reason: str) -> None:
        """Keep, then do, a cancellation."""
        self._is_called = True
        self._happen(order, is_request=True)
        super().cancel(order, reason)
        self._is_called = False

    def end(self) -> None:
        """What comes from here on decides nothing any more."""
        super().end()
        self._by_end = len(self._asked), len(self._happenings)

    @property
    def log(self) -> OrderLog:
        """What was kept."""
        asked, happened = self._by_end
        return OrderLog(asked=self._asked, happenings=self._happenings, asked_by_end=asked, happened_by_end=happened)

    def _ended(self, order: Order) -> None:
        super()._ended(order)
        self._happen(order, is_request=False)

    def _happen(self, order: Order, *, is_request: bool) -> None:
        turn = len(self._asked) if self._is_called else -1
        self._happenings.append(Happening(self.clock.tick, turn, order, is_request))

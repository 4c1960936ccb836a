"""An order that filled the short way is like any other to whoever holds it, on its way and away from its run."""

import pickle
from copy import deepcopy
from typing import Any

from tests.builders import backtest, crypto_bars
from weaver.greta.ledger.filled_whole import FilledWhole
from weaver.marvin.strategy import Strategy
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus


class Holding(Strategy):
    """Keeps its orders."""

    def on_start(self) -> None:
        self.kept: list[Order] = []
        self.seen: list[tuple[Any, ...]] = []
        self.when(self.close > 0, self.act)

    def act(self, bar: Any) -> None:
        self.seen += [facts(order) for order in self.kept]
        self.kept.append(self.buy(bar.symbol, len(self.kept) + 1))


def facts(order: Order) -> tuple[Any, ...]:
    return order.id, order.status, order.filled_quantity, order.average_price, order.is_working, order.remaining


def facts_by_hand(number: int, price: int) -> tuple[Any, ...]:
    """Of the order of so many units that filled at the open after its bar."""
    return str(number), OrderStatus.FILLED, number, price, False, 0


def test_strategy_sees_its_order_filled_at_the_next_open() -> None:
    seen: list[tuple[Any, ...]] = []

    class Looking(Holding):
        def on_stop(self) -> None:
            assert [type(order).__mro__[1] for order in self.kept[:2]] == [FilledWhole] * 2
            seen.extend(self.seen)

    backtest(Looking, crypto_bars([10, 11, 12]), costs="none")
    # At the second bar's close one order has filled, at the third's two; a bar opens at the close before it.
    one, two = facts_by_hand(1, 10), facts_by_hand(2, 11)
    assert seen == [one, one, two]


def test_order_goes_through_pickle_and_copies_as_an_order_like_any_other() -> None:
    held: list[Order] = []

    class Passing(Holding):
        def on_stop(self) -> None:
            held.extend(self.kept[:2])

    backtest(Passing, crypto_bars([10, 11, 12]), costs="none")
    for other in (pickle.loads(pickle.dumps(held)), deepcopy(held)):
        assert [type(order) for order in other] == [Order, Order]
        assert [facts(order) for order in other] == [facts(order) for order in held]
        assert [order.placed for order in other] == [order.placed for order in held]

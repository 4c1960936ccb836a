"""What a strategy asks for anew on every bar is taken up between two calls, to the same end as bar by bar."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.builders import backtest, crypto_bars
from weaver import Strategy
from weaver.greta.market import Market
from weaver.greta.ports import Updates
from weaver.marvin.series.bar import Bar
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus

CLOSES = [100, 101, 102, 103, 102, 101, 97, 99, 100, 101]
BARS = crypto_bars(CLOSES)
"""Each opens at the close before it, and reaches from the one to the other."""


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The ticks that a market went through by themselves."""
    ticks: list[int] = []
    turn = Market.turn

    def noting(self: Market, tick: int) -> Updates:
        ticks.append(tick)
        return turn(self, tick)

    monkeypatch.setattr(Market, "turn", noting)
    return iter([ticks])


class Anew(Strategy):
    """A limit order three under each close, until one fills; then a market order out of it beside a last one."""

    hears: bool = False

    def on_start(self) -> None:
        MADE.append(self)
        self.placed: list[Order] = []
        self.heard: list[str] = []

    def on_bar(self, bar: Bar) -> None:
        if self.position(bar.symbol):
            self.sell(bar.symbol, 1)
        if self.placed:
            self.cancel(self.placed[-1])
        self.placed.append(self.buy(bar.symbol, 1, limit=bar.close - 3))


class Hearing(Anew):
    def on_order(self, order: Order) -> None:
        self.heard.append(f"{self.now:%H} {order.id} {order.status}")

    def on_fill(self, fill: Fill) -> None:
        self.heard.append(f"{self.now:%H} {fill.order_id} at {fill.price}")


MADE: list[Anew] = []


@pytest.mark.parametrize("strategy", [Anew, Hearing])
def test_limit_anew_on_each_bar_fills_where_a_bar_comes_down_to_it(strategy: type[Anew]) -> None:
    result = backtest(strategy, BARS, costs="none")
    # The order of bar 5 (101 - 3 = 98) is reached by bar 6, from 101 down to 97; what it bought goes at the next open.
    assert [(fill.side, fill.price, fill.order_id) for fill in result.fills] == [
        ("buy", Decimal(98), "6"),
        ("sell", Decimal(97), "7"),
    ]
    ended = [order.status for order in MADE[-1].placed]
    assert ended == [OrderStatus.CANCELLED] * 5 + [OrderStatus.FILLED] + [OrderStatus.CANCELLED] * 3 + [
        OrderStatus.PENDING  # the run ends before a bar could have it accepted
    ]


def test_only_the_ticks_at_which_something_may_fill_are_gone_through(turns: Iterator[list[int]]) -> None:
    backtest(Anew, BARS, costs="none")
    assert next(turns) == [6]


def test_what_happens_is_heard_at_the_bar_that_brings_it() -> None:
    backtest(Hearing, BARS, costs="none")
    first = ["02 1 accepted", "03 1 cancelled", "03 2 accepted"]
    assert MADE[-1].heard[:3] == first
    at_fill = [line for line in MADE[-1].heard if line[:2] in {"07", "08"}]
    assert at_fill == [
        "07 5 cancelled",
        "07 6 filled",
        "07 6 at 98.00000000",
        "08 7 filled",
        "08 8 accepted",
        "08 7 at 97.00000000",
    ]


class Windowed(Strategy):
    """Asks for a window when it hears of its fill."""

    def on_bar(self, bar: Bar) -> None:
        if not self.position(bar.symbol):
            self.buy(bar.symbol, 1)

    def on_fill(self, fill: Fill) -> None:
        self.fetch_window(fill.symbol, "1h", 1)

    def on_window(self, window: object) -> None:
        self.log(f"{self.now:%H}")


def test_window_asked_for_on_a_fill_comes_at_the_next_tick() -> None:
    assert [entry.text for entry in backtest(Windowed, BARS, costs="none").journal] == ["03"]

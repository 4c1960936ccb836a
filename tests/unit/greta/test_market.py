"""What a tick's market tells of orders: as they are accepted, then as they fill, whichever way they fill."""

from decimal import Decimal
from typing import Any

import pandas as pd

from tests.builders import backtest, crypto_bars
from weaver import Strategy
from weaver.model.market.corporate_actions import Dividend


class Listens(Strategy):
    """Keeps what it is told: the bars that had closed, and the order's number and status."""

    def on_start(self) -> None:
        self.heard: list[tuple[int, str, str]] = []
        type(self).last = self

    def on_bar(self, bar: Any) -> None:
        if len(self.close) == 1:
            self.ask(bar.symbol)

    def ask(self, symbol: str) -> None:
        raise NotImplementedError

    def on_order(self, order: Any) -> None:
        self.heard.append((len(self.close), order.id, str(order.status)))


def heard(strategy: type[Listens], closes: list[float]) -> list[tuple[int, str, str]]:
    backtest(strategy, crypto_bars(closes), asset="crypto")
    found: list[tuple[int, str, str]] = strategy.last.heard
    return found


def test_legs_that_wait_are_not_told_of_before_their_entry_starts_them() -> None:
    class Brackets(Listens):
        def ask(self, symbol: str) -> None:
            self.buy(symbol, 1, limit=90, take_profit=120, stop_loss=80, tif="gtc")

    # The entry rests on the second bar, and fills on the third, at 90, which starts its legs.
    assert heard(Brackets, [100, 100, 85, 85]) == [
        (2, "1", "accepted"),
        (3, "1", "filled"),
        (3, "2", "accepted"),
        (3, "3", "accepted"),
    ]


def test_order_that_is_cancelled_when_another_is_told_of_is_told_of_at_the_next_tick() -> None:
    class Regrets(Listens):
        def ask(self, symbol: str) -> None:
            self.buy(symbol, 1)
            self.late = self.buy(symbol, 1, limit=50, tif="gtc")

        def on_order(self, order: Any) -> None:
            super().on_order(order)
            if order is self.late:
                self.cancel(order)

    assert heard(Regrets, [100, 100, 100]) == [(2, "1", "filled"), (2, "2", "accepted"), (3, "2", "cancelled")]


class BuysOnSignal(Strategy):
    """Ten shares at the first close, and an order that rests to the end."""

    def on_start(self) -> None:
        self.when(self.close == 100, self.buy_once)

    def buy_once(self, bar: Any) -> None:
        self.buy(bar.symbol, 10)
        self.buy(bar.symbol, 1, limit=50, tif="gtc")


def test_what_a_company_does_on_the_last_day_happens_once_beside_a_resting_order() -> None:
    days, closes = pd.bdate_range("2024-01-02", periods=5), [100.0, 101.0, 102.0, 103.0, 103.0]
    bars = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), closes) | {"volume": 1e6}, days)
    dividends = {"ABC": [Dividend(ex_date=days[-1].date(), amount=Decimal("0.5"))]}
    result = backtest(BuysOnSignal, {"ABC": bars}, asset="stock", cash=2_000, actions=dividends)
    assert [flow.amount for flow in result.cash_flows] == [5]
    assert result.stats["final_equity"] == 2_000 - 10 * 101 + 10 * 103 + 5

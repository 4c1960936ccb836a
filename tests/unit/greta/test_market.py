"""What a tick's market tells of orders: as they are accepted, then as they fill, whichever way they fill."""

from typing import Any

from tests.builders import backtest, crypto_bars
from weaver import Strategy


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

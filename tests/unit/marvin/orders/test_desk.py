"""What the desk refuses."""

from typing import Any

import pytest

from tests.builders import backtest, crypto_bars
from weaver import Strategy
from weaver.model.errors import InvalidOrder


def test_oto_takes_no_order_of_a_margin_call() -> None:
    """No callback placed it, though it was placed at their tick."""
    refused = []

    class Joins(Strategy):
        def on_start(self) -> None:
            self.buy("BTC/USD", 40)

        def on_bar(self, bar: Any) -> None:
            for closing in self.orders:
                then = self.buy("BTC/USD", 1, limit=10)
                with pytest.raises(InvalidOrder, match="takes two plain orders placed in this callback"):
                    self.oto(closing, then)
                refused.append((closing.number, str(closing.side)))
                self.cancel(then)

    # 4,000 of 1,000: at 75 nothing is left of them.
    backtest(Joins, crypto_bars([100.0, 75.0, 75.0]), cash=1_000, account="margin", leverage=4)
    assert refused == [(2, "sell")]

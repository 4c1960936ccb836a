"""The short way of plain orders fills what the account allows, and leaves the rest to the long way."""

from tests.builders import DAY, FIRST_DAY, backtest, crypto_bars, told
from weaver import Strategy

HOUR = DAY // 24
MARGIN = {"cash": 1000, "account": "margin", "leverage": 1, "shorting": True}


class ShortsBoth(Strategy):
    """900 of each, of an equity of 1,000: only one of them is within the leverage."""

    def on_start(self) -> None:
        self.sell("BTC/USD", 90)
        self.sell("ETH/USD", 90)


def test_short_that_fills_on_its_first_bar_counts_for_the_next_order_of_the_tick() -> None:
    result = backtest(ShortsBoth, [crypto_bars([10, 10]), crypto_bars([10, 10], symbol="ETH/USD")], **MARGIN)
    assert told(result) == ["sell 90 @ 10"]
    assert [str(order.status) for order in result.orders] == ["filled", "rejected"]


def test_short_of_a_symbol_that_starts_later_counts_for_the_next_order_of_the_tick() -> None:
    class ShortsLate(ShortsBoth):
        def on_start(self) -> None:
            """Nothing yet."""

        def on_bar(self, bar) -> None:
            if len(self.close) == 2:
                self.sell("ETH/USD", 90)
                self.sell("BTC/USD", 90)

    late = crypto_bars([10, 10], symbol="ETH/USD", first=FIRST_DAY * DAY + 2 * HOUR)
    result = backtest(ShortsLate, [crypto_bars([10, 10, 10, 10]), late], **MARGIN)
    assert [(order.symbol, str(order.status)) for order in result.orders] == [
        ("ETH/USD", "filled"),
        ("BTC/USD", "rejected"),
    ]

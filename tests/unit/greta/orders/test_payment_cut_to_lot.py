"""A quantity that the lot cuts is said; targets, which are cut by rule, are not."""

from typing import Any

import pytest

from tests.builders import backtest, crypto_bars, stock_days, told
from weaver.marvin.strategy import Strategy

SHARES, COINS = stock_days([10.0] * 4), crypto_bars([10.0] * 4)


def warned(place: Any, bars: Any, **options: Any) -> tuple[list[str], list[str]]:
    """Fills, and what is said of cut orders."""

    class Placing(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                place(self, bar.symbol)

    result = backtest(Placing, bars, **options)
    return told(result), [warning.message for warning in result.warnings if warning.code == "cut_to_lot"]


@pytest.mark.parametrize(
    ("place", "fills", "count", "first"),
    [
        (lambda s, symbol: s.buy(symbol, 10.7), ["buy 10 @ 10"], "1 order was", "AAA, 10.7 to 10"),
        (lambda s, symbol: s.buy(symbol, "10.70"), ["buy 10 @ 10"], "1 order was", "AAA, 10.7 to 10"),
        (lambda s, symbol: s.buy(symbol, 1000.00001), ["buy 1000 @ 10"], "1 order was", "AAA, 1000.00001 to 1000"),
        (lambda s, symbol: s.buy(symbol, s.equity * 0.00123), ["buy 123 @ 10"], None, None),
        (lambda s, symbol: (s.buy(symbol, 9.5), s.sell(symbol, 1.5)), ["buy 9 @ 10", "sell 1 @ 10"], "2 orders were",
         "AAA, 9.5 to 9"),
        (lambda s, symbol: s.replace(s.buy(symbol, 1), quantity=2.9), ["buy 2 @ 10"], "1 order was", "AAA, 2.9 to 2"),
        (lambda s, symbol: s.buy(symbol, 10.0), ["buy 10 @ 10"], None, None),
        (lambda s, symbol: s.order_target(symbol, 10.7), ["buy 10 @ 10"], None, None),
        (lambda s, symbol: s.order_target_value(symbol, 107), ["buy 10 @ 10"], None, None),
        (lambda s, symbol: s.order_target_percent(symbol, 0.00107), ["buy 10 @ 10"], None, None),
    ],
)  # fmt: skip
def test_shares_cut_to_whole_ones_are_told(place: Any, fills: list[str], count: str | None, first: str | None) -> None:
    found, warnings = warned(place, SHARES)
    assert found == fills
    assert warnings == (
        []
        if count is None
        else [f"{count} cut down to the lot (the first: {first}): where fractions trade, say so with lot= (--lot)"]
    )


def test_last_digits_of_a_coin_are_not_told_of() -> None:
    fills, warnings = warned(lambda s, symbol: s.buy(symbol, 1 / 3), COINS)
    assert fills == ["buy 0.33333333 @ 10"]
    assert warnings == []


def test_coins_cut_by_much_are_told_of() -> None:
    fills, warnings = warned(lambda s, symbol: s.buy(symbol, 1.9e-8), COINS)
    assert fills == ["buy 0.00000001 @ 10"]
    assert warnings
    assert "BTC/USD, 0.000000019 to 0.00000001" in warnings[0]

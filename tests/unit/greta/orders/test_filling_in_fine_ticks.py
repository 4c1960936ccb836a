"""Slippage in ticks on prices with many decimals: it costs next to nothing, and the result says so."""

from decimal import Decimal

import pytest

from tests.builders import backtest, stock_days
from weaver import Strategy


class BuysOnce(Strategy):
    def on_bar(self, bar) -> None:
        if len(self.close) == 1:
            self.buy(bar.symbol, 10)


@pytest.mark.parametrize(
    ("close", "costs", "said"),
    [
        (123.4 * 1.02, {"slippage_ticks": 1}, True),
        (123.41, {"slippage_ticks": 1}, False),
        (123.4 * 1.02, {"slippage_bps": 1}, False),
    ],
)
def test_ticks_as_fine_as_the_bars_decimals_are_told_of(close: float, costs: dict[str, int], said: bool) -> None:
    result = backtest(BuysOnce, {"AAA": stock_days([close] * 4)}, asset="stock", costs=costs)
    assert ("fine_tick" in [one.code for one in result.warnings]) is said
    if costs == {"slippage_ticks": 1} and not said:
        assert result.fills[0].slippage == Decimal("0.01")

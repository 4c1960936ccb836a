"""What a strategy and a notebook write with prices, quantities and money, floats and texts among them."""

import json
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.builders import backtest, stock_days, told
from weaver.greta.result import BacktestResult
from weaver.marvin.strategy import Strategy
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order

BARS = stock_days([100.0, 100, 110, 110, 121, 121])


class InAndOut(Strategy):
    """Ten at 100, out at 110."""

    def on_bar(self, bar: Any) -> None:
        if len(self.close) == 1:
            self.buy(bar.symbol, 10)
        if len(self.close) == 3:
            self.close_position(bar.symbol)


SAID = [
    (lambda s: s.equity * 0.02, "2002.0000000000"),
    (lambda s: 0.02 * s.equity, "2002.0000000000"),
    (lambda s: s.equity * 0.02 / s.close[-1], "18.20"),
    (lambda s: s.cash - 0.5, "98999.50000000"),
    (lambda s: s.position("AAA").quantity * 0.5, "5.0"),
    (lambda s: s.position("AAA").average_price * 1.1, "110.0"),
    (lambda s: s.close[-1] - s.position("AAA").average_price, "10.0"),
    (lambda s: s.position("AAA").unrealised_pnl / s.equity, "0.0009990009990009990009990009990"),
    (lambda s: s.position("AAA").market_value + np.float64(0.5), "1100.50000000"),
    (lambda s: s.equity * s.close.values[-1] / s.close[-1], "100100"),
    (lambda s: min(s.cash, 50.5), "50.5"),
    (lambda s: math.floor(s.equity * 0.333 / s.close[-1]), "303"),
    (lambda s: round(s.equity / 3, 2), "33366.67"),
]


@pytest.mark.parametrize(("say", "expected"), SAID)
def test_strategy_computes_with_floats(say: Callable[[Any], Any], expected: str) -> None:
    seen: list[Any] = []

    class Saying(InAndOut):
        def on_bar(self, bar: Any) -> None:
            super().on_bar(bar)
            if len(self.close) == 3:
                seen.append(say(self))

    backtest(Saying, BARS)
    assert float(seen[0]) == pytest.approx(float(expected), rel=1e-15)


def test_share_of_equity_divided_by_a_price_is_a_quantity() -> None:
    class Risking(Strategy):
        def on_bar(self, bar: Any) -> None:
            if not self.position(bar.symbol):
                self.buy(bar.symbol, self.equity * 0.02 / bar.close)

    assert told(backtest(Risking, BARS)) == ["buy 20 @ 100"]


def test_fill_and_order_compare_with_words_and_with_the_bars_prices() -> None:
    found: list[bool] = []

    class Looking(InAndOut):
        def on_fill(self, fill: Fill) -> None:
            found.append((fill.side == "buy") is bool(self.position(fill.symbol)))
            found.append(fill.price == self.open[-1])
            found.append(not fill.price > self.open[-1])

        def on_order(self, order: Order) -> None:
            found.append(order.status in {"accepted", "filled"} and order.side in ("buy", "sell"))

    prices = [100.1, 100.1, 110.3, 110.3, 121.7]  # floats beside which the decimals of the fills lie
    result = backtest(Looking, stock_days(prices))
    assert len(result.fills) == 2
    assert found
    assert all(found)


@pytest.fixture(scope="module")
def result() -> BacktestResult:
    return backtest(InAndOut, BARS)


def test_result_computes_with_floats(result: BacktestResult) -> None:
    trade, fill = result.trades[0], result.fills[0]
    assert trade.pnl * 0.5 == 50
    assert trade.exit_price / trade.entry_price - 1 == pytest.approx(0.1)
    assert trade.pnl / 1000.0 == trade.return_ == 0.1
    assert sum(trade.pnl for trade in result.trades) / 1e5 == 0.001
    assert fill.price - result.bars["AAA"].open[1] == 0
    assert fill.quantity * fill.price + 0.25 == 1000.25
    assert float(np.mean([trade.pnl for trade in result.trades])) == 100.0
    assert sorted([trade.commission, 0.5, -1]) == [-1, 0, 0.5]
    assert result.orders[0].quantity * 1.5 == 15.0
    assert isinstance(trade.pnl, Decimal)


WORDS: list[tuple[Callable[[BacktestResult], Any], str]] = [
    (lambda r: r.fills[0].side, "buy"),
    (lambda r: r.orders[1].side, "sell"),
    (lambda r: r.orders[0].status, "filled"),
    (lambda r: r.orders[0].order_type, "market"),
    (lambda r: r.orders[0].order_class, "simple"),
    (lambda r: r.orders[0].tif, "day"),
    (lambda r: r.trades[0].side, "long"),
    (lambda r: r.warnings[0].code, "few_trades"),
]


@pytest.mark.parametrize(("word", "text"), WORDS)
def test_word_of_a_result_is_its_text(word: Callable[[BacktestResult], Any], text: str, result: BacktestResult) -> None:
    value = word(result)
    assert value == text
    assert text == value
    assert hash(value) == hash(text)
    assert value in {text}
    assert f"{value}" == str(value) == text
    assert json.dumps(value) == f'"{text}"'
    assert value != "something else"


def test_sides_still_have_their_sign(result: BacktestResult) -> None:
    buy, sell = result.fills
    assert [buy.side.sign, int(sell.side)] == [1, -1]
    assert [buy.side * buy.quantity, sell.quantity * sell.side, sell.side * 1.5, 3 * sell.side] == [10, -10, -1.5, -3]

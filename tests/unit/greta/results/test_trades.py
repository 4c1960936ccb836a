"""Round trips against a count of single lots: what came in first leaves first, and two orders make one trade."""

from collections import Counter, defaultdict, deque
from decimal import Decimal
from typing import Any

import pytest

import weaver
from tests.builders import backtest, crypto_bars, told
from tests.naive.bridge import run_weaver
from tests.naive.generate import random_scenario
from weaver import Strategy
from weaver.greta.finished_run import FinishedRun
from weaver.greta.result import BacktestResult

Pair = tuple[str, int, int]


def counted(finished: FinishedRun) -> tuple[Counter[Pair], dict[Pair, Decimal]]:
    """Lots and gains before fees by symbol, entry order and exit order, matched lot by lot."""
    lots: Counter[Pair] = Counter()
    gains: dict[Pair, Decimal] = defaultdict(Decimal)
    waiting: dict[str, deque[tuple[int, int, Decimal]]] = defaultdict(deque)
    for row in finished.fills:
        symbol, number, sign = row.order.symbol, row.order.number, 1 if row.units > 0 else -1
        scale = row.order.scale
        price = scale.price_decimal(row.price)
        for _ in range(abs(row.units) // scale.lot):
            queue = waiting[symbol]
            if queue and queue[0][1] != sign:
                entry, side, paid = queue.popleft()
                lots[symbol, entry, number] += 1
                gains[symbol, entry, number] += side * (price - paid) * scale.quantity_decimal(scale.lot)
            else:
                queue.append((number, sign, price))
    return lots, gains


def test_one_entry_order_against_one_exit_order_is_one_trade() -> None:
    compared = interleaved = 0
    for seed in range(400):
        finished = run_weaver(random_scenario(seed))
        lots_filled = sum(abs(row.units) // row.order.scale.lot for row in finished.fills)
        if any(flow.kind != "dividend" for flow in finished.flows) or not 0 < lots_filled < 20_000:
            continue
        lots, gains = counted(finished)
        trades = BacktestResult(finished, strategy="program", record=dict).trades
        one = {symbol: prices.scale for symbol, prices in finished.prices.items()}
        ours = Counter((t.symbol, t.quantity) for t in trades)
        theirs = Counter((s, one[s].quantity_decimal(count * one[s].lot)) for (s, _, _), count in lots.items())
        assert ours == theirs, seed
        gross = sum((trade.pnl + trade.commission for trade in trades), Decimal(0))
        assert abs(gross - sum(gains.values())) <= Decimal("1e-7") * max(len(finished.fills), 1), seed
        compared += len(trades)
        interleaved += any(a != b for a, b in zip(lots, sorted(lots), strict=True))
    assert compared > 400
    assert interleaved > 20


@pytest.mark.parametrize("symbols", [("AAA/USD",), ("AAA/USD", "BBB/USD")])
def test_an_exit_in_parts_is_one_trade_whatever_another_symbol_does(symbols: tuple[str, ...]) -> None:
    class InParts(Strategy):
        def on_bar(self, bar: Any) -> None:
            if bar.close == 10:
                self.buy(bar.symbol, 20, tif="gtc")
            elif bar.close == 11:
                self.sell(bar.symbol, 12, tif="gtc")

    volume = [1_000, 1_000, 60, 60, 1_000]
    bars = {name: crypto_bars([10, 11, 12, 12, 12], volume=volume, symbol=name) for name in symbols}
    result = backtest(InParts, bars, costs={"max_participation": 0.1})
    assert [(t.symbol, t.quantity) for t in result.trades] == [(name, 12) for name in symbols]
    assert len(result.fills) == 3 * len(symbols)


def test_parts_of_two_orders_that_alternate_are_one_trade() -> None:
    class BothWays(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                self.buy(bar.symbol, 16, limit=10, tif="gtc")
                self.sell(bar.symbol, 16, limit=12, tif="gtc")

    bars = crypto_bars([11] * 5, highs=[11, 11, 12, 11, 12], lows=[11, 10, 11, 10, 11], volume=80)
    result = backtest(BothWays, bars, costs={"max_participation": 0.1})
    assert told(result) == ["buy 8 @ 10", "sell 8 @ 12"] * 2
    assert [(trade.quantity, trade.bars) for trade in result.trades] == [(16, 3)]


def test_stats_count_what_the_trades_say() -> None:
    result = weaver.backtest("sma-crossover", crypto_bars([10, 11, 12, 11, 10, 9, 10, 12, 13, 12] * 30))
    assert result.stats["trades"] == len(result.trades)

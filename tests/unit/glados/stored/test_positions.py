"""The part `positions` of a stored result: what holdings had cost and were worth, added up by hand."""

import json
from typing import Any

from tests.builders import crypto_bars, planned
from weaver import Strategy
from weaver.glados.stored.positions import decode_positions, encode_positions
from weaver.greta.finished_run import FinishedRun


class Holding(Strategy):
    """At the first close it buys 3 of A and sells 2 of B short, at the second it sells 1 of A; C comes and goes."""

    def on_bar(self, bar: Any) -> None:
        match bar.symbol, len(self.series(bar.symbol).close):
            case "A", 1:
                self.buy("A", 3)
            case "A", 2:
                self.sell("A", 1)
            case "B", 1:
                self.sell("B", 2)
            case "C", 1:
                self.buy("C", 1)
            case "C", 2:
                self.close_position("C")


def finished() -> FinishedRun:
    closes = {"A": [10.0, 11, 12, 12.5], "B": [20.0, 21, 22, 22.25], "C": [1.0, 1, 1, 1]}
    bars = {symbol: crypto_bars(prices, symbol=symbol) for symbol, prices in closes.items()}
    plan = planned(Holding, bars, asset="crypto", account="margin", shorting=True)
    return plan.run(progress=lambda _: None).finished


def test_position_is_told_with_its_cost_and_worth_at_the_last_close() -> None:
    # Bars open at the close before: A is bought at 10, of B 2 are sold at 20. One of A is sold at 11.
    assert decode_positions(encode_positions(finished())) == {
        "A": {"average_price": "10", "cost": "20", "close": "12.5", "market_value": "25", "unrealised_pnl": "5"},
        "B": {
            "average_price": "20", "cost": "-40", "close": "22.25", "market_value": "-44.5", "unrealised_pnl": "-4.5",
        },
    }  # fmt: skip


def test_blob_is_json_by_symbol_without_what_is_held_no_more() -> None:
    found = json.loads(encode_positions(finished()))
    assert list(found) == ["A", "B"]
    assert {type(value) for worth in found.values() for value in worth.values()} == {str}


def test_average_that_has_no_end_is_as_exact_as_the_database_keeps_it() -> None:
    class Thirds(Strategy):
        def on_bar(self, bar: Any) -> None:
            if bar.close in (1.0, 2.0):
                self.buy(bar.symbol, int(bar.close))

    run = planned(Thirds, crypto_bars([1.0, 2.0, 3.0, 3.0])).run(progress=lambda _: None).finished
    # One at 1 and two at 2: 5 for 3.
    worth = decode_positions(encode_positions(run))["BTC/USD"]
    assert (worth["average_price"], worth["cost"]) == ("1.666666666666666667", "5")

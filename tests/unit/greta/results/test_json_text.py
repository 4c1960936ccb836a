"""The JSON object of a result: exact amounts, times with Z, the same bytes each time."""

import json
from datetime import datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared_data import SAMPLES
from weaver import Strategy, backtest
from weaver.greta.result import BacktestResult
from weaver.greta.results.json_text import iso, iso_column


class Alternating(Strategy):
    def on_bar(self, bar) -> None:
        if self.position(bar.symbol):
            self.close_position(bar.symbol)
        else:
            self.buy(bar.symbol, 3)


@pytest.fixture(scope="module")
def result() -> BacktestResult:
    return backtest(
        Alternating, SAMPLES / "AAPL_1d.csv", end="2001-06-30", costs={"commission_bps": "1.5", "slippage_bps": 1}
    )


def test_every_row_says_what_the_result_holds(result: BacktestResult) -> None:
    text = result.to_json()
    found = json.loads(text)
    assert found["stats"] == result.stats
    assert found["run"] == result.run
    assert [Decimal(row["price"]) for row in found["fills"]] == [fill.price for fill in result.fills]
    assert [Decimal(row["pnl"]) for row in found["trades"]] == [trade.pnl for trade in result.trades]
    assert [row["return"] for row in found["trades"]] == [trade.return_ for trade in result.trades]
    stamps = [datetime.fromisoformat(row["timestamp"]) for row in found["fills"]]
    assert stamps == [fill.timestamp for fill in result.fills]
    assert [row["equity"] for row in found["equity"]] == [round(value, 8) for value in result.curve.equity.tolist()]
    assert [row["cash"] for row in found["equity"]] == [round(value, 8) for value in result.curve.cash.tolist()]
    assert found["equity"][0]["timestamp"] == "2000-03-01T00:00:00Z"
    assert found["warnings"] == [{"code": code, "message": message} for code, message in result.warnings]


def test_amounts_have_no_exponent_and_no_trailing_zeros(result: BacktestResult) -> None:
    found = json.loads(result.to_json())
    amounts = [row[key] for row in found["fills"] for key in ("quantity", "price", "commission", "slippage")]
    amounts += [row[key] for row in found["trades"] for key in ("quantity", "entry_price", "exit_price", "pnl")]
    assert len(amounts) > 1000
    assert [text for text in amounts if "e" in text.lower() or ("." in text and text[-1] in "0.")] == []
    assert {row["quantity"] for row in found["fills"]} == {"3"}


def test_the_same_run_gives_the_same_bytes(result: BacktestResult) -> None:
    again = backtest(
        Alternating, SAMPLES / "AAPL_1d.csv", end="2001-06-30", costs={"commission_bps": "1.5", "slippage_bps": 1}
    )
    assert again.to_json() == result.to_json()
    assert result.to_json().isascii()
    rows = [line for line in result.to_json().splitlines() if line.startswith("{")]
    assert len(rows) == 1 + len(result.trades) + len(result.fills) + len(result.equity) + len(result.warnings)


@given(st.integers(-(2**62), 2**62))
def test_instants_read_back_to_the_microsecond(nanoseconds: int) -> None:
    text = iso(nanoseconds)
    assert text[-1] == "Z"
    assert int(np.datetime64(text[:-1], "ns").astype(np.int64)) == nanoseconds // 1000 * 1000
    assert iso_column(np.array([nanoseconds, 0])) == [text, "1970-01-01T00:00:00Z"]

"""A trade's columns, and a fill's, are the same everywhere: in Python, JSON, the database, the service, the page."""

import json
import re
from typing import Any

import pytest

from tests.builders import backtest, stock_days
from tests.shared_data import REPOSITORY
from weaver import Strategy
from weaver.cli.kept.kept_result import _rows_as_written
from weaver.glados.schemas.trading.orders import FillResponse, TradeResponse
from weaver.greta.result import BacktestResult
from weaver.walle.database.rows import tables

TRADE = [
    "symbol", "side", "quantity", "entry_time", "entry_price", "exit_time", "exit_price", "pnl", "return", "commission",
    "bars", "mae", "mfe",
]  # fmt: skip
FILL = [
    "order_id", "symbol", "side", "quantity", "price", "commission", "slippage", "timestamp", "bar_timestamp",
]  # fmt: skip
"""The design's."""
OF_A_STORED_TRADE = {"run_id", "number"}
OF_A_STORED_FILL = {"id", "run_id", "filled_at", "exchange_fill_id", "notes"}
"""`filled_at` is its timestamp."""
OF_A_TRADED_FILL = {
    "account", "venue", "mode", "submission_id", "liquidity", "fee_quantity", "is_late", "is_inferred", "booked",
}  # fmt: skip
"""What fills of paper and live trading have beside."""


class BuyAndSell(Strategy):
    def on_bar(self, bar: Any) -> None:
        self.order_target(bar.symbol, 0 if self.position(bar.symbol).quantity else 10)


@pytest.fixture(scope="module")
def result() -> BacktestResult:
    return backtest(BuyAndSell, stock_days([10, 11, 12, 13, 14]), asset="stock")


def test_frames_and_json_have_the_designs_columns(result: BacktestResult) -> None:
    written = json.loads(result.to_json())
    assert list(written["trades"][0]) == TRADE == list(result.trades.to_pandas().columns)
    assert list(written["fills"][0]) == FILL
    assert list(result.fills.to_pandas().columns) == [*FILL, "notes"]


def test_database_and_service_have_the_same() -> None:
    assert {one.name for one in tables.trades.columns} - OF_A_STORED_TRADE == set(TRADE)
    stored = {one.name for one in tables.fills.columns} - OF_A_TRADED_FILL
    assert stored - OF_A_STORED_FILL == set(FILL) - {"timestamp"}
    for response, columns in ((TradeResponse, {one.name for one in tables.trades.columns}), (FillResponse, stored)):
        sent = {one.alias or name for name, one in response.model_fields.items()}
        assert sent - OF_A_TRADED_FILL == columns


def test_kept_rows_are_read_back_as_they_are_written(result: BacktestResult) -> None:
    written = json.loads(result.to_json())
    trades = [{**row, "run_id": "r", "number": number} for number, row in enumerate(written["trades"], 1)]
    fills = [
        {**row, "id": f"r-f{number}", "run_id": "r", "order_id": f"r-{row['order_id']}", "filled_at": row["timestamp"]}
        for number, row in enumerate(written["fills"], 1)
    ]
    read = _rows_as_written({"trades": trades[::-1], "fills": fills[::-1]}, "r")
    assert read == {"trades": written["trades"], "fills": written["fills"]}


def test_page_names_them() -> None:
    page = (REPOSITORY / "docs" / "how-to" / "backtest.md").read_text()
    for name, columns in (("trades", TRADE), ("fills", FILL)):
        row = re.search(rf"^\| `{name}` \|.*?`([^`]+)`", page, re.MULTILINE)
        assert row is not None
        assert row[1].split() == columns

"""Tables of a result turn into frames with times as times and sides as words."""

import sys
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tests.builders import backtest, crypto_bars, stock_days
from weaver import Strategy
from weaver.greta.results.table import Table
from weaver.model.errors import InputError
from weaver.model.market.corporate_actions import Dividend
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.walle.bars.store import StoredBars


class InAndOut(Strategy):
    def on_bar(self, bar: Any) -> None:
        if self.position(bar.symbol):
            self.close_position(bar.symbol)
        else:
            self.buy(bar.symbol, 2)


def test_frames_have_the_same_rows_with_times_and_sides() -> None:
    result = backtest(InAndOut, crypto_bars([10, 11, 12, 13, 14]))
    pandas_fills, polars_fills = result.fills.to_pandas(), result.fills.to_polars()
    assert pandas_fills["side"].tolist() == polars_fills["side"].to_list() == ["buy", "sell"] * 2
    assert pandas_fills["timestamp"].dt.tz is not None
    trades, again = result.trades.to_pandas(), result.trades.to_polars()
    assert trades["entry_time"].tolist() == [
        pd.Timestamp("2021-04-05 01:00", tz="UTC"),
        pd.Timestamp("2021-04-05 03:00", tz="UTC"),
    ]
    assert again["entry_time"].dtype == pl.Datetime("ns", "UTC")
    assert [float(pnl) for pnl in trades["pnl"]] == [2.0, 2.0]
    equity = result.equity.to_pandas()
    assert np.allclose(equity["equity"], [row.equity for row in result.equity])


def test_slice_is_a_table() -> None:
    result = backtest(InAndOut, crypto_bars([10, 11, 12]))
    assert len(result.equity[1:]) == 2
    assert result.equity[1:][0] == result.equity[1]
    assert repr(result.fills) == "<2 rows>"


@pytest.mark.parametrize("name", ["trades", "fills", "equity", "cash_flows"])
def test_table_without_rows_has_the_columns_of_one_with_rows(name: str) -> None:
    full: Table[Any] = getattr(backtest(InAndOut, bars_with_a_dividend()), name)
    empty = full[:0]
    assert len(full) > 0
    assert (list(empty.columns()), len(empty.to_pandas())) == (list(full.columns()), 0)
    assert empty.to_pandas().dtypes.to_dict() == full.to_pandas().dtypes.to_dict()
    assert kinds_of(empty) == kinds_of(full)
    assert pd.concat([empty.to_pandas(), full.to_pandas()]).equals(full.to_pandas())


def test_run_without_trades_gives_frames_with_all_columns() -> None:
    result = backtest(Strategy, crypto_bars([10, 11]))
    names = "symbol side quantity entry_time entry_price exit_time exit_price pnl return commission bars mae mfe"
    assert " ".join(result.trades.to_pandas().columns) == " ".join(result.trades.to_polars().columns) == names
    assert list(result.cash_flows.to_pandas().columns) == ["time", "symbol", "kind", "amount"]
    assert result.fills.to_polars().columns[:4] == ["order_id", "symbol", "side", "quantity"]


def test_column_of_a_trades_return_is_called_as_in_the_record() -> None:
    result = backtest(InAndOut, crypto_bars([10, 11, 12, 13, 14]))
    returns = [trade.return_ for trade in result.trades]
    assert result.trades.to_pandas()["return"].tolist() == result.trades.to_polars()["return"].to_list() == returns
    assert result.trades.columns()["return"] == returns


AMOUNTS = {
    "trades": ["quantity", "entry_price", "exit_price", "pnl", "commission"],
    "fills": ["quantity", "price", "commission", "slippage"],
    "cash_flows": ["amount"],
}


@pytest.mark.parametrize("name", AMOUNTS)
@pytest.mark.parametrize("rows", [slice(None), slice(0)])
def test_amounts_are_floats_in_frames_and_decimals_where_they_are_to_be_exact(name: str, rows: slice) -> None:
    table: Table[Any] = getattr(backtest(InAndOut, bars_with_a_dividend()), name)[rows]
    measured, exact = table.to_pandas(), table.to_pandas(exact=True)
    assert {column for column in measured if measured[column].dtype == float} >= set(AMOUNTS[name])
    assert {exact[column].dtype for column in AMOUNTS[name]} == {np.dtype(object)}
    schema, exact_schema = table.to_polars().schema, table.to_polars(exact=True).schema
    assert {schema[column] for column in AMOUNTS[name]} == {pl.Float64()}
    assert {exact_schema[column].base_type() for column in AMOUNTS[name]} == {pl.Decimal}
    for column in AMOUNTS[name]:
        values = [getattr(row, column) for row in table]
        assert measured[column].tolist() == table.to_polars()[column].to_list() == [float(value) for value in values]
        assert exact[column].tolist() == table.to_polars(exact=True)[column].to_list() == values


def test_frame_of_trades_is_described_and_multiplied() -> None:
    trades = backtest(InAndOut, crypto_bars([10, 11, 12, 13, 14])).trades.to_pandas()
    assert {"pnl", "quantity", "entry_price", "commission"} <= set(trades.describe().columns)
    assert (trades["pnl"] * 0.5).tolist() == [1.0, 1.0]
    assert trades["pnl"].quantile(0.5) == 2.0
    assert trades["exit_time"].dt.hour.tolist() == [2, 4]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frame_without_its_library_says_what_to_install(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = backtest(InAndOut, crypto_bars([10, 11])).fills
    monkeypatch.setitem(sys.modules, library, None)
    told = rf"^to_{library}\(\) needs {library}, which is not installed: pip install 'weaver\[{library}\]'$"
    with pytest.raises(InputError, match=told):
        getattr(table, f"to_{library}")()


def kinds_of(table: Table[Any]) -> dict[str, Any]:
    """What polars takes the columns for, decimals of any scale alike; notes, of which there are none, aside."""
    return {name: kind.base_type() for name, kind in table.to_polars().schema.items() if name != "notes"}


def bars_with_a_dividend() -> StoredBars:
    """Five sessions, with a dividend on the third."""
    bars = stock_days([10, 11, 12, 13, 14])
    dividend = Dividend(ex_date=date(2021, 4, 7), amount=Decimal("0.5"))
    instrument = Instrument.default("AAA", AssetClass.STOCK)
    return StoredBars(bars=bars, instrument=instrument, actions=(dividend,), content_hash=None)

"""Tables of a result turn into frames with times as times and sides as words."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from tests.builders import backtest, crypto_bars
from weaver import Strategy


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


def test_slice_is_a_table_and_an_empty_one_has_no_columns() -> None:
    result = backtest(InAndOut, crypto_bars([10, 11, 12]))
    assert len(result.equity[1:]) == 2
    assert result.equity[1:][0] == result.equity[1]
    assert len(result.trades.to_pandas().columns) > 10
    assert backtest(InAndOut, crypto_bars([10])).trades.columns() == {}
    assert repr(result.fills) == "<2 rows>"

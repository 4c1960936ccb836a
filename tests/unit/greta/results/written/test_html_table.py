"""Tables of results as a notebook shows them."""

from pathlib import Path

import pandas as pd

from tests.shared_data import SAMPLES
from weaver import backtest


def test_trades_fills_and_equity_show_themselves_as_tables(tmp_path: Path) -> None:
    result = backtest("sma-crossover", SAMPLES / "AAPL_1d.csv", end="2005-12-31", lookahead_check=False)
    [trades] = pd.read_html(_file(tmp_path, result.trades._repr_html_()))
    assert list(trades.columns) == list(result.trades.columns())
    assert float(trades["pnl"].iloc[0]) == float(result.trades[0].pnl)
    assert trades["entry_time"].iloc[0] == str(result.trades.to_pandas()["entry_time"].iloc[0])[:19]
    [equity] = pd.read_html(_file(tmp_path, result.equity._repr_html_()))
    assert len(equity) == 21  # ten, a line that says how many more, ten
    assert f"{len(result.equity) - 20:,} more" in equity.iloc[10, 0]


def _file(folder: Path, html: str) -> Path:
    path = folder / "table.html"
    path.write_text(html)
    return path

"""Tables of results as a notebook shows them."""

import re
from pathlib import Path

import pandas as pd

from tests.shared_data import SAMPLES
from weaver import Strategy, backtest, sma
from weaver.model.html_table import html_table


def test_trades_fills_and_equity_show_themselves_as_tables(tmp_path: Path) -> None:
    result = backtest("sma-crossover", SAMPLES / "AAPL_1d.csv", end="2005-12-31", lookahead_check=False)
    [trades] = pd.read_html(_file(tmp_path, result.trades._repr_html_()))
    assert list(trades.columns) == list(result.trades.columns())
    assert float(trades["pnl"].iloc[0]) == float(result.trades[0].pnl)
    assert trades["entry_time"].iloc[0] == str(result.trades.to_pandas()["entry_time"].iloc[0])[:19]
    [equity] = pd.read_html(_file(tmp_path, result.equity._repr_html_()))
    assert len(equity) == 21  # ten, a line that says how many more, ten
    assert f"{len(result.equity) - 20:,} more" in equity.iloc[10, 0]


def test_bars_and_series_show_themselves_as_far_as_they_are_seen(tmp_path: Path) -> None:
    shown: list[str] = []

    class Showing(Strategy):
        def on_start(self) -> None:
            self.average = sma(self.close, 3)

        def on_bar(self, bar: object) -> None:
            if len(self.close) == 25:
                shown.extend([self.average._repr_html_(), (self.close > self.average)._repr_html_()])

    result = backtest(Showing, SAMPLES / "AAPL_1d.csv", end="2000-06-30", lookahead_check=False, asset="stock")
    closes = pd.read_csv(SAMPLES / "AAPL_1d.csv").iloc[:25]["close"]
    [series], [signal] = (pd.read_html(_file(tmp_path, html)) for html in shown)
    assert len(series) == 21
    assert float(series.iloc[-1, 1]) == round(closes[-3:].mean(), 5)
    assert series.iloc[0, 1] == "–"
    assert signal.iloc[-1, 1] == str(closes.iloc[-1] > closes[-3:].mean())
    [bars] = pd.read_html(_file(tmp_path, result.bars["AAPL"]._repr_html_()))
    assert list(bars.columns) == ["timestamp", "open", "high", "low", "close", "volume"]
    assert float(bars["close"].iloc[0]) == closes.iloc[0]


def test_numbers_are_told_to_eight_digits() -> None:
    values = [0.0, 1 / 3, 9_616_100.0, 196_857_627_380.79, -0.00012345678912, 1e-20, float("nan"), 100.5]
    html = html_table({"x": values}, times=set(), count=len(values))
    cells = re.findall(r"<td[^>]*>(.*?)</td>", html)
    assert cells == ["0", "0.33333333", "9,616,100", "196,857,627,380.79", "-0.00012345679", "0", "–", "100.5"]


def _file(folder: Path, html: str) -> Path:
    path = folder / "table.html"
    path.write_text(f'<meta charset="utf-8">{html}', encoding="utf-8")
    return path

"""A result as a line, as a table, as a page."""

import re
import sys
import webbrowser
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.shared_data import SAMPLES
from tests.unit.greta.report.pages import Page
from weaver import Strategy, backtest
from weaver.greta.report.display import figure
from weaver.greta.report.labels import Form
from weaver.greta.result import BacktestResult


class Hold(Strategy):
    """Buys ten of each, once; its text tries to be markup."""

    note: str = "</script><b>"

    def on_bar(self, bar) -> None:
        if not self.position(bar.symbol):
            self.buy(bar.symbol, 10)


@pytest.fixture(scope="module")
def result() -> BacktestResult:
    files = {symbol: SAMPLES / f"{symbol}_1d.csv" for symbol in ("AAPL", "IBM")}
    return backtest(Hold, files, start="2001-01-01", end="2001-12-31", costs="none", account="margin", leverage=2)


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (None, Form.RATIO, "–"),
        (0.1234, Form.RESULT, "+12.34%"),
        (-0.5, Form.CHANGE, "-50.00%"),
        (0.5, Form.PERCENT, "50.00%"),
        (1234.5, Form.MONEY, "1,234.50"),
        (-3, Form.MONEY_RESULT, "-3.00"),
        (1.23456, Form.RATIO, "1.235"),
        (1200, Form.COUNT, "1,200"),
        (3.0, Form.DAYS, "3 days"),
        (3.25, Form.DAYS, "3.2 days"),
    ],
)
def test_figure_is_written_by_its_form(value: float | None, form: Form, expected: str) -> None:
    assert figure(value, form) == expected


def test_result_shows_itself_in_one_line(result: BacktestResult) -> None:
    shown = re.fullmatch(
        r"<BacktestResult hold on AAPL, IBM 1d: total_return [+-][\d.]+%, cagr [+-][\d.]+%, sharpe -?[\d.]+, "
        r"max_drawdown -[\d.]+%, trades 0; warnings: (?P<codes>[a-z_, ]+)>",
        repr(result),
    )
    assert shown is not None
    assert shown["codes"].split(", ")[0] == "no_trades"
    table = result._repr_html_()
    assert "<td>Final equity</td><td>" in table
    assert "no trade was closed" in table


def test_what_is_held_at_the_end_is_told(result: BacktestResult) -> None:
    assert {symbol: int(quantity) for symbol, quantity in result.positions.items()} == {"AAPL": 10, "IBM": 10}
    assert result.fill_count == 2


def test_page_holds_the_run_and_nothing_that_escapes(result: BacktestResult, tmp_path: Path) -> None:
    page = result.to_html(tmp_path / "report.html").read_text()
    assert "<title>hold on AAPL, IBM 1d" in page
    assert "</script><b>" not in page
    facts = {value for _, value in [*Page(page).data["provenance"], *Page(page).data["costs"]]}
    assert {"margin, leverage 2", "no costs", result.run["data_hash"][:16]} <= facts


def test_costs_of_several_kinds_are_told_by_symbol() -> None:
    files = {"AAPL": SAMPLES / "AAPL_1d.csv", "IBM": SAMPLES / "IBM_1d.csv"}
    bars = backtest(Hold, files, end="2000-06-30", lookahead_check=False, venue="alpaca-stocks")
    bars.run["costs"]["IBM"] = {}
    data = Page(bars.page()).data
    assert data["costs"] == [["Costs of AAPL", "slippage bps 1, half spread bps 1"], ["Costs of IBM", "no costs"]]
    assert ["Venue", "alpaca-stocks"] in data["provenance"]
    assert ["Look-ahead check", "not done"] in data["provenance"]


def test_plot_opens_the_page_in_the_browser(result: BacktestResult, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    result.plot()
    (address,) = opened
    assert Path(address.removeprefix("file://")).read_text().startswith("<!")


def test_plot_in_a_notebook_shows_the_page_below_the_cell(
    result: BacktestResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    display = ModuleType("IPython.display")
    display.HTML = str  # type: ignore[attr-defined]
    display.display = shown.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    kernel = ModuleType("ipykernel.kernelapp")
    kernel.IPKernelApp = SimpleNamespace(initialized=lambda: True)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ipykernel.kernelapp", kernel)
    result.plot()
    assert shown[0].startswith('<div><iframe srcdoc="&lt;!')

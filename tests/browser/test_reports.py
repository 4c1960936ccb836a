"""What holds of every report, light and dark, wide and on a phone: nothing that axe finds, nothing in the console, and
nothing that scrolls sideways. It opens from a file, and loads nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.reports.looking import faults
from tests.browser.reports.runs import RUNS, hundred_symbols, two_thousand_trades


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", RUNS)
def test_no_report_has_a_fault_or_scrolls_sideways(browser: Browser, tmp_path: Path, name: str) -> None:
    assert list(faults(browser, RUNS[name]().to_html(tmp_path / f"{name}.html"))) == []


def test_trades_are_saved_as_csv_by_a_click(browser: Browser, tmp_path: Path) -> None:
    result = two_thousand_trades()
    page = browser.new_page()
    page.goto(result.to_html(tmp_path / "report.html").as_uri())
    with page.expect_download() as download:
        page.get_by_role("button", name="Save trades as CSV").click()
    rows = Path(download.value.path()).read_text().splitlines()
    assert len(rows) == len(result.trades) + 1
    assert rows[1].split(",")[8] == str(result.trades[0].pnl)
    page.close()


def test_click_on_a_trade_goes_to_its_symbol(browser: Browser, tmp_path: Path) -> None:
    result = hundred_symbols()
    page = browser.new_page()
    page.goto(result.to_html(tmp_path / "report.html").as_uri())
    table, drawn = page.get_by_role("table", name="Table of trades"), page.get_by_role("combobox", name="Symbol")
    table.wait_for()  # it comes after what is seen at first
    symbols = drawn.locator("option").all_inner_texts()
    while not (buttons := table.get_by_role("button", name="on the chart").all()):
        page.get_by_role("button", name="Next page").last.click()
    for button in (buttons[0], buttons[-1]):
        trade = result.trades[int(button.inner_text()) - 1]
        button.click()
        assert drawn.input_value() == trade.symbol
    rows = table.locator("tbody tr").all_inner_texts()
    shown = [result.trades[int(row.split()[0]) - 1].symbol for row in rows if row.strip()]
    assert len(buttons) == sum(symbol in symbols for symbol in shown)  # of one that is not drawn there is none to click
    page.close()

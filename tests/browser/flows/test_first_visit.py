"""The first minute: a server that has just been installed, and somebody who opens it."""

from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.acceptance.server import server
from tests.browser import steps
from tests.shared_data import REPOSITORY, sample_files


def test_first_visit_shows_sample_prices_and_a_finished_backtest(behind: ExitStack, page: Page, tmp_path: Path) -> None:
    running = behind.enter_context(server(tmp_path / "home", "--demo"))
    page.goto(running.url)
    steps.heading(page, "Dashboard")
    demo = steps.row(page, "Recent backtests", "demo sma-crossover AAPL")
    expect(demo).to_contain_text("completed")
    expect(demo).to_contain_text(total_return_in_the_readme())
    demo.get_by_role("link").click()
    steps.heading(page, "demo sma-crossover AAPL")
    expect(steps.figure(page, "Return")).to_have_text(total_return_in_the_readme())
    expect(page.get_by_role("img", name="Equity, and under it the drawdown")).to_be_visible()
    page.get_by_role("link", name="Data", exact=True).click()
    steps.heading(page, "Data")
    for file in sample_files():
        symbol, timeframe = file.name.split(".")[0].split("_")
        expect(steps.row(page, "Stored series", symbol)).to_contain_text(timeframe)


def total_return_in_the_readme() -> str:
    """`weaver demo` makes the same backtest, and the README shows what it prints."""
    printed = (REPOSITORY / "README.md").read_text().partition("return ")[2].split()[0]
    return printed.replace(",", " ").replace("%", " %")


def test_without_samples_the_first_steps_are_offered(behind: ExitStack, page: Page, tmp_path: Path) -> None:
    running = behind.enter_context(server(tmp_path / "home"))
    page.goto(running.url)
    expect(steps.panel(page, "First steps")).to_contain_text("Get prices")
    steps.panel(page, "First steps").get_by_role("link", name="Import data").click()
    steps.heading(page, "Import data")

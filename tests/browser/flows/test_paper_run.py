"""A paper run at a local exchange, from the form to its flattening."""

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.integration.trading.desk import Desk
from tests.integration.trading.strategies import ROUND_TRIPS


def test_paper_run_is_started_watched_stopped_and_flattened(page: Page, desk: Desk) -> None:
    strategy = desk.strategy(ROUND_TRIPS)
    page.goto(f"{desk.server.url}/runs/new?mode=paper&symbol=AAPL")
    page.get_by_label("Strategy", exact=True).select_option(strategy)
    page.get_by_label("Name of the run").fill("on paper")
    page.get_by_label("Venue", exact=True).select_option("alpaca")
    page.get_by_label("Timeframe", exact=True).select_option("1m")
    page.get_by_label("Cash", exact=True).fill("50000")
    expect(page.get_by_text(f"Trade {strategy} on AAPL 1m on paper at alpaca")).to_be_visible()
    steps.press(page, "Start run")
    steps.heading(page, "on paper")
    steps.status(page, "running")
    steps.marked(page)
    desk.run_ids.append(steps.run_id(page))
    desk.until(lambda: desk.held.get("AAPL") == 10, what="a position")
    held = steps.row(page, "Table of positions", "AAPL")
    expect(held).to_contain_text("10")
    expect(steps.row(page, "Table of open orders", "sell")).to_have_count(2)
    expect(page.get_by_label("Event stream: live")).to_be_attached()
    expect(page.get_by_text("1 paper", exact=True)).to_be_visible()
    steps.press(page, "Stop")
    page.get_by_label("Flatten: close its positions too").check()
    steps.press(page, "Stop and flatten", within=page.get_by_role("dialog"))
    desk.until(lambda: desk.api.run(desk.run_ids[-1])["status"] == "stopped", what="the stop")
    steps.status(page, "stopped")
    desk.until(lambda: "AAPL" not in desk.held and not desk.open_in("AAPL"), what="the flattening")
    desk.until(lambda: desk.is_even("AAPL"), what="the last fill")
    expect(page.get_by_text("It holds nothing")).to_be_visible()
    expect(page.get_by_text("No order works")).to_be_visible()
    steps.not_reloaded(page)
    desk.agrees()

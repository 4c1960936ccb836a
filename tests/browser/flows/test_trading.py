"""Orders by hand and the kill switch, at a local exchange that speaks as Alpaca does."""

from contextlib import ExitStack
from pathlib import Path

import httpx
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import steps
from tests.browser.watch import Watch
from tests.integration.trading.desk import Desk, desk


def test_order_is_placed_and_its_row_changes_when_it_is_cancelled_elsewhere(
    behind: ExitStack, context: BrowserContext, page: Page, tmp_path: Path, storage: dict[str, str]
) -> None:
    at = behind.enter_context(desk(tmp_path / "server", **storage))
    place_limit_buy(page, at, "AAPL")
    order = page.url
    expect(page.get_by_role("main")).to_contain_text("accepted")
    listed = context.new_page()
    listed.goto(f"{at.server.url}/orders")
    row = steps.row(listed, "Orders", "AAPL")
    expect(row).to_contain_text("accepted")
    expect(row).to_contain_text("limit")
    steps.marked(listed)
    assert [one["qty"] for one in at.open_in("AAPL", "buy")] == ["3"]
    steps.press(page, "Cancel order")
    steps.confirmed(page, "Cancel order")
    expect(row).to_contain_text("cancelled")
    steps.not_reloaded(listed)
    expect(steps.panel(page, "Life cycle")).to_contain_text("Cancelled")
    assert page.url == order
    assert at.open_in("AAPL") == []
    [cancelled] = [one for one in at.api.events() if one["type"] == "orders.Cancelled"]
    assert order.endswith(cancelled["payload"]["order_id"])


def test_order_that_the_gate_refuses_says_why(page: Page, watch: Watch, desk: Desk) -> None:
    watch.announce("status of 409.*/api/v1/orders")
    before = desk.sent()
    fill_limit_buy(page, desk, "AAPL", "200000")
    steps.press(page, "Place order")
    refusal = page.get_by_role("main").get_by_role("alert")
    expect(refusal).to_contain_text("10 %")
    assert desk.sent() == before
    page.goto(f"{desk.server.url}/risk")
    expect(steps.panel(page, "Refusals and breaches")).to_contain_text("AAPL")


def test_kill_switch_cancels_what_works_refuses_entries_and_is_released(page: Page, watch: Watch, desk: Desk) -> None:
    place_limit_buy(page, desk, "MSFT")
    expect(page.get_by_role("main")).to_contain_text("accepted")
    page.get_by_role("link", name="Dashboard", exact=True).click()
    steps.heading(page, "Dashboard")
    steps.press(page, "Kill")
    steps.confirmed(page, "Kill")
    steps.heading(page, "Risk")
    banner = page.get_by_text("The kill switch is on: no entry is sent.")
    expect(banner).to_be_visible()
    expect(steps.row(page, "Cancelled", "MSFT")).to_be_visible()
    assert desk.open_in("MSFT") == []
    watch.announce("status of 409.*/api/v1/orders")
    fill_limit_buy(page, desk, "MSFT", below_the_market(desk, "MSFT"))
    steps.press(page, "Place order")
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("kill switch is on")
    page.get_by_role("link", name="See and release it").click()
    steps.press(page, "Release")
    steps.confirmed(page, "Release kill switch")
    expect(banner).to_be_hidden()
    place_limit_buy(page, desk, "MSFT")
    steps.press(page, "Cancel order")
    steps.confirmed(page, "Cancel order")
    expect(page.get_by_role("main")).to_contain_text("cancelled")


def fill_limit_buy(page: Page, at: Desk, symbol: str, limit: str) -> None:
    """Fill the form of an order in, by hand, and leave it at that."""
    page.goto(f"{at.server.url}/orders/new")
    page.get_by_label("Venue", exact=True).select_option("alpaca")
    page.get_by_label("Symbol", exact=True).fill(symbol)
    page.get_by_label("Quantity", exact=True).fill("3")
    page.get_by_label("Type", exact=True).select_option("limit")
    page.get_by_label("Limit price", exact=True).fill(limit)


def place_limit_buy(page: Page, at: Desk, symbol: str) -> None:
    """Place one that rests below the market, and see its page."""
    fill_limit_buy(page, at, symbol, below_the_market(at, symbol))
    steps.press(page, "Place order")
    steps.heading(page, f"buy 3 {symbol}")
    expect(page.get_by_role("button", name="Cancel order", exact=True)).to_be_enabled()


def below_the_market(at: Desk, symbol: str) -> str:
    """A price that nobody sells at there, but within the limits."""
    headers = {"APCA-API-KEY-ID": at.exchange.key, "APCA-API-SECRET-KEY": at.exchange.secret}
    asked = f"{at.exchange.url}/v2/stocks/{symbol}/trades/latest"
    newest = httpx.get(asked, headers=headers, trust_env=False, timeout=60).raise_for_status().json()["trade"]["p"]
    return f"{newest * 0.95:.2f}"

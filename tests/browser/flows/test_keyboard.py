"""The main flow without a mouse: every step is a key."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.acceptance.server import Server
from tests.acceptance.service.api import Api
from tests.browser import steps

TABS_MAX = 60


def test_backtest_is_made_started_and_read_with_keys_alone(page: Page, service: Server, api: Api) -> None:
    page.goto(service.url)
    steps.heading(page, "Dashboard")
    by_palette(page, "New run")
    steps.heading(page, "New run")
    go_to(page, page.get_by_label("Strategy", exact=True))
    page.keyboard.type("sma")
    expect(page.get_by_label("Strategy", exact=True)).to_have_value("sma-crossover")
    go_to(page, page.get_by_label("Fast", exact=True))
    page.keyboard.type("12")
    go_to(page, page.get_by_label("Name of the run"))
    page.keyboard.type("with keys alone")
    page.keyboard.press("Enter")
    steps.heading(page, "with keys alone")
    run_id = steps.run_id(page)
    stats = api.ended(run_id) and api.get(f"/runs/{run_id}/results")["stats"]
    assert api.run(run_id)["config"] == {"fast": 12}
    expect(steps.figure(page, "Return")).to_have_text(steps.percent(stats["total_return"]))
    go_to(page, page.get_by_role("link", name="Trades", exact=True))
    page.keyboard.press("Enter")
    trade = steps.table(page, "Table of trades").get_by_role("button", name="1", exact=True)
    go_to(page, trade)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/chart\?.*trade=1\b"))
    expect(page.get_by_role("img", name="Bars of AAPL with the run's indicators and trades")).to_be_visible()
    by_palette(page, "with keys alone")
    expect(page).to_have_url(f"{service.url}/runs/{run_id}")


def test_palette_is_walked_with_arrows_and_left_with_escape(page: Page, service: Server) -> None:
    page.goto(f"{service.url}/orders")
    steps.heading(page, "Orders")
    searching = page.get_by_role("button", name=re.compile("Search or run a command"))
    go_to(page, searching)
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search or run a command")
    expect(palette.get_by_role("option", name="New run")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(palette.get_by_role("option", name="Kill switch")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    expect(searching).to_be_focused()
    page.keyboard.press("g")
    page.keyboard.press("k")
    steps.heading(page, "Risk")
    turn_on = page.get_by_role("button", name="Turn on", exact=True)
    go_to(page, turn_on)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(turn_on).to_be_focused()


def by_palette(page: Page, name: str) -> None:
    """Go somewhere by its name."""
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search or run a command")
    expect(palette.get_by_role("combobox")).to_be_focused()
    page.keyboard.type(name)
    expect(palette.get_by_role("option", selected=True)).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(palette).to_be_hidden()


def go_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, and see that this can be seen."""
    expect(wanted).to_be_visible()
    for _ in range(TABS_MAX):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            break
    expect(wanted).to_be_focused()
    outline = wanted.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline != "none", "nobody sees where the focus is"

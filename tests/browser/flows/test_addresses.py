"""Every page has an address that can be kept and sent to somebody."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.server import Server
from tests.acceptance.service.api import Api
from tests.browser import steps
from tests.browser.pages.routes import routes
from tests.browser.watch import Watch

PAGES = {
    "/": "Dashboard",
    "/strategies": "Strategies",
    "/strategies/:strategyId": "Sma crossover",
    "/data": "Data",
    "/data/import": "Import data",
    "/data/fetch": "Fetch data",
    "/data/:symbol/:timeframe": "AAPL 1d",
    "/runs": "Runs",
    "/runs/new": "New run",
    "/runs/:runId": "kept address",
    "/runs/:runId/chart": "kept address",
    "/runs/:runId/trades": "kept address",
    "/runs/:runId/orders": "kept address",
    "/runs/:runId/events": "kept address",
    "/runs/:runId/journal": "kept address",
    "/runs/:runId/days": "kept address",
    "/runs/:runId/parity": "kept address",
    "/runs/:runId/settings": "kept address",
    "/runs/:runId/promote": "Promote kept address to paper",
    "/compare": "Compare",
    "/orders": "Orders",
    "/orders/new": "Place order",
    "/orders/:orderId": re.compile("^(buy|sell) .* AAPL$"),
    "/account": "Account",
    "/risk": "Risk",
    "/settings": "Settings",
}
"""By the routes of the app: the title of each page."""


@pytest.fixture(scope="module")
def places(service: Server) -> dict[str, str]:
    """What stands for the parameters of the routes."""
    with Api(service.url) as api:
        run_id = api.started("sma-crossover", name="kept address")
        api.ended(run_id)
        order_id = api.get(f"/runs/{run_id}/orders")["items"][0]["id"]
    return {
        "strategyId": "sma-crossover", "symbol": "AAPL", "timeframe": "1d", "runId": run_id, "orderId": order_id,
    }  # fmt: skip


@pytest.mark.parametrize("route", PAGES)
def test_address_of_a_page_shows_it(page: Page, service: Server, places: dict[str, str], route: str) -> None:
    address = re.sub(r":(\w+)", lambda found: places[found[1]], route)
    answer = page.goto(service.url + address)
    assert answer is not None
    assert answer.status == 200
    steps.heading(page, PAGES[route])
    expect(page.get_by_label("Event stream: live")).to_be_attached()
    expect(page.get_by_role("main").get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("main").get_by_label("Loading")).to_have_count(0)


def test_no_route_of_the_app_is_left_out() -> None:
    assert PAGES.keys() | {"/*"} == routes()


def test_address_of_nothing_says_so(page: Page, service: Server, watch: Watch) -> None:
    page.goto(f"{service.url}/nothing/here")
    steps.heading(page, "There is no such page")
    watch.announce("status of 404.*/runs/gone")
    page.goto(f"{service.url}/runs/gone")
    expect(page.get_by_role("alert")).to_contain_text("gone")
    expect(page.get_by_role("alert")).to_contain_text("not_found")

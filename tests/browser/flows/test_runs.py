"""The list of runs: compared, filtered, gone back to; and what a run that failed says."""

import re

from playwright.sync_api import Page, expect

from tests.acceptance.server import Server
from tests.acceptance.service.api import Api
from tests.acceptance.service.strategies import failing_id, failing_line
from tests.browser import steps
from tests.browser.strategies import FAILING


def test_two_runs_are_compared_side_by_side(page: Page, service: Server, api: Api) -> None:
    runs = {name: api.started("sma-crossover", name=name, config={"fast": fast}) for name, fast in FAST.items()}
    sharpes = [api.ended(one) and api.get(f"/runs/{one}/results")["stats"]["sharpe"] for one in runs.values()]
    page.goto(f"{service.url}/runs")
    for name in runs:
        page.get_by_label(f"Choose {name} to compare").check()
    steps.press(page, "Compare 2")
    steps.heading(page, "Compare")
    differing = page.get_by_role("group", name="What differs").get_by_role("row").filter(has_text="fast")
    expect(differing.get_by_role("cell")).to_have_text([str(fast) for fast in FAST.values()])
    expect(page.get_by_role("img", name=re.compile("Equity of each run from 100"))).to_be_visible()
    figures = page.get_by_role("group", name="Statistics").get_by_role("row").filter(has_text=re.compile("^Sharpe"))
    cells = figures.get_by_role("cell")
    expect(cells).to_contain_text([f"{sharpe:.2f}".replace("-", "\u2212") for sharpe in sharpes])
    expect(cells.nth(sharpes.index(max(sharpes))).get_by_role("img", name="best")).to_be_visible()


FAST = {"compared a": 10, "compared b": 25}


def test_back_button_comes_back_to_the_same_filters(page: Page, service: Server, api: Api) -> None:
    api.ended(api.started("sma-crossover", "IBM", name="to be found again"))
    page.goto(f"{service.url}/runs")
    page.get_by_label("Status", exact=True).select_option("completed")
    page.get_by_label("Name of a run").fill("to be found again")
    page.get_by_label("Name of a run").press("Enter")
    table = steps.table(page, "Table of runs")
    expect(table.get_by_role("row")).to_have_count(2)
    table.get_by_role("button", name="Created").click()
    page.wait_for_url(re.compile("sort=-created_at"))
    filtered = page.url
    table.get_by_role("link", name="to be found again").click()
    steps.heading(page, "to be found again")
    page.get_by_role("link", name="Trades", exact=True).click()
    expect(steps.table(page, "Table of trades")).to_be_visible()
    page.go_back()
    page.go_back()
    steps.heading(page, "Runs")
    assert page.url == filtered
    expect(page.get_by_label("Status", exact=True)).to_have_value("completed")
    expect(page.get_by_label("Name of a run")).to_have_value("to be found again")
    expect(table.get_by_role("row")).to_have_count(2)


def test_failing_strategy_shows_its_error_and_the_line(page: Page, service: Server) -> None:
    steps.new_run(page, service.url, strategy=failing_id(FAILING), name="it fails")
    steps.press(page, "Start run")
    steps.heading(page, "it fails")
    trouble = page.get_by_role("alert").filter(has_text="This run failed")
    expect(trouble).to_contain_text("ZeroDivisionError")
    expect(trouble).to_contain_text(f"line {failing_line(FAILING)}")
    expect(page.get_by_text("It failed before its end")).to_be_visible()
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(steps.row(page, "Table of runs", "it fails")).to_contain_text("ZeroDivisionError")


def test_strategy_that_cannot_be_read_is_listed_with_its_error(page: Page, service: Server) -> None:
    page.goto(f"{service.url}/strategies")
    expect(steps.panel(page, "Files that cannot be used").get_by_role("listitem")).to_contain_text(["line 4"])
    page.goto(f"{service.url}/runs/new")
    page.get_by_label("Strategy", exact=True).select_option("broken")
    expect(page.get_by_role("button", name="Start run")).to_be_disabled()

"""A backtest from the form to its trades on the chart."""

import re
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api
from tests.browser import steps


def test_backtest_is_created_started_watched_read_and_looked_at_on_the_chart(
    behind: ExitStack, page: Page, own_home: Path, storage: dict[str, str]
) -> None:
    running = behind.enter_context(server(own_home, **storage))
    api = behind.enter_context(Api(running.url))
    gate = own_home / "go"
    steps.new_run(page, running.url, strategy="patient", name="by hand", Gate=str(gate))
    page.get_by_role("main").locator("summary").filter(has_text="history").click()
    page.get_by_label("Skip the look-ahead check").check()
    expect(page.get_by_text("Backtest patient on AAPL")).to_be_visible()
    steps.press(page, "Start run")
    run_id = steps.run_id(page)
    steps.heading(page, "by hand")
    steps.marked(page)
    progress = page.get_by_role("progressbar", name="Progress of the run")
    expect(progress).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]"))
    assert api.run(run_id)["status"] == "running"
    gate.touch()
    stats = api.ended(run_id) and api.get(f"/runs/{run_id}/results")["stats"]
    expect(steps.figure(page, "Return")).to_have_text(steps.percent(stats["total_return"]))
    expect(steps.figure(page, "Trades")).to_have_text(str(stats["trades"]))
    expect(progress).to_be_hidden()
    steps.not_reloaded(page)
    trade_is_shown_on_the_chart(page, api, run_id)


def trade_is_shown_on_the_chart(page: Page, api: Api, run_id: str) -> None:
    """A click on a trade goes to its bars: what is seen of the chart then is a stretch around it."""
    page.get_by_role("link", name="Trades", exact=True).click()
    wanted = api.get(f"/runs/{run_id}/trades", page_size=50)["items"][9]
    steps.table(page, "Table of trades").get_by_role("row").nth(10).click()
    page.wait_for_url(re.compile(rf"/runs/{run_id}/chart\?.*trade={wanted['number']}\b"))
    chart = page.get_by_role("img", name="Bars of AAPL with the run's indicators and trades")
    chart.focus()  # from then on the wheel is the chart's
    chart.hover()
    page.mouse.wheel(0, 60)  # the address then says what is seen
    page.wait_for_url(re.compile("from="))
    seen = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
    begin, entry, leave, end = (
        datetime.fromisoformat(one) for one in (seen["from"], wanted["entry_time"], wanted["exit_time"], seen["to"])
    )
    assert begin <= entry < leave <= end
    assert (end - begin) < 20 * (leave - entry), "the chart shows far more than the trade"


def test_clone_is_another_run_that_comes_to_the_same(page: Page, service: Server, api: Api) -> None:
    original = api.started("sma-crossover", name="the original", config={"fast": 15})
    stats = api.ended(original) and api.get(f"/runs/{original}/results")["stats"]
    page.goto(f"{service.url}/runs/{original}")
    expect(steps.figure(page, "Return")).to_have_text(steps.percent(stats["total_return"]))
    steps.press(page, "Clone")
    page.wait_for_url(lambda url: original not in url)
    clone = steps.run_id(page)
    expect(page.get_by_text("It has not been started.")).to_be_visible()
    steps.press(page, "Start run")
    expect(steps.figure(page, "Return")).to_have_text(steps.percent(stats["total_return"]))
    assert api.run(clone)["config"] == {"fast": 15}
    assert trades(api, clone) == trades(api, original)


def trades(api: Api, run_id: str) -> list[dict[str, object]]:
    """A run's trades, without whose they are."""
    return [{**one, "run_id": None} for one in api.pages(f"/runs/{run_id}/trades")]


def test_backtest_that_is_stopped_says_so_without_a_reload(page: Page, service: Server, api: Api) -> None:
    run_id = api.started("patient", name="to be stopped", config={"gate": "/nowhere/at/all"})
    page.goto(f"{service.url}/runs/{run_id}")
    steps.marked(page)
    steps.status(page, "running")
    steps.press(page, "Stop")
    steps.confirmed(page, "Stop run")
    steps.status(page, "stopped")
    expect(page.get_by_text("It was stopped before its end")).to_be_visible()
    steps.not_reloaded(page)
    assert api.run(run_id)["status"] == "stopped"

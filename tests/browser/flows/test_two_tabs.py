"""A browser has one stream of events, however many tabs are open, and a page asks for each answer once."""

import re
from collections import Counter

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.acceptance.server import Server
from tests.acceptance.service.api import Api, eventually
from tests.browser import steps
from tests.browser.watch import Watch


def test_two_tabs_share_a_stream_which_the_other_takes_over(
    context: BrowserContext, watch: Watch, service: Server, api: Api
) -> None:
    streams: list[Page] = []

    def count(request: Request) -> None:
        if "/events/stream" in request.url:
            streams.append(request.frame.page)

    context.on("request", count)
    first, second = (opened(context, service) for _ in range(2))
    assert streams == [first]
    api.create("sma-crossover", name="seen by both")
    for tab in (first, second):
        expect(steps.row(tab, "Table of runs", "seen by both")).to_be_visible()
    first.close()
    expect(second.get_by_label("Event stream: live")).to_be_attached()
    eventually(lambda: second.evaluate("1") and len(streams) == 2, what="the second tab's own stream")
    assert streams == [first, second]
    api.create("sma-crossover", name="seen by the one that is left")
    expect(steps.row(second, "Table of runs", "seen by the one that is left")).to_be_visible()
    steps.not_reloaded(second)


@pytest.mark.parametrize(("path", "title"), [("/", "Dashboard"), ("/data", "Data"), ("/data/AAPL/1d", "AAPL")])
def test_page_that_is_opened_asks_for_each_answer_once(page: Page, service: Server, path: str, title: str) -> None:
    asked: Counter[str] = Counter()
    page.on("request", lambda request: asked.update([request.url] if "/api/" in request.url else []))
    page.goto(service.url + path)
    expect(page.get_by_label("Event stream: live")).to_be_attached()
    steps.heading(page, re.compile(title))
    page.evaluate("fetch('/icon.svg').then(answer => answer.text())")  # comes after what was asked before
    assert len(asked) > 5
    assert [url for url, times in asked.items() if times > 1] == []


def opened(context: BrowserContext, service: Server) -> Page:
    """A tab with the list of runs, the newest first, to which events have come through."""
    tab = context.new_page()
    tab.goto(f"{service.url}/runs?sort=-created_at")
    expect(tab.get_by_label("Event stream: live")).to_be_attached()
    expect(tab.get_by_role("heading", name=re.compile("^Runs$"))).to_be_visible()
    steps.marked(tab)
    return tab

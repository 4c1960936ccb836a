"""A browser has one stream of events, however many tabs are open."""

import re

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


def opened(context: BrowserContext, service: Server) -> Page:
    """A tab with the list of runs, the newest first, to which events have come through."""
    tab = context.new_page()
    tab.goto(f"{service.url}/runs?sort=-created_at")
    expect(tab.get_by_label("Event stream: live")).to_be_attached()
    expect(tab.get_by_role("heading", name=re.compile("^Runs$"))).to_be_visible()
    steps.marked(tab)
    return tab

"""A paper run is promoted to live: not without the switch, and then with a reason and its name typed back."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api, eventually
from tests.acceptance.trading.desk import Exchange, environment
from tests.browser import steps
from tests.browser.pages.strategies import install
from tests.browser.pages.world import with_real_money
from tests.local_exchange import local_exchange

ON_HOLD = ("--speed", "hold", "--rate", "0")
REASON = "it did for a year what it should"


class Market:
    """A local exchange of a mode, and a server that trades there."""

    def __init__(self, behind: ExitStack, home: Path, mode: str) -> None:
        local = behind.enter_context(local_exchange(*ON_HOLD, "--mode", mode))
        settings = with_real_money(local) if mode == "live" else environment(local)
        self.exchange = Exchange(local)
        self.server: Server = behind.enter_context(server(home, **settings))
        self.api = behind.enter_context(Api(self.server.url))

    def held(self) -> dict[str, str]:
        """Positions at the exchange."""
        return {one["symbol"]: one["qty"] for one in self.exchange.ask("GET", "state")["positions"]}

    def until(self, look: Callable[[], Any], what: str) -> None:
        """Minutes pass at the exchange until there is something to see."""

        def minute() -> Any:
            self.exchange.forward(60)
            return look()

        eventually(minute, what=what)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return install(tmp_path / "home")


@pytest.fixture
def paper(behind: ExitStack, home: Path) -> Market:
    return Market(behind, home, "paper")


@pytest.fixture
def traded(paper: Market) -> str:
    """A paper run that closed a trade, and was stopped."""
    run = paper.api.create(
        "rhythm", "SPY", mode="paper", venue="alpaca", name="on paper", timeframe="1m", cash=20_000, warmup=5,
        config={"every": 2, "share": 0.2},
    )  # fmt: skip
    paper.api.post(f"/runs/{run}/start")
    paper.until(lambda: paper.api.get(f"/runs/{run}/trades")["total"], "a trade on paper")
    paper.api.post(f"/runs/{run}/stop", {"flatten": True})
    paper.until(lambda: paper.api.run(run)["status"] == "stopped" and not paper.held(), "the stop")
    return run


def test_without_the_switch_the_page_says_how_to_set_it_and_promotes_nothing(
    page: Page, paper: Market, traded: str
) -> None:
    page.goto(f"{paper.server.url}/runs/{traded}")
    page.get_by_role("link", name="Promote to live").click()
    steps.heading(page, "Promote on paper to live")
    expect(page.get_by_text("set WEAVER_LIVE_TRADING=1")).to_be_visible()
    expect(page.get_by_role("button", name="Promote to live")).to_be_disabled()
    assert [one["mode"] for one in paper.api.get("/runs")["items"]] == ["paper"]


def test_promoted_run_trades_live_once_its_name_was_typed_twice(
    behind: ExitStack, page: Page, home: Path, paper: Market, traded: str
) -> None:
    assert paper.server.stop() == 0
    live = Market(behind, home, "live")
    page.goto(f"{live.server.url}/runs/{traded}")
    page.get_by_role("link", name="Promote to live").click()
    expect(steps.row(page, "Gates", re.compile("^Days"))).to_contain_text("not met")
    expect(steps.row(page, "What would change", "money")).to_contain_text("real")
    page.get_by_label("Name", exact=True).fill("with money")
    refused_beside_its_fields(page)
    page.get_by_label("Why it is promoted all the same").fill(REASON)
    page.get_by_label("Type the new run's name: with money").fill("with money")
    steps.press(page, "Promote to live")
    steps.heading(page, "with money")
    expect(page.get_by_text("promoted from")).to_contain_text("on paper")
    made = live.api.run(steps.run_id(page))
    assert (made["promoted_from"], made["mode"], made["status"]) == (traded, "live", "pending")
    told = [one["payload"] for one in live.api.get(f"/runs/{traded}/events", type="run.Promoted")["items"]]
    assert [(one["promoted_id"], one["override"]) for one in told] == [(made["id"], REASON)]
    assert live.exchange.sent() == []
    steps.press(page, "Start run")
    page.get_by_label("Type the run's name to start it: with money").fill("with money")
    steps.confirmed(page, "Start live run")
    steps.status(page, "running")
    live.until(lambda: "SPY" in live.held(), "a position with real money")
    expect(steps.row(page, "Table of positions", "SPY")).to_be_visible()


def refused_beside_its_fields(page: Page) -> None:
    """Neither without a reason, nor with another name."""
    page.get_by_label("Type the new run's name: with money").fill("On paper")
    steps.press(page, "Promote to live")
    reason = page.get_by_label("Why it is promoted all the same")
    expect(reason).to_have_accessible_description(re.compile("Say why it is promoted though gates are not met"))
    name = page.get_by_label("Type the new run's name: with money")
    expect(name).to_have_accessible_description(re.compile("It is not the new run's name"))

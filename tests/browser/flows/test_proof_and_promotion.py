"""What a run has shown: its record replayed, its drift read, its day looked at; and its promotion."""

import re
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page, expect

from tests.acceptance.server import Server
from tests.acceptance.service.api import Api, eventually
from tests.browser import steps

WORSE_BPS = "7"
REPLAY = "2010-01-04..2011-12-30"


def traded(api: Api) -> str:
    """A paper run at a venue that is worse than it assumes, at the end of its replay."""
    run = api.started(
        "sma-crossover", mode="paper", venue="simulated", name="worse venue", timeframe="1d", replay=REPLAY,
        speed="max", config={"fast": 5, "slow": 20}, costs="none", venue_costs={"slippage_bps": WORSE_BPS},
    )  # fmt: skip
    eventually(lambda: api.run(run)["status"] == "completed", what="the end of the replay")
    return run


def test_record_is_replayed_and_drift_is_read(page: Page, service: Server, api: Api) -> None:
    run = traded(api)
    page.goto(f"{service.url}/runs/{run}")
    page.get_by_role("link", name="Replay & drift").click()
    steps.press(page, "Run replay")
    expect(page.get_by_text("Identical: every decision is the recorded one")).to_be_visible()
    steps.press(page, "Run drift")
    expect(steps.panel(page, "Drift").get_by_text(f"+{WORSE_BPS}.00")).to_be_visible()
    expect(steps.row(page, "Slippage in basis points", "Difference").get_by_role("cell").nth(1)).to_have_text("7.00")
    equity: Any = api.get(f"/runs/{run}/results")["stats"]
    earned = amount(Decimal(str(equity["final_equity"])) - Decimal(str(equity["initial_equity"])))
    expect(steps.row(page, "P&L, part by part", "P&L of the run")).to_contain_text(earned)
    picture = page.get_by_role("img", name=re.compile("^P&L from the backtest's to the run's"))
    expect(picture).to_have_accessible_name(re.compile(f"P&L of the run {earned.pattern}$"))
    page.reload()
    expect(page.get_by_text("Identical: every decision is the recorded one")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Price differences of"))).to_be_visible()


def test_day_of_a_run_is_looked_at(page: Page, service: Server, api: Api) -> None:
    run = traded(api)
    page.goto(f"{service.url}/runs/{run}/days")
    day = page.get_by_label("Day", exact=True)
    expect(day).to_have_value("2011-12-30")
    steps.press(page, "The day before")
    expect(day).to_have_value("2011-12-29")
    day.fill("2010-06-01")
    summary = api.get(f"/runs/{run}/summary", day="2010-06-01")
    expect(steps.panel(page, "Figures of the day")).to_contain_text(amount(Decimal(summary["end_equity"])))
    report = page.get_by_role("link", name="Report of this day").get_attribute("href")
    answer = page.request.get(f"{service.url}{report}")
    assert answer.status == 200
    assert "2010-06-01" in answer.text()


def test_gate_that_is_not_met_is_overridden_with_a_reason(page: Page, service: Server, api: Api) -> None:
    backtest = api.started("sma-crossover", name="never looked ahead at", lookahead_check=False)
    api.ended(backtest)
    page.goto(f"{service.url}/runs/{backtest}")
    page.get_by_role("link", name="Promote to paper").click()
    gate = steps.row(page, "Gates", "No look-ahead")
    expect(gate).to_contain_text("not met")
    expect(steps.row(page, "What would change", re.compile("^mode"))).to_contain_text("backtest")
    page.get_by_label("Venue", exact=True).select_option("simulated")
    page.get_by_label("Replay", exact=True).fill(REPLAY)
    page.get_by_label("Name", exact=True).fill("on paper now")
    steps.press(page, "Promote to paper")
    reason = page.get_by_label("Why it is promoted all the same")
    expect(reason).to_have_accessible_description(re.compile("Say why it is promoted though gates are not met"))
    reason.fill("by hand for years")
    steps.press(page, "Promote to paper")
    steps.heading(page, "on paper now")
    expect(page.get_by_text("promoted from")).to_contain_text("never looked ahead at")
    made = api.run(steps.run_id(page))
    assert (made["promoted_from"], made["mode"], made["status"]) == (backtest, "paper", "pending")
    told = [one["payload"] for one in api.get(f"/runs/{backtest}/events", type="run.Promoted")["items"]]
    assert [one["override"] for one in told] == ["by hand for years"]


def amount(figure: Decimal) -> re.Pattern[str]:
    """An amount as the app writes it, with any space between thousands."""
    text = f"{figure:,.2f}".replace("-", "\u2212")
    return re.compile(re.escape(text).replace(",", r"\s"))

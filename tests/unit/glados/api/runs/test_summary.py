"""A run's summary and its report over HTTP."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.glados.conftest import Api
from tests.unit.glados.deciders.strategies import START, WARMUPS
from tests.unit.glados.fakes import a_run
from tests.unit.glados.live.kept_run import Kept, hour
from tests.unit.greta.report.pages import Page
from weaver.events.factory import EventFactory
from weaver.events.payloads import Payload, RiskRefused, RunHalted
from weaver.glados.live.figures.results import LiveResult
from weaver.model.calendar.instants import time_of
from weaver.model.run import Run, RunMode, RunStatus

pytestmark = pytest.mark.anyio
DAY = time_of(START).date()


class Found:
    """What is known of a run that bought 2 at 100, which are worth 110 at its newest close."""

    def __init__(self) -> None:
        kept = Kept()
        kept.bought()
        kept.record(hour(3, 110.0))
        self._kept = kept

    async def find(self, run: Run, _account: str) -> LiveResult | None:
        return await self._kept.results.find(replace(run, id="run"), "alpaca paper") if run.id == "run" else None

    async def warmups(self, found: LiveResult) -> dict[str, bytes]:
        return {one.symbol: WARMUPS[one.warmup] for one in found.setup.symbols}


async def kept(api: Api, run_id: str, **given: Any) -> None:
    run = replace(a_run(run_id), **{"mode": RunMode.PAPER, "venue": "alpaca", "symbols": ("BTC/USD",), **given})
    async with api.database.transaction() as transaction:
        await transaction.runs.add(run)


async def told(api: Api, *payloads: Payload) -> None:
    events = EventFactory(producer="test", now=api.clock.now, new_id=api.services.new_id)
    async with api.database.transaction() as transaction:
        transaction.append(*(events.event(one, corr_id="c") for one in payloads))


@pytest.fixture
async def trading(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """With a paper run, one that has not begun, and a backtest."""
    found = Found()
    monkeypatch.setattr(api.services.live_results, "find", found.find)
    monkeypatch.setattr(api.services.live_results, "warmups", found.warmups)
    await kept(api, "run", status=RunStatus.RUNNING, source_hash="a" * 64)
    await kept(api, "pending")
    await kept(api, "backtest", mode=RunMode.BACKTEST)
    return api


async def test_summary_is_what_it_came_to(trading: Api) -> None:
    found = (await trading.client.get("/api/v1/runs/run/summary")).json()
    assert (found["run_id"], found["mode"], found["status"], found["day"]) == ("run", "paper", "running", None)
    assert found["sampled"] == {"interval": "1h", "rows": 3}
    amounts = [found[name] for name in ("start_equity", "end_equity", "pnl", "realised_pnl", "unrealised_pnl")]
    assert amounts == ["1000", "1019", "19", "-1", "20"]
    assert (found["total_return"], found["commission"], found["slippage"]) == (0.019, "1", None)
    assert (found["orders"], found["fills"], found["trades"]) == ({"total": 1, "by_status": {"filled": 1}}, 1, 0)
    assert [(one["symbol"], one["quantity"], one["market_value"]) for one in found["positions"]] == [
        ("BTC/USD", "2", "220")
    ]
    assert (found["notices"], found["notices_total"], found["ended_at"]) == ([], 0, None)
    first, last = (time_of(START + k * 3_600_000_000_000) for k in (1, 3))
    assert (found["first"], found["last"]) == tuple(one.isoformat().replace("+00:00", "Z") for one in (first, last))


async def test_notices_are_told_the_newest_hundred_of_them(trading: Api) -> None:
    refused = {"rule": "r", "limit": "1", "value": "2", "order_id": "o", "symbol": "BTC/USD"}
    await told(
        trading,
        RunHalted(run_id="run", reason="the first"),
        *(RiskRefused(run_id="run", reason=f"no {k}", **refused) for k in range(100)),  # type: ignore[arg-type]
        RunHalted(run_id="another", reason="not this one's"),
    )
    found = (await trading.client.get("/api/v1/runs/run/summary")).json()
    assert (found["notices_total"], len(found["notices"])) == (101, 100)
    assert found["notices"][-1]["text"] == "BTC/USD: no 99"
    today = trading.clock.now().date()
    page = await trading.client.get("/api/v1/runs/run/report.html")
    assert "no 99" in str(Page(page.text).data)
    day = (await trading.client.get("/api/v1/runs/run/summary", params={"day": str(DAY)})).json()
    assert day["notices_total"] == (101 if today == DAY else 0)


@pytest.mark.parametrize(
    ("run", "day", "status", "told"),
    [
        ("none", None, 404, "there is no run 'none'"),
        ("pending", None, 404, "has not begun"),
        ("backtest", None, 404, "is a backtest, which has no days: GET /api/v1/runs/backtest/results"),
        ("run", "2001-01-01", 404, "the run has nothing on 2001-01-01"),
        ("run", "yesterday", 422, "write it as 2005-01-31"),
    ],
)
async def test_what_has_no_summary_says_why(trading: Api, run: str, day: str | None, status: int, told: str) -> None:
    answer = await trading.client.get(f"/api/v1/runs/{run}/summary", params={} if day is None else {"day": day})
    assert (answer.status_code, told in answer.text) == (status, True), answer.text


async def test_report_is_a_page_of_all_or_of_a_day(trading: Api) -> None:
    whole = await trading.client.get("/api/v1/runs/run/report.html")
    day = await trading.client.get("/api/v1/runs/run/report.html", params={"day": str(DAY)})
    assert (whole.status_code, day.status_code) == (200, 200)
    assert "sandbox allow-scripts" in whole.headers["content-security-policy"]
    title = f"on BTC/USD 1h, {DAY}"
    assert (title in whole.text, title in day.text) == (False, True)


async def test_report_of_a_backtests_day_is_refused(trading: Api) -> None:
    answer = await trading.client.get("/api/v1/runs/backtest/report.html", params={"day": str(DAY)})
    assert (answer.status_code, "is a backtest, which has no days" in answer.text) == (400, True)
    nothing = await trading.client.get("/api/v1/runs/run/report.html", params={"day": str(DAY - timedelta(days=900))})
    assert nothing.status_code == 404

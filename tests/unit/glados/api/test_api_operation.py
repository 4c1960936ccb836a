"""Health, settings, venues and metrics: what an operator looks at."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.glados.asgi_stream import AsgiStream
from tests.unit.glados.conftest import TOKEN, Api
from tests.unit.glados.fakes import a_run, an_event, away
from tests.unit.walle.store_builders import bars, instrument
from weaver.model.errors import Unavailable
from weaver.model.market.timeframe import Timeframe
from weaver.model.run import RunStatus

pytestmark = pytest.mark.anyio
Open = Callable[..., AbstractAsyncContextManager[Api]]
OK = {"ok": True, "message": None}
AWAY = Unavailable("the database at postgresql://weaver:hunter2@db does not answer")


async def test_healthy_server_says_so_without_a_token(open_api: Open) -> None:
    async with open_api(token=TOKEN) as api:
        api.database.storage = "sqlite"
        answer = await api.client.get("/api/v1/healthz")
        assert answer.status_code == 200
        assert answer.json() == {
            "status": "ok", "version": "1.2.3", "storage": "sqlite", "durable": True, "read_only": False, "venues": [],
            "checks": dict.fromkeys(
                ("database", "event_log", "bar_store", "workers", "disk", "notifications"), OK
            ),
        }  # fmt: skip


async def test_damaged_bars_degrade_the_server_until_they_are_gone(open_api: Open, tmp_path: Path) -> None:
    async with open_api(token=TOKEN) as api:
        store = api.services.bars
        store.write(bars(count=50), instrument(), None, "a file")
        whole = (await api.client.get("/api/v1/healthz")).json()
        (file,) = tmp_path.rglob("BTCUSD/1m-1/*.parquet")
        file.write_bytes(file.read_bytes()[:-9])
        damaged = (await api.client.get("/api/v1/healthz")).json()
        store.delete("BTCUSD", Timeframe.parse("1m"))
        gone = (await api.client.get("/api/v1/healthz")).json()
    assert [one["status"] for one in (whole, damaged, gone)] == ["ok", "degraded", "ok"]
    assert "GET /data says which" in damaged["checks"]["bar_store"]["message"]
    assert "BTCUSD" not in str(damaged), "anybody may read it"


@pytest.mark.parametrize("is_away", [False, True])
async def test_head_of_health_has_the_status_and_headers_of_get(open_api: Open, is_away: bool) -> None:
    async with open_api(token=TOKEN) as api:
        api.database.is_away = AWAY if is_away else None
        get, head = [await api.client.request(method, "/api/v1/healthz") for method in ("GET", "HEAD")]
        assert (get.status_code, head.status_code) == ((503, 503) if is_away else (200, 200))
        assert head.headers["content-length"] == get.headers["content-length"]
        assert (await api.client.head("/api/v1/runs")).status_code == 401


async def test_memory_storage_is_not_durable(api: Api) -> None:
    body = (await api.client.get("/api/v1/healthz")).json()
    assert (body["storage"], body["durable"], body["status"]) == ("memory", False, "ok")


async def test_server_that_does_not_own_its_database_is_read_only(
    open_api: Callable[..., AbstractAsyncContextManager[Api]],
) -> None:
    async with open_api(parts={"is_owner": lambda: False}) as api:
        assert (await api.client.get("/api/v1/healthz")).json()["read_only"] is True


async def test_database_that_does_not_answer_is_503_and_nothing_of_it_is_told(api: Api) -> None:
    api.database.is_away = AWAY
    answer = await api.client.get("/api/v1/healthz")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (503, "degraded")
    assert body["checks"]["database"]["ok"] is False
    assert body["checks"]["event_log"] == OK
    assert "hunter2" not in answer.text
    assert "postgresql" not in answer.text


async def test_log_bars_and_workers_that_do_not_answer_degrade_but_stay_200(api: Api, tmp_path: Path) -> None:
    api.runs.load = replace(api.runs.load, is_ready=False)
    (tmp_path / "bars" / "HEALTH" / "symbol.json").mkdir(parents=True)  # cannot be read as a file
    with away(api.log):
        answer = await api.client.get("/api/v1/healthz")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "degraded")
    assert [name for name, check in body["checks"].items() if not check["ok"]] == ["event_log", "bar_store", "workers"]
    assert str(tmp_path) not in answer.text


async def test_database_that_hangs_is_not_waited_for_for_ever(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang() -> None:
        await api.clock.wait(1e9)

    monkeypatch.setattr("weaver.glados.api.server.health.PATIENCE_SECONDS", 0.0)
    api.database.ping = hang  # type: ignore[method-assign]
    assert (await api.client.get("/api/v1/healthz")).status_code == 503


async def test_settings_are_shown_by_name(open_api: Open) -> None:
    async with open_api(settings={"WEAVER_HOME": "/h", "SECURITY_API_TOKEN": True, "SERVER_PORT": 8000}) as api:
        assert (await api.client.get("/api/v1/settings")).json()["items"] == [
            {"name": "SECURITY_API_TOKEN", "value": True},
            {"name": "SERVER_PORT", "value": 8000},
            {"name": "WEAVER_HOME", "value": "/h"},
        ]


async def test_venues_are_none_with_the_reason(api: Api) -> None:
    body = (await api.client.get("/api/v1/venues")).json()
    assert body["items"] == []
    assert "no venue" in body["reason"]


async def numbers(api: Api) -> dict[str, float]:
    answer = await api.client.get("/api/v1/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


async def test_metrics_count_requests_by_the_routes_template(api: Api) -> None:
    for path in ("/api/v1/runs/a", "/api/v1/runs/b", "/nothing", "/api/v1/nothing", "/api/v1/runs?page=0"):
        await api.client.get(path)
    await api.client.request("BREW", "/api/v1/runs")
    found = await numbers(api)
    prefix = "weaver_http_requests_total"
    assert found[prefix + '{method="GET",route="/api/v1/runs/{run_id}",status="404"}'] == 2
    assert found[prefix + '{method="GET",route="/api/v1/runs",status="422"}'] == 1
    assert found[prefix + '{method="GET",route="unknown",status="404"}'] == 2
    assert [key for key in found if "BREW" in key] == []
    assert found['weaver_http_request_seconds_count{method="GET",route="/api/v1/runs/{run_id}"}'] == 2


async def test_metrics_show_runs_workers_streams_and_events(api: Api) -> None:
    for number, status in enumerate(("completed", "completed", "error")):
        await api.database.keep(a_run(f"r{number}", status=RunStatus(status)))
    async with AsgiStream(api.app):
        await api.log.append(
            [an_event("e1", "run.Started"), an_event("e2", "run.Started"), an_event("e3", "run.Error")]
        )
        await api.log.settled()
        found = await numbers(api)
    assert found['weaver_runs{status="completed"}'] == 2
    assert found['weaver_runs{status="pending"}'] == 0
    assert (found["weaver_runs_working"], found["weaver_backtests_queued"], found["weaver_workers"]) == (1, 2, 3)
    assert found["weaver_stream_clients"] == 1
    assert found['weaver_events_total{type="run.Started"}'] == 2
    assert found["weaver_log_lag_events"] == 0


async def test_metrics_show_how_far_dispatch_lags_behind_the_log(api: Api) -> None:
    await api.log.append([an_event("e1", "run.Started")])
    await api.log.settled()
    await api.log.unsubscribe("subscription-1")
    await api.log.append([an_event("e2", "run.Started"), an_event("e3", "run.Started")])
    assert (await numbers(api))["weaver_log_lag_events"] == 2


async def test_time_that_a_stream_took_is_not_a_latency(api: Api) -> None:
    async with AsgiStream(api.app):
        pass
    found = await numbers(api)
    route = 'method="GET",route="/api/v1/events/stream"'
    assert found["weaver_http_requests_total{" + route + ',status="200"}'] == 1
    assert "weaver_http_request_seconds_count{" + route + "}" not in found


async def test_two_applications_have_metrics_of_their_own(open_api: Open) -> None:
    async with open_api() as one, open_api() as two:
        await one.client.get("/api/v1/venues")
        key = 'weaver_http_requests_total{method="GET",route="/api/v1/venues",status="200"}'
        assert (await numbers(one))[key] == 1
        assert key not in await numbers(two)


@pytest.mark.parametrize("part", ["database", "log"])
async def test_metrics_without_the_database_are_those_of_the_server_itself(api: Api, part: str) -> None:
    await api.client.get("/api/v1/venues")
    before = await numbers(api)
    assert before["weaver_database_up"] == 1
    of_database = {key for key in before if key.startswith(("weaver_runs{", "weaver_log_lag_events"))}
    assert len(of_database) == len(RunStatus) + 1
    with away(api.log) if part == "log" else nullcontext():
        api.database.is_away = AWAY if part == "database" else None
        without = await numbers(api)
        api.database.is_away = None
    assert without["weaver_database_up"] == 0
    assert before.keys() - without.keys() == of_database
    assert without["weaver_workers"] == 3
    assert of_database <= (await numbers(api)).keys()


async def test_metrics_do_not_wait_for_a_database_that_hangs(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang() -> None:
        await api.clock.wait(1e9)

    monkeypatch.setattr("weaver.glados.api.server.metrics.PATIENCE_SECONDS", 0.0)
    api.database.ping = hang  # type: ignore[method-assign]
    async with asyncio.timeout(60):
        assert (await numbers(api))["weaver_database_up"] == 0


async def test_description_of_the_api_is_counted_under_its_path(api: Api) -> None:
    await api.client.get("/openapi.json")
    assert (await numbers(api))['weaver_http_requests_total{method="GET",route="/openapi.json",status="200"}'] == 1

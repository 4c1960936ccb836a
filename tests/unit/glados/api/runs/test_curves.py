"""Buying and holding, and returns by month, over HTTP."""

from datetime import UTC, datetime

import numpy as np
import pytest

from tests.unit.glados.api.runs.test_results import stored
from tests.unit.glados.conftest import Api
from tests.unit.glados.fakes import a_run
from weaver.glados.stored.blobs import EquityColumns, encode_equity
from weaver.glados.stored.thin_curves import ThinCurve, encode_benchmark
from weaver.model.run import RunStatus

pytestmark = pytest.mark.anyio
DAYS = ["2023-11-30", "2023-12-29", "2024-01-31", "2024-03-28"]
STAMPS = np.array([int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) for day in DAYS]) * 10**9


async def test_months_are_measured_from_the_end_of_the_month_before(api: Api) -> None:
    equity = np.array([110.0, 99.0, 99.0, 118.8])
    columns = EquityColumns(timestamp=STAMPS, equity=equity, cash=equity)
    await stored(api, stats={"initial_equity": 100.0}, blobs={"equity": encode_equity(columns)})
    answer = await api.client.get("/api/v1/runs/r1/months")
    assert answer.status_code == 200, answer.text
    older, newer = answer.json()["items"]
    assert (older["year"], newer["year"]) == (2023, 2024)
    assert older["months"] == [None] * 10 + [pytest.approx(0.1), pytest.approx(-0.1)]
    assert newer["months"] == [0.0, None, pytest.approx(0.2)] + [None] * 9
    assert (older["total"], newer["total"]) == (pytest.approx(-0.01), pytest.approx(0.2))


async def test_benchmark_is_as_it_was_kept_and_thinned_with_its_extremes(api: Api) -> None:
    values = np.full(4, 100.0)
    values[2] = 250.0
    await stored(api, blobs={"benchmark": encode_benchmark(ThinCurve(timestamp=STAMPS, values=values))})
    whole = (await api.client.get("/api/v1/runs/r1/benchmark")).json()
    assert whole["run_id"] == "r1"
    assert [one["timestamp"][:10] for one in whole["items"]] == DAYS
    assert [one["equity"] for one in whole["items"]] == [100.0, 100.0, 250.0, 100.0]
    few = (await api.client.get("/api/v1/runs/r1/benchmark?points=2")).json()
    assert [one["timestamp"][:10] for one in few["items"]] == [DAYS[0], DAYS[-1]]


async def test_result_of_an_older_version_has_no_benchmark(api: Api) -> None:
    await stored(api)
    answer = await api.client.get("/api/v1/runs/r1/benchmark")
    assert (answer.status_code, answer.json()) == (200, {"run_id": "r1", "items": []})


@pytest.mark.parametrize("path", ["benchmark", "months"])
async def test_run_that_has_not_ended_has_no_curves(api: Api, path: str) -> None:
    await api.database.keep(a_run("r1", status=RunStatus.RUNNING))
    answer = await api.client.get(f"/api/v1/runs/r1/{path}")
    assert answer.status_code == 404
    assert "running" in answer.json()["message"]

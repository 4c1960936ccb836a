"""The same lists out of the real database: what it takes in comes out of the API unchanged, filtered and sorted."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.builders import keep_result
from tests.unit.glados.api.runs.test_results import as_shown, columns, fill_row, kept_line, order_row, trade_row
from tests.unit.glados.conftest import Api
from tests.unit.glados.fakes import START, FakeClock, FakeIds, a_run, an_event
from weaver.glados.ports import StoredResult
from weaver.glados.stored.blobs import encode_equity
from weaver.glados.stored.events import encode_events
from weaver.model.run import RunStatus
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.opening import open_database

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stored(
    open_api: Callable[..., AbstractAsyncContextManager[Api]], tmp_path: Path
) -> AsyncIterator[tuple[Api, SqlDatabase]]:
    """The API on a database in memory with one finished run."""
    clock = FakeClock()
    database = await open_database(
        "memory", home=tmp_path, now=clock.now, new_id=FakeIds("db"), route=None, wait=clock.wait
    )
    async with database, open_api(parts={"database": database, "log": database.log}) as api:
        await _fill(database)
        yield api, database


async def _fill(database: SqlDatabase) -> None:
    async with database.transaction() as transaction:
        for number, status in enumerate((RunStatus.COMPLETED, RunStatus.ERROR, RunStatus.COMPLETED), start=1):
            created_at = START + timedelta(minutes=number)
            await transaction.runs.add(a_run(f"r{number}", status=status, created_at=created_at, config={"fast": 5}))
        await transaction.records.add_orders(
            [order_row(1, quantity="9"), order_row(2, quantity="10", side="sell"), order_row(3, quantity=None)]
        )
        await transaction.records.add_fills([fill_row(1), fill_row(2, price="9.5")])
        await transaction.records.add_trades([trade_row(1), trade_row(2, pnl="-20", **{"return": None})])
        blobs = {"equity": encode_equity(columns([1.0, 2.0])), "events": encode_events([kept_line(1)])}
        result = StoredResult(stats={}, record={"timeframe": "1m"}, warnings=[], positions={"AAPL": "1"}, blobs=blobs)
        await keep_result(transaction, "r1", result)
        transaction.append(an_event("e1", "orders.Created", run_id="r1"), an_event("e2", "run.Error", run_id="r2"))


async def items(api: Api, path: str, **params: Any) -> list[dict[str, Any]]:
    answer = await api.client.get(f"/api/v1{path}", params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_rows_come_out_as_they_went_in(stored: tuple[Api, SqlDatabase]) -> None:
    api, _ = stored
    orders = [order_row(1, quantity="9"), order_row(2, quantity="10", side="sell"), order_row(3, quantity=None)]
    assert await items(api, "/runs/r1/orders") == [as_shown(row) for row in orders]
    assert await items(api, "/runs/r1/fills") == [as_shown(row) for row in (fill_row(1), fill_row(2, price="9.5"))]
    assert await items(api, "/runs/r1/trades") == [trade_row(1), trade_row(2, pnl="-20", **{"return": None})]
    one = (await api.client.get("/api/v1/orders/r1-2")).json()
    assert one == {**as_shown(orders[1]), "submissions": [], "fills": []}


async def test_amounts_are_sorted_as_numbers(stored: tuple[Api, SqlDatabase]) -> None:
    api, _ = stored
    assert [row["number"] for row in await items(api, "/orders", sort="-quantity")] == [2, 1, 3]
    assert [row["pnl"] for row in await items(api, "/runs/r1/trades", sort="pnl")] == ["-20", "3"]
    assert [row["price"] for row in await items(api, "/fills", sort="price")] == ["9.5", fill_row(1)["price"]]


async def test_runs_are_filtered_newest_first(stored: tuple[Api, SqlDatabase]) -> None:
    api, _ = stored
    assert [run["id"] for run in await items(api, "/runs", status="completed")] == ["r3", "r1"]
    assert [run["id"] for run in await items(api, "/runs", sort="created_at", page_size=2, page=2)] == ["r3"]
    assert await items(api, "/runs", page=10**9, page_size=500) == []
    assert (await api.client.get("/api/v1/runs", params={"sort": "color"})).status_code == 400


async def test_results_and_events_come_out_of_log_and_blobs(stored: tuple[Api, SqlDatabase]) -> None:
    api, _ = stored
    assert [event["id"] for event in await items(api, "/runs/r1/events")] == ["e1", "k1"]
    assert [event["id"] for event in await items(api, "/events", type="run.*")] == ["e2"]
    assert [point["equity"] for point in await items(api, "/runs/r1/equity")] == [1.0, 2.0]
    assert [(one["symbol"], one["quantity"]) for one in await items(api, "/runs/r1/positions")] == [("AAPL", "1")]
    assert (await api.client.get("/api/v1/runs/r3/results")).status_code == 404


async def test_health_and_metrics_know_the_storage(stored: tuple[Api, SqlDatabase]) -> None:
    api, _ = stored
    assert (await api.client.get("/api/v1/healthz")).json()["storage"] == "memory"
    assert 'weaver_runs{status="completed"} 2.0' in (await api.client.get("/api/v1/metrics")).text

"""What a run left behind, over HTTP."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

import weaver
from tests.unit.glados.conftest import Api
from tests.unit.glados.fakes import START, a_run, an_event
from weaver.events.event import Event
from weaver.glados.ports import Row, StoredResult
from weaver.glados.schemas.runs.results import EquityResponse
from weaver.glados.stored.blobs import EquityColumns, encode_equity, encode_report
from weaver.glados.stored.equity_text import ROWS_TOGETHER, curve_points, equity_text
from weaver.glados.stored.events import encode_events
from weaver.glados.stored.indicators import encode_indicators
from weaver.glados.stored.positions import encode_positions
from weaver.greta.result import BacktestResult
from weaver.marvin.indicator_columns import IndicatorColumn
from weaver.model.run import RunStatus

pytestmark = pytest.mark.anyio
MINUTE = 60_000_000_000
FIRST = 1_700_000_000_000_000_000


def order_row(number: int, *, run_id: str = "r1", **fields: Any) -> Row:
    return {
        "id": f"{run_id}-{number}", "run_id": run_id, "client_order_id": f"{run_id}-{number}", "number": number,
        "symbol": "AAPL", "side": "buy", "order_type": "limit", "order_class": "simple", "quantity": "10",
        "filled_quantity": "4", "average_price": "101.25", "limit_price": "101.5", "stop_price": None, "trail": None,
        "trail_percent": None, "time_in_force": "day", "expires": None, "extended_hours": False, "status": "partial",
        "reason": None, "parent_id": None, "replaced_by": None, "placed_at": "2024-01-02T14:30:00Z",
        "updated_at": "2024-01-02T14:31:00Z", **fields,
    }  # fmt: skip


def fill_row(number: int, *, run_id: str = "r1", **fields: Any) -> Row:
    return {
        "id": f"{run_id}-f{number}", "run_id": run_id, "order_id": f"{run_id}-1", "symbol": "AAPL", "side": "buy",
        "price": "101.250000000000000001", "quantity": "4", "commission": "0.01", "slippage": "-0.005",
        "filled_at": "2024-01-02T14:31:00Z", "bar_timestamp": "2024-01-02T14:31:00Z", "exchange_fill_id": None,
        "notes": ["resized"], **fields,
    }  # fmt: skip


def as_shown(row: Row) -> Row:
    """A backtest's order or fill: nothing of what only trading knows."""
    own = ["account", "venue", "mode"]
    of_order = [
        "notional", "limit_percent", "stop_percent", "reduces", "waits_for", "expires_at", "cancel_asked",
        "group_id", "replaces",
    ]  # fmt: skip
    return {**row, **dict.fromkeys([*own, *(of_order if "order_type" in row else ["fee_quantity", "liquidity"])])}


def trade_row(number: int, *, run_id: str = "r1", **fields: Any) -> Row:
    return {
        "run_id": run_id, "number": number, "symbol": "AAPL", "side": "long", "quantity": "4",
        "entry_time": "2024-01-02T14:31:00Z", "entry_price": "101.25", "exit_time": "2024-01-03T14:31:00Z",
        "exit_price": "102", "pnl": "3", "return": 0.0074, "commission": "0.02", "bars": 390, "mae": -0.01,
        "mfe": 0.02, **fields,
    }  # fmt: skip


def backtest() -> BacktestResult:
    """A real, small backtest."""
    close = 100 + np.sin(np.arange(200) / 7)
    time = np.datetime64("2024-01-02T14:30", "ns") + np.arange(200) * np.timedelta64(1, "m")
    frame = polars.DataFrame(
        {"timestamp": time, "open": close, "high": close + 0.5, "low": close - 0.5, "close": close, "volume": 1e6}
    ).with_columns(polars.col("timestamp").dt.replace_time_zone("UTC"))
    return weaver.backtest(
        "sma-crossover", frame, symbols=["AAPL"], asset="stock", params={"fast": 3, "slow": 8}, lookahead_check=False
    )


async def stored(api: Api, run_id: str = "r1", **parts: Any) -> None:
    empty: dict[str, Any] = {"stats": {}, "record": {"timeframe": "1d"}, "warnings": [], "positions": {}}
    run, result = a_run(run_id, status=RunStatus.COMPLETED), StoredResult(**{**empty, **parts})
    await api.database.keep(run, results={run_id: result})


def told_of(record: dict[str, Any]) -> dict[str, Any]:
    """A record in JSON, each symbol with all facts: of a share at New York the usual ones are not kept."""
    unsaid = dict.fromkeys(("calendar", "multiplier", "margin", "maintenance_margin"))
    told: dict[str, Any] = orjson.loads(orjson.dumps(record))
    return {**told, "data": {symbol: {**unsaid, **facts} for symbol, facts in told["data"].items()}}


async def test_results_are_those_of_the_backtest_to_the_last_field(api: Api) -> None:
    result = backtest()
    record = result.run
    flow = {"timestamp": "2024-01-02T21:00:00Z", "symbol": "AAPL", "kind": "dividend", "amount": "-1.25"}
    await stored(
        api,
        stats=result.stats,
        record=record,
        warnings=[{"code": "thin_data", "message": "few bars"}],
        positions={"AAPL": "3.5"},
        cash_flows=[flow],
    )
    answer = await api.client.get("/api/v1/runs/r1/results")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["run_id"] == "r1"
    assert body["stats"] == pytest.approx(result.stats, nan_ok=False)
    assert list(body["stats"]) == list(result.stats)
    assert body["run"] == told_of(record)
    assert body["warnings"] == [{"code": "thin_data", "message": "few bars"}]
    assert body["positions"] == {"AAPL": "3.5"}
    assert body["cash_flows"] == [flow]


async def test_results_of_a_record_from_before_ticks_could_be_given_answer(api: Api) -> None:
    record = backtest().run
    facts = {name: fact for name, fact in record["data"]["AAPL"].items() if name != "tick_given"}
    await stored(api, record={**record, "data": {"AAPL": facts}})
    answer = await api.client.get("/api/v1/runs/r1/results")
    assert answer.status_code == 200, answer.text
    told = told_of({**record, "data": {"AAPL": facts}})
    assert answer.json()["run"]["data"]["AAPL"] == {**told["data"]["AAPL"], "tick_given": None}


async def test_statistic_that_is_no_number_is_null(api: Api) -> None:
    record = backtest().run
    await stored(
        api, stats={"sharpe": float("nan"), "calmar": float("inf"), "sortino": None, "trades": 3}, record=record
    )
    answer = await api.client.get("/api/v1/runs/r1/results")
    stats = answer.json()["stats"]
    assert (stats["sharpe"], stats["calmar"], stats["sortino"], stats["trades"]) == (None, None, None, 3)
    assert "NaN" not in answer.text


@pytest.mark.parametrize("path", ["results", "equity", "report.html"])
async def test_run_without_results_is_404_that_says_why(api: Api, path: str) -> None:
    await api.database.keep(a_run("r1", status=RunStatus.RUNNING))
    answer = await api.client.get(f"/api/v1/runs/r1/{path}")
    assert answer.status_code == 404
    assert "running" in answer.json()["message"]


@pytest.mark.parametrize("path", ["trades", "fills", "orders", "positions", "events", "log"])
async def test_lists_of_a_run_that_has_not_run_are_empty(api: Api, path: str) -> None:
    await api.database.keep(a_run("r1"))
    body = (await api.client.get(f"/api/v1/runs/r1/{path}")).json()
    assert body == {"items": [], "total": 0, "page": 1, "page_size": 50}


def columns(equity: Sequence[float]) -> EquityColumns:
    count = len(equity)
    values = np.array(equity, dtype=np.float64)
    return EquityColumns(timestamp=FIRST + np.arange(count) * MINUTE, equity=values, cash=values / 2)


async def test_short_equity_curve_is_sent_whole(api: Api) -> None:
    await stored(api, blobs={"equity": encode_equity(columns([100.0, 101.5, float("nan")]))})
    body = (await api.client.get("/api/v1/runs/r1/equity")).json()
    stamps = [datetime.fromtimestamp(FIRST / 1e9 + 60 * k, UTC) for k in range(3)]
    assert [item["timestamp"] for item in body["items"]] == [f"{stamp:%Y-%m-%dT%H:%M:%SZ}" for stamp in stamps]
    assert [item["equity"] for item in body["items"]] == [100.0, 101.5, None]
    assert [item["cash"] for item in body["items"]] == [50.0, 50.75, None]
    assert (body["points"], body["total"], body["downsampled"]) == (3, 3, False)


async def test_long_equity_curve_is_thinned_to_what_was_asked_for_and_says_so(api: Api) -> None:
    walk = np.cumsum(np.sin(np.arange(20_000) ** 1.5)) + 1_000
    walk[12_345] = 5_000.0
    await stored(api, blobs={"equity": encode_equity(columns(walk.tolist()))})
    body = (await api.client.get("/api/v1/runs/r1/equity", params={"points": 500})).json()
    equity = [item["equity"] for item in body["items"]]
    assert len(equity) == body["points"] <= 500
    assert (body["total"], body["downsampled"]) == (20_000, True)
    assert (max(equity), min(equity), equity[0], equity[-1]) == (5_000.0, walk.min(), walk[0], walk[-1])


@pytest.mark.parametrize("path", ["equity", "indicators"])
@pytest.mark.parametrize("points", [1, 0, -1, "many"])
async def test_no_curve_is_drawn_of_fewer_than_two_points(api: Api, path: str, points: Any) -> None:
    await stored(api)
    assert (await api.client.get(f"/api/v1/runs/r1/{path}", params={"points": points})).status_code == 422


@pytest.mark.parametrize("count", [ROWS_TOGETHER - 1, ROWS_TOGETHER, ROWS_TOGETHER + 1, 100_000])
async def test_whole_curve_is_sent_to_who_asks_for_as_many_points_as_there_are_or_more(api: Api, count: int) -> None:
    equity = [float(k) for k in range(count)]
    await stored(api, blobs={"equity": encode_equity(columns(equity))})
    for points in (count, 10**12):
        body = (await api.client.get("/api/v1/runs/r1/equity", params={"points": points})).json()
        assert (body["points"], body["total"], body["downsampled"]) == (count, count, False)
        assert [item["equity"] for item in body["items"]] == equity


async def test_few_points_are_the_ends_and_what_lies_evenly_between_them(api: Api) -> None:
    equity = [float(k) for k in range(101)]
    await stored(api, blobs={
        "equity": encode_equity(columns(equity)), "indicators": encode_indicators([an_indicator("a", equity)]),
    })  # fmt: skip
    for points, wanted in ((2, [0, 100]), (3, [0, 50, 100]), (5, [0, 25, 50, 75, 100])):
        body = (await api.client.get("/api/v1/runs/r1/equity", params={"points": points})).json()
        assert [item["equity"] for item in body["items"]] == wanted
        assert body["downsampled"] is True
    (two,) = (await api.client.get("/api/v1/runs/r1/indicators", params={"points": 2})).json()["items"]
    assert two["values"] == [0, 100]


@given(st.lists(st.floats(-1e9, 1e9), max_size=300), st.integers(2, 50))
def test_thinned_curve_is_part_of_the_curve_with_its_ends_and_extremes(equity: list[float], points: int) -> None:
    text = b"".join(equity_text("r1", curve_points(encode_equity(columns(equity)), points), interval="1d"))
    thinned = EquityResponse.model_validate_json(text, strict=False)
    whole = [(FIRST + k * MINUTE, value) for k, value in enumerate(equity)]
    kept = [(round(item.timestamp.timestamp() * 1e9), item.equity) for item in thinned.items]
    assert len(kept) <= points
    assert set(kept) <= set(whole)
    assert kept == sorted(kept)
    assert thinned.downsampled == (len(kept) < len(equity))
    assert (thinned.run_id, thinned.points, thinned.total) == ("r1", len(kept), len(equity))
    if equity:
        values = [value for _, value in kept]
        assert (kept[0], kept[-1]) == (whole[0], whole[-1])
    if equity and points >= 6:  # room for the ends and the extremes of two columns
        assert (min(map(float, values)), max(map(float, values))) == (min(equity), max(equity))


async def test_report_is_a_page_that_can_reach_nothing(api: Api) -> None:
    page = "<!doctype html><title>Grüße</title>"
    await stored(api, blobs={"report": encode_report(page)})
    for encoding, is_packed in (("gzip, br", True), ("identity", False)):
        answer = await api.client.get("/api/v1/runs/r1/report.html", headers={"Accept-Encoding": encoding})
        assert answer.text == page
        assert ("content-encoding" in answer.headers) == is_packed
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("sandbox allow-scripts; default-src 'none';")
        assert "allow-same-origin" not in policy
        assert "connect-src" not in policy


async def test_completed_run_without_a_report_is_404(api: Api) -> None:
    await stored(api)
    answer = await api.client.get("/api/v1/runs/r1/report.html")
    assert (answer.status_code, answer.json()["message"]) == (404, "this run kept no report")


async def test_rows_of_a_run_are_its_own_with_exact_amounts(api: Api) -> None:
    await stored(api)
    await stored(api, "r2")
    for run_id in ("r1", "r2"):
        rows = [[row(1, run_id=run_id)] for row in (order_row, fill_row, trade_row)]
        await api.database.keep(orders=rows[0], fills=rows[1], trades=rows[2])
    shown = {"orders": as_shown(order_row(1)), "fills": as_shown(fill_row(1)), "trades": trade_row(1)}
    for table, row in shown.items():
        body = (await api.client.get(f"/api/v1/runs/r1/{table}")).json()
        assert body == {"items": [row], "total": 1, "page": 1, "page_size": 50}


async def test_rows_are_filtered_sorted_and_paged(api: Api) -> None:
    await stored(api)
    await api.database.keep(orders=[
        order_row(1), order_row(2, side="sell", status="filled"), order_row(3, symbol="MSFT", side="sell"),
    ])  # fmt: skip
    cases: list[tuple[dict[str, Any], list[int]]] = [
        ({"sort": "-number", "page_size": 2}, [3, 2]),
        ({"sort": "-number", "page_size": 2, "page": 2}, [1]),
        ({"side": "sell"}, [2, 3]),
        ({"side": "sell", "symbol": "MSFT"}, [3]),
        ({"status": ["filled", "partial"]}, [1, 2, 3]),
        ({"status": "filled"}, [2]),
    ]
    for path in ("/api/v1/runs/r1/orders", "/api/v1/orders"):
        for params, numbers in cases:
            body = (await api.client.get(path, params=params)).json()
            assert [item["number"] for item in body["items"]] == numbers, params
        assert (await api.client.get(path, params={"sort": "color"})).status_code == 400
        assert (await api.client.get(path, params={"side": "up"})).status_code == 422
        assert (await api.client.get(path, params={"status": "asleep"})).status_code == 422


async def test_orders_and_fills_of_all_runs_can_be_read(api: Api) -> None:
    for run_id in ("r1", "r2"):
        orders, fills = [order_row(1, run_id=run_id)], [fill_row(1, run_id=run_id, order_id=f"{run_id}-1")]
        await api.database.keep(a_run(run_id), orders=orders, fills=fills)
    for table in ("orders", "fills"):
        assert (await api.client.get(f"/api/v1/{table}")).json()["total"] == 2
        body = (await api.client.get(f"/api/v1/{table}", params={"run_id": "r2"})).json()
        assert [item["run_id"] for item in body["items"]] == ["r2"]
    one = await api.client.get("/api/v1/orders/r2-1")
    fills = [as_shown(fill_row(1, run_id="r2", order_id="r2-1"))]
    assert one.json() == {**as_shown(order_row(1, run_id="r2")), "submissions": [], "fills": fills}
    assert (await api.client.get("/api/v1/orders/r3-1")).status_code == 404
    fills = await api.client.get("/api/v1/fills", params={"order_id": "r1-1"})
    assert [fill["id"] for fill in fills.json()["items"]] == ["r1-f1"]


ORDER = {"symbol": "AAPL", "side": "buy", "order_type": "market", "qty": "1"}


async def test_order_at_a_venue_that_is_none_is_404(api: Api) -> None:
    answer = await api.client.post("/api/v1/orders", json={**ORDER, "mode": "paper", "venue": "alpaca"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "no venue" in answer.json()["message"]


@pytest.mark.parametrize(("run_id", "status"), [("nobody", 404), ("backtest", 409), ("waiting", 409), ("working", 503)])
async def test_order_of_a_run_needs_the_run_to_be_running(api: Api, run_id: str, status: int) -> None:
    paper = a_run("waiting", mode="paper")
    working = replace(paper, id="working", status=RunStatus.RUNNING)
    await api.database.keep(a_run("backtest", status=RunStatus.RUNNING), paper, working)
    answer = await api.client.post("/api/v1/orders", json={**ORDER, "run_id": run_id})
    assert answer.status_code == status


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"run_id": "r1", "mode": "paper"}, {"run_id": "r1", "qty": "a lot"}, {"run_id": "r1", "side": "up"},
        {"run_id": "r1", "take_profit": {"price": 1}}, {"run_id": "r1", "symbol": ""},
        {"run_id": "r1", "time_in_force": "gtd"}, {"run_id": "r1", "expires": "2024-05-31"},
    ],
)  # fmt: skip
async def test_order_of_a_wrong_shape_is_422(api: Api, fields: dict[str, Any]) -> None:
    assert (await api.client.post("/api/v1/orders", json={**ORDER, **fields})).status_code == 422


def kept_line(number: int, type_: str = "orders.Filled") -> bytes:
    return orjson.dumps(
        {
            "id": f"k{number}", "kind": "evt", "type": type_, "version": 1, "run_id": "r1", "corr_id": "c",
            "causation_id": None, "trace_id": None, "ts": START, "producer": "recorder", "headers": {},
            "payload": {"number": number, "text": '"type":"orders.Created"'}, "seq": None,
        }
    )  # fmt: skip


async def with_events(api: Api, *, logged: int, kept: Sequence[bytes]) -> None:
    await stored(api, blobs={"events": encode_events(kept)} if kept else {})
    await api.log.append([an_event("other", "run.Created", run_id="r2")])
    await api.log.append([an_event(f"e{k}", "orders.Created", run_id="r1") for k in range(logged)])


@pytest.mark.parametrize("kept", [0, 1, 5])
@pytest.mark.parametrize("logged", [0, 3])
async def test_events_of_a_run_are_paged_alike_wherever_they_are_kept(api: Api, logged: int, kept: int) -> None:
    await with_events(api, logged=logged, kept=[kept_line(k) for k in range(kept)])
    wanted = [f"e{k}" for k in range(logged)] + [f"k{k}" for k in range(kept)]
    for size in (1, 2, 3, 100):
        found: list[str] = []
        for page in range(1, len(wanted) // size + 2):
            body = (await api.client.get(f"/api/v1/runs/r1/events?page={page}&page_size={size}")).json()
            assert (body["total"], body["page"]) == (len(wanted), page)
            found += [item["id"] for item in body["items"]]
        assert found == wanted


async def test_event_is_sent_with_its_whole_envelope(api: Api) -> None:
    await with_events(api, logged=1, kept=[kept_line(7)])
    logged, kept = (await api.client.get("/api/v1/runs/r1/events")).json()["items"]
    assert logged["seq"] == 2
    assert kept == {**orjson.loads(kept_line(7)), "ts": "2024-01-02T03:04:05Z"}
    assert logged.keys() == kept.keys() == set(Event.__dataclass_fields__)


async def test_events_of_a_run_are_paged_from_the_newest_too(api: Api) -> None:
    await with_events(api, logged=3, kept=[kept_line(k) for k in range(4)])
    whole = (await api.client.get("/api/v1/runs/r1/events")).json()["items"]
    turned = []
    for page in (1, 2, 3):
        body = (await api.client.get(f"/api/v1/runs/r1/events?newest_first=true&page={page}&page_size=3")).json()
        assert body["total"] == 7
        turned += body["items"]
    assert turned == whole[::-1]
    past = (await api.client.get("/api/v1/runs/r1/events?newest_first=true&page=4&page_size=3")).json()
    assert (past["items"], past["total"]) == ([], 7)


async def test_trades_of_a_stretch_of_time_are_those_that_were_open_in_it(api: Api) -> None:
    days = [("01", "03"), ("04", "05"), ("05", "09"), ("10", "11")]
    rows = [
        trade_row(k, entry_time=f"2024-01-{begin}T10:00:00Z", exit_time=f"2024-01-{end}T10:00:00Z")
        for k, (begin, end) in enumerate(days, start=1)
    ]
    await api.database.keep(a_run("r1", status=RunStatus.COMPLETED), trades=rows)

    async def numbers(**params: str) -> list[int]:
        body = (await api.client.get("/api/v1/runs/r1/trades", params=params)).json()
        assert body["total"] == len(body["items"])
        return [one["number"] for one in body["items"]]

    assert await numbers() == [1, 2, 3, 4]
    assert await numbers(since="2024-01-05T10:00:00Z", until="2024-01-06") == [2, 3]
    assert await numbers(since="2024-01-05T10:00:01Z") == [3, 4]
    assert await numbers(until="2024-01-04T09:59:59Z") == [1]


async def test_events_of_a_run_are_filtered_by_type_wherever_they_are_kept(api: Api) -> None:
    lines = [kept_line(0), kept_line(1, "orders.Created"), kept_line(2, "strategy.Log")]
    await with_events(api, logged=2, kept=lines)
    for params, wanted in (
        ({"type": "orders.Created"}, ["e0", "e1", "k1"]),
        ({"type": "orders.*"}, ["e0", "e1", "k0", "k1"]),
        ({"type": ["strategy.Log", "orders.Filled"]}, ["k0", "k2"]),
        ({"type": "risk.*"}, []),
    ):
        body = (await api.client.get("/api/v1/runs/r1/events", params=params)).json()
        assert [item["id"] for item in body["items"]] == wanted
        assert body["total"] == len(wanted)
    assert (await api.client.get("/api/v1/runs/r1/events?type=orders.Lost")).status_code == 400


async def test_events_of_one_chain_are_found_wherever_they_are_kept(api: Api) -> None:
    lines = [orjson.dumps({**orjson.loads(kept_line(k)), "corr_id": f"chain {k % 2}"}) for k in range(4)]
    await with_events(api, logged=1, kept=lines)
    await api.log.append([an_event("logged", "orders.Cancelled", run_id="r1", corr_id="chain 1")])
    for params, wanted in (
        ({"corr_id": "chain 1"}, ["logged", "k1", "k3"]),
        ({"corr_id": "chain 1", "newest_first": True}, ["k3", "k1", "logged"]),
        ({"corr_id": "chain 1", "type": "orders.Cancelled"}, ["logged"]),
        ({"corr_id": "chain 2"}, []),
    ):
        body = (await api.client.get("/api/v1/runs/r1/events", params=params)).json()
        assert [item["id"] for item in body["items"]] == wanted
        assert body["total"] == len(wanted)


async def test_journal_is_what_the_strategy_wrote(api: Api) -> None:
    await stored(api)
    payload = {"run_id": "r1", "text": "crossed", "time": "2024-01-02T15:00:00Z"}
    await api.log.append([
        an_event("e1", "strategy.Log", run_id="r1", payload=payload), an_event("e2", "run.Completed", run_id="r1"),
    ])  # fmt: skip
    body = (await api.client.get("/api/v1/runs/r1/log")).json()
    assert body["items"] == [{"time": "2024-01-02T15:00:00Z", "text": "crossed"}]
    assert body["total"] == 1


async def test_positions_are_what_was_held_at_the_end(api: Api) -> None:
    await stored(api, positions={"MSFT": "-2", "AAPL": "0.5"})
    body = (await api.client.get("/api/v1/runs/r1/positions")).json()
    unknown = dict.fromkeys(["average_price", "cost", "close", "market_value", "unrealised_pnl"])  # recorded long ago
    assert body["items"] == [
        {"symbol": "AAPL", "quantity": "0.5", **unknown},
        {"symbol": "MSFT", "quantity": "-2", **unknown},
    ]


async def test_position_is_told_with_what_it_cost_and_is_worth_at_the_last_close(api: Api) -> None:
    time = np.datetime64("2024-01-02T14:30", "ns") + np.arange(4) * np.timedelta64(1, "m")
    price = np.array([10.0, 10.0, 13.0, 12.5])
    frame = polars.DataFrame(
        {"timestamp": time, "open": price, "high": price, "low": price, "close": price, "volume": 1e6}
    ).with_columns(polars.col("timestamp").dt.replace_time_zone("UTC"))

    class Twice(weaver.Strategy):
        def on_bar(self, bar: Any) -> None:
            if bar.close == 10:  # twice; the orders fill at the next opens, 10 and 13
                self.buy(bar.symbol, 3)

    result = weaver.backtest(Twice, frame, symbols=["AAPL"], asset="stock", costs="none", lookahead_check=False)
    positions = {symbol: str(quantity) for symbol, quantity in result.positions.items()}
    await stored(api, positions=positions, blobs={"positions": encode_positions(result.finished)})
    body = (await api.client.get("/api/v1/runs/r1/positions")).json()
    assert body["items"] == [{
        "symbol": "AAPL", "quantity": "6", "average_price": "11.5", "cost": "69", "close": "12.5",
        "market_value": "75", "unrealised_pnl": "6",
    }]  # fmt: skip


async def test_indicators_of_a_run_that_has_not_run_are_none(api: Api) -> None:
    await api.database.keep(a_run("r1"))
    body = (await api.client.get("/api/v1/runs/r1/indicators")).json()
    assert body == {"run_id": "r1", "items": [], "left_out": 0}


def an_indicator(name: str, values: Sequence[float]) -> IndicatorColumn:
    stamps = FIRST + np.arange(len(values)) * MINUTE
    return IndicatorColumn(name=name, symbol="AAPL", timeframe="1m", timestamp=stamps, values=np.array(values))


async def test_indicators_are_sent_with_the_stamps_of_their_bars(api: Api) -> None:
    await stored(
        api, blobs={"indicators": encode_indicators([an_indicator("sma(AAPL.close, 2)", [float("nan"), 0.1, 7.0])])}
    )
    body = (await api.client.get("/api/v1/runs/r1/indicators")).json()
    assert body == {
        "run_id": "r1",
        "left_out": 0,
        "items": [
            {
                "name": "sma(AAPL.close, 2)",
                "symbol": "AAPL",
                "timeframe": "1m",
                "place": None,
                "timestamp": ["2023-11-14T22:13:20Z", "2023-11-14T22:14:20Z", "2023-11-14T22:15:20Z"],
                "values": [None, 0.1, 7.0],
                "total": 3,
                "downsampled": False,
            }
        ],
    }


async def test_indicators_are_sent_with_the_place_that_their_strategy_wants(api: Api) -> None:
    below = replace(an_indicator("spread", [1.0, 2.0]), place="below")
    await stored(api, blobs={"indicators": encode_indicators([below, replace(below, name="line", place="over")])})
    items = (await api.client.get("/api/v1/runs/r1/indicators")).json()["items"]
    assert [(one["name"], one["place"]) for one in items] == [("spread", "below"), ("line", "over")]


async def test_long_indicators_are_thinned_around_what_is_undefined_and_many_are_told_of(api: Api) -> None:
    walk = np.sin(np.arange(30_000) ** 1.5)
    walk[:40], walk[15_000:15_900], walk[12_345], walk[29_990:] = np.nan, np.nan, 5.0, np.nan
    every = [an_indicator(f"number {k}", walk.tolist()) for k in range(53)]
    await stored(api, blobs={"indicators": encode_indicators(every)})
    body = (await api.client.get("/api/v1/runs/r1/indicators", params={"points": 500})).json()
    assert (len(body["items"]), body["left_out"]) == (50, 3)
    for number, item in enumerate(body["items"]):
        values = [value for value in item["values"] if value is not None]
        assert (item["name"], item["total"], item["downsampled"]) == (f"number {number}", 30_000, True)
        assert len(item["values"]) == len(item["timestamp"]) <= 500
        assert (max(values), item["values"][0], item["values"][-1]) == (5.0, None, None)
        assert len(values) > 300


async def test_indicators_of_a_stretch_are_thinned_to_it_with_a_point_on_either_side(api: Api) -> None:
    await stored(api, blobs={"indicators": encode_indicators([an_indicator("up", list(map(float, range(6_000))))])})

    async def drawn(**params: Any) -> Any:
        (one,) = (await api.client.get("/api/v1/runs/r1/indicators", params={"points": 100, **params})).json()["items"]
        assert one["total"] == 6_000
        return one

    # 22:13:20 is the first stamp, and 22:20:20 the seventh after it.
    close = await drawn(start="2023-11-14T22:20:00Z", end="2023-11-14T22:24:20Z")
    assert close["values"] == [6.0, 7.0, 8.0, 9.0, 10.0, 11.0]
    assert close["timestamp"][0] == "2023-11-14T22:19:20Z"
    assert not close["downsampled"]
    assert (await drawn(end="2023-11-14"))["downsampled"]
    far = await drawn(start="2023-11-14T22:20:20Z")
    assert (far["values"][0], far["values"][-1], far["downsampled"]) == (6.0, 5_999.0, True)
    assert len(far["values"]) <= 100
    assert (await drawn(start="2030-01-01"))["values"] == [5_999.0]
    assert (await drawn(end="2020-01-01"))["values"] == [0.0]


async def test_log_is_read_in_order_with_filters_and_a_cursor(api: Api) -> None:
    await api.log.append([an_event(f"e{k}", "run.Progress", run_id=f"r{k % 2}") for k in range(6)])
    await api.log.append([an_event("last", "data.Imported", corr_id="mine")])
    first = (await api.client.get("/api/v1/events", params={"page_size": 4})).json()
    assert [item["seq"] for item in first["items"]] == [1, 2, 3, 4]
    assert (first["total"], first["page"], first["page_size"]) == (7, 1, 4)
    second = (await api.client.get("/api/v1/events", params={"page": 2, "page_size": 4})).json()
    assert [item["seq"] for item in second["items"]] == [5, 6, 7]
    assert (first["next_after"], first["newest"]) == (4, 7)
    rest = (await api.client.get("/api/v1/events", params={"after": first["next_after"]})).json()
    assert [item["seq"] for item in rest["items"]] == [5, 6, 7]
    end = (await api.client.get("/api/v1/events", params={"after": 7})).json()
    assert (end["items"], end["next_after"]) == ([], 7)
    for params, wanted in (
        ({"run_id": "r1"}, [2, 4, 6]),
        ({"corr_id": "mine"}, [7]),
        ({"type": "data.*"}, [7]),
        ({"type": ["data.Imported", "run.Progress"], "run_id": "r0", "after": 2}, [3, 5]),
    ):
        body = (await api.client.get("/api/v1/events", params=params)).json()
        assert [item["seq"] for item in body["items"]] == wanted


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"type": "run.Begun"}, 400), ({"page_size": 0}, 422), ({"page_size": 501}, 422), ({"after": -1}, 422),
        ({"after": 2**63}, 422), ({"run_id": "a\x00"}, 422),
    ],
)  # fmt: skip
async def test_unusable_questions_to_the_log_are_refused(api: Api, params: dict[str, Any], status: int) -> None:
    assert (await api.client.get("/api/v1/events", params=params)).status_code == status

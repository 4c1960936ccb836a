"""Runs over HTTP."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from tests.unit.glados.conftest import Api
from tests.unit.glados.fakes import START, a_run
from weaver.glados.ports import StoredResult
from weaver.glados.stored.thin_curves import encode_sparkline
from weaver.model.errors import StrategyError
from weaver.model.run import RunMode, RunStatus

pytestmark = pytest.mark.anyio
DEEP = b'{"config": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b', "strategy_id": "s", "symbols": ["A"]}'
A_RUN = {"strategy_id": "sma-crossover", "mode": "backtest", "symbols": ["AAPL"]}


async def created(api: Api, **fields: Any) -> dict[str, Any]:
    answer = await api.client.post("/api/v1/runs", json={**A_RUN, **fields})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_created_run_is_pending_and_can_be_read_back(api: Api) -> None:
    body = await created(api, name="first", config={"fast": 5})
    assert body["status"] == "pending"
    assert body["name"] == "first"
    assert body["config"] == {"fast": 5}
    assert body["created_at"] == "2024-01-02T03:04:05Z"
    assert body["strategy_source"] == "class SmaCrossover: ..."
    read = await api.client.get(f"/api/v1/runs/{body['id']}")
    assert read.status_code == 200
    assert read.json() == body


async def test_every_keyword_of_a_backtest_reaches_the_manager_as_it_was_given(api: Api) -> None:
    given = {
        "cash": "25000.50", "account": "margin", "leverage": 2, "shorting": True, "maintenance": 0.3,
        "costs": {"commission_bps": "1.5", "slippage_ticks": 2}, "warmup": 10, "seed": -7, "close_at_end": True,
        "asset": "stock", "lookahead_check": False, "audit": "full",
    }  # fmt: skip
    body = await created(api, timeframe="1d", venue="alpaca", **given)
    asked = api.runs.asked[0]
    assert asked.options == {
        **given, "cash": "25000.5", "leverage": "2", "maintenance": "0.3",
        "costs": {"commission_bps": "1.5", "slippage_ticks": "2"},
    }  # fmt: skip
    assert (asked.timeframe, asked.venue, asked.symbols) == ("1d", "alpaca", ("AAPL",))
    assert body["options"]["costs"] == {"commission_bps": "1.5", "slippage_ticks": "2"}


async def test_costs_by_symbol_and_funding_are_handed_on_and_shown(api: Api) -> None:
    rates = [["2024-01-01T09:00:00+01:00", "-0.0002"], ["2024-01-01T00:00:00Z", 0.0001]]
    given = {"AAPL": {"funding": rates, "maker_bps": 1}, "*": "none"}
    kept = {
        "AAPL": {"maker_bps": "1", "funding": "2024-01-01T00:00:00Z=0.0001 2024-01-01T08:00:00Z=-0.0002"},
        "*": "none",
    }
    body = await created(api, costs=given)
    assert api.runs.asked[0].options == {"costs": kept}
    assert body["options"]["costs"] == kept


async def test_costs_as_they_are_shown_can_be_sent_again_with_years_of_funding(api: Api) -> None:
    first = datetime(2021, 1, 1, tzinfo=UTC)
    rates = " ".join(f"{first + timedelta(hours=8 * at):%Y-%m-%dT%H:%M:%SZ}=0.0001" for at in range(3_000))
    await created(api, costs=f"maker_bps=1,funding={rates}")
    assert api.runs.asked[0].options == {"costs": f"maker_bps=1,funding={rates}"}


async def test_only_options_that_were_given_are_handed_on(api: Api) -> None:
    body = await created(api, costs="none")
    assert api.runs.asked[0].options == {"costs": "none"}
    assert body["options"]["costs"] == "none"
    assert body["options"]["cash"] is None


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2020-01-31", datetime(2020, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2020-01-31T14:30", datetime(2020, 1, 31, 14, 30, tzinfo=UTC)),
        ("2020-01-31T14:30:00+02:00", datetime(2020, 1, 31, 12, 30, tzinfo=UTC)),
        ("2020-01-31 14:30:00.25z", datetime(2020, 1, 31, 14, 30, 0, 250_000, tzinfo=UTC)),
        ("20200131", datetime(2020, 1, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("20200131T1430Z", datetime(2020, 1, 31, 14, 30, tzinfo=UTC)),
        ("9999-12-31", datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
async def test_end_is_inclusive_and_a_bare_date_means_the_whole_day(api: Api, given: str, meant: datetime) -> None:
    await created(api, start_time="2020-01-01", end_time=given)
    assert api.runs.asked[0].start_time == datetime(2020, 1, 1, tzinfo=UTC)
    assert api.runs.asked[0].end_time == meant


async def test_start_of_a_bare_date_is_its_begin(api: Api) -> None:
    await created(api, start_time="20050101")
    assert api.runs.asked[0].start_time == datetime(2005, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("field", ["start_time", "end_time"])
@pytest.mark.parametrize(
    "given",
    [
        0, -1, 1104537600, 1104537600.5, True, [], "0", "-1", "1104537600", "1104537600.5", "200501", "2005-01", "2005",
        "2005-0101", "200501011030", "2005-02-30", "20051301", "2005-01-01T", "2005-01-01T24:30", "2005-01-01T10:30+99",
        "2005-01-01T10:30:00 00:00", "2005-01-01x10:30", "2005-01-01\n", "", " ", "٢٠٠٥-01-01", "0000-01-01", "now",
    ],
)  # fmt: skip
async def test_what_is_no_iso_date_or_time_is_refused_with_how_to_write_one(api: Api, field: str, given: Any) -> None:
    answer = await api.client.post("/api/v1/runs", json={**A_RUN, field: given})
    assert (answer.status_code, answer.json()["details"][0]["field"]) == (422, f"body.{field}")
    said = answer.json()["message"]
    assert said.startswith(f"body.{field}: ")
    assert said.endswith(": write it in ISO 8601, as 2005-01-31 or 2005-01-31T14:30:00Z")
    assert "Value error" not in said
    assert api.runs.asked == []


async def test_document_says_that_times_are_dates_or_date_times(api: Api) -> None:
    document = api.app.openapi()
    told = [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}, {"type": "null"}]
    of_run = document["components"]["schemas"]["CreateRunRequest"]["properties"]
    of_candles = {one["name"]: one["schema"] for one in document["paths"]["/api/v1/candles"]["get"]["parameters"]}
    for schema in (of_run["start_time"], of_run["end_time"], of_candles["start"], of_candles["end"]):
        assert schema["anyOf"] == told


@pytest.mark.parametrize("name", ["", " ", "\t\n", "\u2003"])
async def test_name_of_blanks_only_is_refused(api: Api, name: str) -> None:
    answer = await api.client.post("/api/v1/runs", json={**A_RUN, "name": name})
    assert (answer.status_code, answer.json()["details"][0]["field"]) == (422, "body.name")


@pytest.mark.parametrize("name", ["a\nb", "\x1b[2J", "a\rb", "a\x7f", "a\u2028b", "a\x9bm"])
async def test_name_that_steers_a_terminal_is_refused(api: Api, name: str) -> None:
    answer = await api.client.post("/api/v1/runs", json={**A_RUN, "name": name})
    [error] = answer.json()["details"]
    assert (answer.status_code, error["field"]) == (422, "body.name")
    assert error["message"].endswith("a name is one line, without letters that steer a terminal")


async def test_name_may_have_letters_of_all_scripts(api: Api) -> None:
    assert (await created(api, name="ünï ☃ 夏 👩\u200d💻 [b]"))["name"] == "ünï ☃ 夏 👩\u200d💻 [b]"


async def test_blanks_around_a_name_are_no_part_of_it_nor_of_its_confirmation(api: Api) -> None:
    body = await created(api, name="  my run ")
    assert body["name"] == "my run"
    started = await api.client.post(f"/api/v1/runs/{body['id']}/start", json={"confirm": " my run "})
    assert started.status_code == 200


@pytest.mark.parametrize(("place", "said"), [("body", "5,003 fields, where "), ("body.costs", "5,000 fields, where ")])
async def test_a_body_of_thousands_of_unknown_fields_is_one_error(api: Api, place: str, said: str) -> None:
    """Each told of singly, a hundred thousand of them take the loop for a second."""
    unknown = {f"k{number}": 1 for number in range(5_000)}
    body = {**A_RUN, **unknown} if place == "body" else {**A_RUN, "costs": unknown}
    answer = await api.client.post("/api/v1/runs", json=body)
    assert answer.status_code == 422
    (detail,) = answer.json()["details"]
    assert detail["field"] == place
    assert said in detail["message"]


@pytest.mark.parametrize(
    ("costs", "field", "said"),
    [
        (5, "body.costs", "costs are a preset's name, a text as commission_bps=2,slippage_bps=1, or an object of keys"),
        ([], "body.costs", "an object of keys"),
        ("x" * 1_000_001, "body.costs", "String should have at most 1000000 characters"),
        ({"bps": 1}, "body.costs.bps", "Extra inputs are not permitted"),
        ({"slippage_bps": "much"}, "body.costs.slippage_bps", "an amount is a decimal number, as 12.5"),
        ({"AAPL": {"bps": 1}}, "body.costs.AAPL.bps", "Extra inputs are not permitted"),
        ({"AAPL": {}, "*": 5}, "body.costs.*", "an object of keys"),
        ({"funding": []}, "body.costs.funding", "at least 1 item"),
        ({"funding": [["2024-01-01", 1]]}, "body.costs.funding.0.0", "timezone"),
    ],
)  # fmt: skip
async def test_wrong_costs_are_one_error_at_a_readable_place(api: Api, costs: Any, field: str, said: str) -> None:
    answer = await api.client.post("/api/v1/runs", json={**A_RUN, "costs": costs})
    assert answer.status_code == 422
    (detail,) = answer.json()["details"]
    assert detail["field"] == field
    assert said in detail["message"]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"strategy_id": 5}, "body.strategy_id"),
        ({"symbols": []}, "body.symbols"),
        ({"symbols": "AAPL"}, "body.symbols"),
        ({"mode": "dream"}, "body.mode"),
        ({"end_time": "yesterday"}, "body.end_time"),
        ({"end_time": "2020-13-01"}, "body.end_time"),
        ({"start_time": "0001-01-01T00:00:00+14:00"}, "body.start_time"),
        ({"cash": "NaN"}, "body.cash"),
        ({"cash": True}, "body.cash"),
        ({"cash": "1e999"}, "body.cash"),
        ({"cash": []}, "body.cash"),
        ({"seed": 2**63}, "body"),
        ({"warmup": -1}, "body.warmup"),
        ({"costs": {"bps": "1"}}, "body.costs.bps"),
        ({"surprise": 1}, "body.surprise"),
        ({"name": "a\x00b"}, "body"),
        ({"name": "\ud800"}, "body"),
        ({"config": {"\udfff": 1}}, "body"),
        ({"config": {"n": 10**40}}, "body"),
        ({"config": {"a": [[[[{"b": "\x00"}]]]]}}, "body"),
    ],
)
async def test_wrong_shape_is_422_and_names_the_field(api: Api, fields: dict[str, Any], where: str) -> None:
    content = json.dumps({**A_RUN, **fields})  # plain ASCII, so that half a surrogate pair can be sent
    answer = await api.client.post("/api/v1/runs", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422, answer.text
    body = answer.json()
    assert body["code"] == "invalid_shape"
    assert any(detail["field"].startswith(where) for detail in body["details"]), body
    assert where in body["message"]
    assert api.runs.asked == []


@pytest.mark.parametrize(
    "content",
    [
        b"{", b'{"strategy_id": "\xff\xfe"}', b'{"config": {"a": NaN}, "strategy_id": "s", "symbols": ["A"]}', b"null",
        b"[" * 100_000, DEEP,
        b'{"config": {"a": ' + b"9" * 10_000 + b"}}", b"",
    ],
    ids=["cut", "not-utf8", "nan", "null", "brackets", "deep", "long-number", "empty"],
)  # fmt: skip
async def test_body_that_is_no_usable_json_is_422(api: Api, content: bytes) -> None:
    answer = await api.client.post("/api/v1/runs", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["message"]
    assert api.runs.asked == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "Expecting property name enclosed in double quotes at line 1, column 2"),
        (b"", "Field required"),
        (b"strategy_id=x", "Expecting value at line 1, column 1"),
        (b'{"name": "a",\n "symbols" []}', "Expecting ':' delimiter at line 2, column 12"),
        (b'{"name": "a"}{}', "Extra data at line 1, column 14"),
    ],
)
async def test_broken_json_is_told_with_its_place(api: Api, content: bytes, said: str) -> None:
    answer = await api.client.post("/api/v1/runs", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    expected = f"this is no JSON: {said}" if content else said
    assert answer.json()["details"] == [{"field": "body", "message": expected}]
    assert answer.json()["message"] == f"body: {expected}"


@pytest.mark.parametrize("path", ["/runs", "/runs/r1/start", "/session", "/orders"])
@pytest.mark.parametrize(
    ("sent_as", "said"),
    [
        (None, "without a Content-Type"),
        ("text/plain", "as text/plain"),
        ("application/x-www-form-urlencoded", "as app"),
    ],
)
async def test_json_that_is_not_sent_as_json_is_told_how_to_send_it(
    api: Api, path: str, sent_as: str | None, said: str
) -> None:
    headers = {} if sent_as is None else {"content-type": sent_as}
    answer = await api.client.post(f"/api/v1{path}", content=b'{"confirm": "x"}', headers=headers)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(f"body: it was sent {said}")
    assert answer.json()["message"].endswith(": send JSON, with the header Content-Type: application/json")


async def test_body_over_a_megabyte_is_413_however_it_is_sent(api: Api) -> None:
    async def pieces() -> Any:
        for _ in range(20):
            yield b"x" * 100_000

    for content in (b"x" * 1_100_000, pieces()):
        answer = await api.client.post("/api/v1/runs", content=content, headers={"content-type": "application/json"})
        assert answer.status_code == 413
        assert answer.json()["code"] == "too_large"


async def test_business_input_that_cannot_be_used_is_400_with_the_managers_words(api: Api) -> None:
    api.runs.failure = StrategyError("strategy 'x' cannot be used: line 3")
    answer = await api.client.post("/api/v1/runs", json=A_RUN)
    assert (answer.status_code, answer.json()["code"]) == (400, "strategy_error")
    assert answer.json()["message"] == "strategy 'x' cannot be used: line 3"


@pytest.mark.parametrize("mode", ["paper", "live"])
async def test_mode_without_a_venue_is_503_with_retry_after(api: Api, mode: str) -> None:
    answer = await api.client.post("/api/v1/runs", json={**A_RUN, "mode": mode})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0


async def test_run_goes_from_pending_to_running_to_stopped(api: Api) -> None:
    run = await created(api)
    started = await api.client.post(f"/api/v1/runs/{run['id']}/start")
    assert (started.status_code, started.json()["status"], started.json()["queued"]) == (200, "running", True)
    stopped = await api.client.post(f"/api/v1/runs/{run['id']}/stop", json={"flatten": True})
    assert (stopped.status_code, stopped.json()["status"]) == (200, "stopped")
    assert api.runs.flattened == [True]


async def test_wrong_state_is_409(api: Api) -> None:
    run = await created(api)
    path = f"/api/v1/runs/{run['id']}"
    assert (await api.client.post(f"{path}/stop")).status_code == 409
    assert (await api.client.post(f"{path}/start")).status_code == 200
    second = await api.client.post(f"{path}/start")
    assert (second.status_code, second.json()["code"]) == (409, "conflict")
    assert (await api.client.delete(path)).status_code == 409


async def test_start_hands_on_the_name_that_confirms_it(api: Api) -> None:
    run = await created(api, name="mine")
    path = f"/api/v1/runs/{run['id']}/start"
    wrong = await api.client.post(path, json={"confirm": "yours"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_input")
    assert (await api.client.post(path, json={"confirm": "mine"})).status_code == 200


async def test_clone_is_a_new_pending_run(api: Api) -> None:
    run = await created(api)
    answer = await api.client.post(f"/api/v1/runs/{run['id']}/clone")
    assert answer.status_code == 201
    assert answer.json()["cloned_from"] == run["id"]
    assert answer.json()["id"] != run["id"]


async def test_deleted_run_is_gone(api: Api) -> None:
    run = await created(api)
    answer = await api.client.delete(f"/api/v1/runs/{run['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await api.client.get(f"/api/v1/runs/{run['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""), ("DELETE", ""), ("POST", "/start"), ("POST", "/stop"), ("POST", "/clone"), ("GET", "/results"),
        ("GET", "/equity"), ("GET", "/trades"), ("GET", "/fills"), ("GET", "/orders"), ("GET", "/events"),
        ("GET", "/log"), ("GET", "/indicators"), ("GET", "/positions"), ("GET", "/report.html"),
    ],
)  # fmt: skip
async def test_unknown_run_is_404_everywhere(api: Api, method: str, path: str) -> None:
    answer = await api.client.request(method, f"/api/v1/runs/nobody{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "nobody" in answer.json()["message"]


async def test_run_id_with_a_nul_character_is_422(api: Api) -> None:
    answer = await api.client.get("/api/v1/runs/a%00b")
    assert (answer.status_code, answer.json()["details"][0]["field"]) == (422, "path.run_id")


async def some_runs(api: Api, count: int, **of_the_fourth: Any) -> None:
    for number in range(count):
        status = RunStatus.COMPLETED if number % 3 == 0 else RunStatus.ERROR
        mode = RunMode.PAPER if number % 2 else RunMode.BACKTEST
        run = a_run(f"r{number}", status=status, mode=mode, created_at=START + timedelta(seconds=number))
        await api.database.keep(replace(run, **of_the_fourth) if number == 3 else run)


async def test_list_is_paged_with_a_full_total(api: Api) -> None:
    await some_runs(api, 7)
    first = (await api.client.get("/api/v1/runs", params={"page_size": 3})).json()
    last = (await api.client.get("/api/v1/runs", params={"page_size": 3, "page": 3})).json()
    assert [run["id"] for run in first["items"]] == ["r6", "r5", "r4"]
    assert [run["id"] for run in last["items"]] == ["r0"]
    assert (first["total"], first["page"], first["page_size"]) == (7, 1, 3)
    assert (last["total"], last["page"]) == (7, 3)


async def test_deep_page_is_empty_with_the_full_total(api: Api) -> None:
    await some_runs(api, 7)
    body = (await api.client.get("/api/v1/runs", params={"page": 10**9, "page_size": 500})).json()
    assert (body["items"], body["total"], body["page"]) == ([], 7, 10**9)


async def test_list_is_filtered_by_status_mode_and_strategy_and_sorted(api: Api) -> None:
    await some_runs(api, 7, strategy_id="dca")
    params: list[tuple[str, str]] = [("status", "completed"), ("status", "running"), ("sort", "-created_at")]
    body = (await api.client.get("/api/v1/runs", params=params)).json()
    assert [run["id"] for run in body["items"]] == ["r6", "r3", "r0"]
    params += [("mode", "paper"), ("strategy_id", "dca")]
    assert [run["id"] for run in (await api.client.get("/api/v1/runs", params=params)).json()["items"]] == ["r3"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"page": 0}, 422), ({"page": -1}, 422), ({"page": 10**30}, 422), ({"page": "x"}, 422), ({"page_size": 0}, 422),
        ({"page_size": 501}, 422), ({"status": "sleeping"}, 422), ({"mode": ""}, 422), ({"strategy_id": "a\x00"}, 422),
        ({"sort": "color"}, 400),
    ],
)  # fmt: skip
async def test_unusable_query_values_are_refused(api: Api, params: dict[str, Any], status: int) -> None:
    answer = await api.client.get("/api/v1/runs", params=params)
    assert answer.status_code == status
    assert answer.json()["message"]


async def test_list_is_sorted_by_a_figure_with_runs_that_have_none_at_the_end(api: Api) -> None:
    returns = {"low": -0.2, "high": 0.3, "mid": 0.05}
    results = {
        name: StoredResult(stats={"total_return": value}, record={}, warnings=[], positions={})
        for name, value in returns.items()
    }
    done = [a_run(name, status=RunStatus.COMPLETED) for name in returns]
    await api.database.keep(*done, a_run("new"), results=results)
    for sort, wanted in (
        ("-total_return", ["high", "mid", "low", "new"]), ("total_return", ["low", "mid", "high", "new"]),
    ):  # fmt: skip
        body = (await api.client.get("/api/v1/runs", params={"sort": sort})).json()
        assert [one["id"] for one in body["items"]] == wanted
    first = (await api.client.get("/api/v1/runs", params={"sort": "-total_return", "page": 2, "page_size": 2})).json()
    assert [one["id"] for one in first["items"]] == ["low", "new"]


async def test_list_shows_the_figures_of_completed_backtests_alone(api: Api) -> None:
    stats = {"total_return": 0.25, "sharpe": float("inf"), "max_drawdown": -0.1, "trades": 4, "skew": 1.0}
    curve = np.linspace(100.0, 125.0, 500)
    curve[250] = 60.0
    done = StoredResult(
        stats=stats, record={}, warnings=[], positions={}, blobs={"sparkline": encode_sparkline(curve), "equity": b"x"}
    )
    old = replace(done, blobs={})
    await api.database.keep(
        a_run("done", status=RunStatus.COMPLETED),
        a_run("old", status=RunStatus.COMPLETED),
        a_run("new"),
        results={"done": done, "old": old},
    )
    items = {one["id"]: one["figures"] for one in (await api.client.get("/api/v1/runs")).json()["items"]}
    assert items["new"] is None
    figures = items["done"]
    drawn = figures.pop("sparkline")
    assert figures == {"total_return": 0.25, "sharpe": None, "max_drawdown": -0.1, "trades": 4}
    assert (drawn[0], drawn[-1], min(drawn)) == (100.0, 125.0, 60.0)
    assert len(drawn) <= 60
    assert items["old"] == {**figures, "sparkline": []}

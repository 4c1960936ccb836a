"""Every error has one shape, the right status, and tells nothing that it should not."""

import json
from pathlib import Path

import pytest

from tests.every_error import WORDS, derived, in_the_tree
from tests.unit.glados.conftest import Api
from weaver.glados.http.errors import DETAILS_MAX, error_response
from weaver.glados.http.web import add_web
from weaver.glados.schemas.errors import ErrorDetail
from weaver.model.errors import (
    Conflict,
    DataError,
    IllegalTransition,
    InputError,
    InvalidOrder,
    NotFound,
    StrategyError,
    Unavailable,
    WeaverError,
    WorkerLost,
)
from weaver.model.fit_text import LENGTH_MAX

pytestmark = pytest.mark.anyio
SHAPE = {"code", "message", "details", "correlation_id"}


STATUSES = {
    "WeaverError": (400, "bad_input"), "InputError": (400, "bad_input"), "DataError": (400, "bad_input"),
    "Damaged": (409, "damaged"), "NotFound": (404, "not_found"), "InvalidOrder": (400, "invalid_order"),
    "StrategyError": (400, "strategy_error"), "IndicatorFailed": (400, "strategy_error"),
    "IllegalTransition": (409, "conflict"), "RunFailed": (409, "run_failed"),
    "WorkerLost": (409, "run_failed"), "OutOfMemory": (409, "run_failed"), "Conflict": (409, "conflict"),
    "ReadOnly": (409, "conflict"), "Unavailable": (503, "unavailable"), "OutcomeUnknown": (503, "unavailable"),
    "OverLimit": (503, "unavailable"), "GatesNotMet": (409, "gates_not_met"),
    "NotLetIn": (503, "unavailable"),
}  # fmt: skip


@pytest.mark.parametrize("error", [*in_the_tree(), *derived()], ids=lambda error: type(error).__name__)
async def test_every_error_is_answered_with_the_status_of_its_family(api: Api, error: WeaverError) -> None:
    api.runs.failure = error
    answer = await api.client.post("/api/v1/runs", json={"strategy_id": "s", "symbols": ["A"]})
    assert (answer.status_code, answer.json()["code"]) == STATUSES[type(error).__name__]
    assert answer.json()["message"] == WORDS


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("no such thing"), 404, "not_found"),
        (InputError("cannot be used"), 400, "bad_input"),
        (DataError("row 3"), 400, "bad_input"),
        (InvalidOrder("quantity 0"), 400, "invalid_order"),
        (StrategyError("line 7"), 400, "strategy_error"),
        (Conflict("is running"), 409, "conflict"),
        (IllegalTransition("a run that is running cannot start"), 409, "conflict"),
        (WorkerLost("signal 9"), 409, "run_failed"),
        (Unavailable("gone"), 503, "unavailable"),
        (WeaverError("something"), 400, "bad_input"),
    ],
)
async def test_error_of_a_handler_becomes_its_status_with_its_own_words(
    api: Api, error: WeaverError, status: int, code: str
) -> None:
    api.runs.failure = error
    answer = await api.client.post("/api/v1/runs", json={"strategy_id": "s", "symbols": ["A"]})
    body = answer.json()
    assert (answer.status_code, body["code"], body["message"]) == (status, code, str(error))
    assert body.keys() == SHAPE
    assert body["correlation_id"] == answer.headers["x-correlation-id"]
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_bug_is_500_that_tells_nothing_but_is_in_the_log(api: Api) -> None:
    api.runs.failure = ZeroDivisionError("postgresql://weaver:hunter2@db and other secrets")
    answer = await api.client.post("/api/v1/runs", json={"strategy_id": "s", "symbols": ["A"]})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.json().keys() == SHAPE
    assert "hunter2" not in answer.text
    assert "ZeroDivision" not in answer.text
    (line,) = [line for line in api.logged if line["event"] == "request failed"]
    assert line["log_level"] == "error"
    assert line["correlation_id"] == answer.json()["correlation_id"]
    assert line["exc_info"]


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing", "/api/v1/runs/", "/api/v2/runs", "/api/v1/runs/a/b/c"])
async def test_unknown_path_is_404_in_the_one_shape(api: Api, path: str) -> None:
    answer = await api.client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json().keys() == SHAPE


WRONG_METHODS = [
    ("PUT", "/api/v1/runs", "GET, POST"),
    ("PATCH", "/api/v1/session", "GET, POST, DELETE"),
    ("POST", "/api/v1/runs/r1", "GET, DELETE"),
    ("POST", "/api/v1/healthz", "GET, HEAD"),
    ("BREW", "/api/v1/data/BTC/USD/1d", "DELETE"),
    ("POST", "/openapi.json", "GET, HEAD"),
]


@pytest.mark.parametrize(("method", "path", "allowed"), WRONG_METHODS)
@pytest.mark.parametrize("has_web", [False, True])
async def test_wrong_method_is_405_and_names_all_there_are_of_the_path(
    api: Api, tmp_path: Path, method: str, path: str, allowed: str, has_web: bool
) -> None:
    if has_web:  # its files take every path that nobody else takes
        (tmp_path / "index.html").touch()
        add_web(api.app, tmp_path)
    answer = await api.client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == allowed
    assert answer.json()["message"] == f"{method} is not possible on {path}: there is {allowed}"


async def test_database_that_is_away_is_503_and_comes_back(api: Api) -> None:
    api.database.is_away = Unavailable("the database does not answer")
    answer = await api.client.get("/api/v1/runs")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "5"
    api.database.is_away = None
    assert (await api.client.get("/api/v1/runs")).status_code == 200


@pytest.mark.parametrize(("given", "is_taken"), [
    ("abc-1.2_X", True), ("a" * 64, True), ("a" * 65, False), ("a b", False), ("a\tb", False), ("<x>", False),
    ("", False),
])  # fmt: skip
async def test_sane_correlation_id_is_taken_and_others_are_replaced(api: Api, given: str, is_taken: bool) -> None:
    answer = await api.client.get("/api/v1/runs/nobody", headers={"X-Correlation-ID": given})
    used = answer.headers["x-correlation-id"]
    assert (used == given) == is_taken
    assert used
    assert answer.json()["correlation_id"] == used
    (line,) = [line for line in api.logged if line["event"] == "request"]
    assert line["correlation_id"] == used


async def test_correlation_id_reaches_the_events_that_a_request_sets_in_motion(api: Api) -> None:
    headers = {"X-Correlation-ID": "my-request"}
    created = await api.client.post("/api/v1/runs", json={"strategy_id": "s", "symbols": ["A"]}, headers=headers)
    await api.client.post(f"/api/v1/runs/{created.json()['id']}/start", headers={"X-Correlation-ID": "start"})
    assert [(event.type, event.corr_id) for event in await api.events()] == [
        ("run.Created", "my-request"),
        ("run.Started", "start"),
    ]


async def test_each_request_is_one_log_line_without_its_query(api: Api) -> None:
    await api.client.get("/api/v1/runs", params={"name": "private"})
    (line,) = [line for line in api.logged if line["event"] == "request"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/v1/runs", 200)
    assert line["client"] == "192.0.2.7"
    assert "private" not in repr(line)


def test_error_text_that_utf8_cannot_carry_is_sent_all_the_same() -> None:
    answer = error_response(400, "half a pair: \ud800", correlation_id="c")
    assert b"half a pair: ?" in answer.body


async def test_value_that_is_echoed_is_cut_wherever_it_was_sent(api: Api) -> None:
    huge = "x" * 50_000
    api.runs.failure = InputError(f"there are no bars of {huge}: import some")
    answers = [
        await api.client.post("/api/v1/runs", json={"strategy_id": "s", "symbols": ["A"]}),
        await api.client.post("/api/v1/runs", json={"strategy_id": "s", "symbols": ["A"], huge: 1}),
        await api.client.post("/api/v1/runs", json={"strategy_id": "s", "symbols": ["A"], "start_time": huge}),
        await api.client.get(f"/api/v1/runs/{huge}"),
        await api.client.get(f"/{huge}"),
        await api.client.get("/api/v1/events/stream", params={"types": huge[:4_000]}),
    ]
    assert answers[0].json()["message"].endswith("xxx: import some")
    for answer in answers:
        assert 400 <= answer.status_code < 500
        assert len(answer.content) < 2 * LENGTH_MAX, answer.text[:300]


def test_no_more_details_are_sent_than_anybody_reads() -> None:
    details = [ErrorDetail(field=str(number), message="wrong") for number in range(10_000)]
    answer = error_response(422, "wrong", correlation_id="c", details=details)
    assert len(json.loads(bytes(answer.body))["details"]) == DETAILS_MAX

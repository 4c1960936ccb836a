"""A server with a token, from outside: who gets in, what cannot be reached, and what is never told."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.server import Server, server
from tests.acceptance.service.api import Api

TOKEN = "correct-horse-battery-staple-7c1f"
CANARY = "canary-5d41402abc4b"
OPEN = {("GET", "/api/v1/healthz"), ("POST", "/api/v1/session")}
METHODS = ("get", "post", "put", "patch", "delete")
OUTSIDE = (
    "../canary", "..%2fcanary", "..%2Fcanary.py", "%2e%2e%2fcanary", "....//canary", "/etc/passwd", "%2fetc%2fpasswd",
    "..\\canary", "~/canary", "canary.py", "../../home/canary.py:Canary",
)  # fmt: skip


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a token, and a strategy file beside its home that nothing may reach."""
    home = tmp_path_factory.mktemp("guarded") / "home"
    home.parent.joinpath("canary.py").write_text(
        f'from weaver import Strategy\n\n\nclass Canary(Strategy):\n    """{CANARY}"""\n'
    )
    with server(home, SECURITY_API_TOKEN=TOKEN) as running:
        with Api(running.url, **{"X-API-Key": TOKEN}) as api:
            api.import_sample("AAPL_1d.csv")
        yield running


@pytest.fixture
def api(guarded: Server) -> Iterator[Api]:
    with Api(guarded.url, **{"X-API-Key": TOKEN}) as client:
        yield client


@pytest.fixture
def stranger(guarded: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=guarded.url, timeout=60, trust_env=False) as client:
        yield client


def test_no_operation_but_health_and_sign_in_answers_without_the_token(api: Api, stranger: httpx.Client) -> None:
    document = api.http.get("/openapi.json").json()
    tried = 0
    for template, operations in document["paths"].items():
        path = template.replace("{", "").replace("}", "")
        for method in METHODS:
            if method in operations and (method.upper(), template) not in OPEN:
                answer = stranger.request(method, path)
                assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
                assert answer.json()["code"] == "unauthorized"
                tried += 1
    assert tried > 35
    for path in ("/openapi.json", "/docs", "/api/v1/nothing"):
        assert stranger.get(path).status_code == 401, path
    health = stranger.get("/api/v1/healthz")
    assert health.status_code == 200
    assert str(api.http.base_url) not in health.text


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": "wrong"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"X-API-Key": TOKEN + "x"},
        {"Cookie": f"weaver_session={TOKEN}"},
    ],
)
def test_what_is_not_the_token_gets_nowhere(stranger: httpx.Client, headers: dict[str, str]) -> None:
    assert stranger.get("/api/v1/runs", headers=headers).status_code == 401


def test_token_is_taken_as_key_as_bearer_and_as_cookie_until_sign_out(stranger: httpx.Client) -> None:
    assert stranger.get("/api/v1/runs", headers={"X-API-Key": TOKEN}).status_code == 200
    assert stranger.get("/api/v1/runs", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    signed_in = stranger.post("/api/v1/session", json={"token": TOKEN})
    assert signed_in.status_code == 201
    flags = [part.strip().lower() for part in signed_in.headers["set-cookie"].split(";")]
    assert {"httponly", "samesite=strict", "path=/"} <= set(flags)
    assert TOKEN not in signed_in.headers["set-cookie"]
    cookie = {"Cookie": signed_in.headers["set-cookie"].split(";")[0]}
    stranger.cookies.clear()
    assert stranger.get("/api/v1/runs", headers=cookie).status_code == 200
    assert stranger.delete("/api/v1/session", headers=cookie).status_code == 204
    assert stranger.get("/api/v1/runs", headers=cookie).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.evil.example"},
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/runs", "/api/v1/healthz"])
def test_foreign_host_or_origin_is_403_even_with_the_token(api: Api, headers: dict[str, str], path: str) -> None:
    assert api.http.get(path, headers=headers).status_code == 403


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_name_reaches_a_file_outside(api: Api, name: str) -> None:
    run = {"mode": "backtest", "symbols": ["AAPL"], "timeframe": "1d"}
    answers = [
        api.http.get(f"/api/v1/strategies/{name}"),
        api.http.get(f"/api/v1/strategies/{name}/source"),
        api.http.get(f"/api/v1/runs/{name}"),
        api.http.get(f"/api/v1/runs/{name}/report.html"),
        api.http.get("/api/v1/candles", params={"symbol": name, "timeframe": "1d"}),
        api.http.delete(f"/api/v1/data/{name}/1d"),
        api.http.post("/api/v1/runs", json={**run, "strategy_id": name}),
        api.http.post("/api/v1/runs", json={**run, "strategy_id": "sma-crossover", "symbols": [name]}),
        api.http.post("/api/v1/data/import", files={"file": (name, b"x")}, data={"symbol": name, "timeframe": "1d"}),
        api.http.get(f"/{name}"),
    ]
    for answer in answers:
        assert answer.status_code in {200, 201, 400, 404, 405, 422}, f"{answer.url}: {answer.status_code}"
        assert CANARY not in answer.text, answer.url
        assert "root:" not in answer.text, answer.url
    assert [answer.status_code for answer in answers[:8] if answer.status_code < 400] == []


def test_nothing_is_written_outside_by_an_uploads_name(guarded: Server, api: Api) -> None:
    before = sorted(path for path in guarded.home.parent.rglob("*") if guarded.home not in path.parents)
    body = b"timestamp,open,high,low,close,volume\n2024-01-02,1,2,1,2,10\n2024-01-03,2,3,2,3,10\n"
    job = api.upload("../../../canary.py", body, symbol="NAMED", timeframe="1d", asset="crypto")
    assert job["status"] == "done", job
    assert sorted(path for path in guarded.home.parent.rglob("*") if guarded.home not in path.parents) == before
    assert CANARY in guarded.home.parent.joinpath("canary.py").read_text()


def test_token_is_told_nowhere(guarded: Server, api: Api, stranger: httpx.Client) -> None:
    told: list[Any] = [
        api.get("/settings"),
        api.http.get("/openapi.json").json(),
        api.pages("/events"),
        api.get("/strategies"),
        stranger.post("/api/v1/session", json={"token": TOKEN, "surprise": TOKEN}).json(),
        api.http.post("/api/v1/runs", json={"strategy_id": TOKEN}).json().keys(),
        api.http.get("/api/v1/runs", params={"sort": "nothing"}).json(),
    ]
    stranger.get("/api/v1/runs", params={"token": TOKEN, "api_key": TOKEN})
    stranger.get(f"/api/v1/runs/{TOKEN}")
    assert TOKEN not in json.dumps(told, default=str)
    assert TOKEN not in guarded.log + guarded.said


def test_password_of_the_database_is_not_in_the_refusal_to_start(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://weaver:{TOKEN}@127.0.0.1:1/weaver"
    refused = up(tmp_path, DB_URL=url)
    assert refused.returncode != 0
    assert TOKEN not in refused.stdout + refused.stderr
    assert "'weaver' on 127.0.0.1:1" in refused.stderr


def test_address_that_others_can_reach_needs_a_token(tmp_path: Path) -> None:
    refused = up(tmp_path, SERVER_HOST="0.0.0.0")
    assert refused.returncode == 2
    lines = [line for line in refused.stderr.splitlines() if line.startswith("error:")]
    assert len(lines) == 1
    assert "SECURITY_API_TOKEN" in lines[0]
    assert "Traceback" not in refused.stderr


def up(home: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A server that will not start."""
    return subprocess.run(
        [sys.executable, "-m", "weaver", "up", "--no-open", "--port", "0"],
        env={**os.environ, "WEAVER_HOME": str(home / "home"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

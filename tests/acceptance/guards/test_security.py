"""A server with a token, from outside: who gets in, what cannot be reached, and what is never told."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.server import PATIENCE_SECONDS, Server, server
from tests.acceptance.service.api import Api, eventually
from tests.kill.storages import migrate
from tests.postgres import OwnServer

TOKEN = "correct-horse-battery-staple-7c1f"
PASSWORD = "hunter2secret"
CANARY = "canary-5d41402abc4b"
OPEN = {("GET", "/api/v1/healthz"), ("POST", "/api/v1/session")}
METHODS = ("get", "post", "put", "patch", "delete")
OUTSIDE = (
    "../canary", "..%2fcanary", "..%2Fcanary.py", "%2e%2e%2fcanary", "....//canary", "/etc/passwd", "%2fetc%2fpasswd",
    "..\\canary", "~/canary", "canary.py", "../../home/canary.py:Canary", "{home}/../canary", "{home}/../canary.py",
    "/{home}/../canary.py", "../" * 40 + "{home}/../canary.py",
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
    for path in ("/openapi.json", "/api/v1/nothing"):
        assert stranger.get(path).status_code == 401, path
    assert "swagger" not in stranger.get("/docs").text.lower()
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


def test_way_to_sign_in_is_told_with_every_401(stranger: httpx.Client) -> None:
    answers = [
        stranger.get("/api/v1/runs"),
        stranger.get("/openapi.json"),
        stranger.get("/api/v1/events/stream", headers={"X-API-Key": "wrong"}),
        stranger.post("/api/v1/session", json={"token": "wrong"}),
    ]
    assert [(one.status_code, one.headers["www-authenticate"]) for one in answers] == [(401, "Bearer")] * 4


def test_head_of_health_answers_without_a_body_and_without_a_token(stranger: httpx.Client) -> None:
    get, head = stranger.get("/api/v1/healthz"), stranger.head("/api/v1/healthz")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert stranger.get("/api/v1/healthz").status_code == 200  # the connection is in step still
    assert stranger.head("/api/v1/runs").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": f" {TOKEN} "},
        {"X-API-Key": f"{TOKEN}\t"},
        {"Authorization": f"Bearer {TOKEN} "},
        {"X-API-Key": TOKEN, "Host": "localhost "},
        {"X-API-Key": TOKEN, "Host": "127.0.0.2"},
        {"X-API-Key": TOKEN, "Host": "[0:0:0:0:0:0:0:1]"},
    ],
)
def test_blanks_around_a_header_are_no_part_of_it_and_loopback_has_many_names(
    guarded: Server, headers: dict[str, str]
) -> None:
    with closing(HTTPConnection(httpx.URL(guarded.url).netloc.decode(), timeout=PATIENCE_SECONDS)) as connection:
        connection.request("GET", "/api/v1/runs", headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()


def test_link_out_of_the_strategies_folder_is_listed_with_what_to_do_and_not_read(guarded: Server, api: Api) -> None:
    folder = guarded.home / "strategies"
    folder.mkdir(exist_ok=True)
    targets = {"passwd": Path("/etc/passwd"), "linked": guarded.home.parent / "canary.py"}
    for name, target in targets.items():
        (folder / f"{name}.py").symlink_to(target)
    try:
        for name in targets:
            assert "lies outside" in api.get(f"/strategies/{name}")["error"]
            said = api.refused("GET", f"/strategies/{name}/source", status=400)
            assert "put a copy of that file there" in said
            assert CANARY not in said
            assert "root:" not in said
            run = {"strategy_id": name, "symbols": ["AAPL"]}
            assert "lies outside" in api.refused("POST", "/runs", status=400, json=run)
        api.refused("GET", "/strategies/canary", status=404)
    finally:
        for name in targets:
            (folder / f"{name}.py").unlink()


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_name_reaches_a_file_outside(guarded: Server, api: Api, name: str) -> None:
    name = name.format(home=guarded.home)
    run = {"mode": "backtest", "symbols": ["AAPL"], "timeframe": "1d"}
    refused = [
        as_it_stands(guarded, "GET", f"/api/v1/strategies/{name}"),
        as_it_stands(guarded, "GET", f"/api/v1/strategies/{name}/source"),
        as_it_stands(guarded, "GET", f"/api/v1/runs/{name}"),
        as_it_stands(guarded, "GET", f"/api/v1/runs/{name}/report.html"),
        as_it_stands(guarded, "DELETE", f"/api/v1/data/{name}/1d"),
        told(api.http.get("/api/v1/candles", params={"symbol": name, "timeframe": "1d"})),
        told(api.http.post("/api/v1/runs", json={**run, "strategy_id": name})),
        told(api.http.post("/api/v1/runs", json={**run, "strategy_id": "sma-crossover", "symbols": [name]})),
    ]
    answers = [
        *refused,
        as_it_stands(guarded, "GET", f"/{name}"),
        as_it_stands(guarded, "GET", f"/assets/{name}"),
        told(api.http.post("/api/v1/data/import", files={"file": (name, b"x")}, data={"symbol": name})),
    ]
    for status, text in answers:
        assert status in {200, 201, 400, 404, 405, 422}, text
        assert CANARY not in text
        assert "root:" not in text
    assert [status for status, _ in refused if status < 400] == []


def as_it_stands(guarded: Server, method: str, target: str) -> tuple[int, str]:
    """The answer to a target of which nothing is resolved or quoted before it is sent, as httpx would."""
    with closing(HTTPConnection(httpx.URL(guarded.url).netloc.decode(), timeout=PATIENCE_SECONDS)) as connection:
        connection.request(method, target, headers={"X-API-Key": TOKEN})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.text


def test_nothing_is_written_outside_by_an_uploads_name(guarded: Server, api: Api) -> None:
    before = sorted(path for path in guarded.home.parent.rglob("*") if guarded.home not in path.parents)
    body = b"timestamp,open,high,low,close,volume\n2024-01-02,1,2,1,2,10\n2024-01-03,2,3,2,3,10\n"
    job = api.upload("../../../canary.py", body, symbol="NAMED", timeframe="1d", asset="crypto")
    assert job["status"] == "done", job
    assert sorted(path for path in guarded.home.parent.rglob("*") if guarded.home not in path.parents) == before
    assert CANARY in guarded.home.parent.joinpath("canary.py").read_text()


def test_token_is_told_nowhere(guarded: Server, api: Api, stranger: httpx.Client) -> None:
    run_id = api.ended(api.started("sma-crossover"))["id"]
    events = api.events()
    assert len(events) > 100
    answers: list[Any] = [
        api.get("/settings"),
        api.http.get("/openapi.json").json(),
        events,
        api.record(run_id),
        api.get("/strategies"),
        api.http.get("/api/v1/metrics").text,
        stranger.post("/api/v1/session", json={"token": TOKEN, "surprise": TOKEN}).json(),
        api.http.post("/api/v1/runs", json={"strategy_id": TOKEN}).json(),
        api.http.get("/api/v1/runs", params={"sort": "nothing"}).json(),
    ]
    stranger.get("/api/v1/runs", params={"token": TOKEN, "api_key": TOKEN})
    stranger.get(f"/api/v1/runs/{TOKEN}")
    assert TOKEN not in json.dumps(answers, default=str)
    assert TOKEN not in guarded.log + guarded.said


def test_password_of_the_database_is_told_nowhere_though_the_database_goes_and_comes(
    own_postgres: OwnServer, tmp_path: Path
) -> None:
    url = own_postgres.url.set(password=PASSWORD).render_as_string(hide_password=False)
    migrate(url)
    with server(tmp_path / "home", DB_URL=url) as running, Api(running.url) as api:
        api.import_sample("AAPL_1d.csv")
        run_id = api.ended(api.started("sma-crossover"))["id"]
        own_postgres.stop()
        text = api.http.get("/api/v1/metrics").raise_for_status().text
        assert "weaver_database_up 0.0" in text
        assert "weaver_runs{" not in text
        answers: list[Any] = [
            api.call("GET", path, status=503)
            for path in ("/healthz", "/runs", f"/runs/{run_id}", f"/runs/{run_id}/fills", "/events", "/events/stream")
        ]
        body = {"strategy_id": "sma-crossover", "symbols": ["AAPL"]}
        answers.append(api.call("POST", "/runs", status=503, json=body))
        answers.append(api.call("POST", f"/runs/{run_id}/clone", status=503))
        own_postgres.start()
        eventually(lambda: is_well(api), what="the server to own its database again")
        api.ended(api.started("sma-crossover"))
        answers += [api.events(), api.record(run_id), api.get("/settings"), api.http.get("/api/v1/metrics").text]
        running.stop()
    assert "does not answer" in running.log
    assert PASSWORD not in json.dumps(answers)
    assert PASSWORD not in running.log + running.said


def is_well(api: Api) -> bool:
    answer = api.http.get("/api/v1/healthz")
    return answer.status_code == 200 and not answer.json()["read_only"]


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

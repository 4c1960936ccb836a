"""Who is let in: tokens, cookies, hosts, origins; and what every answer carries."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.datastructures import Headers

from tests.unit.glados.conftest import TOKEN, Api
from tests.unit.glados.fakes import FakeClock, FakeIds, an_event
from weaver.glados.http.security import (
    SESSION_DAYS,
    SESSIONS_MAX,
    Names,
    Sessions,
    check_bind,
    check_names,
    credentials,
    is_guessable,
)
from weaver.glados.limits import Limits
from weaver.model.errors import InputError

pytestmark = pytest.mark.anyio
Open = Callable[..., AbstractAsyncContextManager[Api]]
HEADERS = [{"X-API-Key": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}, {"authorization": f"bearer  {TOKEN} "}]
WRONG = [
    {},
    {"X-API-Key": ""},
    {"X-API-Key": TOKEN[:-1]},
    {"X-API-Key": TOKEN + "x"},
    {"X-API-Key": TOKEN.upper()},
    {"Authorization": TOKEN},
    {"Authorization": f"Basic {TOKEN}"},
    {"Authorization": "Bearer"},
    {"Cookie": f"weaver_session={TOKEN}"},
    {"Cookie": "weaver_session=session-1; ="},
]


def operations(api: Api) -> list[tuple[str, str]]:
    """Every method and path of the document."""
    return [(m.upper(), path) for path, methods in api.app.openapi()["paths"].items() for m in methods]


async def test_no_operation_but_health_and_sign_in_answers_without_the_token(open_api: Open) -> None:
    async with open_api(token=TOKEN) as api:
        found = operations(api)
        assert len(found) > 35
        for method, path in found:
            answer = await api.client.request(method, path.replace("{", "").replace("}", ""))
            is_open = (method, path) in {("GET", "/api/v1/healthz"), ("POST", "/api/v1/session")}
            assert (answer.status_code == 401) != is_open, (method, path, answer.status_code)


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/", "/api/v1/nothing", "/api/v1/healthz/x"])
async def test_paths_beside_the_operations_need_the_token_too(open_api: Open, path: str) -> None:
    async with open_api(token=TOKEN) as api:
        assert (await api.client.get(path)).status_code == 401


async def test_web_files_load_without_the_token_where_there_are_any_and_the_api_does_not(open_api: Open) -> None:
    async with open_api(token=TOKEN, serves_web=True) as api:
        assert (await api.client.get("/runs/r1")).status_code == 404  # past the guard; nothing is mounted here
        assert (await api.client.get("/docs")).status_code == 404  # a page of the web app, if of anything
        for path in ("/api/v1/runs", "/api/x", "/api", "/openapi.json"):
            assert (await api.client.get(path)).status_code == 401
        assert (await api.client.post("/")).status_code == 401


@pytest.mark.parametrize("headers", HEADERS)
async def test_token_is_taken_by_either_header(open_api: Open, headers: dict[str, str]) -> None:
    async with open_api(token=TOKEN) as api:
        assert (await api.client.get("/api/v1/runs", headers=headers)).status_code == 200


@pytest.mark.parametrize("headers", WRONG)
async def test_anything_but_the_token_is_401_in_the_shape_of_errors(open_api: Open, headers: dict[str, str]) -> None:
    async with open_api(token=TOKEN) as api:
        answer = await api.client.get("/api/v1/runs", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["code"] == "unauthorized"
        assert TOKEN not in answer.text


async def test_wrong_token_at_sign_in_is_told_the_way_too(open_api: Open) -> None:
    async with open_api(token=TOKEN) as api:
        answer = await api.client.post("/api/v1/session", json={"token": "guess"})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_without_a_token_everything_is_open_to_this_machine(api: Api) -> None:
    assert (await api.client.get("/api/v1/runs")).status_code == 200
    body = (await api.client.get("/api/v1/session")).json()
    assert body == {"signed_in": True, "token_needed": False, "newest_seq": 0}
    signed_in = await api.client.post("/api/v1/session", json={"token": "whatever"})
    assert signed_in.status_code == 201
    assert "set-cookie" not in signed_in.headers


async def test_session_says_after_which_event_its_stream_misses_nothing(api: Api) -> None:
    await api.log.append([an_event(id_, "data.Imported") for id_ in ("e1", "e2")])
    assert (await api.client.get("/api/v1/session")).json()["newest_seq"] == 2


def only_cookie(answer: httpx.Response) -> Any:
    (morsel,) = SimpleCookie(answer.headers["set-cookie"]).values()
    return morsel


async def test_signing_in_gives_a_cookie_that_is_not_the_token_and_signing_out_ends_it(open_api: Open) -> None:
    async with open_api(token=TOKEN) as api:
        answer = await api.client.post("/api/v1/session", json={"token": TOKEN})
        assert answer.status_code == 201
        assert answer.json() == {"signed_in": True, "token_needed": True, "newest_seq": 0}
        cookie = only_cookie(answer)
        assert TOKEN not in answer.headers["set-cookie"]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "strict", "/", "")
        headers = {"Cookie": f'other={{"a b": [1]}}; weaver_session={cookie.value}; =; x'}
        api.client.cookies.clear()
        assert (await api.client.get("/api/v1/session", headers=headers)).status_code == 200
        out = await api.client.delete("/api/v1/session", headers=headers)
        assert out.status_code == 204
        assert only_cookie(out)["max-age"] == "0"
        assert (await api.client.get("/api/v1/session", headers=headers)).status_code == 401


async def test_cookie_is_secure_over_https(open_api: Open) -> None:
    async with open_api(token=TOKEN, base_url="https://localhost:8000") as api:
        answer = await api.client.post("/api/v1/session", json={"token": TOKEN})
        assert only_cookie(answer)["secure"] is True


async def test_session_ends_after_its_days(open_api: Open) -> None:
    async with open_api(token=TOKEN) as api:
        cookie = only_cookie(await api.client.post("/api/v1/session", json={"token": TOKEN}))
        api.client.cookies.clear()
        headers = {"Cookie": f"weaver_session={cookie.value}"}
        await api.clock.forward(SESSION_DAYS * 86_400 - 1)
        assert (await api.client.get("/api/v1/runs", headers=headers)).status_code == 200
        await api.clock.forward(1)
        assert (await api.client.get("/api/v1/runs", headers=headers)).status_code == 401


async def test_wrong_tokens_hold_up_nobody_who_has_the_right_one(open_api: Open) -> None:
    async with open_api(token=TOKEN) as api:
        for _ in range(100):
            assert (await api.client.post("/api/v1/session", json={"token": "guess"})).status_code == 401
            assert (await api.client.get("/api/v1/runs", headers={"X-API-Key": "guess"})).status_code == 401
        assert (await api.client.get("/api/v1/runs", headers={"X-API-Key": TOKEN})).status_code == 200
        assert (await api.client.post("/api/v1/session", json={"token": TOKEN})).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        [("X-API-Key", "guess")] * 400 + [("X-API-Key", TOKEN)],
        [("X-API-Key", TOKEN), ("Authorization", "Bearer guess")],
        [("Authorization", "Bearer guess"), ("Authorization", f"Bearer {TOKEN}")],
    ],
    ids=["many keys", "key and bearer", "two bearers"],
)
async def test_different_credentials_are_a_wrong_one(open_api: Open, headers: list[tuple[str, str]]) -> None:
    async with open_api(token=TOKEN) as api:
        answer = await api.client.get("/api/v1/runs", headers=headers)
        assert (answer.status_code, "once" in answer.json()["message"]) == (401, True)


async def test_token_may_come_in_both_headers(open_api: Open) -> None:
    async with open_api(token=TOKEN) as api:
        both = {"X-API-Key": TOKEN, "Authorization": f"Bearer {TOKEN}"}
        assert (await api.client.get("/api/v1/runs", headers=both)).status_code == 200


@pytest.mark.parametrize(
    ("host", "token", "expected"),
    [
        ("0.0.0.0", "short", True),
        ("0.0.0.0", "x" * 16, False),
        ("127.0.0.1", "short", False),
        ("127.0.0.1", None, False),
    ],
)
def test_short_token_where_strangers_can_try_is_guessable(host: str, token: str | None, expected: bool) -> None:
    assert is_guessable(host, None if token is None else SecretStr(token)) is expected


def test_oldest_session_makes_room_for_the_newest() -> None:
    sessions = Sessions(now=FakeClock().now, new_token=FakeIds("cookie"))
    opened = [sessions.open() for _ in range(SESSIONS_MAX + 1)]
    assert [sessions.holds(value) for value in opened[:2]] == [False, True]
    assert sessions.holds(opened[-1])


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200), ("localhost", 200), ("LOCALHOST:9", 200), ("127.0.0.1:8000", 200), ("[::1]:8000", 200),
        ("127.0.0.2", 200), ("127.255.1.9:80", 200), ("[0:0:0:0:0:0:0:1]", 200), ("[0:0:0:0:0:0:0:1]:80", 200),
        ("128.0.0.1", 403), ("[::2]", 403), ("127.0.0.1.", 200), ("127.1", 403), ("2130706433", 403),
        ("weaver.example", 200), ("weaver.example:443", 200), ("box.lan", 200), ("evil.example", 403),
        ("evil.example:8000", 403), ("localhost.evil.example", 403), ("localhost@evil.example", 403), ("", 403),
        ("127.0.0.1.evil.example", 403), ("localhost:port", 403), ("192.168.1.9:8000", 403), ("a b", 403),
        ("localhost/x", 403),
    ],
)  # fmt: skip
async def test_only_own_hosts_are_answered(open_api: Open, host: str, status: int) -> None:
    async with open_api(host="box.lan", allowed_hosts=("weaver.example",)) as api:
        for path in ("/api/v1/healthz", "/api/v1/runs"):
            answer = await api.client.get(path, headers={"Host": host})
            assert answer.status_code == status, answer.text
        if status == 403:
            assert answer.json()["code"] == "forbidden"


async def test_address_that_the_request_came_in_on_is_an_own_host(open_api: Open) -> None:
    async with open_api(host="0.0.0.0", token=TOKEN, base_url="http://192.168.1.9:8000") as api:
        assert (await api.client.get("/api/v1/healthz")).status_code == 200
        assert (await api.client.get("/api/v1/healthz", headers={"Host": "192.168.1.10:8000"})).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:8000", 200), ("https://localhost:8000", 200), ("HTTP://LOCALHOST:8000", 200),
        ("https://ui.example", 200), ("http://localhost:9000", 403), ("http://localhost", 403), ("null", 403),
        ("http://evil.example", 403), ("http://localhost:8000.evil.example", 403), ("file://", 403), ("", 403),
        ("http://localhost:99999", 403), ("http://127.0.0.1:8000", 403),
    ],
)  # fmt: skip
async def test_only_own_origins_are_answered(open_api: Open, origin: str, status: int) -> None:
    async with open_api(allowed_origins=("https://ui.example/",)) as api:
        for method, path in (("GET", "/api/v1/healthz"), ("GET", "/api/v1/runs"), ("DELETE", "/api/v1/session")):
            answer = await api.client.request(method, path, headers={"Origin": origin})
            assert answer.status_code == (204 if method == "DELETE" and status == 200 else status)


async def test_origin_of_a_default_port_is_the_host_without_one(open_api: Open) -> None:
    async with open_api(allowed_hosts=("weaver.example",), base_url="http://weaver.example") as api:
        for origin, status in (
            ("https://weaver.example", 200),  # a proxy speaks TLS before us
            ("http://weaver.example", 200),
            ("http://weaver.example:80", 200),
            ("https://weaver.example:8443", 403),
        ):
            answer = await api.client.get("/api/v1/healthz", headers={"Origin": origin})
            assert answer.status_code == status


CROSS = {"Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "is_answered"),
    [
        ("GET", "/api/v1/healthz", {**CROSS, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, False),
        ("GET", "/api/v1/healthz", CROSS, False),
        ("HEAD", "/", {**CROSS, "Sec-Fetch-Mode": "no-cors"}, False),
        ("GET", "/", {**CROSS, "Sec-Fetch-Mode": "no-cors"}, False),
        ("GET", "/runs/r1", {**CROSS, "Sec-Fetch-Mode": "navigate"}, True),
        ("POST", "/runs/r1", {**CROSS, "Sec-Fetch-Mode": "navigate"}, False),
        ("GET", "/api/v1/healthz", {**CROSS, "Sec-Fetch-Mode": "navigate"}, False),
        ("GET", "/openapi.json", {**CROSS, "Sec-Fetch-Mode": "navigate"}, False),
        ("GET", "/api/v1/healthz", {**CROSS, "Origin": "https://ui.example"}, True),
        ("GET", "/api/v1/healthz", {**CROSS, "Origin": "https://evil.example"}, False),
        ("GET", "/api/v1/healthz", {"Sec-Fetch-Site": "same-origin"}, True),
        ("GET", "/api/v1/healthz", {"Sec-Fetch-Site": "none"}, True),
    ],
)
async def test_requests_that_other_sites_pages_set_off_are_refused_also_without_an_origin(
    open_api: Open, method: str, path: str, headers: dict[str, str], is_answered: bool
) -> None:
    async with open_api(allowed_origins=("https://ui.example",), serves_web=True) as api:
        answer = await api.client.request(method, path, headers=headers)
        assert (answer.status_code != 403) == is_answered


async def test_two_host_headers_or_none_are_refused(api: Api) -> None:
    for hosts in ([], [b"localhost", b"evil.example"]):
        scope: dict[str, Any] = {
            "type": "http", "method": "GET", "path": "/api/v1/healthz", "raw_path": b"/api/v1/healthz",
            "query_string": b"", "headers": [(b"host", host) for host in hosts], "server": None, "client": None,
            "scheme": "http", "http_version": "1.0", "root_path": "",
        }  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any], sent: list[dict[str, Any]] = sent) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request"}

        await api.app(scope, receive, send)
        assert sent[0]["status"] == 403


@pytest.mark.parametrize("path", ["/api/v1/runs", "/api/v1/nothing", "/api/v1/runs/nobody", "/api/v1/runs?page=0"])
async def test_every_answer_carries_the_security_headers(api: Api, path: str) -> None:
    headers = (await api.client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "[::1]", "localhost", "LocalHost"])
def test_loopback_needs_no_token(host: str) -> None:
    check_bind(host, None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "box.lan", ""])
@pytest.mark.parametrize("token", [None, SecretStr("")])
def test_other_addresses_need_a_token(host: str, token: SecretStr | None) -> None:
    with pytest.raises(InputError, match="SECURITY_API_TOKEN"):
        check_bind(host, token)
    check_bind(host, SecretStr(TOKEN))


def test_every_presented_token_is_looked_at() -> None:
    raw = [(b"x-api-key", b"one"), (b"x-api-key", b"two"), (b"authorization", b"Bearer three")]
    assert credentials(Headers(raw=raw)) == ["one", "two", "three"]


@pytest.mark.parametrize(
    "entry", ["https://x y", "*", "*.example", "https://x", "a/b", "me@x", "x:port", "a:b:c", "", "ü.example"]
)
def test_host_that_no_request_could_name_is_refused_at_the_start(entry: str) -> None:
    said = rf"^WEAVER_ALLOWED_HOSTS: {re.escape(repr(entry))} is no host: write a name .* weaver\.example"
    with pytest.raises(InputError, match=said):
        check_names(["fine.example", entry], [])


@pytest.mark.parametrize(
    "entry", ["desk.example", "https://", "https://*.example", "https://x/app", "ftp://x", "null", "https://me@x", "*"]
)
def test_origin_that_no_page_could_have_is_refused_at_the_start(entry: str) -> None:
    said = rf"^WEAVER_ALLOWED_ORIGINS: {re.escape(repr(entry))} is no origin: write .* https://desk\.example"
    with pytest.raises(InputError, match=said):
        check_names([], ["https://fine.example", entry])


def test_usable_hosts_and_origins_are_taken() -> None:
    check_names(
        ["a", "my_box.lan:80", "10.0.0.5:8420", "fd00::5", "[fd00::5]:80"], ["http://[::1]:5173", "HTTPS://X.Y/"]
    )


def test_default_port_of_an_allowed_origin_may_be_written_or_not() -> None:
    names = Names(host="", allowed_hosts=(), allowed_origins=["https://a.example:443", "http://b.example"])
    assert names.knows_origin("https://a.example", host="x")
    assert names.knows_origin("http://b.example:80", host="x")
    assert not names.knows_origin("http://a.example", host="x")


def test_ipv6_address_of_a_setting_is_a_host() -> None:
    names = Names(host="fd00::5", allowed_hosts=(), allowed_origins=())
    assert names.knows_host("[fd00::5]:8000", bound_address=None)
    assert not names.knows_host("[fd00::6]:8000", bound_address=None)


async def test_body_that_does_not_come_is_not_waited_for(open_api: Open) -> None:
    may_end = asyncio.Event()

    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await may_end.wait()

    async with open_api(token=TOKEN, limits=Limits(body_seconds=0.05)) as api:
        answer = await api.client.post("/api/v1/session", content=never(), headers={"Content-Type": "application/json"})
        assert answer.status_code == 422

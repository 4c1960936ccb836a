"""The web app's files, or the page that stands for them."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from weaver.glados.http.security import STRANGER
from weaver.glados.http.web import add_web

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    web = tmp_path / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text("<title>Haro</title>")
    (web / "assets" / "app-1a2b.js").write_text("let x = 1")
    (tmp_path / "secret.txt").write_text("secret")
    return web


async def get(folder: Path, path: str) -> httpx.Response:
    app = FastAPI(version="1.2.3")
    add_web(app, folder)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:
        return await client.get(path)


@pytest.mark.parametrize("path", ["/", "/index.html", "/runs", "/runs/abc/orders"])
async def test_pages_of_the_app_are_its_index(folder: Path, path: str) -> None:
    answer = await get(folder, path)
    assert (answer.status_code, answer.text) == (200, "<title>Haro</title>")
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/index.html", "/runs"])
async def test_page_of_who_is_not_signed_in_says_so_and_is_not_answered_from_a_cache(folder: Path, path: str) -> None:
    (folder / "index.html").write_text("<head><title>Haro</title></head>")
    app = FastAPI()
    add_web(app, folder)
    plain = await get(folder, path)
    asked = {"If-None-Match": plain.headers["etag"]}
    async with httpx.AsyncClient(transport=as_stranger(app), base_url="http://x", headers=asked) as client:
        page, file = await client.get(path), await client.get("/assets/app-1a2b.js")
        head = await client.head(path)
    assert page.status_code == 200
    assert page.text == '<head><title>Haro</title><meta name="weaver-sign-in" content="needed" /></head>'
    assert (page.headers["cache-control"], "etag" in page.headers) == ("no-cache", False)
    assert page.headers["content-security-policy"] == plain.headers["content-security-policy"]
    assert (file.text, head.text, "weaver-sign-in" in plain.text) == ("let x = 1", "", False)


def as_stranger(app: FastAPI) -> httpx.ASGITransport:
    """Requests that the guard lets through though they come from nobody who is signed in."""

    async def marked(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})[STRANGER] = True
        await app(scope, receive, send)

    return httpx.ASGITransport(app=marked)


async def test_assets_may_be_kept_for_ever(folder: Path) -> None:
    answer = await get(folder, "/assets/app-1a2b.js")
    assert (answer.text, "immutable" in answer.headers["cache-control"]) == ("let x = 1", True)


@pytest.mark.parametrize(
    "path", ["/assets/gone.js", "/api", "/api/v1/nothing", "/..%2fsecret.txt", "/../secret.txt", "/%2e%2e/secret.txt"]
)
async def test_what_is_not_there_is_not_found(folder: Path, path: str) -> None:
    answer = await get(folder, path)
    assert (answer.status_code, "secret" in answer.text) == (404, False)


async def test_without_files_there_is_a_plain_page(tmp_path: Path) -> None:
    answer = await get(tmp_path / "nothing", "/")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "Weaver 1.2.3 is running" in answer.text
    assert (await get(tmp_path / "nothing", "/runs")).status_code == 404

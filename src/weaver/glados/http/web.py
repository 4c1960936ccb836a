"""The web app's built files, or a page that says that there are none."""

from pathlib import Path

import anyio
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from weaver.glados.http.security import STRANGER

_INDEX = "index.html"
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_SIGN_IN = '<meta name="weaver-sign-in" content="needed" />'
"""In the page of a browser that is not signed in where it has to be: it need not ask to be refused."""
_WITHOUT = """Weaver {version} is running. This installation has no web app.

The API is under /api/v1 (its description: /openapi.json), the command line is `weaver --help`.
"""


def add_web(app: FastAPI, folder: Path) -> None:
    """Have every path that the API does not claim answered by the web app's files, or by a plain page without them."""
    if (folder / _INDEX).is_file():
        app.mount("/", _WebFiles(directory=folder), name="web")
        return
    text = _WITHOUT.format(version=app.version)

    async def nothing_here(_request: Request) -> Response:
        return PlainTextResponse(text)

    app.add_route("/", nothing_here, methods=["GET"], include_in_schema=False)


class _WebFiles(StaticFiles):
    """Files; a path that is none of them is a page of the app, which finds out itself what to show."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        asked = scope["path"].split("/")  # `path` has been resolved, out of the API too
        if path == "api" or path.startswith("api/") or asked[1:2] == ["api"] or ".." in asked:
            raise HTTPException(404)
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or "." in Path(path).name:
                raise
            path = _INDEX
            response = await super().get_response(path, scope)
        if path == _INDEX and scope["method"] == "GET" and scope.get("state", {}).get(STRANGER):
            response = await self._page_to_sign_in()
        response.headers["Content-Security-Policy"] = _POLICY
        is_named_by_content = path.startswith("assets/") and response.status_code == 200
        response.headers["Cache-Control"] = "max-age=31536000, immutable" if is_named_by_content else "no-cache"
        return response

    async def _page_to_sign_in(self) -> Response:
        """Without a tag to ask by whether it is still the same: once its browser is signed in it is not."""
        page = await (anyio.Path(self.all_directories[0]) / _INDEX).read_text()
        return HTMLResponse(page.replace("</head>", f"{_SIGN_IN}</head>", 1))

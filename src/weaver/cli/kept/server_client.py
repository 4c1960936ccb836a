"""Talks to the running server, over HTTP as anybody would."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from weaver.config import Settings
from weaver.glados.process.server_file import find_server
from weaver.model.errors import (
    Conflict,
    Damaged,
    InputError,
    InvalidOrder,
    NotFound,
    RunFailed,
    StrategyError,
    Unavailable,
    WeaverError,
)

_HELLO_SECONDS = 2.0
_ANSWER_SECONDS = 30.0
_SILENCE_SECONDS = 40.0
"""Of an event stream, which says something every 15 s."""
_NO_CONTENT = 204
_OF_CODE: dict[str, type[WeaverError]] = {
    "damaged": Damaged, "invalid_order": InvalidOrder, "run_failed": RunFailed, "strategy_error": StrategyError,
}  # fmt: skip
"""By an answer's `code`: those that the server, were it this process, would raise otherwise than its status says."""
_OF_STATUS: dict[int, type[WeaverError]] = {404: NotFound, 409: Conflict, 503: Unavailable}
_opener = build_opener(ProxyHandler({}))  # a proxy for the outside world knows no server of this machine


class ServerClient:
    """Requests to one server. An answer that is an error is raised as the error that the server meant."""

    def __init__(self, url: str, token: str | None, *, seconds: float = _ANSWER_SECONDS) -> None:
        """seconds: how long an answer may take."""
        self.url = url
        self._token, self._seconds = token, seconds

    def waiting(self, seconds: float) -> "ServerClient":
        """The same for what takes longer."""
        return ServerClient(self.url, self._token, seconds=seconds)

    def is_there(self) -> bool:
        """Whether it is a Weaver server that answers."""
        try:
            with _opener.open(f"{self.url}/api/v1/healthz", timeout=_HELLO_SECONDS) as answer:  # needs no token
                return "storage" in json.load(answer)
        except HTTPError as error:  # 503: there, and not well
            with error:
                return error.code == 503
        except (OSError, HTTPException, ValueError):
            return False

    def get(self, *path: str, **params: str | int | Sequence[str] | None) -> Any:
        """The JSON of an answer."""
        return self._asked("GET", path, params, None)

    def post(self, *path: str, body: dict[str, Any]) -> Any:
        """The JSON of an answer."""
        return self._asked("POST", path, {}, body)

    def send(self, method: str, *path: str, body: dict[str, Any]) -> Any:
        """The JSON of an answer to another method."""
        return self._asked(method, path, {}, body)

    def text(self, *path: str, **params: str | int | None) -> str:
        """An answer that is a page."""
        with self._answer("GET", path, params, None) as answer:
            return answer.read().decode()

    def lines(self, *path: str, after: int, **params: str | int | None) -> Iterator[str]:
        """The lines of an event stream, from the event behind `after` on, until the server ends it. Raises Unavailable
        where it says nothing for so long that it must be gone."""
        asked = {**params, "after": after}
        with self.waiting(_SILENCE_SECONDS)._answer("GET", path, asked, None) as answer:
            for line in answer:
                yield line.decode().rstrip("\n")

    def _asked(self, method: str, path: tuple[str, ...], params: dict[str, Any], body: dict[str, Any] | None) -> Any:
        with self._answer(method, path, params, body) as answer:
            return None if answer.status == _NO_CONTENT else json.load(answer)

    @contextmanager
    def _answer(
        self, method: str, path: tuple[str, ...], params: Mapping[str, Any], body: dict[str, Any] | None
    ) -> Iterator[HTTPResponse]:
        """An answer that is no error, while the block reads it."""
        place = "".join(f"/{quote(part, safe='')}" for part in path)
        try:
            with self._open(method, place, params, body) as answer:
                yield answer
        except HTTPError as error:
            with error:
                raise self._meant(error) from None
        except (URLError, OSError, HTTPException, ValueError) as error:
            raise Unavailable(f"the server at {self.url} does not answer: {error}") from error

    def _open(self, method: str, place: str, params: Mapping[str, Any], body: dict[str, Any] | None) -> HTTPResponse:
        query = urlencode({name: value for name, value in params.items() if value is not None}, doseq=True)
        request = Request(f"{self.url}/api/v1{place}?{query}".rstrip("?"), method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if self._token is not None:
            request.add_header("X-API-Key", self._token)
        answer: HTTPResponse = _opener.open(request, timeout=self._seconds)
        return answer

    def _meant(self, error: HTTPError) -> WeaverError:
        try:
            body = json.load(error)
            message, code = str(body["message"]), str(body.get("code"))
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            message, code = f"the server answered {error.code} {error.reason}", ""
        if error.code == 401:
            why = "the server needs a token" if self._token is None else "the server does not take this token"
            return InputError(f"{why}: set SECURITY_API_TOKEN to the one that it was started with")
        of_status = _OF_STATUS.get(error.code, InputError if error.code < 500 else WeaverError)
        return _OF_CODE.get(code, of_status)(message)


def needed_server(settings: Settings) -> ServerClient:
    """The server that runs on this WEAVER_HOME. Raises Unavailable where none answers."""
    client = running_server(settings)
    if client is None:
        raise Unavailable("no server runs on this WEAVER_HOME: start one with `weaver up`")
    return client


def running_server(settings: Settings) -> ServerClient | None:
    """The server that runs on this WEAVER_HOME; None where none answers."""
    place = find_server(settings.server_file)
    if place is None:
        return None
    token = settings.security_api_token
    client = ServerClient(place.url, None if token is None else token.get_secret_value())
    return client if client.is_there() else None

"""Asking the server, and what it means that no answer came."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from tests.kill.server import Server
from tests.kill.strategies import FILE_NAME, SYMBOL, bars_file

TIMEOUT_SECONDS = 20.0


class NoAnswer(Exception):
    """The server was killed before it answered: what was asked for may have happened, or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status with its body."""

    status: int
    body: Any


class Api:
    """One client with its connection."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._http = httpx.Client(base_url=f"{server.url}/api/v1", timeout=TIMEOUT_SECONDS, trust_env=False)

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def call(self, method: str, path: str, **given: Any) -> Answer:
        """Raises NoAnswer where the server has been killed; that a running one does not answer is an error."""
        try:
            answer = self._http.request(method, path, **given)
        except httpx.TransportError:
            if self._server.is_up:
                raise
            raise NoAnswer from None
        return Answer(status=answer.status_code, body=answer.json() if answer.content else None)

    def get(self, path: str, **parameters: Any) -> Any:
        """The body of a 200."""
        answer = self.call("GET", path, params=parameters)
        assert answer.status == 200, f"GET {path} answered {answer.status}: {answer.body}"
        return answer.body

    def pages(self, path: str) -> Iterator[Any]:
        """All items of a list, page by page."""
        page, left = 1, 1
        while left > 0:
            body = self.get(path, page=page, page_size=500)
            yield from body["items"]
            left, page = body["total"] - page * 500, page + 1

    def events(self, after: int) -> Iterator[Any]:
        """The log past an event."""
        while items := self.get("/events", after=after, page_size=500)["items"]:
            yield from items
            after = items[-1]["seq"]

    def import_bars(self) -> None:
        """Have the bars that the runs trade on."""
        self.import_file(FILE_NAME, bars_file(), symbol=SYMBOL, asset="crypto")

    def import_file(self, name: str, content: bytes, **said: str) -> None:
        """Have the bars of a file."""
        answer = self.call("POST", "/data/import", files={"file": (name, content)}, data=said)
        assert answer.status == 201, answer
        while (job := self.get(f"/jobs/{answer.body['id']}"))["status"] in {"queued", "running"}:
            time.sleep(0.02)
        assert job["status"] == "done", job

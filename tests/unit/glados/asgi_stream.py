"""A client of the event stream that speaks ASGI itself: it can stop reading, and hang up."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI


@dataclass(frozen=True)
class SentFrame:
    """A frame as a browser would take it in."""

    id: str | None
    event: str | None
    data: str | None


class AsgiStream:
    """One request for the stream; `async with AsgiStream(app, "types=run.*") as stream`."""

    def __init__(
        self, app: FastAPI, query: str = "", *, headers: Mapping[str, str] | None = None, reads: int | None = None
    ) -> None:
        """reads: stop reading after so many pieces of the body."""
        given = {"host": "localhost:8000", **(headers or {})}
        self._scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/api/v1/events/stream",
            "raw_path": b"/api/v1/events/stream",
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
            "server": ("127.0.0.1", 8000),
            "client": ("192.0.2.7", 44444),
            "state": {},
        }
        self._app = app
        self._requests: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._pieces = reads
        self._reads = asyncio.Event()
        self._reads.set()
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.chunks: list[bytes] = []
        self.is_complete = self.is_broken = False

    async def __aenter__(self) -> "AsgiStream":
        self._requests.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        self._task = asyncio.create_task(self._app(self._scope, self._requests.get, self._take))
        await self.settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.hang_up()
        await self.settle()
        assert self._task.done(), "the stream outlived its client"
        with suppress(asyncio.CancelledError):
            await self._task

    async def _take(self, message: dict[str, Any]) -> None:
        await self._reads.wait()
        if self.is_broken:
            raise OSError("the connection is gone")
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.chunks.append(message.get("body", b""))
            self.is_complete = not message.get("more_body", False)
            if len(self.chunks) == self._pieces:
                self.stop_reading()

    def stop_reading(self) -> None:
        self._reads.clear()

    def read_on(self) -> None:
        self._reads.set()

    def hang_up(self) -> None:
        self._requests.put_nowait({"type": "http.disconnect"})

    async def settle(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)

    @property
    def is_over(self) -> bool:
        return self._task.done()

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def frames(self) -> list[SentFrame]:
        """Frames with an event, as the standard says they are read."""
        return [frame for frame in self._parsed() if frame.event is not None]

    @property
    def ids(self) -> list[str | None]:
        return [frame.id for frame in self.frames]

    @property
    def last_event_id(self) -> str | None:
        """What a browser would send when it reconnects."""
        return next((frame.id for frame in reversed(list(self._parsed())) if frame.id is not None), None)

    def _parsed(self) -> Iterator[SentFrame]:
        text = self.body.decode()
        assert text == "" or text.endswith("\n\n"), "a frame was cut"
        for block in text.split("\n\n")[:-1]:
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            yield SentFrame(fields.get("id"), fields.get("event"), fields.get("data"))

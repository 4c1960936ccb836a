"""Two readers that live through every kill: one on the event stream, one that polls the log."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from tests.kill.api import TIMEOUT_SECONDS, Api, NoAnswer
from tests.kill.server import Server

PATIENCE_SECONDS = 60.0
_RETRY_SECONDS = 0.05
_QUIET_SECONDS = 40.0
"""Longer than two keep-alives of a stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An event as a reader got it; `id` only where it was read from GET /events."""

    type: str
    payload: Any
    id: str | None


class Listener:
    """A thread that reads events until `end`, whatever happens to the server; `seen` holds them by seq."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.seen: dict[int, Seen] = {}
        self.last = 0
        """Up to here it has everything."""
        self.problems: list[str] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def begin(self) -> None:
        """Read on in a thread."""
        self._thread.start()

    def end(self) -> None:
        """To be called when the server is down: a stream ends with it."""
        self._is_over.set()
        self._thread.join()

    def reaches(self, seq: int, patience: float = PATIENCE_SECONDS) -> bool:
        """Whether it gets as far as that event."""
        deadline = time.monotonic() + patience
        while self.last < seq and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.last >= seq

    def keep(self, seq: int, seen: Seen) -> None:
        """Note an event; one that comes twice, or earlier than one before it, is a fault."""
        if seq <= self.last:
            self.problems.append(f"event {seq} {seen.type} came after event {self.last}")
        self.seen[seq], self.last = seen, seq

    def read(self) -> None:
        """Read what there is."""
        raise NotImplementedError

    def _run(self) -> None:
        while not self._is_over.is_set():
            if self.server.is_up:
                try:
                    self.read()
                except (httpx.TransportError, NoAnswer):
                    pass  # it was killed, and will be back
                except Exception as error:  # noqa: BLE001 - the round fails with it
                    self.problems.append(f"{type(self).__name__}: {type(error).__name__}: {error}")
            time.sleep(_RETRY_SECONDS)


class Poller(Listener):
    """Asks GET /events for what is past the last event, over and over."""

    def read(self) -> None:
        """See `Listener`."""
        with Api(self.server) as api:
            while True:
                answer = api.call("GET", "/events", params={"after": self.last, "limit": 1000})
                if answer.status != 200:
                    return  # the database is away
                for item in answer.body["items"]:
                    self.keep(item["seq"], Seen(type=item["type"], payload=item["payload"], id=item["id"]))
                time.sleep(_RETRY_SECONDS)


class Follower(Listener):
    """On GET /events/stream, coming back with the id of the last event each time."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.resets = 0
        """How often it was told to reload: its last event had gone with its run."""
        self.completed = 0
        """How many runs it heard of that were completed."""
        self.streams = 0
        """How often a stream was opened."""

    def read(self) -> None:
        """See `Listener`."""
        headers = {"Last-Event-ID": str(self.last)} if self.last else {}
        timeout = httpx.Timeout(TIMEOUT_SECONDS, read=_QUIET_SECONDS)
        url = f"{self.server.url}/api/v1/events/stream"
        with (
            httpx.Client(timeout=timeout, trust_env=False) as client,
            client.stream("GET", url, params={"after": 0}, headers=headers) as answer,
        ):
            if answer.status_code != 200:
                return  # the database is away
            self.streams += 1
            for seq, type_, payload in _frames(answer.iter_lines()):
                if type_ == "stream.Reset":
                    self._reload(seq)
                else:
                    self.keep(seq, Seen(type=type_, payload=payload, id=None))
                    self.completed += type_ == "run.Completed"

    def _reload(self, newest: int) -> None:
        self.resets += 1
        with Api(self.server) as api:
            for item in api.events(self.last):
                if item["seq"] > newest:
                    break
                self.keep(item["seq"], Seen(type=item["type"], payload=item["payload"], id=item["id"]))
        self.last = newest


def _frames(lines: Iterator[str]) -> Iterator[tuple[int, str, Any]]:
    """Whole frames with an event; comments are left out, and so is a frame that was cut off."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        else:
            if "event" in fields:
                yield int(fields["id"]), fields["event"], json.loads(fields["data"])
            fields = {}

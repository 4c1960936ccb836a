"""A run's events as they come, read on a thread: by the server's stream, and by asking while there is none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from json import loads
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

from weaver.cli.kept.server_client import ServerClient
from weaver.model.errors import Unavailable, WeaverError

TYPES = (
    "run.*", "risk.*", "strategy.Log", "orders.Created", "orders.Filled", "orders.PartiallyFilled", "orders.Cancelled",
    "orders.Rejected", "orders.Expired", "orders.Replaced", "market.BarLate", "market.BarCorrected",
)  # fmt: skip
"""What is told of a run; requests, and what a venue answers to each, are not."""
RESET = "stream.Reset"
WAITING_MAX = 2_000
"""Events that wait to be taken; more wait at the server, which keeps them."""
AGAIN_SECONDS = 1.0
PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvent:
    """One of them."""

    seq: int
    type: str
    payload: dict[str, Any]


class EventFeed:
    """To be entered (`with`); `take` gives what has come. `find` gives the server as it can be reached now, which may
    be another address than before; None: it is not there."""

    def __init__(self, run_id: str, *, after: int, find: Callable[[], ServerClient | None]) -> None:
        self._run_id, self._after, self._find = run_id, after, find
        self._come: Queue[RunEvent] = Queue(maxsize=WAITING_MAX)
        self._over = Event()

    def __enter__(self) -> "EventFeed":
        Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def take(self, seconds: float) -> list[RunEvent]:
        """What has come; waits so long for the first."""
        try:
            found = [self._come.get(timeout=seconds)]
        except Empty:
            return []
        while len(found) < WAITING_MAX and not self._come.empty():
            found.append(self._come.get())
        return found

    def _read(self) -> None:
        while not self._over.is_set():
            client = self._find()
            if client is not None:
                try:
                    self._stream(client)
                except WeaverError:  # an old server, a proxy that lets no stream through, or its end
                    self._ask(client)
            self._over.wait(AGAIN_SECONDS)

    def _stream(self, client: ServerClient) -> None:
        begun = self._after
        for event in frames(client.lines("events", "stream", after=begun, run_id=self._run_id, types=",".join(TYPES))):
            if self._over.is_set():
                return
            if event.type != RESET:
                self._put(event)
            elif begun == self._after:  # what came last is not in the log any more
                self._after = int(event.payload["newest"])
                return
            else:
                return  # we fell behind: again, from what came last

    def _ask(self, client: ServerClient) -> None:
        try:
            found = client.get("events", run_id=self._run_id, after=self._after, page_size=PAGE)
        except Unavailable:
            return
        for one in found["items"]:
            self._put(RunEvent(seq=int(one["seq"]), type=str(one["type"]), payload=one["payload"]))

    def _put(self, event: RunEvent) -> None:
        if event.seq > self._after:
            self._come.put(event)
            self._after = event.seq


def frames(lines: Iterator[str]) -> Iterator[RunEvent]:
    """Events out of the lines of a stream; comments, and frames without data, are none."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "data" in fields:
            seq = fields.get("id", "0")
            yield RunEvent(seq=int(seq or 0), type=fields.get("event", ""), payload=loads(fields["data"]))
        fields = {}

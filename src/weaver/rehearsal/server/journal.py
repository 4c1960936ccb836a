"""Every request and message, written down."""

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from weaver.rehearsal.ports import VenueClock
from weaver.rehearsal.venue.times import utc_text

KEPT = 50_000
"""How many entries are remembered."""


class Entry(NamedTuple):
    """A request with its answer, or a message on a socket. What there is none of is None."""

    n: int
    at: int
    method: str
    """Of a message: in or out."""
    path: str
    client_order_id: str | None = None
    status: int | None = None
    """None: no answer was sent."""
    acted: bool | None = None
    """Whether the exchange did what it was asked for."""
    fault: str | None = None
    body: object = None
    query: str | None = None
    """Of a request, as it was sent."""


class Journal:
    """The newest entries, each with its number."""

    def __init__(self, clock: VenueClock) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0

    def request(
        self,
        method: str,
        path: str,
        *,
        client_order_id: str | None,
        status: int | None,
        acted: bool,
        fault: str | None,
        body: object = None,
        query: str = "",
    ) -> None:
        """A request was dealt with. body: what it brought."""
        self._add(
            method, path, client_order_id=client_order_id, status=status, acted=acted, fault=fault, body=body,
            query=query,
        )  # fmt: skip

    def message(self, path: str, way: str, body: object) -> None:
        """A message came in on a socket, or went out."""
        self._add(way, path, body=body)

    def _add(self, method: str, path: str, **rest: object) -> None:
        self._count += 1
        self._entries.append(Entry(self._count, self._clock.now, method, path, **rest))  # type: ignore[arg-type]

    def after(self, number: int) -> list[Mapping[str, object]]:
        """Those that came after one, oldest first."""
        first = len(self._entries) - (self._count - number)
        return [_shown(entry) for at, entry in enumerate(self._entries) if at >= first]


def _shown(entry: Entry) -> Mapping[str, object]:
    kind = "message" if entry.method in ("in", "out") else "request"
    told = entry._asdict()
    del told["at"]
    return {**told, "kind": kind, "time": utc_text(entry.at)}

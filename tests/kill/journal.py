"""What the clients asked for, and what they were told: the memory that outlives the server."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from threading import Lock


class Op(StrEnum):
    """What a client can ask for."""

    CREATE = "create"
    CLONE = "clone"
    START = "start"
    STOP = "stop"
    DELETE = "delete"


DONE = {Op.CREATE: 201, Op.CLONE: 201, Op.START: 200, Op.STOP: 200, Op.DELETE: 204}
"""The status that acknowledges each."""
REFUSED = {Op.CREATE: set[int](), Op.CLONE: {404}, Op.START: {404, 409}, Op.STOP: {404, 409}, Op.DELETE: {404, 409}}
"""Statuses that say truthfully that nothing was done."""
UNAVAILABLE = 503


@dataclass(slots=True, kw_only=True)
class Request:
    """One request. Without a status nobody knows whether it was carried out; nor with 503."""

    op: Op
    run_id: str | None = None
    name: str | None = None
    status: int | None = None
    made: str | None = None
    """The id of the run that it created."""

    @property
    def is_done(self) -> bool:
        """It was acknowledged."""
        return self.status == DONE[self.op]

    @property
    def is_unknown(self) -> bool:
        """It may have been carried out."""
        return self.status in {None, UNAVAILABLE}


class Journal:
    """All requests of all clients; used from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: list[Request] = []
        self._ids: list[str] = []

    def ask(self, op: Op, *, run_id: str | None = None, name: str | None = None) -> Request:
        """Note a request before it is sent."""
        request = Request(op=op, run_id=run_id, name=name)
        with self._lock:
            self._requests.append(request)
        return request

    def answered(self, request: Request, status: int, made: str | None) -> None:
        """Note an answer as it comes."""
        with self._lock:
            request.status, request.made = status, made
            if made is not None and request.is_done:
                self._ids.append(made)
            if request.op is Op.DELETE and (request.is_done or status == 404) and request.run_id in self._ids:
                self._ids.remove(request.run_id)

    def some_run(self, chance: Random, *, newest: int | None = None) -> str | None:
        """A run that ought to be there, among the newest so many; None where there is none."""
        with self._lock:
            ids = self._ids[-newest:] if newest else self._ids
            return chance.choice(ids) if ids else None

    @property
    def run_count(self) -> int:
        """How many runs ought to be there."""
        return len(self._ids)

    @property
    def acknowledged(self) -> int:
        """How many writes were acknowledged."""
        with self._lock:
            return sum(request.is_done for request in self._requests)

    @property
    def unanswered(self) -> int:
        """How many requests nobody knows the fate of."""
        with self._lock:
            return sum(request.is_unknown for request in self._requests)

    def done(self, op: Op) -> Iterator[Request]:
        """Acknowledged requests."""
        return (request for request in list(self._requests) if request.op is op and request.is_done)

    def may_have(self, op: Op) -> Counter[str | None]:
        """How often each run was asked this without an answer."""
        return Counter(request.run_id for request in list(self._requests) if request.op is op and request.is_unknown)

    def unknown_names(self) -> set[str]:
        """Names of runs that may have been created."""
        unknown = (request for request in list(self._requests) if request.op is Op.CREATE and request.is_unknown)
        return {request.name for request in unknown if request.name is not None}

"""The world outside of Weaver: its time, its chance, and what happens in it whether a server runs or not."""

import hashlib
import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class World:
    """Time goes on from one thing that happens to the next. What happened is hashed: a seed has one trace."""

    def __init__(self, seed: int, *, begins_at: float = 0.0, keep_trace: bool = False) -> None:
        """begins_at: seconds since the start at which it all begins."""
        self.seed, self.micros = seed, round(begins_at * 1e6)
        self.traffic, self.market, self.faults = (Random(f"{seed} {use}") for use in ("traffic", "market", "faults"))
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._made = 0
        self._hash = hashlib.blake2b(digest_size=8)
        self.lines: list[str] | None = [] if keep_trace else None

    @property
    def seconds(self) -> float:
        """Since the start."""
        return self.micros / 1e6

    def now(self) -> datetime:
        """The time of the world."""
        return START + timedelta(microseconds=self.micros)

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        """Have something happen then."""
        self._made += 1
        heapq.heappush(self._due, (self.micros + max(round(seconds * 1e6), 0), self._made, what))

    def at(self, seconds: float, what: Callable[[], None]) -> None:
        """Have something happen so many seconds after the start."""
        self.after(seconds - self.seconds, what)

    @property
    def next_at(self) -> int | None:
        """When the next thing happens."""
        return self._due[0][0] if self._due else None

    def happen(self) -> None:
        """Let time go on to the next thing, and let that happen."""
        at, _, what = heapq.heappop(self._due)
        self.micros = max(self.micros, at)
        what()

    def note(self, text: str) -> None:
        """Something that belongs into the trace."""
        line = f"{self.micros / 1e6:12.6f} {text}"
        self._hash.update(line.encode())
        if self.lines is not None:
            self.lines.append(line)

    @property
    def trace(self) -> str:
        """The hash of all that was noted."""
        return self._hash.hexdigest()

    def new_id(self, what: str) -> str:
        """An id that nobody else has."""
        self._made += 1
        return f"{what}{self._made}"

"""What the account was worth, minute by minute and day by day."""

from collections import deque
from typing import NamedTuple

from weaver.rehearsal.venue.times import MINUTE

MINUTES_KEPT = 14 * 24 * 60


class Worth(NamedTuple):
    """At an instant (ns), in cash units."""

    at: int
    equity: int


class EquityHistory:
    """The newest fortnight by minutes; what is older is forgotten."""

    def __init__(self) -> None:
        self.points: deque[Worth] = deque(maxlen=MINUTES_KEPT)

    def note(self, at: int, equity: int) -> None:
        """What the account is worth at an instant; of a minute the last counts."""
        if self.points and self.points[-1].at // MINUTE == at // MINUTE:
            self.points.pop()
        self.points.append(Worth(at, equity))

    def every(self, step: int, since: int, until: int) -> list[Worth]:
        """The last of each stretch of `step` ns, stamped with the stretch's begin."""
        found: dict[int, int] = {}
        for at, equity in self.points:
            if since <= at <= until:
                found[at // step * step] = equity
        return [Worth(at, equity) for at, equity in found.items()]

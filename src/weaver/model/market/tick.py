"""A tick of the clock as a strategy is told of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The instant at which bars closed, and whose."""

    time: datetime
    """Aware, in UTC; the same as `self.now`."""
    symbols: tuple[str, ...]
    """Those of which a bar closed, in the run's order."""

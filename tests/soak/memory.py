"""The memory that a server, its decider host and its deciders hold, as time passes at the exchange."""

import statistics
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from tests.kill_trading.processes import HOST, deciders, family

PARTS = ("server", "host", "deciders")
FLAT = 0.05
"""By so much it may be more after the last week than after the first."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Resident memory in bytes, at so many days since the soak began."""

    day: float
    held: tuple[int, ...]
    """Of each part."""


def sample(pid: int, home: Path, *, day: float) -> Sample:
    """What they hold now."""
    own = family(pid, home)
    deciding = deciders(pid, home)
    hosts = [one for one, line in own.items() if HOST in line and one not in deciding]
    return Sample(day, tuple(sum(map(_resident, pids)) for pids in ([pid], hosts, deciding)))


def _resident(pid: int) -> int:
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:"))) * 1024
    return 0


def over_day(samples: list[Sample], day: int) -> tuple[int, ...] | None:
    """The median of each part over a day, counted from 1; None: nothing was looked at then."""
    of_day = [one.held for one in samples if day - 1 <= one.day < day]
    return tuple(int(statistics.median(part)) for part in zip(*of_day, strict=True)) if of_day else None


def growth(samples: list[Sample], days: float) -> list[str]:
    """Parts which hold more on the last day than on the seventh, by more than is flat."""
    first, last = over_day(samples, 7), over_day(samples, ceil(days))
    if first is None or last is None:
        return ["memory was not looked at after the first week and after the last"]
    return [
        f"the {part} held {before / 1e6:.1f} MB after the first week and {after / 1e6:.1f} after the last"
        for part, before, after in zip(PARTS, first, last, strict=True)
        if after > before * (1 + FLAT)
    ]

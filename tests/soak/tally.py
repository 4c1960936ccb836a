"""What a soak came to, and the table of it."""

from collections import Counter
from dataclasses import dataclass, field
from math import ceil

from rich.table import Table

from tests.soak.memory import PARTS, Sample, over_day


@dataclass(slots=True, kw_only=True)
class Tally:
    """Figures of all of it."""

    runs: int = 0
    days: float = 0
    ticks: int = 0
    missed: int = 0
    """Bars of pairs on which a run did not decide."""
    unpunctual: int = 0
    busy: int = 0
    """Looks at the server that were answered with 503."""
    orders: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    fills: int = 0
    events: int = 0
    restarts: Counter[str] = field(default_factory=Counter)
    forced: int = 0
    """Times that the server, asked to stop, left by force."""
    faults: Counter[str] = field(default_factory=Counter)
    memory: list[Sample] = field(default_factory=list)
    seconds: float = 0.0

    def table(self) -> Table:
        """For the terminal, and for docs/benchmarks.md."""
        table = Table("what", "figure", show_edge=False)
        for what, figure in self.rows():
            table.add_row(what, figure)
        return table

    def rows(self) -> list[tuple[str, str]]:
        """Each figure with its name."""
        return [
            ("runs, simulated days, wall time", f"{self.runs}, {self.days:g}, {self.seconds:,.0f} s"),
            ("ticks decided, of which a second", f"{self.ticks:,}, {self.ticks / max(self.seconds, 1):.1f}"),
            ("bars of pairs without a tick (outages); steps with a late tick", f"{self.missed:,}; {self.unpunctual:,}"),
            ("orders", f"{self.orders:,} ({_counted(self.statuses)})"),
            ("requests of orders at the exchange", f"{self.requests:,}"),
            ("fills", f"{self.fills:,}"),
            ("events", f"{self.events:,}"),
            ("looks answered with 503", f"{self.busy:,}"),
            ("restarts; stops by force", f"{_counted(self.restarts)}; {self.forced}"),
            ("faults", f"{self.faults.total():,} ({_counted(self.faults)})"),
            *self._memory_rows(),
        ]

    def _memory_rows(self) -> list[tuple[str, str]]:
        last = ceil(self.days)
        days = sorted({*range(7, last + 1, 7), 1, last})
        found = [(day, over_day(self.memory, day)) for day in days]
        return [
            (f"memory over day {day}: {', '.join(PARTS)}", ", ".join(f"{part / 1e6:.1f}" for part in held) + " MB")
            for day, held in found
            if held is not None
        ]


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.most_common())

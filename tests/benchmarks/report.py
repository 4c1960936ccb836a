"""The tables, on the terminal and in docs/benchmarks.md."""

import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from os import cpu_count, getloadavg
from pathlib import Path

import rich.table
from rich.console import Console

from tests.benchmarks.check import Check
from tests.benchmarks.contest import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
FIRST, LAST = "<!-- measured by `make bench`, do not edit -->", "<!-- end of what was measured -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under their heads, as text."""

    title: str
    heads: Sequence[str]
    rows: Sequence[tuple[str, ...]]

    def markdown(self) -> str:
        """As a page has it; the title is the page's own."""
        lines = [self.heads, ["---"] * len(self.heads), *self.rows]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def gates_and_goals(checks: Iterable[Check]) -> Table:
    """What was measured, against its bounds."""
    heads = ("what", "measured", "spread", "gate", "goal", "verdict")
    return Table(title="Gates and goals", heads=heads, rows=[check.cells() for check in checks])


def show(console: Console, table: Table) -> None:
    """One table on the terminal."""
    shown = rich.table.Table(title=table.title, title_justify="left")
    for head in table.heads:
        shown.add_column(head, overflow="fold")
    for row in table.rows:
        shown.add_row(*row)
    console.print(shown)


def write_page(tables: Iterable[Table], command: str) -> None:
    """Put the tables into docs/benchmarks.md, between its two marks; what stands around them stays."""
    text = PAGE.read_text()
    before, _, rest = text.partition(FIRST)
    _, _, after = rest.partition(LAST)
    measured = "\n\n".join([FIRST, machine(command), *(table.markdown() for table in tables)])
    PAGE.write_text(f"{before}{measured}\n\n{LAST}{after}")


def machine(command: str) -> str:
    """Where and when."""
    return (
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, Weaver {version('weaver')}, "
        f"Python {platform.python_version()}, numpy {version('numpy')}; {_processor()}, {cpu_count()} cores, "
        f"{platform.system()}; load at the end: {getloadavg()[0]:.1f}."
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or sys.platform

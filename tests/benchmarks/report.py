"""The tables, on the terminal and in docs/benchmarks.md."""

import platform
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from os import cpu_count, getloadavg
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.check import Check
from tests.benchmarks.contest import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
FIRST, LAST = "<!-- measured by `make bench`, do not edit -->", "<!-- end of what was measured -->"
CHECKS = ("what", "measured", "spread", "gate", "goal", "verdict")
ENGINES = ("engine", "runs", "processor time (lowest–highest)", "bars/s", "against the loop", "peak memory", "trades")

Rows = Sequence[tuple[str, ...]]


def show(console: Console, title: str, heads: Sequence[str], rows: Rows) -> None:
    """One table on the terminal."""
    table = Table(title=title, title_justify="left")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def write_page(checks: Iterable[Check], engines: Rows, command: str) -> None:
    """Put the tables into docs/benchmarks.md, between its two marks; what stands around them stays."""
    text = PAGE.read_text()
    before, _, rest = text.partition(FIRST)
    _, _, after = rest.partition(LAST)
    measured = "\n\n".join(
        [FIRST, machine(command), _markdown(CHECKS, [check.cells() for check in checks]), _markdown(ENGINES, engines)]
    )
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


def _markdown(heads: Sequence[str], rows: Rows) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)

"""`make cycles`: cycles of live runs at full size. A line for every tenth, and what it all came to."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.cycles.cycles import cycles

console = Console(soft_wrap=True, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.cycles", description=__doc__)
    parser.add_argument("--cycles", type=int, default=200)
    count = parser.parse_args().cycles
    with tempfile.TemporaryDirectory() as folder, cycles(Path(folder) / "home") as running:
        before, began = running.warmed_up(), time.monotonic()
        for number in range(1, count + 1):
            running.cycle()
            if number % 10 == 0:
                now = running.server.census()
                console.print(f"{number}: {now.memory / 1e6:.1f} MB, {sum(now.tasks.values())} tasks")
        after, left = running.left_since(before, count)
    for name in ("processes", "descriptors", "tasks"):
        console.print(
            f"{name}: {sum(getattr(before, name).values())} before, {sum(getattr(after, name).values())} after"
        )
    console.print(f"memory: {before.memory / 1e6:.1f} MB before, {after.memory / 1e6:.1f} MB after")
    console.print(f"{count} cycles in {time.monotonic() - began:.0f} s: {'; '.join(left) or 'nothing is left'}")
    sys.exit(bool(left))


if __name__ == "__main__":
    main()

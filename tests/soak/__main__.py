"""`make soak`: paper runs of all shipped strategies for a simulated month, at full size. A line per simulated day, and
a table of what it all came to."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.kill.storages import STORAGES, database, home_in
from tests.soak.soak import Soak, SoakFailed

console = Console(soft_wrap=True, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--days", type=int, default=28, help="of the exchange")
    parser.add_argument("--restarts", type=int, default=10, help="of the server")
    parser.add_argument("--seed", type=int, default=1, help="of the market, the faults and the restarts")
    parser.add_argument("--storage", choices=STORAGES, default=STORAGES[0])
    options = parser.parse_args()
    began = time.monotonic()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            database(options.storage) as url,
            Soak(
                home_in(Path(folder), options.storage), url, runs=options.runs, days=options.days,
                restarts=options.restarts, seed=options.seed,
                say=lambda text: console.print(f"{time.monotonic() - began:5.0f} s  {text}"),
            ) as soak,
        ):  # fmt: skip
            try:
                soak.run()
            finally:
                console.print(soak.tally.table())
    except SoakFailed as error:
        sys.exit(f"FAILED: {error}")


if __name__ == "__main__":
    main()

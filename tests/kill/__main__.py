"""`make kill`: rounds of `kill -9` at full size. A line per round, and what it all came to."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.kill.campaign import Campaign, RoundFailed
from tests.kill.storages import STORAGES, database, home_in

console = Console(soft_wrap=True, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--storage", choices=STORAGES, action="append", help="by default one after the other")
    parser.add_argument("--seed", type=int, default=1, help="the moments and the traffic; a failure names its own")
    options = parser.parse_args()
    try:
        for storage in options.storage or STORAGES:
            campaign(storage, rounds=options.rounds, seed=options.seed)
    except RoundFailed as error:
        sys.exit(f"FAILED: {error}")


def campaign(storage: str, *, rounds: int, seed: int) -> None:
    """All rounds on one storage. Raises RoundFailed."""
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        database(storage) as url,
        Campaign(home_in(Path(folder), storage), url, seed=seed) as running,
    ):
        for _ in range(rounds):
            console.print(f"{storage} {running.round()}")
        console.print(f"{storage}, seed {seed}: {running.finish().text()}; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()

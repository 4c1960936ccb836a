"""`make kill-trading`: rounds of `kill -9` while it trades, at full size. A line per round, and what it all came to."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.kill.storages import STORAGES, database, home_in
from tests.kill_trading.campaign import Campaign, RoundFailed
from tests.kill_trading.tally import Tally

ROUNDS_EACH = 10
"""Rounds of one exchange: its stocks have a session of hours, of which a round takes minutes."""
console = Console(soft_wrap=True, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.kill_trading", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--storage", choices=STORAGES, action="append", help="by default one after the other")
    parser.add_argument("--seed", type=int, default=1, help="the victims' moments; a failure names its own")
    options = parser.parse_args()
    try:
        for storage in options.storage or STORAGES:
            began, tally = time.monotonic(), Tally()
            for number, first in enumerate(range(0, options.rounds, ROUNDS_EACH)):
                rounds = min(ROUNDS_EACH, options.rounds - first)
                tally.add(campaign(storage, rounds=rounds, seed=options.seed + number))
            console.print(f"{storage}, seed {options.seed}: {tally.text()}; {time.monotonic() - began:.0f} s")
    except RoundFailed as error:
        sys.exit(f"FAILED: {error}")


def campaign(storage: str, *, rounds: int, seed: int) -> Tally:
    """Rounds on a new exchange and a new database. Raises RoundFailed."""
    with (
        tempfile.TemporaryDirectory() as folder,
        database(storage) as url,
        Campaign(home_in(Path(folder), storage), url, seed=seed) as running,
    ):
        for _ in range(rounds):
            console.print(f"{storage}, seed {seed}, {running.round()}")
        return running.finish()


if __name__ == "__main__":
    main()

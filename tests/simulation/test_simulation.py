"""200 seeds, as `make simulate` runs them by the thousand."""

import os
import subprocess
import sys

import pytest

from tests.simulation.simulation import Simulation

BATCHES, SIZE = 10, 20


@pytest.mark.parametrize("batch", range(BATCHES))
def test_nothing_is_lost_doubled_or_left_behind(batch: int) -> None:
    for number in range(batch * SIZE + 1, (batch + 1) * SIZE + 1):
        problems = Simulation(number).run()
        assert not problems, f"python -m tests.simulation --seed {number}\n" + "\n".join(problems)


def test_a_seed_is_the_same_in_every_process() -> None:
    found = {_trace("1"), _trace("2")}
    assert len(found) == 1
    assert found != {Simulation(5).world.trace}


def _trace(hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seed", "4"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.splitlines()[-1]

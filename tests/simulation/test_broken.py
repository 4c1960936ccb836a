"""The simulation finds what is wrong: with each protection taken out it fails."""

import pytest

from tests.simulation.broken import BROKEN, without
from tests.simulation.simulation import Simulation

SEEDS = range(1, 121)


@pytest.mark.parametrize("name", BROKEN)
def test_a_protection_that_is_missing_is_found(name: str) -> None:
    with without(name):
        assert any(_fails(seed) for seed in SEEDS), f"{len(SEEDS)} seeds pass without {name}"


def _fails(seed: int) -> bool:
    try:
        return bool(Simulation(seed).run())
    except AssertionError:  # it goes round in circles, say
        return True

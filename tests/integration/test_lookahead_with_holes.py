"""Holes, coarse bars and splits are nobody's look ahead."""

import pytest

from tests.integration import holes


@pytest.mark.parametrize("block", range(12))
def test_clean_strategies_on_markets_with_holes_are_not_accused(block: int) -> None:
    busy = 0
    for seed in range(block * 6, block * 6 + 6):
        what, orders, accused = holes.checked(seed)
        assert accused == [], what
        busy += orders > 0
    assert busy >= 4

"""The extremes that the margin rule's bound is made of, against numpy's own."""

import numpy as np
import pytest

from weaver.greta.ledger.margin_rule import BLOCK, Extremes


@pytest.mark.parametrize("blocks", range(1, 18))
@pytest.mark.parametrize("extreme", [np.minimum, np.maximum], ids=lambda ufunc: ufunc.__name__)
def test_extreme_of_whole_blocks_is_that_of_their_closes(extreme: np.ufunc, blocks: int) -> None:
    closes = np.random.default_rng(blocks).normal(100, 5, blocks * BLOCK - 7)
    found = Extremes(extreme, closes)
    for first in range(blocks):
        for last in range(first, blocks):
            stretch = closes[first * BLOCK : (last + 1) * BLOCK]
            ends = first * BLOCK + 3, min((last + 1) * BLOCK, len(closes)) - 1
            assert found.of(*ends) == extreme.reduce(stretch)

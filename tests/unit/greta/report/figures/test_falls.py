"""The deepest falls against a walk over the curve in plain Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.greta.report.figures.falls import deepest_falls

DAY = 86_400_000_000_000


def naive(equity, initial):
    """Each fall: where its peak was (-1: the initial cash), its lowest row, where it was made good, its depth."""
    peak, at, found, fall = initial, -1, [], None
    for row, value in enumerate(equity):
        if value >= peak:
            if fall:
                found.append((fall[0], fall[1], row, fall[2]))
                fall = None
            peak, at = value, row
        elif fall is None or value / peak - 1 < fall[2]:
            fall = (at if fall is None else fall[0], row, value / peak - 1)
    if fall:
        found.append((fall[0], fall[1], None, fall[2]))
    return found


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_falls_are_those_of_a_plain_walk(values):
    equity = np.array(values, dtype=np.float64)
    stamps = np.arange(len(values), dtype=np.int64) * DAY
    found = deepest_falls(stamps, equity, 20.0, 100)
    told = sorted((one.start, one.bottom, -1 if one.end is None else one.end, one.depth) for one in found)
    wanted = sorted((a, b, -1 if c is None else c, d) for a, b, c, d in naive(equity, 20.0))
    assert [one[:3] for one in told] == [one[:3] for one in wanted]
    assert [one[3] for one in told] == pytest.approx([one[3] for one in wanted])


def test_days_go_from_the_peak_to_where_it_is_reached_again():
    stamps = np.array([0, 1, 2, 5, 9]) * DAY
    [deep, shallow] = deepest_falls(stamps, np.array([100.0, 90.0, 80.0, 100.0, 95.0]), 100.0, 5)
    assert (deep.start, deep.bottom, deep.end, deep.depth, deep.days) == (0, 2, 3, pytest.approx(-0.2), 5)
    assert (shallow.start, shallow.end, shallow.days) == (3, None, 4)
    assert len(deepest_falls(stamps, np.array([100.0, 90.0, 80.0, 100.0, 95.0]), 100.0, 1)) == 1

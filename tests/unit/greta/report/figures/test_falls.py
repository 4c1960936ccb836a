"""The deepest falls against a walk over the curve in plain Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.greta.report.figures.falls import deepest_falls
from weaver.greta.results.drawdown import worst


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
    found = deepest_falls(np.arange(len(values)), equity, 20.0, 100)
    told = sorted((one.start, one.bottom, -1 if one.end is None else one.end, one.depth) for one in found)
    wanted = sorted((a, b, -1 if c is None else c, d) for a, b, c, d in naive(equity, 20.0))
    assert [one[:3] for one in told] == [one[:3] for one in wanted]
    assert [one[3] for one in told] == pytest.approx([one[3] for one in wanted])


def test_days_go_from_the_peak_to_where_it_is_reached_again():
    days = np.array([0, 1, 2, 5, 9])
    [deep, shallow] = deepest_falls(days, np.array([100.0, 90.0, 80.0, 100.0, 95.0]), 100.0, 5)
    assert (deep.start, deep.bottom, deep.end, deep.depth, deep.days) == (0, 2, 3, pytest.approx(-0.2), 5)
    assert (shallow.start, shallow.end, shallow.days) == (3, None, 4)
    assert len(deepest_falls(days, np.array([100.0, 90.0, 80.0, 100.0, 95.0]), 100.0, 1)) == 1


def test_the_longest_is_as_long_as_the_statistics_say():
    session = np.array([3, 3, 4, 4, 9, 9])  # left in the second row of a day, reached again in the first of another
    equity = np.array([100.0, 110.0, 90.0, 95.0, 111.0, 105.0])
    told = worst(session=session, first_rows=np.array([0, 2, 4]), equity=equity, initial_equity=100.0)
    assert max(fall.days for fall in deepest_falls(session, equity, 100.0, 5)) == told.days == 6

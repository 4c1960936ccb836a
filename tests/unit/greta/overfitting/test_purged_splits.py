"""Splits and paths against López de Prado's figure, session by session, and as properties."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.naive import overfitting as naive
from weaver.greta.overfitting.purged_splits import learnable, purged_splits
from weaver.model.errors import InputError


def test_six_groups_two_at_a_time_are_the_books_figure() -> None:
    """2018, figures 12.1 and 12.2: 15 splits, 5 paths; the first path is of splits 1, 1, 2, 3, 4 and 5."""
    found = purged_splits(60, groups=6, tested=2)
    assert [split.tested for split in found.splits[:6]] == [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (1, 2)]
    assert len(found.splits) == 15
    assert (found.paths + 1).tolist() == [
        [1, 1, 2, 3, 4, 5],
        [2, 6, 6, 7, 8, 9],
        [3, 7, 10, 10, 11, 12],
        [4, 8, 11, 13, 13, 14],
        [5, 9, 12, 14, 15, 15],
    ]


@given(st.data(), st.integers(4, 40), st.integers(2, 6))
def test_splits_are_those_of_plain_loops(data: st.DataObject, sessions: int, groups: int) -> None:
    groups = min(groups, sessions)
    tested = data.draw(st.integers(1, groups - 1))
    held = data.draw(st.lists(st.integers(0, 5), min_size=sessions, max_size=sessions))
    embargo = data.draw(st.integers(0, 4))
    ends = [min(day + days, sessions - 1) for day, days in enumerate(held)]
    found = purged_splits(sessions, groups=groups, tested=tested, ends=np.array(ends), embargo=embargo)
    for split in found.splits:
        stretches = [found.groups[group] for group in split.tested]
        assert split.test.tolist() == [day for stretch in stretches for day in stretch]
        assert split.train.tolist() == naive.purged(sessions, stretches, ends, embargo)


@given(st.integers(2, 8), st.data())
def test_each_path_tests_each_group_once_and_each_test_is_on_one_path(groups: int, data: st.DataObject) -> None:
    tested = data.draw(st.integers(1, groups - 1))
    found = purged_splits(3 * groups + 1, groups=groups, tested=tested)
    assert found.paths.shape == (tested * math.comb(groups, tested) // groups, groups)
    used = Counter((int(split), group) for path in found.paths for group, split in enumerate(path))
    assert used == Counter((number, group) for number, split in enumerate(found.splits) for group in split.tested)
    assert [day for group in found.groups for day in group] == list(range(3 * groups + 1))
    assert {len(group) for group in found.groups} <= {3, 4}


def test_what_is_held_into_a_test_and_what_follows_it_are_not_learned_from() -> None:
    """Ten sessions, each held for one more; 4 and 5 are tested, until 6: 3 ends in them, 6 begins in them."""
    ends = np.minimum(np.arange(10) + 1, 9)
    assert learnable([range(4, 6)], ends).tolist() == [0, 1, 2, 7, 8, 9]
    assert learnable([range(4, 6)], ends, embargo=2).tolist() == [0, 1, 2, 9]
    assert learnable([range(4, 6)], np.arange(10)).tolist() == [0, 1, 2, 3, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("sessions", "more", "message"),
    [
        (5, {"groups": 6}, "groups: 5 sessions can be cut into 2 to 5 groups, not 6"),
        (0, {"groups": 1}, "groups: 0 sessions can be cut into 2 to 2 groups, not 1"),
        (10, {"groups": 4, "tested": 4}, "tested: of 4 groups 1 to 3 can be tested at a time, not 4"),
        (10, {"groups": 4, "tested": 0}, "tested: of 4 groups 1 to 3 can be tested at a time, not 0"),
        (10, {"groups": 4, "embargo": -1}, "embargo: -1 sessions are fewer than none: give 0 or more"),
        (100, {"groups": 40, "tested": 20}, "ask for fewer"),
        (10, {"groups": 4, "ends": np.arange(9)}, "ends: one session is needed"),
        (10, {"groups": 4, "ends": np.zeros(10, dtype=int)}, "and none before it"),
    ],
)
def test_what_cannot_be_cut_is_refused(sessions: int, more: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        purged_splits(sessions, **more)  # type: ignore[arg-type]

"""In which order points are tried: the same of the same seed, none twice."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.greta.sweep.axes import Choices, Span
from weaver.greta.sweep.search import Listed, SearchKind, drawn, grid, trials_wanted
from weaver.greta.sweep.space import Space
from weaver.model.errors import InputError

SPACE = Space([Choices(name="a", values=tuple(range(10))), Choices(name="b", values=tuple(range(10)))], where="a < b")


@given(trials=st.integers(1, 60), seed=st.integers(0, 1000))
def test_random_points_are_those_of_the_seed_and_none_is_twice(trials: int, seed: int) -> None:
    points = drawn(SPACE, trials, seed)
    assert points == drawn(SPACE, trials, seed)
    assert len({tuple(point.values()) for point in points}) == len(points)
    assert all(point["a"] < point["b"] for point in points)
    assert len(points) == min(trials, 45)


def test_more_points_begin_with_the_same_ones() -> None:
    assert drawn(SPACE, 30, 7)[:10] == drawn(SPACE, 10, 7)


def test_where_there_are_no_more_they_are_all_tried_in_order() -> None:
    assert drawn(SPACE, 100, 3) == list(SPACE.grid())


def test_random_points_are_spread_evenly() -> None:
    space = Space([Choices(name="a", values=tuple("abcd")), Span(name="x", low=0.0, high=1.0)])
    points = drawn(space, 4000, 1)
    assert all(900 < count < 1100 for count in Counter(point["a"] for point in points).values())
    assert sum(point["x"] < 0.25 for point in points) == pytest.approx(1000, abs=100)


def test_a_space_that_its_constraint_leaves_empty_is_told() -> None:
    space = Space([Span(name="x", low=0.0, high=1.0)], where="x > 2")
    with pytest.raises(InputError, match="no point of the space satisfies the constraint"):
        drawn(space, 5, 0)


def test_a_grid_can_be_cut_short() -> None:
    assert grid(SPACE, 3) == list(SPACE.grid())[:3]


def test_points_that_are_known_are_proposed_once() -> None:
    search = Listed([{"a": 1}])
    assert search.propose() == [{"a": 1}]
    search.learn([None])
    assert not search.propose()


def test_how_many_trials_must_be_known_where_the_space_does_not_say() -> None:
    assert trials_wanted(SearchKind.GRID, None) is None
    assert trials_wanted(SearchKind.RANDOM, 5) == 5
    with pytest.raises(InputError, match="--search tpe needs to know how many to try: add --trials N"):
        trials_wanted(SearchKind.TPE, None)
    with pytest.raises(InputError, match="trials=0: at least 1"):
        trials_wanted(SearchKind.GRID, 0)

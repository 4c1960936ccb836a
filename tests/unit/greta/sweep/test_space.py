"""The points of a space: all of them once, in order, but for those that a constraint leaves out."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.greta.sweep.axes import Choices, Span
from weaver.greta.sweep.space import Space
from weaver.model.errors import InputError

FAST = Choices(name="fast", values=(5, 10, 20))
SLOW = Choices(name="slow", values=(10, 20))


def test_the_last_axis_varies_fastest() -> None:
    points = list(Space([FAST, SLOW]).grid())
    assert points == [{"fast": fast, "slow": slow} for fast in (5, 10, 20) for slow in (10, 20)]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_a_grid_has_every_combination_once(sizes: list[int]) -> None:
    axes = [Choices(name=f"a{k}", values=tuple(range(size))) for k, size in enumerate(sizes)]
    found = [tuple(point.values()) for point in Space(axes).grid()]
    assert found == list(product(*(range(size) for size in sizes)))
    assert Space(axes).size == len(found)


def test_a_constraint_leaves_points_out_and_knows_what_is_fixed() -> None:
    space = Space([FAST, SLOW], where="fast < slow and slow < top", fixed={"top": 20, "fast": 1})
    assert list(space.grid()) == [{"fast": 5, "slow": 10}]


def test_a_constraint_without_a_value_leaves_the_point_out() -> None:
    space = Space([Choices(name="x", values=(0, 1))], where="1 / x > 0")
    assert list(space.grid()) == [{"x": 1}]


def test_a_constraint_that_nothing_satisfies_is_told() -> None:
    with pytest.raises(InputError, match="no point of the space satisfies the constraint 'fast > slow \\+ 90'"):
        list(Space([FAST, SLOW], where="fast > slow + 90").grid())


def test_there_is_no_grid_of_anything_between() -> None:
    space = Space([FAST, Span(name="share", low=0.5, high=1.0)])
    assert space.size is None
    with pytest.raises(InputError, match=r"share is anything from 0.5 to 1, .* give it a step \(0.5:1:STEP\)"):
        next(space.grid())


def test_no_axes_and_one_twice_are_refused() -> None:
    with pytest.raises(InputError, match="nothing to vary: name a parameter"):
        Space([])
    with pytest.raises(InputError, match="fast is varied twice"):
        Space([FAST, SLOW, FAST])


def test_it_describes_itself() -> None:
    space = Space([FAST, Span(name="x", low=1, high=9, is_whole=True, is_log=True)], where="fast < x")
    assert space.describe() == {
        "axes": [
            {"name": "fast", "values": [5, 10, 20]},
            {"name": "x", "low": 1, "high": 9, "is_whole": True, "is_log": True},
        ],
        "where": "fast < x",
    }
    assert space.size == 27

"""What differs between two objects is told whole."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from weaver.model.promotion.differences import Difference, differences


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(one.field, one.before, one.after) for one in differences(before, after)]


def test_fields_are_named_by_their_place_in_order() -> None:
    before = {"mode": "backtest", "options": {"cash": "5", "seed": 1, "costs": "fx"}, "risk": None, "symbols": ["A"]}
    after = {"mode": "paper", "options": {"cash": "5", "costs": {"a": "1"}, "speed": "max"}, "risk": {}, "symbols": []}
    assert told(before, after) == [
        ("mode", "backtest", "paper"),
        ("options.seed", 1, None),
        ("options.costs", "fx", {"a": "1"}),
        ("options.speed", None, "max"),
        ("risk", None, {}),
        ("symbols", ["A"], []),
    ]


def test_nothing_differs_of_the_same() -> None:
    assert told({"a": {"b": [1]}}, {"a": {"b": [1]}, "c": None}) == []


leaves = st.none() | st.integers(0, 2) | st.text("xy", max_size=2) | st.lists(st.integers(0, 1), max_size=2)
objects = st.recursive(
    st.dictionaries(st.sampled_from("abc"), leaves, max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), leaves | inner, max_size=3),
    max_leaves=10,
)


def put(into: dict[str, Any], one: Difference) -> None:
    *path, last = one.field.split(".")
    for name in path:
        into = into[name]
    into[last] = one.after


def without_nulls(value: Any) -> Any:
    """Null is as good as not there."""
    if not isinstance(value, dict):
        return value
    return {name: without_nulls(one) for name, one in value.items() if one is not None}


@given(before=objects, after=objects)
def test_the_one_changed_by_the_differences_is_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    changed = deepcopy(before)
    for one in differences(before, after):
        put(changed, one)
    assert without_nulls(changed) == without_nulls(after)
    assert all(one.before != one.after for one in differences(before, after))

"""What is tried of a parameter: ranges, lists, logarithms, bounds, and what is refused in one line."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.greta.sweep.axes import Choices, Range, Span, axis
from weaver.model.errors import InputError

WHOLE = {"type": "integer", "minimum": 2, "maximum": 500}
REAL = {"type": "number", "minimum": 0.0, "exclusiveMaximum": 1.0}


def values(given_: Any, schema: dict[str, Any] | None = WHOLE) -> list[Any]:
    found = axis("x", given_, schema)
    assert isinstance(found, Choices)
    return list(found.values)


@pytest.mark.parametrize(
    ("given_", "schema", "expected"),
    [
        ("5:20:5", WHOLE, [5, 10, 15, 20]),
        ("5:22:5", WHOLE, [5, 10, 15, 20]),
        ("5:8", WHOLE, [5, 6, 7, 8]),
        ("7", WHOLE, [7]),
        ("20, 50,100", WHOLE, [20, 50, 100]),
        ("0.1:0.5:0.1", REAL, [0.1, 0.2, 0.3, 0.4, 0.5]),
        ("1e-3,0.5", REAL, [0.001, 0.5]),
        ("1:1000:log:4", WHOLE, [1, 10, 100, 1000]),
        ("1:3:log:5", WHOLE, [1, 2, 3]),
        ("-3:-1", None, [-3, -2, -1]),
        ("true,false", {"type": "boolean"}, [True, False]),
        ("a,b", {"type": "string"}, ["a", "b"]),
        ("1,2", {"type": "string"}, ["1", "2"]),
        (range(5, 51, 20), WHOLE, [5, 25, 45]),
        (np.array([3, 4]), WHOLE, [3, 4]),
        (np.linspace(0, 1, 3), REAL, [0.0, 0.5, 1.0]),
        ([3, 4.5], REAL, [3, 4.5]),
        (7, WHOLE, [7]),
        (Range(1, 2, 0.5), REAL, [1.0, 1.5, 2.0]),
        (Range(Decimal("0.1"), Decimal("0.3"), Decimal("0.1")), REAL, [0.1, 0.2, 0.3]),
        (Range(3, 5), WHOLE, [3, 4, 5]),
        (Range(2.0, 2.0), REAL, [2.0]),
        (None, {"enum": ["up", "down"]}, ["up", "down"]),
        (None, {"type": "boolean"}, [False, True]),
        (None, {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 5}, [2, 3, 4]),
        (None, {"type": "integer", "minimum": 0, "maximum": 9, "multipleOf": 3}, [0, 3, 6, 9]),
        ("1:3", {"anyOf": [{"type": "integer"}, {"type": "null"}]}, [1, 2, 3]),
        ("0.5,1", {"anyOf": [{"type": "number"}, {"type": "string"}]}, [0.5, 1.0]),
    ],
)
def test_values_of_a_list_or_a_range(given_: Any, schema: dict[str, Any] | None, expected: list[Any]) -> None:
    found = values(given_, schema)
    assert found == expected
    assert [type(one) for one in found] == [type(one) for one in expected]


@pytest.mark.parametrize(
    ("given_", "schema", "expected"),
    [
        ("0:1", REAL, Span(name="x", low=0.0, high=1.0)),
        ("0.001:1:log", REAL, Span(name="x", low=0.001, high=1.0, is_log=True)),
        ("1:1000:log", WHOLE, Span(name="x", low=1.0, high=1000.0, is_whole=True, is_log=True)),
        (None, {"type": "number", "minimum": 0.5, "maximum": 2}, Span(name="x", low=0.5, high=2.0)),
    ],
)
def test_a_range_without_steps_is_anything_between(given_: Any, schema: dict[str, Any], expected: Span) -> None:
    assert axis("x", given_, schema) == expected


@pytest.mark.parametrize(
    ("given_", "schema", "message"),
    [
        ("50:5:5", WHOLE, "x=50:5:5: a range goes upwards, from the lower to the higher number"),
        ("5:50:0", WHOLE, "x=5:50:0: the step must be above 0"),
        ("5:50:-5", WHOLE, "x=5:50:-5: the step must be above 0"),
        ("5:50:0.5", WHOLE, "x=5:50:0.5: x is a whole number, and so is its step"),
        ("0.5:5", WHOLE, "x=0.5:5: x is a whole number, and so are the ends of its range"),
        ("5:50:5:5", WHOLE, "x=5:50:5:5: a range is FROM:TO or FROM:TO:STEP"),
        ("5:50:many", WHOLE, "x: 'many' is no number"),
        ("0:1:log", REAL, "x=0:1:log: a logarithmic range lies above 0"),
        ("1:9:log:1", WHOLE, "x=1:9:log:1: behind log stands how many values, 2 at least"),
        ("1:9:log:x", WHOLE, "x=1:9:log:x: behind log stands how many values, 2 at least"),
        ("5,,6", WHOLE, "x=5,,6: a value of the list is missing"),
        ("", WHOLE, "x=: a value of the list is missing"),
        ("20,20", WHOLE, "x: 20 stands twice among its values"),
        ([], WHOLE, "x: nothing to try of it"),
        ({"a": 1}, WHOLE, "x: give it a range"),
        (Range(1, float("nan")), REAL, "x: nan is no number; a range is of finite numbers"),
        (Range(1, True), REAL, "x: True is no number"),
        (Range(1, 9, 2, log=True), REAL, "has points, not a step"),
        ("0:1:0.00000001", REAL, "x=0:1:0.00000001 has 100,000,001 values: take a larger step"),
        (None, {"type": "integer", "minimum": 2}, r"x has no bounds \(Field\(…, ge=…, le=…\)\) of its own"),
        (None, {"type": "string"}, "x has no choices of its own"),
    ],
)
def test_what_cannot_be_tried_is_refused_in_one_line(given_: Any, schema: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        axis("x", given_, schema)
    assert "\n" not in str(refused.value)


@given(low=st.integers(-1000, 1000), count=st.integers(1, 200), step=st.integers(1, 50))
def test_a_range_of_whole_numbers_is_that_of_python(low: int, count: int, step: int) -> None:
    high = low + (count - 1) * step
    assert values(f"{low}:{high}:{step}", {"type": "integer"}) == list(range(low, high + 1, step))


@given(low=st.decimals(-10, 10, places=3), count=st.integers(1, 300), step=st.decimals("0.001", 2, places=3))
def test_steps_of_decimals_do_not_drift(low: Decimal, count: int, step: Decimal) -> None:
    high = low + (count - 1) * step
    exact = [Fraction(low) + k * Fraction(step) for k in range(count)]
    assert values(f"{low}:{high}:{step}", REAL) == [float(one) for one in exact]


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_span_stays_within_its_bounds_and_rises(share: float) -> None:
    for span in (
        Span(name="x", low=0.001, high=1.0, is_log=True),
        Span(name="x", low=-2.0, high=3.0),
        Span(name="x", low=1, high=7, is_whole=True),
        Span(name="x", low=1, high=700, is_whole=True, is_log=True),
    ):
        assert span.low <= span.at(share) <= span.high
        assert span.at(share) <= span.at(min(share + 0.1, 1.0))
    assert math.isclose(Span(name="x", low=0.01, high=1.0, is_log=True).at(0.5), 0.1)


def test_each_whole_number_of_a_span_is_as_likely_as_the_others() -> None:
    span = Span(name="x", low=1, high=4, is_whole=True)
    found = [span.at(share) for share in np.linspace(0, 1, 4000, endpoint=False)]
    assert {one: found.count(one) for one in (1, 2, 3, 4)} == pytest.approx(dict.fromkeys((1, 2, 3, 4), 1000), abs=2)

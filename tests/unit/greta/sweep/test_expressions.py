"""Expressions that users type: computed, refused, and never anything else."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.greta.sweep.expressions import Expression, Undefined
from weaver.model.errors import InputError

VALUES = {"fast": 5, "slow": 20, "mode": "up", "flag": True, "nothing": None}


def value(text: str, **others: Any) -> Any:
    return Expression(text, [*VALUES, *others], what="the constraint")({**VALUES, **others})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fast < slow", True),
        ("2 * fast < slow <= 20", True),
        ("fast >= slow or mode == 'up'", True),
        ("not flag", False),
        ("mode in ('up', 'down')", True),
        ("slow % fast == 0 and slow // fast == 4", True),
        ("fast if flag else slow", 5),
        ("max(fast, slow) - abs(-3)", 17),
        ("sqrt(slow - 4) + log(exp(1))", 5.0),
        ("fast ** 2", 25.0),
        ("round(slow / 3)", 7),
        ("-fast + +slow", 15),
    ],
)
def test_an_expression_is_computed_as_python_does(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text", ["fast / 0", "sqrt(-1)", "log(0)", "nothing + 1", "exp(10000)", "9.0 ** 9999", "1 % 0"]
)
def test_what_has_no_value_is_undefined(text: str) -> None:
    with pytest.raises(Undefined):
        value(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fst < slow", "there is no fst; there is fast, slow, mode, flag, nothing; did you mean fast?"),
        ("fast <", "is no expression: invalid syntax"),
        ("", "is no expression"),
        ("fast = 5", "is no expression"),
        ("__import__('os')", "only abs, min, max, round, sqrt, log, exp can be called in it"),
        ("fast.real", "Attribute is not allowed in it"),
        ("[x for x in (1,)]", "ListComp is not allowed in it"),
        ("(lambda: 1)()", "only abs, min"),
        ("max(fast, key=slow)", "only abs, min"),
        ("f'{fast}'", "JoinedStr is not allowed"),
        ("fast[0]", "Subscript is not allowed"),
        ("b'x' == mode", "is neither a number nor a text"),
        ("fast + mode", "cannot be computed"),
        ("(" * 400 + "fast" + ")" * 400, "an expression has at most 500 characters"),
        ("fast < " + "1" * 600, "an expression has at most 500 characters"),
        ("fast\x00", "is no expression"),
    ],
)
def test_what_is_no_such_expression_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        value(text)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_power_takes_no_longer_than_any_other() -> None:
    with pytest.raises(Undefined):
        value("9 ** 9 ** 9 ** 9")


@given(st.text(max_size=60))
def test_no_text_does_anything_else(text: str) -> None:
    with suppress(InputError, Undefined):
        value(text)

"""Amounts mix with floats, each read by its repr; decimals among themselves compute as ever."""

import copy
import json
import math
import operator
import pickle
import statistics
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import decimal_of, exact

OPERATORS = (operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod)
ORDERS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)
floats = st.floats(min_value=-1e6, max_value=1e6, allow_subnormal=False).filter(lambda value: abs(value) > 1e-6)
counted = st.decimals(min_value=-(10**6), max_value=10**6, places=8).filter(bool)


@given(counted, floats, st.sampled_from(OPERATORS))
def test_arithmetic_reads_a_float_by_its_repr(number: Decimal, value: float, apply: Any) -> None:
    amount, read = Amount(number), Decimal(repr(value))
    for result, expected in (
        (apply(amount, value), apply(number, read)),
        (apply(value, amount), apply(read, number)),
        (apply(amount, np.float64(value)), apply(number, read)),
        (apply(np.float64(value), amount), apply(read, number)),
        (apply(amount, read), apply(number, read)),
        (apply(read, amount), apply(read, number)),
    ):
        assert type(result) is Amount
        assert Decimal(result) == expected


@given(counted, floats, st.sampled_from(ORDERS))
def test_comparisons_read_a_float_by_its_repr(number: Decimal, value: float, compare: Any) -> None:
    for one in (value, float(number)):
        read = Decimal(repr(one))
        assert compare(Amount(number), one) is compare(number, read)
        assert compare(one, Amount(number)) is compare(read, number)
        assert bool(compare(np.float64(one), Amount(number))) is compare(read, number)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (lambda a: a * 0.02, "2000.000000"),
        (lambda a: a + 0.1, "100000.1000"),
        (lambda a: 0.1 - a, "-99999.9000"),
        (lambda a: a / 4, "25000"),
        (lambda a: a * 0.1 / 4.0 * np.float64(4), "10000"),
        (lambda a: a * np.float64(0.02), "2000.000000"),
        (lambda a: np.float64(0.02) * a, "2000.000000"),
        (lambda a: np.int64(2) * a, "200000.0000"),
        (lambda a: a**2, "10000000000.00000000"),
        (lambda a: -a, "-100000.0000"),
        (lambda a: abs(-a), "100000.0000"),
        (lambda a: round(a / 3, 2), "33333.33"),
        (lambda a: sum([a, 0.5, 1]), "100001.5000"),
        (lambda a: max(a, 1.5), "100000.0000"),
        (lambda a: min(a, a.quantize(Decimal("0.1"))) * 0.5, "50000.00000"),
        (lambda a: divmod(a, 0.3)[1], "0.1000"),
        (lambda a: statistics.mean([a, a * 3]), "200000"),
    ],
)
def test_what_a_strategy_writes_stays_an_amount(told: Any, expected: str) -> None:
    result = told(Amount("100000.0000"))
    assert (type(result), Decimal(result)) == (Amount, Decimal(expected))


def test_what_floors_and_roots_make_of_an_amount_is_theirs() -> None:
    amount = Amount("10.7")
    assert (math.floor(amount), math.ceil(amount), int(amount), round(amount)) == (10, 11, 10, 11)
    assert math.sqrt(Amount(16)) == 4.0
    assert np.log(amount) == math.log(10.7)
    assert np.isfinite(amount)
    assert f"{amount:.2f} {amount}" == "10.70 10.7"


def test_arrays_and_series_make_floats() -> None:
    array = np.array([1.0, 2.0])
    for result in (array * Amount("0.5"), Amount("0.5") * array, pd.Series(array) * Amount("0.5")):
        assert (result.dtype, list(result)) == (np.dtype(float), [0.5, 1.0])
    assert list(array > Amount("1.5")) == list(Amount("1.5") < array) == [False, True]
    column = pd.Series([Amount("0.5"), Amount("1.5")])
    assert list(column * 0.5) == [Decimal("0.25"), Decimal("0.75")]
    assert np.array([Amount("0.5")], dtype=float).tolist() == [0.5]


@pytest.mark.parametrize(
    "told",
    [
        np.log, np.exp, np.sum, np.mean, np.std, np.diff, np.round, np.isnan, np.sort,
        lambda several: np.percentile(several, 5),
        lambda several: np.corrcoef(several, [1.0, 2.0, 4.0]),
        lambda several: np.polyfit([0.0, 1.0, 2.0], several, 1),
        lambda several: np.log(np.array(several)),
        lambda several: np.where([True, False, True], several[0], 0.5),
        lambda several: np.append(np.array([1.0]), several),
        lambda several: np.linspace(0.0, several[0], 3),
        lambda several: pd.Series(np.array(several)).pct_change().to_numpy(),
    ],
)  # fmt: skip
def test_several_amounts_in_an_array_are_floats(told: Any) -> None:
    values = [0.5, 1.25, 0.75]
    result, expected = told([Amount(repr(value)) for value in values]), told(values)
    assert result.dtype == expected.dtype
    assert np.array_equal(result, expected, equal_nan=result.dtype.kind == "f")


def test_array_and_column_of_objects_keep_amounts_exact() -> None:
    amount = Amount("0.1234567890123456789")
    assert str(np.array([amount], dtype=object)[0]) == str(amount)
    assert str(pd.Series([amount])[0]) == str(amount)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_what_is_not_finite_computes_as_floats_do(value: float) -> None:
    amount = Amount("1.5")
    for apply in (operator.add, operator.sub, operator.mul):
        assert repr(float(apply(amount, value))) == repr(float(apply(1.5, value)))
        assert repr(float(apply(value, amount))) == repr(float(apply(value, 1.5)))
    for compare in ORDERS:
        assert bool(compare(amount, value)) is bool(compare(1.5, value))
        assert bool(compare(value, amount)) is bool(compare(value, 1.5))


@pytest.mark.parametrize("wrong", ["1", None, [1], object(), 1j])
def test_what_is_no_number_is_no_operand(wrong: Any) -> None:
    for apply in (operator.add, operator.sub, operator.truediv, operator.lt):
        with pytest.raises(TypeError):
            apply(Amount(1), wrong)
    assert Amount(1) != wrong


def test_division_by_zero_is_what_it_is_among_decimals_and_floats() -> None:
    for zero in (0, 0.0, np.float64(0), Amount(0)):
        with pytest.raises(ZeroDivisionError):
            Amount(1) / zero


def test_amount_is_a_decimal_to_whoever_asks() -> None:
    amount = decimal_of(1050, 2)
    assert type(amount) is Amount
    assert isinstance(amount, Decimal)
    assert hash(amount) == hash(Decimal("10.5"))
    assert {Decimal("10.5"): "found"}[amount] == "found"
    assert exact(amount, name="it") == Decimal("10.5")
    assert json.dumps(amount, default=str) == '"10.50"'
    for copied in (pickle.loads(pickle.dumps(amount)), copy.copy(amount), copy.deepcopy([amount])[0]):
        assert (type(copied), str(copied)) == (Amount, "10.50")

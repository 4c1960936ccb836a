"""Which functions of users are known again: those that look at their arguments only."""

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from weaver.marvin.series.functions import known_functions
from weaver.marvin.series.functions.known_functions import function_key

FACTOR = 2.0
TABLE = {"a": 1}


def plain(values: Any, period: int = 3) -> Any:
    return np.convolve(values, np.ones(period) / period) * FACTOR


def by_another(values: Any) -> Any:
    return plain(values, 4) + math.pi


def within(values: Any) -> Any:
    return [inner + FACTOR for inner in (value * 2 for value in values)]


def recursive(values: Any, depth: int = 2) -> Any:
    return values if not depth else recursive(values, depth - 1)


def of_a_table(values: Any) -> Any:
    return values * TABLE["a"]


def of_the_clock(values: Any) -> Any:
    return values * time.time()


def of_a_list(values: Any, seen: list[int] = []) -> Any:  # noqa: B006 - what it is here for
    seen.append(1)
    return values * len(seen)


def that_counts(values: Any) -> Any:
    global FACTOR
    FACTOR += 1
    return values


def that_imports(values: Any) -> Any:
    import random

    return values * random.random()


class Owner:
    def method(self, values: Any) -> Any:
        return values


def closure() -> Callable[[Any], Any]:
    factor = 3
    return lambda values: values * factor


def by_an_owner(values: Any) -> Any:
    return Owner().method(values)


KNOWN = [plain, by_another, within, recursive, np.cumsum, np.log, np.add.accumulate, np.gradient, math.sqrt]
UNKNOWN = [of_a_table, of_the_clock, that_counts, that_imports, Owner().method, closure(), by_an_owner, [].append]


@pytest.mark.parametrize("function", KNOWN)
def test_what_looks_at_its_arguments_only_is_known_again(function: Callable[..., Any]) -> None:
    key = function_key(function, {"period": 3})
    assert key is not None
    assert key == function_key(function, {"period": 3})
    assert key != function_key(function, {"period": 4})
    assert key != function_key(function, {"period": 3.0})


@pytest.mark.parametrize("function", UNKNOWN)
def test_what_has_a_memory_of_its_own_is_not(function: Callable[..., Any]) -> None:
    assert function_key(function, {}) is None


def test_a_default_that_can_change_is_part_of_its_key() -> None:
    before = function_key(of_a_list, {})
    of_a_list(np.ones(1))
    assert function_key(of_a_list, {}) != before


@pytest.mark.parametrize("options", [{"a": np.ones(2)}, {"a": object()}, {"a": {1, 2}}, {"a": [np.ones(1)]}])
def test_options_that_are_no_values_make_it_unknown(options: Mapping[str, Any]) -> None:
    assert function_key(plain, options) is None


def test_a_global_that_changed_is_another_function(monkeypatch: pytest.MonkeyPatch) -> None:
    before = function_key(by_another, {}), function_key(within, {})
    monkeypatch.setitem(globals(), "FACTOR", 3.0)
    assert function_key(by_another, {}) != before[0]
    assert function_key(within, {}) != before[1]
    monkeypatch.setitem(globals(), "FACTOR", -0.0)
    negative = function_key(plain, {})
    monkeypatch.setitem(globals(), "FACTOR", 0.0)
    assert function_key(plain, {}) != negative
    assert known_functions.function_key(recursive, {}) is not None

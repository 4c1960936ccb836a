"""Whether what a strategy wants to be called with is callable so."""

import inspect
from collections.abc import Callable
from functools import cache
from pathlib import PurePath
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

_found: "WeakKeyDictionary[Callable[..., Any], dict[tuple[str, ...], str | None]]" = WeakKeyDictionary()
"""Looking at a signature takes longer than many a callback: a sweep asks thousands of times about the same few."""


def call_problem(callback: Callable[..., Any], *names: str) -> str | None:
    """What is wrong with a callback that will be given arguments of these names; None: nothing that can be told."""
    if not isinstance(callback, FunctionType | type):
        return _call_problem(callback, names)
    known = _found.setdefault(callback, {})
    if names not in known:
        known[names] = _call_problem(callback, names)
    return known[names]


def _call_problem(callback: Callable[..., Any], names: tuple[str, ...]) -> str | None:
    if inspect.iscoroutinefunction(callback) or inspect.isgeneratorfunction(callback):
        return f"{_place(callback)} must be a plain function: a strategy decides, it never waits"
    try:
        inspect.signature(callback).bind(*names)
    except TypeError:
        return f"{_place(callback)} must take ({', '.join(names)})"
    except ValueError:
        return None  # something built in, which does not say what it takes
    return None


def _place(callback: Callable[..., Any]) -> str:
    code = getattr(inspect.unwrap(callback), "__code__", None)
    name = getattr(callback, "__name__", repr(callback))
    return name if code is None else f"{PurePath(code.co_filename).name} line {code.co_firstlineno}: {name}"


@cache
def names_taken(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's arguments."""
    return tuple(inspect.signature(function).parameters)

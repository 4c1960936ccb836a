"""What is wrong with a strategy class that loads: parameters and callbacks that would fail, or never be called."""

import inspect
from difflib import get_close_matches
from pathlib import PurePath
from typing import Any

from weaver.marvin.parameters import json_schema, validate
from weaver.marvin.strategy import Strategy
from weaver.model.errors import WeaverError

_CALLBACKS = [name for name in vars(Strategy) if name.startswith("on_")]


def problems_of(strategy: type[Strategy]) -> list[str]:
    """One line per problem; none when it can be run with its defaults."""
    return [*_parameter_problems(strategy), *_callback_problems(strategy)]


def _parameter_problems(strategy: type[Strategy]) -> list[str]:
    try:
        validate(strategy, {})
        json_schema(strategy)
    except WeaverError as error:
        return [str(error)]
    return []


def _callback_problems(strategy: type[Strategy]) -> list[str]:
    problems = []
    for name, method in inspect.getmembers(strategy, inspect.isfunction):
        if not name.startswith("on_") or getattr(Strategy, name, None) is method:
            continue
        code = method.__code__
        place = f"{PurePath(code.co_filename).name} line {code.co_firstlineno}: {name}"
        if name in _CALLBACKS:
            problems += _signature_problems(place, method, getattr(Strategy, name))
        elif near := get_close_matches(name, _CALLBACKS, n=1, cutoff=0.7):
            problems.append(f"{place} is never called; did you mean {near[0]}?")
    return problems


def _signature_problems(place: str, method: Any, model: Any) -> list[str]:
    if inspect.iscoroutinefunction(method) or inspect.isgeneratorfunction(method):
        return [f"{place} must be a plain function: a strategy decides, it never waits"]
    expected = len(inspect.signature(model).parameters)
    try:
        inspect.signature(method).bind(*range(expected))
    except TypeError:
        names = ", ".join(inspect.signature(model).parameters)
        return [f"{place} must take ({names})"]
    return []

"""What is wrong with a strategy class that loads: parameters and callbacks that would fail, or never be called."""

import inspect
from difflib import get_close_matches
from pathlib import PurePath

from weaver.marvin.callbacks import call_problem
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
        if name in _CALLBACKS:
            problem = call_problem(method, *inspect.signature(getattr(Strategy, name)).parameters)
            problems += [problem] if problem else []
        elif near := get_close_matches(name, _CALLBACKS, n=1, cutoff=0.7):
            code = method.__code__
            place = f"{PurePath(code.co_filename).name} line {code.co_firstlineno}: {name}"
            problems.append(f"{place} is never called; did you mean {near[0]}?")
    return problems

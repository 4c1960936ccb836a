"""What is wrong with a strategy class that loads: parameters and callbacks that would fail, or never be called."""

import inspect

from weaver.marvin.parameters.validation import json_schema, validate
from weaver.marvin.plugins.misspelt import CALLBACKS, misspelt_callbacks
from weaver.marvin.signatures import call_problem
from weaver.marvin.strategy import Strategy
from weaver.model.errors import WeaverError


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
    for name in sorted(CALLBACKS):
        method = getattr(strategy, name)
        if method is not getattr(Strategy, name) and inspect.isfunction(method):
            problem = call_problem(method, *inspect.signature(getattr(Strategy, name)).parameters)
            problems += [problem] if problem else []
    return [*problems, *misspelt_callbacks(strategy)]

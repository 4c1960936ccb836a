"""Which of a user's functions gives the same for the same arrays, so that its result can be kept for other runs."""

import dis
from collections.abc import Hashable, Iterator, Mapping
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

_LIBRARIES = frozenset({"numpy", "scipy", "talib", "math", "cmath", "operator", "itertools", "functools", "builtins"})
"""Packages whose functions look at their arguments only."""
_DISPATCHED: type = type(np.cumsum)
"""Of numpy's functions that are written in Python."""
_SCALARS = (bool, int, float, complex, str, bytes, type(None))
_CHANGES = frozenset({"STORE_GLOBAL", "DELETE_GLOBAL", "IMPORT_NAME", "STORE_ATTR", "STORE_DEREF"})
"""What a function does to something besides its own variables."""


def function_key(function: Any, options: Mapping[str, Any]) -> Hashable | None:
    """A key that is equal for calls of a function that give the same for the same arrays; None where that cannot be
    told: it has a memory of its own (a method, a closure, a global that can change), or options that are no values."""
    about = _value_key(options)
    known = _function_key(function, ())
    return None if known is None or about is None else (known, about)


def _function_key(function: Any, above: tuple[Any, ...]) -> Hashable | None:
    if isinstance(function, BuiltinFunctionType):
        owner = function.__self__
        return function if owner is None or isinstance(owner, ModuleType | np.ufunc) else None
    if isinstance(function, np.ufunc | _DISPATCHED):
        return function
    if not isinstance(function, FunctionType):
        return None
    if _is_of_library(function):
        return function
    if function.__closure__ or function.__dict__:
        return None
    defaults = _value_key([*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).items()])
    names = _globals_key(function, (*above, function))
    return None if defaults is None or names is None else (function.__code__, defaults, names)


def _globals_key(function: FunctionType, above: tuple[Any, ...]) -> Hashable | None:
    """What the globals that a function reads stand for now."""
    found = []
    for code in _codes(function.__code__):
        for step in dis.get_instructions(code):
            if step.opname in _CHANGES:
                return None
            if step.opname in {"LOAD_GLOBAL", "LOAD_NAME"} and step.argval in function.__globals__:
                key = _global_key(function.__globals__[step.argval], above)
                if key is None:
                    return None
                found.append((step.argval, key))
    return tuple(found)


def _global_key(value: Any, above: tuple[Any, ...]) -> Hashable | None:
    if isinstance(value, ModuleType):
        return value.__name__ if value.__name__.partition(".")[0] in _LIBRARIES else None
    if isinstance(value, type):
        return value if _is_of_library(value) else None
    if callable(value):
        return "again" if any(value is one for one in above) else _function_key(value, above)
    return None if isinstance(value, list | Mapping) else _value_key(value)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of the functions within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _is_of_library(named: Any) -> bool:
    return str(named.__module__).partition(".")[0] in _LIBRARIES


def _value_key(value: Any) -> Hashable | None:
    """A key of a value as it is now, of numbers and texts, or of lists and mappings of them; None of any other. Equal
    keys are the same to the last bit."""
    if isinstance(value, _SCALARS):
        return (type(value), repr(value))
    if isinstance(value, Mapping):
        value = tuple(value.items())
    if isinstance(value, tuple | list):
        keys = tuple(_value_key(one) for one in value)
        return None if None in keys else (type(value), keys)
    return None

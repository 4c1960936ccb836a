"""Values of options as somebody writes them in Python or JSON; each reader raises InputError on another type."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from weaver.model.errors import InputError

QUOTED = 60
"""Characters of a wrong value that an error shows."""


def shown(value: object) -> str:
    """A value that cannot be used, as an error quotes it: in one line, and not all of a frame."""
    return " ".join(repr(value).split())[:QUOTED]


def flag(value: object, name: str) -> bool:
    """True or False, numpy's included: a text such as "no" would count as true."""
    if not isinstance(value, bool | np.bool_):
        raise InputError(f"{name} must be True or False, not {shown(value)}")
    return bool(value)


def whole(value: object, name: str) -> int:
    """An int, or numpy's."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InputError(f"{name} must be a whole number, not {shown(value)}")
    return int(value)


def text(value: object, name: str) -> str:
    """A str."""
    if not isinstance(value, str):
        raise InputError(f"{name} must be a text, not {shown(value)}")
    return value


def day(value: object, name: str) -> str | date:
    """A date, a time, or a text that may spell one."""
    if isinstance(value, str):
        return value
    if not isinstance(value, date) or value != value:  # pandas' NaT is a date, and not itself
        raise InputError(f"{name} must be a date, a time, or one written as 2020-01-31, not {shown(value)}")
    return value


def parameters(value: object, name: str) -> Mapping[str, Any]:
    """Names to values."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise InputError(f"{name} must be a mapping of parameters' names to values, not {shown(value)}")
    return value

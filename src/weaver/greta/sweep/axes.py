"""What a sweep varies: one axis for each parameter, of listed values or of all between two bounds."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from weaver.model.errors import InputError
from weaver.model.numbers.money import Number

VALUES_MAX = 10_000_000
"""More than anybody tries of one parameter."""
HOW = "a range (5:50:5), a list (20,50,100), or log (0.001:1:log, 1:1000:log:4)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Values one after the other."""

    name: str
    values: Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """All numbers from `low` to `high`, both included: whole ones, or any; evenly, or evenly in their logarithm."""

    name: str
    low: float
    high: float
    is_whole: bool = False
    is_log: bool = False

    def at(self, share: float) -> float | int:
        """The number that lies so far along, 0 to 1."""
        low, high = float(self.low), float(self.high)
        if self.is_whole:  # each whole number has as much room as the others
            low, high = low - 0.5, high + 0.5
        if self.is_log:
            low = max(low, 0.5) if self.is_whole else low
            number = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        else:
            number = low + share * (high - low)
        number = min(max(number, self.low), self.high)
        return round(number) if self.is_whole else number


Axis = Choices | Span


@dataclass(frozen=True, slots=True)
class Range:
    """A range of a space that is written in Python: `Range(5, 50, 5)`, `Range(0.001, 1.0, log=True)`.

    Both ends are included. Without a step whole numbers go by 1, others can be anything between. With `log` the numbers
    lie evenly in their logarithm: so many `points` of them, or anything between.
    """

    low: Number
    """Where it begins."""
    high: Number
    """Where it ends, itself included."""
    step: Number | None = None
    """From one number to the next."""
    log: bool = field(default=False, kw_only=True)
    """Whether the numbers lie evenly in their logarithm."""
    points: int | None = field(default=None, kw_only=True)
    """How many numbers there are, with `log`; None: anything between."""


def axis(name: str, given: Any, schema: Mapping[str, Any] | None) -> Axis:
    """The axis of a parameter, from what somebody gave of it: a text (`5:50:5`, `20,50,100`, `1e-3:1:log`), a `Range`,
    any iterable of values, or None for the parameter's own bounds.

    `schema` is the parameter's JSON Schema (`type`, `minimum`, `maximum`, `enum` …); None where nothing is known of it.
    Raises InputError in one line.
    """
    kind = _kind(schema)
    if given is None or given is ...:
        return _own_bounds(name, schema or {}, kind)
    if isinstance(given, str):
        return _of_text(name, given, kind)
    if isinstance(given, Range):
        return _of_range(name, given, kind, repr(given))
    if isinstance(given, range):
        return _choices(name, list(given))
    if isinstance(given, bool | int | float | Decimal):
        return _choices(name, [given])
    if isinstance(given, Iterable) and not isinstance(given, Mapping | bytes):
        return _choices(name, [_plain(value) for value in given])
    raise InputError(f"{name}: give it {HOW}, or a sequence of values, not {type(given).__name__}")


def _plain(value: Any) -> Any:
    """A Python value for one of numpy's."""
    return value.item() if isinstance(value, np.generic) else value


def _kind(schema: Mapping[str, Any] | None) -> str:
    """`integer`, `number`, `boolean`, or `other`; a parameter that may be one or nothing is that one."""
    if schema is None:
        return "other"
    if "type" in schema:
        found = schema["type"]
        return found if found in {"integer", "number", "boolean"} else "other"
    kinds = [_kind(one) for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if set(kinds) <= {"number", "other"} and "number" in kinds:  # a Decimal is a number, or its text
        return "number"
    return kinds[0] if len(kinds) == 1 else "other"


def _own_bounds(name: str, schema: Mapping[str, Any], kind: str) -> Axis:
    if "enum" in schema:
        return _choices(name, list(schema["enum"]))
    if kind == "boolean":
        return Choices(name=name, values=(False, True))
    one = next((part for part in schema.get("anyOf", ()) if _kind(part) == kind), schema)
    low, high = one.get("minimum"), one.get("maximum")
    if kind == "integer":
        low = one["exclusiveMinimum"] + 1 if low is None and "exclusiveMinimum" in one else low
        high = one["exclusiveMaximum"] - 1 if high is None and "exclusiveMaximum" in one else high
    if low is None or high is None or kind not in {"integer", "number"}:
        lacks = "no bounds (Field(…, ge=…, le=…))" if kind in {"integer", "number"} else "no choices"
        raise InputError(f"{name} has {lacks} of its own: say what to try of it, {HOW}")
    return _of_range(name, Range(low, high, one.get("multipleOf")), kind, f"{low}:{high}")


def _of_text(name: str, text: str, kind: str) -> Axis:
    parts = [part.strip() for part in text.split(":")]
    is_range = len(parts) > 1 and all(_number(part) is not None for part in parts[:2])
    if is_range:
        low, high, *rest = parts
        if rest and rest[0] == "log":
            points = _points(name, text, rest[1:])
            return _of_range(
                name, Range(_decimal(name, low), _decimal(name, high), log=True, points=points), kind, text
            )
        if len(rest) > 1:
            raise InputError(f"{name}={text}: a range is FROM:TO or FROM:TO:STEP")
        step = _decimal(name, rest[0]) if rest else None
        return _of_range(name, Range(_decimal(name, low), _decimal(name, high), step), kind, text)
    values = [part.strip() for part in text.split(",")]
    if not all(values):
        raise InputError(f"{name}={text}: a value of the list is missing; give it {HOW}")
    return _choices(name, [_read(value, kind) for value in values])


def _points(name: str, text: str, rest: Sequence[str]) -> int | None:
    if not rest:
        return None
    if len(rest) > 1 or not rest[0].isdecimal() or int(rest[0]) < 2:
        raise InputError(f"{name}={text}: behind log stands how many values, 2 at least, as in 1:1000:log:4")
    return int(rest[0])


def _read(text: str, kind: str) -> Any:
    """A value of a list, as its parameter has it; what does not fit is left for the parameter to refuse."""
    lowered = text.lower()
    if kind == "boolean" and lowered in {"true", "false", "yes", "no", "1", "0"}:
        return lowered in {"true", "yes", "1"}
    number = _number(text)
    if number is None or kind not in {"integer", "number"}:
        return text
    return int(number) if kind == "integer" and number == number.to_integral_value() else float(number)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _decimal(name: str, text: str) -> Decimal:
    number = _number(text)
    if number is None:
        raise InputError(f"{name}: {text!r} is no number; give it {HOW}")
    return number


def _of_range(name: str, given: Range, kind: str, text: str) -> Axis:
    low, high = _bound(name, given.low), _bound(name, given.high)
    if low > high:
        raise InputError(f"{name}={text}: a range goes upwards, from the lower to the higher number")
    is_whole = kind == "integer" or (kind == "other" and _is_whole(low) and _is_whole(high))
    if is_whole and not (_is_whole(low) and _is_whole(high)):
        raise InputError(f"{name}={text}: {name} is a whole number, and so are the ends of its range")
    if given.log:
        return _logarithmic(name, low, high, given, is_whole, text)
    if given.step is None and not is_whole:
        return Span(name=name, low=float(low), high=float(high)) if low < high else _choices(name, [float(low)])
    step = Decimal(1) if given.step is None else _bound(name, given.step)
    if step <= 0:
        raise InputError(f"{name}={text}: the step must be above 0")
    if is_whole and not _is_whole(step):
        if kind == "integer":
            raise InputError(f"{name}={text}: {name} is a whole number, and so is its step")
        is_whole = False
    count = int((high - low) / step) + 1
    if count > VALUES_MAX:
        raise InputError(f"{name}={text} has {count:,} values: take a larger step")
    convert = int if is_whole else float
    return _choices(name, [convert(low + step * k) for k in range(count)])


def _logarithmic(name: str, low: Decimal, high: Decimal, given: Range, is_whole: bool, text: str) -> Axis:
    if low <= 0:
        raise InputError(f"{name}={text}: a logarithmic range lies above 0")
    if given.step is not None:
        raise InputError(f"{name}={text}: a logarithmic range has points, not a step")
    if given.points is None:
        return Span(name=name, low=float(low), high=float(high), is_whole=is_whole, is_log=True)
    if given.points < 2 or given.points > VALUES_MAX:
        raise InputError(f"{name}={text}: a logarithmic range has 2 to {VALUES_MAX:,} points, not {given.points}")
    ratio = math.log(float(high) / float(low))
    inner = [float(low) * math.exp(ratio * k / (given.points - 1)) for k in range(1, given.points - 1)]
    values = [float(low), *inner, float(high)]
    return _choices(name, list(dict.fromkeys(map(round, values))) if is_whole else values)


def _bound(name: str, number: Any) -> Decimal:
    found = _number(str(number)) if isinstance(_plain(number), int | float | Decimal) else None
    if found is None or isinstance(number, bool):
        raise InputError(f"{name}: {number!r} is no number; a range is of finite numbers")
    return found


def _is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _choices(name: str, values: list[Any]) -> Choices:
    if not values:
        raise InputError(f"{name}: nothing to try of it; give it {HOW}")
    seen = set()
    for value in values:
        key = (type(value) is bool, repr(value) if isinstance(value, float) and value != value else _hashable(value))
        if key in seen:
            raise InputError(f"{name}: {value!r} stands twice among its values")
        seen.add(key)
    return Choices(name=name, values=tuple(values))


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return value

"""What a strategy is given as bytes and back: one value has one text, so that two runs can be compared byte for byte.

It is JSON in ASCII with sorted keys and without spaces, as actions are written (`model.orders.action_bytes`). Amounts
are decimal strings, never floats; floats have the shortest text that reads back as they are; instants are whole ns.
What is at its default is left out, so that a field that comes later changes no old bytes.
"""

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from weaver.model.errors import DataError
from weaver.model.numbers.money import plain
from weaver.veda.inputs import (
    CashMoved,
    HouseFilled,
    InputBar,
    OrderFilled,
    OrderMoved,
    RunSetup,
    SplitSeen,
    TickInputs,
    WindowBars,
    WindowFailed,
)

KINDS: Mapping[str, type[Any]] = {
    "order_moved": OrderMoved,
    "order_filled": OrderFilled,
    "house_filled": HouseFilled,
    "split": SplitSeen,
    "cash": CashMoved,
    "bars": WindowBars,
    "failed": WindowFailed,
}
"""How it is written which of several kinds a value is of."""
_NAMES = {kind: name for name, kind in KINDS.items()}
_WHAT = "what"
_SHOWN = 200
_json: Callable[[Any], str] = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_json_at_start: Callable[[str], tuple[Any, int]] = json.JSONDecoder().raw_decode
T = TypeVar("T", RunSetup, TickInputs)
Way = Callable[[Any], Any]


def encode_setup(setup: RunSetup) -> bytes:
    """The canonical bytes of a run's setup. Raises DataError for what is no JSON among its parameters."""
    return _encoded(setup)


def decode_setup(data: bytes) -> RunSetup:
    """The setup that the bytes stand for. Raises DataError where they are not the canonical bytes of any."""
    return _decoded(RunSetup, data)


def encode_inputs(inputs: TickInputs) -> bytes:
    """The canonical bytes of a tick's inputs. Raises DataError for a float that is no number."""
    return _encoded(inputs)


def decode_inputs(data: bytes) -> TickInputs:
    """The inputs that the bytes stand for. Raises DataError where they are not the canonical bytes of any."""
    return _decoded(TickInputs, data)


def _encoded(value: RunSetup | TickInputs) -> bytes:
    try:
        return _json(_written(value)).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise DataError(f"a {type(value).__name__} cannot be written ({type(error).__name__}: {error})") from error


def _decoded(kind: type[T], data: bytes) -> T:
    hint: Any = kind
    try:
        read = _read(data.decode("ascii"))
        found: T = _reader_of(hint)(read)
        again = _json(read if _is_plain(read) else _written(found)).encode("ascii")
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise DataError(f"{_start(data)} is no {kind.__name__} ({type(error).__name__}: {error})") from error
    if again != data:
        raise DataError(f"{_start(data)} is a {kind.__name__}, but not as it is written: {_start(again)}")
    return found


_BAR = {one.name for one in fields(InputBar) if one.default is MISSING}
_TICK = {"number", "time", "bars"}


def _is_plain(read: Mapping[str, Any]) -> bool:
    """Whether it brings nothing but bars, as most ticks do, and no field at its default: then it has been read as it is
    to be written."""
    return read.keys() == _TICK and bool(read["bars"]) and all(bar.keys() == _BAR for bar in read["bars"])


def _read(text: str) -> Any:
    """The value of a text without spaces around it."""
    read, end = _json_at_start(text)
    if end != len(text):
        raise ValueError(f"more than one value, from {end} on")
    return read


# Values as JSON


def _written(value: Any) -> Any:
    match value:
        case tuple():
            return [_written(one) for one in value]
        case Decimal():
            return plain(value)
        case date():
            return value.isoformat()
        case _ if is_dataclass(value):
            written = _fields_of(value)
            if (name := _NAMES.get(type(value))) is not None:
                written[_WHAT] = name
            return written
        case _:
            return value


def _fields_of(value: Any) -> dict[str, Any]:
    """The fields that differ from their defaults."""
    written = {}
    for name, default, write in _ways(value.__class__):
        found = getattr(value, name)
        if default is MISSING or found != default:
            written[name] = found if write is None else write(found)
    return written


@cache
def _ways(kind: Hashable) -> tuple[tuple[str, Any, Way | None], ...]:
    """A kind's fields: what each is unless said, and how it is written; None: as it is."""
    assert isinstance(kind, type)
    hints = get_type_hints(kind)
    return tuple(
        (
            one.name,
            one.default if one.default_factory is MISSING else one.default_factory(),
            _WRITERS.get(hints[one.name], _written),
        )
        for one in fields(kind)
    )


_WRITERS: Mapping[Any, Way | None] = {
    str: None,
    int: None,
    bool: None,
    float: float,
    tuple[float, ...]: lambda row: list(map(float, row)),
}
"""A whole number among floats is written as one of them."""


# And back


@cache
def _reader_of(hint: Hashable) -> Way:
    """What reads values of a type; it raises for those that are of another."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple:
        return _row_of(_reader_of(inner[0]))
    if origin is dict:
        return _json_object
    if origin is Literal:
        return _one_of(inner)
    if origin is UnionType or NoneType in inner or len(inner) > 1:
        kinds = [one for one in inner if one is not NoneType]
        return _reader_of(kinds[0]) if len(kinds) == 1 else _any_of(kinds)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    assert isinstance(hint, type)
    return _whole_of(hint)


def _whole_of(kind: type[Any]) -> Way:
    readers = {name: _reader_of(hint) for name, hint in get_type_hints(kind).items()}
    tag = _NAMES.get(kind)

    def read(value: Any) -> Any:
        if not isinstance(value, dict) or value.get(_WHAT) != tag:
            raise TypeError(f"{value!r} is no {kind.__name__}")
        return kind(**{name: readers[name](found) for name, found in value.items() if name != _WHAT})

    return read


def _any_of(kinds: list[Any]) -> Way:
    readers = {_NAMES[kind]: _reader_of(kind) for kind in kinds}
    return lambda value: readers[value[_WHAT]](value)


def _row_of(read: Way) -> Way:
    def read_row(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise TypeError(f"{value!r} is no list")
        return tuple(map(read, value))

    return read_row


def _one_of(allowed: tuple[Any, ...]) -> Way:
    def read(value: Any) -> Any:
        if value not in allowed:
            raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
        return value

    return read


def _exactly(kind: type[Any]) -> Way:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"{value!r} is no {kind.__name__}")
        return value

    return read


_json_object = _exactly(dict)
_text = _exactly(str)


def _amount(value: Any) -> Decimal:
    amount = Decimal(_text(value))
    if not amount.is_finite():
        raise ValueError(f"{value} is not finite")
    return amount


_PLAIN: Mapping[Any, Way] = {
    int: _exactly(int),
    bool: _exactly(bool),
    float: _exactly(float),
    str: _text,
    Decimal: _amount,
    date: lambda value: date.fromisoformat(_text(value)),
}


def _start(data: bytes) -> str:
    return repr(data[:_SHOWN])

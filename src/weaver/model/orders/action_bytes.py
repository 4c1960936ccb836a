"""Actions as bytes and back: one action has one text, so that two runs can be compared byte for byte.

It is JSON in ASCII with sorted keys and without spaces. Amounts are decimal strings (`plain`), never floats; what is at
its default (no limit, no legs, regular hours only) is left out, so that a field that comes later changes no old bytes.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from typing import Any

from weaver.model.errors import DataError
from weaver.model.numbers.money import plain
from weaver.model.orders.actions import (
    Action,
    CancelOrder,
    FetchWindow,
    OrderClass,
    OrderTerms,
    OrderType,
    PlaceOrder,
    ReplaceOrder,
    Side,
    StopRun,
    TimeInForce,
)

KINDS: Mapping[str, type[Action]] = {
    "place_order": PlaceOrder,
    "cancel_order": CancelOrder,
    "replace_order": ReplaceOrder,
    "fetch_window": FetchWindow,
    "stop_run": StopRun,
}
_NAMES = {kind: name for name, kind in KINDS.items()}
_json: Callable[[Any], str] = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def encode_action(action: Action) -> bytes:
    """The canonical bytes of an action."""
    return _json({"action": _NAMES[type(action)], **_written(action)}).encode("ascii")


def decode_action(data: bytes) -> Action:
    """The action that the bytes stand for. Raises DataError where they are not the canonical bytes of any."""
    try:
        found = json.loads(data)
        kind = KINDS[found.pop("action")]
        action: Action = _read(kind, found)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{_start(data)} is no action ({type(error).__name__}: {error})") from error
    if encode_action(action) != data:
        raise DataError(f"{_start(data)} is an action, but not as it is written: {_start(encode_action(action))}")
    return action


def _written(value: Action | OrderTerms) -> dict[str, Any]:
    """The fields that differ from their defaults, as JSON values."""
    given = ((field.name, getattr(value, field.name), field.default) for field in fields(value))
    return {name: _json_value(one) for name, one, default in given if default is MISSING or one != default}


def _json_value(value: Any) -> Any:
    match value:
        case Decimal():
            return plain(value)
        case date():
            return value.isoformat()
        case OrderTerms():
            return _written(value)
        case tuple():
            return [_written(leg) for leg in value]
        case _:
            return value


def _read(kind: type[Any], found: Mapping[str, Any]) -> Any:
    return kind(**{name: _READERS[name](value) for name, value in found.items()})


def _amount(value: Any) -> Decimal:
    amount = Decimal(_text(value))
    if not amount.is_finite():
        raise ValueError(f"{value} is not finite")
    return amount


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r} is no whole number")
    return value


def _yes(value: Any) -> bool:
    if value is not True:
        raise TypeError(f"{value!r} is not true, and what is not is left out")
    return True


def _terms(value: Any) -> OrderTerms:
    terms: OrderTerms = _read(OrderTerms, value)
    return terms


_AMOUNTS = (
    "quantity", "limit", "stop", "trail", "trail_percent", "limit_percent", "stop_percent", "target_value",
    "target_percent",
)  # fmt: skip
_READERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("number", "replaces", "bars"), _whole),
    **dict.fromkeys(("symbol", "timeframe", "reason"), _text),
    **dict.fromkeys(_AMOUNTS, _amount),
    "side": Side,
    "order_type": OrderType,
    "order_class": OrderClass,
    "tif": TimeInForce,
    "expires": lambda day: date.fromisoformat(_text(day)),
    "extended_hours": _yes,
    "order": _terms,
    "legs": lambda legs: tuple(map(_terms, legs)),
}


def _start(data: bytes) -> str:
    return repr(data[:200])

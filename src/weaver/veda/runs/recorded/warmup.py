"""The bars before a run, as bytes and back: the same bars have the same bytes, and runs that begin alike share them.

A line says what it is, one of JSON which bars they are and how many; then come the seven columns, one behind the other,
in the order of `model.market.bars.COLUMNS`: 8 bytes a value, little endian, int64 for instants, float64 for the rest.
"""

import json
from typing import Any

import numpy as np

from weaver.model.errors import DataError, InputError
from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.timeframe import Timeframe

_MARK = b"weaver bars 1\n"
_INSTANTS = ("timestamp", "end")


def encode_bars(bars: Bars) -> bytes:
    """The bytes of bars; they depend on nothing but their symbol, their timeframe and their values."""
    head = json.dumps([bars.symbol, str(bars.timeframe), len(bars)]).encode("ascii")
    columns = (np.ascontiguousarray(getattr(bars, name), dtype=_kind(name)).tobytes() for name in COLUMNS)
    return b"".join([_MARK, head, b"\n", *columns])


def decode_bars(data: bytes) -> Bars:
    """The bars that the bytes stand for. Raises DataError where they are not the bytes of any."""
    try:
        mark, head, columns = data[: len(_MARK)], *data[len(_MARK) :].split(b"\n", 1)
        symbol, timeframe, count = json.loads(head)
        if mark != _MARK or len(columns) != 8 * count * len(COLUMNS):
            raise ValueError(f"{len(data)} bytes")
        found: dict[str, Any] = {
            name: np.frombuffer(columns, _kind(name), count, offset=8 * count * place).astype(_native(name))
            for place, name in enumerate(COLUMNS)
        }
        return Bars(symbol=symbol, timeframe=Timeframe.parse(timeframe), **found)
    except (InputError, TypeError, ValueError) as error:
        raise DataError(f"{data[:60]!r} … are no bars ({type(error).__name__}: {error})") from error


def _kind(name: str) -> str:
    return "<i8" if name in _INSTANTS else "<f8"


def _native(name: str) -> type[np.int64] | type[np.float64]:
    return np.int64 if name in _INSTANTS else np.float64

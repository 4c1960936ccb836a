"""Bars: columns of one length that nobody can write to."""

import hashlib
import struct

import numpy as np
import pytest

from weaver.model.errors import InputError
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import MINUTE, Timeframe


def bars(count: int = 4, **changes: object) -> Bars:
    stamps = np.arange(count, dtype=np.int64) * MINUTE
    price = np.arange(count, dtype=np.float64) + 1.5
    columns = {
        "timestamp": stamps, "end": stamps + MINUTE, "open": price, "high": price, "low": price, "close": price,
        "volume": price,
    }  # fmt: skip
    return Bars(symbol="X", timeframe=Timeframe.parse("1m"), **{**columns, **changes})  # type: ignore[arg-type]


def test_hash_is_the_sha256_of_the_columns_bytes() -> None:
    one = bars(1)
    expected = hashlib.sha256(struct.pack("<qqddddd", 0, MINUTE, 1.5, 1.5, 1.5, 1.5, 1.5)).hexdigest()
    assert one.content_hash() == expected


def test_hash_of_a_slice_is_that_of_the_same_bars_alone() -> None:
    assert bars(9).slice(0, 4).content_hash() == bars(4).content_hash()
    assert bars(9).slice(1, 5).content_hash() != bars(4).content_hash()


def test_slice_is_a_view() -> None:
    whole = bars(10)
    part = whole.slice(2, 5)
    assert len(part) == 3
    assert np.shares_memory(part.close, whole.close)
    assert part.close.tolist() == [3.5, 4.5, 5.5]


def test_columns_cannot_be_written_to_and_the_callers_array_still_can() -> None:
    mine = np.ones(4)
    made = bars(close=mine)
    with pytest.raises(ValueError, match="read-only"):
        made.close[0] = 2.0
    mine[0] = 2.0


@pytest.mark.parametrize(
    ("name", "column"),
    [("close", np.ones(3)), ("open", np.ones(4, dtype=np.float32)), ("end", np.ones(4)), ("low", np.ones((4, 1)))],
)
def test_column_of_another_length_or_type_is_refused(name: str, column: np.ndarray) -> None:
    with pytest.raises(InputError, match=f"column {name}"):
        bars(**{name: column})

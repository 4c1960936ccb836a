"""The bars before a run as bytes."""

import struct

import numpy as np
import pytest

from tests.builders import crypto_bars, stock_days
from weaver.model.errors import DataError
from weaver.model.market.bars import COLUMNS, Bars
from weaver.veda.runs.recorded.warmup import decode_bars, encode_bars

BARS = stock_days([10.5, 11.25, 0.1])


def test_bars_have_the_bytes_that_were_written_by_hand() -> None:
    bars = crypto_bars([1.5, 2.5], symbol="B/€", timeframe="1m", first=0, volume=3.0)
    minute = 60_000_000_000
    instants = struct.pack("<4q", 0, minute, minute, 2 * minute)
    prices = struct.pack("<10d", 1.5, 1.5, 1.5, 2.5, 1.5, 1.5, 1.5, 2.5, 3.0, 3.0)
    assert encode_bars(bars) == b'weaver bars 1\n["B/\\u20ac", "1m", 2]\n' + instants + prices


@pytest.mark.parametrize(
    "bars", [BARS, BARS.slice(0, 0), BARS.slice(1, 3), crypto_bars([float(k + 1) for k in range(999)])]
)
def test_bars_come_back_as_they_were(bars: Bars) -> None:
    again = decode_bars(encode_bars(bars))
    assert (again.symbol, again.timeframe) == (bars.symbol, bars.timeframe)
    for name in COLUMNS:
        assert np.array_equal(getattr(again, name), getattr(bars, name))
        assert getattr(again, name).flags.aligned
    assert encode_bars(again) == encode_bars(bars)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"weaver bars 1\n", b"weaver bars 1\n[]\n", encode_bars(BARS)[:-1], encode_bars(BARS) + b"\0",
        encode_bars(BARS).replace(b"bars 1", b"bars 2"), encode_bars(BARS).replace(b'"1d"', b'"1x"'),
        encode_bars(BARS).replace(b", 3]", b', "3"]'),
    ],
)  # fmt: skip
def test_what_are_no_bars_is_refused(data: bytes) -> None:
    with pytest.raises(DataError, match="are no bars"):
        decode_bars(data)

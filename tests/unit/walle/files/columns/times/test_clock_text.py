"""Times of day that a spreadsheet or vendor wrote as numbers."""

import pyarrow as pa
import pytest

from weaver.walle.files.columns.times.clock_text import clock_texts


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["0", "93000", "160000"], ["000000", "093000", "160000"]),
        (["0", "930", "1600"], ["0000", "0930", "1600"]),
        (["0", "0"], ["0000", "0000"]),
        (["9:30", "16:00"], ["9:30", "16:00"]),
        (["09:30:00", "930"], ["09:30:00", "930"]),
        (["9", "16"], ["9", "16"]),
    ],
)
def test_zeros_in_front_come_back_where_all_are_numbers(written: list[str], expected: list[str]) -> None:
    assert clock_texts(pa.chunked_array([written])).to_pylist() == expected

"""Numbers as people write them: blanks and apostrophes separate thousands, or nothing that can be read."""

import pyarrow as pa
import pytest

from weaver.model.errors import DataError
from weaver.walle.files.columns.number_text import spelled_numbers
from weaver.walle.files.columns.origin import Origin


def read(*texts: str, name: str = "close") -> list[float | None]:
    found: list[float | None] = spelled_numbers({name: pa.chunked_array([texts])}, None, origin=Origin(name="F"))[
        name
    ].to_pylist()
    return found


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1'203.5", 1203.5), ("1 203,50 €", 1203.5), ("1\N{NO-BREAK SPACE}203\N{NO-BREAK SPACE}300", 1_203_300.0),
        ("$ 101.50", 101.5), (" -1.5 ", -1.5), ("1.2 M", 1_200_000.0), ("101,5 Mrd.", 101_500_000_000.0),
    ],
)  # fmt: skip
def test_blanks_and_apostrophes_between_thousands(text: str, number: float) -> None:
    assert read(text) == [number]


@pytest.mark.parametrize("text", ["432'4", "112'16", "10 5", "1 2", "1'2034", "10.5 11"])
def test_blanks_and_apostrophes_elsewhere_are_no_part_of_a_number(text: str) -> None:
    with pytest.raises(DataError, match="is not a number"):
        read(text)


def test_prices_that_could_be_in_32nds_are_refused() -> None:
    with pytest.raises(DataError, match=r"112'160. could be 112160 or 112 and 16/32"):
        read("112'160", "113'022")


def test_thousands_that_cannot_be_32nds_are_read() -> None:
    assert read("112'160", "113'421") == [112_160.0, 113_421.0]
    assert read("112'160", name="volume") == [112_160.0]


def test_thousands_where_points_separate_them_are_asked_for() -> None:
    def local(*texts: str) -> list[float | None]:
        column = pa.chunked_array([texts])
        found: list[float | None] = spelled_numbers({"close": column}, None, origin=Origin(name="F"), is_local=True)[
            "close"
        ].to_pylist()
        return found

    with pytest.raises(DataError, match=r"'13.234' could be 13.234 \(--decimal .\) or 13234"):
        local("13.234", "13.300")
    assert local("13.234", "13.3") == [13.234, 13.3]
    assert local("13.234", "13.300,5") == [13_234.0, 13_300.5]

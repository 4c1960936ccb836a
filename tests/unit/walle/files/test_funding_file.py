"""Funding rates from files, as exchanges and data vendors write them; a bad file is one line."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.shared_data import shared_file
from weaver.model.errors import DataError, InputError
from weaver.walle.files.funding_file import read_funding

HOUR = 3600 * 10**9


def written(folder: Path, text: str) -> Path:
    path = folder / "f.csv"
    path.write_text(text)
    return path


def test_rates_of_an_exchange_are_read_as_it_wrote_them() -> None:
    rates = read_funding(shared_file("crypto/XRPUSDT_PERP_funding_8h_2021-11_12.csv"))
    assert {after - before for before, after in zip(rates.times, rates.times[1:], strict=False)} == {8 * HOUR}
    assert rates.text().startswith("2021-11-18T00:00:00Z=0.0001 2021-11-18T08:00:00Z=0.0001 ")


def test_times_in_milliseconds_of_when_it_was_got_to_are_cut_to_the_second(tmp_path: Path) -> None:
    text = "calc_time,funding_interval_hours,last_funding_rate\n1704096000008,8,0.00010000\n1704067200003,8,-0.0002\n"
    rates = read_funding(written(tmp_path, text))
    assert rates.text() == "2024-01-01T00:00:00Z=-0.0002 2024-01-01T08:00:00Z=0.0001"
    assert rates.rates == (Decimal("-0.0002"), Decimal("0.0001"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("time,rate\n2024-01-01 00:00:00,0.1\n", "its times have no zone"),
        ("time,rate\n2024-01-01T00:00:00Z,much\n", r"row 1 \(line 2\): a funding rate must be a number, not 'much'"),
        ("time,rate\n2024-01-01T00:00:00Z,1.5\n", r"row 1 \(line 2\): a funding rate is a share"),
        ("time,rate\n2024-01-01T00:00:00Z,0.1\n2024-01-01T00:00:00Z,0.1\n", "two rates at 2024-01-01T00:00:00Z"),
        ("time,rate\n", "no funding rates"),
        ("a,rate\n1,2\n", "no column for the time; found: 'a', 'rate'"),
        ("time,b\n1,2\n", "no column for the rate; found: 'time', 'b'"),
    ],
)
def test_a_file_that_cannot_be_used_says_so_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DataError, match=says) as error:
        read_funding(written(tmp_path, text))
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv: there is no such file"):
        read_funding(Path("nowhere.csv"))

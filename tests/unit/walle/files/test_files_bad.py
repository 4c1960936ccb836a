"""Files that cannot be used: one line that names file, row, line and value."""

from pathlib import Path

import pytest

from tests.shared_data import shared_file
from weaver.model.errors import DataError, InputError
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.walle.files.bar_file import check_symbol, read_bars

HEADER = "timestamp,open,high,low,close,volume"
GOOD = ["2017-01-03,10,12,9,11,100", "2017-01-04,11,12,9,11,100", "2017-01-05,11,12,9,11,100"]


def message(folder: Path, content: str | bytes, name: str = "ABC_1d.csv", **options: object) -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(InputError) as caught:
        read_bars(path, **options)  # type: ignore[arg-type]
    text = str(caught.value)
    assert "\n" not in text
    assert str(path) in text
    return text


def with_row(row: str, *, place: int = 1) -> str:
    rows = [*GOOD]
    rows[place] = row
    return "\n".join([HEADER, *rows]) + "\n"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2017-01-04,11,8,9,8.5,100", "high 8.0 is below low 9.0"),
        ("2017-01-04,13,12,9,11,100", "open 13.0 lies outside low 9.0 to high 12.0"),
        ("2017-01-04,11,12,9,8,100", "close 8.0 lies outside low 9.0 to high 12.0"),
        ("2017-01-04,11,12,9,nan,100", "close is empty or NaN"),
        ("2017-01-04,11,inf,9,11,100", "high is infinite"),
        ("2017-01-04,-11,12,9,11,100", "open -11.0 is not above 0"),
        ("2017-01-04,11,12,0,11,100", "low 0.0 is not above 0"),
        ("2017-01-04,11,12,9,11,-5", "volume -5.0 is negative"),
        ("2017-01-04,11,12,9,11,NaN", "volume is empty or NaN"),
        ("2017-01-04,11,12,9,11,", "volume is empty"),
        ("2017-01-04,11,,9,11,100", "high is empty"),
        ("2017-01-04,11,12,9,eleven,100", "close 'eleven' is not a number"),
        ('2017-01-04,"1,100",12,9,11,100', "open '1,100' could be 1100 (--decimal .) or 1.100 (--decimal ,)"),
        ("yesterday,11,12,9,11,100", "time 'yesterday' cannot be read"),
        (",11,12,9,11,100", "the time is empty"),
        ("2017-13-04,11,12,9,11,100", "time '2017-13-04' does not exist"),
        ("2017-02-29,11,12,9,11,100", "time '2017-02-29' does not exist"),
        ("3017-01-04,11,12,9,11,100", "time '3017-01-04' does not exist"),
        ("2017-01-04 25:00,11,12,9,11,100", "time '2017-01-04 25:00' does not exist"),
        ("2017-01-03,11,12,9,11,100", "time 2017-01-03 stands there twice"),
        ("2017-01-02,11,12,9,11,100", "time 2017-01-02 is out of order, after 2017-01-03"),
        ("2017-01-04T00:00:00Z,11,12,9,11,100", "differs from the first in having a zone or not"),
        ("2017-01-04,11,12,9,11", "5 fields, the header has 6"),
        ("2017-01-04,11,12,9,11,100,7", "7 fields, the header has 6"),
        ("2017-01-04", "1 field, the header has 6"),
        ("1483488000,11,12,9,11,100", "time '1483488000' cannot be read"),
    ],
)
def test_bad_row_is_named_with_its_value(tmp_path: Path, row: str, problem: str) -> None:
    text = message(tmp_path, with_row(row))
    assert "row 2 (line 3)" in text
    assert problem in text


def test_error_knows_its_row_and_line_beside_naming_them(tmp_path: Path) -> None:
    path = tmp_path / "row 9: of.csv"
    path.write_text("a vendor's title\n" + with_row("2017-01-04,11,12,9,11"))
    with pytest.raises(DataError) as raised:
        read_bars(path)
    assert raised.value.facts == {"file": str(path), "row": 2, "line": 4}


def test_line_counts_what_stands_above_and_between(tmp_path: Path) -> None:
    text = message(
        tmp_path, "a vendor's title\n" + with_row("2017-01-04,11,8,9,8.5,100").replace("\n2017-01-04", "\n\n2017-01-04")
    )
    assert "row 2 (line 5)" in text


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        (HEADER, "a header line and no data below it"),
        (HEADER + "\n\n", "a header line and no data below it"),
        ("\n" * 30 + HEADER, "the first 20 lines are empty"),
        ("when,open,high,low,close\n2017-01-03,1,1,1,1\n", "no column for timestamp; found: 'when', 'open'"),
        ("timestamp,open,high,low,worth\n2017-01-03,1,1,1,1\n", "no column for close; found: 'timestamp'"),
        ("timestamp,funding_rate\n2017-01-03,1\n", "no column for open, high, low, close"),
        ("timestamp,open,Open,high,low,close\n2017-01-03,1,1,1,1,1\n", "more than one column could be open"),
        (
            "\n".join(line.replace("2017", "x") for line in GOOD),
            "no column for timestamp, open, high, low, close; found",
        ),
        (b"\x00\x01\x02binary", "neither CSV, JSON, Parquet nor Feather"),
        (b"\xff\xfet\x00", "no column for open, high, low, close"),
        (b"\xff\xfet\x00\x00", "the text is neither UTF-8 nor whole UTF-16: save it as UTF-8"),
        (b"timestamp,open,high,low,close,B\x81rse\n", "the text is neither UTF-8 nor whole Windows-1252"),
        (b"timestamp,open,high,low,close,B\xf6rse\n", "a header line and no data below it"),
        (b"BZh91AY&SYno", "cannot be read"),
        (b"\xfd7zXZ\x00no", "cannot be read"),
        (b"PAR1 and then nothing of the kind", "not a whole Parquet file"),
        (b"\x1f\x8bno gzip at all", "cannot be read"),
        (b"\x1f\x8b\x08" + b"\x00" * 7 + b"\xff" * 30, "cannot be read"),
        (HEADER + "," + "x" * 200_000, "line 1: its fields cannot be told apart"),
        (with_row('"' + "x" * 200_000), "row 2 (line 3): its fields cannot be told apart"),
        (f"{HEADER}\n2017-01-03,1,1,1,1,1\n", "one bar does not show how far apart bars are: give --timeframe"),
        (f"{HEADER}\n2017-01-03,1,1,1,1,1\n2017-02-03,1,1,1,1,1\n", "bars 31 days apart: give --timeframe"),
        (f"{HEADER}\n1500000000,1,1,1,1,1\n1500000037,1,1,1,1,1\n", "bars 37 s apart are no timeframe"),
        (f"{HEADER}\n2017-01-04,1,1,1,1,1\n2017-01-03,1,1,1,1,1\n2017-01-05,1,1,1,1,1\n", "is out of order"),
        (f"{HEADER}\n99999999999,1,1,1,1,1\n99999999999,1,1,1,1,1\n", "lies outside the years 1900-2099"),
        (
            f"{HEADER}\n01/02/2017,1,1,1,1,1\n01/03/2017,1,1,1,1,1\n",
            "could be 2 Jan (--date-order mdy) or 1 Feb (--date-order dmy), and no row tells",
        ),
    ],
)
def test_bad_file_is_named_with_the_problem(tmp_path: Path, content: str | bytes, problem: str) -> None:
    assert problem in message(tmp_path, content)


def test_letter_that_is_not_utf8_is_found_in_a_number(tmp_path: Path) -> None:
    content = (
        b"timestamp,open,high,low,close,volume,place\n2017-01-03,1,1,1,1,1,ok\n2017-01-04,1,1,1,1,1\xf6,B\xf6rse\n"
    )
    assert "row 2 (line 3): volume '1ö' is not a number" in message(tmp_path, content)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.csv: there is no such file"):
        read_bars(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match="this is a folder, not a file"):
        read_bars(tmp_path)


def test_naive_intraday_time_asks_for_a_zone_and_names_the_row(tmp_path: Path) -> None:
    rows = [f"2017-01-03 {hour:02d}:00,1,1,1,1,1" for hour in range(9, 13)]
    text = message(tmp_path, "\n".join([HEADER, *rows]), name="ABC_1h.csv")
    assert "row 1 (line 2): time 2017-01-03 09:00:00 has no time zone: name it with --tz" in text


def test_naive_clock_time_of_a_daily_stock_bar_asks_for_a_zone_and_names_the_row(tmp_path: Path) -> None:
    rows = ["2024-03-06,1,1,1,1,1", "2024-03-07 14:00:00,1,1,1,1,1", "2024-03-08 00:00:00,1,1,1,1,1"]
    text = message(tmp_path, "\n".join([HEADER, *rows]))
    assert "row 2 (line 3): time 2024-03-07 14:00:00 has no time zone: name it with --tz" in text
    two_columns = ["2024-03-06,16:00,1,1,1,1,1", "2024-03-07,16:00,1,1,1,1,1"]
    text = message(tmp_path, "\n".join(["date,time,open,high,low,close,volume", *two_columns]))
    assert "row 1 (line 2): time 2024-03-06 16:00:00 has no time zone" in text


@pytest.mark.parametrize(
    ("hour", "how_often"), [("2017-11-05 01", "twice"), ("2017-03-12 02", "never")], ids=["autumn", "spring"]
)
def test_local_time_as_the_clocks_change_is_named(tmp_path: Path, hour: str, how_often: str) -> None:
    rows = [f"{hour}:{minute:02d},1,1,1,1,1" for minute in range(30, 34)]
    before = [f"{hour[:10]} 00:{minute:02d},1,1,1,1,1" for minute in range(56, 60)]
    text = message(tmp_path, "\n".join([HEADER, *before, *rows]), name="BTCUSD_1m.csv", tz="America/New_York")
    assert f"row 5 (line 6): time {hour}:30:00 happened {how_often} in America/New_York" in text


@pytest.mark.parametrize("clock", [" 01:00", "T01:00Z", ""], ids=["naive", "with a zone", "dates"])
def test_unknown_zone_is_refused_also_where_none_is_needed(tmp_path: Path, clock: str) -> None:
    path = tmp_path / "ABC_1d.csv"
    path.write_text(f"{HEADER}\n2017-01-03{clock},1,1,1,1,1\n2017-01-04{clock},1,1,1,1,1\n")
    for name in ("Mars/Base", "", "../etc/passwd", "New York"):
        with pytest.raises(InputError, match="is unknown: write one as UTC"):
            read_bars(path, tz=name)


def test_finer_timeframe_than_the_data_is_refused(tmp_path: Path) -> None:
    text = message(tmp_path, "\n".join([HEADER, *GOOD]), timeframe=Timeframe.parse("1h"))
    assert "the bars are 1d apart: bars of 1h cannot be made of them" in text


@pytest.mark.parametrize("symbol", ["", " A", "A ", "A\nB", "A\x00", "x" * 65])
def test_impossible_symbol_is_refused(symbol: str) -> None:
    with pytest.raises(InputError, match="cannot be used"):
        check_symbol(symbol)


def test_one_bar_is_enough_when_the_timeframe_is_given(tmp_path: Path) -> None:
    path = tmp_path / "ABC.csv"
    path.write_text(f"{HEADER}\n2017-01-03,1,1,1,1,1\n")
    assert len(read_bars(path, timeframe=Timeframe.parse("1d"), asset_class=AssetClass.STOCK).bars) == 1


def test_a_file_of_something_else_lists_what_was_found() -> None:
    path = shared_file("crypto/XRPUSDT_PERP_funding_8h_2021-11_12.csv")
    if path is not None:  # elsewhere the made-up one above says the same
        with pytest.raises(DataError, match="found: 'timestamp', 'funding_rate'"):
            read_bars(path)

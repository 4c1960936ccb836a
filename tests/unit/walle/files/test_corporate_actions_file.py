"""Files of splits and dividends."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from weaver.model.errors import DataError, InputError
from weaver.model.market.corporate_actions import Delisting, Dividend, Split
from weaver.walle.files.corporate_actions_file import read_corporate_actions


def write(folder: Path, text: str) -> Path:
    path = folder / "ABC_actions.csv"
    path.write_text(text)
    return path


def test_actions_come_by_date_and_exact(tmp_path: Path) -> None:
    rows = ["2020-08-31,split,4.0,499.23", "2020-05-08,Dividend,0.82,303.74", "2021-01-04,delisting,0,1"]
    assert read_corporate_actions(write(tmp_path, "\n".join(["ex_date,type,value,prev_raw_close", *rows]))) == (
        Dividend(ex_date=date(2020, 5, 8), amount=Decimal("0.82")),
        Split(ex_date=date(2020, 8, 31), ratio=Decimal("4.0")),
        Delisting(ex_date=date(2021, 1, 4), value=Decimal(0)),
    )


def test_actions_of_one_day_stay_in_the_files_order(tmp_path: Path) -> None:
    text = "Date;Action;Amount\n20200831;split;2\n20200831;dividend;0.1\n"
    assert [type(action) for action in read_corporate_actions(write(tmp_path, text))] == [Split, Dividend]


def test_header_alone_is_a_file_without_actions(tmp_path: Path) -> None:
    assert read_corporate_actions(write(tmp_path, "ex_date,type,value\n")) == ()


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2020-08-31,merger,4", "type 'merger' is unknown: split, dividend or delisting"),
        (
            "2020-08-31,split,four",
            "the split on 2020-08-31: 'four' is no ratio: write 4, 1.5, 3:2 or 1/3 (new shares over old ones)",
        ),
        ("2020-08-31,split,0", "the split on 2020-08-31: a ratio must be above 0, not 0"),
        ("2020-08-31,split,0:1", "a ratio must be above 0, not 0:1"),
        ("2020-08-31,split,1:-3", "a ratio must be above 0, not 1:-3"),
        ("2020-08-31,split,1/0", "'1/0' is no ratio: it is over 0"),
        ("2020-08-31,split,1/3/5", "'1/3/5' is no ratio: write 4"),
        ("2020-08-31,split,NaN", "'NaN' is no ratio"),
        ("2020-08-31,dividend,1/3", "value '1/3' is not a number"),
        ("2020-08-31,dividend,-0.5", "must be above 0, not -0.5"),
        ("31.31.2020,split,4", "time '31.31.2020' cannot be read"),
        ("2020-08-32,split,4", "time '2020-08-32' does not exist"),
        ("2020-08-31,split", "2 fields, the header has 3"),
    ],
)
def test_bad_row_is_named(tmp_path: Path, row: str, problem: str) -> None:
    path = write(tmp_path, f"ex_date,type,value\n2020-01-02,split,2\n{row}\n")
    with pytest.raises(DataError) as caught:
        read_corporate_actions(path)
    assert f"{path}: row 2 (line 3): " in str(caught.value)
    assert problem in str(caught.value)


def test_missing_column_and_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column for value; found: 'ex_date', 'type'"):
        read_corporate_actions(write(tmp_path, "ex_date,type\n2020-01-01,split\n"))
    with pytest.raises(InputError, match="there is no such file"):
        read_corporate_actions(tmp_path / "none.csv")

"""What is exported is read back as the same, by this code and by pandas."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from weaver.model.errors import InputError
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction, Dividend, Split
from weaver.walle.bars.exporting import ENDINGS, export_bars
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.corporate_actions_file import read_corporate_actions

DAYS = "Date,Open,High,Low,Close,Volume\n" + "".join(
    f"2024-03-{day:02d},{100 + day / 7},{130 + day / 7},{90.1},{100 + day / 3},{day * 1_000_003}\n"
    for day in (4, 5, 6, 7, 8)
)
HOURS = "time,open,high,low,close,volume\n" + "".join(
    f"2024-03-09T{hour:02d}:00:00Z,0.1,0.30000000000000004,1e-7,{0.1 + hour / 1e9},{hour}.25\n" for hour in range(9)
)
ACTIONS: tuple[CorporateAction, ...] = (
    Split(ex_date=date(2024, 3, 6), ratio="1/3"),
    Dividend(ex_date=date(2024, 3, 7), amount=Decimal("0.24")),
)


def bars_of(folder: Path, text: str) -> Bars:
    path = folder / "given.csv"
    path.write_text(text)
    return read_bars(path, symbol="X").bars


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("text", [DAYS, HOURS])
def test_all_is_read_back_to_the_last_bit(tmp_path: Path, text: str, ending: str) -> None:
    bars = bars_of(tmp_path, text)
    written = export_bars(bars, ACTIONS, tmp_path / f"X_out{ending}")
    again = read_bars(written.bars, symbol="X").bars
    assert again.content_hash() == bars.content_hash()
    assert written.actions == tmp_path / "X_out_actions.csv"
    assert read_corporate_actions(written.actions) == ACTIONS


def test_pandas_reads_the_same_numbers_and_dates(tmp_path: Path) -> None:
    bars = bars_of(tmp_path, DAYS)
    export_bars(bars, (), tmp_path / "X.csv")
    frame = pd.read_csv(
        tmp_path / "X.csv", parse_dates=["timestamp"], dtype={"open": str, "high": str, "low": str, "close": str}
    )
    assert np.array_equal(frame["timestamp"].astype("datetime64[ns]").astype("int64"), bars.timestamp)
    for name in ("open", "high", "low", "close", "volume"):
        assert np.array_equal(frame[name].astype(float), getattr(bars, name)), name
    assert (tmp_path / "X.csv").read_text().splitlines()[0] == "timestamp,open,high,low,close,volume"


def test_what_is_there_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    bars, path = bars_of(tmp_path, DAYS), tmp_path / "X.csv"
    path.write_text("mine")
    with pytest.raises(InputError, match="is there already: name another file, or write over it with --replace"):
        export_bars(bars, ACTIONS, path)
    assert path.read_text() == "mine"
    assert not (tmp_path / "X_actions.csv").exists()
    export_bars(bars, ACTIONS, path, replace=True)
    assert path.read_text().startswith("timestamp,")


def test_an_ending_that_says_nothing_and_a_folder_that_is_not_there_are_refused(tmp_path: Path) -> None:
    bars = bars_of(tmp_path, DAYS)
    with pytest.raises(InputError, match=r"its ending must say what it is: \.csv, \.csv\.gz, \.parquet, \.feather"):
        export_bars(bars, (), tmp_path / "X.xlsx")
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        export_bars(bars, (), tmp_path / "nowhere" / "X.csv")
    assert [one.name for one in tmp_path.iterdir()] == ["given.csv"]

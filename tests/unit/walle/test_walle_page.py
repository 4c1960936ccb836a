"""What docs/architecture/walle.md shows of reading files is what happens."""

import re
from pathlib import Path

import pytest

from tests.shared_data import REPOSITORY
from weaver.model.errors import DataError
from weaver.model.market.instrument import AssetClass
from weaver.walle.files.bar_file import read_bars, read_parts
from weaver.walle.files.checks.assembly import assemble
from weaver.walle.files.columns.column_names import recognise
from weaver.walle.files.columns.times.moment import moment

PAGE = (REPOSITORY / "docs" / "architecture" / "walle.md").read_text(encoding="utf-8")
STAMPS = re.findall(r"^\| (2024-[^|]+?) \| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \|$", PAGE, re.MULTILINE)


def test_file_of_two_symbols_reads_as_shown(tmp_path: Path) -> None:
    found = re.search(r"```csv\n(symbol.*?)```\n\nreads as\n\n```text\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    (tmp_path / "many.csv").write_text(found[1])
    bars = [
        assemble(part.raw, symbol=part.symbol, timeframe=None, tz=None, asset_class=None).bars
        for part in read_parts(tmp_path / "many.csv")
    ]
    told = [
        f"{one.symbol} {moment(stamp)} {close}"
        for one in bars
        for stamp, close in zip(one.timestamp.tolist(), one.close.tolist(), strict=True)
    ]
    assert told == found[2].splitlines()


@pytest.mark.parametrize(("stamp", "stock", "crypto", "fx"), STAMPS)
def test_daily_stamps_read_as_shown(tmp_path: Path, stamp: str, stock: str, crypto: str, fx: str) -> None:
    days = (4, 5, 6, 7, 8) if "-04" in stamp[:10] else (3, 4, 5, 6, 7)
    rows = [f"2024-03-{day:02d}{stamp[10:]},10,12,9,11,5\n" for day in days]
    (tmp_path / "X_1d.csv").write_text("time,open,high,low,close,volume\n" + "".join(rows))
    for asset, shown in zip((AssetClass.STOCK, AssetClass.CRYPTO, AssetClass.FX), (stock, crypto, fx), strict=True):
        try:
            told = moment(read_bars(tmp_path / "X_1d.csv", asset_class=asset).bars.timestamp[0])
        except DataError:
            told = "refused"
        assert (asset, told) == (asset, shown)


def test_there_are_stamps_to_test() -> None:
    assert len(STAMPS) == 7


@pytest.mark.parametrize("row", ["volume, in what is traded", "volume", "tick volume", "symbol", "time"])
def test_every_name_of_a_column_that_is_listed_is_known(row: str) -> None:
    found = re.search(rf"^\| {row} \| (.*) \|$", PAGE, re.MULTILINE)
    assert found is not None
    for name in re.findall(r"`([^`]+)`", found[1]):
        if name in {"Date", "Time", "ETH"}:
            continue
        known = recognise([*(["date"] if row != "time" else []), "open", "high", "low", "close", name], origin="f")
        use = known.time if row == "time" else known.symbol if row == "symbol" else known.volume
        assert (name, use) == (name, 4 if row == "time" else 5)

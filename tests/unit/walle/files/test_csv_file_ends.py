"""What stands at a CSV file's end, and what looks like two lines of header."""

import io
import zipfile
from pathlib import Path

import pytest

from weaver.model.errors import DataError, InputError
from weaver.model.market.instrument import AssetClass
from weaver.walle.files.bar_file import read_bars, read_parts
from weaver.walle.files.checks.assembly import ReadBars
from weaver.walle.files.spelling import Spelling

HEADER = "Date,Open,High,Low,Close,Volume\n"
LINES = "2020-03-02,10,12,9,11,100\n2020-03-03,11,13,10,12,200\n2020-03-04,12,14,11,13,300\n"


def read(folder: Path, text: str | bytes, name: str = "X_1d.csv", **spelling: str) -> ReadBars:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return read_bars(folder / name, symbol="X", asset_class=AssetClass.STOCK, spelling=Spelling.parse(**spelling))


def test_empty_rows_of_a_spreadsheet_at_the_end(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + LINES + ",,,,,\n" * 7)
    assert found.bars.volume.tolist() == [100, 200, 300]
    assert not [note for note in found.notes if "left out" in note]


@pytest.mark.parametrize("line", [",12,14,11,13,300", ",,,,,300", "2020-03-0", "2020-03", "03/05"])
def test_a_line_of_data_without_its_time_is_not_left_out(tmp_path: Path, line: str) -> None:
    with pytest.raises(DataError, match=r"row 4 \(line 5\): (the time is empty|1 field, the header has 6)"):
        read(tmp_path, HEADER + LINES + line)


@pytest.mark.parametrize("mark", ["$", "", "1,"])
def test_a_first_row_of_texts_is_no_header(tmp_path: Path, mark: str) -> None:
    """All of its cells are quoted: thousands, or the same price throughout."""
    lines = [f'03/{13 + day}/2020,"{mark}100.00","{mark}100.00","{mark}100.00","{mark}100.00","1,234,567"\n' for day in
             (0, 3, 4)]  # fmt: skip
    bars = read(tmp_path, HEADER + "".join(lines)).bars
    assert bars.open.tolist() == [1100.0 if mark == "1," else 100.0] * 3
    assert bars.volume.tolist() == [1_234_567.0] * 3


@pytest.mark.parametrize("tickers", [["C"], ["C", "O"], ["LOW", "OPEN", "H"]])
@pytest.mark.parametrize("prices_first", [True, False])
def test_tickers_that_are_called_like_prices(tmp_path: Path, tickers: list[str], prices_first: bool) -> None:
    prices = ["Open", "High", "Low", "Close", "Volume"]
    above = ",".join(["Price", *(price for _ in tickers for price in prices)])
    below = ",".join(["Ticker", *(ticker for ticker in tickers for _ in prices)])
    rows = [f"2020-03-0{day},{','.join(['10,12,9,11,100'] * len(tickers))}" for day in (2, 3, 4)]
    head = [above, below] if prices_first else [below, above]
    text = "\n".join([*head, "Date" + "," * 5 * len(tickers), *rows])
    (tmp_path / "f.csv").write_text(text)
    bars = read_bars(tmp_path / "f.csv", symbol=tickers[-1], asset_class=AssetClass.STOCK).bars
    assert (bars.open[0], bars.close[0], bars.volume[0]) == (10, 11, 100)


def test_one_column_for_all_prices(tmp_path: Path) -> None:
    columns = "open=Price,high=Price,low=Price,close=Price"
    bars = read(tmp_path, "Date,Price\n2020-03-02,10\n2020-03-03,11\n", columns=columns).bars
    assert bars.low.tolist() == bars.close.tolist() == [10, 11]


def test_a_volume_that_is_empty_throughout_is_none(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + "2020-03-02,10,12,9,11,-\n2020-03-03,11,13,10,12,\n")
    assert found.bars.volume.tolist() == [0, 0]
    assert any("the column of volume is empty throughout: taken as 0" in note for note in found.notes)


def test_a_midnight_that_is_written_as_zero(tmp_path: Path) -> None:
    lines = "<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\n20200302,0,10,12,9,11,100\n20200303,0,11,13,10,12,200\n"
    assert read(tmp_path, lines).bars.volume.tolist() == [100, 200]


def test_prices_with_decimals_are_not_divided(tmp_path: Path) -> None:
    """LEAN's files of coins have the layout of those of shares, and prices as they are."""
    lines = "20200302 00:00,8500,8600,8400,8550,12.5\n20200303 00:00,8500,8600,8400,8550.5,13\n"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("btcusd.csv", lines)
    assert read(tmp_path, target.getvalue(), "btcusd.zip").bars.open.tolist() == [8500, 8500]


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    target = io.BytesIO()
    text = HEADER + "".join(f"2020-03-02 {n % 24:02}:00,{n * n % 9973},1,1,1,1\n" for n in range(20_000))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("x.csv", text)
    data = bytearray(target.getvalue())
    data[1000:1200] = b"x" * 200
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path, bytes(data), "x.zip")


def test_symbols_beside_each_other_are_scaled_and_what_is_left_out_is_said(tmp_path: Path) -> None:
    prices = ("Open", "High", "Low", "Close")
    rows = [f"2024-03-{day:02d},{day}00,{day}10,{day}00,{day}05,{day}0,{day}2,{day}0,{day}1" for day in (4, 5, 6)]
    head = [",".join(["Price", *prices, *prices]), "Ticker,AAA,AAA,AAA,AAA,BBB,BBB,BBB,BBB", "Date,,,,,,,,"]
    path = tmp_path / "many.csv"
    path.write_text("\n".join([*head, *rows, "Downloaded yesterday"]) + "\n")
    first, second = read_parts(path, spelling=Spelling(price_scale=10))
    assert (first.symbol, first.raw.close.tolist()) == ("AAA", [40.5, 50.5, 60.5])
    assert (second.symbol, second.raw.close.tolist()) == ("BBB", [4.1, 5.1, 6.1])
    assert [note.partition(": ")[2] for note in first.raw.notes][:1] == ["1 line of words at the end left out"]

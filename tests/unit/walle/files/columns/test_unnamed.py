"""Files without names: venues' orders of prices are read where the rows show them, and a price is no volume."""

import json
from pathlib import Path

import pytest

from weaver.model.errors import DataError
from weaver.model.market.instrument import AssetClass
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.spelling import Spelling

BARS = [(101.5, 103.0, 100.25, 102.5, 120.5), (102.5, 104.0, 101.0, 103.5, 130.0), (103.5, 105.5, 102.0, 103.0, 90.0),
        (103.0, 104.0, 99.0, 100.0, 151.0)]  # fmt: skip
SECOND = 1_583_107_200


def read(folder: Path, rows: object, name: str = "BTCUSD.json", **spelling: str) -> list[tuple[float, ...]]:
    text = rows if isinstance(rows, str) else json.dumps(rows)
    (folder / name).write_text(text)
    bars = read_bars(folder / name, asset_class=AssetClass.CRYPTO, spelling=Spelling.parse(**spelling)).bars
    return list(zip(bars.open, bars.high, bars.low, bars.close, bars.volume, strict=True))


def rows(write: str) -> list[list[object]]:
    """A row each bar, by the letters of what stands in it: a is an average."""
    found = []
    for number, (opened, high, low, close, volume) in enumerate(BARS):
        cells = {"o": opened, "h": high, "l": low, "c": close, "v": volume, "a": (high + low) / 2, "n": 17,
                 "t": SECOND + 3600 * number, "m": (SECOND + 3600 * number) * 1000, "x": "1"}  # fmt: skip
        found.append([cells[letter] for letter in write])
    return found


@pytest.mark.parametrize("write", ["tohlcv", "mohlcv", "tlhocv", "mochlv", "tochlvn", "tohlcavn", "mohlcvnnx"])
@pytest.mark.parametrize("is_text", [False, True])
def test_lists_of_venues(tmp_path: Path, write: str, is_text: bool) -> None:
    """Binance and ccxt, Coinbase, Bitfinex, KuCoin, Kraken with its average price, OKX."""
    found = [[str(cell) for cell in row] for row in rows(write)] if is_text else rows(write)
    assert read(tmp_path, found) == BARS
    assert read(tmp_path, {"result": {"XBTUSD": found, "last": 1}}) == BARS


@pytest.mark.parametrize("write", ["tlhocv", "mochlv"])
def test_lines_of_venues(tmp_path: Path, write: str) -> None:
    text = "\n".join(",".join(map(str, row)) for row in rows(write))
    assert read(tmp_path, text, "BTCUSD_1h.csv") == BARS


def test_an_order_that_few_rows_show_is_not_taken(tmp_path: Path) -> None:
    found = rows("tohlcv")
    found[0] = [SECOND, 99.0, 103.0, 100.25, 102.5, 120.5]  # its open is below its low
    with pytest.raises(DataError, match=r"row 1: open 99.0 lies outside"):
        read(tmp_path, found)


@pytest.mark.parametrize("write", ["tohlcav", "tohlca"])
def test_a_price_in_the_volumes_place_is_refused(tmp_path: Path, write: str) -> None:
    text = "\n".join(",".join(map(str, row)) for row in rows(write))
    with pytest.raises(DataError, match="stands where the volume should, and looks like a price"):
        read(tmp_path, text, "BTCUSD_1h.csv")
    if write.endswith("v"):
        assert read(tmp_path, text, "BTCUSD_1h.csv", columns="volume=7") == BARS


def test_adjusted_closes_are_no_volume(tmp_path: Path) -> None:
    lines = [f"2020-03-0{2 + at},{o},{h},{low},{c},{c * 0.48:.4f},{v}" for at, (o, h, low, c, v) in enumerate(BARS)]
    with pytest.raises(DataError, match="looks like a price"):
        read(tmp_path, "\n".join(lines), "BTCUSD_1d.csv")


@pytest.mark.parametrize("name", ["X.txt", "X_1d.csv"])
def test_whole_numbers_beside_prices_with_decimals_are_a_volume(tmp_path: Path, name: str) -> None:
    """Though they rise as the prices do, or lie between low and high."""
    for first in (1000, 102):
        bars = [(101.5 + at, 103.25 + at, 100.75 + at, 102.5 + at, float(first + at)) for at in range(5)]
        lines = [f"2020-03-0{2 + at},{o},{h},{low},{c},{v:g}" for at, (o, h, low, c, v) in enumerate(bars)]
        assert read(tmp_path, "\n".join(lines), name) == bars


def test_whole_numbers_beside_whole_prices_may_be_either(tmp_path: Path) -> None:
    lines = [f"2020-03-0{2 + at},{101 + at},{103 + at},{100 + at},{102 + at},{1000 + at}" for at in range(5)]
    with pytest.raises(DataError, match="looks like a price"):
        read(tmp_path, "\n".join(lines), "X_1d.csv")

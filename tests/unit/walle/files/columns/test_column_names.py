"""Which column is what: whole names, and never what begins like one."""

from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weaver.model.errors import DataError
from weaver.model.market.instrument import AssetClass
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.checks.assembly import ReadBars
from weaver.walle.files.columns.column_names import recognise
from weaver.walle.files.frames import bars_from_frame

OHLC = "Date,Open,High,Low,Close"
DAYS = [f"2021-03-{day:02d}" for day in range(1, 11)]


def read(folder: Path, names: str, cells: str) -> ReadBars:
    """Ten days at 100, with more columns behind."""
    path = folder / "COIN_1d.csv"
    path.write_text(f"{OHLC},{names}\n" + "".join(f"{day},100,101,99,100,{cells}\n" for day in DAYS))
    return read_bars(path, asset_class=AssetClass.CRYPTO)


VOLUMES = {
    "Volume": "7", "vol": "7", "V": "7", "<VOL>": "7", "Vol.": "7", "5. volume": "7", "TickVol": "7",
    "tick_volume": "7", "Total Volume": "7", "Base Volume": "7", "volume_from,volume_to": "7,700",
    "Volume (shares)": "7",
    "Volume USD,Volume BTC": "700,7", "Volume BTC,Volume USDT": "7,700", "Volume_(BTC),Volume_(Currency)": "7,700",
    "Volume (USD),Volume (shares)": "700,7", "Volume,Volume MA": "7,9", "Volume Change %,Shares Traded": "0.5,7",
    "Volume Weighted Average Price,Base Volume": "100,7", "Volume_weighted_price,Volume": "100,7",
    "volume,quote_volume,taker_buy_volume": "7,700,3", "Dollar Volume,Volume": "700,7", "Volume ($),Volume": "700,7",
    "Volume %,Volume": "3,7", "Vol Chg,No. of Shares": "1,7", "Quote Asset Volume,Volume": "700,7",
    "Turnover,Volume,Open Interest": "700,7,55", "TickVol,Vol,Spread": "900,7,3", "tick_volume,real_volume": "900,7",
    "TickVol,Vol": "7,0", "real_volume,tick_volume": "0,7", "TOTTRDQTY,TOTTRDVAL": "7,700",
    "Volume,Base Volume": "700,7",
}  # fmt: skip


@pytest.mark.parametrize("names", VOLUMES)
def test_the_volume_is_found_beside_whatever_begins_like_it(tmp_path: Path, names: str) -> None:
    assert read(tmp_path, names, VOLUMES[names]).bars.volume.tolist() == [7.0] * 10


@pytest.mark.parametrize(
    "name",
    [
        "Volume_weighted_price", "Volume Change %", "Volume USD", "Volume_(Currency)", "Volume ($)", "Volume %",
        "%Volume", "∆ Volume", "Δ volume", "Quote Volume", "Dollar Volume", "volume_to", "Volume MA", "Volume SMA 20",
        "Volatility", "adjVolume", "VWAP", "Volume EUR", "Turnover", "Volume (millions)",
    ],
)  # fmt: skip
def test_what_only_begins_like_a_volume_is_none_and_said(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, name, "100.2")
    assert found.bars.volume.tolist() == [0.0] * 10
    told = [note for note in found.notes if "no column for volume: taken as 0" in note]
    assert len(told) == 1
    assert ("is not known as one" in told[0]) is ("vol" in name.lower())


@pytest.mark.parametrize(
    "names", ["Volume,Vol", "V,Volume", "Volume BTC,Volume ETH", "Base Volume,Volume (shares)", "TickVol,Tick Volume"]
)
def test_two_that_could_be_the_volume_are_refused_by_name(tmp_path: Path, names: str) -> None:
    with pytest.raises(DataError, match="more than one column could be volume, '") as caught:
        read(tmp_path, names, "7,8")
    assert all(repr(name) in str(caught.value) for name in names.split(","))


def test_tick_volume_is_taken_where_the_volume_is_always_0_and_said(tmp_path: Path) -> None:
    assert any("the tick volume is taken for it" in note for note in read(tmp_path, "<TICKVOL>,<VOL>", "7,0").notes)
    assert not any("tick volume" in note for note in read(tmp_path, "<TICKVOL>,<VOL>", "7,8").notes)
    frame = pd.DataFrame({"tick_volume": range(10), "real_volume": 0.0, **dict.fromkeys(("open", "high"), 2.0)}, DAYS)
    frame = frame.assign(low=1.0, close=1.5)
    for table in (frame, pl.from_pandas(frame.reset_index(names="time"))):
        assert bars_from_frame(table, symbol="X").bars.volume.tolist() == list(range(10))
    table.write_parquet(tmp_path / "X_1d.parquet")
    assert read_bars(tmp_path / "X_1d.parquet").bars.volume.tolist() == list(range(10))


WRONG = {
    "adjusted": "Date,Open_adj,High adj,Adj Low,Adj Close",
    "bid": "Date,open_bid,high_bid,low_bid,close_bid",
    "change": "Date,% Open,∆High,Low %,Δ Close",
    "before": "close_time,prev_open,prev high,low-1,Prev Close",
    "interest": "Date,Open Interest,High 52w,Low 52w,Close_yesterday",
}


@pytest.mark.parametrize("kind", WRONG)
def test_names_that_only_contain_a_price_are_none(kind: str) -> None:
    with pytest.raises(DataError, match=r"no column for (timestamp, )?open, high, low, close; found: "):
        recognise(WRONG[kind].split(","), origin="f")


def test_the_right_columns_are_found_among_those_that_resemble_them() -> None:
    resembling = "close_time,Open Interest,Adj Close,open_time,Prev Close,Open,High %,High,Low_adj,Low,Close (%),Close"
    names = [*resembling.split(","), "Change"]
    found = recognise(names, origin="f")
    assert {price: names[position] for price, position in found.prices.items()} == {
        "open": "Open", "high": "High", "low": "Low", "close": "Close"
    }  # fmt: skip
    assert (names[found.time], found.volume) == ("open_time", None)


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ("Date,DATE,open,high,low,close", "timestamp"), ("time,o,open,high,low,close", "open"),
        ("time,open,high,low,Close,Close.1", "close"), ("time,open,high,low,close,close_duplicated_0", "close"),
        ("time,open,high,low,close,Close Price", "close"), ("time,symbol,Symbol,open,high,low,close", "symbol"),
    ],
)  # fmt: skip
def test_two_columns_for_one_thing_are_refused(names: str, wanted: str) -> None:
    with pytest.raises(DataError, match=f"more than one column could be {wanted}, "):
        recognise(names.split(","), origin="f")


NOISE = (
    "Adj Close", "open interest", "close_time", "VWAP", "Volume_weighted_price", "Quote Volume", "Volume MA", "trades",
    "Change %", "High 52w", "prev_close", "Volume USD", "∆ volume", "spread", "session", "Dividends", "Low %",
)  # fmt: skip
SPELLINGS = {
    "time": ("Date", "timestamp", "<DATE>", "open_time", "datetime"), "open": ("Open", "1. open", "o", "OPEN PRICE"),
    "high": ("High", "<HIGH>", "h"), "low": ("Low", "3. low", "L"), "close": ("Close", "c", "Close/Last", "Close ($)"),
    "volume": ("Volume", "vol", "Base Volume", "Shares Traded", "Volume BTC", "<TICKVOL>"),
}  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_each_column_is_found_in_any_spelling_order_and_company(data: st.DataObject) -> None:
    chosen = {use: data.draw(st.sampled_from(names)) for use, names in SPELLINGS.items()}
    header = data.draw(st.permutations([*chosen.values(), *data.draw(st.sets(st.sampled_from(NOISE)))]))
    found = recognise(header, origin="f")
    told = {"time": found.time, "volume": found.volume, **found.prices}
    assert {use: header[position] for use, position in told.items() if position is not None} == chosen


def test_the_volume_of_a_coin_behind_another_is_what_is_paid() -> None:
    names = ["date", "open", "high", "low", "close"]
    with pytest.raises(DataError, match="'Volume FET' or 'Volume BTC' could be the volume: say --columns volume=NAME"):
        recognise([*names, "Volume FET", "Volume BTC"], origin="f")
    assert recognise([*names, "Volume USDT", "Volume BTC"], origin="f").volume == 6
    assert recognise([*names, "Volume BTC", "Volume FET"], origin="f").volume == 5
    said = {"volume": "Volume FET"}
    assert recognise([*names, "Volume FET", "Volume BTC"], origin="f", said=said).volume == 5

"""Files in the spellings that vendors use: each says the same four bars."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from weaver.model.market.bars import Bars
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.walle.files.bar_file import read_bars, symbol_of

PRICES = [
    (10.0, 12.0, 9.5, 11.0, 100.0),
    (11.0, 11.5, 10.0, 10.5, 250.0),
    (10.5, 13.0, 10.5, 12.5, 0.5),
    (12.5, 12.5, 12.0, 12.25, 7.0),
]
HOURS = [f"2017-07-03 {hour:02d}:00:00" for hour in (14, 15, 16, 17)]
SECONDS = [1499090400 + 3600 * hour for hour in range(4)]
"""The same hours, since 1970."""
DATES = ["2017-07-03", "2017-07-04", "2017-07-05", "2017-07-06"]


def lines(header: str, times: list[str], *, separator: str = ",", prices: str = "{0},{1},{2},{3},{4}") -> str:
    rows = [
        time + separator + prices.format(*row).replace(",", separator) for time, row in zip(times, PRICES, strict=True)
    ]
    return "\n".join([header, *rows]) + "\n"


def read(folder: Path, text: str | bytes, *, name: str = "COIN_1h.csv", tz: str | None = None) -> Bars:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_bars(path, tz=tz, asset_class=AssetClass.CRYPTO).bars


def assert_hours(bars: Bars) -> None:
    assert bars.timestamp.tolist() == [second * 10**9 for second in SECONDS]
    assert bars.timeframe == Timeframe.parse("1h")
    assert np.column_stack([bars.open, bars.high, bars.low, bars.close, bars.volume]).tolist() == [
        list(row) for row in PRICES
    ]


HEADER = "timestamp,open,high,low,close,volume"


@pytest.mark.parametrize(
    "spell",
    [
        "{0}Z", "{0}+00:00", "{0}+0000", "{0} UTC", "{0}.000Z", "{0}.000000+00:00", "{0}.000000000Z",
    ],
)  # fmt: skip
@pytest.mark.parametrize("between", [" ", "T"])
def test_iso_times_with_a_zone(tmp_path: Path, spell: str, between: str) -> None:
    assert_hours(read(tmp_path, lines(HEADER, [spell.format(hour.replace(" ", between)) for hour in HOURS])))


def test_times_with_another_zone_are_turned_to_utc(tmp_path: Path) -> None:
    west = [f"2017-07-03T{hour:02d}:00:00-04:00" for hour in (10, 11, 12, 13)]
    india = [f"2017-07-03 {hour:02d}:30:00+05:30" for hour in (19, 20, 21, 22)]
    assert_hours(read(tmp_path, lines(HEADER, west)))
    assert_hours(read(tmp_path, lines(HEADER, india)))


@pytest.mark.parametrize(
    "times",
    [
        HOURS,
        [hour[:-3] for hour in HOURS],
        [hour.replace("-", "/") for hour in HOURS],
        [hour.replace("-", "") for hour in HOURS],
        [hour.replace("-", "").replace(" ", "").replace(":", "") for hour in HOURS],
        [hour.replace("-", "").replace(" ", "").replace(":", "")[:-2] for hour in HOURS],
        [hour.replace("-", "").replace(":", "") for hour in HOURS],
        [f"03.07.2017 {hour[11:]}.000" for hour in HOURS],
        [f"3.7.2017 {hour[11:16]}" for hour in HOURS],
        [f" {hour} " for hour in HOURS],
        [HOURS[0], HOURS[1], HOURS[2], f"{HOURS[3]}.000000"],
    ],
    ids=lambda times: times[0],
)
def test_naive_times_take_the_zone_that_is_given(tmp_path: Path, times: list[str]) -> None:
    assert_hours(read(tmp_path, lines(HEADER, times), tz="UTC"))
    there = read(tmp_path, lines(HEADER, times), tz="America/New_York")
    assert (there.timestamp - 4 * 3600 * 10**9).tolist() == [second * 10**9 for second in SECONDS]


@pytest.mark.parametrize("power", [0, 3, 6, 9])
def test_unix_times_in_any_unit(tmp_path: Path, power: int) -> None:
    assert_hours(read(tmp_path, lines(HEADER, [str(second * 10**power) for second in SECONDS])))


def test_unix_times_with_decimals(tmp_path: Path) -> None:
    assert_hours(read(tmp_path, lines(HEADER, [f"{second}.0" for second in SECONDS])))


@pytest.mark.parametrize(
    "header",
    [
        "Date,Open,High,Low,Close,Volume", "DATETIME,OPEN,HIGH,LOW,CLOSE,VOLUME", "time,o,h,l,c,v",
        ",Open,High,Low,Close,Volume", "Unnamed: 0,open,high,low,close,vol", "Open time,Open,High,Low,Close,Volume",
        "<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>", "timestamp,1. open,2. high,3. low,4. close,5. volume",
        '"timestamp","open","high","low","close","volume"', "open_time,open,high,low,close,Volume BTC",
    ],
)  # fmt: skip
def test_headers_in_many_spellings(tmp_path: Path, header: str) -> None:
    assert_hours(read(tmp_path, lines(header, [f"{hour}Z" for hour in HOURS])))


@pytest.mark.parametrize("header", ["Gmt time,Open,High,Low,Close,Volume", "unix,open,high,low,close,volume"])
def test_a_column_that_says_utc_needs_no_zone(tmp_path: Path, header: str) -> None:
    assert_hours(read(tmp_path, lines(header, [f"03.07.2017 {hour[11:]}.000" for hour in HOURS])))


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators(tmp_path: Path, separator: str) -> None:
    text = lines(HEADER.replace(",", separator), [f"{hour}Z" for hour in HOURS], separator=separator)
    assert_hours(read(tmp_path, text))


def test_date_and_time_in_two_columns(tmp_path: Path) -> None:
    header = "Date,Time,Open,High,Low,Close,Volume"
    assert_hours(read(tmp_path, lines(header, [hour.replace(" ", ",") for hour in HOURS]), tz="UTC"))
    compact = [hour.replace("-", "").replace(" ", ",").replace(":", "") for hour in HOURS]
    assert_hours(read(tmp_path, lines(header, compact), tz="UTC"))


def test_columns_in_another_order_and_columns_nobody_needs(tmp_path: Path) -> None:
    header = "symbol,volume,Adj Close,close,low,high,open,timestamp,session"
    rows = [
        f"X,{v},1,{c},{low},{high},{o},{time}Z,rth" for time, (o, high, low, c, v) in zip(HOURS, PRICES, strict=True)
    ]
    assert_hours(read(tmp_path, "\n".join([header, *rows])))


def test_bom_crlf_blank_lines_and_gzip(tmp_path: Path) -> None:
    text = lines(HEADER, [f"{hour}Z" for hour in HOURS])
    assert_hours(read(tmp_path, "\ufeff" + text))
    assert_hours(read(tmp_path, text.replace("\n", "\r\n")))
    assert_hours(read(tmp_path, "\n" + text.replace("\n", "\n\n")))
    assert_hours(read(tmp_path, "https://www.example.com\n" + text))
    assert_hours(read(tmp_path, gzip.compress(text.encode()), name="COIN_1h.csv.gz"))


def test_missing_volume_is_zero_and_said(tmp_path: Path) -> None:
    path = tmp_path / "COIN_1h.csv"
    path.write_text(lines("timestamp,open,high,low,close", [f"{hour}Z" for hour in HOURS], prices="{0},{1},{2},{3}"))
    found = read_bars(path, asset_class=AssetClass.CRYPTO)
    assert found.bars.volume.tolist() == [0.0] * 4
    assert any("no column for volume" in note for note in found.notes)
    assert [warning.code for warning in found.warnings] == ["no_volume"]


@pytest.mark.parametrize(
    "times",
    [
        DATES,
        [date.replace("-", "") for date in DATES],
        [f"{date} 00:00:00" for date in DATES],
        [f"{date}T00:00:00Z" for date in DATES],
        [f"{date} 00:00:00-04:00" for date in DATES],  # midnight in New York, as some vendors label days
        [f"{date}T04:00:00Z" for date in DATES],
        [f"{date}T20:00:00Z" for date in DATES],
        [f"{int(date[5:7])}/{int(date[8:])}/2017" for date in ["2017-07-12", "2017-07-13", "2017-07-14", "2017-07-17"]],
        ["12/07/2017", "13/07/2017", "14/07/2017", "17/07/2017"],
    ],
    ids=lambda times: times[0],
)
def test_daily_stock_bars_are_labelled_with_their_date(tmp_path: Path, times: list[str]) -> None:
    path = tmp_path / "ABC_1d.csv"
    path.write_text(lines(HEADER, times))
    dates = DATES if "/" not in times[0] else ["2017-07-12", "2017-07-13", "2017-07-14", "2017-07-17"]
    bars = read_bars(path).bars
    assert bars.timestamp.astype("datetime64[ns]").astype("datetime64[D]").astype(str).tolist() == dates
    assert str(bars.timeframe) == "1d"


@pytest.mark.parametrize(
    ("clock", "tz", "first"),
    [
        (" 16:00", "America/New_York", "2017-07-03"), (" 20:00", "UTC", "2017-07-03"), ("", "Asia/Tokyo", "2017-07-03"),
        (" 00:00:00", "Asia/Tokyo", "2017-07-03"), (" 09:00", "Asia/Tokyo", "2017-07-03"),
    ],
)  # fmt: skip
def test_naive_clock_times_of_daily_stock_bars_are_days_of_their_zone(
    tmp_path: Path, clock: str, tz: str, first: str
) -> None:
    path = tmp_path / "ABC_1d.csv"
    path.write_text(lines(HEADER, [f"{date}{clock}" for date in DATES]))
    assert str(read_bars(path, tz=tz).bars.timestamp[:1].view("datetime64[ns]")[0])[:10] == first


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("AAPL_1d_raw.csv", "AAPL"), ("XRPUSDT_PERP_5m_2021-11.csv", "XRPUSDT_PERP"), ("BTC-USD.csv", "BTC-USD"),
        ("EURUSD_1h.parquet", "EURUSD"), ("BRK.B_1d.csv.gz", "BRK.B"), ("ES_1h.csv.bz2", "ES"), ("ES.txt.xz", "ES"),
        ("spy_15M.CSV", "spy"),
        ("A_1_day.csv", "A_1_day"), ("SPY_1w.csv", "SPY"), ("BTC-USD_1mo_2020.csv", "BTC-USD"), ("X_3MO.csv", "X"),
    ],
)  # fmt: skip
def test_symbol_is_the_files_name_up_to_the_timeframe(name: str, symbol: str) -> None:
    assert symbol_of(Path(name)) == symbol


def test_timeframe_is_the_usual_distance_whatever_the_gaps(tmp_path: Path) -> None:
    stamps = [0, 5, 10, 15, 60, 65, 70, 500, 505, 4000]
    rows = [f"{1500000000 // 300 * 300 + 60 * minute},1,1,1,1,1" for minute in stamps]
    assert str(read(tmp_path, "\n".join([HEADER, *rows])).timeframe) == "5m"


def test_a_coarser_timeframe_resamples_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "COIN_1h.csv"
    path.write_text(lines(HEADER, [f"{hour}Z" for hour in HOURS]))
    found = read_bars(path, timeframe=Timeframe.parse("2h"), asset_class=AssetClass.CRYPTO)
    assert found.bars.close.tolist() == [10.5, 12.25]
    assert found.bars.volume.tolist() == [350.0, 7.5]
    assert any("put together to 2h" in note for note in found.notes)


def test_prices_past_high_or_low_by_a_rounding_are_widened_and_said(tmp_path: Path) -> None:
    path = tmp_path / "COIN_1h.csv"
    path.write_text(f"{HEADER}\n1500000000,10,10.00000000001,9,10.000000000012,1\n1500003600,10,11,9,10,1\n")
    found = read_bars(path, asset_class=AssetClass.CRYPTO)
    assert found.bars.high[0] == 10.000000000012
    assert any("by a rounding" in note for note in found.notes)


def test_guessed_asset_class_is_said_aloud_and_a_given_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSD_1h.csv"
    path.write_text(lines(HEADER, [f"{hour}Z" for hour in HOURS]))
    assert any("taken for crypto, by its name" in note for note in read_bars(path).all_notes)
    assert read_bars(path, asset_class=AssetClass.CRYPTO).all_notes == ()


def test_a_zone_that_is_not_needed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSD_1h.csv"
    path.write_text(lines(HEADER, [f"{hour}Z" for hour in HOURS]))
    assert any("--tz Europe/Berlin was not used" in note for note in read_bars(path, tz="Europe/Berlin").notes)

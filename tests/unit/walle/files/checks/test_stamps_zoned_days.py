"""Daily bars that are stamped in a zone: of the date written there, whoever reads them, and never a day early."""

import gzip
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from weaver.model.errors import DataError
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import DAY
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.checks.assembly import ReadBars
from weaver.walle.files.frames import bars_from_frame

ZONES = (
    "Europe/London", "Europe/Berlin", "Africa/Cairo", "Asia/Tehran", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo",
    "Australia/Sydney", "Pacific/Auckland", "Pacific/Kiritimati", "America/New_York", "America/Sao_Paulo",
    "America/Los_Angeles", "Pacific/Honolulu", "UTC",
)  # fmt: skip
SPRING = [date(2018, 3, 19) + timedelta(days=day) for day in range(19) if day % 7 < 5]
"""Weekdays around Berlin's change of clocks, and Tehran's, which skips a midnight."""
AUTUMN = [date(2018, 10, 22) + timedelta(days=day) for day in range(19) if day % 7 < 5]
PRICES = {"open": 10.0, "high": 12.0, "low": 9.0, "close": 11.0, "volume": 5.0}


def midnights(zone: str, days: Sequence[date]) -> list[datetime]:
    """The first moment of each day there, in its zone."""
    there = ZoneInfo(zone)
    return [datetime.combine(day, time(), there).astimezone(UTC).astimezone(there) for day in days]


def columns(stamps: Any) -> dict[str, Any]:
    return {"time": stamps, **{name: [price] * len(stamps) for name, price in PRICES.items()}}


def text(stamps: Sequence[datetime]) -> bytes:
    rows = [f"{stamp.isoformat(sep=' ')},10,12,9,11,5\n" for stamp in stamps]
    return ("time,open,high,low,close,volume\n" + "".join(rows)).encode()


def zoned(stamps: Sequence[datetime], unit: str = "us") -> pa.Table:
    zone = str(stamps[0].tzinfo)
    return pa.table({**columns(stamps), "time": pa.array(stamps, pa.timestamp(unit, zone))})


def from_file(write: Callable[[Path, Sequence[datetime]], object], suffix: str) -> Callable[..., ReadBars]:
    def read(stamps: Sequence[datetime], folder: Path, **options: Any) -> ReadBars:
        path = folder / f"X_1d{suffix}"
        write(path, stamps)
        return read_bars(path, symbol="X", **options)

    return read


def from_memory(frame: Callable[[Sequence[datetime]], object]) -> Callable[..., ReadBars]:
    return lambda stamps, _folder, **options: bars_from_frame(frame(stamps), symbol="X", **options)


def pandas_index(stamps: Sequence[datetime]) -> pd.DataFrame:
    return pd.DataFrame(columns(stamps)).set_index("time")


READERS: dict[str, Callable[..., ReadBars]] = {
    "csv": from_file(lambda path, stamps: path.write_bytes(text(stamps)), ".csv"),
    "csv.gz": from_file(lambda path, stamps: path.write_bytes(gzip.compress(text(stamps))), ".csv.gz"),
    "parquet ns": from_file(lambda path, stamps: parquet.write_table(zoned(stamps, "ns"), path), ".parquet"),
    "parquet s": from_file(lambda path, stamps: parquet.write_table(zoned(stamps, "s"), path), ".parquet"),
    "pandas' parquet": from_file(lambda path, stamps: pandas_index(stamps).to_parquet(path), ".parquet"),
    "pandas index": from_memory(pandas_index),
    "pandas column": from_memory(lambda stamps: pd.DataFrame(columns(stamps))),
    "pandas by dateutil": from_memory(
        lambda stamps: pandas_index(stamps).tz_convert(f"dateutil/{stamps[0].tzinfo}"),
    ),
    "pandas objects": from_memory(lambda stamps: pd.DataFrame(columns(pd.Series(stamps, dtype=object)))),
    "pandas by Arrow": from_memory(lambda stamps: zoned(stamps).to_pandas(types_mapper=pd.ArrowDtype)),
    "polars": from_memory(lambda stamps: pl.from_arrow(zoned(stamps))),
    "Arrow": from_memory(zoned),
}


def dates_of(read: ReadBars) -> list[date]:
    days = read.bars.timestamp // DAY
    assert (read.bars.timestamp % DAY == 0).all()
    found: list[date] = days.astype("datetime64[D]").tolist()
    return found


@pytest.mark.parametrize("reader", READERS)
def test_daily_stock_bars_are_of_the_dates_written_in_every_zone(tmp_path: Path, reader: str) -> None:
    for zone in ZONES:
        for days in (SPRING, AUTUMN):
            found = READERS[reader](midnights(zone, days), tmp_path, asset_class=AssetClass.STOCK)
            assert (zone, dates_of(found)) == (zone, days)
            assert str(found.bars.timeframe) == "1d"


@pytest.mark.parametrize("reader", READERS)
def test_two_bars_around_a_change_of_clocks_are_a_day_apart(tmp_path: Path, reader: str) -> None:
    days = [date(2020, 3, 29), date(2020, 3, 30)]  # 23 hours in Berlin
    found = READERS[reader](midnights("Europe/Berlin", days), tmp_path, asset_class=AssetClass.STOCK)
    assert (str(found.bars.timeframe), dates_of(found)) == ("1d", days)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("zone", "clock"), [("Asia/Tokyo", 9), ("Europe/Berlin", 17), ("Asia/Hong_Kong", 1)])
def test_times_of_day_in_a_markets_zone_are_of_the_date_written(
    tmp_path: Path, reader: str, zone: str, clock: int
) -> None:
    stamps = [datetime.combine(day, time(clock), ZoneInfo(zone)) for day in SPRING]
    assert dates_of(READERS[reader](stamps, tmp_path, asset_class=AssetClass.STOCK)) == SPRING


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney"])
def test_midnights_that_lost_their_zone_are_refused_until_it_is_named(tmp_path: Path, zone: str) -> None:
    stamps = [stamp.astimezone(ZoneInfo("UTC")) for stamp in midnights(zone, SPRING)]
    for read in READERS.values():
        with pytest.raises(DataError, match=r"would be of Sunday, 2018-03-18: name the market's own zone with --tz"):
            read(stamps, tmp_path, asset_class=AssetClass.STOCK)
        named = read(stamps, tmp_path, asset_class=AssetClass.STOCK, tz=zone)
        assert dates_of(named) == SPRING
        assert any(f"their dates are those of --tz {zone}" in note for note in named.notes)


def test_dates_that_were_taken_for_utc_and_moved_west_are_refused(tmp_path: Path) -> None:
    moved = [datetime.combine(day, time(), UTC).astimezone(ZoneInfo("America/New_York")) for day in SPRING]
    with pytest.raises(DataError, match=r"row 1: the daily bar of 2018-03-18 20:00:00 \(-04:00\) would be of Sunday"):
        READERS["parquet ns"](moved, tmp_path, asset_class=AssetClass.STOCK)


def test_instants_of_new_york_are_of_its_dates(tmp_path: Path) -> None:
    for hour, minute in ((0, 0), (9, 30), (16, 0), (19, 59)):
        there = [datetime.combine(day, time(hour, minute), ZoneInfo("America/New_York")) for day in SPRING]
        for read in READERS.values():
            utc = [stamp.astimezone(ZoneInfo("UTC")) for stamp in there]
            assert dates_of(read(utc, tmp_path, asset_class=AssetClass.STOCK)) == SPRING


def test_weeks_and_months_are_of_the_dates_written(tmp_path: Path) -> None:
    mondays = [date(2018, 2, 26) + timedelta(days=7 * week) for week in range(12)]  # none of them a holiday
    firsts = [date(2018, month, 1) for month in range(2, 13)]
    for zone in ("Europe/Berlin", "Asia/Tokyo", "America/New_York"):
        for read in (READERS["parquet ns"], READERS["pandas index"], READERS["csv"]):
            weeks = read(midnights(zone, mondays), tmp_path, asset_class=AssetClass.STOCK)
            assert (str(weeks.bars.timeframe), dates_of(weeks)) == ("1w", mondays)
            months = read(midnights(zone, firsts), tmp_path, asset_class=AssetClass.STOCK)
            assert str(months.bars.timeframe) == "1mo"
            assert [(day.month, day.day < 5) for day in dates_of(months)] == [(day.month, True) for day in firsts]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Tokyo", "Australia/Sydney"])
def test_days_of_crypto_that_begin_the_day_before_are_refused(tmp_path: Path, reader: str, zone: str) -> None:
    with pytest.raises(DataError, match=r"begins in crypto's session of 2018-03-18 .*: give dates alone"):
        READERS[reader](midnights(zone, SPRING), tmp_path, asset_class=AssetClass.CRYPTO)


@pytest.mark.parametrize("reader", READERS)
def test_days_of_crypto_that_begin_later_are_read_as_the_instants_they_are(tmp_path: Path, reader: str) -> None:
    stamps = midnights("America/New_York", SPRING)
    found = READERS[reader](stamps, tmp_path, asset_class=AssetClass.CRYPTO).bars
    assert found.timestamp.tolist() == [int(stamp.timestamp()) * 10**9 for stamp in stamps]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("zone", ["Europe/London", "Europe/Berlin", "Europe/Athens", "America/New_York", "UTC"])
def test_days_of_fx_are_the_sessions_of_the_date_written(tmp_path: Path, reader: str, zone: str) -> None:
    found = READERS[reader](midnights(zone, AUTUMN), tmp_path, asset_class=AssetClass.FX)
    assert dates_of(found) == AUTUMN
    closes = [datetime.combine(day, time(17), ZoneInfo("America/New_York")) for day in AUTUMN]
    assert found.bars.end.tolist() == [int(close.timestamp()) * 10**9 for close in closes]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Asia/Kolkata", "Australia/Sydney"])
def test_days_of_fx_that_lie_in_the_session_before_are_refused(tmp_path: Path, reader: str, zone: str) -> None:
    with pytest.raises(DataError, match="begins in fx's session of "):
        READERS[reader](midnights(zone, AUTUMN), tmp_path, asset_class=AssetClass.FX)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(1990, 1, 1), date(2035, 1, 1)),
    steps=st.lists(st.integers(1, 5), min_size=12, max_size=40),
    asset=st.sampled_from(AssetClass),
)
def test_no_reader_tells_another_day_than_is_written(
    zone: str, first: date, steps: list[int], asset: AssetClass
) -> None:
    days = [first + timedelta(days=int(day)) for day in np.cumsum([0, 1, 1, 1, *steps])]
    table = zoned(midnights(zone, days))
    told = []
    for frame in (table, table.to_pandas(), pl.from_arrow(table)):
        try:
            read = bars_from_frame(frame, symbol="X", asset_class=asset)
        except DataError as error:
            told.append(str(error))
            continue
        told.append(read.bars.timestamp.tolist())
        assert [day.astype("datetime64[D]").tolist() for day in read.bars.timestamp // DAY] == days
    assert told[0] == told[1] == told[2]
    assert asset is not AssetClass.STOCK or not isinstance(told[0], str)

"""Parquet files and data frames, as pandas and polars make them, against the CSV file of the same bars."""

import sys
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import backtesting.test
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.shared_data import SAMPLES
from weaver.model.errors import DataError, InputError
from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.walle.files.bar_file import read_bars
from weaver.walle.files.frames import bars_from_frame, is_table, parts_of_frame

HOURS = SAMPLES / "EURUSD_1h.csv"
DAYS = SAMPLES / "AAPL_1d.csv"


def assert_same(found: Bars, expected: Bars) -> None:
    assert found.timeframe == expected.timeframe
    for name in COLUMNS:
        assert getattr(found, name).tobytes() == getattr(expected, name).tobytes(), name


def pandas_hours() -> pd.DataFrame:
    return pd.read_csv(HOURS, parse_dates=["timestamp"])


def polars_hours() -> pl.DataFrame:
    return pl.read_csv(HOURS, try_parse_dates=True)


PANDAS: dict[str, Callable[[], pd.DataFrame]] = {
    "a column of instants": pandas_hours,
    "an index of instants": lambda: pandas_hours().set_index("timestamp"),
    "an index in New York": lambda: pandas_hours().set_index("timestamp").tz_convert("America/New_York"),
    "an index of texts": lambda: pd.read_csv(HOURS, index_col="timestamp"),
    "capital letters": lambda: pandas_hours().set_index("timestamp").rename(columns=str.capitalize),
    "nanoseconds": lambda: pandas_hours().assign(timestamp=lambda frame: frame["timestamp"].dt.as_unit("ns")),
    "strings": lambda: pd.read_csv(HOURS),
    "categories": lambda: pd.read_csv(HOURS, dtype={"timestamp": "category"}),
    "unix seconds": lambda: pandas_hours().assign(timestamp=lambda frame: frame["timestamp"].astype("int64") // 10**6),
    "milliseconds as floats": lambda: pandas_hours().assign(
        timestamp=lambda frame: frame["timestamp"].astype("int64") / 1e3
    ),
}
POLARS: dict[str, Callable[[], pl.DataFrame]] = {
    "instants": polars_hours,
    "milliseconds": lambda: polars_hours().with_columns(pl.col("timestamp").dt.cast_time_unit("ms")),
    "in Tokyo": lambda: polars_hours().with_columns(pl.col("timestamp").dt.convert_time_zone("Asia/Tokyo")),
    "strings": lambda: pl.read_csv(HOURS),
    "unix seconds": lambda: polars_hours().with_columns(pl.col("timestamp").dt.epoch("s")),
    "capital letters": lambda: polars_hours().rename(str.upper),
}


@pytest.mark.parametrize("kind", PANDAS)
def test_pandas_frame_and_its_parquet_equal_the_csv(tmp_path: Path, kind: str) -> None:
    expected, frame, path = read_bars(HOURS).bars, PANDAS[kind](), tmp_path / "EURUSD_1h.parquet"
    frame.to_parquet(path)
    assert_same(bars_from_frame(frame, symbol="EURUSD").bars, expected)
    assert_same(read_bars(path).bars, expected)


@pytest.mark.parametrize("kind", POLARS)
def test_polars_frame_and_its_parquet_equal_the_csv(tmp_path: Path, kind: str) -> None:
    expected, frame, path = read_bars(HOURS).bars, POLARS[kind](), tmp_path / "EURUSD_1h.parquet"
    frame.write_parquet(path, row_group_size=1000)
    assert_same(bars_from_frame(frame, symbol="EURUSD").bars, expected)
    assert_same(read_bars(path).bars, expected)


def test_naive_frame_takes_the_zone_and_without_one_is_refused(tmp_path: Path) -> None:
    naive = pandas_hours().assign(timestamp=lambda frame: frame["timestamp"].dt.tz_localize(None))
    path = tmp_path / "EURUSD_1h.parquet"
    naive.to_parquet(path)
    assert_same(bars_from_frame(naive, symbol="EURUSD", tz="UTC").bars, read_bars(HOURS).bars)
    assert_same(read_bars(path, tz="UTC").bars, read_bars(HOURS).bars)
    with pytest.raises(DataError, match="row 1: time 2017-01-01 22:00:00 has no time zone"):
        bars_from_frame(naive, symbol="EURUSD")
    with pytest.raises(DataError, match="row 1: time 2017-01-01 22:00:00 has no time zone"):
        read_bars(path)


def test_daily_frames_need_no_zone(tmp_path: Path) -> None:
    expected = read_bars(DAYS).bars
    frame = pd.read_csv(DAYS, parse_dates=["timestamp"], index_col=0)
    assert_same(bars_from_frame(frame, symbol="AAPL").bars, expected)
    dated = pl.read_csv(DAYS, try_parse_dates=True).rename({"timestamp": "date"})
    assert dated.schema["date"] == pl.Date
    assert_same(bars_from_frame(dated, symbol="AAPL").bars, expected)
    dated.write_parquet(tmp_path / "AAPL_1d.parquet")
    assert_same(read_bars(tmp_path / "AAPL_1d.parquet").bars, expected)


def indexed(index: object) -> pd.DataFrame:
    """Ten days of a stock under that index."""
    return pd.read_csv(DAYS, index_col=0).head(10).set_axis(index)


DATES = [date.fromisoformat(text[:10]) for text in pd.read_csv(DAYS)["timestamp"].head(10)]


@pytest.mark.parametrize(
    "index",
    [DATES, [str(day) for day in DATES], pd.CategoricalIndex(map(str, DATES)), pd.PeriodIndex(DATES, freq="D")],
    ids=["dates", "texts", "categories", "periods"],
)
def test_index_of_dates_is_read_as_a_column_of_them(index: object) -> None:
    found = bars_from_frame(indexed(index), symbol="AAPL").bars
    assert_same(found, read_bars(DAYS).bars.slice(0, 10))


def test_column_of_times_beats_an_index_of_texts() -> None:
    frame = indexed([f"row {k}" for k in range(10)]).assign(date=DATES)
    assert_same(bars_from_frame(frame, symbol="AAPL").bars, read_bars(DAYS).bars.slice(0, 10))


@pytest.mark.parametrize("index", [range(10), pd.to_datetime(DATES).astype("int64"), [float(k) for k in range(10)]])
def test_index_of_numbers_is_named_where_there_are_no_times(index: object) -> None:
    with pytest.raises(DataError, match=r"no column for timestamp; .*; and the index holds (int|float)64, not times"):
        bars_from_frame(indexed(index), symbol="AAPL")


def test_index_of_other_texts_is_named() -> None:
    with pytest.raises(DataError, match="the frame of AAPL, index: row 1: time 'a' cannot be read"):
        bars_from_frame(indexed(list("abcdefghij")), symbol="AAPL")


NAIVE_CLOCKS = {
    "pandas column": lambda times: indexed(range(10)).assign(timestamp=times),
    "pandas index": indexed,
    "polars": lambda times: pl.from_pandas(indexed(range(10)).assign(timestamp=times)),
}


@pytest.mark.parametrize("kind", NAIVE_CLOCKS)
def test_naive_clock_times_of_daily_stock_bars_need_the_zone(tmp_path: Path, kind: str) -> None:
    midnight = pd.to_datetime(DATES)
    expected = read_bars(DAYS).bars.slice(0, 10)
    assert_same(bars_from_frame(NAIVE_CLOCKS[kind](midnight), symbol="AAPL").bars, expected)
    frame = NAIVE_CLOCKS[kind](midnight + pd.Timedelta(hours=16))
    assert_same(bars_from_frame(frame, symbol="AAPL", tz="America/New_York").bars, expected)
    with pytest.raises(DataError, match="row 1: time 2000-03-01 16:00:00 has no time zone: name it with --tz"):
        bars_from_frame(frame, symbol="AAPL")
    path = tmp_path / "AAPL_1d.parquet"
    frame.write_parquet(path) if isinstance(frame, pl.DataFrame) else frame.to_parquet(path)
    assert_same(read_bars(path, tz="America/New_York").bars, expected)
    with pytest.raises(DataError, match=r"AAPL_1d\.parquet: row 1: time 2000-03-01 16:00:00 has no time zone"):
        read_bars(path)


def test_frames_that_come_with_backtesting_are_read() -> None:
    goog = bars_from_frame(backtesting.test.GOOG, symbol="GOOG")
    assert (len(goog.bars), str(goog.bars.timeframe), goog.instrument.asset_class) == (2148, "1d", AssetClass.STOCK)
    assert np.array_equal(goog.bars.close, backtesting.test.GOOG["Close"].to_numpy())
    hours = bars_from_frame(backtesting.test.EURUSD, symbol="EURUSD", tz="UTC")
    assert (len(hours.bars), str(hours.bars.timeframe), hours.instrument.asset_class) == (5000, "1h", AssetClass.FX)


def test_frame_is_resampled_to_a_coarser_timeframe() -> None:
    found = bars_from_frame(pandas_hours(), symbol="EURUSD", timeframe=Timeframe.parse("4h"))
    assert_same(found.bars, read_bars(HOURS, timeframe=Timeframe.parse("4h")).bars)


def test_bad_frames_are_refused_in_one_line() -> None:
    good = pandas_hours()
    for frame, problem in [
        (good.head(0), "there are no rows"),
        (good.drop(columns="close"), "no column for close"),
        (good.assign(close="x"), "close 'x' is not a number"),
        (good.assign(close=good["close"].where(good.index != 3)), "row 4: close is empty or NaN"),
        (good.assign(timestamp=good["timestamp"].where(good.index != 2)), "row 3: the time is empty"),
        (good.iloc[[0, 1, 3, 2, 4, 5]], "row 4: time 2017-01-02 is out of order"),
    ]:
        with pytest.raises(InputError, match=problem):
            bars_from_frame(frame, symbol="EURUSD")
    with pytest.raises(InputError, match="must be a pandas or polars frame, not int"):
        bars_from_frame(7, symbol="EURUSD")


def test_bad_parquet_files_are_refused_in_one_line(tmp_path: Path) -> None:
    good, path = polars_hours(), tmp_path / "EURUSD_1h.parquet"
    for frame, problem in [
        (good.head(0), "the file has no rows"),
        (good.drop("close"), "no column for close"),
        (good.with_columns(close=pl.lit("x")), "close 'x' is not a number"),
        (good.with_columns(close=pl.when(pl.int_range(pl.len()) != 3).then("close")), "row 4: close is empty or NaN"),
        (
            good.with_columns(timestamp=pl.when(pl.int_range(pl.len()) != 3).then("timestamp")),
            "row 4: the time is empty",
        ),
        (good.with_columns(timestamp=pl.lit(True)), "the time column holds bool"),
        (good.with_columns(date=pl.lit("x"), time=pl.lit("y")).drop("timestamp"), "date and time stand in two columns"),
    ]:
        frame.write_parquet(path)
        with pytest.raises(DataError, match=problem) as caught:
            read_bars(path)
        assert str(path) in str(caught.value)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(DataError, match="not a whole Parquet file"):
        read_bars(path)


def test_single_precision_and_whole_numbers_are_read(tmp_path: Path) -> None:
    frame = polars_hours().with_columns(
        pl.col("volume").cast(pl.Int64), pl.col("open").cast(pl.Float32).cast(pl.Float64)
    )
    frame = frame.with_columns(
        high=pl.max_horizontal("open", "high", "close"), low=pl.min_horizontal("open", "low", "close")
    )
    frame.write_parquet(tmp_path / "EURUSD_1h.parquet")
    bars = read_bars(tmp_path / "EURUSD_1h.parquet").bars
    assert bars.volume.dtype == np.float64
    assert bars.volume.tolist() == frame["volume"].to_list()


def test_reading_loads_neither_pandas_nor_polars(tmp_path: Path) -> None:
    import subprocess

    polars_hours().write_parquet(tmp_path / "EURUSD_1h.parquet")
    code = (
        "import sys; from pathlib import Path; from weaver.walle.files.bar_file import read_bars;"
        "[read_bars(Path(name)) for name in sys.argv[1:]];"
        "print(sorted({'pandas', 'polars', 'exchange_calendars', 'talib'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "EURUSD_1h.parquet"), str(HOURS), str(DAYS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


PLAIN = pd.DataFrame(
    {"open": [10.5, 11, 12], "high": [12.0, 13, 14], "low": [10.0, 10.5, 11], "close": [11.0, 12, 13],
     "volume": [1000, 1200, 1300]},
    index=pd.DatetimeIndex(["2020-03-02", "2020-03-03", "2020-03-04"]),
)  # fmt: skip
MINUTES = [f"2020-03-02 09:3{minute}" for minute in range(3)]


def numbers(bars: Bars) -> list[list[float]]:
    found: list[list[float]] = np.column_stack([bars.open, bars.high, bars.low, bars.close, bars.volume]).tolist()
    return found


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_one_decimal_mark_holds_for_all_texts_of_a_frame(make: Callable[[object], object]) -> None:
    """1.200 beside 10,5 is 1200."""
    texts = {name: [f"{value:,}".translate(str.maketrans(",.", ".,")) for value in PLAIN[name]] for name in PLAIN}
    frame = make({"date": ["2020-03-02", "2020-03-03", "2020-03-04"], **texts})
    assert numbers(bars_from_frame(frame, symbol="X").bars) == PLAIN.to_numpy().tolist()


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize(
    ("days", "clocks"),
    [
        (["2020-03-02"] * 3, ["09:30", "09:31", "09:32"]),
        ([20200302] * 3, [930, 931, 932]),
        ([date(2020, 3, 2)] * 3, [93000, 93100, 93200]),
        ([pd.Timestamp("2020-03-02")] * 3, [time(9, 30), time(9, 31), time(9, 32)]),
    ],
)
def test_dates_and_times_of_day_in_two_columns(
    make: Callable[[object], object], days: list[object], clocks: list[object]
) -> None:
    frame = make({"date": days, "time": clocks, **{name: PLAIN[name].to_list() for name in PLAIN}})
    bars = bars_from_frame(frame, symbol="X", tz="UTC", asset_class=AssetClass.CRYPTO).bars
    assert bars.timestamp.tolist() == [pd.Timestamp(text).value for text in MINUTES]


def test_levels_of_an_index_without_names() -> None:
    parts = parts_of_frame(pd.concat({"AAPL": PLAIN, "C": PLAIN}))
    assert [part.symbol for part in parts] == ["AAPL", "C"]
    assert parts[1].raw.open.tolist() == PLAIN["open"].tolist()


@pytest.mark.parametrize(
    "make",
    [
        lambda days: [dict(row, date=day) for day, row in zip(days, PLAIN.to_dict("records"), strict=True)],
        lambda days: [(day, *row) for day, row in zip(days, PLAIN.to_numpy().tolist(), strict=True)],
        lambda days: np.array(
            [(day, *row) for day, row in zip(days, PLAIN.to_numpy().tolist(), strict=True)],
            dtype=[("date", "M8[us]"), *((name, "f8") for name in PLAIN)],
        ),
        lambda days: np.column_stack([[day.timestamp() * 1000 for day in days], PLAIN.to_numpy()]),
    ],
    ids=["rows by names", "rows with datetimes", "a structured array", "an array of two dimensions"],
)
def test_rows_of_python_and_numpy(make: Callable[[list[datetime]], object]) -> None:
    given = make([datetime(2020, 3, day) for day in (2, 3, 4)])  # noqa: DTZ001
    assert is_table(given)
    (part,) = parts_of_frame(given)
    assert [part.raw.volume is not None and part.raw.volume.tolist(), part.raw.close.tolist()] == [
        [1000, 1200, 1300], [11, 12, 13],
    ]  # fmt: skip


def test_columns_of_times_or_truths_are_no_numbers() -> None:
    for volume in (PLAIN.index, pd.to_timedelta([1, 2, 3]), [True, False, True]):
        with pytest.raises(DataError, match=r"column volume holds .*, not numbers"):
            bars_from_frame(PLAIN.assign(volume=volume), symbol="X")


@pytest.mark.parametrize("unit", ["D", "h", "m", "s", "ms", "us", "ns"])
@pytest.mark.parametrize("kind", [np.asarray, list])
def test_numpys_times_of_every_unit_in_columns_by_name(unit: str, kind: Callable[[object], object]) -> None:
    days = np.arange("2024-01-02", "2024-01-05", dtype="datetime64[D]").astype(f"datetime64[{unit}]")
    prices = {name: np.full(3, 10.0) for name in ("open", "high", "low", "close")}
    (part,) = parts_of_frame({"timestamp": kind(days), **prices})
    assert part.raw.times.local.tolist() == days.astype("datetime64[ns]").astype(np.int64).tolist()

"""Coarser bars, against pandas on real prices and by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.shared_data import SAMPLES, shared_files
from weaver.model.calendar.resample import put_together, resample
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import InputError
from weaver.model.market.bars import Bars, Int64
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.walle.files.bar_file import read_bars

NEW_YORK = "America/New_York"
HOW = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
QUARTER = 900 * 10**9
"""A quarter of an hour (ns)."""
MADE = Path("made")
STOCKS = [MADE, *shared_files(["intraday_us/SPY_1m_2011-01.csv", "intraday_us/IBM_1h_2016-2021_raw.csv"])]
COINS = [
    SAMPLES / "SYNTHUSD_1m.csv",
    *shared_files(["crypto/BTCPERP_1m_2022-01a.csv", "crypto/BTCUSD_1h_coinbase_2017-2018.csv"]),
]
PAIRS = [SAMPLES / "EURUSD_1h.csv"]


def stock_bars(path: Path) -> Bars:
    """The bars of a file, or made-up minutes of two weeks from 04:00 to 20:00, half of them missing."""
    if path != MADE:
        return read_bars(path).bars
    minutes = pd.date_range("2017-03-06", "2017-03-18", freq="1min", tz=NEW_YORK)  # clocks change on the 12th
    trading = minutes[(minutes.hour >= 4) & (minutes.hour < 20) & (minutes.day_of_week < 5)]
    chance = np.random.default_rng(3)
    stamps = np.sort(chance.choice(trading.tz_convert("UTC").as_unit("ns").asi8, len(trading) // 2, replace=False))
    price = chance.integers(100, 200, (4, len(stamps))) / 10
    minute = Timeframe.parse("1m")
    return Bars(
        symbol="MADE", timeframe=minute, timestamp=stamps, end=stamps + minute.nanoseconds, open=price[0],
        high=price.max(axis=0), low=price.min(axis=0), close=price[1], volume=price[2],
    )  # fmt: skip


def to(bars: Bars, timeframe: str, asset_class: AssetClass) -> Bars:
    return resample(bars, Timeframe.parse(timeframe), calendar_for(asset_class))


def frame(bars: Bars, zone: str = "UTC") -> pd.DataFrame:
    index = pd.DatetimeIndex(bars.timestamp, tz="UTC").tz_convert(zone)
    return pd.DataFrame({name: getattr(bars, name) for name in HOW}, index=index)


def assert_equal(found: Bars, expected: pd.DataFrame) -> None:
    assert found.timestamp.tolist() == expected.index.tz_convert("UTC").as_unit("ns").asi8.tolist()
    for name in ("open", "high", "low", "close"):
        assert np.array_equal(getattr(found, name), expected[name].to_numpy()), name
    np.testing.assert_allclose(found.volume, expected["volume"].to_numpy(), rtol=1e-12)


@pytest.mark.parametrize("path", COINS, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("timeframe", "rule"), [("4h", "4h"), ("1d", "1D"), ("7d", "W-SUN"), ("1w", "W-SUN"), ("1mo", "MS"), ("3mo", "QS")]
)
def test_crypto_equals_pandas(path: Path, timeframe: str, rule: str) -> None:
    bars = read_bars(path).bars
    expected = frame(bars).resample(rule).agg(HOW).dropna()
    if rule == "W-SUN":  # pandas labels a week with its Sunday, Weaver with its Monday
        expected.index -= pd.Timedelta(days=6)
    found = to(bars, timeframe, AssetClass.CRYPTO)
    assert_equal(found, expected)
    starts = pd.DatetimeIndex(found.timestamp, tz="UTC")
    months = {"1mo": 1, "3mo": 3}.get(timeframe)
    later = starts + (pd.Timedelta(found.timeframe.nanoseconds) if months is None else pd.DateOffset(months=months))
    assert found.end.tolist() == later.as_unit("ns").asi8.tolist()


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
@pytest.mark.parametrize(("timeframe", "rule"), [("4h", "4h"), ("1d", "1D")])
def test_fx_equals_pandas_on_a_clock_that_starts_at_five_new_york(path: Path, timeframe: str, rule: str) -> None:
    bars = read_bars(path).bars
    shifted = frame(bars, NEW_YORK)
    shifted.index = shifted.index.tz_localize(None) + pd.Timedelta(hours=7)  # 17:00 becomes midnight
    expected = shifted.resample(rule).agg(HOW).dropna()
    expected.index = (expected.index - pd.Timedelta(hours=7)).tz_localize(NEW_YORK)
    found = to(bars, timeframe, AssetClass.FX)
    assert_equal(found, expected)
    ends = pd.DatetimeIndex(found.end, tz="UTC").tz_convert(NEW_YORK)
    assert timeframe != "1d" or (ends.hour == 17).all()


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
@pytest.mark.parametrize(("timeframe", "period"), [("1w", "W-SUN"), ("1mo", "M")])
def test_fx_weeks_and_months_equal_pandas_and_end_at_five_new_york_of_their_last_weekday(
    path: Path, timeframe: str, period: str
) -> None:
    bars = read_bars(path).bars
    shifted = frame(bars, NEW_YORK)
    shifted.index = shifted.index.tz_localize(None) + pd.Timedelta(hours=7)
    groups = shifted.groupby(shifted.index.to_period(period))
    expected = groups.agg(HOW)
    found = to(bars, timeframe, AssetClass.FX)
    for name in HOW:
        np.testing.assert_allclose(getattr(found, name), expected[name].to_numpy(), rtol=1e-12)
    last = [pd.bdate_range(span.start_time, span.end_time.normalize())[-1] for span in expected.index]
    closes = (pd.DatetimeIndex(last) + pd.Timedelta(hours=17)).tz_localize(NEW_YORK)
    assert found.end.tolist() == closes.as_unit("ns").asi8.tolist()


@pytest.mark.parametrize("path", STOCKS, ids=lambda path: path.stem)
def test_daily_stock_bars_equal_pandas_over_the_regular_session(path: Path) -> None:
    bars = stock_bars(path)
    local = frame(bars, NEW_YORK)
    first = "09:30" if bars.timeframe < Timeframe.parse("1h") else "09:00"
    regular = local.between_time(first, "16:00", inclusive="left")
    expected = regular.resample("1D").agg(HOW).dropna()
    expected.index = expected.index.tz_localize(None).tz_localize("UTC")
    found = to(bars, "1d", AssetClass.STOCK)
    assert_equal(found, expected)
    assert np.array_equal(found.end, calendar_for(AssetClass.STOCK).bar_end(found.timestamp, found.timeframe))


@pytest.mark.parametrize("path", STOCKS[:2], ids=lambda path: path.stem)
@pytest.mark.parametrize("minutes", [5, 15, 30, 60, 240])
def test_intraday_stock_bars_equal_pandas_within_each_segment(path: Path, minutes: int) -> None:
    bars = stock_bars(path)
    local = frame(bars, NEW_YORK)
    pieces = []
    for first, last in (("04:00", "09:30"), ("09:30", "16:00"), ("16:00", "20:00")):
        segment = local.between_time(first, last, inclusive="left")
        segment.index = segment.index.tz_localize(None)  # the grid is the wall clock's
        piece = segment.resample(f"{minutes}min").agg(HOW).dropna()
        piece.index = piece.index.tz_localize(NEW_YORK)
        opened = piece.index.normalize() + pd.Timedelta(f"{first}:00")
        piece.index = piece.index.where(piece.index > opened, opened)  # a piece is stamped where its segment starts
        pieces.append(piece)
    found = to(bars, f"{minutes}m", AssetClass.STOCK)
    assert_equal(found, pd.concat(pieces).sort_index())
    assert (found.end[:-1] <= found.timestamp[1:]).all()
    assert (np.diff(found.end) > 0).all()


@pytest.mark.parametrize("path", [SAMPLES / "AAPL_1d.csv"], ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("timeframe", "rule"), [("7d", "W-SUN"), ("1w", "W-SUN"), ("1mo", "ME"), ("3mo", "QE"), ("12mo", "YE")]
)
def test_weeks_and_months_of_stocks_equal_pandas_and_end_with_the_last_session(
    path: Path, timeframe: str, rule: str
) -> None:
    bars = read_bars(path).bars
    bars = bars.slice(0, int(np.searchsorted(bars.timestamp, pd.Timestamp("2012-01-01").value)))  # whole years' ends
    expected = frame(bars).resample(rule).agg(HOW)
    labels = pd.Series(bars.timestamp, index=frame(bars).index).resample(rule)
    expected.index = pd.DatetimeIndex(labels.first().to_numpy(), tz="UTC")
    found = to(bars, timeframe, AssetClass.STOCK)
    assert_equal(found, expected.dropna())
    closes = calendar_for(AssetClass.STOCK).bar_end(labels.last().to_numpy(), Timeframe.parse("1d"))
    assert np.array_equal(found.end, closes)


def test_hour_bars_stamped_at_nine_become_a_piece_stamped_at_the_open() -> None:
    stamps = np.array([f"2017-01-03T{hour}:00" for hour in (14, 15, 16, 17)], dtype="datetime64[ns]").astype(np.int64)
    frame_1h, price = Timeframe.parse("1h"), np.array([1.0, 2.0, 3.0, 4.0])
    ends = calendar_for(AssetClass.STOCK).bar_end(stamps, frame_1h)
    hours = Bars(
        symbol="X", timeframe=frame_1h, timestamp=stamps, end=ends, open=price, high=price, low=price, close=price,
        volume=price,
    )  # fmt: skip
    found = to(hours, "4h", AssetClass.STOCK)
    assert found.timestamp.astype("datetime64[ns]").astype("datetime64[m]").astype(str).tolist() == [
        "2017-01-03T14:30", "2017-01-03T17:00",
    ]  # fmt: skip
    assert found.end.astype("datetime64[ns]").astype("datetime64[m]").astype(str).tolist() == [
        "2017-01-03T17:00", "2017-01-03T21:00",
    ]  # fmt: skip
    assert found.volume.tolist() == [6.0, 4.0]


def test_day_with_a_bar_across_its_close_ends_when_that_bar_does() -> None:
    stamps = [pd.Timestamp(f"2024-01-0{day}").value for day in ("3T16:00", "3T20:00", "4T00:00", "4T16:00")]
    found = to(_plain_bars(np.array(stamps), "4h", AssetClass.STOCK), "1d", AssetClass.STOCK)
    assert [str(end) for end in found.end.astype("datetime64[ns]").astype("datetime64[m]")] == [
        "2024-01-04T00:00", "2024-01-04T21:00",
    ]  # fmt: skip
    assert found.close.tolist() == [2.0, 4.0]


@given(
    asset_class=st.sampled_from([AssetClass.STOCK, AssetClass.CRYPTO, AssetClass.FX]),
    source=st.sampled_from(["15m", "30m", "1h", "2h", "4h", "12h"]),
    target=st.sampled_from(["4h", "1d", "1d", "1w"]),
    quarter=st.integers(pd.Timestamp("2016-01-01").value // QUARTER, pd.Timestamp("2024-01-01").value // QUARTER),
    steps=st.lists(st.sampled_from([1, 1, 1, 2, 5, 30]), min_size=1, max_size=40),
)
@settings(max_examples=300)
def test_coarser_bar_is_never_visible_before_all_that_it_is_made_of(
    asset_class: AssetClass, source: str, target: str, quarter: int, steps: list[int]
) -> None:
    frame_of = Timeframe.parse(source)
    assume(Timeframe.parse(target).is_made_of(frame_of))
    bars = _plain_bars(quarter * QUARTER + np.cumsum(steps) * frame_of.nanoseconds, source, asset_class)
    whole = _visible(bars, target, asset_class, int(bars.end.max()) + 400 * 86_400 * 10**9)
    for now in sorted({*bars.end.tolist(), *(row[0] for row in whole)}):
        known = bars.slice(0, int(np.searchsorted(bars.end, now, "right")))
        assert _visible(known, target, asset_class, now) == [row for row in whole if row[0] <= now]


def _plain_bars(stamps: Int64, timeframe: str, asset_class: AssetClass) -> Bars:
    """Bars whose prices and volume count them from 1."""
    price = np.arange(1, len(stamps) + 1, dtype=np.float64)
    ends = calendar_for(asset_class).bar_end(stamps, Timeframe.parse(timeframe))
    return Bars(
        symbol="X", timeframe=Timeframe.parse(timeframe), timestamp=stamps, end=ends, open=price, high=price,
        low=price, close=price, volume=price,
    )  # fmt: skip


def _visible(bars: Bars, timeframe: str, asset_class: AssetClass, now: int) -> list[tuple[float, ...]]:
    """What has ended by then: when, since when, and its prices."""
    made = put_together(bars, Timeframe.parse(timeframe), calendar_for(asset_class))
    rows = zip(made.end.tolist(), made.timestamp.tolist(), made.high.tolist(), made.volume.tolist(), strict=True)
    return [row for row in rows if row[0] <= now]


def test_timeframe_that_is_no_multiple_is_refused() -> None:
    bars = read_bars(SAMPLES / "EURUSD_1h.csv").bars
    for timeframe in ("30m", "90m"):
        with pytest.raises(InputError, match="choose a multiple"):
            to(bars, timeframe, AssetClass.FX)
    weeks = to(bars, "1w", AssetClass.FX)
    with pytest.raises(InputError, match="weeks and months are made of days"):
        to(weeks, "1mo", AssetClass.FX)


@pytest.mark.parametrize(
    ("days", "timeframe", "end"),
    [
        (("2013-03-25", "2013-03-26"), "1w", "2013-03-28T20:00"),  # Good Friday: the week ends on Thursday
        (("2012-11-19",), "1w", "2012-11-23T18:00"),  # a half day after Thanksgiving
        (("2012-11-26", "2012-11-27"), "1mo", "2012-11-30T21:00"),  # without bars on the month's last days
        (("2013-03-01", "2013-03-04"), "1mo", "2013-03-28T20:00"),
        (("2012-12-24",), "3mo", "2012-12-31T21:00"),
    ],
)
def test_a_week_or_month_ends_with_its_last_session_with_or_without_a_bar_on_it(
    days: tuple[str, ...], timeframe: str, end: str
) -> None:
    stamps, price = np.array(days, dtype="datetime64[ns]").astype(np.int64), np.ones(len(days))
    ends = calendar_for(AssetClass.STOCK).bar_end(stamps, Timeframe.parse("1d"))
    bars = Bars(
        symbol="X", timeframe=Timeframe.parse("1d"), timestamp=stamps, end=ends, open=price, high=price, low=price,
        close=price, volume=price,
    )  # fmt: skip
    found = to(bars, timeframe, AssetClass.STOCK)
    assert found.end.tolist() == [pd.Timestamp(end).value]


def test_same_timeframe_is_the_same_object() -> None:
    bars = read_bars(SAMPLES / "EURUSD_1h.csv").bars
    assert to(bars, "1h", AssetClass.FX) is bars


def test_no_regular_bar_makes_no_daily_bar() -> None:
    stamps = np.array(["2017-01-03T12:00", "2017-01-03T12:01"], dtype="datetime64[ns]").astype(np.int64)
    minute, price = Timeframe.parse("1m"), np.ones(2)
    early = Bars(
        symbol="X", timeframe=minute, timestamp=stamps, end=stamps + minute.nanoseconds, open=price, high=price,
        low=price, close=price, volume=price,
    )  # fmt: skip
    with pytest.raises(InputError, match="no bar lies in a regular session"):
        to(early, "1d", AssetClass.STOCK)


def test_bar_on_a_day_without_a_session_changes_nothing_about_when_the_week_before_it_closed() -> None:
    """Good Friday 2021: the week closes on Thursday, whatever somebody's file has for the Friday."""
    days = np.array(["2021-03-31", "2021-04-01", "2021-04-02", "2021-04-05"], dtype="datetime64[ns]").astype(np.int64)
    calendar, day = calendar_for(AssetClass.STOCK), Timeframe.parse("1d")
    prices = np.array([10.0, 11.0, 99.0, 12.0])

    def weeks(count: int) -> list[tuple[str, str, float]]:
        stamps = days[:count]
        bars = Bars(
            symbol="AAA", timeframe=day, timestamp=stamps, end=calendar.bar_end(stamps, day), open=prices[:count],
            high=prices[:count], low=prices[:count], close=prices[:count], volume=np.ones(count),
        )  # fmt: skip
        made = resample(bars, Timeframe.parse("1w"), calendar)
        times = zip(made.timestamp.astype("datetime64[ns]"), made.end.astype("datetime64[ns]"), strict=True)
        return [(str(a)[:10], str(b)[:16], close) for (a, b), close in zip(times, made.close.tolist(), strict=True)]

    first = ("2021-03-31", "2021-04-01T20:00", 11.0)
    assert weeks(2) == [first]
    assert weeks(3) == [first, ("2021-04-05", "2021-04-09T20:00", 99.0)]
    assert weeks(4) == [first, ("2021-04-05", "2021-04-09T20:00", 12.0)]

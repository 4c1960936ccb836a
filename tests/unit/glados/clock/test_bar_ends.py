"""Bar ends, against exchange_calendars and hand-made lists."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import exchange_calendars
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.glados.clock.fakes import times
from weaver.glados.clock.bar_ends import BarEnds
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.resample import resample
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import MINUTE, Timeframe

pytestmark = pytest.mark.filterwarnings("ignore:Series.values returning:DeprecationWarning")  # exchange_calendars'

NEW_YORK = ZoneInfo("America/New_York")
TIMEFRAMES = ("1m", "5m", "15m", "30m", "1h", "4h", "1d")


def ends(asset: str, timeframe: str) -> BarEnds:
    return BarEnds(calendar=calendar_for(AssetClass(asset)), timeframe=Timeframe.parse(timeframe))


def following(schedule: BarEnds, start: datetime, count: int) -> list[datetime]:
    found, instant = [], instant_of(start)
    for _ in range(count):
        instant = schedule.after(instant)
        found.append(time_of(instant))
    return found


def ny(day: str, *clocks: str) -> list[datetime]:
    return [datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), NEW_YORK) for clock in clocks]


@pytest.fixture(scope="module")
def xnys() -> exchange_calendars.ExchangeCalendar:
    return exchange_calendars.get_calendar("XNYS", start="1990-01-01", end="2027-12-31")


def naive_stock_ends(xnys: exchange_calendars.ExchangeCalendar, first: date, days: int, minutes: int) -> list[datetime]:
    """Every multiple of so many minutes since New York's midnight inside the session, and its close; minutes=0: 1d."""
    found = []
    for session in xnys.sessions_in_range(str(first), str(first + timedelta(days=days))):
        opens, close = xnys.session_open(session), xnys.session_close(session)
        minute = opens.to_pydatetime()
        while minutes and (minute := minute + timedelta(minutes=1)) < close:
            local = minute.astimezone(NEW_YORK)
            if (local.hour * 60 + local.minute) % minutes == 0:
                found.append(minute)
        found.append(close.to_pydatetime())
    return found


@given(
    first=st.dates(date(1991, 1, 1), date(2027, 12, 1)),
    minutes=st.sampled_from([1, 5, 15, 30, 60, 240, 0]),
)
@settings(max_examples=25)
@example(first=date(2024, 3, 7), minutes=60)  # New York's clocks go forward
@example(first=date(2024, 10, 31), minutes=60)  # and back
@example(first=date(2024, 11, 27), minutes=30)  # Thanksgiving, then a half day
@example(first=date(2001, 9, 10), minutes=240)  # four days without a session
def test_stock_bar_ends_are_those_of_exchange_calendars(
    xnys: exchange_calendars.ExchangeCalendar, first: date, minutes: int
) -> None:
    schedule = ends("stock", f"{minutes}m" if minutes else "1d")
    expected = naive_stock_ends(xnys, first, 6, minutes)
    begin = datetime.combine(first, time(0), NEW_YORK).astimezone(UTC)
    assert following(schedule, begin, len(expected)) == expected


def test_hours_of_stocks_are_cut_at_open_and_close() -> None:
    expected = ny("2024-07-01", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00")
    expected += ny("2024-07-02", "10:00")
    assert following(ends("stock", "1h"), *ny("2024-07-01", "09:30"), len(expected)) == expected


def test_half_day_ends_at_one() -> None:
    assert following(ends("stock", "1d"), *ny("2024-11-27", "16:00"), 2) == [
        *ny("2024-11-29", "13:00"),
        *ny("2024-12-02", "16:00"),
    ]
    assert following(ends("stock", "4h"), *ny("2024-11-29", "09:30"), 3) == [
        *ny("2024-11-29", "12:00", "13:00"),
        *ny("2024-12-02", "12:00"),
    ]


@given(
    start=times("2000-01-01", "2090-01-01"),
    minutes=st.sampled_from([1, 5, 15, 30, 60, 240, 1440]),
)
def test_crypto_bars_end_on_the_utc_grid(start: datetime, minutes: int) -> None:
    length = timedelta(minutes=minutes)
    since = start - datetime(2000, 1, 1, tzinfo=UTC)
    expected = start + (length - since % length)
    assert following(ends("crypto", f"{minutes}m"), start, 3) == [expected, expected + length, expected + 2 * length]


def test_fx_days_end_at_five_in_new_york_summer_and_winter() -> None:
    start = ny("2024-10-31", "17:00")[0]
    days = ("2024-11-01", "2024-11-04", "2024-11-05")
    assert following(ends("fx", "1d"), start, 3) == [ny(day, "17:00")[0] for day in days]


def test_fx_hours_stop_over_the_weekend() -> None:
    assert following(ends("fx", "4h"), *ny("2024-03-08", "13:00"), 3) == [
        *ny("2024-03-08", "17:00"),
        *ny("2024-03-10", "21:00"),
        *ny("2024-03-11", "01:00"),
    ]


def test_bars_of_a_week_end_with_its_last_session() -> None:
    assert following(ends("stock", "7d"), *ny("2024-03-25", "16:00"), 2) == [
        *ny("2024-03-28", "16:00"),  # Good Friday follows
        *ny("2024-04-05", "16:00"),
    ]


@pytest.mark.parametrize("asset", ["stock", "crypto", "fx"])
@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_bar_ends_are_those_of_resampled_minutes(asset: str, timeframe: str) -> None:
    calendar = calendar_for(AssetClass(asset))
    start, stop = (np.datetime64(day, "ns").astype(np.int64) for day in ("2024-10-28", "2024-11-09"))
    minutes = np.arange(start, stop, MINUTE, dtype=np.int64)
    minutes = minutes[calendar.is_regular(minutes, minutes + MINUTE)]
    prices = np.ones(len(minutes))
    fine = Bars(
        symbol="X", timeframe=Timeframe(MINUTE), timestamp=minutes, end=minutes + MINUTE,
        open=prices, high=prices, low=prices, close=prices, volume=prices,
    )  # fmt: skip
    complete = resample(fine, Timeframe.parse(timeframe), calendar).end.tolist()[:-1]  # the last may be cut by `stop`
    schedule = ends(asset, timeframe)
    assert schedule.newest(100_000, after=int(start), until=complete[-1]) == complete


@given(
    asset=st.sampled_from(["stock", "crypto", "fx"]),
    timeframe=st.sampled_from(["30m", "4h", "1d", "7d"]),
    start=times("2020-01-01", "2026-01-01"),
    days=st.integers(0, 20),
    count=st.integers(1, 30),
)
def test_newest_are_the_last_of_those_that_follow_one_another(
    asset: str, timeframe: str, start: datetime, days: int, count: int
) -> None:
    schedule = ends(asset, timeframe)
    after, until = instant_of(start), instant_of(start + timedelta(days=days))
    chain, instant = [], after
    while (instant := schedule.after(instant)) <= until:
        chain.append(instant)
    assert schedule.newest(count, after=after, until=until) == chain[-count:]

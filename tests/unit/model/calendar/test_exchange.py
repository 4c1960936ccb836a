"""Other exchanges' sessions, against the package that knows them; and what follows of them for bars."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import exchange_calendars
import numpy as np
import pandas as pd
import pytest

from weaver.model.calendar.calendar import Calendar
from weaver.model.calendar.days.clocks import WallClock
from weaver.model.calendar.days.new_york import FIRST_DAY
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.recurring import Recurring
from weaver.model.calendar.resample import by_calendar, resample
from weaver.model.calendar.sessions import calendar_for, calendar_name, calendar_named
from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars, Int64
from weaver.model.market.timeframe import DAY, HOUR, MINUTE, Timeframe

EPOCH = date(1970, 1, 1)
FIRST, LAST = "1999-01-01", "2030-12-31"
PAUSES = {"CMES": ("America/Chicago", 16), "us_futures": ("America/New_York", 17)}
"""Where the package has sessions of 24 hours, and trading pauses for an hour before the next."""
NAMES = ["XLON", "XTKS", "CMES", "us_futures", "XHKG", "XETR", "24/7"]


@lru_cache
def schedule(name: str) -> "pd.DataFrame":
    return exchange_calendars.get_calendar(name, start=FIRST, end=LAST).schedule


def instants(column: "pd.Series[pd.Timestamp]") -> Int64:
    found: Int64 = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("datetime64[ns]").astype(np.int64)
    return found


def days_of(name: str) -> "np.ndarray[tuple[int], np.dtype[np.int32]]":
    return schedule(name).index.to_numpy().astype("datetime64[D]").astype(np.int32)


def wall(zone: str, day: date, hour: int, minute: int = 0) -> int:
    return int(datetime.combine(day, time(hour, minute), ZoneInfo(zone)).timestamp()) * 10**9


def utc(text: str) -> int:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


def column(*texts: str) -> Int64:
    return np.array([utc(text) for text in texts], dtype=np.int64)


@pytest.mark.parametrize("name", NAMES)
def test_sessions_are_those_of_the_package_in_32_years(name: str) -> None:
    calendar, days, table = calendar_named(name), days_of(name), schedule(name)
    closes = instants(table["close"])
    if name in PAUSES:
        zone, hour = PAUSES[name]
        pauses = [wall(zone, EPOCH + timedelta(days=day), hour) for day in days.tolist()]
        closes = np.minimum(closes, pauses)
    assert np.array_equal(calendar.expected_sessions(int(days[0]), int(days[-1])), days)
    assert np.array_equal(calendar.session_open(days), instants(table["open"]))
    assert np.array_equal(calendar.session_close(days), closes)


@pytest.mark.parametrize("name", ["XTKS", "XHKG"])
def test_bars_in_the_break_at_midday_are_not_regular(name: str) -> None:
    calendar, table = calendar_named(name), schedule(name)
    table = table[table["break_start"].notna()]
    start, stop = instants(table["break_start"]), instants(table["break_end"])
    assert len(start) > 6_000
    assert not calendar.is_regular(start, stop).any()
    assert calendar.is_regular(start - MINUTE, start).all()
    assert calendar.is_regular(stop, stop + MINUTE).all()
    assert calendar.is_regular(start - MINUTE, start + MINUTE).all()
    assert np.array_equal(calendar.open_time(stop), calendar.open_time(start))


@pytest.mark.parametrize(
    ("name", "opens"),
    [
        # America's clocks change on 10 March and 3 November 2024, Europe's on 31 March and 27 October.
        ("XLON", {"03-08": "08:00", "03-28": "08:00", "04-02": "07:00", "10-25": "07:00", "10-28": "08:00"}),
        ("XTKS", {"03-08": "00:00", "04-02": "00:00", "10-25": "00:00", "11-05": "00:00"}),
        ("CMES", {"03-08": "-1 23:00", "03-11": "-1 22:00", "04-02": "-1 22:00", "11-01": "-1 22:00",
                  "11-04": "-1 23:00"}),
    ],
)  # fmt: skip
def test_opens_follow_the_exchange_s_own_clocks(name: str, opens: dict[str, str]) -> None:
    calendar = calendar_named(name)
    for day, clock in opens.items():
        label = date.fromisoformat(f"2024-{day}")
        before, at = (1, clock[3:]) if clock.startswith("-1 ") else (0, clock)
        expected = utc(f"{label - timedelta(days=before)}T{at}:00")
        session = np.array([(label - EPOCH).days], dtype=np.int32)
        assert calendar.session_open(session).tolist() == [expected]


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Tokyo", "America/Chicago", "America/Sao_Paulo"])
def test_wall_clock_is_zoneinfo_s(zone: str) -> None:
    """Brazil's clocks went forward at midnight, which some days had not."""
    clock = WallClock(ZoneInfo(zone))
    for minutes in (0, 150, 17 * 60):
        found = clock.instants(minutes)
        for day in range(3_652, 22_000):  # 1980 to 2030
            expected = wall(zone, EPOCH + timedelta(days=day), minutes // 60, minutes % 60)
            assert found[day - FIRST_DAY] == expected


def test_session_of_a_future_begins_the_day_before() -> None:
    calendar = calendar_named("cme")
    stamps = column("2024-03-10T21:30:00", "2024-03-10T22:00:00", "2024-03-11T20:30:00", "2024-03-11T21:30:00")
    days = [EPOCH + timedelta(days=day) for day in calendar.session_of(stamps, daily=False).tolist()]
    # Sunday's last hour before 17:00 Chicago; Monday's session, from Sunday evening on; the pause after it.
    assert days == [date(2024, 3, 10), date(2024, 3, 11), date(2024, 3, 11), date(2024, 3, 11)]
    assert calendar.is_regular(stamps, stamps + 30 * MINUTE).tolist() == [False, True, True, False]


def minutes_of(name: str, first: str, last: str, step: int = 15) -> Bars:
    """All bars of some sessions, read off the package's schedule."""
    stamps: list[int] = []
    for label, row in schedule(name).loc[first:last].iterrows():
        close = row["close"].value
        if name in PAUSES:
            close = min(close, wall(PAUSES[name][0], label.date(), PAUSES[name][1]))
        has_break = row["break_start"] is not pd.NaT
        halves = [(row["open"].value, row["break_start"].value), (row["break_end"].value, close)]
        for begin, end in halves if has_break else [(row["open"].value, close)]:
            stamps += range(begin, end, step * MINUTE)
    timestamp = np.array(stamps, dtype=np.int64)
    timeframe, price = Timeframe(step * MINUTE), np.arange(len(stamps)) + 100.0
    end = calendar_named(name).bar_end(timestamp, timeframe)
    return Bars(symbol="ABC", timeframe=timeframe, timestamp=timestamp, end=end, open=price, high=price + 1,
                low=price - 1, close=price, volume=price)  # fmt: skip


@pytest.mark.parametrize("name", ["XLON", "XTKS", "CMES", "XHKG"])
def test_whole_year_of_bars_has_no_gap_and_none_outside(name: str) -> None:
    calendar, bars = calendar_named(name), minutes_of(name, "2024-01-04", "2024-12-23")
    assert len(calendar.gaps(bars.timestamp, bars.end, bars.timeframe)) == 0
    assert calendar.is_regular(bars.timestamp, bars.end).all()
    kept = np.delete(np.arange(len(bars)), [100, 101, 2_000])
    gaps = calendar.gaps(bars.timestamp[kept], bars.end[kept], bars.timeframe)
    assert gaps.missing.tolist() == [2, 1]


@pytest.mark.parametrize("name", ["XLON", "XTKS", "CMES", "XHKG"])
@pytest.mark.parametrize("timeframe", ["1h", "4h", "1d", "1w", "1mo"])
def test_coarser_bars_are_those_of_pandas_by_session(name: str, timeframe: str) -> None:
    """Each half of a session by itself, on a grid from midnight of the exchange, or from where its day begins."""
    calendar, bars = calendar_named(name), minutes_of(name, "2024-01-04", "2024-12-23")
    made = resample(bars, Timeframe.parse(timeframe), calendar)
    groups = _groups(name, bars, timeframe)
    frame = pd.DataFrame({"open": bars.open, "high": bars.high, "low": bars.low, "close": bars.close, "group": groups})
    by_group = frame.groupby("group", sort=False)
    expected = by_group.agg({"open": "first", "high": "max", "low": "min", "close": "last"})
    assert np.array_equal(np.column_stack([made.open, made.high, made.low, made.close]), expected.to_numpy())
    assert all(before < after for before, after in pairwise(made.end.tolist()))
    last = by_group.apply(lambda rows: bars.end[rows.index[-1]], include_groups=False).to_numpy()
    if timeframe in {"1h", "4h", "1d"}:
        assert np.array_equal(made.end, last)


def _groups(name: str, bars: Bars, timeframe: str) -> list[tuple[object, ...]]:
    zone = ZoneInfo({"XLON": "Europe/London", "XTKS": "Asia/Tokyo", "XHKG": "Asia/Hong_Kong"}.get(name, "UTC"))
    table = schedule(name)
    labels = {label.date(): row for label, row in table.loc["2024-01-01":"2024-12-31"].iterrows()}
    found: list[tuple[object, ...]] = []
    for stamp in bars.timestamp.tolist():
        at = time_of(stamp)
        day = at.astimezone(zone).date()
        if name == "CMES":
            day = (at.astimezone(ZoneInfo("America/Chicago")) + timedelta(hours=7)).date()
        row = labels[day]
        half = row["break_start"] is not pd.NaT and stamp >= row["break_end"].value
        origin = row["open"].value if name == "CMES" else wall(str(zone), day, 0)
        match timeframe:
            case "1w":
                found.append(tuple(day.isocalendar()[:2]))
            case "1mo":
                found.append((day.year, day.month))
            case "1d":
                found.append((day,))
            case _:
                length = {"1h": HOUR, "4h": 4 * HOUR}[timeframe]
                found.append((day, half, (stamp - origin) // length))
    return found


def test_hourly_bars_end_where_trading_stops() -> None:
    """Tokyo at UTC+9, before and after the break; the last bar of the morning is half an hour long."""
    calendar = calendar_named("XTKS")
    stamps = column("2024-03-01T00:00:00", "2024-03-01T01:00:00", "2024-03-01T02:00:00", "2024-03-01T03:30:00",
                    "2024-03-01T04:30:00", "2024-03-01T05:30:00")  # fmt: skip
    ends = [time_of(end).strftime("%H:%M") for end in calendar.bar_end(stamps, Timeframe.parse("1h")).tolist()]
    assert ends == ["01:00", "02:00", "02:30", "04:30", "05:30", "06:00"]


def test_schedule_is_by_the_exchange_s_clocks() -> None:
    calendar = calendar_named("XLON")
    at = Recurring.parse(every="day", at="10:00", zone=None, after_open=None, before_close=None)
    found = at.between(calendar, calendar.zone, utc("2024-03-28T00:00:00"), utc("2024-04-03T00:00:00"))
    # Good Friday and Easter Monday are no sessions, and the clocks went forward between them.
    assert found == [utc("2024-03-28T10:00:00"), utc("2024-04-02T09:00:00")]


def test_day_without_a_session_has_the_hours_of_its_year() -> None:
    """Tokyo closes at 15:30 since 5 November 2024, and before at 15:00."""
    calendar = calendar_named("XTKS")
    for day, clock in (("2021-05-04", "06:00"), ("2026-05-04", "06:30")):
        end = calendar.session_end(date.fromisoformat(day), extended_hours=False)
        assert time_of(end).strftime("%H:%M") == clock


def test_names_are_found_by_any_of_their_spellings() -> None:
    assert [calendar_name(name) for name in ("lse", "JPX", " cme ", "NYSE", "xnys")] == [
        "XLON", "XTKS", "CMES", "XNYS", "XNYS",
    ]  # fmt: skip
    assert calendar_named("NASDAQ") is calendar_for(AssetClass.STOCK)
    with pytest.raises(InputError, match="calendar 'XLNO' is unknown: did you mean XLON"):
        calendar_name("XLNO")
    with pytest.raises(InputError, match="calendar '' is unknown"):
        calendar_name("")


def test_bars_of_another_calendar_end_by_it() -> None:
    stamps = column("2024-03-01T00:00:00", "2024-03-04T00:00:00")
    price, day = np.full(2, 10.0), Timeframe.parse("1d")

    def daily(calendar: Calendar) -> Bars:
        return Bars(symbol="ABC", timeframe=day, timestamp=stamps, end=calendar.bar_end(stamps, day), open=price,
                    high=price, low=price, close=price, volume=price)  # fmt: skip

    new_york, tokyo = calendar_for(AssetClass.STOCK), calendar_named("XTKS")
    bars = daily(new_york)
    assert np.array_equal(by_calendar(bars, new_york, tokyo).end, daily(tokyo).end)
    assert by_calendar(bars, new_york, new_york) is bars
    assert [time_of(end).strftime("%H:%M") for end in daily(tokyo).end.tolist()] == ["06:00", "06:00"]
    assert daily(tokyo).end[0] - stamps[0] == 6 * HOUR
    assert stamps[1] - stamps[0] == 3 * DAY

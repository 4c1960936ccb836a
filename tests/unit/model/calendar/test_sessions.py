"""Sessions, closes and bar ends: worked out by hand from the exchanges' published hours."""

from collections.abc import Sequence

import numpy as np
import pytest

from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import DAY, MINUTE, Timeframe

STOCK, CRYPTO, FX, FUTURE = (calendar_for(one) for one in AssetClass)


def ns(*times: str) -> np.ndarray:
    """Instants of `2017-01-03 14:30` (UTC)."""
    return np.array([time.replace(" ", "T") for time in times], dtype="datetime64[ns]").astype(np.int64)


def day(*dates: str) -> np.ndarray:
    return np.array(dates, dtype="datetime64[D]").astype(np.int32)


def texts(instants: np.ndarray) -> list[str]:
    return [str(one).replace("T", " ") for one in instants.astype("datetime64[ns]").astype("datetime64[m]")]


def ends(calendar: object, timeframe: str, *stamps: str) -> list[str]:
    return texts(calendar.bar_end(ns(*stamps), Timeframe.parse(timeframe)))  # type: ignore[attr-defined]


def test_stock_session_closes_in_winter_summer_and_on_half_days() -> None:
    session = day("2017-01-03", "2017-07-05", "2017-11-24", "2017-12-25")
    closes = ["2017-01-03 21:00", "2017-07-05 20:00", "2017-11-24 18:00", "2017-12-25 21:00"]
    assert texts(STOCK.session_close(session)) == closes
    assert texts(STOCK.extended_close(session)) == [
        "2017-01-04 01:00",
        "2017-07-06 00:00",
        "2017-11-25 01:00",
        "2017-12-26 01:00",
    ]


def test_daily_stock_bar_ends_at_its_session_close() -> None:
    assert ends(STOCK, "1d", "2017-03-10", "2017-03-13", "2017-11-24") == [
        "2017-03-10 21:00", "2017-03-13 20:00", "2017-11-24 18:00",
    ]  # fmt: skip


def test_daily_stock_bar_without_a_session_ends_at_four_and_is_told_apart() -> None:
    stamps = ns("2012-11-21", "2012-11-22", "2012-11-23")  # Thanksgiving, between two sessions
    assert texts(STOCK.bar_end(stamps, Timeframe(DAY)))[1] == "2012-11-22 21:00"
    assert STOCK.sessionless(stamps).tolist() == [False, True, False]
    assert STOCK.is_regular(stamps, STOCK.bar_end(stamps, Timeframe(DAY))).tolist() == [True, False, True]


def test_hour_bar_stamped_before_the_open_runs_to_its_hour_and_is_regular() -> None:
    # Hour bars of the regular session, stamped 09:00 … 12:00 New York on a day that closes at 13:00.
    stamps = ["2017-11-24 14:00", "2017-11-24 15:00", "2017-11-24 16:00", "2017-11-24 17:00", "2017-11-27 14:00"]
    found = ends(STOCK, "1h", *stamps)
    assert found == ["2017-11-24 15:00", "2017-11-24 16:00", "2017-11-24 17:00", "2017-11-24 18:00", "2017-11-27 15:00"]
    assert STOCK.is_regular(ns(*stamps), ns(*found)).all()


def test_last_hour_bar_is_cut_at_the_close_if_nothing_follows_that_day() -> None:
    assert ends(STOCK, "1h", "2017-01-03 19:30", "2017-01-03 20:30", "2017-01-04 14:30") == [
        "2017-01-03 20:30", "2017-01-03 21:00", "2017-01-04 15:30",
    ]  # fmt: skip


def test_bar_across_the_close_is_left_whole_if_trading_goes_on() -> None:
    assert ends(STOCK, "1h", "2017-01-03 20:30", "2017-01-03 21:30")[0] == "2017-01-03 21:30"


def test_late_bars_end_with_extended_trading_and_with_the_day() -> None:
    assert ends(STOCK, "4h", "2017-01-03 22:00") == ["2017-01-04 01:00"]  # 17:00 New York, to 20:00
    assert ends(STOCK, "4h", "2017-01-04 03:00") == ["2017-01-04 05:00"]  # 22:00 New York, to midnight


def test_bars_never_overlap() -> None:
    assert ends(STOCK, "1h", "2017-01-03 14:00", "2017-01-03 14:30", "2017-01-03 15:00") == [
        "2017-01-03 14:30", "2017-01-03 15:00", "2017-01-03 16:00",
    ]  # fmt: skip
    assert ends(CRYPTO, "1h", "2017-01-03 14:00", "2017-01-03 14:45") == ["2017-01-03 14:45", "2017-01-03 15:45"]


def test_regular_session_starts_and_ends_sharply() -> None:
    starts = ns("2017-01-03 14:29", "2017-01-03 14:30", "2017-01-03 20:59", "2017-01-03 21:00", "2017-01-02 15:00")
    assert STOCK.is_regular(starts, starts + MINUTE).tolist() == [False, True, True, False, False]


def test_after_hours_belong_to_new_yorks_date() -> None:
    stamps = ns("2017-01-04 00:59", "2017-01-03 09:00")
    assert STOCK.session_of(stamps, daily=False).tolist() == day("2017-01-03", "2017-01-03").tolist()


def test_years_outside_the_table_have_a_session_on_any_day_and_miss_none() -> None:
    days = day("1935-06-08", "1935-06-09")  # a Saturday, on which New York traded then, and a Sunday
    assert STOCK.is_session(days).all()
    assert len(STOCK.missing_sessions(int(days[0]) - 100, int(days[0]), days)) == 0


def test_weekly_stock_bar_ends_with_the_weeks_last_session() -> None:
    assert ends(STOCK, "7d", "2012-11-19", "2012-11-26", "2013-03-25") == [
        "2012-11-23 18:00", "2012-11-30 21:00", "2013-03-28 20:00",  # half day after Thanksgiving; Good Friday
    ]  # fmt: skip


def test_crypto_day_is_the_utc_day() -> None:
    assert ends(CRYPTO, "1d", "2017-01-03", "2017-01-04") == ["2017-01-04 00:00", "2017-01-05 00:00"]
    assert texts(CRYPTO.session_close(day("2017-01-03"))) == ["2017-01-04 00:00"]
    assert texts(CRYPTO.extended_close(day("2017-01-03"))) == ["2017-01-04 00:00"]
    assert CRYPTO.session_of(ns("2017-01-03 23:59"), daily=False).tolist() == day("2017-01-03").tolist()
    assert CRYPTO.is_regular(ns("2017-01-07"), ns("2017-01-08")).all()


@pytest.mark.parametrize(
    ("stamp", "session"),
    [
        ("2017-01-02 21:59", "2017-01-02"),  # a minute before 17:00 New York
        ("2017-01-02 22:00", "2017-01-03"),
        ("2017-07-03 21:00", "2017-07-04"),  # summer time
        ("2017-01-01 22:00", "2017-01-02"),  # Sunday evening is Monday's
        ("2017-01-03 00:00", "2017-01-03"),  # a bare date
    ],
)
def test_fx_session_has_the_date_of_its_close(stamp: str, session: str) -> None:
    assert FX.session_of(ns(stamp), daily=False).tolist() == day(session).tolist()


def test_fx_daily_bar_ends_at_five_new_york_from_its_start_or_its_date() -> None:
    assert ends(FX, "1d", "2017-01-02 22:00", "2017-07-03 21:00") == ["2017-01-03 22:00", "2017-07-04 21:00"]
    assert ends(FX, "1d", "2017-01-03", "2017-07-04") == ["2017-01-03 22:00", "2017-07-04 21:00"]


def test_fx_week_closes_on_friday_and_bars_across_five_on_other_days_stay_whole() -> None:
    assert ends(FX, "4h", "2017-01-05 20:00", "2017-01-06 20:00", "2017-01-08 22:00") == [
        "2017-01-06 00:00", "2017-01-06 22:00", "2017-01-09 02:00",
    ]  # fmt: skip


def test_fx_is_closed_at_the_weekend() -> None:
    starts = ns("2017-01-06 21:00", "2017-01-06 22:00", "2017-01-07 12:00", "2017-01-08 21:00", "2017-01-08 22:00")
    assert FX.is_regular(starts, starts + 60 * MINUTE).tolist() == [True, False, False, False, True]
    assert FX.is_regular(ns("2017-01-08 21:00"), ns("2017-01-08 23:00")).all()  # reaches into Sunday's opening
    assert FX.is_session(day("2017-01-06", "2017-01-07", "2017-01-08", "2017-01-09")).tolist() == [
        True,
        False,
        False,
        True,
    ]


def gaps(calendar: object, timeframe: str, stamps: Sequence[str]) -> list[tuple[str, int]]:
    frame, timestamp = Timeframe.parse(timeframe), ns(*stamps)
    found = calendar.gaps(timestamp, calendar.bar_end(timestamp, frame), frame)  # type: ignore[attr-defined]
    return list(zip(texts(found.start), found.missing.tolist(), strict=True))


def test_night_and_weekend_and_holiday_are_no_gap() -> None:
    assert gaps(STOCK, "1h", ["2017-06-30 19:00", "2017-07-03 13:30"]) == []
    assert gaps(STOCK, "1m", ["2017-01-13 20:59", "2017-01-17 14:30"]) == []  # Martin Luther King's day
    assert gaps(FX, "1h", ["2017-01-06 21:00", "2017-01-08 22:00"]) == []


def test_missing_trading_time_is_counted_in_bars() -> None:
    assert gaps(STOCK, "1m", ["2017-01-03 20:57", "2017-01-04 14:32"]) == [("2017-01-03 20:58", 4)]
    assert gaps(STOCK, "1h", ["2017-11-22 20:00", "2017-11-27 14:30"]) == [("2017-11-22 21:00", 4)]  # 3.5 h on Friday
    assert gaps(CRYPTO, "5m", ["2017-01-03 10:00", "2017-01-03 10:10"]) == [("2017-01-03 10:05", 1)]
    assert gaps(FX, "1h", ["2017-01-06 20:00", "2017-01-08 23:00"]) == [("2017-01-06 21:00", 2)]
    assert gaps(STOCK, "1m", ["2017-01-03 12:00", "2017-01-03 13:00"]) == []  # before the open


def test_missing_sessions_of_other_classes() -> None:
    week = day("2017-01-02", "2017-01-03", "2017-01-05", "2017-01-06")
    assert FX.missing_sessions(int(week[0]), int(week[-1]) + 2, week).tolist() == day("2017-01-04").tolist()
    assert CRYPTO.missing_sessions(int(week[0]), int(week[-1]), week).tolist() == day("2017-01-04").tolist()


@pytest.mark.parametrize("calendar", [STOCK, CRYPTO, FX])
@pytest.mark.parametrize("timeframe", ["1m", "7h", "1d", "3d"])
def test_ends_rise_strictly_and_come_after_their_start(calendar: object, timeframe: str) -> None:
    frame = Timeframe.parse(timeframe)
    stamps = np.arange(3000, dtype=np.int64) * frame.nanoseconds + ns("2017-01-02 00:00")[0]
    found = calendar.bar_end(stamps, frame)  # type: ignore[attr-defined]
    assert (np.diff(found) > 0).all()
    assert (found > stamps).all()


@pytest.mark.parametrize("calendar", [STOCK, CRYPTO, FX])
def test_no_bars_give_no_ends(calendar: object) -> None:
    for name in ("1m", "1d", "3d"):
        assert len(calendar.bar_end(np.empty(0, dtype=np.int64), Timeframe.parse(name))) == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("asset", "timeframe", "label", "opened"),
    [
        ("stock", "1d", "2024-01-03", "2024-01-03T14:30"),
        ("stock", "1d", "2024-07-03", "2024-07-03T13:30"),  # closes early, opens as ever
        ("stock", "1d", "2024-03-11", "2024-03-11T13:30"),  # the first day of summer time
        ("stock", "1d", "2024-07-04", "2024-07-04T13:30"),  # a holiday
        ("stock", "1d", "2024-01-06", "2024-01-06T14:30"),  # a Saturday
        ("stock", "7d", "2024-09-02", "2024-09-03T13:30"),  # Labor Day: the week begins on Tuesday
        ("stock", "7d", "2024-01-08", "2024-01-08T14:30"),
        ("fx", "1d", "2024-01-03", "2024-01-02T22:00"),
        ("fx", "1d", "2024-07-08", "2024-07-07T21:00"),  # Monday's session opens on Sunday
        ("fx", "7d", "2024-01-08", "2024-01-07T22:00"),
        ("crypto", "1d", "2024-01-03", "2024-01-03T00:00"),
        ("crypto", "7d", "2024-01-08", "2024-01-08T00:00"),
        ("crypto", "1d", "2024-01-03T08:00", "2024-01-03T08:00"),
        ("stock", "1h", "2024-01-03T14:00", "2024-01-03T14:00"),
        ("fx", "1h", "2024-01-03T14:00", "2024-01-03T14:00"),
    ],
)
def test_bar_opens_with_its_session_or_at_its_stamp(asset: str, timeframe: str, label: str, opened: str) -> None:
    calendar, step = calendar_for(AssetClass(asset)), Timeframe.parse(timeframe)
    found = calendar.bar_open(ns(label), step)
    assert texts(found) == [opened.replace("T", " ")]
    assert calendar.bar_end(ns(label), step) > found

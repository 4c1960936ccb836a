"""The stock market's hours, by New York's clock and a calendar on the wall."""

from datetime import UTC, date, datetime

import pytest

from weaver.model.calendar.sessions import calendar_named
from weaver.veda.adapters.simulated.hours import clock_at, trading_days


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2021, month, day, hour, minute, tzinfo=UTC)


def test_days_of_thanksgiving_week() -> None:
    days = trading_days(date(2021, 11, 24), date(2021, 11, 29))
    assert [day.date.day for day in days] == [24, 26, 29]
    half = days[1]
    assert (half.extended_open, half.open) == (at(11, 26, 9), at(11, 26, 14, 30))
    assert (half.close, half.extended_close) == (at(11, 26, 18), datetime(2021, 11, 27, 1, tzinfo=UTC))


def test_no_days_between_a_day_and_the_one_before() -> None:
    assert trading_days(date(2021, 11, 24), date(2021, 11, 23)) == ()


@pytest.mark.parametrize(
    ("now", "is_open", "next_open", "next_close"),
    [
        (at(4, 5, 13, 29), False, at(4, 5, 13, 30), at(4, 5, 20)),
        (at(4, 5, 13, 30), True, at(4, 6, 13, 30), at(4, 5, 20)),
        (at(4, 5, 20), False, at(4, 6, 13, 30), at(4, 6, 20)),
        (at(4, 10, 12), False, at(4, 12, 13, 30), at(4, 12, 20)),  # a Saturday
        (at(4, 6, 0, 30), False, at(4, 6, 13, 30), at(4, 6, 20)),  # still Monday evening in New York
    ],
)
def test_clock_knows_what_comes_next(now: datetime, is_open: bool, next_open: datetime, next_close: datetime) -> None:
    clock = clock_at(now, skew_seconds=0.5)
    assert (clock.time, clock.is_open, clock.next_open, clock.next_close) == (now, is_open, next_open, next_close)
    assert clock.skew_seconds == 0.5


def test_days_of_tokyo_have_its_holidays_and_begin_at_its_midnight() -> None:
    days = trading_days(date(2021, 4, 28), date(2021, 5, 6), calendar_named("XTKS"))
    assert [day.date.day for day in days] == [28, 30, 6]  # Showa day, and the three of Golden Week
    assert (days[1].extended_open, days[1].open, days[1].close) == (at(4, 29, 15), at(4, 30, 0), at(4, 30, 6))


@pytest.mark.parametrize(
    ("now", "is_open", "next_open", "next_close"),
    [
        (at(4, 5, 6, 30), False, at(4, 6, 0), at(4, 6, 6)),  # London has Easter Monday
        (at(4, 6, 3), True, at(4, 6, 7), at(4, 6, 6)),
        (at(4, 6, 8), True, at(4, 7, 0), at(4, 6, 15, 30)),
    ],
)
def test_clock_of_two_exchanges_is_open_where_one_is(
    now: datetime, is_open: bool, next_open: datetime, next_close: datetime
) -> None:
    clock = clock_at(now, skew_seconds=0.0, calendars=[calendar_named("XTKS"), calendar_named("XLON")])
    assert (clock.is_open, clock.next_open, clock.next_close) == (is_open, next_open, next_close)

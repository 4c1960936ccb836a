"""Instants that come again with the sessions, against exchange_calendars and by hand."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import exchange_calendars
import pytest

from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.recurring import Recurring
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass

NEW_YORK, LONDON, TOKYO = ZoneInfo("America/New_York"), ZoneInfo("Europe/London"), ZoneInfo("Asia/Tokyo")
FIRST, LAST = date(2019, 1, 1), date(2025, 12, 31)
"""Seven years: holidays, early closes, both changes of the clocks, a day of mourning."""


pytestmark = pytest.mark.filterwarnings("ignore:Series.values returning:DeprecationWarning")  # exchange_calendars'


def recurring(**given: Any) -> Recurring:
    usual = {"every": "day", "at": None, "zone": None, "after_open": None, "before_close": None}
    return Recurring.parse(**{**usual, **given})


def of(asset_class: AssetClass, begin: date, end: date, **given: Any) -> list[datetime]:
    """The instants after a day's start, UTC, and up to another's."""
    zone = ZoneInfo("UTC") if asset_class is AssetClass.CRYPTO else NEW_YORK
    span = [instant_of(datetime.combine(day, time(), UTC)) for day in (begin, end)]
    return [time_of(one) for one in recurring(**given).between(calendar_for(asset_class), zone, *span)]


def sessions() -> list[tuple[date, datetime, datetime]]:
    """Those of XNYS: date, open, close."""
    xnys = exchange_calendars.get_calendar("XNYS", start=str(FIRST), end=str(LAST))
    rows = zip(xnys.sessions, xnys.opens, xnys.closes, strict=True)
    return [(day.date(), opened.to_pydatetime(), closed.to_pydatetime()) for day, opened, closed in rows]


def test_open_and_close_are_the_exchanges_on_every_session() -> None:
    after, before = timedelta(minutes=30), timedelta(minutes=5)
    stop = LAST + timedelta(days=1)
    assert of(AssetClass.STOCK, FIRST, stop, after_open="30m") == [opened + after for _, opened, _ in sessions()]
    assert of(AssetClass.STOCK, FIRST, stop, before_close="5m") == [closed - before for _, _, closed in sessions()]


@pytest.mark.parametrize("clock", ["09:30", "10:00", "12:59", "15:45"])
def test_time_of_day_is_the_exchanges_and_an_early_close_where_that_comes_first(clock: str) -> None:
    at = time.fromisoformat(clock)
    wall = [(datetime.combine(day, at, NEW_YORK).astimezone(UTC), closed) for day, _, closed in sessions()]
    expected = [min(instant, closed) for instant, closed in wall]
    assert of(AssetClass.STOCK, FIRST, LAST + timedelta(days=1), at=clock) == expected
    assert (clock == "15:45") == any(instant > closed for instant, closed in wall)


def test_time_of_another_zone_moves_with_both_clocks() -> None:
    """15:00 London is 10:00 New York, and 11:00 in the weeks in which one has changed its clocks and the other not."""
    expected = [datetime.combine(day, time(15), LONDON).astimezone(UTC) for day, _, _ in sessions()]
    assert of(AssetClass.STOCK, FIRST, LAST + timedelta(days=1), at="15:00", zone="Europe/London") == expected
    assert {one.astimezone(NEW_YORK).hour for one in expected} == {10, 11}


def test_time_of_a_zone_that_is_ahead_is_that_within_the_session() -> None:
    """01:00 Tokyo is the morning in New York of the day before in Tokyo."""
    found = of(AssetClass.STOCK, date(2024, 1, 8), date(2024, 1, 13), at="01:00", zone="Asia/Tokyo")
    assert [one.astimezone(TOKYO).strftime("%a %H:%M") for one in found] == [
        "Tue 01:00", "Wed 01:00", "Thu 01:00", "Fri 01:00", "Sat 01:00",
    ]  # fmt: skip
    assert {one.astimezone(NEW_YORK).strftime("%H:%M") for one in found} == {"11:00"}


@pytest.mark.parametrize(("every", "key"), [("week", "%G-%V"), ("month", "%Y-%m")])
def test_first_session_of_a_week_or_month_counts(every: str, key: str) -> None:
    firsts: dict[str, datetime] = {}
    for day, opened, _ in sessions():
        firsts.setdefault(day.strftime(key), opened)
    expected = [*firsts.values()][every == "week" :]  # the first week began in the year before
    assert of(AssetClass.STOCK, FIRST, LAST + timedelta(days=1), after_open="0m", every=every) == expected


def test_evening_of_a_currency_belongs_to_the_next_days_session() -> None:
    """18:00 New York from Sunday to Thursday; 10:00 from Monday to Friday."""
    span = date(2024, 3, 8), date(2024, 3, 16)  # clocks go forward on the 10th
    evenings = of(AssetClass.FX, *span, at="18:00")
    assert [one.astimezone(NEW_YORK).strftime("%a %d %H:%M") for one in evenings] == [
        "Sun 10 18:00", "Mon 11 18:00", "Tue 12 18:00", "Wed 13 18:00", "Thu 14 18:00",
    ]  # fmt: skip
    mornings = of(AssetClass.FX, *span, at="10:00")
    assert [one.astimezone(NEW_YORK).strftime("%a %H") for one in mornings] == [
        "Fri 10", "Mon 10", "Tue 10", "Wed 10", "Thu 10", "Fri 10",
    ]  # fmt: skip


def test_coins_have_every_day_and_their_own_zone_is_utc() -> None:
    span = date(2024, 3, 29), date(2024, 4, 3)
    assert [one.strftime("%d %H:%M") for one in of(AssetClass.CRYPTO, *span, at="02:30")] == [
        "29 02:30", "30 02:30", "31 02:30", "01 02:30", "02 02:30",
    ]  # fmt: skip
    berlin = of(AssetClass.CRYPTO, *span, at="02:30", zone="Europe/Berlin")  # on the 31st there is none: 03:30
    assert [one.strftime("%d %H:%M") for one in berlin] == ["29 01:30", "30 01:30", "31 01:30", "01 00:30", "02 00:30"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, 'a schedule has one of at="10:00", after_open="30m" and before_close="5m"'),
        ({"at": "10:00", "before_close": "5m"}, "a schedule has one of"),
        ({"at": "25:00"}, 'at is a time of day, as "10:00" or "15:45", not \'25:00\''),
        ({"at": "10"}, "at is a time of day"),
        ({"at": 10}, "at is a time of day"),
        ({"at": "10:00", "every": "year"}, "every is one of day, week, month, not 'year'"),
        ({"at": "10:00", "zone": "Europe/Lodnon"}, 'zone is the name of a time zone, as "Europe/London"'),
        ({"after_open": "5m", "zone": "Europe/London"}, "zone is that of a time of day"),
        ({"before_close": "five minutes"}, 'before_close is a span of up to a day, as "5m", "1h" or "1h30m"'),
        ({"after_open": "-5m"}, "after_open is a span"),
        ({"after_open": ""}, "after_open is a span"),
        ({"after_open": "25h"}, "after_open is a span"),
    ],
)
def test_what_says_no_instant_is_refused(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError) as refused:
        recurring(**given)
    assert reason in str(refused.value)

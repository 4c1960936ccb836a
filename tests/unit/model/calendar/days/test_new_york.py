"""New York's clock, against pandas."""

import numpy as np
import pandas as pd
import pytest

from weaver.model.calendar.days import new_york
from weaver.model.errors import InputError
from weaver.model.market.timeframe import DAY, HOUR


def instants(count: int = 20_000) -> np.ndarray:
    """Random instants from 1900 to 2100, and every hour around 40 years of clock changes."""
    chance = np.random.default_rng(7)
    scattered = chance.integers(-2208800000, 4102000000, count) * 10**9
    hourly = np.arange(
        np.datetime64("1996-01-01", "h").astype(np.int64), np.datetime64("1998-01-01", "h").astype(np.int64)
    )
    return np.sort(np.concatenate([scattered, hourly * HOUR, hourly * HOUR - 1]))


def days(times: pd.DatetimeIndex) -> np.ndarray:
    return times.tz_localize(None).values.astype("datetime64[D]").astype(np.int64)


def test_local_day_equals_pandas() -> None:
    stamps = instants()
    local = pd.DatetimeIndex(stamps, tz="UTC").tz_convert("America/New_York")
    assert np.array_equal(new_york.local_day(stamps), days(local))


def test_closing_day_is_the_date_of_the_next_five_o_clock() -> None:
    stamps = instants()
    local = pd.DatetimeIndex(stamps, tz="UTC").tz_convert("America/New_York").tz_localize(None)
    assert np.array_equal(new_york.closing_day(stamps), days((local + pd.Timedelta(hours=7)).tz_localize("UTC")))


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (9, 30), (16, 0), (17, 0), (20, 0)])
def test_wall_clock_equals_pandas(hour: int, minute: int) -> None:
    dates = pd.date_range("1900-01-01", "2100-12-31")
    expected = (dates + pd.Timedelta(hours=hour, minutes=minute)).tz_localize("America/New_York").tz_convert("UTC")
    assert np.array_equal(new_york.wall_clock(hour, minute), expected.as_unit("ns").asi8)


@pytest.mark.parametrize("year", ["1899-06-01", "2101-06-01"])
def test_times_outside_two_centuries_are_refused(year: str) -> None:
    with pytest.raises(InputError, match="1900 and 2100"):
        new_york.local_day(np.array([np.datetime64(year, "D").astype(np.int64) * DAY]))

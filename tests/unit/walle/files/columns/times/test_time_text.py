"""Whole columns of times, quick and slow, against the instants that they were written from."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.model.errors import DataError
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.times.time_text import TextColumn, WrittenTimes, from_epoch, parse_times
from weaver.walle.files.columns.times.time_zone import to_instants, zone_of

ORIGIN = Origin(name="a file")
FIRST, LAST = datetime(1900, 1, 2), datetime(2099, 12, 30)  # noqa: DTZ001 - hypothesis wants them without a zone
INSTANTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
ZONES = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


def parse(texts: list[str]) -> WrittenTimes:
    return parse_times(TextColumn.of(texts), origin=ORIGIN)


def nanoseconds(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


@given(st.lists(INSTANTS, min_size=1, max_size=20), ZONES)
def test_isoformat_is_read_back(instants: list[datetime], zone: timezone) -> None:
    texts = [instant.astimezone(zone).isoformat() for instant in instants]
    found = parse(texts)
    assert found.instant is not None
    assert found.instant.tolist() == [nanoseconds(instant) for instant in instants]


FORMATS = [
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y%m%d %H%M%S",
    "%Y/%m/%d %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%Y.%m.%dT%H:%M",
    "%Y%m%d%H%M%S",
]


@given(st.lists(INSTANTS, min_size=1, max_size=20), st.sampled_from(FORMATS))
def test_naive_formats_are_read_back(instants: list[datetime], layout: str) -> None:
    texts = [instant.strftime(layout) for instant in instants]
    expected = [nanoseconds(datetime.strptime(text, layout).replace(tzinfo=UTC)) for text in texts]
    found = parse(texts)
    assert found.instant is None
    assert found.local.tolist() == expected


@given(st.lists(st.text("0123456789-:T Z./+", min_size=1, max_size=20), min_size=1, max_size=5))
def test_nonsense_is_refused_or_read_but_never_breaks(texts: list[str]) -> None:
    try:
        found = parse(texts)
    except DataError as error:
        assert str(error).startswith("a file: row ")
    else:
        assert len(found.local) == len(texts)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/London"])
def test_local_times_become_the_instants_that_pandas_finds(zone: str) -> None:
    instants = pd.date_range("2016-01-01", "2018-12-31", freq="37min", tz="UTC")
    local = instants.tz_convert(zone).tz_localize(None)
    clear = ~local.tz_localize(zone, ambiguous="NaT").isna()
    found = to_instants(local[clear].as_unit("ns").asi8, zone_of(zone), origin=ORIGIN)
    assert np.array_equal(found, instants[clear].as_unit("ns").asi8)


@pytest.mark.parametrize("texts", [["200302", "200303"], ["02032020", "03032020"], ["34200000", "34260000"], ["43892"]])
def test_numbers_that_are_no_seconds_are_refused(texts: list[str]) -> None:
    """A date without its century, day and month before the year, milliseconds of a day, a spreadsheet's day."""
    with pytest.raises(DataError, match="is too small for seconds since 1970"):
        parse(texts)


@pytest.mark.parametrize(
    ("number", "text"), [(20200302, "2020-03-02"), (202003020930, "2020-03-02 09:30"), (20200302.0, "2020-03-02")]
)
def test_numbers_that_write_dates_are_dates(number: float, text: str) -> None:
    found = from_epoch(np.array([number]), origin=ORIGIN)
    assert found.local.tolist() == parse([text]).local.tolist()
    assert found.instant is None

"""Times as 64-bit instants."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weaver.model.calendar.instants import INSTANT_MAX, INSTANT_MIN, instant_of, time_of

WITHIN = st.datetimes(datetime.fromisoformat("1678-01-01"), datetime.fromisoformat("2262-01-01"))


@given(WITHIN, st.integers(-14 * 60, 14 * 60))
def test_instants_are_numpys_and_come_back(time: datetime, minutes: int) -> None:
    aware = time.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    naive = aware.astimezone(UTC).replace(tzinfo=None)
    assert instant_of(aware) == np.datetime64(naive, "ns").astype(np.int64)
    assert time_of(instant_of(aware)) == aware


def test_times_beyond_64_bits_are_the_first_and_the_last_instant() -> None:
    assert instant_of(datetime(2262, 4, 12, tzinfo=UTC)) == instant_of(datetime.max.replace(tzinfo=UTC)) == INSTANT_MAX
    assert instant_of(datetime(1677, 9, 21, tzinfo=UTC)) == instant_of(datetime.min.replace(tzinfo=UTC)) == INSTANT_MIN
    assert not np.isnat(np.int64(INSTANT_MIN).astype("datetime64[ns]"))

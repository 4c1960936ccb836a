"""Numbers since 1970 in the unit of their size, and units that change on the way."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.walle.files.columns.times.epoch_units import epoch_units

POWERS = {"s": 0, "ms": 3, "us": 6, "ns": 9}


def seconds(start: datetime, step: timedelta, count: int) -> list[int]:
    return [int((start + step * at).timestamp()) for at in range(count)]


@pytest.mark.parametrize(("before", "since"), [("s", "ms"), ("ms", "us"), ("us", "ns"), ("ms", "ns"), ("us", "ms")])
@given(change=st.integers(1, 19), step=st.sampled_from([60, 3600, 86_400]))
def test_units_change_on_the_way(before: str, since: str, change: int, step: int) -> None:
    stamps = seconds(datetime(2024, 12, 25, tzinfo=UTC), timedelta(seconds=step), 20)
    written = [
        stamp * 10 ** POWERS[before if at < change else since] for at, stamp in enumerate(stamps)
    ]  # fmt: skip
    numbers = np.array(written, dtype=np.int64)
    assert (numbers * epoch_units(numbers)).tolist() == [stamp * 10**9 for stamp in stamps]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("first", [datetime(1962, 1, 2, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)])
@given(days=st.sampled_from([1, 7, 30]))
def test_days_since_before_1973_have_one_unit(unit: str, first: datetime, days: int) -> None:
    stamps = seconds(first, timedelta(days=days), 20_000 // days)
    numbers = np.array([stamp * 10 ** POWERS[unit] for stamp in stamps], dtype=np.int64)
    assert (numbers * epoch_units(numbers)).tolist() == [stamp * 10**9 for stamp in stamps]


def test_decimals_of_seconds() -> None:
    numbers = np.array([1_735_689_599.5, 1_735_689_600_000.0])
    assert (numbers * epoch_units(numbers)).tolist() == [1_735_689_599_500_000_000, 1_735_689_600_000_000_000]

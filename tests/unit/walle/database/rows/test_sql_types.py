"""Values on their way into columns and out of them."""

from collections import UserDict
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.model.errors import InputError
from weaver.walle.database.rows.sql_types import amount_text, json_column, moment, moment_text, stored_moment

WITHIN = st.decimals(Decimal("-99999999999999999999"), Decimal("99999999999999999999"), places=18) | st.decimals(
    Decimal("-99999999999999999999"), Decimal("99999999999999999999"), places=0
)
TIMES = st.datetimes(
    datetime(1, 1, 3),  # noqa: DTZ001
    datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-5))]),
)


@given(amount=WITHIN)
def test_every_amount_that_fits_is_kept_exactly_as_text_or_decimal(amount: Decimal) -> None:
    for given_amount in (amount, str(amount), format(amount, "f")):
        text = amount_text(given_amount)
        assert Decimal(text) == amount
        assert "E" not in text
        assert not text.endswith(".")
        assert amount_text(text) == text


@pytest.mark.parametrize(
    "amount", ["100000000000000000000", "-1e20", "1e-19", "0.1234567890123456789", "nan", "-inf", "x"]
)
def test_what_does_not_fit_is_refused(amount: str) -> None:
    with pytest.raises(InputError):
        amount_text(amount)
    if amount != "x":
        with pytest.raises(InputError):
            amount_text(Decimal(amount))


@pytest.mark.parametrize("amount", ["99999999999999999999.999999999999999999", "-0.000000000000000001", "1.50", "+2"])
def test_the_largest_and_the_smallest_fit(amount: str) -> None:
    assert Decimal(amount_text(amount)) == Decimal(amount)


@given(times=st.lists(TIMES, min_size=2, max_size=5))
def test_stored_times_sort_as_times_do(times: list[datetime]) -> None:
    assert sorted(times) == [moment(text) for text in sorted(map(stored_moment, times))]
    assert [stored_moment(time) for time in times] == [stored_moment(time.isoformat()) for time in times]
    assert len({len(stored_moment(time)) for time in times}) == 1


@given(time=TIMES)
def test_a_shown_time_is_the_time(time: datetime) -> None:
    shown = moment_text(time)
    assert shown.endswith("Z")
    assert datetime.fromisoformat(shown) == time


def test_a_naive_time_is_refused() -> None:
    for naive in (datetime(2024, 1, 1), "2024-01-01T00:00:00"):  # noqa: DTZ001
        with pytest.raises(InputError, match="no zone"):
            moment(naive)


def test_sets_tuples_and_mappings_become_json() -> None:
    assert json_column({"a": (1, 2), "b": UserDict({"c": frozenset({3})})}) == '{"a":[1,2],"b":{"c":[3]}}'
    with pytest.raises(InputError, match="cannot be kept as JSON"):
        json_column({"a": object()})

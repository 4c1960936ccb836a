"""Funding rates: what is read of them, what is refused in one line, and where some are missing."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from weaver.model.account.funding import FundingRates
from weaver.model.errors import InputError

HOUR = 3600 * 10**9
FIRST = "2021-11-18T00:00:00Z"


def test_rates_stand_in_order_of_their_times_whatever_the_zone() -> None:
    rates = FundingRates.parse(
        [
            (datetime(2021, 11, 18, 9, tzinfo=timezone(timedelta(hours=1))), 0.0002),
            (FIRST, "0.0001"),
            (datetime(2021, 11, 18, 16, tzinfo=UTC), Decimal("-0.0003")),
        ]
    )
    assert rates.rates == (Decimal("0.0001"), Decimal("0.0002"), Decimal("-0.0003"))
    assert [time - rates.times[0] for time in rates.times] == [0, 8 * HOUR, 16 * HOUR]


def test_its_text_gives_the_same_rates() -> None:
    rates = FundingRates.parse({FIRST: "0.0001", "2021-11-18T08:00:00.008Z": "-0.00000001"})
    assert rates.text() == "2021-11-18T00:00:00Z=0.0001 2021-11-18T08:00:00Z=-0.00000001"
    assert FundingRates.parse(rates.text()) == rates


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "funding has no rates"),
        ([("2021-11-18", "0.1")], "2021-11-18T00:00:00 has no zone: write 2021-11-01T08:00:00Z"),
        ([(datetime(2021, 11, 18), "0.1")], "has no zone"),  # noqa: DTZ001
        ([("soon", "0.1")], "'soon' is no time"),
        ([(1637193600, "0.1")], "1637193600 is no time"),
        ([(FIRST, "much")], "a funding rate must be a number, not 'much'"),
        ([(FIRST, float("nan"))], "must be finite"),
        ([(FIRST, 1)], "a share of the position's value, 0.0001 for 0.01 %, not 1"),
        ([(FIRST, 0.1), (FIRST, 0.1)], "two rates at 2021-11-18T00:00:00Z: keep one"),
        ([FIRST], "pairs of a time and a rate"),
        (5, "pairs of a time and a rate"),
        ("rates.csv", "pairs of a time and a rate"),
    ],
)
def test_what_is_no_rates_is_refused_in_one_line(given: Any, says: str) -> None:
    with pytest.raises(InputError, match=r"^costs: ") as error:
        FundingRates.parse(given)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_stretches_without_a_rate_are_found() -> None:
    start = FundingRates.parse({FIRST: 0}).times[0]
    rates = FundingRates(tuple(start + k * 8 * HOUR for k in (0, 1, 2, 5, 6)), (Decimal(0),) * 5)
    assert rates.lacking(start, start + 48 * HOUR) == [(start + 16 * HOUR, start + 40 * HOUR)]
    assert rates.lacking(start, start + 72 * HOUR)[1:] == [(start + 48 * HOUR, start + 72 * HOUR)]
    assert rates.lacking(start - 24 * HOUR, start) == [(start - 24 * HOUR, start)]
    assert rates.lacking(start + 41 * HOUR, start + 45 * HOUR) == []
    assert FundingRates.parse({FIRST: 0}).lacking(start, start + 24 * HOUR) == [(start, start + 24 * HOUR)]

"""When assets trade, by New York's calendar."""

import pytest

from tests.rehearsals.by_hand import MINUTE, at, pair, stock
from weaver.rehearsal.venue.hours import day_before, day_of, is_open, local_date, stock_day, trading_day

STOCK, PAIR = stock("AAPL"), pair("BTC/USD")


@pytest.mark.parametrize(
    ("now", "regular", "extended"),
    [
        ("2024-03-12T13:29:59+00:00", False, True),
        ("2024-03-12T13:30:00+00:00", True, True),
        ("2024-03-12T19:59:59+00:00", True, True),
        ("2024-03-12T20:00:00+00:00", False, True),
        ("2024-03-13T00:00:00+00:00", False, False),  # 20:00 in New York
        ("2024-03-12T08:00:00+00:00", False, True),  # 04:00
        ("2024-03-12T07:59:59+00:00", False, False),
        ("2024-11-29T18:00:00+00:00", False, True),  # the half day after Thanksgiving
        ("2024-03-09T15:00:00+00:00", False, False),  # a Saturday
    ],
)
def test_stock_trades_in_its_session_and_around_it(now: str, regular: bool, extended: bool) -> None:
    assert (is_open(STOCK, at(now)), is_open(STOCK, at(now), extended=True)) == (regular, extended)
    assert is_open(PAIR, at(now))


def test_day_after_the_close_is_the_next_session() -> None:
    friday_evening = at("2024-03-08T21:30:00+00:00")
    assert stock_day(friday_evening).open == at("2024-03-11T13:30:00+00:00")
    assert stock_day(friday_evening, extended=True).late == at("2024-03-09T01:00:00+00:00")


def test_day_of_a_pair_is_that_of_utc() -> None:
    day = trading_day(PAIR, at("2024-03-12T23:59:00+00:00"))
    assert (day.open, day.close) == (at("2024-03-12T00:00:00+00:00"), at("2024-03-13T00:00:00+00:00"))


def test_days_without_a_session_are_none() -> None:
    christmas = local_date(at("2024-12-25T15:00:00+00:00"))
    assert day_of(christmas) is None
    assert day_before(christmas).close - day_before(christmas).open == 210 * MINUTE  # Christmas Eve ends at 13:00

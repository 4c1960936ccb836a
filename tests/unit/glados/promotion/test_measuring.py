"""Figures that gates ask for, counted by hand."""

from datetime import UTC, datetime

import numpy as np
import pytest

from weaver.glados.promotion.measuring import calendars_of, days_of, lookahead_of
from weaver.model.calendar.instants import instant_of

LOOKED_AHEAD = {"code": "lookahead", "message": "LOOK-AHEAD: it does"}
UNCHECKED = {"code": "lookahead_unchecked", "message": "it cannot be known"}
STOCK, CRYPTO = calendars_of({"AAPL": {"asset": "stock"}, "BTC/USD": {"asset": "crypto"}})
OTHER = {"code": "few_trades", "message": "few"}


def stamps(*texts: str) -> np.ndarray:
    return np.array([instant_of(datetime.fromisoformat(text).replace(tzinfo=UTC)) for text in texts], dtype=np.int64)


@pytest.mark.parametrize(
    ("record", "warnings", "is_clean", "told"),
    [
        ({"lookahead_check": True}, [OTHER], True, "clean"),
        ({"lookahead_check": True}, [UNCHECKED, LOOKED_AHEAD], False, "LOOK-AHEAD: it does"),
        ({"lookahead_check": True}, [{"code": "not_deterministic", "message": "other"}], False, "other"),
        ({"lookahead_check": True}, [UNCHECKED], None, "it cannot be known"),
        ({"lookahead_check": False}, [], None, "not checked: the backtest ran without the look-ahead check"),
    ],
)
def test_lookahead_check_is_clean_where_it_found_nothing(
    record: dict[str, object], warnings: list[dict[str, str]], is_clean: bool | None, told: str
) -> None:
    found = lookahead_of(record, warnings)
    assert (found.is_clean, found.told) == (is_clean, told)


def test_minutes_of_one_session_are_one_day() -> None:
    bars = stamps("2024-01-02T15:00", "2024-01-02T20:59", "2024-01-03T14:30", "2024-01-05T14:30")
    assert days_of(bars, "1m", [STOCK]) == 3


def test_evening_of_new_york_belongs_to_its_session() -> None:
    assert days_of(stamps("2024-01-02T14:30", "2024-01-02T20:30"), "30m", [STOCK]) == 1


def test_pairs_have_a_day_of_each_date() -> None:
    assert days_of(stamps("2024-01-05T23:00", "2024-01-06T01:00", "2024-01-07T00:00"), "1h", [CRYPTO]) == 3


def test_daily_bars_are_a_day_each() -> None:
    assert days_of(stamps("2024-01-02", "2024-01-03", "2024-01-08"), "1d", [STOCK]) == 3


def test_weekly_bars_cover_their_weeks() -> None:
    assert days_of(stamps("2024-01-08", "2024-01-22"), "1w", [STOCK]) == 14 - 4 - 1 + 1  # without 15 January


def test_no_bars_are_no_days() -> None:
    assert days_of(stamps(), "1d", [STOCK]) == 0


@pytest.mark.parametrize(("calendar", "days"), [("XTKS", 2), (None, 1)])
def test_sessions_are_those_of_the_symbols_exchange(calendar: str | None, days: int) -> None:
    """14:00 of Tokyo's 16 January and 9:30 of its 17 lie in one date of New York, from 0:00 to 19:30."""
    calendars = calendars_of({"7203": {"asset": "stock", "calendar": calendar}})
    assert days_of(stamps("2024-01-16T05:00", "2024-01-17T00:30"), "30m", calendars) == days


@pytest.mark.parametrize(("calendar", "days"), [("XLON", 5), (None, 6)])
def test_weeks_have_the_sessions_of_the_symbols_exchange(calendar: str | None, days: int) -> None:
    """From Monday 29 April to Monday 6 May, which was London's holiday."""
    calendars = calendars_of({"VOD": {"asset": "stock", "calendar": calendar}})
    assert days_of(stamps("2024-04-29", "2024-05-06"), "1w", calendars) == days

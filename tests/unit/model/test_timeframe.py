"""Timeframes: spelling, equality, order."""

import pytest

from weaver.model.errors import InputError
from weaver.model.timeframe import DAY, HOUR, MINUTE, Timeframe


@pytest.mark.parametrize(
    ("text", "nanoseconds", "spelt"),
    [
        ("1m", 60 * 10**9, "1m"),
        ("15m", 900 * 10**9, "15m"),
        ("60m", 3600 * 10**9, "1h"),
        ("4h", 4 * 3600 * 10**9, "4h"),
        ("24h", 86400 * 10**9, "1d"),
        ("7d", 7 * 86400 * 10**9, "7d"),
        (" 1D ", 86400 * 10**9, "1d"),
        ("90m", 5400 * 10**9, "90m"),
    ],
)
def test_spelling_gives_length_and_back(text: str, nanoseconds: int, spelt: str) -> None:
    timeframe = Timeframe.parse(text)
    assert timeframe.nanoseconds == nanoseconds
    assert str(timeframe) == spelt
    assert Timeframe.parse(spelt) == timeframe


@pytest.mark.parametrize(
    "text", ["", "0m", "-5m", "5", "m", "1.5h", "5s", "1w", "1 m", "36h", "1441m", "9999999m", "1d1h"]
)
def test_unknown_spelling_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Timeframe.parse(text)


def test_length_that_is_no_whole_minute_is_refused() -> None:
    with pytest.raises(InputError, match="whole minutes"):
        Timeframe(MINUTE + 1)


def test_longer_timeframe_is_greater() -> None:
    names = ["1d", "5m", "4h", "1m", "7d"]
    assert [str(one) for one in sorted(map(Timeframe.parse, names))] == ["1m", "5m", "4h", "1d", "7d"]


def test_whole_days_are_daily() -> None:
    assert Timeframe(DAY).is_daily
    assert Timeframe(3 * DAY).days == 3
    assert not Timeframe(HOUR).is_daily
    assert Timeframe(23 * HOUR).days == 0

"""Timeframes: spelling, equality, order."""

import pytest

from weaver.model.errors import InputError
from weaver.model.market.timeframe import DAY, HOUR, MINUTE, Timeframe


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
        ("1w", 7 * 86400 * 10**9, "1w"),
        ("2W", 14 * 86400 * 10**9, "2w"),
        ("1mo", 30 * 86400 * 10**9, "1mo"),
        ("12Mo", 360 * 86400 * 10**9, "12mo"),
    ],
)
def test_spelling_gives_length_and_back(text: str, nanoseconds: int, spelt: str) -> None:
    timeframe = Timeframe.parse(text)
    assert timeframe.nanoseconds == nanoseconds
    assert str(timeframe) == spelt
    assert Timeframe.parse(spelt) == timeframe


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0m",
        "-5m",
        "5",
        "m",
        "1.5h",
        "5s",
        "1M",
        "1y",
        "2 w",
        "0mo",
        "1mon",
        "13mo",
        "53w",
        "367d",
        "1 m",
        "36h",
        "1441m",
        "9999999m",
        "1d1h",
    ],
)
def test_unknown_spelling_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Timeframe.parse(text)


@pytest.mark.parametrize("text", ["1M", "3M", " 1M "])
def test_a_capital_m_is_never_a_minute(text: str) -> None:
    with pytest.raises(
        InputError, match=r"may mean minutes or months: write (1m|3m) for minutes, (1mo|3mo) for months"
    ):
        Timeframe.parse(text)


@pytest.mark.parametrize(
    ("coarse", "made_of", "not_made_of"),
    [
        ("1h", "1m 5m 30m 1h", "7m 1d 1w 1mo"),
        ("1d", "1m 4h 1d", "7h 2d 1w"),
        ("14d", "7h 1d 7d 1w 2w", "3d 4w 1mo"),
        ("1w", "1m 4h 1d 1w", "7h 7d 2w 1mo"),
        ("2w", "1h 1d 1w 2w", "7d 14d 3w"),
        ("1mo", "1m 4h 1d 1mo", "1w 7d 30d 2mo"),
        ("6mo", "1d 1mo 2mo 3mo", "4mo 1w 26w"),
    ],
)
def test_what_a_timeframe_is_made_of(coarse: str, made_of: str, not_made_of: str) -> None:
    whole = Timeframe.parse(coarse)
    assert all(whole.is_made_of(Timeframe.parse(one)) for one in made_of.split())
    assert not any(whole.is_made_of(Timeframe.parse(one)) for one in not_made_of.split())


def test_length_that_is_no_whole_minute_is_refused() -> None:
    with pytest.raises(InputError, match="whole minutes"):
        Timeframe(MINUTE + 1)


def test_longer_timeframe_is_greater() -> None:
    names = ["1mo", "1d", "1w", "5m", "4h", "1m", "7d", "31d", "28d"]
    assert [str(one) for one in sorted(map(Timeframe.parse, names))] == [
        "1m", "5m", "4h", "1d", "7d", "1w", "28d", "1mo", "31d",
    ]  # fmt: skip


def test_whole_days_are_daily() -> None:
    assert Timeframe(DAY).is_daily
    assert Timeframe(3 * DAY).days == 3
    assert not Timeframe(HOUR).is_daily
    assert Timeframe(23 * HOUR).days == 0

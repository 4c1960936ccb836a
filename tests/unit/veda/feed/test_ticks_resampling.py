"""Live bars are those that a backtest makes: as resampling them all at once, and as a naive second way, have them."""

import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.unit.veda.feed.feeding import ONE, PAIR, STOCKS, as_bars, by_symbol, columns, drive, random_minutes
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.resample import put_together
from weaver.model.calendar.sessions import calendar_for
from weaver.model.listing import Listing, splits_at
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.corporate_actions import Split
from weaver.model.market.timeframe import DAY, MINUTE, Timeframe
from weaver.veda.exchange.market import LiveBar
from weaver.veda.feed.ticks import SECOND, TickBuilder, Waits

NEW_YORK = ZoneInfo("America/New_York")
ALL = {**STOCKS, **PAIR}
STRETCHES = {
    "spring": (date(2024, 3, 7), 7),
    "autumn, over a month's end": (date(2024, 10, 30), 9),
    "a half day, over a month's end": (date(2024, 11, 26), 8),
}
"""Both changes of New York's clocks, a holiday and the half day after it."""
TIMEFRAMES = ["1m", "5m", "7m", "15m", "1h", "4h", "1d", "2d", "1w", "1mo"]


@pytest.fixture
def machine_zone() -> Iterator[None]:
    """The machine stands in Singapore."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Asia/Singapore"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def new_york(day: date, hour: int, minute: int = 0) -> int:
    return instant_of(datetime(day.year, day.month, day.day, hour, minute, tzinfo=NEW_YORK))


def minutes_of(symbol: str, first: date, days: int, rng: np.random.Generator) -> list[LiveBar]:
    """Some of the minutes in which a symbol could trade, extended hours included; a few days without any."""
    starts: list[int] = []
    for day in (first + timedelta(days=k) for k in range(days)):
        if symbol in STOCKS:
            if day.weekday() > 4 or day == date(2024, 11, 28):
                continue
            begins, ends = new_york(day, 4), new_york(day, 20)
        else:
            begins = instant_of(datetime(day.year, day.month, day.day, tzinfo=UTC))
            ends = begins + DAY
        all_ = range(begins, ends, MINUTE)
        share = rng.choice([0.0, 0.05, 0.3], p=[0.1, 0.5, 0.4])
        starts += [start for start in all_ if rng.random() < share]
    return random_minutes(symbol, starts, rng)


@pytest.mark.usefixtures("machine_zone")
@pytest.mark.parametrize("stretch", STRETCHES)
@pytest.mark.parametrize("text", TIMEFRAMES)
def test_ticks_of_minutes_that_come_in_disorder_are_the_resampled_bars(text: str, stretch: str) -> None:
    first, days = STRETCHES[stretch]
    seed = f"{text} {stretch}"
    rng, chance = np.random.default_rng(abs(int.from_bytes(seed.encode()[:8], "big")) % 2**32), random.Random(seed)
    minutes = {symbol: minutes_of(symbol, first, days, rng) for symbol in ALL}
    timeframe, begins = Timeframe.parse(text), instant_of(datetime(first.year, first.month, first.day, tzinfo=UTC))
    coming = [(bar.end + int(chance.uniform(0.1, 4.9) * SECOND), bar) for bars in minutes.values() for bar in bars]
    until = begins + (days + 40) * DAY
    ticks = drive(TickBuilder(ALL, timeframe, after=begins), coming, until)
    instants = [tick.time for _, tick in ticks]
    assert instants == sorted(set(instants))
    for now, tick in ticks:
        assert tick.time <= now <= tick.time + (60 if timeframe.is_daily else 5) * SECOND
    told = by_symbol(tick for _, tick in ticks)
    for symbol, bars in minutes.items():
        calendar = calendar_for(ALL[symbol].asset_class)
        expected = columns(put_together(as_bars(bars), timeframe, calendar)) if bars else []
        assert told.get(symbol, []) == expected, symbol
        assert naive(symbol, bars, text) == [(start, end) for start, end, *_ in expected], symbol


def naive(symbol: str, bars: list[LiveBar], text: str) -> list[tuple[int, int]]:
    """From when to when each bar goes, one minute after the other by the calendar on the wall."""
    pieces: dict[tuple[int, int], None] = {}
    first_of: dict[int, int] = {}
    for bar in bars:
        piece = (_stock_piece if symbol in STOCKS else _pair_piece)(bar, text)
        if piece is not None:
            pieces[first_of.setdefault(piece[1], piece[0]), piece[1]] = None
    return list(pieces)


def _close(day: date) -> int:
    return new_york(day, 13 if day == date(2024, 11, 29) else 16)


def _stock_piece(bar: LiveBar, text: str) -> tuple[int, int] | None:
    there = datetime.fromtimestamp(bar.start / 1e9, NEW_YORK)
    day = there.date()
    opens, closes = new_york(day, 9, 30), _close(day)
    if text[-1] in "mh":
        length = int(text[:-1]) * (60 if text[-1] == "h" else 1) * MINUTE
        midnight = new_york(day, 0)
        start = midnight + (bar.start - midnight) // length * length
        bounds = [midnight, opens, closes, new_york(day, 20)]
        low = max(bound for bound in bounds if bound <= bar.start)
        high = min(bound for bound in bounds if bound > bar.start)
        return max(start, low), min(start + length, high)
    if not opens <= bar.start < closes:
        return None
    stamp = instant_of(datetime(day.year, day.month, day.day, tzinfo=UTC))
    last = day
    while (following := _next_session(last)) and _group(following, text) == _group(day, text):
        last = following
    return stamp, _close(last)


def _next_session(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() > 4 or day in {date(2024, 11, 28), date(2024, 12, 25), date(2024, 3, 29)}:
        day += timedelta(days=1)
    return day


def _group(day: date, text: str) -> object:
    match text:
        case "1w":
            return day.isocalendar()[:2]
        case "1mo":
            return day.year, day.month
    return (day - date(1970, 1, 5)).days // int(text[:-1])


def _pair_piece(bar: LiveBar, text: str) -> tuple[int, int]:
    if text[-1] in "mh":
        length = int(text[:-1]) * (60 if text[-1] == "h" else 1) * MINUTE
        midnight = bar.start // DAY * DAY
        start = midnight + (bar.start - midnight) // length * length
        return start, min(start + length, midnight + DAY)
    day = datetime.fromtimestamp(bar.start / 1e9, UTC).date()
    first = last = day
    while _group(first - timedelta(days=1), text) == _group(day, text):
        first -= timedelta(days=1)
    while _group(last + timedelta(days=1), text) == _group(day, text):
        last += timedelta(days=1)
    begin, end = (instant_of(datetime(one.year, one.month, one.day, tzinfo=UTC)) for one in (first, last))
    return begin, end + DAY


def test_week_with_a_split_in_it_is_on_the_scale_after_it() -> None:
    monday, wednesday = date(2024, 3, 4), date(2024, 3, 6)
    bars = minutes_of("AAA", monday, 5, np.random.default_rng(3))
    assert bars
    builder = TickBuilder({"AAA": STOCKS["AAA"]}, Timeframe.parse("1w"), after=new_york(monday, 0))
    builder.split("AAA", Fraction(2), wednesday)
    builder.split("AAA", Fraction(2), wednesday)  # told twice
    (told,) = by_symbol(
        tick for _, tick in drive(builder, [(bar.end, bar) for bar in bars], new_york(monday, 0) + 9 * DAY)
    ).values()
    listing = Listing(instrument=STOCKS["AAA"], bars=as_bars(bars), actions=(Split(ex_date=wednesday, ratio=2),))
    week = Timeframe.parse("1w")
    assert splits_at(listing)
    expected = put_together(listing.bars, week, calendar_for(AssetClass.STOCK), splits=splits_at(listing))
    assert told == columns(expected)


def test_minutes_are_told_as_they_are() -> None:
    bars = minutes_of("AAA", date(2024, 3, 4), 1, np.random.default_rng(4))
    builder = TickBuilder({"AAA": STOCKS["AAA"]}, ONE, after=0, waits=Waits(usual=1))
    assert by_symbol(tick for _, tick in drive(builder, [(bar.end, bar) for bar in bars], 2**62)) == {
        "AAA": columns(as_bars(bars))
    }

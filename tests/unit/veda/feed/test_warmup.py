"""What a run's series hold before its first tick: stored bars, and the venue's after them."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from tests.unit.veda.feed.feeding import ONE, PAIR, STOCKS, as_bars, at, by_symbol, columns, drive, random_minutes, row
from tests.unit.veda.feed.market import FakeMarket
from tests.virtual_wall import VirtualWall
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.resample import put_together
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import InputError, Unavailable
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import Dividend, Split
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import DAY, MINUTE, Timeframe
from weaver.veda.exchange.market import LiveBar
from weaver.veda.feed import pages as pages_module
from weaver.veda.feed.ticks import TickBuilder
from weaver.veda.feed.warmup import BarHistory, Warmup
from weaver.walle.bars.store import ParquetBarStore

T = TypeVar("T")
AAA, BTC = STOCKS["AAA"], PAIR["BTC/USD"]
NOW = datetime(2024, 3, 20, 17, 2, tzinfo=UTC)
"""A Wednesday in session, 13:02 in New York."""
DAILY, FIVE, WEEK = Timeframe.parse("1d"), Timeframe.parse("5m"), Timeframe.parse("1w")


async def at_once(work: Callable[[], T]) -> T:
    return work()


def stock_minutes(days: int, last: datetime = NOW) -> list[LiveBar]:
    """Of each regular session of some days, and a few before and after it."""
    calendar, starts = calendar_for(AssetClass.STOCK), list[int]()
    until = instant_of(last)
    for day in range(until // DAY - days, until // DAY + 1):
        session = np.array([day], dtype=np.int32)
        if calendar.is_session(session)[0]:
            opens, closes = int(calendar.session_open(session)[0]), int(calendar.session_close(session)[0])
            starts += range(opens - 3 * MINUTE, closes + 3 * MINUTE, MINUTE)
    return random_minutes("AAA", starts, np.random.default_rng(days))


def daily_of(minutes: list[LiveBar], instrument: Instrument = AAA) -> Bars:
    return put_together(as_bars(minutes), DAILY, calendar_for(instrument.asset_class))


class Scene:
    """A venue with some minutes and days, a store, and what is asked of them."""

    def __init__(self, root: Path, days: int = 30, *, now: datetime = NOW) -> None:
        self.market = FakeMarket(VirtualWall(now), page=5_000)
        self.minutes = stock_minutes(days, now)
        self.market.minutes["AAA"] = self.minutes
        whole = daily_of(self.minutes)
        settled = int(np.searchsorted(whole.end, instant_of(now) - 20 * MINUTE, side="right"))
        self.market.coarser["AAA", DAILY] = whole.slice(0, settled)
        self.store = ParquetBarStore(root)
        self.history = BarHistory(self.store, self.market, aside=at_once)

    def keep(self, bars: Bars) -> None:
        self.store.write(bars, AAA, None, "a test")

    def warm_up(self, timeframe: Timeframe, count: int | None = None, until: datetime | None = None) -> Warmup:
        return asyncio.run(self.history.warm_up(AAA, timeframe, until or self.market.now(), count))

    def expected(self, timeframe: Timeframe, until: datetime | None = None) -> list[tuple[float, ...]]:
        """All minutes put together at once, those that have ended."""
        made = put_together(as_bars(self.minutes), timeframe, calendar_for(AssetClass.STOCK))
        return [one for one in columns(made) if one[1] <= instant_of(until or self.market.now())]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


@pytest.mark.parametrize("text", ["1m", "5m", "1h", "1d", "1w"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_newest_bars_of_a_venue_are_the_resampled_ones(scene: Scene, text: str, count: int) -> None:
    found, expected = scene.warm_up(Timeframe.parse(text), count), scene.expected(Timeframe.parse(text))
    assert columns(found.bars) == expected[len(expected) - count :]


@pytest.mark.parametrize(
    ("text", "kept"), [("1m", "1m"), ("5m", "1m"), ("5m", "5m"), ("1d", "1d"), ("1w", "1d"), ("1d", "1m")]
)
@pytest.mark.parametrize("count", [None, 7, 900])
def test_stored_bars_go_on_with_the_venues(scene: Scene, text: str, kept: str, count: int | None) -> None:
    """The store ends within a session of a week before; a bar that it has a part of is made anew."""
    older = [bar for bar in scene.minutes if bar.start < at("2024-03-12 15:03")]
    stored = put_together(as_bars(older), Timeframe.parse(kept), calendar_for(AssetClass.STOCK))
    scene.keep(stored)
    expected = scene.expected(Timeframe.parse(text))
    found = scene.warm_up(Timeframe.parse(text), count)
    assert columns(found.bars) == (expected if count is None else expected[-count:])


def test_source_is_said(scene: Scene) -> None:
    days = daily_of(scene.minutes)
    assert scene.warm_up(FIVE, 3).source == "3 made of the 1m bars of fake iex"
    scene.keep(days.slice(0, 10))
    found = scene.warm_up(DAILY)
    assert found.source == f"9 1d bars of the bar store, {len(found.bars) - 9} made of the 1d bars of fake iex"
    assert scene.warm_up(DAILY, 0).source == "no bars"


def test_without_a_number_a_thousand_bars_are_asked_for(scene: Scene) -> None:
    found = scene.warm_up(FIVE)
    assert len(found.bars) >= 1_000
    assert columns(found.bars) == scene.expected(FIVE)[-len(found.bars) :]


def test_symbol_that_trades_seldom_is_asked_for_over_a_longer_stretch(scene: Scene) -> None:
    scene.minutes = scene.market.minutes["AAA"] = scene.minutes[::40]
    found = scene.warm_up(ONE, 60)
    assert columns(found.bars) == scene.expected(ONE)[-60:]
    assert len(scene.market.asked) > 1


def test_hole_between_store_and_venue_is_not_bridged(tmp_path: Path) -> None:
    scene = Scene(tmp_path, days=60)
    scene.keep(as_bars(scene.minutes[:100]))
    found = scene.warm_up(ONE, 50)
    assert columns(found.bars) == scene.expected(ONE)[-50:]
    assert min(start for _, _, start, _ in scene.market.asked) > time_of(scene.minutes[99].end)


@pytest.mark.parametrize("until", ["2024-03-19 20:00", "2024-03-19 20:05", "2024-03-19 20:20", "2024-03-19 23:00"])
@pytest.mark.parametrize("timeframe", [DAILY, Timeframe.parse("2d"), WEEK])
def test_day_that_the_venue_has_not_settled_is_made_of_minutes(
    tmp_path: Path, until: str, timeframe: Timeframe
) -> None:
    now = time_of(at(until))
    scene = Scene(tmp_path, now=now)
    found = scene.warm_up(timeframe, 3)
    assert columns(found.bars) == scene.expected(timeframe)[-3:]


@pytest.mark.parametrize("text", ["5m", "1h", "1d", "1w", "1mo"])
def test_bar_that_forms_is_gone_on_with_by_the_ticks(tmp_path: Path, text: str) -> None:
    """The minutes of the forming bar, and then those of the stream, make the bar that resampling makes of all."""
    timeframe, later = Timeframe.parse(text), NOW + timedelta(days=14)
    scene = Scene(tmp_path, days=50)
    found = scene.warm_up(timeframe, 1)
    tomorrow = instant_of(NOW) // DAY * DAY + DAY
    coming = [bar for bar in stock_minutes(14, later) if tomorrow <= bar.start < instant_of(later)]
    scene.minutes = [*scene.minutes, *coming]
    builder = TickBuilder({"AAA": AAA}, timeframe, after=instant_of(NOW))
    builder.begin(found.forming)
    assert all(bar.end <= instant_of(NOW) for bar in found.forming)
    stream = [(bar.end, bar) for bar in scene.minutes if bar.start >= instant_of(NOW)]
    told = by_symbol(tick for _, tick in drive(builder, stream, instant_of(later) + 60 * 10**9))
    assert told["AAA"] == [one for one in scene.expected(timeframe, later) if one[1] > instant_of(NOW)]


def test_minutes_have_no_forming_bar(scene: Scene) -> None:
    assert scene.warm_up(ONE, 3).forming == ()


def test_week_over_a_split_is_on_the_scale_after_it(scene: Scene) -> None:
    split = Split(ex_date=date(2024, 3, 13), ratio=2)
    scene.market.actions["AAA"] = (split, Dividend(ex_date=date(2024, 4, 1), amount=Decimal(1)))
    week = scene.warm_up(WEEK, 1)
    raw = scene.expected(WEEK)[-1]
    days = {time_of(int(one[0])).date(): one for one in scene.expected(DAILY)}
    assert week.bars.open[0] == days[date(2024, 3, 11)][2] / 2 == raw[2] / 2
    assert week.bars.close[0] == days[date(2024, 3, 15)][5]
    assert week.actions == (split,)


def test_store_and_venue_know_of_the_same_split_once(scene: Scene) -> None:
    split, dividend = Split(ex_date=date(2024, 3, 13), ratio=2), Dividend(ex_date=date(2024, 3, 14), amount=Decimal(1))
    scene.store.write(daily_of(scene.minutes).slice(0, 5), AAA, (split,), "a test")
    scene.market.actions["AAA"] = (Split(ex_date=date(2024, 3, 13), ratio=3), dividend)
    assert scene.warm_up(DAILY).actions == (split, dividend)


def test_pair_has_its_days_in_utc(scene: Scene) -> None:
    first = at("2024-03-10 00:00")
    minutes = random_minutes("BTC/USD", range(first, instant_of(NOW), MINUTE), np.random.default_rng(1))
    scene.market.minutes["BTC/USD"] = minutes
    scene.market.coarser["BTC/USD", DAILY] = daily_of(minutes, BTC)
    found = asyncio.run(scene.history.warm_up(BTC, DAILY, NOW, 4))
    assert [time_of(int(stamp)).day for stamp in found.bars.timestamp] == [16, 17, 18, 19]
    assert {time_of(bar.start).date() for bar in found.forming} == {NOW.date()}


def test_replay_is_warmed_up_from_the_store_alone(scene: Scene) -> None:
    scene.keep(as_bars(scene.minutes))
    alone = BarHistory(scene.store, None, aside=at_once)
    found = asyncio.run(alone.warm_up(AAA, FIVE, NOW))
    assert columns(found.bars) == scene.expected(FIVE)
    assert (found.forming, scene.market.asked) == ((), [])
    caught = asyncio.run(alone.catch_up({"AAA": AAA}, FIVE, 0, NOW))
    assert (caught.missed, caught.forming) == ((), ())


def test_venue_that_does_not_answer_is_told(scene: Scene) -> None:
    scene.market.is_away = True
    with pytest.raises(Unavailable, match="the venue is away"):
        scene.warm_up(FIVE, 3)


def test_more_than_may_be_asked_for_is_told_in_one_line(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_module, "PAGES_MAX", 1)
    with pytest.raises(
        InputError, match=r"AAA: there are more than 5000 1m bars since .* at fake iex: import history"
    ) as told:
        scene.warm_up(ONE, 20_000)
    assert "\n" not in str(told.value)


def test_negative_number_of_bars_is_refused(scene: Scene) -> None:
    with pytest.raises(InputError, match="0 bars or more, not -1"):
        scene.warm_up(ONE, -1)


@pytest.mark.parametrize("text", ["1m", "5m", "1h", "1d", "1w"])
def test_bars_that_closed_while_a_run_was_down_are_caught_up_with(scene: Scene, text: str) -> None:
    timeframe, after = Timeframe.parse(text), at("2024-03-13 18:00")
    other = [*random_minutes("BTC/USD", range(after, instant_of(NOW), 7 * MINUTE), np.random.default_rng(2))]
    scene.market.minutes["BTC/USD"] = other
    scene.market.coarser["BTC/USD", DAILY] = daily_of(other, BTC)
    found = asyncio.run(scene.history.catch_up({"BTC/USD": BTC, "AAA": AAA}, timeframe, after, NOW))
    own = [row(bar) for bar in found.missed if bar.symbol == "AAA"]
    assert own == [one for one in scene.expected(timeframe) if one[1] > after]
    assert all(bar.is_missed for bar in found.missed)
    order = [(bar.end, bar.symbol != "BTC/USD") for bar in found.missed]
    assert order == sorted(order)
    assert all(after < instant_of(NOW) and bar.end <= instant_of(NOW) for bar in found.forming)

"""The clocks, in virtual time, whatever is done to the system's clock."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.glados.clock.fakes import FakeWallClock, times, utc
from weaver.glados.clock.backtest import BacktestClock
from weaver.glados.clock.bar_ends import BarEnds
from weaver.glados.clock.ports import DueTick
from weaver.glados.clock.realtime import SLEEP_SECONDS_MAX, RealtimeClock
from weaver.glados.clock.wall import SystemWallClock
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
START = utc("2024-05-06 10:00:30")


def clock(wall: FakeWallClock, timeframe: str = "1m", asset: str = "crypto", catch_up_max: int = 1000) -> RealtimeClock:
    schedule = BarEnds(calendar=calendar_for(AssetClass(asset)), timeframe=Timeframe.parse(timeframe))
    return RealtimeClock(schedule=schedule, wall=wall, catch_up_max=catch_up_max)


async def take(ticks: AsyncIterator[DueTick], count: int) -> list[DueTick]:
    return [await anext(ticks) for _ in range(count)]


def minutes(first: str, count: int) -> list[datetime]:
    return [utc(first) + k * MINUTE for k in range(count)]


@pytest.mark.anyio
async def test_ticks_come_at_bar_ends_and_not_before() -> None:
    wall = FakeWallClock(START, overshoot=timedelta(milliseconds=7))
    ticks = clock(wall).ticks()
    for expected in minutes("2024-05-06 10:01", 500):
        assert await anext(ticks) == DueTick(time=expected)
        assert (
            timedelta(0) <= wall.now() - expected <= timedelta(milliseconds=7)
        )  # no drift after hours of overshooting


@pytest.mark.anyio
async def test_no_sleep_is_longer_than_a_second() -> None:
    wall = FakeWallClock(utc("2024-05-03 20:59:30"))
    tick = await anext(clock(wall, "1h", "stock").ticks())
    assert tick.time == utc("2024-05-06 14:00")  # Friday, half a minute before the close; then Monday at 10:00
    assert max(wall.slept) <= SLEEP_SECONDS_MAX


@pytest.mark.anyio
async def test_ticks_missed_in_a_slow_callback_come_in_order_and_late() -> None:
    wall = FakeWallClock(START)
    ticks = clock(wall).ticks()
    first = await anext(ticks)
    wall.time += 3.5 * MINUTE  # the callback takes so long
    assert [first, *await take(ticks, 5)] == [
        DueTick(time=time, is_late=1 <= k <= 3) for k, time in enumerate(minutes("2024-05-06 10:01", 6))
    ]


@pytest.mark.anyio
async def test_step_forwards_delivers_what_was_missed() -> None:
    wall = FakeWallClock(START)
    wall.steps = {5: 10 * MINUTE}
    found = await take(clock(wall).ticks(), 12)
    assert [tick.time for tick in found] == minutes("2024-05-06 10:01", 12)
    assert [tick.is_late for tick in found] == [True] * 10 + [False] * 2  # it was 10:10:35 then


@pytest.mark.anyio
async def test_long_step_forwards_delivers_the_newest_and_says_so() -> None:
    wall = FakeWallClock(START)
    ticks = clock(wall, catch_up_max=4).ticks()
    await anext(ticks)
    wall.time += timedelta(days=3650, seconds=20)
    found = await take(ticks, 6)
    newest = utc("2034-05-04 10:01")
    assert [tick.time for tick in found] == [newest + k * MINUTE for k in range(-3, 3)]
    assert [tick.skipped_after for tick in found] == [utc("2024-05-06 10:01"), *[None] * 5]


@pytest.mark.anyio
async def test_step_backwards_repeats_nothing() -> None:
    wall = FakeWallClock(START)
    ticks = clock(wall).ticks()
    before = await take(ticks, 3)
    wall.time -= timedelta(hours=2)
    after = await take(ticks, 2)
    assert [tick.time for tick in before + after] == minutes("2024-05-06 10:01", 5)
    assert wall.now() == utc("2024-05-06 10:05")


@pytest.mark.anyio
async def test_step_backwards_while_waiting_delays_the_tick_until_it_is_due() -> None:
    wall = FakeWallClock(START)
    wall.steps = {3: -20 * MINUTE}
    assert (await anext(clock(wall).ticks())).time == utc("2024-05-06 10:01")
    assert wall.now() == utc("2024-05-06 10:01")


@settings(max_examples=25)
@given(
    steps=st.dictionaries(st.integers(1, 300), st.timedeltas(timedelta(hours=-3), timedelta(hours=3)), max_size=6),
    callbacks=st.lists(st.timedeltas(timedelta(0), timedelta(minutes=4)), min_size=40, max_size=40),
    start=times("2024-03-08", "2024-03-12"),
    asset=st.sampled_from(["crypto", "stock", "fx"]),
)
def test_every_bar_end_ticks_once_and_none_early_whatever_happens_to_the_clock(
    steps: dict[int, timedelta], callbacks: list[timedelta], start: datetime, asset: str
) -> None:
    wall = FakeWallClock(start)
    wall.steps = dict(steps)
    schedule = BarEnds(calendar=calendar_for(AssetClass(asset)), timeframe=Timeframe.parse("15m"))

    async def collect() -> list[datetime]:
        found = []
        ticks = clock(wall, "15m", asset).ticks()
        for takes in callbacks:
            tick = await anext(ticks)
            assert tick.time <= wall.now()
            assert tick.is_late == (wall.now() - tick.time > SECOND)
            found.append(tick.time)
            wall.time += takes
        return found

    found = asyncio.run(collect())
    first, last = instant_of(start), instant_of(found[-1])
    assert [instant_of(time) for time in found] == schedule.newest(1000, after=first, until=last)


@pytest.mark.anyio
async def test_backtest_clock_ticks_once_per_instant_in_order_and_never_waits() -> None:
    wall = FakeWallClock(START)
    columns = [np.array([60, 180, 240]) * 10**9, np.array([120, 180]) * 10**9]
    clocks = [BacktestClock(ends=columns, wall=wall) for _ in range(2)]
    found = [[tick.time async for tick in one.ticks()] for one in clocks]
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert found[0] == found[1] == [epoch + k * MINUTE for k in (1, 2, 3, 4)]
    assert wall.now() == START


@pytest.mark.anyio
async def test_backtest_clock_lets_others_have_a_turn() -> None:
    wall = FakeWallClock(START)
    assert len([tick async for tick in BacktestClock(ends=[np.arange(1, 5001) * 1000], wall=wall).ticks()]) == 5000
    assert wall.slept == [0.0] * 5


@pytest.mark.anyio
async def test_no_bars_no_ticks() -> None:
    assert [tick async for tick in BacktestClock(ends=[], wall=FakeWallClock(START)).ticks()] == []


@pytest.mark.anyio
async def test_with_the_systems_clock_ticks_come_after_their_time_and_in_order() -> None:
    class EverySoOften:
        spacing = 20_000_000

        def after(self, instant: int) -> int:
            return instant - instant % self.spacing + self.spacing

        def newest(self, count: int, *, after: int, until: int) -> list[int]:
            return list(range(self.after(after), until + 1, self.spacing))[-count:]

    wall = SystemWallClock()
    ticks = RealtimeClock(schedule=EverySoOften(), wall=wall).ticks()
    found = []
    for _ in range(5):
        tick = await anext(ticks)
        assert tick.time <= wall.now()
        found.append(instant_of(tick.time))
    assert np.diff(found).tolist() == [EverySoOften.spacing] * 4

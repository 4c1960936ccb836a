"""The venue's time: the machine's, or that of an exchange on this machine, at any pace."""

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.unit.veda.adapters.alpaca.clocks import SleepingWall
from weaver.model.errors import Unavailable
from weaver.veda.adapters.alpaca.venue_time import VenueTime

pytestmark = pytest.mark.anyio


class Exchange:
    """A venue whose time goes at a pace of its own."""

    def __init__(self, wall: SleepingWall, *, pace: float, ahead: float = 0.0, fails: bool = False) -> None:
        self.wall, self.pace, self.fails = wall, pace, fails
        self.start, self.began = wall.now() + timedelta(seconds=ahead), wall.now()
        self.asked = 0
        self.time = VenueTime(wall, is_own=True, ask=self.ask)

    @property
    def now(self) -> datetime:
        return self.start + (self.wall.now() - self.began) * self.pace

    async def ask(self) -> float:
        self.asked += 1
        if self.fails:
            raise Unavailable("no answer")
        return self.time.sample(self.now, asked=self.wall.now(), answered=self.wall.now())


async def test_time_of_a_venue_elsewhere_is_the_machines_and_its_skew_is_measured() -> None:
    wall = SleepingWall()
    asks: list[None] = []

    async def ask() -> None:
        asks.append(None)

    time = VenueTime(wall, is_own=False, ask=ask)
    asked = wall.now()
    wall.pass_by(2)
    assert time.sample(asked + timedelta(seconds=6), asked=asked, answered=wall.now()) == 5
    assert time.now() == wall.now()
    await time.sleep(30)
    assert (wall.slept, asks) == ([30], [])


@pytest.mark.parametrize("pace", [1.0, 60.0, 0.5])
async def test_pace_is_learnt_and_time_runs_on_between_questions(pace: float) -> None:
    wall = SleepingWall()
    exchange = Exchange(wall, pace=pace, ahead=86400)
    for _ in range(3):
        await exchange.ask()
        wall.pass_by(5)
    assert abs((exchange.time.now() - exchange.now).total_seconds()) < 1e-3


async def test_time_on_hold_stands_until_it_is_moved_and_a_jump_of_it_is_no_skew() -> None:
    wall = SleepingWall()
    exchange = Exchange(wall, pace=0.0)
    for _ in range(3):
        await exchange.ask()
        wall.pass_by(5)
    assert exchange.time.now() == exchange.now
    exchange.start += timedelta(hours=1)
    assert await exchange.ask() == 0.0
    assert exchange.time.now() == exchange.now
    wall.pass_by(100)
    await exchange.ask()
    wall.pass_by(100)
    assert exchange.time.now() == exchange.now  # the jump was not taken for a pace


async def running() -> Exchange:
    """An exchange at the world's pace, which is known by now."""
    exchange = Exchange(SleepingWall(), pace=1.0)
    for _ in range(3):
        await exchange.ask()
        exchange.wall.pass_by(5)
    return exchange


async def test_two_jumps_in_a_row_are_no_pace() -> None:
    wall = SleepingWall()
    exchange = Exchange(wall, pace=0.0)
    for jump in (timedelta(0), timedelta(0), timedelta(minutes=20), timedelta(days=3)):
        wall.pass_by(2)
        exchange.start += jump
        await exchange.ask()
    wall.pass_by(5)
    assert timedelta(0) <= exchange.time.now() - exchange.now <= timedelta(seconds=5)


@pytest.mark.parametrize("off", [40, -40, 3])
async def test_clock_that_is_moved_while_time_runs_is_off_as_long_as_it_is(off: float) -> None:
    exchange = await running()
    exchange.start += timedelta(seconds=off)
    for _ in range(5):
        assert await exchange.ask() == pytest.approx(off)
        exchange.wall.pass_by(10)
    exchange.start -= timedelta(seconds=off)
    assert await exchange.ask() == pytest.approx(0)


async def test_time_that_its_control_moved_on_is_believed_once_something_is_stamped_with_it() -> None:
    exchange = await running()
    exchange.start += timedelta(hours=2)
    assert await exchange.ask() == pytest.approx(7200)
    exchange.time.observe(exchange.now)
    assert await exchange.ask() == pytest.approx(0, abs=1e-6)


async def test_clock_that_stays_off_for_minutes_is_the_venues_time() -> None:
    exchange = await running()
    exchange.start += timedelta(hours=2)
    for _ in range(31):
        await exchange.ask()
        exchange.wall.pass_by(10)
    assert await exchange.ask() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("paces", [(60.0, 60.0, 60.0, 60.0), (1.0, 1.0, 1.0, 1.3), (8.0, 25.0, 8.0, 25.0)])
async def test_jump_of_a_time_that_races_or_goes_unevenly_is_its_controls_doing(paces: tuple[float, ...]) -> None:
    exchange = Exchange(SleepingWall(), pace=1.0)
    for pace in paces:
        exchange.pace, exchange.start, exchange.began = pace, exchange.now, exchange.wall.now()
        await exchange.wall.sleep(1.0)
        await exchange.ask()
    exchange.start += timedelta(seconds=90)
    exchange.pace, exchange.start, exchange.began = paces[-1], exchange.now, exchange.wall.now()
    assert await exchange.ask() == 0.0
    assert exchange.time.now() == exchange.now


async def test_pace_that_was_thought_a_little_wrong_is_no_skew() -> None:
    exchange = Exchange(SleepingWall(), pace=60.0)
    await exchange.ask()
    exchange.wall.pass_by(1)
    await exchange.ask()
    exchange.pace = 61.5
    exchange.start, exchange.began = exchange.start + timedelta(seconds=60), exchange.wall.now()
    exchange.wall.pass_by(10)
    await exchange.ask()
    exchange.wall.pass_by(10)
    assert abs(await exchange.ask()) < 50
    assert exchange.time.now() == exchange.now


async def test_sleep_counts_the_venues_seconds() -> None:
    wall = SleepingWall()
    exchange = Exchange(wall, pace=60.0)
    for _ in range(3):
        await exchange.ask()
        wall.pass_by(1)
    before, at = exchange.now, wall.now()
    await exchange.time.sleep(600)
    assert (exchange.now - before).total_seconds() == pytest.approx(600, abs=1)
    assert (wall.now() - at).total_seconds() == pytest.approx(10, abs=0.1)


async def test_stamp_moves_time_on_and_never_back() -> None:
    wall = SleepingWall()
    exchange = Exchange(wall, pace=0.0)
    for _ in range(3):
        await exchange.ask()
        wall.pass_by(1)
    later = exchange.now + timedelta(minutes=3)
    exchange.time.observe(later)
    exchange.time.observe(later - timedelta(minutes=1))
    assert exchange.time.now() == later


async def test_time_that_stands_still_is_asked_for_more_and_more_rarely() -> None:
    wall = SleepingWall()
    exchange = Exchange(wall, pace=0.0)
    for _ in range(600):
        await exchange.time.freshen()
        wall.pass_by(1)
    assert 600 / 10 <= exchange.asked <= 600 / 10 + 5


async def test_venue_that_does_not_answer_leaves_what_is_known() -> None:
    wall = SleepingWall()
    exchange = Exchange(wall, pace=1.0, fails=True)
    wall.pass_by(20)
    await exchange.time.freshen()
    assert exchange.time.now() == wall.now()


class SlowExchange(Exchange):
    """Its first answer, and the time in it, is of when it was asked, and comes when it is let go."""

    def __init__(self, wall: SleepingWall) -> None:
        super().__init__(wall, pace=0)
        self.let_go = asyncio.Event()

    async def ask(self) -> float:
        time, asked = self.now, self.wall.now()
        self.asked += 1
        if self.asked == 1:
            await self.let_go.wait()
            return self.time.sample(time, asked=asked, answered=asked)
        return await super().ask()


async def test_question_at_once_does_not_rely_on_one_that_is_under_way_nor_is_undone_by_its_answer() -> None:
    wall = SleepingWall()
    exchange = SlowExchange(wall)
    first = asyncio.create_task(exchange.time.freshen(at_once=True))
    await asyncio.sleep(0)
    wall.pass_by(0.01)
    exchange.start += timedelta(minutes=4)
    await exchange.time.freshen()
    assert exchange.time.now() < exchange.start  # the one that is under way is enough where it is not at once
    await exchange.time.freshen(at_once=True)
    assert exchange.time.now() == exchange.start
    exchange.let_go.set()
    await first
    assert exchange.time.now() == exchange.start

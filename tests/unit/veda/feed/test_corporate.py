"""Splits and dividends are told before the first trade of their ex-date, once."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.unit.veda.feed.market import FakeMarket
from tests.virtual_wall import START, VirtualWall
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.calendar.sessions import calendar_named
from weaver.model.errors import Unavailable
from weaver.model.market.corporate_actions import Delisting, Dividend, Split
from weaver.veda.feed import corporate
from weaver.veda.feed.corporate import NEW_YORK, ActionDue, CorporateWatch, due_at

SPLIT = Split(ex_date=date(2026, 3, 4), ratio="3:2")
DIVIDEND = Dividend(ex_date=date(2026, 3, 4), amount=Decimal("0.123456789"))
NOW = instant_of(START)


@pytest.fixture
def long_naps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Naps of ten minutes: what is tested takes days, which by seconds would take the machine minutes."""
    monkeypatch.setattr(corporate, "NAP_SECONDS", 600.0)


class Scene:
    def __init__(self, *, after: int = NOW) -> None:
        self.wall = VirtualWall()
        self.market = FakeMarket(self.wall)
        self.watch = CorporateWatch(self.market, self.wall, after=after)

    def look(self, *symbols: str) -> None:
        asyncio.run(self.watch.look(symbols))


@pytest.mark.parametrize(
    ("day", "utc"), [(date(2026, 3, 4), "2026-03-04T09:00"), (date(2026, 3, 9), "2026-03-09T08:00")], ids=str
)
def test_ex_date_begins_at_four_in_new_york(day: date, utc: str) -> None:
    assert time_of(due_at(Split(ex_date=day, ratio=2), NEW_YORK)) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_ex_date_begins_with_the_day_of_another_exchange() -> None:
    tokyo, split = calendar_named("XTKS"), Split(ex_date=date(2026, 3, 4), ratio=2)
    assert time_of(due_at(split, tokyo)) == datetime(2026, 3, 3, 15, tzinfo=UTC)


def test_each_is_due_once_dividends_first() -> None:
    scene, at = Scene(), due_at(SPLIT, NEW_YORK)
    scene.market.actions = {"AAA": (SPLIT, DIVIDEND), "BBB": (SPLIT,), "CCC": (SPLIT,)}
    for _ in range(2):
        scene.look("BBB", "AAA")
    assert (scene.watch.next_due(), scene.watch.due(at - 1)) == (at, [])
    found = [(one.symbol, one.action) for one in scene.watch.due(at)]
    assert found == [("AAA", DIVIDEND), ("AAA", SPLIT), ("BBB", SPLIT)]
    scene.look("AAA", "BBB")
    assert (scene.watch.due(at + 10**15), scene.watch.next_due()) == ([], None)


def test_two_of_a_kind_on_one_day_are_due_both_and_once() -> None:
    special, again = Dividend(ex_date=DIVIDEND.ex_date, amount=Decimal(2)), Split(ex_date=SPLIT.ex_date, ratio=2)
    scene = Scene()
    scene.market.actions["AAA"] = (SPLIT, DIVIDEND, again, special)
    scene.look("AAA")
    due = scene.watch.due(due_at(SPLIT, NEW_YORK))
    assert [(one.action, one.number) for one in due] == [(DIVIDEND, 0), (special, 1), (SPLIT, 0), (again, 1)]
    scene.market.actions["AAA"] = (SPLIT, DIVIDEND, again, Dividend(ex_date=DIVIDEND.ex_date, amount=Decimal(3)))
    scene.look("AAA")
    assert scene.watch.due(due_at(SPLIT, NEW_YORK)) == []


def test_what_was_due_before_the_run_went_on_is_not_told_again() -> None:
    scene = Scene(after=due_at(SPLIT, NEW_YORK))
    scene.market.actions["AAA"] = (SPLIT,)
    scene.look("AAA")
    assert scene.watch.next_due() is None


def test_what_is_listed_late_is_due_at_once() -> None:
    scene = Scene(after=NOW - 5 * 86_400 * 10**9)
    late = Dividend(ex_date=START.date() - timedelta(days=2), amount=Decimal(1))
    scene.market.actions["AAA"] = (late,)
    scene.look("AAA")
    assert [one.action for one in scene.watch.due(NOW)] == [late]


def test_what_is_withdrawn_or_changed_is_not_told() -> None:
    scene = Scene()
    scene.market.actions["AAA"] = (SPLIT, DIVIDEND)
    scene.look("AAA")
    changed = Split(ex_date=SPLIT.ex_date, ratio=5)
    scene.market.actions["AAA"] = (changed, Delisting(ex_date=date(2026, 3, 5), value=Decimal(0)))
    scene.look("AAA")
    assert [one.action for one in scene.watch.due(due_at(SPLIT, NEW_YORK) * 2)] == [changed]


def test_failed_look_leaves_what_is_known() -> None:
    scene = Scene()
    scene.market.actions["AAA"] = (SPLIT,)
    scene.look("AAA")
    scene.market.is_away = True
    with pytest.raises(Unavailable):
        scene.look("AAA")
    assert scene.watch.next_due() == due_at(SPLIT, NEW_YORK)


@pytest.mark.usefixtures("long_naps")
def test_watching_tells_when_it_is_due_though_the_venue_is_away_at_times() -> None:
    scene = Scene()
    tomorrow = Split(ex_date=date(2026, 3, 3), ratio=2)
    scene.market.actions["AAA"] = (tomorrow,)
    told: list[tuple[datetime, ActionDue]] = []
    failures: list[str] = []

    async def on_due(one: ActionDue) -> None:
        told.append((scene.wall.now(), one))

    async def run() -> None:
        watching = asyncio.create_task(scene.watch.run(lambda: ["AAA"], on_due=on_due, on_failure=failures.append))
        await scene.wall.sleep(3600)
        scene.market.is_away = True
        await scene.wall.sleep(86_400)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    asyncio.run(run())
    assert [(time, one.action) for time, one in told] == [(time_of(due_at(tomorrow, NEW_YORK)), tomorrow)]
    assert set(failures) == {"the venue is away"}
    assert len(failures) == 8 + 95  # after 5, 10, 20 … 640 s, then every 900 s


def test_what_was_there_at_the_first_look_had_happened_and_what_comes_to_light_is_late() -> None:
    scene = Scene()
    before, today = Split(ex_date=date(2026, 2, 27), ratio=2), Split(ex_date=date(2026, 3, 2), ratio=3)
    scene.market.actions["AAA"] = (before,)
    scene.look("AAA")
    scene.market.actions["AAA"] = (before, today)
    scene.look("AAA")
    (one,) = scene.watch.due(NOW)
    assert (one.action, one.is_late) == (today, True)


def test_a_symbol_that_comes_in_is_looked_for_at_once() -> None:
    scene, symbols = Scene(), ["AAA"]
    told: list[tuple[datetime, ActionDue]] = []
    scene.market.actions["BBB"] = (Split(ex_date=date(2026, 3, 3), ratio=2),)

    async def on_due(one: ActionDue) -> None:
        told.append((scene.wall.now(), one))

    async def run() -> None:
        watching = asyncio.create_task(scene.watch.run(lambda: symbols, on_due=on_due, on_failure=lambda _: None))
        await scene.wall.sleep(30)
        symbols.append("BBB")
        await scene.wall.sleep(30)
        assert scene.watch.next_due() == due_at(scene.market.actions["BBB"][0], NEW_YORK)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    asyncio.run(run())
    assert told == []


@pytest.mark.usefixtures("long_naps")
def test_what_is_due_is_unsettled_until_it_is_in_the_books() -> None:
    scene, at = Scene(), due_at(SPLIT, NEW_YORK)
    scene.market.actions["AAA"] = (SPLIT,)
    scene.look("AAA", "BBB")
    assert (scene.watch.unsettled(at - 1), scene.watch.unsettled(at)) == (frozenset(), {"AAA"})
    seen: list[frozenset[str]] = []

    async def on_due(one: ActionDue) -> None:
        seen.append(scene.watch.unsettled(one.at))

    async def run() -> None:
        watching = asyncio.create_task(scene.watch.run(lambda: ["AAA"], on_due=on_due, on_failure=lambda _: None))
        await scene.wall.sleep((at - NOW) / 1e9 + 5)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    asyncio.run(run())
    assert (seen, scene.watch.unsettled(at + 1)) == ([{"AAA"}], frozenset())


def test_a_split_that_was_due_at_the_start_is_no_later_for_being_listed_again() -> None:
    scene = Scene(after=NOW - 10**9 * 86_400)
    today = Split(ex_date=date(2026, 3, 2), ratio=3)
    scene.market.actions["AAA"] = (today,)
    for _ in range(2):
        scene.look("AAA")
    assert [one.is_late for one in scene.watch.due(NOW)] == [False]

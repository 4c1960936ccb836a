"""When an account is looked at again by itself."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from tests.unit.veda.live_builders import NOON, live_order, seconds
from tests.unit.veda.trading.builders import AlwaysOpen, Desk, at_desk
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.trading.alarm import LONGEST_SECONDS, POLL_SECONDS, Alarm
from weaver.veda.trading.chores import Chores
from weaver.veda.trading.looks import Looks


class Opens(AlwaysOpen):
    def opens_at(self, symbol: str, now: datetime) -> datetime:
        return seconds(600)


class Racing:
    """A venue whose time is an hour ahead, and goes sixty times as fast as the wall's."""

    def __init__(self, desk: Desk) -> None:
        self._wall = desk.wall

    def now(self) -> datetime:
        return NOON + timedelta(hours=1) + 60 * (self._wall.now() - NOON)


async def _done() -> None: ...


def looks_of(desk: Desk) -> Looks:
    """Of which the next is due after half a minute."""
    looks = Looks(
        books=desk.books, reconciler=desk.reconciler, adapter=desk.venue, wall=desk.wall,
        chores=Chores(desk.wall, lambda: None), reconciled=lambda *_, **__: True, looked=_done,
    )  # fmt: skip
    looks.due_at = seconds(30)
    return looks


def with_alarm(do: Callable[[Desk, Alarm], Awaitable[None]], *orders: LiveOrder, hours: object = None) -> None:
    async def go(desk: Desk) -> None:
        rests, looks = {"run-7": seconds(20)}, looks_of(desk)
        await do(desk, Alarm(adapter=desk.venue, wall=desk.wall, hours=hours or AlwaysOpen(), looks=looks, rests=rests))

    at_desk(go, orders)


def test_what_is_due_next_is_the_first_of_all_that_waits() -> None:
    async def go(desk: Desk, alarm: Alarm) -> None:
        known = desk.books.known
        assert alarm.due(known, NOON, {}) == seconds(20)  # an exit that rests
        assert alarm.due(known, seconds(20), {}) == seconds(30)  # the next look
        assert alarm.due(known, seconds(30), {}) == seconds(600)  # the open
        assert alarm.due(known, seconds(600), {}) is None

    waiting = live_order("run-1", "sell", status=OrderStatus.PENDING, waits_for=WaitsFor.OPEN, reduces=True)
    with_alarm(go, waiting, hours=Opens())


def test_it_waits_until_then_or_until_it_is_woken() -> None:
    async def go(desk: Desk, alarm: Alarm) -> None:
        await alarm.until(seconds(20))
        assert desk.wall.now() == seconds(20)
        await alarm.until(None)
        assert desk.wall.now() == seconds(20 + LONGEST_SECONDS)
        waiting = asyncio.ensure_future(alarm.until(seconds(3600)))
        await asyncio.sleep(0)
        alarm.woken.set()
        await waiting
        assert desk.wall.now() == seconds(20 + LONGEST_SECONDS)

    with_alarm(go)


def test_venue_with_a_time_of_its_own_is_asked_how_late_it_is() -> None:
    async def go(desk: Desk) -> None:
        alarm = Alarm(adapter=Racing(desk), wall=desk.wall, hours=AlwaysOpen(), looks=looks_of(desk), rests={})
        await alarm.until(NOON + timedelta(hours=1, seconds=40))
        assert desk.wall.now() == seconds(3 * POLL_SECONDS)  # 45 s there: the first quarter of a second past 40

    at_desk(go)

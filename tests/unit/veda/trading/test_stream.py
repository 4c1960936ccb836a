"""The order stream: what it tells is taken in, also where the database is away just then."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.veda.live_builders import NOON, live_order, submission, venue_order
from tests.unit.veda.trading.builders import Desk, at_desk, venue_fill
from weaver.model.errors import Unavailable
from weaver.model.market.corporate_actions import Dividend
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.account import ActionHappened
from weaver.veda.exchange.market import Feed, FeedRestored
from weaver.veda.exchange.orders import OrderUpdate
from weaver.veda.trading.chores import Chores
from weaver.veda.trading.stream import OrderStream

FILLED = OrderUpdate(
    order=venue_order(status=OrderStatus.FILLED, filled_quantity=10),
    fill=venue_fill("run-1", 10, 100, cumulative_quantity=10),
    event="fill",
    time=NOON,
)


class Line:
    """An order stream that tells its messages and then nothing; the database is away so many times."""

    def __init__(self, desk: Desk, messages: list[Any], *, away: int) -> None:
        self._desk, self._messages = desk, deque(messages)
        self.away, self.asked, self.happened = away, 0, list[Any]()
        self.is_through = asyncio.Event()

    def follow(self) -> "asyncio.Task[None]":
        venue, desk = self._desk.venue, self._desk
        venue.order_updates = self._read  # type: ignore[attr-defined]
        take = desk.calls.answers.take

        async def may_fail(*given: Any, **named: Any) -> bool:
            self._fail()
            return await take(*given, **named)

        desk.calls.answers.take = may_fail  # type: ignore[method-assign]
        stream = OrderStream(
            "alpaca paper", adapter=venue, wall=desk.wall, answers=desk.calls.answers, reconciler=desk.reconciler,
            looks=self, chores=Chores(desk.wall, lambda: None), told=lambda *_: None, happened=self._happened,
            wake=lambda: None,
        )  # type: ignore[arg-type]  # fmt: skip
        return asyncio.create_task(stream.follow())

    def ask(self) -> None:
        self.asked += 1

    async def _happened(self, message: ActionHappened) -> None:
        self._fail()
        self.happened.append(message)

    def _fail(self) -> None:
        if self.away:
            self.away -= 1
            raise Unavailable("the database is away")

    async def _read(self) -> AsyncIterator[Any]:
        yield FeedRestored(feed=Feed.ORDERS, since=None)
        while self._messages:
            yield self._messages.popleft()
        self.is_through.set()
        await asyncio.Event().wait()


async def told(desk: Desk, messages: list[Any], *, away: int, is_replay: bool) -> tuple[Line, timedelta]:
    """The stream when it has dealt with all messages, and how long that took."""
    desk.venue.is_replay = is_replay
    line = Line(desk, messages, away=away)
    began, following = desk.wall.now(), line.follow()
    await line.is_through.wait()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    return line, desk.wall.now() - began


def test_replay_waits_until_what_it_told_is_in_the_books() -> None:
    async def look(desk: Desk) -> None:
        line, took = await told(desk, [FILLED], away=20, is_replay=True)
        assert (desk.order().status, desk.order().filled) == (OrderStatus.FILLED, 10)
        assert took == timedelta(seconds=20)
        assert line.asked == 1  # as at every beginning

    at_desk(look, [live_order()], [submission()])


def test_market_goes_on_and_is_asked_for_what_could_not_be_kept() -> None:
    async def look(desk: Desk) -> None:
        line, took = await told(desk, [FILLED], away=1, is_replay=False)
        assert desk.order().status is not OrderStatus.FILLED
        assert (took, line.asked) == (timedelta(0), 2)

    at_desk(look, [live_order()], [submission()])


@pytest.mark.parametrize("is_replay", [True, False])
def test_what_a_company_did_is_told_once_and_waits_for_the_database(is_replay: bool) -> None:
    paid = ActionHappened(
        symbol="AAPL",
        action=Dividend(ex_date=NOON.date(), amount=Decimal(1)),
        previous_close=Decimal(100),
        time=NOON,
    )

    async def look(desk: Desk) -> None:
        line, took = await told(desk, [paid], away=3, is_replay=is_replay)
        assert line.happened == [paid]
        assert took == timedelta(seconds=3)

    at_desk(look)

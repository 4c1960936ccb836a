"""Updates reach their reader in order, and a reader that is too slow is told."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.virtual_wall import VirtualWall
from weaver.model.errors import Conflict
from weaver.veda.adapters.simulated import updates as updates_module
from weaver.veda.adapters.simulated.updates import Updates
from weaver.veda.exchange.market import Feed, FeedRestored, FeedStale

NOW = datetime(2026, 3, 2, tzinfo=UTC)
FIRST = FeedRestored(feed=Feed.ORDERS, since=None)


class Told:
    """A venue that tells whoever listens."""

    def __init__(self) -> None:
        self.listeners: list[Any] = []
        self.updates = Updates(self.listeners, lambda: NOW)

    def add(self, update: object) -> None:
        for listener in self.listeners:
            listener(update)


def test_updates_of_before_the_reader_are_not_for_it() -> None:
    one = Told()

    async def run() -> list[Any]:
        one.add("early")
        reading = one.updates.read()
        found = [await anext(reading)]
        for name in ("a", "b"):
            one.add(name)
        found += [await anext(reading), await anext(reading)]
        one.updates.close()
        return [*found, *[message async for message in reading]]

    assert asyncio.run(run()) == [FIRST, "a", "b"]


def test_second_reader_is_refused_until_the_first_has_gone() -> None:
    one = Told()

    async def run() -> None:
        first = one.updates.read()
        await anext(first)
        with pytest.raises(Conflict, match="have a reader already"):
            await anext(one.updates.read())
        await first.aclose()  # type: ignore[attr-defined]
        assert await anext(one.updates.read()) == FIRST

    asyncio.run(run())


def test_reader_that_is_too_slow_is_told_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates_module, "WAITING_MAX", 3)
    one = Told()

    async def run() -> list[Any]:
        reading = one.updates.read()
        await anext(reading)
        for number in range(4):
            one.add(number)
        return [await anext(reading) for _ in range(3)]

    stale, restored, rest = asyncio.run(run())
    assert isinstance(stale, FeedStale)
    assert isinstance(restored, FeedRestored)
    assert (restored.is_complete, restored.since, rest) == (False, NOW, 3)
    assert "ask for the orders" in stale.reason


def test_nobody_is_waited_for_but_a_reader_that_has_not_asked_for_more() -> None:
    one, wall = Told(), VirtualWall()

    async def waited() -> float:
        began = wall.now()
        await one.updates.settle(wall)
        return (wall.now() - began).total_seconds()

    async def run() -> list[float]:
        one.add("unheard")
        found = [await waited()]
        reading = one.updates.read()
        await anext(reading)
        one.add("heard")
        found.append(await waited())  # it has not come for it
        await anext(reading)
        found.append(await waited())  # nor for more
        settled = asyncio.ensure_future(one.updates.settled())
        await wall.sleep(1_000)
        assert not settled.done()  # whoever waits for that alone waits for as long as it takes
        more = asyncio.ensure_future(anext(reading))
        await settled
        found.append(await waited())
        more.cancel()
        await asyncio.gather(more, return_exceptions=True)
        return [*found, await waited()]

    assert asyncio.run(run()) == [0, 10, 10, 0, 0]

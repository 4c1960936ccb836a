"""What several ask at the same time is asked once, and each has the answer."""

import asyncio

import pytest

from weaver.model.errors import Unavailable
from weaver.veda.adapters.alpaca.rest.shared import Shared

pytestmark = pytest.mark.anyio


class Venue:
    """Answers when it is let."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked, self.let, self._error = 0, asyncio.Event(), error

    async def ask(self) -> int:
        self.asked += 1
        number = self.asked
        await self.let.wait()
        if self._error is not None:
            raise self._error
        return number


async def test_what_is_asked_meanwhile_is_asked_once_and_later_anew() -> None:
    shared, venue = Shared[int](), Venue()
    asked = [asyncio.create_task(shared.answer("AAPL", venue.ask)) for _ in range(3)]
    other = asyncio.create_task(shared.answer("MSFT", venue.ask))
    await asyncio.sleep(0)
    venue.let.set()
    assert await asyncio.gather(*asked, other) == [1, 1, 1, 2]
    assert await shared.answer("AAPL", venue.ask) == 3


async def test_an_error_is_everybodys() -> None:
    shared, venue = Shared[int](), Venue(Unavailable("away"))
    venue.let.set()
    found = await asyncio.gather(*(shared.answer("AAPL", venue.ask) for _ in range(3)), return_exceptions=True)
    assert [str(one) for one in found] == ["away"] * 3
    assert venue.asked == 1


async def test_who_gives_up_leaves_the_question_to_the_others() -> None:
    shared, venue = Shared[int](), Venue()
    first, second = (asyncio.create_task(shared.answer("AAPL", venue.ask)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait({first})
    venue.let.set()
    assert await second == 1

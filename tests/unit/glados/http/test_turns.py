"""A burst of requests stands in line; who waits for something else does not keep the others waiting."""

import asyncio
from typing import Any

import pytest

from weaver.glados.http import turns
from weaver.glados.http.turns import AT_ONCE, Turns

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class App:
    """Begins to answer when it is told to, and then sends until it may end."""

    def __init__(self) -> None:
        self.working = 0
        self.begin, self.end = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.working += 1
        await self.begin.wait()
        await send({"type": "http.response.start"})
        await self.end.wait()


async def asked(app: Turns, path: str = "/api/v1/runs", kind: str = "http") -> None:
    async def nothing(*_: Any) -> None:
        pass

    await app({"type": kind, "path": path}, nothing, nothing)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_so_many_are_worked_on_at_once_and_the_next_when_an_answer_begins() -> None:
    inner = App()
    app = Turns(inner, exempt=frozenset({"/api/v1/healthz"}))
    several = [asyncio.create_task(asked(app)) for _ in range(3 * AT_ONCE)]
    await settle()
    assert inner.working == AT_ONCE
    health, other = asyncio.create_task(asked(app, "/api/v1/healthz")), asyncio.create_task(asked(app, kind="lifespan"))
    await settle()
    assert inner.working == AT_ONCE + 2  # these stand in no line
    inner.begin.set()  # the answers begin, though nobody reads them to their end
    await settle()
    assert inner.working == 3 * AT_ONCE + 2
    inner.end.set()
    await asyncio.gather(*several, health, other)


async def test_who_waits_for_something_else_gives_the_turn_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "HELD_SECONDS", 0.0)
    inner = App()
    app = Turns(inner, exempt=frozenset())
    several = [asyncio.create_task(asked(app)) for _ in range(2 * AT_ONCE)]
    while inner.working < 2 * AT_ONCE:
        await asyncio.sleep(0.001)
    inner.begin.set()
    inner.end.set()
    await asyncio.gather(*several)


async def test_turn_of_a_request_that_fails_or_is_cut_off_is_the_next_ones() -> None:
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        raise ConnectionError

    app = Turns(failing, exempt=frozenset())
    for _ in range(3 * AT_ONCE):
        with pytest.raises(ConnectionError):
            await asked(app)
    inner = App()
    app = Turns(inner, exempt=frozenset())
    cut = [asyncio.create_task(asked(app)) for _ in range(2 * AT_ONCE)]
    await settle()
    for task in cut:
        task.cancel()
    await asyncio.wait(cut)
    inner.begin.set()
    inner.end.set()
    async with asyncio.timeout(60):
        await asyncio.gather(*(asked(app) for _ in range(2 * AT_ONCE)))

"""The line of those who wait to write."""

import asyncio

import pytest

from weaver.model.errors import Unavailable
from weaver.walle.database.engines import writers
from weaver.walle.database.engines.writers import Writers

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def line(turns: Writers, done: list[str], name: str, *, patient: bool) -> None:
    await turns.take(patient=patient)
    done.append(name)
    turns.release()


async def started(*work: "asyncio.Task[None]") -> None:
    for _ in work:
        await asyncio.sleep(0)


async def test_the_urgent_go_first_and_each_line_keeps_its_order() -> None:
    turns, done = Writers(), list[str]()
    await turns.take(patient=False)
    names = ["p1", "u1", "p2", "u2"]
    waiting = [asyncio.create_task(line(turns, done, name, patient=name[0] == "p")) for name in names]
    await started(*waiting)
    turns.release()
    await asyncio.gather(*waiting)
    assert done == ["u1", "u2", "p1", "p2"]


async def test_the_patient_come_to_their_turn_however_many_are_urgent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "PASSING_MAX", 3)
    turns, done = Writers(), list[str]()
    await turns.take(patient=False)
    names = ["p1", "p2", *(f"u{k}" for k in range(8))]
    waiting = [asyncio.create_task(line(turns, done, name, patient=name[0] == "p")) for name in names]
    await started(*waiting)
    turns.release()
    await asyncio.gather(*waiting)
    assert done == ["u0", "u1", "u2", "p1", "u3", "u4", "u5", "p2", "u6", "u7"]


async def test_whoever_is_called_off_in_line_is_passed_over() -> None:
    for called_off in range(4):
        turns, done = Writers(), list[str]()
        await turns.take(patient=False)
        names = ["u1", "u2", "p1", "p2"]
        waiting = [asyncio.create_task(line(turns, done, name, patient=name[0] == "p")) for name in names]
        await started(*waiting)
        turns.release()  # the first has its turn now, and does not know it yet
        waiting[called_off].cancel()
        await asyncio.wait(waiting)
        assert done == [name for place, name in enumerate(names) if place != called_off]
        async with asyncio.timeout(60):
            await turns.take(patient=True)


async def test_a_writer_that_never_ends_makes_the_others_give_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "BUSY_SECONDS", 0.01)
    turns = Writers()
    await turns.take(patient=False)
    for patient in (True, False):
        with pytest.raises(Unavailable, match="the database is busy"):
            await turns.take(patient=patient)
    turns.release()
    async with asyncio.timeout(60):
        await turns.take(patient=True)

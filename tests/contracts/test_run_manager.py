"""What the HTTP API relies on in whoever creates, starts and ends runs: the manager, and its tests' stand-in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.unit.glados.fakes import FakeClock, FakeIds, FakeRunManager, database_in_memory
from tests.unit.glados.runs.fakes import for_ever, house_in, new_run
from tests.unit.glados.runs.service import store_samples
from weaver.glados.runs.port import Override, RunManager
from weaver.model.errors import Conflict, NotFound, Unavailable
from weaver.model.run import Run, RunMode, RunStatus
from weaver.walle.database.database import SqlDatabase

pytestmark = pytest.mark.anyio


@dataclass(frozen=True, slots=True)
class Managed:
    """A run manager, and the database in which its runs are kept."""

    manager: RunManager
    database: SqlDatabase

    async def created(self) -> Run:
        return await self.manager.create(new_run(config={"fast": 3}), corr_id="corr-create")

    async def started(self) -> Run:
        run = await self.created()
        return await self.manager.start(run.id, confirm=None, corr_id="corr-start")

    async def kept(self, run: Run) -> Run | None:
        async with self.database.transaction() as transaction:
            return await transaction.runs.find(run.id)

    async def told(self) -> list[tuple[str, str | None, str]]:
        return [(event.type, event.run_id, event.corr_id) for event in await self.database.log.read()]


@pytest.fixture(params=["real", "fake"])
async def managed(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Managed]:
    async with AsyncExitStack() as stack:
        if request.param == "fake":
            database = await stack.enter_async_context(database_in_memory(new_id=FakeIds("database")))
            yield Managed(FakeRunManager(database, now=FakeClock().now, new_id=FakeIds()), database.stored)
        else:
            house = await stack.enter_async_context(house_in(tmp_path))
            house.runner.work = for_ever
            store_samples(house.bars, ["AAPL_1d"])
            yield Managed(await stack.enter_async_context(house.manager), house.stored)


async def test_created_run_is_pending_and_told(managed: Managed) -> None:
    run = await managed.created()
    assert (run.status, run.config) == (RunStatus.PENDING, {"fast": 3})
    assert await managed.kept(run) == run
    assert await managed.told() == [("run.Created", run.id, "corr-create")]


@pytest.mark.parametrize("mode", [RunMode.PAPER, RunMode.LIVE])
async def test_run_of_a_mode_without_a_venue_is_unavailable_and_not_kept(managed: Managed, mode: RunMode) -> None:
    with pytest.raises(Unavailable, match="venue"):
        await managed.manager.create(new_run(mode=mode), corr_id="c")
    assert await managed.told() == []


async def test_start_answers_with_the_running_run(managed: Managed) -> None:
    run = await managed.started()
    assert (run.status, run.queued, run.started_at is None) == (RunStatus.RUNNING, True, False)
    assert (await managed.told())[-1] == ("run.Started", run.id, "corr-start")


async def test_only_a_pending_run_can_be_started(managed: Managed) -> None:
    run = await managed.started()
    with pytest.raises(Conflict):
        await managed.manager.start(run.id, confirm=None, corr_id="c")
    assert [type_ for type_, *_ in await managed.told()] == ["run.Created", "run.Started"]


async def test_stop_answers_with_the_stopped_run(managed: Managed) -> None:
    run = await managed.started()
    stopped = await managed.manager.stop(run.id, flatten=False, corr_id="corr-stop")
    assert (stopped.status, stopped.stopped_at is None) == (RunStatus.STOPPED, False)
    assert await managed.kept(run) == stopped
    assert (await managed.told())[-1] == ("run.Stopped", run.id, "corr-stop")


async def test_only_a_running_run_can_be_stopped(managed: Managed) -> None:
    run = await managed.created()
    with pytest.raises(Conflict):
        await managed.manager.stop(run.id, flatten=False, corr_id="c")
    assert await managed.kept(run) == run


async def test_clone_has_the_same_settings_and_nothing_of_the_outcome(managed: Managed) -> None:
    run = await managed.started()
    clone = await managed.manager.clone(run.id, corr_id="corr-clone")
    usual = {"status": RunStatus.PENDING, "queued": False, "started_at": None}
    changed = {"id": clone.id, "cloned_from": run.id, "created_at": clone.created_at}
    assert clone == replace(run, **usual, **changed)
    assert clone.id != run.id
    assert (await managed.told())[-1] == ("run.Created", clone.id, "corr-clone")


async def test_promoted_run_is_pending_and_told_with_the_reason(managed: Managed) -> None:
    run = await managed.started()
    after = replace(run, options={"cash": "5"}, promotion={"min_trades": 3})
    override = Override(reason="it is small", gates=("min_days",))
    made = await managed.manager.promote(after, override=override, corr_id="corr-promote")
    usual = {"status": RunStatus.PENDING, "queued": False, "started_at": None, "weaver_version": made.weaver_version}
    assert made == replace(after, id=made.id, promoted_from=run.id, created_at=made.created_at, **usual)
    assert await managed.kept(made) == made
    assert (await managed.told())[-2:] == [
        ("run.Created", made.id, "corr-promote"),
        ("run.Promoted", run.id, "corr-promote"),
    ]
    payload = (await managed.database.log.read())[-1].payload
    assert payload == {
        "run_id": run.id, "to": "backtest", "promoted_id": made.id, "override": "it is small", "gates": ["min_days"],
    }  # fmt: skip
    clone = await managed.manager.clone(made.id, corr_id="c")
    assert (clone.promoted_from, clone.cloned_from, clone.promotion) == (run.id, made.id, {"min_trades": 3})


async def test_deleted_run_is_gone_and_told(managed: Managed) -> None:
    run = await managed.created()
    await managed.manager.delete(run.id, corr_id="corr-delete")
    assert await managed.kept(run) is None
    assert await managed.told() == [("run.Deleted", run.id, "corr-delete")]


async def test_running_run_cannot_be_deleted(managed: Managed) -> None:
    run = await managed.started()
    await asyncio.sleep(0.01)
    with pytest.raises(Conflict):
        await managed.manager.delete(run.id, corr_id="c")
    kept = await managed.kept(run)
    assert kept is not None
    assert kept.status is RunStatus.RUNNING


async def test_unknown_run_is_not_found(managed: Managed) -> None:
    manager = managed.manager
    for call in (
        manager.start("no", confirm=None, corr_id="c"),
        manager.stop("no", flatten=False, corr_id="c"),
        manager.clone("no", corr_id="c"),
        manager.delete("no", corr_id="c"),
    ):
        with pytest.raises(NotFound, match="'no'"):
            await call


async def test_load_says_whether_a_backtest_could_be_worked_on(managed: Managed) -> None:
    assert managed.manager.load.is_ready
    assert managed.manager.load.workers > 0

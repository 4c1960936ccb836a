"""All that works for runs: begun, resumed, ended with the server, and nothing of it left behind."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.glados.runs.fakes import (
    AWAY,
    FakeRunner,
    House,
    assert_nothing_left,
    at_once,
    for_ever,
    house_in,
    own_tasks,
)
from weaver.events.factory import EventFactory
from weaver.glados.runs.backtest_runner import INTERRUPTED
from weaver.glados.runs.runners import RunContext, Suspended
from weaver.glados.runs.supervisor import Supervisor
from weaver.glados.runs.transitions import RunStates
from weaver.model.errors import Conflict, RunFailed, Unavailable
from weaver.model.run import Run, RunMode, RunStatus

pytestmark = pytest.mark.anyio


async def test_recover_marks_interrupted_runs_and_leaves_the_others(house: House) -> None:
    runs = {}
    for status in RunStatus:
        runs[status] = await house.pending(status=status)
    for _ in range(250):
        await house.pending(status=RunStatus.RUNNING)
    recovered = await house.manager.recover()
    assert len(recovered) == len(set(recovered)) == 251
    assert {run.error for run in await house.all_runs() if run.id in recovered} == {INTERRUPTED}
    assert await house.types(runs[RunStatus.RUNNING]) == ["run.Error"]
    others = [runs[status] for status in RunStatus if status is not RunStatus.RUNNING]
    assert [await house.kept(run) for run in others] == others
    clone = await house.manager.clone(recovered[0], corr_id="c")
    assert (await house.manager.start(clone.id, confirm=None, corr_id="c")).status is RunStatus.RUNNING


async def test_shutdown_marks_what_runs_as_interrupted(tmp_path: Path) -> None:
    async with house_in(tmp_path) as house:
        house.runner.work = for_ever
        async with house.manager:
            runs = [await house.started() for _ in range(5)]
            pending = await house.pending()
        assert {(await house.kept(run)).error for run in runs} == {INTERRUPTED}
        assert {await house.status(run) for run in runs} == {RunStatus.ERROR}
        assert await house.status(pending) is RunStatus.PENDING
        assert_nothing_left(house)
        with pytest.raises(Unavailable):
            await house.manager.start(pending.id, confirm=None, corr_id="c")


async def test_shutdown_ends_although_the_database_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weaver.glados.runs.supervisor.SUSPEND_SECONDS", 0.05)
    monkeypatch.setattr("weaver.glados.runs.supervisor.RECORD_SECONDS", 0.05)
    async with house_in(tmp_path) as house:
        house.runner.work = for_ever
        async with house.manager:
            run = await house.started()
            house.database.is_away = AWAY
        assert_nothing_left(house)
        assert await house.status(run) is RunStatus.RUNNING


async def test_two_hundred_runs_of_all_fates_leave_nothing_behind(house: House) -> None:
    async def fail(run: Run, context: RunContext) -> None:
        raise RunFailed("why")

    fates: list[Any] = [at_once, for_ever, fail]
    for turn in range(200):
        house.runner.work = fates[turn % 3]
        run = await house.started()
        if turn % 3 == 1:
            await house.manager.stop(run.id, flatten=False, corr_id="c")
        await house.settled()
        assert house.manager.load.running == house.manager.task_count == house.runner.running == 0
        assert own_tasks() == []
    statuses = [run.status for run in await house.all_runs()]
    assert [statuses.count(one) for one in (RunStatus.COMPLETED, RunStatus.STOPPED, RunStatus.ERROR)] == [67, 67, 66]


async def test_many_runs_at_once_each_get_their_own_end(house: House) -> None:
    async def by_number(run: Run, context: RunContext) -> None:
        await context.has_worker()
        if int(run.id[2:]) % 2:
            raise RunFailed(run.id)

    house.runner.work = by_number
    runs = await asyncio.gather(*(house.started() for _ in range(100)))
    await house.settled()
    for run in runs:
        failed = bool(int(run.id[2:]) % 2)
        assert await house.status(run) is (RunStatus.ERROR if failed else RunStatus.COMPLETED)
        assert (await house.kept(run)).error == (run.id if failed else None)


async def test_start_before_the_manager_is_entered_is_refused(tmp_path: Path) -> None:
    async with house_in(tmp_path) as house:
        run = await house.pending()
        with pytest.raises(Unavailable):
            await house.manager.start(run.id, confirm=None, corr_id="c")


# Used alone, on runners of which one mode's goes on after a server's end


class GoingOn(FakeRunner):
    """What it carries out is put down when its server ends, and goes on with the next."""

    def interrupted(self) -> Suspended:  # type: ignore[override]
        return Suspended()


@pytest.fixture
async def supervisor(house: House) -> AsyncIterator[Supervisor]:
    events = EventFactory(producer="test", now=house.clock.now, new_id=house.clock.new_id)
    states = RunStates(database=house.database, events=events, wait=house.clock.wait)
    runners = {RunMode.BACKTEST: house.runner, RunMode.PAPER: GoingOn(work=for_ever, has_orders=False)}
    async with Supervisor(runners=runners, states=states, events=events, log=house.stored.log) as entered:
        yield entered


async def test_runner_is_that_of_the_mode_or_the_reason_why_there_is_none(house: House, supervisor: Supervisor) -> None:
    assert supervisor.runner(RunMode.BACKTEST) is house.runner
    assert [mode for mode in RunMode if supervisor.has_runner(mode)] == [RunMode.BACKTEST, RunMode.PAPER]
    with pytest.raises(Unavailable, match="a live run needs a venue, and there is none"):
        supervisor.runner(RunMode.LIVE)


async def test_only_runs_of_a_mode_that_goes_on_are_resumed(house: House, supervisor: Supervisor) -> None:
    backtest, paper, live = [await house.pending(mode=mode, status=RunStatus.RUNNING) for mode in RunMode]
    assert supervisor.resume(backtest, corr_id="c") is None
    assert supervisor.resume(live, corr_id="c") is None
    active = supervisor.resume(paper, corr_id="c")
    assert active is not None
    assert active.is_resumed
    assert supervisor.active == {paper.id: active}
    assert (await active.started).id == paper.id
    assert supervisor.task_count == 1


async def test_recovery_does_as_the_modes_runner_says_and_leaves_alone_what_is_worked_on(
    house: House, supervisor: Supervisor
) -> None:
    runs = {mode: await house.pending(mode=mode, status=RunStatus.RUNNING) for mode in RunMode}
    assert [await supervisor.recover(run) for run in runs.values()] == [True, True, True]
    assert (await house.kept(runs[RunMode.BACKTEST])).error == INTERRUPTED
    assert set(supervisor.active) == {runs[RunMode.PAPER].id}
    assert "needs a venue" in str((await house.kept(runs[RunMode.LIVE])).halted)
    assert not await supervisor.recover(runs[RunMode.PAPER])


async def test_resumed_run_that_ended_meanwhile_is_left_as_it_is(house: House, supervisor: Supervisor) -> None:
    run = await house.pending(mode=RunMode.PAPER, status=RunStatus.STOPPED)
    active = supervisor.resume(run, corr_id="c")
    assert active is not None
    with pytest.raises(Conflict, match="stopped by now"):
        await active.started
    await active.over.wait()
    assert (supervisor.active, await house.status(run)) == ({}, RunStatus.STOPPED)


async def test_nothing_begins_or_recovers_once_the_end_has_begun(house: House, supervisor: Supervisor) -> None:
    run = await house.pending(status=RunStatus.RUNNING)
    await supervisor.shutdown()
    assert not await supervisor.recover(run)
    with pytest.raises(Unavailable, match="starting up or shutting down"):
        supervisor.start(run.id, may_start=lambda _: None, corr_id="c")
    assert await house.status(run) is RunStatus.RUNNING


async def test_removal_is_done_beside_everything_else_and_waits_for_the_database(
    house: House, supervisor: Supervisor
) -> None:
    run = await house.pending(status=RunStatus.ERROR)
    async with house.stored.transaction() as transaction:
        assert await transaction.withheld.delete(run.id, expected=RunStatus.ERROR)
    house.database.faults = [AWAY] * 2
    await supervisor.remove(run.id)
    assert house.clock.waited == [0.1, 0.2]
    async with house.stored.transaction() as transaction:
        assert await transaction.withheld.all() == []

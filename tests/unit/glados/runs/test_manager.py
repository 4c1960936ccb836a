"""Runs as they are asked for: created, started, stopped, cloned and deleted, on a database with faults."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.glados.runs.fakes import (
    AWAY,
    START,
    FakeRunner,
    House,
    for_ever,
    house_in,
)
from weaver.glados.runs.runners import RunContext
from weaver.model.errors import Conflict, InputError, NotFound, Unavailable
from weaver.model.run import Run, RunMode, RunStatus

pytestmark = pytest.mark.anyio


# Start


async def test_start_answers_at_once_with_the_running_run(house: House) -> None:
    house.runner.work = for_ever
    run = await house.pending()
    started = await house.manager.start(run.id, confirm=None, corr_id="corr-1")
    assert (started.status, started.queued, started.started_at) == (RunStatus.RUNNING, True, START)
    assert await house.types(run) == ["run.Started"]
    assert (await house.events())[0].corr_id == "corr-1"


async def test_of_many_concurrent_starts_exactly_one_wins(house: House) -> None:
    house.runner.work = for_ever
    run = await house.pending()
    starts = [house.manager.start(run.id, confirm=None, corr_id="c") for _ in range(10)]
    answers = await asyncio.gather(*starts, return_exceptions=True)
    assert sum(isinstance(answer, Run) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 9
    assert await house.types(run) == ["run.Started"]
    assert house.runner.running == 1


@pytest.mark.parametrize("status", [status for status in RunStatus if status is not RunStatus.PENDING])
async def test_start_of_a_run_that_is_not_pending_is_a_conflict(house: House, status: RunStatus) -> None:
    run = await house.pending(status=status)
    with pytest.raises(Conflict):
        await house.manager.start(run.id, confirm=None, corr_id="c")
    assert await house.status(run) is status
    assert await house.events() == []


async def test_unknown_run_is_not_found(house: House) -> None:
    for call in (
        house.manager.start("no", confirm=None, corr_id="c"),
        house.manager.stop("no", flatten=False, corr_id="c"),
        house.manager.clone("no", corr_id="c"),
        house.manager.delete("no", corr_id="c"),
    ):
        with pytest.raises(NotFound, match="'no'"):
            await call


async def test_cancelled_request_to_start_leaves_no_run_without_work(house: House) -> None:
    run = await house.pending()
    request = asyncio.create_task(house.manager.start(run.id, confirm=None, corr_id="c"))
    await asyncio.sleep(0)
    request.cancel()
    await asyncio.wait({request})
    await house.settled()
    assert await house.types(run) == ["run.Started", "run.Completed"]


async def test_start_while_the_database_is_away_leaves_the_run_pending(house: House) -> None:
    run = await house.pending()
    house.database.faults = [AWAY]
    with pytest.raises(Unavailable):
        await house.manager.start(run.id, confirm=None, corr_id="c")
    await house.settled()
    assert await house.status(run) is RunStatus.PENDING
    again = await house.manager.start(run.id, confirm=None, corr_id="c")
    assert again.status is RunStatus.RUNNING


async def test_start_whose_commit_was_lost_but_took_place_becomes_an_error(house: House) -> None:
    run = await house.pending()
    house.database.lost_commits = [AWAY]
    with pytest.raises(Unavailable):
        await house.manager.start(run.id, confirm=None, corr_id="c")
    await house.settled()
    assert await house.types(run) == ["run.Started", "run.Error"]
    assert await house.status(run) is RunStatus.ERROR


async def test_more_runs_than_can_wait_are_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weaver.glados.runs.manager.ACTIVE_MAX", 2)
    house.runner.work = for_ever
    for _ in range(2):
        await house.started()
    with pytest.raises(Unavailable, match="2 runs are running or waiting"):
        await house.started()


async def test_live_run_needs_its_name_to_start(tmp_path: Path) -> None:
    live = FakeRunner(work=for_ever)
    async with house_in(tmp_path, live=live) as house, house.manager:
        run = await house.pending(mode=RunMode.LIVE)
        for confirm in (None, "another", ""):
            with pytest.raises(InputError, match="'a run'"):
                await house.manager.start(run.id, confirm=confirm, corr_id="c")
        assert await house.status(run) is RunStatus.PENDING
        assert (await house.manager.start(run.id, confirm="a run", corr_id="c")).status is RunStatus.RUNNING
    assert live.running == 0


async def test_paper_run_without_a_venue_cannot_be_started(house: House) -> None:
    run = await house.pending(mode=RunMode.PAPER)
    with pytest.raises(Unavailable, match="venue"):
        await house.manager.start(run.id, confirm=None, corr_id="c")
    assert await house.status(run) is RunStatus.PENDING


# Stop


async def test_stopped_run_is_returned_when_its_work_has_ended(house: House) -> None:
    house.runner.work = for_ever
    run = await house.started()
    stopped = await house.manager.stop(run.id, flatten=True, corr_id="corr-2")
    assert (stopped.status, stopped.stopped_at) == (RunStatus.STOPPED, START)
    assert house.runner.running == 0
    assert await house.types(run) == ["run.Started", "run.StopRequested", "run.Stopped"]
    assert [event.corr_id for event in await house.events()][-2:] == ["corr-2", "corr-2"]
    assert (await house.events())[-2].payload["flatten"] is True


@pytest.mark.parametrize("status", [status for status in RunStatus if status is not RunStatus.RUNNING])
async def test_stop_of_a_run_that_does_not_run_is_a_conflict(house: House, status: RunStatus) -> None:
    run = await house.pending(status=status)
    with pytest.raises(Conflict):
        await house.manager.stop(run.id, flatten=False, corr_id="c")
    assert await house.status(run) is status
    assert await house.events() == []


async def test_second_stop_is_a_conflict(house: House) -> None:
    house.runner.work = for_ever
    run = await house.started()
    stops = [house.manager.stop(run.id, flatten=False, corr_id="c") for _ in range(3)]
    answers = await asyncio.gather(*stops, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Conflict", "Run"]
    assert (await house.types(run)).count("run.Stopped") == 1


async def test_stop_of_a_run_that_is_being_ended_asks_for_nothing(house: House) -> None:
    is_over = asyncio.Event()

    async def slow_to_end(run: Run, context: RunContext) -> None:
        try:
            await for_ever(run, context)
        finally:
            await is_over.wait()

    house.runner.work = slow_to_end
    run = await house.started()
    first = asyncio.create_task(house.manager.stop(run.id, flatten=False, corr_id="c"))
    while not (await house.types(run)).count("run.StopRequested"):
        await asyncio.sleep(0)
    for _ in range(5):
        await asyncio.sleep(0)
    with pytest.raises(Conflict, match="being ended already"):
        await house.manager.stop(run.id, flatten=False, corr_id="d")
    is_over.set()
    await first
    assert (await house.types(run))[1:] == ["run.StopRequested", "run.Stopped"]


async def test_cancelled_request_to_stop_still_stops(house: House) -> None:
    house.runner.work = for_ever
    run = await house.started()
    request = asyncio.create_task(house.manager.stop(run.id, flatten=False, corr_id="c"))
    while "run.StopRequested" not in await house.types(run):
        await asyncio.sleep(0)
    for _ in range(3):
        await asyncio.sleep(0)
    request.cancel()
    await asyncio.wait({request})
    await house.settled()
    assert await house.status(run) is RunStatus.STOPPED


async def test_running_run_that_nothing_works_for_can_be_stopped(house: House) -> None:
    run = await house.pending(status=RunStatus.RUNNING)
    assert (await house.manager.stop(run.id, flatten=False, corr_id="c")).status is RunStatus.STOPPED


async def test_stop_while_the_database_is_away_ends_the_work_and_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weaver.glados.runs.manager.STOP_SECONDS", 1.0)

    async def then_away(run: Run, context: RunContext) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            house.database.is_away = AWAY

    house.runner.work = then_away
    run = await house.started()
    with pytest.raises(Unavailable, match="its record follows"):
        await house.manager.stop(run.id, flatten=False, corr_id="c")
    assert (house.runner.running, await house.status(run)) == (0, RunStatus.RUNNING)
    house.database.is_away = None
    await house.settled()
    assert await house.status(run) is RunStatus.STOPPED


# Clone and delete


async def test_clone_has_the_same_settings_and_source_and_nothing_of_the_outcome(house: House) -> None:
    settings = {"strategy_source": "text", "config": {"fast": 3}, "options": {"cash": "5"}}
    outcome = {"status": RunStatus.ERROR, "error": "why", "halted": "no", "started_at": START, "data_hash": "h"}
    run = await house.pending(**settings, **outcome)
    clone = await house.manager.clone(run.id, corr_id="c")
    wanted = await house.pending(**settings)
    assert clone == replace(wanted, id=clone.id, cloned_from=run.id, weaver_version="9.9")
    assert clone.id != run.id
    assert await house.types(clone) == ["run.Created"]
    assert (await house.manager.start(clone.id, confirm=None, corr_id="c")).status is RunStatus.RUNNING


async def test_promoted_run_is_checked_by_the_runner_of_its_new_mode(house: House) -> None:
    run = await house.pending(status=RunStatus.COMPLETED)
    house.runner.refusal = InputError("no such venue")
    with pytest.raises(InputError, match="no such venue"):
        await house.manager.promote(replace(run, name="next"), override=None, corr_id="c")
    assert (house.runner.checked[0].name, await house.types(run)) == ("next", [])
    with pytest.raises(InputError, match="cash"):
        await house.manager.promote(replace(run, options={"cash": "-5"}), override=None, corr_id="c")
    with pytest.raises(Unavailable, match="live"):
        await house.manager.promote(replace(run, mode=RunMode.LIVE), override=None, corr_id="c")
    assert len(await house.all_runs()) == 1


async def test_run_that_is_gone_is_not_promoted(house: House) -> None:
    run = replace(await house.pending(), id="gone")
    with pytest.raises(NotFound, match="gone"):
        await house.manager.promote(run, override=None, corr_id="c")
    assert len(await house.all_runs()) == 1


async def test_deleted_run_leaves_one_event(house: House) -> None:
    run = await house.started()
    await house.settled()
    await house.manager.delete(run.id, corr_id="c")
    assert await house.find(run) is None
    assert await house.types(run) == ["run.Deleted"]


async def test_run_that_has_something_left_is_deleted_only_after_that(house: House) -> None:
    left = house.left_behind
    run = await house.pending(status=RunStatus.STOPPED)
    left.has[run.id] = "holds 10 AAPL"
    with pytest.raises(Conflict, match="still holds 10 AAPL: stop it with flatten"):
        await house.manager.delete(run.id, corr_id="c")
    assert await house.manager.stop(run.id, flatten=True, corr_id="c") == run
    assert left.flattened == [(run.id, "c")]
    with pytest.raises(Conflict, match="only a running run can be stopped"):
        await house.manager.stop(run.id, flatten=True, corr_id="c")
    await house.manager.delete(run.id, corr_id="c")
    assert await house.find(run) is None


async def test_run_that_is_over_is_not_stopped_again_without_flatten(house: House) -> None:
    run = await house.pending(status=RunStatus.STOPPED)
    house.left_behind.has[run.id] = "holds 10 AAPL"
    with pytest.raises(Conflict, match="only a running run can be stopped"):
        await house.manager.stop(run.id, flatten=False, corr_id="c")
    assert house.left_behind.flattened == []


async def test_running_run_cannot_be_deleted(house: House) -> None:
    house.runner.work = for_ever
    run = await house.started()
    with pytest.raises(Conflict):
        await house.manager.delete(run.id, corr_id="c")
    assert await house.status(run) is RunStatus.RUNNING

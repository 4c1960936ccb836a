"""Runs from their creation to their end, on a database with faults and runners that do as they are told."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.glados.runs.fakes import START, FakeRunner, House, at_once, for_ever, house_in
from weaver.glados.runs import active_run
from weaver.glados.runs.backtest_runner import INTERRUPTED
from weaver.glados.runs.runners import RunContext
from weaver.model.errors import Conflict, InputError, NotFound, ReadOnly, RunFailed, StrategyError, Unavailable
from weaver.model.run import Run, RunMode, RunStatus

pytestmark = pytest.mark.anyio
AWAY = Unavailable("the database does not answer")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with house_in(tmp_path) as house:
        async with house.manager:
            yield house
        assert_nothing_left(house)


def own_tasks() -> list[Any]:
    """The tasks that there are beside those of the test framework and the event log."""
    coroutines = [task.get_coro() for task in asyncio.all_tasks()]
    return [one for one in coroutines if not re.search("anyio|weaver.events", one.cr_code.co_filename)]  # type: ignore[union-attr]


def assert_nothing_left(house: House) -> None:
    """No task, no entry, no work; and no run that is running with nothing behind it."""
    assert house.manager.task_count == 0
    assert house.manager.load.running == 0
    assert house.runner.running == 0
    assert own_tasks() == []


# Start


async def test_start_answers_at_once_with_the_running_run(house: House) -> None:
    house.runner.work = for_ever
    run = await house.pending()
    started = await house.manager.start(run.id, confirm=None, corr_id="corr-1")
    assert (started.status, started.queued, started.started_at) == (RunStatus.RUNNING, True, START)
    assert await house.types(run) == ["run.Started"]
    assert (await house.events())[0].corr_id == "corr-1"


async def test_run_is_queued_until_it_has_a_worker(house: House) -> None:
    is_free = asyncio.Event()

    async def queue(run: Run, context: RunContext) -> None:
        await is_free.wait()
        await for_ever(run, context)

    house.runner.work = queue
    run = await house.started()
    assert (house.manager.load.running, house.manager.load.queued, house.manager.load.workers) == (1, 1, 2)
    is_free.set()
    while (await house.kept(run)).queued:
        await asyncio.sleep(0)
    assert await house.status(run) is RunStatus.RUNNING
    assert (house.manager.load.running, house.manager.load.queued) == (1, 0)


async def test_run_that_ends_well_is_completed_with_its_record(house: House) -> None:
    run = await house.started()
    await house.settled()
    done = await house.kept(run)
    assert (done.status, done.data_hash, done.queued, done.completed_at) == (RunStatus.COMPLETED, "abc", False, START)
    assert await house.types(run) == ["run.Started", "run.Completed"]
    assert await house.orders() == [f"{run.id}-1"]


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


# Failure


@pytest.mark.parametrize("error", [StrategyError("x.py line 3, in on_bar: ZeroDivisionError"), RunFailed("why")])
async def test_failing_run_is_an_error_with_its_reason(house: House, error: Exception) -> None:
    async def fail(run: Run, context: RunContext) -> None:
        raise error

    house.runner.work = fail
    run = await house.started()
    await house.settled()
    failed = await house.kept(run)
    assert (failed.status, failed.error, failed.queued) == (RunStatus.ERROR, str(error), False)
    assert await house.types(run) == ["run.Started", "run.Error"]
    assert (await house.events())[-1].payload["error"] == str(error)


async def test_fault_of_our_own_is_an_error_too(house: House) -> None:
    async def fail(run: Run, context: RunContext) -> None:
        raise KeyError("lost")

    house.runner.work = fail
    run = await house.started()
    await house.settled()
    assert (await house.kept(run)).error is not None
    assert "KeyError: 'lost'" in str((await house.kept(run)).error)


async def test_error_that_no_database_would_take_is_made_fit(house: House) -> None:
    async def fail(run: Run, context: RunContext) -> None:
        raise StrategyError("a\x00b \ud800 " + "x" * 1_000_000)

    house.runner.work = fail
    run = await house.started()
    await house.settled()
    error = str((await house.kept(run)).error)
    assert error.startswith("a?b ? xxx")
    assert len(error) == 4_000
    assert (await house.events())[-1].payload["error"] == error


async def test_failed_recording_leaves_an_error_and_no_rows(house: House) -> None:
    house.runner.record_error = InputError("a payload of 70,000 bytes")
    run = await house.started()
    await house.settled()
    assert await house.status(run) is RunStatus.ERROR
    assert "could not be recorded: a payload of 70,000 bytes" in str((await house.kept(run)).error)
    assert await house.orders() == []
    assert await house.types(run) == ["run.Started", "run.Error"]


async def test_outcome_is_recorded_once_the_database_is_back(house: House) -> None:
    async def then_away(run: Run, context: RunContext) -> None:
        house.database.faults = [AWAY] * 8

    house.runner.work = then_away
    run = await house.started()
    await house.settled()
    assert await house.status(run) is RunStatus.COMPLETED
    assert house.clock.waited == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


async def test_record_that_the_database_will_never_take_is_an_error(house: House) -> None:
    house.runner.record_error = Conflict("the database refused a row: FOREIGN KEY constraint failed")
    run = await house.started()
    await house.settled()
    assert "could not be recorded: the database refused a row" in str((await house.kept(run)).error)
    assert house.clock.waited == []


async def test_run_that_breaks_off_is_an_error_with_what_it_had_done(house: House) -> None:
    house.runner.failure = "a.py line 3: no"
    run = await house.started()
    await house.settled()
    assert (await house.status(run), (await house.kept(run)).error) == (RunStatus.ERROR, "a.py line 3: no")
    assert await house.orders() == [f"{run.id}-1"]
    assert await house.types(run) == ["run.Started", "run.Error"]


async def test_run_that_breaks_off_is_an_error_even_where_its_way_cannot_be_recorded(house: House) -> None:
    house.runner.failure, house.runner.record_error = "a.py line 3: no", InputError("a payload of 70,000 bytes")
    run = await house.started()
    await house.settled()
    told = "a.py line 3: no (what it had done before could not be recorded: a payload of 70,000 bytes)"
    assert (await house.status(run), (await house.kept(run)).error) == (RunStatus.ERROR, told)
    assert await house.orders() == []


async def test_run_that_breaks_off_is_recorded_once_the_database_is_back(house: House) -> None:
    async def then_away(run: Run, context: RunContext) -> None:
        house.database.faults = [AWAY] * 3

    house.runner.work, house.runner.failure = then_away, "no"
    run = await house.started()
    await house.settled()
    assert await house.status(run) is RunStatus.ERROR
    assert len(await house.orders()) == 1
    assert house.clock.waited == [0.1, 0.2, 0.4]


@pytest.mark.parametrize("fault", [AWAY, ReadOnly("another server owns it")])
async def test_work_begins_only_when_the_database_has_been_told(house: House, fault: Exception) -> None:
    begun: list[int] = []

    async def work(run: Run, context: RunContext) -> None:
        house.database.faults = [fault] * 3
        await context.has_worker()
        begun.append(len(house.database.faults))

    house.runner.work = work
    run = await house.started()
    await house.settled()
    assert begun == [0]
    assert await house.status(run) is RunStatus.COMPLETED
    assert house.clock.waited == [0.1, 0.2, 0.4]


async def test_record_whose_commit_was_lost_but_took_place_is_not_written_twice(house: House) -> None:
    async def then_lost(run: Run, context: RunContext) -> None:
        house.database.lost_commits = [AWAY]

    house.runner.work = then_lost
    run = await house.started()
    await house.settled()
    assert await house.types(run) == ["run.Started", "run.Completed"]
    assert len(await house.orders()) == 1


@pytest.mark.parametrize("fault", [AWAY, ReadOnly("read-only"), Conflict("odd"), KeyError("a bug")])
async def test_error_is_written_again_and_again_until_the_database_takes_it(house: House, fault: Exception) -> None:
    async def fail(run: Run, context: RunContext) -> None:
        house.database.faults = [fault] * 3
        raise RunFailed("why")

    house.runner.work = fail
    run = await house.started()
    await house.settled()
    assert (await house.kept(run)).error == "why"
    assert len(house.clock.waited) == 3


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


async def test_run_that_completes_while_it_is_stopped_stays_completed(house: House) -> None:
    release = asyncio.Event()

    async def stubborn(run: Run, context: RunContext) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await release.wait()  # the last step had been taken already

    house.runner.work = stubborn
    run = await house.started()
    stop = asyncio.create_task(house.manager.stop(run.id, flatten=False, corr_id="c"))
    for _ in range(20):
        await asyncio.sleep(0)
    release.set()
    with pytest.raises(Conflict, match="completed"):
        await stop
    assert await house.status(run) is RunStatus.COMPLETED
    assert (await house.types(run))[-1] == "run.Completed"


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


async def test_work_that_ignores_its_cancellation_does_not_hold_up_the_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(active_run, "PATIENCE_SECONDS", 0.01)
    release = asyncio.Event()

    async def deaf(run: Run, context: RunContext) -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    async with house_in(tmp_path) as house:
        house.runner.work = deaf
        async with house.manager:
            run = await house.started()
            assert (await house.manager.stop(run.id, flatten=False, corr_id="c")).status is RunStatus.STOPPED
            release.set()
        while house.runner.running:
            await asyncio.sleep(0)
        assert await house.status(run) is RunStatus.STOPPED
        assert await house.orders() == []


async def test_running_run_that_nothing_works_for_can_be_stopped(house: House) -> None:
    run = await house.pending(status=RunStatus.RUNNING)
    assert (await house.manager.stop(run.id, flatten=False, corr_id="c")).status is RunStatus.STOPPED


async def test_stop_while_the_database_is_away_ends_the_work_and_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weaver.glados.runs.manager.STOP_SECONDS", 0.05)

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


async def test_deleted_run_leaves_one_event(house: House) -> None:
    run = await house.started()
    await house.settled()
    await house.manager.delete(run.id, corr_id="c")
    assert await house.find(run) is None
    assert await house.types(run) == ["run.Deleted"]


async def test_running_run_cannot_be_deleted(house: House) -> None:
    house.runner.work = for_ever
    run = await house.started()
    with pytest.raises(Conflict):
        await house.manager.delete(run.id, corr_id="c")
    assert await house.status(run) is RunStatus.RUNNING


# Progress


async def test_progress_is_told_four_times_a_second_and_never_goes_back(house: House) -> None:
    async def busy(run: Run, context: RunContext) -> None:
        for fraction in (0.0, 0.3, 0.2, 0.5, 0.4, 0.6, 2.0, 0.9):
            await context.progress("Backtest", fraction)
            house.clock.advance(0.125)

    house.runner.work = busy
    await house.started()
    await house.settled()
    told = [event.payload["fraction"] for event in await house.events() if event.type == "run.Progress"]
    assert told == [0.0, 0.3, 0.5, 1.0]


async def test_progress_that_cannot_be_told_does_not_fail_the_run(house: House) -> None:
    async def busy(run: Run, context: RunContext) -> None:
        house.database.faults = [AWAY]
        await context.progress("Backtest", 0.5)

    house.runner.work = busy
    run = await house.started()
    await house.settled()
    assert "run.Progress" not in [event.type for event in await house.events(run)]
    assert await house.status(run) is RunStatus.COMPLETED


# The server's beginning and end


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

"""One run from its start to its end: whatever its work does, and whatever the database, its record says so."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.glados.runs.fakes import (
    AWAY,
    START,
    House,
    for_ever,
    house_in,
)
from weaver.events.factory import EventFactory
from weaver.glados.runs import active_run
from weaver.glados.runs.active_run import ActiveRun
from weaver.glados.runs.runners import Ended, EndRequest, Failure, RunContext, Stop, Stopped, Suspend, Suspended
from weaver.glados.runs.transitions import RunStates
from weaver.model.errors import Conflict, InputError, ReadOnly, RunFailed, StrategyError
from weaver.model.run import Run, RunStatus

pytestmark = pytest.mark.anyio


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


# Used alone, with a runner whose answers are a test's


@dataclass
class Scripted:
    """A runner that does `work`, and has so many seconds to end it."""

    work: Callable[[ActiveRun], Awaitable[Ended]]
    grace_seconds: float = 0.0

    async def check(self, run: Run) -> None:
        raise AssertionError(f"nobody has run {run.id} checked once it is active")

    async def run(self, run: Run, context: RunContext) -> Ended:
        assert isinstance(context, ActiveRun)
        assert context.run_id == run.id
        return await self.work(context)

    def cut_off(self, stop: Stop) -> Stopped:
        return Stopped(reason=f"{stop.reason}, and cut off")

    def interrupted(self) -> Failure:
        return Failure(error="interrupted")


STOP = Stop(reason="enough", flatten=False, corr_id="corr-stop")


def active_of(house: House, run: Run, runner: Scripted) -> ActiveRun:
    events = EventFactory(producer="test", now=house.clock.now, new_id=house.clock.new_id)
    return ActiveRun(
        run.id, runner_of=lambda _: runner, corr_id="corr-start", is_resumed=False, now=house.clock.now, hanging=set(),
        states=RunStates(database=house.database, events=events, wait=house.clock.wait),
    )  # fmt: skip


async def seen_through(house: House, runner: Scripted, act: Callable[[ActiveRun], object]) -> tuple[Run, list[str]]:
    """A running run whose work is under way when `act` happens: as it is kept in the end, and who caused its events."""
    run = await house.pending(status=RunStatus.RUNNING)
    active, is_begun = active_of(house, run, runner), asyncio.Event()
    work = runner.work

    async def begun(context: ActiveRun) -> Ended:
        is_begun.set()
        return await work(context)

    async def begin() -> Run:
        return run

    runner.work = begun
    supervising = asyncio.create_task(active.supervise(begin))
    await is_begun.wait()
    act(active)
    await supervising
    assert not active.is_working
    return await house.kept(run), [event.corr_id for event in await house.events(run)]


async def never_ends(_active: ActiveRun) -> Ended:
    await asyncio.Event().wait()
    raise AssertionError


async def ends_when_asked(active: ActiveRun) -> Ended:
    request = await active.asked_to_end()
    return Suspended() if isinstance(request, Suspend) else Stopped(reason="put down")


async def test_work_without_grace_is_cut_off_at_a_stop(house: House) -> None:
    run, causes = await seen_through(house, Scripted(ends_when_asked), lambda active: active.ask_to_end(STOP))
    assert (run.status, causes) == (RunStatus.STOPPED, ["corr-stop"])
    assert (await house.events(run))[-1].payload["reason"] == "enough, and cut off"


async def test_work_that_ends_within_its_grace_says_itself_how(house: House) -> None:
    runner = Scripted(ends_when_asked, grace_seconds=30)
    run, causes = await seen_through(house, runner, lambda active: active.ask_to_end(STOP))
    assert (run.status, causes) == (RunStatus.STOPPED, ["corr-stop"])
    assert (await house.events(run))[-1].payload["reason"] == "put down"


async def test_grace_has_an_end(house: House) -> None:
    runner = Scripted(never_ends, grace_seconds=0.02)
    run, _ = await seen_through(house, runner, lambda active: active.ask_to_end(STOP))
    assert (await house.events(run))[-1].payload["reason"] == "enough, and cut off"


@pytest.mark.parametrize("request_", [STOP, Suspend()])
async def test_server_that_cannot_wait_ends_the_grace_with_the_runners_answer(
    house: House, request_: EndRequest
) -> None:
    def asked_and_interrupted(active: ActiveRun) -> None:
        assert active.ask_to_end(request_)
        active.interrupt()
        active.interrupt()  # once more changes nothing

    run, _ = await seen_through(house, Scripted(never_ends, grace_seconds=30), asked_and_interrupted)
    assert (run.status, run.error) == (RunStatus.ERROR, "interrupted")


async def test_suspended_work_leaves_its_record_as_it_is(house: House) -> None:
    runner = Scripted(ends_when_asked, grace_seconds=30)
    run, causes = await seen_through(house, runner, lambda active: active.ask_to_end(Suspend()))
    assert (run.status, causes) == (RunStatus.RUNNING, [])


async def test_first_request_to_end_is_the_one_that_counts(house: House) -> None:
    def asked_twice(active: ActiveRun) -> None:
        assert not active.is_ending
        assert active.ask_to_end(STOP)
        assert not active.ask_to_end(Suspend())
        assert active.is_ending

    run, _ = await seen_through(house, Scripted(ends_when_asked, grace_seconds=30), asked_twice)
    assert run.status is RunStatus.STOPPED


async def test_work_that_cancels_itself_is_an_error(house: House) -> None:
    async def gives_up(_active: ActiveRun) -> Ended:
        raise asyncio.CancelledError

    run, causes = await seen_through(house, Scripted(gives_up), lambda _: None)
    assert (run.status, run.error, causes) == (RunStatus.ERROR, "the run's work was cancelled", ["corr-start"])


async def test_start_that_fails_is_raised_where_it_was_asked_for_and_nothing_is_worked_on(house: House) -> None:
    async def begin() -> Run:
        raise Conflict("it runs already")

    run = await house.pending()
    active = active_of(house, run, Scripted(never_ends))
    await active.supervise(begin)
    with pytest.raises(Conflict, match="it runs already"):
        await active.started
    assert (await house.status(run), await house.events(run)) == (RunStatus.PENDING, [])

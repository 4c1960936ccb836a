"""What a stop, the server's end and its next start mean for a run that trades: its runner's answer, kept in its record.

A "server" here is a run manager on a database that outlives it.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.unit.glados.runs.fakes import House, for_ever, house_in
from tests.unit.glados.runs.live import LiveRunner, Pause, Venue, cannot_resume, no_pause
from weaver.glados.runs import manager, supervisor
from weaver.glados.runs.backtest_runner import INTERRUPTED
from weaver.glados.runs.manager import RunManager
from weaver.glados.runs.runners import Ended, RunContext, Suspended
from weaver.model.errors import Conflict, Unavailable
from weaver.model.run import Run, RunMode, RunStatus

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Scene:
    """A database and a venue, and one server after the other."""

    house: House
    venue: Venue = field(default_factory=Venue)

    def runner(self, pause: Pause = no_pause, **given: float) -> LiveRunner:
        return LiveRunner(self.house.database, self.venue, pause, **given)  # type: ignore[arg-type]

    def server(self, live: LiveRunner | None) -> RunManager:
        """A server that can run backtests, and live runs if it has a runner for them."""
        return self.house.another_manager({} if live is None else {RunMode.LIVE: live})

    async def started(self, server: RunManager, live: LiveRunner) -> Run:
        """A live run that has sent its orders."""
        run = await self.house.pending(mode=RunMode.LIVE)
        await server.start(run.id, confirm=run.name, corr_id="corr-start")
        await until(live, "trading")
        return run

    async def left_running(self) -> Run:
        """A live run that a server started, and suspended at its end."""
        live = self.runner()
        async with self.server(live) as server:
            return await self.started(server, live)


async def until(live: LiveRunner, place: str) -> None:
    """Return when a runner is there."""
    async with asyncio.timeout(60):
        while place not in live.places:
            await asyncio.sleep(0.001)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with house_in(tmp_path) as house:
        yield Scene(house)


def waits_at(place: str) -> tuple[Pause, asyncio.Event]:
    """A pause at a place, until the event is set."""
    release = asyncio.Event()

    async def pause(at: str) -> None:
        if at == place:
            await release.wait()

    return pause, release


# Stop


@pytest.mark.parametrize(("flatten", "held", "sold"), [(False, 7, 0), (True, 0, 7)])
async def test_stopped_live_run_cancels_its_orders_and_flattens_if_asked(
    scene: Scene, flatten: bool, held: int, sold: int
) -> None:
    scene.venue.held, live = 7, scene.runner()
    async with scene.server(live) as server:
        run = await scene.started(server, live)
        stopped = await server.stop(run.id, flatten=flatten, corr_id="corr-stop")
    assert stopped.status is RunStatus.STOPPED
    assert (scene.venue.working, scene.venue.held) == (set(), held)
    told = (await scene.house.events(run))[-1]
    assert (told.type, told.corr_id) == ("run.Stopped", "corr-stop")
    assert told.payload["reason"] == f"stopped by the operator: cancelled {run.id}-1, sold {sold}"
    assert (f"{run.id}-99" in await scene.house.orders()) is flatten


async def test_stop_that_takes_its_time_is_answered_with_the_running_run_and_goes_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manager, "STOP_SECONDS", 0.05)
    pause, release = waits_at("stop")
    live = scene.runner(pause)
    async with scene.server(live) as server:
        run = await scene.started(server, live)
        assert (await server.stop(run.id, flatten=False, corr_id="c")).status is RunStatus.RUNNING
        with pytest.raises(Conflict, match="being ended already"):
            await server.stop(run.id, flatten=False, corr_id="c")
        release.set()
        while server.task_count:
            await asyncio.sleep(0)
    assert await scene.house.status(run) is RunStatus.STOPPED


async def test_stop_that_is_not_over_in_time_is_an_error_that_says_so(scene: Scene) -> None:
    pause, _ = waits_at("stop")
    live = scene.runner(pause, grace_seconds=0.05)
    async with scene.server(live) as server:
        run = await scene.started(server, live)
        with pytest.raises(Conflict, match="it is error: stopped by the operator, which took too long"):
            await server.stop(run.id, flatten=True, corr_id="c")
    assert await scene.house.status(run) is RunStatus.ERROR


# The server's end and its next start


async def test_servers_end_suspends_live_runs_and_fails_backtests(scene: Scene) -> None:
    live = scene.runner()
    scene.house.runner.work = for_ever
    async with scene.server(live) as server:
        run, backtest = await scene.started(server, live), await scene.house.pending()
        await server.start(backtest.id, confirm=None, corr_id="c")
    assert live.places[-1] == "suspend"
    assert await scene.house.status(run) is RunStatus.RUNNING
    assert await scene.house.types(run) == ["run.Started"]
    assert scene.venue.working == {f"{run.id}-1"}
    assert (await scene.house.kept(backtest)).error == INTERRUPTED


async def test_suspended_run_is_resumed_by_the_next_server_and_doubles_no_order(scene: Scene) -> None:
    run = await scene.left_running()
    again = scene.runner()
    async with scene.server(again) as server:
        assert await server.recover() == [run.id]
        await until(again, "trading")
        assert again.places == ["resume", f"found {run.id}-1", "trading"]
        assert server.load.running == 1
        assert await server.recover() == []
        assert (await server.stop(run.id, flatten=False, corr_id="c")).status is RunStatus.STOPPED
    assert scene.venue.sent == [f"{run.id}-1"]
    types = await scene.house.types(run)
    assert types == ["run.Started", "run.Resumed", "run.StopRequested", "run.Stopped"]


@pytest.mark.parametrize(("place", "sent"), [("written", 0), ("sent", 1)])
async def test_run_whose_server_ends_between_two_steps_is_resumed_there(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, place: str, sent: int
) -> None:
    pause, _ = waits_at(place)
    live = scene.runner(pause)
    async with scene.server(live) as server:
        run = await scene.house.pending(mode=RunMode.LIVE)
        await server.start(run.id, confirm=run.name, corr_id="c")
        await until(live, place)
    assert await scene.house.status(run) is RunStatus.RUNNING
    again = scene.runner()
    async with scene.server(again) as server:
        await server.recover()
        await until(again, "trading")
    assert scene.venue.sent == [f"{run.id}-1"][:sent]  # no entry is sent late, and none twice


async def test_run_that_cannot_be_put_down_in_time_is_cut_off_and_resumed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "SUSPEND_SECONDS", 0.05)
    pause, _ = waits_at("suspend")
    live = scene.runner(pause)
    async with scene.server(live) as server:
        run = await scene.started(server, live)
    assert await scene.house.status(run) is RunStatus.RUNNING
    again = scene.runner()
    async with scene.server(again) as server:
        assert await server.recover() == [run.id]
        await until(again, "trading")


async def test_error_of_work_that_is_cut_off_does_not_end_its_run(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "SUSPEND_SECONDS", 0.05)

    async def fails_when_cut_off(place: str) -> None:
        if place == "suspend":
            try:
                await asyncio.Event().wait()
            finally:
                raise OSError("the connection is gone")

    live = scene.runner(fails_when_cut_off)
    async with scene.server(live) as server:
        run = await scene.started(server, live)
    assert await scene.house.status(run) is RunStatus.RUNNING


@pytest.mark.parametrize("flatten", [False, True])
async def test_stop_that_the_servers_end_cut_short_is_asked_for_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, flatten: bool
) -> None:
    monkeypatch.setattr(supervisor, "SUSPEND_SECONDS", 0.05)
    scene.venue.held = 7
    pause, _ = waits_at("stop")
    live = scene.runner(pause)
    async with scene.server(live) as server:
        run = await scene.started(server, live)
        request = asyncio.create_task(server.stop(run.id, flatten=flatten, corr_id="corr-stop"))
        await until(live, "stop")
    await asyncio.wait({request})
    assert await scene.house.status(run) is RunStatus.RUNNING
    again = scene.runner()
    async with scene.server(again) as server:
        await server.recover()
        while server.task_count:
            await asyncio.sleep(0)
    assert await scene.house.status(run) is RunStatus.STOPPED
    assert (scene.venue.working, scene.venue.held) == (set(), 0 if flatten else 7)
    assert (await scene.house.events(run))[-1].corr_id == "corr-stop"


async def test_run_that_cannot_be_resumed_is_an_error_with_the_reason(scene: Scene) -> None:
    run = await scene.left_running()
    async with scene.server(scene.runner(cannot_resume)) as server:
        await server.recover()
        while server.task_count:
            await asyncio.sleep(0)
    assert (await scene.house.kept(run)).error == "its recorded inputs lead to other decisions than they did"
    assert await scene.house.types(run) == ["run.Started", "run.Error"]


async def test_run_that_lets_go_by_itself_is_resumed_when_its_server_recovers(scene: Scene) -> None:
    """As one does whose server lost the database to another."""
    has_let_go = asyncio.Event()

    class LetsGo(LiveRunner):
        async def run(self, run: Run, context: RunContext) -> Ended:
            if context.is_resumed:
                return await super().run(run, context)
            has_let_go.set()
            return Suspended()

    live = LetsGo(scene.house.database, scene.venue)
    async with scene.server(live) as server:
        run = await scene.house.pending(mode=RunMode.LIVE)
        await server.start(run.id, confirm=run.name, corr_id="c")
        await has_let_go.wait()
        while server.task_count:
            await asyncio.sleep(0)
        assert await server.recover() == [run.id]
        await until(live, "trading")
    assert await scene.house.types(run) == ["run.Started", "run.Resumed"]


async def test_run_that_nothing_works_for_is_stopped_by_its_runner(scene: Scene) -> None:
    run = await scene.left_running()
    async with scene.server(scene.runner()) as server:  # that has not recovered yet
        assert (await server.stop(run.id, flatten=False, corr_id="c")).status is RunStatus.STOPPED
    assert scene.venue.working == set()


async def test_resumption_waits_for_the_database(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await scene.left_running()
    again = scene.runner()
    async with scene.server(again) as server:
        recovering = asyncio.create_task(server.recover())
        while not server.task_count:
            await asyncio.sleep(0)
        scene.house.database.is_away = Unavailable("the database does not answer")
        await recovering
        for _ in range(100):
            await asyncio.sleep(0)
        scene.house.database.is_away = None
        await until(again, "trading")
    assert await scene.house.types(run) == ["run.Started", "run.Resumed"]


# A server without a runner for the mode


async def test_run_of_a_mode_without_a_runner_is_halted_until_there_is_one(scene: Scene) -> None:
    run = await scene.left_running()
    for _ in range(2):
        async with scene.server(None) as server:
            assert await server.recover() == [run.id]
            assert await server.recover() == [run.id]
    halted = await scene.house.kept(run)
    assert halted.status is RunStatus.RUNNING
    assert halted.halted == "a live run needs a venue, and there is none: only backtests can be run"
    again = scene.runner()
    async with scene.server(again) as server:
        await server.recover()
        await until(again, "trading")
    assert (await scene.house.kept(run)).halted is None
    assert await scene.house.types(run) == ["run.Started", "run.Halted", "run.Resumed"]


async def test_halted_run_without_a_runner_can_be_stopped_and_says_what_was_not_done(scene: Scene) -> None:
    run = await scene.left_running()
    async with scene.server(None) as server:
        await server.recover()
        stopped = await server.stop(run.id, flatten=True, corr_id="c")
    assert (stopped.status, stopped.halted) == (RunStatus.STOPPED, None)
    reason = (await scene.house.events(run))[-1].payload["reason"]
    assert reason.startswith("stopped by the operator; a live run needs a venue, and there is none")


# Halts


async def test_halt_and_its_end_stand_in_the_record_and_are_told_once(scene: Scene) -> None:
    seen: list[str | None] = []

    async def work(run: Run, context: RunContext) -> None:
        await context.halted("daily loss of 6 % is over the limit of 5 %")
        await context.halted("daily loss of 6 % is over the limit of 5 %")
        seen.append((await scene.house.kept(run)).halted)
        await context.resumed()
        seen.append((await scene.house.kept(run)).halted)
        await context.halted("the kill switch is on")

    scene.house.runner.work = work
    async with scene.house.manager as server:
        run = await scene.house.pending()
        await server.start(run.id, confirm=None, corr_id="c")
        await scene.house.settled()
    assert seen == ["daily loss of 6 % is over the limit of 5 %", None]
    assert (await scene.house.kept(run)).halted is None  # it has ended
    types = await scene.house.types(run)
    assert types == ["run.Started", "run.Halted", "run.Resumed", "run.Halted", "run.Completed"]


async def test_halt_waits_until_the_database_takes_it(scene: Scene) -> None:
    async def work(run: Run, context: RunContext) -> None:
        scene.house.database.faults = [Unavailable("away")] * 2
        await context.halted("the kill switch is on")

    scene.house.runner.work = work
    async with scene.house.manager as server:
        run = await scene.house.pending()
        await server.start(run.id, confirm=None, corr_id="c")
        await scene.house.settled()
    assert await scene.house.types(run) == ["run.Started", "run.Halted", "run.Completed"]
    assert scene.house.clock.waited == [0.1, 0.2]

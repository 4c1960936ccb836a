"""All that works for runs in this server: a task for each, which is begun, resumed, suspended and ended here."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import Any

import structlog

from weaver.events.factory import EventFactory
from weaver.events.filter import EventFilter
from weaver.events.log.ports import EventReader
from weaver.events.payloads import RunStopRequested
from weaver.glados.runs.active_run import NOT_NOW, ActiveRun
from weaver.glados.runs.runners import Failure, Runner, Stop, Suspend, Suspended
from weaver.glados.runs.transitions import RunStates
from weaver.model.errors import Conflict, Unavailable
from weaver.model.run import Run, RunMode, RunStatus

SUSPEND_SECONDS, RECORD_SECONDS = 2.5, 1.5
"""At the server's end: how long runs may take to put down what they hold, and their records to be written."""
STOP_REASON = "stopped by the operator"
_log = structlog.get_logger(__name__)


class Supervisor:
    """To be entered (`async with`) before runs are begun; leaving it ends or suspends them.

    Every running run of this server has exactly one task here, and one entry; both are gone when its record says how it
    ended, which is written again and again until the database takes it.
    """

    def __init__(
        self, *, runners: Mapping[RunMode, Runner], states: RunStates, events: EventFactory, log: EventReader
    ) -> None:
        """runners: those of the modes that can be run."""
        self._runners, self._states, self._events, self._log = runners, states, events, log
        self._active: dict[str, ActiveRun] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._removals: set[asyncio.Task[None]] = set()
        self._hanging: set[asyncio.Task[Any]] = set()
        """Work of runs that are over, and that has not ended though it was told to."""
        self._stack = AsyncExitStack()
        self._group: asyncio.TaskGroup | None = None
        self.is_closing = False

    async def __aenter__(self) -> "Supervisor":
        self._group = await self._stack.enter_async_context(asyncio.TaskGroup())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shutdown()
        await self._stack.aclose()  # what went wrong in the block is the block's own, and leaves it as it is

    @property
    def active(self) -> Mapping[str, ActiveRun]:
        """The runs that something works for, by their ids."""
        return self._active

    @property
    def task_count(self) -> int:
        """How many tasks work for runs: as many as there are running ones."""
        return len(self._tasks)

    def runner(self, mode: RunMode) -> Runner:
        """Who carries runs of a mode out. Raises Unavailable where nobody does."""
        runner = self._runners.get(mode)
        if runner is None:
            raise Unavailable(no_runner(mode))
        return runner

    def has_runner(self, mode: RunMode) -> bool:
        """Whether runs of a mode can be carried out."""
        return mode in self._runners

    # Its beginning

    def start(self, run_id: str, *, may_start: Callable[[Run], None], corr_id: str) -> ActiveRun:
        """Have a pending run started; its `started` says whether it was."""
        active = self._new(run_id, corr_id, is_resumed=False)
        self._begin(active, partial(self._states.started, run_id, may_start=may_start, corr_id=corr_id))
        return active

    def resume(self, run: Run, *, corr_id: str) -> ActiveRun | None:
        """Have a run go on that an earlier server left running. None: those of its mode do not."""
        if not self.has_runner(run.mode) or not isinstance(self.runner(run.mode).interrupted(), Suspended):
            return None
        active = self._new(run.id, corr_id, is_resumed=True)
        self._begin(active, lambda: self._states.insist(lambda: self._left_running(active), on=NOT_NOW))
        return active

    async def recover(self, run: Run) -> bool:
        """Have a run go on that an earlier server left running, or write down what became of it: its runner's answer.
        Without one it is halted until there is one. False: something works for it."""
        if run.id in self._active or self.is_closing:
            return False
        corr_id = self._events.new_id()
        if not self.has_runner(run.mode):
            await self._states.halted(run.id, no_runner(run.mode), corr_id=corr_id)
            return True
        match self.runner(run.mode).interrupted():
            case Failure(error=error, record=record):
                await self._states.failed(run.id, error, corr_id=corr_id, record=record)
            case Suspended():
                self.resume(run, corr_id=corr_id)
        return True

    def remove(self, run_id: str) -> "asyncio.Task[None]":
        """Remove what is withheld of a run's record, beside everything else."""
        assert self._group is not None, "the supervisor is to be entered first"
        task = self._group.create_task(self._removed(run_id))
        self._removals.add(task)
        task.add_done_callback(self._removals.discard)
        return task

    # Its end

    async def shutdown(self) -> None:
        """Suspend or end all runs, within five seconds; no run is started any more. What its runner cannot put down in
        time is left to the next start, like the records that the database does not take."""
        self.is_closing = True
        for active in self._active.values():
            active.ask_to_end(Suspend())
        await self._ended(within=SUSPEND_SECONDS)
        for active in self._active.values():
            active.interrupt()
        await self._ended(within=RECORD_SECONDS)
        for task in (*self._hanging, *self._tasks, *self._removals):
            task.cancel()

    async def _ended(self, *, within: float) -> None:
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=within)

    # Parts

    def _new(self, run_id: str, corr_id: str, *, is_resumed: bool) -> ActiveRun:
        return ActiveRun(
            run_id,
            runner_of=lambda run: self.runner(run.mode),
            corr_id=corr_id,
            is_resumed=is_resumed,
            states=self._states,
            now=self._events.now,
            hanging=self._hanging,
        )

    def _begin(self, active: ActiveRun, begin: Callable[[], Awaitable[Run]]) -> None:
        if self._group is None or self.is_closing:
            raise Unavailable("the server is not taking runs: it is starting up or shutting down")
        self._active[active.run_id] = active
        task = self._group.create_task(self._supervised(active, begin))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _supervised(self, active: ActiveRun, begin: Callable[[], Awaitable[Run]]) -> None:
        try:
            await active.supervise(begin)
        except Exception as error:  # noqa: BLE001 - a fault here must not end the other runs with it
            _log.error("run_not_supervised", run_id=active.run_id, exc_info=error)
        finally:
            del self._active[active.run_id]
            active.over.set()

    async def _left_running(self, active: ActiveRun) -> Run:
        """A run that is to be resumed; it is asked again to stop where it had been and the server ended first."""
        run = await self._states.find(active.run_id)
        if run.status is not RunStatus.RUNNING:
            raise Conflict(f"run {run.name!r} is {run.status} by now")
        wanted = EventFilter(run_id=run.id, types=(RunStopRequested.type,))
        for event in (await self._log.read(wanted))[-1:]:
            asked = RunStopRequested.model_validate(event.payload)
            active.ask_to_end(Stop(reason=STOP_REASON, flatten=asked.flatten, corr_id=event.corr_id))
        return run

    async def _removed(self, run_id: str) -> None:
        try:
            await self._states.insist(lambda: self._states.remove(run_id), on=NOT_NOW)
        except Exception as error:  # noqa: BLE001 - a fault here must not end the runs with it
            _log.error("record_not_removed", run_id=run_id, exc_info=error)


def no_runner(mode: RunMode) -> str:
    """Why runs of a mode cannot be carried out."""
    return f"a {mode} run needs a venue, and there is none: only backtests can be run"

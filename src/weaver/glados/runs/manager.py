"""Creates, starts, stops, clones and deletes runs, and owns everything that works for them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from itertools import count
from types import TracebackType
from typing import Any, Protocol

import structlog

from weaver.events.factory import EventFactory
from weaver.events.filter import EventFilter
from weaver.events.log.ports import EventReader
from weaver.events.payloads import RunCreated, RunStopRequested
from weaver.glados.ports import Database, NewId, Now, Query
from weaver.glados.runs.active_run import NOT_NOW, ActiveRun, seen
from weaver.glados.runs.port import Load, NewRun
from weaver.glados.runs.request import RunRequests
from weaver.glados.runs.runners import Failure, Runner, Stop, Suspend, Suspended
from weaver.glados.runs.transitions import RunStates, Wait, known
from weaver.glados.threads import Threads
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.model.errors import Conflict, InputError, Unavailable
from weaver.model.run import Run, RunMode, RunStatus
from weaver.walle.bars.store import ParquetBarStore

ACTIVE_MAX = 1_000
"""Runs that are running or wait for a worker; another start is refused."""
STOP_SECONDS = 10.0
"""How long a stop waits for the run's end; then it says what it still waits for."""
REMOVE_SECONDS = 10.0
"""How long a deletion waits until the run's rows are gone; for everybody the run itself is gone before."""
SUSPEND_SECONDS, RECORD_SECONDS = 2.5, 1.5
"""At the server's end: how long runs may take to put down what they hold, and their records to be written."""
STOP_REASON = "stopped by the operator"
_FOUND_AT_ONCE = 500
_log = structlog.get_logger(__name__)


class Workers(Protocol):
    """Whoever works on backtests, as far as the manager tells of them."""

    @property
    def workers(self) -> int:
        """How many backtests can be worked on at the same time."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether a backtest could be worked on, as far as is known."""
        ...


class RunManager:
    """See `port.RunManager`. To be entered (`async with`) before runs are started; leaving it ends or suspends them.

    Every running run of this server has exactly one task here, and one entry; both are gone when its record says how it
    ended, which is written again and again until the database takes it.
    """

    def __init__(
        self,
        *,
        database: Database,
        log: EventReader,
        runners: Mapping[RunMode, Runner],
        workers: Workers,
        catalogue: Catalogue,
        bars: ParquetBarStore,
        threads: Threads,
        now: Now,
        new_id: NewId,
        wait: Wait,
        version: str,
    ) -> None:
        """runners: those of the modes that can be run."""
        self._database, self._log, self._runners, self._workers = database, log, runners, workers
        self._events = EventFactory(producer="run_manager", now=now, new_id=new_id)
        self._requests = RunRequests(catalogue=catalogue, bars=bars, now=now, new_id=new_id, version=version)
        self._states = RunStates(database=database, events=self._events, wait=wait)
        self._threads, self._version = threads, version
        self._active: dict[str, ActiveRun] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping: set[asyncio.Task[Run]] = set()
        self._removals: set[asyncio.Task[None]] = set()
        self._hanging: set[asyncio.Task[Any]] = set()
        """Work of runs that are over, and that has not ended though it was told to."""
        self._stack = AsyncExitStack()
        self._group: asyncio.TaskGroup | None = None
        self._is_closing = False

    async def __aenter__(self) -> "RunManager":
        self._group = await self._stack.enter_async_context(asyncio.TaskGroup())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shutdown()
        await self._stack.aclose()  # what went wrong in the block is the block's own, and leaves it as it is

    # What can be asked of it

    async def create(self, new: NewRun, *, corr_id: str) -> Run:
        """See the port."""
        runner = self._runner(new.mode)
        run = await self._threads.do(self._requests.run_of, new)
        await runner.check(run)
        return await self._add(run, corr_id)

    async def clone(self, run_id: str, *, corr_id: str) -> Run:
        """See the port."""
        run = await self._states.find(run_id)
        self._runner(run.mode)
        return await self._add(self._copy(run), corr_id)

    async def start(self, run_id: str, *, confirm: str | None, corr_id: str) -> Run:
        """See the port."""
        if run_id in self._active:
            raise Conflict("the run is running, or being started")
        if len(self._active) >= ACTIVE_MAX:
            raise Unavailable(f"{ACTIVE_MAX:,} runs are running or waiting already: start this one later")
        active = self._new_active(run_id, corr_id, is_resumed=False)
        may_start = partial(self._check_start, confirm)
        self._begin(active, partial(self._states.started, run_id, may_start=may_start, corr_id=corr_id))
        return await asyncio.shield(active.started)

    async def stop(self, run_id: str, *, flatten: bool, corr_id: str) -> Run:
        """See the port. A run that goes to its end just then is completed: Conflict. It is stopped also where whoever
        asked does not wait for it."""
        active = self._active.get(run_id)
        if active is not None and active.is_ending:
            raise Conflict("the run is being ended already")
        stop = Stop(reason=STOP_REASON, flatten=flatten, corr_id=corr_id)
        stopping = asyncio.create_task(self._stop(run_id, stop))
        self._stopping.add(stopping)
        stopping.add_done_callback(self._stopping.discard)
        stopping.add_done_callback(seen)
        return await asyncio.shield(stopping)

    async def _stop(self, run_id: str, stop: Stop) -> Run:
        run = await self._ask_to_stop(run_id, stop)
        active = self._active.get(run_id)
        if active is None and self._can_resume(run):  # only its runner can end what it left behind
            active = self._resume(run_id, stop.corr_id)
        if active is None:
            reason = stop.reason if run.mode in self._runners else f"{stop.reason}; {_no_runner(run.mode)}"
            await self._states.stopped(run_id, reason, corr_id=stop.corr_id)
        elif not active.ask_to_end(stop):
            raise Conflict("the run is being ended already")
        elif not await self._is_over(active):
            return await self._states.find(run_id)
        run = await self._states.find(run_id)
        if run.status is not RunStatus.STOPPED:
            why = "" if run.error is None else f": {run.error}"
            raise Conflict(f"run {run.name!r} could not be stopped any more: it is {run.status}{why}")
        return run

    async def delete(self, run_id: str, *, corr_id: str) -> None:
        """See the port."""
        if run_id in self._active:
            raise Conflict("the run is running, or being started: stop it first")
        await self._states.deleted(run_id, corr_id=corr_id)
        await asyncio.wait({self._remove(run_id)}, timeout=REMOVE_SECONDS)

    @property
    def load(self) -> Load:
        """See the port."""
        return Load(
            running=len(self._active),
            queued=sum(active.is_queued for active in self._active.values()),
            workers=self._workers.workers,
            is_ready=self._workers.is_ready and not self._is_closing,
        )

    @property
    def task_count(self) -> int:
        """How many tasks work for runs: as many as there are running ones."""
        return len(self._tasks)

    # The server's own beginning and end

    async def recover(self) -> list[str]:
        """When this server has become the owner: have runs that another one left running resumed, or mark them as
        failed, as their runners say. Those of a mode that has no runner here are halted until it has one. Returns their
        ids. Pending ones stay. What was left of records that are withheld begins to be removed."""
        left_behind: list[Run] = []
        async with self._database.transaction() as transaction:
            for page in count(1):
                query = Query(filters={"status": [RunStatus.RUNNING]}, sort="id", page=page, page_size=_FOUND_AT_ONCE)
                found = (await transaction.runs.list(query)).items
                left_behind += found
                if len(found) < _FOUND_AT_ONCE:
                    break
        recovered = [run.id for run in left_behind if await self._recover(run)]
        for run_id in await self._states.withheld():
            self._remove(run_id)
        return recovered

    async def _recover(self, run: Run) -> bool:
        if run.id in self._active or self._is_closing:
            return False
        corr_id, runner = self._events.new_id(), self._runners.get(run.mode)
        if runner is None:
            await self._states.halted(run.id, _no_runner(run.mode), corr_id=corr_id)
            return True
        match runner.interrupted():
            case Failure(error=error, record=record):
                await self._states.failed(run.id, error, corr_id=corr_id, record=record)
            case Suspended():
                self._resume(run.id, corr_id)
        return True

    async def shutdown(self) -> None:
        """Suspend or end all runs, within five seconds; no run is started any more. What its runner cannot put down in
        time is left to the next start, like the records that the database does not take."""
        self._is_closing = True
        for active in self._active.values():
            active.ask_to_end(Suspend())
        await self._ended(within=SUSPEND_SECONDS)
        for active in self._active.values():
            active.interrupt()
        await self._ended(within=RECORD_SECONDS)
        for work in self._hanging:
            work.cancel()
        for task in (*self._tasks, *self._stopping, *self._removals):
            task.cancel()

    async def _ended(self, *, within: float) -> None:
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=within)

    # Parts

    def _runner(self, mode: RunMode) -> Runner:
        runner = self._runners.get(mode)
        if runner is None:
            raise Unavailable(_no_runner(mode))
        return runner

    def _can_resume(self, run: Run) -> bool:
        runner = self._runners.get(run.mode)
        return runner is not None and isinstance(runner.interrupted(), Suspended)

    def _new_active(self, run_id: str, corr_id: str, *, is_resumed: bool) -> ActiveRun:
        return ActiveRun(
            run_id,
            runner_of=lambda run: self._runner(run.mode),
            corr_id=corr_id,
            is_resumed=is_resumed,
            states=self._states,
            now=self._events.now,
            hanging=self._hanging,
        )

    def _begin(self, active: ActiveRun, begin: Callable[[], Awaitable[Run]]) -> None:
        if self._group is None or self._is_closing:
            raise Unavailable("the server is not taking runs: it is starting up or shutting down")
        self._active[active.run_id] = active
        task = self._group.create_task(self._supervised(active, begin))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _resume(self, run_id: str, corr_id: str) -> ActiveRun:
        active = self._new_active(run_id, corr_id, is_resumed=True)
        self._begin(active, lambda: self._states.insist(lambda: self._left_running(active), on=NOT_NOW))
        return active

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

    def _check_start(self, confirm: str | None, run: Run) -> None:
        self._runner(run.mode)
        if run.mode is RunMode.LIVE and confirm != run.name:
            raise InputError(f"a live run trades real money: confirm its start with its name, {run.name!r}")

    async def _add(self, run: Run, corr_id: str) -> Run:
        created = RunCreated(run_id=run.id, name=run.name, strategy_id=run.strategy_id, mode=run.mode)
        async with self._database.transaction() as transaction:
            await transaction.runs.add(run)
            transaction.append(self._events.event(created, corr_id=corr_id))
        return run

    def _copy(self, run: Run) -> Run:
        return replace(
            run,
            id=self._events.new_id(),
            status=RunStatus.PENDING,
            error=None,
            queued=False,
            halted=None,
            data_hash=None,
            weaver_version=self._version,
            cloned_from=run.id,
            created_at=self._events.now(),
            started_at=None,
            stopped_at=None,
            completed_at=None,
        )

    async def _supervised(self, active: ActiveRun, begin: Callable[[], Awaitable[Run]]) -> None:
        try:
            await active.supervise(begin)
        except Exception as error:  # noqa: BLE001 - a fault here must not end the other runs with it
            _log.error("run_not_supervised", run_id=active.run_id, exc_info=error)
        finally:
            del self._active[active.run_id]
            active.over.set()

    def _remove(self, run_id: str) -> "asyncio.Task[None]":
        """Remove what is withheld of a run's record, beside everything else."""
        assert self._group is not None, "the manager is to be entered first"
        task = self._group.create_task(self._removed(run_id))
        self._removals.add(task)
        task.add_done_callback(self._removals.discard)
        return task

    async def _removed(self, run_id: str) -> None:
        try:
            await self._states.insist(lambda: self._states.remove(run_id), on=NOT_NOW)
        except Exception as error:  # noqa: BLE001 - a fault here must not end the runs with it
            _log.error("record_not_removed", run_id=run_id, exc_info=error)

    async def _is_over(self, active: ActiveRun) -> bool:
        """Whether nothing is left of it soon. Raises Unavailable where only its record cannot be written."""
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await active.over.wait()
        except TimeoutError:
            if active.is_working:
                return False
            raise Unavailable("the run's work has been ended; its record follows when the database answers") from None
        return True

    async def _ask_to_stop(self, run_id: str, stop: Stop) -> Run:
        async with self._database.transaction() as transaction:
            run = known(await transaction.runs.find(run_id), run_id)
            if run.status is not RunStatus.RUNNING:
                raise Conflict(f"run {run.name!r} is {run.status}: only a running run can be stopped")
            if not await transaction.runs.hold(run_id, expected=RunStatus.RUNNING):  # it may be ending just now
                raise Conflict(f"run {run.name!r} has just ended")
            asked = RunStopRequested(run_id=run_id, flatten=stop.flatten)
            transaction.append(self._events.event(asked, corr_id=stop.corr_id))
        return run


def _no_runner(mode: RunMode) -> str:
    return f"a {mode} run needs a venue, and there is none: only backtests can be run"

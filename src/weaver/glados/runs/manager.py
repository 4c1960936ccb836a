"""Creates, starts, stops, clones and deletes runs, and owns everything that works for them."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from itertools import count
from types import TracebackType
from typing import Any

import structlog

from weaver.events.factory import EventFactory
from weaver.events.log.ports import EventLog
from weaver.events.payloads import RunCreated, RunDeleted, RunStopRequested
from weaver.glados.ports import Database, NewId, Now, Query
from weaver.glados.runs.active_run import ActiveRun, Ending
from weaver.glados.runs.port import Load, NewRun
from weaver.glados.runs.request import RunRequests
from weaver.glados.runs.runners import Runner
from weaver.glados.runs.transitions import RunStates, Wait, known
from weaver.glados.threads import Threads
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.model.errors import Conflict, InputError, Unavailable
from weaver.model.run import Run, RunMode, RunStatus
from weaver.walle.bars.store import ParquetBarStore

ACTIVE_MAX = 1_000
"""Runs that are running or wait for a worker; another start is refused."""
STOP_SECONDS = 10.0
"""How long a stop waits for the run's record; then it says that the database does not answer."""
SHUTDOWN_SECONDS = 4.0
INTERRUPTED = "interrupted: the server stopped while it ran; clone it and start again"
_FOUND_AT_ONCE = 500
_log = structlog.get_logger(__name__)


class RunManager:
    """See `run_port.RunManager`. To be entered (`async with`) before runs are started; leaving it ends them all.

    Every running run of this server has exactly one task here, and one entry; both are gone when its record says how it
    ended, which is written again and again until the database takes it.
    """

    def __init__(
        self,
        *,
        database: Database,
        log: EventLog,
        runners: Mapping[RunMode, Runner],
        catalogue: Catalogue,
        bars: ParquetBarStore,
        threads: Threads,
        now: Now,
        new_id: NewId,
        wait: Wait,
        version: str,
    ) -> None:
        given = (database, log, runners, catalogue, bars, threads, now, new_id, wait, version)
        if any(one is None for one in given) or RunMode.BACKTEST not in runners:
            raise TypeError("the run manager needs all of its parts, and a runner of backtests")
        self._database, self._log, self._runners = database, log, dict(runners)
        self._events = EventFactory(producer="run_manager", now=now, new_id=new_id)
        self._requests = RunRequests(catalogue=catalogue, bars=bars, now=now, new_id=new_id, version=version)
        self._states = RunStates(database=database, events=self._events, wait=wait)
        self._threads, self._version = threads, version
        self._active: dict[str, ActiveRun] = {}
        self._tasks: set[asyncio.Task[None]] = set()
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
        if self._group is None or self._is_closing:
            raise Unavailable("the server is not taking runs: it is starting up or shutting down")
        if run_id in self._active:
            raise Conflict("the run is running, or being started")
        if len(self._active) >= ACTIVE_MAX:
            raise Unavailable(f"{ACTIVE_MAX:,} runs are running or waiting already: start this one later")
        active = ActiveRun(
            run_id,
            runner_of=lambda run: self._runner(run.mode),
            corr_id=corr_id,
            states=self._states,
            events=self._events,
            append=self._log.append,
            hanging=self._hanging,
        )
        self._active[run_id] = active
        task = self._group.create_task(self._supervised(active, partial(self._check_start, confirm)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(active.started)

    async def stop(self, run_id: str, *, flatten: bool, corr_id: str) -> Run:
        """See the port. Its work ends within 100 ms; a run that goes to its end just then is completed: Conflict."""
        active = self._active.get(run_id)
        if active is not None and active.is_ending:
            raise Conflict("the run is being ended already")
        await self._ask_to_stop(run_id, flatten=flatten, corr_id=corr_id)
        ending = Ending(reason="stopped by the operator", is_stop=True, corr_id=corr_id)
        if active is None:  # nothing of this server works for it
            await self._states.stopped(run_id, ending.reason, corr_id=corr_id)
        elif not active.end(ending):
            raise Conflict("the run is being ended already")
        else:
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await active.over.wait()
            except TimeoutError:
                raise Unavailable(
                    "the run's work has been ended; its record follows when the database answers"
                ) from None
        run = await self._states.find(run_id)
        if run.status is not RunStatus.STOPPED:
            raise Conflict(f"run {run.name!r} could not be stopped any more: it is {run.status}")
        return run

    async def delete(self, run_id: str, *, corr_id: str) -> None:
        """See the port."""
        if run_id in self._active:
            raise Conflict("the run is running, or being started: stop it first")
        async with self._database.transaction() as transaction:
            run = known(await transaction.runs.find(run_id), run_id)
            if run.status is RunStatus.RUNNING:
                raise Conflict(f"run {run.name!r} is running: stop it first")
            if not await transaction.runs.hold(run_id, expected=run.status):  # nobody may start it meanwhile
                raise Conflict(f"run {run.name!r} has just changed: look at it again")
            await transaction.runs.delete(run_id)
            transaction.append(self._events.event(RunDeleted(run_id=run_id), corr_id=corr_id))

    @property
    def load(self) -> Load:
        """See the port."""
        backtests = self._runners[RunMode.BACKTEST]
        return Load(
            running=len(self._active),
            queued=sum(active.is_queued for active in self._active.values()),
            workers=backtests.workers,
            is_ready=backtests.is_ready and not self._is_closing,
        )

    @property
    def task_count(self) -> int:
        """How many tasks work for runs: as many as there are running ones."""
        return len(self._tasks)

    # The server's own beginning and end

    async def recover(self) -> list[str]:
        """When this server has become the owner: mark runs that another one left running as failed. Returns their ids.
        Pending ones stay."""
        abandoned: list[str] = []
        async with self._database.transaction() as transaction:
            for page in count(1):
                query = Query(filters={"status": [RunStatus.RUNNING]}, sort="id", page=page, page_size=_FOUND_AT_ONCE)
                found = (await transaction.runs.list(query)).items
                abandoned += [run.id for run in found if run.id not in self._active]
                if len(found) < _FOUND_AT_ONCE:
                    break
        for run_id in abandoned:
            await self._states.failed(run_id, INTERRUPTED, corr_id=self._events.new_id())
        return abandoned

    async def shutdown(self) -> None:
        """End all runs, within five seconds, with a record that says so; no run is started any more."""
        self._is_closing = True
        for active in self._active.values():
            active.end(Ending(reason=INTERRUPTED, is_stop=False, corr_id=active.corr_id))
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=SHUTDOWN_SECONDS)
        for work in self._hanging:
            work.cancel()
        for task in self._tasks:  # their record could not be written: the next start does it
            task.cancel()

    # Parts

    def _runner(self, mode: RunMode) -> Runner:
        runner = self._runners.get(mode)
        if runner is None:
            raise Unavailable(f"a {mode} run needs a venue, and there is none: only backtests can be run")
        return runner

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

    async def _supervised(self, active: ActiveRun, may_start: Callable[[Run], None]) -> None:
        try:
            await active.supervise(may_start)
        except Exception as error:  # noqa: BLE001 - a fault here must not end the other runs with it
            _log.error("run_not_supervised", run_id=active.run_id, exc_info=error)
        finally:
            del self._active[active.run_id]
            active.over.set()

    async def _ask_to_stop(self, run_id: str, *, flatten: bool, corr_id: str) -> None:
        async with self._database.transaction() as transaction:
            run = known(await transaction.runs.find(run_id), run_id)
            if run.status is not RunStatus.RUNNING:
                raise Conflict(f"run {run.name!r} is {run.status}: only a running run can be stopped")
            if not await transaction.runs.hold(run_id, expected=RunStatus.RUNNING):  # it may be ending just now
                raise Conflict(f"run {run.name!r} has just ended")
            asked = RunStopRequested(run_id=run_id, flatten=flatten)
            transaction.append(self._events.event(asked, corr_id=corr_id))

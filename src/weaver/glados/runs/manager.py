"""Creates, starts, stops, clones and deletes runs, as the HTTP API asks for it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import count
from types import TracebackType
from typing import Protocol

from weaver.events.factory import EventFactory
from weaver.events.log.ports import EventReader
from weaver.events.payloads import RunCreated, RunPromoted, RunStopRequested
from weaver.glados.ports import Database, NewId, Now, Query
from weaver.glados.runs.active_run import ActiveRun, seen
from weaver.glados.runs.port import Load, NewRun, Override
from weaver.glados.runs.real_money import check_confirmed
from weaver.glados.runs.request import RunRequests, check_options
from weaver.glados.runs.runners import Runner, Stop
from weaver.glados.runs.supervisor import STOP_REASON, Supervisor, no_runner
from weaver.glados.runs.transitions import RunStates, Wait, known
from weaver.glados.threads import Threads
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.model.errors import Conflict, Unavailable
from weaver.model.run import Run, RunMode, RunStatus
from weaver.walle.bars.store import ParquetBarStore

ACTIVE_MAX = 1_000
"""Runs that are running or wait for a worker; another start is refused."""
STOP_SECONDS = 10.0
"""How long a stop waits for the run's end; then it says what it still waits for."""
REMOVE_SECONDS = 10.0
"""How long a deletion waits until the run's rows are gone; for everybody the run itself is gone before."""
_FOUND_AT_ONCE = 500


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


class LeftBehind(Protocol):
    """What runs that are over still have at their venues."""

    async def told(self, run: Run) -> str:
        """What it holds and which orders work for it, in words; empty: nothing. Raises Unavailable."""
        ...

    async def disown(self, run: Run) -> None:
        """It is to be deleted, with nothing left there: what is in its ledger all the same, as others have closed it,
        is nobody's from now on. Raises Unavailable and InputError."""
        ...

    async def flatten(self, run: Run, *, corr_id: str) -> None:
        """Cancel its orders, and close what it holds, as its markets open. Raises Unavailable and InputError."""
        ...


class RunManager:
    """See `port.RunManager`. To be entered (`async with`) before runs are started; leaving it ends or suspends them."""

    def __init__(
        self,
        *,
        database: Database,
        log: EventReader,
        runners: Mapping[RunMode, Runner],
        left_behind: LeftBehind | None = None,
        workers: Workers,
        catalogue: Catalogue,
        bars: ParquetBarStore,
        threads: Threads,
        now: Now,
        new_id: NewId,
        wait: Wait,
        version: str,
    ) -> None:
        """runners: those of the modes that can be run. left_behind: where none is given, no run trades at a venue."""
        self._database, self._workers, self._left_behind = database, workers, left_behind
        self._events = EventFactory(producer="run_manager", now=now, new_id=new_id)
        self._requests = RunRequests(catalogue=catalogue, bars=bars, now=now, new_id=new_id, version=version)
        self._states = RunStates(database=database, events=self._events, wait=wait)
        self._supervisor = Supervisor(runners=runners, states=self._states, events=self._events, log=log)
        self._threads, self._version = threads, version
        self._stopping: set[asyncio.Task[Run]] = set()

    async def __aenter__(self) -> "RunManager":
        await self._supervisor.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._supervisor.__aexit__(kind, error, trace)
        self._give_up_stops()

    # What can be asked of it

    async def create(self, new: NewRun, *, corr_id: str) -> Run:
        """See the port."""
        return await self._add(await self.preview(new), corr_id)

    async def preview(self, new: NewRun) -> Run:
        """See the port."""
        runner = self._supervisor.runner(new.mode)
        run = await self._threads.do(self._requests.run_of, new)
        await runner.check(run)
        return run

    async def clone(self, run_id: str, *, corr_id: str) -> Run:
        """See the port."""
        run = await self._states.find(run_id)
        self._supervisor.runner(run.mode)
        return await self._add(replace(self._copy(run), cloned_from=run.id), corr_id)

    async def promote(self, after: Run, *, override: Override | None, corr_id: str) -> Run:
        """See the port."""
        check_options(after.options)
        await self._supervisor.runner(after.mode).check(after)
        run = replace(self._copy(after), cloned_from=None, promoted_from=after.id)
        told = RunPromoted(
            run_id=after.id,
            to=run.mode,
            promoted_id=run.id,
            override=None if override is None else override.reason,
            gates=() if override is None else override.gates,
        )
        return await self._add(run, corr_id, told)

    async def start(self, run_id: str, *, confirm: str | None, corr_id: str) -> Run:
        """See the port."""
        if run_id in self._supervisor.active:
            raise Conflict("the run is running, or being started")
        if len(self._supervisor.active) >= ACTIVE_MAX:
            raise Unavailable(f"{ACTIVE_MAX:,} runs are running or waiting already: start this one later")
        active = self._supervisor.start(run_id, may_start=partial(self._check_start, confirm), corr_id=corr_id)
        return await asyncio.shield(active.started)

    async def stop(self, run_id: str, *, flatten: bool, corr_id: str) -> Run:
        """See the port. A run that goes to its end just then is completed: Conflict. It is stopped also where whoever
        asked does not wait for it."""
        active = self._supervisor.active.get(run_id)
        if active is not None and active.is_ending:
            raise Conflict("the run is being ended already")
        if flatten and active is None and (over := await self._over_with_something_left(run_id)) is not None:
            run, left_behind = over
            await left_behind.flatten(run, corr_id=corr_id)
            return run
        stop = Stop(reason=STOP_REASON, flatten=flatten, corr_id=corr_id)
        stopping = asyncio.create_task(self._stop(run_id, stop))
        self._stopping.add(stopping)
        stopping.add_done_callback(self._stopping.discard)
        stopping.add_done_callback(seen)
        return await asyncio.shield(stopping)

    async def _over_with_something_left(self, run_id: str) -> tuple[Run, LeftBehind] | None:
        run = await self._states.find(run_id)
        if self._left_behind is None or not run.status.is_final or not await self._left_behind.told(run):
            return None
        return run, self._left_behind

    async def _stop(self, run_id: str, stop: Stop) -> Run:
        run = await self._ask_to_stop(run_id, stop)
        active = self._supervisor.active.get(run_id)
        if active is None:  # only its runner can end what it left behind
            active = self._supervisor.resume(run, corr_id=stop.corr_id)
        if active is None:
            has_runner = self._supervisor.has_runner(run.mode)
            reason = stop.reason if has_runner else f"{stop.reason}; {no_runner(run.mode)}"
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
        if run_id in self._supervisor.active:
            raise Conflict("the run is running, or being started: stop it first")
        run = await self._states.find(run_id)
        if self._left_behind is not None:
            if left := await self._left_behind.told(run):
                raise Conflict(f"run {run.name!r} still {left}: stop it with flatten, and delete it when that is done")
            await self._left_behind.disown(run)
        await self._states.deleted(run_id, corr_id=corr_id)
        await asyncio.wait({self._supervisor.remove(run_id)}, timeout=REMOVE_SECONDS)

    @property
    def load(self) -> Load:
        """See the port."""
        active = self._supervisor.active
        return Load(
            running=len(active),
            queued=sum(one.is_queued for one in active.values()),
            workers=self._workers.workers,
            is_ready=self._workers.is_ready and not self._supervisor.is_closing,
        )

    @property
    def task_count(self) -> int:
        """How many tasks work for runs: as many as there are running ones."""
        return self._supervisor.task_count

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
        recovered = [run.id for run in left_behind if await self._supervisor.recover(run)]
        for run_id in await self._states.withheld():
            self._supervisor.remove(run_id)
        return recovered

    async def shutdown(self) -> None:
        """Suspend or end all runs, within five seconds; no run is started any more."""
        await self._supervisor.shutdown()
        self._give_up_stops()

    def _give_up_stops(self) -> None:
        for stopping in self._stopping:
            stopping.cancel()

    # Parts

    def _check_start(self, confirm: str | None, run: Run) -> None:
        self._supervisor.runner(run.mode)
        check_confirmed(run, confirm, of="start")

    async def _add(self, run: Run, corr_id: str, told: RunPromoted | None = None) -> Run:
        """Keep a new run, and tell of it, and of the run that it was made of."""
        created = RunCreated(run_id=run.id, name=run.name, strategy_id=run.strategy_id, mode=run.mode)
        async with self._database.transaction() as transaction:
            await transaction.runs.add(run)
            transaction.append(self._events.event(created, corr_id=corr_id))
            if told is not None:
                known(await transaction.runs.find(told.run_id), told.run_id)  # it may have been deleted just now
                transaction.append(self._events.event(told, corr_id=corr_id))
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
            created_at=self._events.now(),
            started_at=None,
            stopped_at=None,
            completed_at=None,
        )

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

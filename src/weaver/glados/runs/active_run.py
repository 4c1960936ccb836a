"""One run from its start to its end: whatever happens to its work, its record says how it ended."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from weaver.events.event import Event
from weaver.events.factory import EventFactory
from weaver.events.payloads import RunProgress
from weaver.glados.runs.runners import Failure, Outcome, Runner
from weaver.glados.runs.transitions import RunStates
from weaver.model.errors import ReadOnly, Unavailable, WeaverError
from weaver.model.run import Run

PROGRESS_EVERY = timedelta(seconds=0.25)
PATIENCE_SECONDS = 1.0
"""How long work that was cancelled may take to end; then the run ends without it."""
NOT_NOW = (Unavailable, ReadOnly)
"""The database does not take a write now: it is away, or another server owns it for the moment."""
_log = structlog.get_logger(__name__)

Append = Callable[[Sequence[Event]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Why a run's work is to end early."""

    reason: str
    is_stop: bool
    """Asked for by an operator; otherwise the run counts as failed."""
    corr_id: str


class ActiveRun:
    """A run while something works for it. `supervise` is the only task that does."""

    def __init__(
        self,
        run_id: str,
        *,
        runner_of: Callable[[Run], Runner],
        corr_id: str,
        states: RunStates,
        events: EventFactory,
        append: Append,
        hanging: set["asyncio.Task[Any]"],
    ) -> None:
        """hanging: where work is put that does not end when it is told to."""
        self.run_id, self.corr_id = run_id, corr_id
        self.is_queued = True
        self.started: asyncio.Future[Run] = asyncio.get_running_loop().create_future()
        self.started.add_done_callback(_seen)
        self.over = asyncio.Event()
        """Set when nothing is left of it."""
        self._runner_of, self._states, self._events, self._append = runner_of, states, events, append
        self._hanging = hanging
        self._ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._told: tuple[datetime | None, float] = (None, 0.0)

    @property
    def is_ending(self) -> bool:
        """Whether its work is to end early."""
        return self._ending.done()

    def end(self, ending: Ending) -> bool:
        """Have its work ended. False: it is ending already."""
        if self._ending.done():
            return False
        self._ending.set_result(ending)
        return True

    async def supervise(self, may_start: Callable[[Run], None]) -> None:
        """Start it, see its work through, and write down how it ended. Raises nothing."""
        try:
            run = await self._states.started(self.run_id, may_start=may_start, corr_id=self.corr_id)
        except Exception as error:  # noqa: BLE001 - raised where the start was asked for
            self.started.set_exception(error)
            if isinstance(error, Unavailable):  # nobody knows whether the database took it
                await self._fail("the database went away while the run was being started; clone it and start again")
            return
        self.started.set_result(run)
        await self._conclude(await self._worked(run))

    # What its runner tells

    async def has_worker(self) -> None:
        """See `RunContext`. While the database cannot be told, nothing is begun: what came of it would have to wait in
        memory."""
        self.is_queued = False
        await self._states.insist(lambda: self._states.taken(self.run_id), on=NOT_NOW)

    async def progress(self, stage: str, fraction: float) -> None:
        """See `RunContext`: at most some four events a second, and never back."""
        at, before = self._told
        now, fraction = self._events.now(), min(max(fraction, before), 1.0)
        self._told = (at, fraction)
        if at is not None and abs(now - at) < PROGRESS_EVERY:
            return
        self._told = (now, fraction)
        told = RunProgress(run_id=self.run_id, stage=stage, fraction=fraction)
        try:
            await self._append([self._events.event(told, corr_id=self.corr_id)])
        except NOT_NOW as error:
            _log.info("progress_not_told", run_id=self.run_id, error=str(error))

    # Its work and its end

    async def _worked(self, run: Run) -> Outcome | Failure | Ending | str:
        """The outcome; or why it was ended; or what went wrong."""
        work = asyncio.create_task(self._runner_of(run).run(run, self))
        either: set[asyncio.Future[Any]] = {work, self._ending}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not work.done():
                work.cancel()
        if not work.done():
            await asyncio.wait({work}, timeout=PATIENCE_SECONDS)
        if not work.done():
            work.add_done_callback(_seen)
            self._hanging.add(work)
            work.add_done_callback(self._hanging.discard)
            _log.error("run_work_hangs", run_id=self.run_id)
        elif not work.cancelled():
            return self._answer(work)
        return self._ending.result() if self._ending.done() else "the run's work was cancelled"

    def _answer(self, work: "asyncio.Task[Outcome | Failure]") -> Outcome | Failure | str:
        error = work.exception()
        if error is None:
            return work.result()
        if isinstance(error, WeaverError):
            return str(error) or type(error).__name__
        _log.error("run_failed_oddly", run_id=self.run_id, exc_info=error)
        return f"a fault of Weaver's own, please report it: {type(error).__name__}: {error}"

    async def _conclude(self, answer: Outcome | Failure | Ending | str) -> None:
        states, run_id = self._states, self.run_id
        match answer:
            case Outcome():
                await self._complete(answer)
            case Failure():
                await self._break_off(answer)
            case Ending(is_stop=True, reason=reason, corr_id=corr_id):
                await states.insist(lambda: states.stopped(run_id, reason, corr_id=corr_id), on=(Exception,))
            case Ending(reason=reason):
                await self._fail(reason)
            case str():
                await self._fail(answer)

    async def _complete(self, outcome: Outcome) -> None:
        states, run_id = self._states, self.run_id
        try:
            await states.insist(lambda: states.completed(run_id, outcome, corr_id=self.corr_id), on=NOT_NOW)
        except Exception as error:  # noqa: BLE001 - whatever could not be recorded is why the run failed
            _log.error("run_not_recordable", run_id=run_id, exc_info=error)
            await self._fail(f"the run went to its end, and could not be recorded: {error}")

    async def _break_off(self, failure: Failure) -> None:
        states, run_id = self._states, self.run_id
        try:
            await states.insist(
                lambda: states.failed(run_id, failure.error, corr_id=self.corr_id, record=failure.record), on=NOT_NOW
            )
        except Exception as error:  # noqa: BLE001 - the run has failed, whether or not its way can be recorded
            _log.error("run_not_recordable", run_id=run_id, exc_info=error)
            await self._fail(f"{failure.error} (what it had done before could not be recorded: {error})")

    async def _fail(self, error: str) -> None:
        states = self._states
        await states.insist(lambda: states.failed(self.run_id, error, corr_id=self.corr_id), on=(Exception,))


def _seen(future: "asyncio.Future[Run] | asyncio.Task[Outcome | Failure]") -> None:
    """Nobody may be waiting for it any more: its error is not to be reported as one that nobody looked at."""
    if not future.cancelled():
        future.exception()

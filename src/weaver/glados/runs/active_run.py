"""One run from its start to its end: whatever happens to its work, its record says how it ended."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import structlog

from weaver.glados.ports import Now
from weaver.glados.runs.runners import Ended, EndRequest, Failure, Outcome, Record, Runner, Stop, Stopped, Suspended
from weaver.glados.runs.transitions import RunStates
from weaver.model.errors import ReadOnly, Unavailable, WeaverError
from weaver.model.run import Run

PROGRESS_EVERY = timedelta(seconds=0.25)
PATIENCE_SECONDS = 1.0
"""How long work that was cancelled may take to end; then the run ends without it."""
NOT_NOW = (Unavailable, ReadOnly)
"""The database does not take a write now: it is away, or another server owns it for the moment."""
_log = structlog.get_logger(__name__)


class WriteEnd(Protocol):
    """Writes down how a run ended: in which words, and with what it had done."""

    def __call__(self, words: str, *, record: Record) -> Awaitable[None]:
        """Write."""
        ...


class ActiveRun:
    """A run while something works for it, and its `RunContext`. `supervise` is the only task that does."""

    def __init__(
        self,
        run_id: str,
        *,
        runner_of: Callable[[Run], Runner],
        corr_id: str,
        is_resumed: bool,
        states: RunStates,
        now: Now,
        hanging: set["asyncio.Task[Any]"],
    ) -> None:
        """hanging: where work is put that does not end when it is told to."""
        self.run_id, self.corr_id, self.is_resumed = run_id, corr_id, is_resumed
        self.is_queued = True
        self.is_working = True
        """Until its work has ended, or is given up; then only its record is to be written."""
        loop = asyncio.get_running_loop()
        self.started: asyncio.Future[Run] = loop.create_future()
        self.started.add_done_callback(seen)
        self.over = asyncio.Event()
        """Set when nothing is left of it."""
        self._runner_of, self._states, self._now, self._hanging = runner_of, states, now, hanging
        self._request: asyncio.Future[EndRequest] = loop.create_future()
        self._time_is_up: asyncio.Future[None] = loop.create_future()
        self._last_progress: tuple[datetime | None, float] = (None, 0.0)

    @property
    def is_ending(self) -> bool:
        """Whether its work is to end early."""
        return self._request.done()

    def ask_to_end(self, request: EndRequest) -> bool:
        """Have its work end. False: it is ending already."""
        if self._request.done():
            return False
        self._request.set_result(request)
        return True

    def interrupt(self) -> None:
        """The server cannot wait any longer for its work to end."""
        if not self._time_is_up.done():
            self._time_is_up.set_result(None)

    async def supervise(self, begin: Callable[[], Awaitable[Run]]) -> None:
        """Begin it, see its work through, and write down how it ended. Raises nothing."""
        try:
            run = await begin()
        except Exception as error:  # noqa: BLE001 - raised where the start was asked for
            self.started.set_exception(error)
            if isinstance(error, Unavailable):  # nobody knows whether the database took it
                await self._fail("the database went away while the run was being started; clone it and start again")
            return
        self.started.set_result(run)
        ended = await self._worked(run, self._runner_of(run))
        self.is_working = False
        await self._conclude(ended)

    # What its runner hears and tells

    async def has_worker(self) -> None:
        """See `RunContext`. While the database cannot be told, nothing is begun: what came of it would have to wait in
        memory."""
        self.is_queued = False
        await self._states.insist(lambda: self._states.taken(self.run_id), on=NOT_NOW)

    async def progress(self, stage: str, fraction: float) -> None:
        """See `RunContext`: at most some four events a second, and never back."""
        at, before = self._last_progress
        now, fraction = self._now(), min(max(fraction, before), 1.0)
        self._last_progress = (at, fraction)
        if at is not None and abs(now - at) < PROGRESS_EVERY:
            return
        self._last_progress = (now, fraction)
        try:
            await self._states.progress(self.run_id, stage, fraction, corr_id=self.corr_id)
        except NOT_NOW as error:
            _log.info("progress_not_told", run_id=self.run_id, error=str(error))

    async def asked_to_end(self) -> EndRequest:
        """See `RunContext`."""
        return await asyncio.shield(self._request)

    async def halted(self, reason: str) -> None:
        """See `RunContext`."""
        await self._states.insist(lambda: self._states.halted(self.run_id, reason, corr_id=self.corr_id), on=NOT_NOW)

    async def resumed(self) -> None:
        """See `RunContext`."""
        await self._states.insist(lambda: self._states.resumed(self.run_id, corr_id=self.corr_id), on=NOT_NOW)

    # Its work and its end

    async def _worked(self, run: Run, runner: Runner) -> Ended:
        """How its work ended, of itself or because it had to."""
        work = asyncio.create_task(runner.run(run, self))
        try:
            await _either(work, self._request)
            if not work.done() and runner.grace_seconds > 0:
                await _either(work, self._time_is_up, timeout=runner.grace_seconds)
            if work.done() and not work.cancelled():
                return self._answer(work)
        finally:
            if not work.done():
                work.cancel()
        return await self._gone(work) or self._cut_off(runner)

    async def _gone(self, work: "asyncio.Task[Ended]") -> Ended | None:
        """Work that was cancelled, when it is gone or given up: what came of it, where it just went to its end."""
        await asyncio.wait({work}, timeout=PATIENCE_SECONDS)
        if not work.done():
            work.add_done_callback(seen)
            self._hanging.add(work)
            work.add_done_callback(self._hanging.discard)
            _log.error("run_work_hangs", run_id=self.run_id)
        elif not work.cancelled():
            if (error := work.exception()) is None:
                return work.result()
            _log.warning("run_ended_with_error", run_id=self.run_id, exc_info=error)
        return None

    def _answer(self, work: "asyncio.Task[Ended]") -> Ended:
        error = work.exception()
        if error is None:
            return work.result()
        if isinstance(error, WeaverError):
            return Failure(error=str(error) or type(error).__name__)
        _log.error("run_failed_oddly", run_id=self.run_id, exc_info=error)
        return Failure(error=f"a fault of Weaver's own, please report it: {type(error).__name__}: {error}")

    def _cut_off(self, runner: Runner) -> Ended:
        """What its runner makes of work that it could not end by itself."""
        if not self._request.done():
            return Failure(error="the run's work was cancelled")
        request = self._request.result()
        if isinstance(request, Stop) and not self._time_is_up.done():
            return runner.cut_off(request)
        return runner.interrupted()

    async def _conclude(self, ended: Ended) -> None:
        states, run_id = self._states, self.run_id
        match ended:
            case Outcome():
                await self._complete(ended)
            case Failure(error=error, record=record):
                await self._end(partial(states.failed, run_id, corr_id=self._end_corr_id), error, record)
            case Stopped(reason=reason, record=record):
                await self._end(partial(states.stopped, run_id, corr_id=self._end_corr_id), reason, record)
            case Suspended():
                _log.info("run_suspended", run_id=run_id)

    @property
    def _end_corr_id(self) -> str:
        request = self._request.result() if self._request.done() else None
        return request.corr_id if isinstance(request, Stop) else self.corr_id

    async def _complete(self, outcome: Outcome) -> None:
        states, run_id = self._states, self.run_id
        try:
            await states.insist(lambda: states.completed(run_id, outcome, corr_id=self.corr_id), on=NOT_NOW)
        except Exception as error:  # noqa: BLE001 - whatever could not be recorded is why the run failed
            _log.error("run_not_recordable", run_id=run_id, exc_info=error)
            await self._fail(f"the run went to its end, and could not be recorded: {error}")

    async def _fail(self, error: str) -> None:
        await self._end(partial(self._states.failed, self.run_id, corr_id=self.corr_id), error, ())

    async def _end(self, write: WriteEnd, words: str, record: Record) -> None:
        """Write how it ended, with what it had done; without where no database would take that."""
        if record:
            try:
                await self._states.insist(lambda: write(words, record=record), on=NOT_NOW)
            except Exception as error:  # noqa: BLE001 - the run has ended, whether or not its way can be recorded
                _log.error("run_not_recordable", run_id=self.run_id, exc_info=error)
                words = f"{words} (what it had done before could not be recorded: {error})"
            else:
                return
        await self._states.insist(lambda: write(words, record=()), on=(Exception,))
        await self._states.insist(lambda: self._states.remove(self.run_id), on=NOT_NOW)


async def _either(one: "asyncio.Future[Any]", other: "asyncio.Future[Any]", timeout: float | None = None) -> None:
    """Return when one of them is done, or the time is over."""
    await asyncio.wait({one, other}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)


def seen(future: "asyncio.Future[Any]") -> None:
    """To be called when it is done: where nobody waits for it any more, its error is not one that nobody looked at."""
    if not future.cancelled():
        future.exception()

"""Long work that a request sets in motion and does not wait for: imports, for one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import TracebackType
from typing import Any, Protocol, Self

import structlog

from weaver.glados.ports import NewId, Now
from weaver.model.errors import NotFound, Unavailable, WeaverError
from weaver.model.fit_text import fit_to_send

_log = structlog.get_logger(__name__)


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work, as it stands now."""

    id: str
    kind: str
    corr_id: str
    status: JobStatus = JobStatus.QUEUED
    stage: str = ""
    """What is being done."""
    fraction: float = 0.0
    """0 to 1."""
    error: str | None = None
    result: Mapping[str, Any] | None = None
    """What came of it: JSON values."""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Report(Protocol):
    """How work tells of its progress; from any thread."""

    def __call__(self, stage: str, fraction: float) -> None:
        """What is being done, and how much is done (0 to 1)."""
        ...


Work = Callable[[Report], Awaitable[Mapping[str, Any] | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    job_id: str
    work: Work
    clean_up: Callable[[], None]


class Jobs:
    """Does jobs one after the other, in a task of its own: `async with jobs:`.

    At most `queue_size_max` wait; one more is refused. What is over is remembered for `kept_for`, the newest `kept_max`
    of them. Leaving the block cancels what runs and drops what waits; both then count as failed.
    """

    def __init__(
        self,
        *,
        now: Now,
        new_id: NewId,
        queue_size_max: int = 20,
        kept_max: int = 500,
        kept_for: timedelta = timedelta(days=1),
    ) -> None:
        self._now, self._new_id = now, new_id
        self._kept_max, self._kept_for = kept_max, kept_for
        self._queue: asyncio.Queue[_Order] = asyncio.Queue(queue_size_max)
        self._jobs: dict[str, Job] = {}
        self._stack = AsyncExitStack()
        self._is_over = False

    def submit(self, kind: str, work: Work, *, corr_id: str, clean_up: Callable[[], None]) -> Job:
        """Queue work. `clean_up` is called once the job is over, whether it ran or not.

        Raises Unavailable when the queue is full, or the block was left; `clean_up` has been called then too.
        """
        if self._is_over:
            clean_up()
            raise Unavailable("the server is shutting down: nothing is begun any more")
        job = Job(id=self._new_id(), kind=kind, corr_id=corr_id, created_at=self._now())
        try:
            self._queue.put_nowait(_Order(job_id=job.id, work=work, clean_up=clean_up))
        except asyncio.QueueFull:
            clean_up()
            waiting = f"{self._queue.maxsize} jobs are waiting already"
            raise Unavailable(f"{waiting}: try again when some of them are done") from None
        self._forget_old()
        self._jobs[job.id] = job
        return job

    def get(self, job_id: str) -> Job:
        """Raises NotFound, also for a job that was over long ago."""
        job = self._jobs.get(job_id)
        if job is None:
            raise NotFound(f"there is no job {job_id!r}: jobs are forgotten a while after they are over")
        return job

    async def __aenter__(self) -> Self:
        group = await self._stack.enter_async_context(asyncio.TaskGroup())
        worker = group.create_task(self._worked(), name="jobs")
        self._stack.callback(worker.cancel)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        try:
            await self._stack.__aexit__(kind, error, trace)
        finally:
            while not self._queue.empty():
                self._drop(self._queue.get_nowait())

    async def _worked(self) -> None:
        while True:
            order = await self._queue.get()
            try:
                await self._done(order)
            except asyncio.CancelledError:
                self._drop(order)
                raise
            _clean_up(order)

    async def _done(self, order: _Order) -> None:
        self._change(order.job_id, status=JobStatus.RUNNING, started_at=self._now())
        try:
            result = await order.work(lambda stage, fraction: self._report(order.job_id, stage, fraction))
        except WeaverError as error:
            self._over(order.job_id, status=JobStatus.ERROR, error=fit_to_send(str(error)))
        except Exception as error:  # noqa: BLE001 - the outermost edge: the job has failed, the worker goes on
            _log.exception("job failed unexpectedly", job_id=order.job_id)
            text = f"unexpected {type(error).__name__}: this is a fault of Weaver; the server's log says where"
            self._over(order.job_id, status=JobStatus.ERROR, error=text)
        else:
            self._over(order.job_id, status=JobStatus.DONE, fraction=1.0, result=result)

    def _report(self, job_id: str, stage: str, fraction: float) -> None:
        job = self._jobs.get(job_id)
        if job is not None and job.status is JobStatus.RUNNING:  # a thread may go on after its job was cancelled
            self._change(job_id, stage=stage, fraction=max(fraction, job.fraction))

    def _drop(self, order: _Order) -> None:
        self._over(order.job_id, status=JobStatus.ERROR, error="the server stopped before it was done: start it again")
        _clean_up(order)

    def _over(self, job_id: str, **changes: Any) -> None:
        self._change(job_id, finished_at=self._now(), **changes)

    def _change(self, job_id: str, **changes: Any) -> None:
        self._jobs[job_id] = replace(self._jobs[job_id], **changes)

    def _forget_old(self) -> None:
        """Jobs over for too long, and the oldest of those over where there are too many."""
        over = [job for job in self._jobs.values() if job.finished_at is not None]
        too_many = len(over) + 1 - self._kept_max
        expired = self._now() - self._kept_for
        for number, job in enumerate(over):
            if number < too_many or (job.finished_at is not None and job.finished_at < expired):
                del self._jobs[job.id]


def _clean_up(order: _Order) -> None:
    """What is left behind is no reason to stop doing jobs."""
    try:
        order.clean_up()
    except OSError as error:
        _log.warning("job left something behind", job_id=order.job_id, error=str(error))

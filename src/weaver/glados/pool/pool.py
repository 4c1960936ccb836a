"""Backtests in processes of this machine, so that they leave the server's event loop alone."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from typing import Any

import structlog

from weaver.glados.pool.messages import OutcomeParts, check_message, job_message, raised
from weaver.glados.pool.protocol import Frame
from weaver.glados.pool.worker_process import WorkerProcess, how_it_ended
from weaver.glados.ports import BacktestJob, BacktestOutcome, BrokenBacktest, Now, Progress
from weaver.model.errors import RunFailed, StrategyError, Unavailable, WeaverError, WorkerLost
from weaver.model.run import Run

COMMAND = (sys.executable, "-m", "weaver.worker")
NICE = 10
INTERRUPT_SECONDS = 0.08
"""How long a worker has to end a job that was cancelled; then its process is ended."""
CHECK_SECONDS = 10.0
"""How long loading a strategy may take."""
TURN_SECONDS = 30.0
"""How long one that is to be checked waits for those before it."""
_log = structlog.get_logger(__name__)

Slots = asyncio.Queue[WorkerProcess | None]
"""Processes that wait for a job; None: one that has yet to be started."""


class LocalBacktestPool:
    """Warm processes, one job each at a time; jobs get theirs in the order in which they came.

    A process does each job in a fork of its own (see `worker_server`), so it can be used again, whatever the job did.
    One that is lost is replaced. Creating a run never waits for backtests: strategies are tried in a process apart.
    """

    def __init__(
        self,
        *,
        workers: int,
        memory_max_bytes: int,
        silence_seconds: float,
        environment: Mapping[str, str],
        new_id: Callable[[], str],
        now: Now,
        command: Sequence[str] = COMMAND,
        nice: int = NICE,
    ) -> None:
        """silence_seconds: after so long without a word of its job a process counts as lost. environment: that of the
        processes. new_id: marks each, so that whatever it leaves behind is known."""
        if workers < 1:
            raise ValueError(f"a pool has at least one worker, not {workers}")
        self.workers, self._memory_max_bytes, self._now = workers, memory_max_bytes, now
        self._silence_seconds, self._environment, self._new_id = silence_seconds, dict(environment), new_id
        self._command = (*command, "--memory", str(memory_max_bytes), "--nice", str(nice))
        self._idle, self._checking = _slots(workers), _slots(1)
        self._processes: set[WorkerProcess] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._warming: asyncio.Task[None] | None = None
        self._is_closed = self._has_failed = False

    @property
    def is_ready(self) -> bool:
        """Whether a job could be done: the pool is open, and its processes can be started as far as is known."""
        return not self._is_closed and not self._has_failed

    @property
    def process_ids(self) -> list[int]:
        """Those of the processes that run."""
        return [worker.pid for worker in self._processes if worker.is_alive]

    def start(self) -> None:
        """Start the processes ahead of the first job, one after the other, behind the server's own start."""
        self._warming = asyncio.create_task(self._warmed())

    async def run(
        self, job: BacktestJob, *, started: Callable[[], Awaitable[None]], progress: Progress
    ) -> BacktestOutcome | BrokenBacktest:
        """See `BacktestPool.run`."""
        worker = await self._taken(self._idle)
        try:
            await started()
            return await self._outcome(worker, job, progress)
        finally:
            await self._give_back(worker, self._idle)

    async def check(self, run: Run) -> None:
        """See `BacktestPool.check`."""
        try:
            async with asyncio.timeout(TURN_SECONDS):
                worker = await self._taken(self._checking)
        except TimeoutError:
            raise Unavailable("other strategies are being loaded to be checked: try again in a while") from None
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self._checked(worker, run)
        except TimeoutError:
            raise StrategyError(
                f"strategy {run.strategy_id!r} takes over {CHECK_SECONDS:g} s to load: leave slow work to on_start"
            ) from None
        finally:
            await self._give_back(worker, self._checking)

    async def close(self) -> None:
        """End all processes, and with them every job."""
        self._is_closed = True
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.wait({self._warming})
        # What is being buried is let go in peace: half-way it would leave its lines open.
        await asyncio.gather(*self._tasks, *(worker.end() for worker in self._processes), return_exceptions=True)
        self._processes.clear()
        for slots in (self._idle, self._checking):  # whoever still waits hears that there is nothing left
            slots.put_nowait(None)

    # One job

    async def _outcome(
        self, worker: WorkerProcess, job: BacktestJob, progress: Progress
    ) -> BacktestOutcome | BrokenBacktest:
        parts = OutcomeParts()
        answer: BacktestOutcome | WeaverError | None = None
        message = job_message(job, sent_at=self._now())
        async with aclosing(self._said(worker, message)) as frames:
            async for frame in frames:
                match frame.kind:
                    case "alive":
                        pass
                    case "progress":
                        await progress(str(frame.body["stage"]), float(frame.body["fraction"]))
                    case "result":
                        answer = parts.outcome(frame)
                    case "error":
                        answer = raised(frame.body, memory_max_bytes=self._memory_max_bytes)
                    case "ended":
                        answer = answer or _lost(frame, worker)
                    case _:  # in a thread, between whose parts the loop gets its turn
                        await asyncio.to_thread(parts.take, frame)
        if isinstance(answer, StrategyError):
            return parts.broken_by(answer)
        if isinstance(answer, BacktestOutcome):
            return answer
        assert answer is not None
        raise answer

    async def _said(self, worker: WorkerProcess, message: bytes) -> AsyncGenerator[Frame, None]:
        """What a worker says of a job. Raises WorkerLost where it says nothing for too long: it was stopped, or its
        strategy does not come back."""
        asked = worker.ask(message, silence_seconds=self._silence_seconds)
        async with aclosing(asked) as frames:
            try:
                async for frame in frames:
                    yield frame
            except TimeoutError:
                raise WorkerLost(
                    f"the run's process said nothing for {self._silence_seconds:g} s, and was ended: its strategy does "
                    "not come back from a callback or an indicator, or the process was stopped (a strategy that works "
                    "so long on one bar needs a higher WEAVER_WORKER_SILENCE_SECONDS)"
                ) from None

    async def _checked(self, worker: WorkerProcess, run: Run) -> None:
        failure: WeaverError | None = None
        is_fine = False
        async with aclosing(self._said(worker, check_message(run))) as frames:
            async for frame in frames:
                if frame.kind == "error":
                    failure = raised(frame.body, memory_max_bytes=self._memory_max_bytes)
                elif frame.kind == "ended" and not is_fine:
                    failure = failure or _lost(frame, worker)
                is_fine = is_fine or frame.kind == "checked"
        if isinstance(failure, WorkerLost):
            raise StrategyError(f"strategy {run.strategy_id!r} cannot be loaded: {failure}")
        if failure is not None:
            raise failure

    # Processes

    async def _taken(self, slots: Slots) -> WorkerProcess:
        """The next free process, started if need be. Raises RunFailed where the pool is closed."""
        worker = await slots.get()
        if worker is not None and worker.is_alive and not self._is_closed:
            return worker
        try:
            if self._is_closed:
                raise RunFailed("the server is shutting down: nothing can be run any more")
            if worker is not None:
                self._bury(worker)
            return await self._started()
        except BaseException:
            slots.put_nowait(None)
            raise

    async def _give_back(self, worker: WorkerProcess, slots: Slots) -> None:
        try:
            if worker.is_alive and not worker.is_idle:
                await worker.interrupt(patience=INTERRUPT_SECONDS)
        finally:
            is_fit = worker.is_alive and worker.is_idle and not self._is_closed
            if not is_fit:
                self._bury(worker)
            slots.put_nowait(worker if is_fit else None)

    async def _started(self) -> WorkerProcess:
        try:
            worker = await WorkerProcess.started(self._command, environment=self._environment, mark=self._new_id())
        except WorkerLost:
            self._has_failed = True
            raise
        self._has_failed = False
        self._processes.add(worker)
        return worker

    def _bury(self, worker: WorkerProcess) -> None:
        """End a process without anybody waiting for it."""
        self._processes.discard(worker)
        self._keep(worker.end())

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _warmed(self) -> None:
        for slots in (self._checking, *[self._idle] * self.workers):
            try:
                worker = await self._taken(slots)
            except WeaverError as error:
                _log.warning("worker_not_started", error=str(error))
                return
            slots.put_nowait(worker)


def _slots(count: int) -> Slots:
    slots: Slots = asyncio.Queue()
    for _ in range(count):
        slots.put_nowait(None)
    return slots


def _lost(frame: Frame, worker: WorkerProcess) -> WorkerLost:
    """A job that ended without a word."""
    how = how_it_ended(int(frame.body["status"]))
    _log.warning("worker_lost", ended=how, standard_error=worker.standard_error)
    return WorkerLost(f"the run's process {how}{worker.last_words()}")

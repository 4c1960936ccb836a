"""The steps of runs as the database takes them: one transaction with its event each, and only from the right status.

A record is written before that, and removed after it, a piece at a time: whoever has an order to commit waits for one
piece at most. Until the step that publishes a record nobody is shown any of it but its events.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import structlog

from weaver.events.factory import EventFactory
from weaver.events.payloads import RunDeleted, RunError, RunHalted, RunProgress, RunResumed, RunStarted, RunStopped
from weaver.glados.ports import Database, Transaction
from weaver.glados.runs.runners import Outcome, Record
from weaver.model.errors import Conflict, NotFound, Unavailable
from weaver.model.fit_text import fit_to_keep
from weaver.model.run import Run, RunMode, RunStatus, RunStep

WAIT_SECONDS, WAIT_SECONDS_MAX = 0.1, 5.0
ERROR_LENGTH_MAX = 4_000
_log = structlog.get_logger(__name__)

Wait = Callable[[float], Awaitable[None]]
T = TypeVar("T")


class RunStates:
    """Changes the status of runs, and nobody else does. Of two who want to, the first gets his way."""

    def __init__(self, *, database: Database, events: EventFactory, wait: Wait) -> None:
        self._database, self._events, self._wait = database, events, wait

    async def find(self, run_id: str) -> Run:
        """A run. Raises NotFound."""
        async with self._database.transaction() as transaction:
            return known(await transaction.runs.find(run_id), run_id)

    async def started(self, run_id: str, *, may_start: Callable[[Run], None], corr_id: str) -> Run:
        """Pending → running, waiting for a worker. Raises NotFound, Conflict, and what `may_start` raises."""
        async with self._database.transaction() as transaction:
            run = known(await transaction.runs.find(run_id), run_id)
            if run.status is not RunStatus.PENDING:
                raise Conflict(f"run {run.name!r} is {run.status}: only a pending run can be started; clone it")
            may_start(run)
            started = replace(run.step(RunStep.START, at=self._events.now()), queued=True)
            if not await transaction.runs.save(started, expected=RunStatus.PENDING):
                raise Conflict(f"run {run.name!r} has just been started")
            transaction.append(self._events.event(RunStarted(run_id=run_id, queued=True), corr_id=corr_id))
        return started

    async def taken(self, run_id: str) -> None:
        """A worker has it."""
        async with self._database.transaction() as transaction:
            run = await transaction.runs.find(run_id)
            if run is not None:
                await transaction.runs.save(replace(run, queued=False), expected=RunStatus.RUNNING)

    async def completed(self, run_id: str, outcome: Outcome, *, corr_id: str) -> None:
        """Running → completed, with its whole record. A run that is not running is left as it is: an earlier try went
        through, though it was not known. What an earlier try had written of the record is not written again."""
        await self._write(run_id, outcome.record)
        async with self._database.transaction() as transaction:
            run = await transaction.runs.find(run_id)
            if run is None or run.status is not RunStatus.RUNNING:
                return
            done = replace(run.step(RunStep.COMPLETE, at=self._events.now()), data_hash=outcome.data_hash)
            if await transaction.runs.save(done, expected=RunStatus.RUNNING):
                await _finish(transaction, run, outcome.record)
                transaction.append(self._events.event(outcome.completed, corr_id=corr_id))

    async def progress(self, run_id: str, stage: str, fraction: float, *, corr_id: str) -> None:
        """How far it is: an event, and nothing in its row."""
        event = self._events.event(RunProgress(run_id=run_id, stage=stage, fraction=fraction), corr_id=corr_id)
        async with self._database.transaction() as transaction:
            transaction.append(event)

    async def halted(self, run_id: str, reason: str, *, corr_id: str) -> None:
        """It may not trade until it is resumed. A run that is not running, or halted for that already, is left as it
        is."""
        reason = fit_to_keep(reason, length_max=ERROR_LENGTH_MAX)
        event = self._events.event(RunHalted(run_id=run_id, reason=reason), corr_id=corr_id)
        async with self._database.transaction() as transaction:
            run = await _held(transaction, run_id)
            if run is not None and run.halted != reason:
                await transaction.runs.save(replace(run, halted=reason), expected=RunStatus.RUNNING)
                transaction.append(event)

    async def resumed(self, run_id: str, *, corr_id: str) -> None:
        """It goes on, after a restart or a halt; a run that is not running is left as it is."""
        event = self._events.event(RunResumed(run_id=run_id), corr_id=corr_id)
        async with self._database.transaction() as transaction:
            run = await _held(transaction, run_id)
            if run is not None:
                await transaction.runs.save(replace(run, halted=None), expected=RunStatus.RUNNING)
                transaction.append(event)

    async def stopped(self, run_id: str, reason: str, *, corr_id: str, record: Record = ()) -> None:
        """Running → stopped, with what it had done; a run that is not running is left as it is."""
        reason = fit_to_keep(reason, length_max=ERROR_LENGTH_MAX)
        event = self._events.event(RunStopped(run_id=run_id, reason=reason), corr_id=corr_id)
        await self._write(run_id, record)
        async with self._database.transaction() as transaction:
            run = await transaction.runs.find(run_id)
            if run is None or run.status is not RunStatus.RUNNING:
                return
            stopped = run.step(RunStep.STOP, at=self._events.now())
            if await transaction.runs.save(stopped, expected=RunStatus.RUNNING):
                await _finish(transaction, run, record)
                transaction.append(event)

    async def failed(self, run_id: str, error: str, *, corr_id: str, record: Record = ()) -> None:
        """Running → error, with what it had done; a run that is not running is left as it is. What there is of another
        record stays withheld: see `remove`."""
        error = fit_to_keep(error, length_max=ERROR_LENGTH_MAX)  # what cannot be kept would be tried for ever
        event = self._events.event(RunError(run_id=run_id, error=error), corr_id=corr_id)
        await self._write(run_id, record)
        async with self._database.transaction() as transaction:
            run = await transaction.runs.find(run_id)
            if run is None or run.status is not RunStatus.RUNNING:
                return
            failed = run.step(RunStep.FAIL, at=self._events.now(), error=error)
            if await transaction.runs.save(failed, expected=RunStatus.RUNNING):
                await _finish(transaction, run, record)
                transaction.append(event)

    async def deleted(self, run_id: str, *, corr_id: str) -> None:
        """There is no such run any more; `remove` does the rest. Raises NotFound, and Conflict for one that is
        running."""
        async with self._database.transaction() as transaction:
            run = known(await transaction.runs.find(run_id), run_id)
            if run.status is RunStatus.RUNNING:
                raise Conflict(f"run {run.name!r} is running: stop it first")
            if not await transaction.withheld.delete(run_id, expected=run.status):  # somebody may have started it
                raise Conflict(f"run {run.name!r} has just changed: look at it again")
            transaction.append(self._events.event(RunDeleted(run_id=run_id), corr_id=corr_id))

    async def withheld(self) -> list[str]:
        """The runs whose records are withheld."""
        async with self._database.transaction() as transaction:
            return await transaction.withheld.all()

    async def remove(self, run_id: str) -> None:
        """Remove a record that is withheld, of a run that is not running. What a power cut brings back of it stays
        withheld, and is removed again."""
        has_more = True
        while has_more:
            async with self._database.transaction(patient=True, durable=False) as transaction:
                has_more = await transaction.withheld.remove_some(run_id)

    async def _write(self, run_id: str, record: Record) -> None:
        """Write what is not yet kept of a running backtest's record."""
        number = await self._kept(run_id) if record else None
        while number is not None and number < len(record):
            piece = record[number]
            async with self._database.transaction(patient=True, durable=piece.durable) as transaction:
                is_next = await transaction.withheld.claim(run_id, number)
                if is_next:
                    await piece.write(transaction)
            number = number + 1 if is_next else await self._kept(run_id)

    async def _kept(self, run_id: str) -> int | None:
        async with self._database.transaction() as transaction:
            return await transaction.withheld.pieces(run_id)

    async def insist(self, write: Callable[[], Awaitable[T]], *, on: tuple[type[Exception], ...]) -> T:
        """Write, again and again where the database cannot take it (`on`), waiting longer each time up to a bound."""
        seconds = WAIT_SECONDS
        while True:
            try:
                return await write()
            except on as error:
                _log.warning("run_not_recorded", error=str(error), again_after=seconds, exc_info=_is_odd(error))
                await self._wait(seconds)
                seconds = min(2 * seconds, WAIT_SECONDS_MAX)


async def _finish(transaction: Transaction, run: Run, record: Record) -> None:
    """Have everybody shown a backtest's record; write that of another run."""
    if run.mode is not RunMode.BACKTEST:
        for piece in record:
            await piece.write(transaction)
    elif record and not await transaction.withheld.publish(run.id, pieces=len(record)):
        raise Unavailable("the database has lost some of the run's record: it is written again")


def known(run: Run | None, run_id: str) -> Run:
    """The run. Raises NotFound where there is none."""
    if run is None:
        raise NotFound(f"there is no run {run_id!r}")
    return run


async def _held(transaction: Transaction, run_id: str) -> Run | None:
    """A running run, which nobody else changes until the transaction ends."""
    if not await transaction.runs.hold(run_id, expected=RunStatus.RUNNING):
        return None
    return await transaction.runs.find(run_id)


def _is_odd(error: Exception) -> bool:
    return not isinstance(error, Unavailable | Conflict)

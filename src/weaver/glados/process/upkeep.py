"""What the server does unasked: runs that were left behind are marked, stored bars are looked at."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Protocol

import structlog

from weaver.events.log.waiting import end_task
from weaver.glados.ports import Wait
from weaver.model.errors import InputError, ReadOnly, Unavailable
from weaver.walle.bars.store import ParquetBarStore

RECOVER_AGAIN_SECONDS = 5.0
"""How soon runs that were left behind are tried to be marked again."""
_log = structlog.get_logger("weaver.main")

Recover = Callable[[], Awaitable[object]]


class Owned(Protocol):
    """A database that is a server's own, or another's."""

    def on_ownership(self, callback: Callable[[bool], None]) -> None:
        """Have it called whenever that changes."""
        ...


async def recovered(recover: Recover) -> bool:
    """Mark the runs that were left behind. False: the database does not keep it now, as with a full disk."""
    try:
        await recover()
    except (Unavailable, ReadOnly) as error:
        _log.warning("not_recovered", error=str(error))
        return False
    return True


async def recover_when_needed(database: Owned, recover: Recover, wait: Wait, *, is_recovered: bool) -> None:
    """Again until it is done; and whenever the database was regained: another server may have owned it meanwhile, and
    left runs behind."""
    regained = asyncio.Event()
    database.on_ownership(lambda is_owner: regained.set() if is_owner else None)
    while True:
        while not is_recovered:
            await wait(RECOVER_AGAIN_SECONDS)
            is_recovered = await recovered(recover)
        await regained.wait()
        regained.clear()
        is_recovered = await recovered(recover)


async def look_at_bars(bars: ParquetBarStore, *, is_owner: Callable[[], bool]) -> None:
    """Find what was damaged while no server ran; and give series of an earlier Weaver their checksums."""
    try:
        entries = await asyncio.to_thread(bars.catalogue)
    except InputError as error:  # the folder is none, or may not be read: /healthz tells
        _log.warning("bars_not_looked_at", error=str(error))
        return
    for entry in entries:
        if entry.checks is None and is_owner():
            try:
                await asyncio.to_thread(bars.add_checksums, entry)
            except (InputError, Unavailable) as error:  # until then the bars are known by their hash
                _log.warning("no_checksums_added", error=str(error))
        await asyncio.to_thread(bars.look, entry)


@asynccontextmanager
async def in_background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Something that goes on until the end of the block; that it fails is logged at once, and ends nothing else."""
    task = asyncio.create_task(work)
    task.add_done_callback(_log_failure)
    try:
        yield
    finally:
        await end_task(task)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("background_work_failed", exc_info=error)

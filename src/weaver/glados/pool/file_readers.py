"""Reads uploads in processes of their own, which may take so much memory and so long: whatever a file unpacks to, or
does to its parser, the server neither grows nor waits."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, Protocol

import structlog

from weaver.glados.limits import Limits
from weaver.glados.pool.errors import error_of
from weaver.glados.pool.protocol import Frame, encoded
from weaver.glados.pool.reading import Reading
from weaver.glados.pool.worker_process import WorkerProcess, how_it_ended
from weaver.glados.schemas.market.data import ImportResponse, PreviewResponse
from weaver.model.errors import DataError, InputError, OutOfMemory, RunFailed, Unavailable, WeaverError, WorkerLost

PROCESSES_MAX = 2
"""An import, and a look at a file beside it."""
_MB = 1024 * 1024
_log = structlog.get_logger("weaver.glados.readers")


class FileReader(Protocol):
    """Reads files that clients have sent."""

    async def preview(self, reading: Reading) -> PreviewResponse:
        """What a file would bring. What is wrong with it is told in the answer."""
        ...

    async def store(self, reading: Reading, *, keep: bool, read_done: Callable[[], None]) -> ImportResponse:
        """Store a file's bars, wholly or not at all. Raises InputError, and Unavailable where the file is gone, or
        there is no turn in time."""
        ...

    async def close(self) -> None:
        """End what is being read."""
        ...


class FileReaders:
    """See `FileReader`: processes that are started when they are first needed, and stay."""

    def __init__(self, command: Sequence[str], *, limits: Limits) -> None:
        self._command, self._limits = command, limits
        self._slots: asyncio.LifoQueue[WorkerProcess | None] = asyncio.LifoQueue()
        for _ in range(PROCESSES_MAX):
            self._slots.put_nowait(None)
        self.processes: set[WorkerProcess] = set()

    async def preview(self, reading: Reading) -> PreviewResponse:
        """See `FileReader`."""
        message = encoded("preview", reading.to_json())
        try:
            result = await self._asked(message, reading, lambda: None, turn_seconds=self._limits.wait_seconds)
        except InputError as error:
            result = _unreadable(reading, error)
        return PreviewResponse.model_validate(result)

    async def store(self, reading: Reading, *, keep: bool, read_done: Callable[[], None]) -> ImportResponse:
        """See `FileReader`."""
        message = encoded("store", {**reading.to_json(), "keep": keep})
        result = await self._asked(message, reading, read_done, turn_seconds=self._limits.upload_seconds)
        return ImportResponse.model_validate(result)

    async def close(self) -> None:
        """End all processes, and what they are doing."""
        await asyncio.gather(*(process.end() for process in self.processes), return_exceptions=True)

    async def _asked(
        self, message: bytes, reading: Reading, read_done: Callable[[], None], *, turn_seconds: float
    ) -> Mapping[str, Any]:
        """What a process answers. Raises what it says went wrong."""
        async with self.process(turn_seconds) as process:
            seconds, last = self._limits.upload_seconds, None
            limit = asyncio.timeout(seconds)
            try:
                async with limit, aclosing(process.ask(message)) as frames:
                    async for frame in frames:
                        if frame.kind == "read":
                            read_done()
                            limit.reschedule(asyncio.get_running_loop().time() + seconds)
                        else:
                            last = last or frame
            except TimeoutError:
                raise DataError(
                    f"{reading.name}: reading it took over {seconds:g} s (WEAVER_UPLOAD_SECONDS): {_INSTEAD}"
                ) from None
            except WorkerLost as error:
                raise Unavailable(f"{reading.name}: {error}: send it again") from error
        assert last is not None, "a job says at least that it has ended"
        if last.kind != "result":
            raise self._error(last, reading)
        return last.body

    def _error(self, frame: Frame, reading: Reading) -> WeaverError:
        """What went wrong, by a frame that says so."""
        if frame.kind != "error":
            return self._too_large(reading, f" (its reader {how_it_ended(int(frame.body['status']))})")
        error = error_of(frame.body)
        if isinstance(error, OutOfMemory):
            return self._too_large(reading)
        if not isinstance(error, RunFailed):
            return error
        _log.error("reading failed unexpectedly", error=type(error).__name__, message=str(error))
        return DataError(f"{reading.name}: it cannot be read, by a fault of Weaver; the server's log says more")

    def _too_large(self, reading: Reading, ended: str = "") -> DataError:
        most = self._limits.upload_memory_bytes // _MB
        return DataError(
            f"{reading.name}: it unpacks to more than can be read in {most:,} MB of memory "
            f"(WEAVER_UPLOAD_MEMORY_MB), or is damaged{ended}: {_INSTEAD}"
        )

    @asynccontextmanager
    async def process(self, turn_seconds: float) -> AsyncIterator[WorkerProcess]:
        """A process that is free, and given back; one that is still at work is ended."""
        try:
            async with asyncio.timeout(turn_seconds):
                process = await self._slots.get()
        except TimeoutError:
            raise Unavailable(f"other files have been read for {turn_seconds:g} s: try again later") from None
        try:
            if process is None or not process.is_alive:
                process = await self._started()
            yield process
        finally:
            if process is not None and not process.is_idle:
                await self._ended(process)
            self._slots.put_nowait(process if process is not None and process.is_alive else None)

    async def _started(self) -> WorkerProcess:
        try:
            process = await WorkerProcess.started(self._command)
        except (WorkerLost, RunFailed) as error:
            raise Unavailable(f"no process can be started that would read files: {error}") from error
        self.processes.add(process)
        return process

    async def _ended(self, process: WorkerProcess) -> None:
        self.processes.discard(process)
        await process.end()


_INSTEAD = "split it, or use `weaver data import` where the server runs"


def _unreadable(reading: Reading, error: InputError) -> dict[str, Any]:
    return {
        "symbol": reading.symbol, "asset_class": None, "timeframe": None, "time_zone": None, "bars": 0, "first": None,
        "last": None, "columns": [], "rows": [], "notes": [], "warnings": [],
        "errors": [{"message": str(error), "row": error.row if isinstance(error, DataError) else None}],
    }  # fmt: skip

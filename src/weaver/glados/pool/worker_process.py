"""One worker process, as its server holds it."""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress

from weaver.glados.pool.descendants import end_marked
from weaver.glados.pool.protocol import HEADER_BYTES, Frame, decoded, encoded, lengths
from weaver.model.errors import WorkerLost

START_SECONDS = 30.0
_STREAM_BYTES = 1 << 20
_TAIL_BYTES = 4_096
_LINE_LENGTH = 300
_LAST_WORDS_SECONDS = 0.2
_GONE_SECONDS = 10.0
"""A killed process is gone at once, but on a busy machine."""
MARK = "WEAVER_WORKER"
"""The variable of its environment by which whatever a worker leaves behind is known as its own."""


class WorkerProcess:
    """A process that does one job at a time. Everything read from it is data; its standard error is drained, and the
    end of it kept for messages."""

    def __init__(self, process: Process, mark: str | None) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process, self._line, self._answers, self._errors = process, process.stdin, process.stdout, process.stderr
        self._mark = mark
        self._expected: tuple[int, int] | None = None
        self._reading: asyncio.Task[bytes] | None = None
        """A read of the line that has not been taken: whoever waited for it was cancelled."""
        self._tail = b""
        self._drain = asyncio.create_task(self._drained())
        self._exit = asyncio.create_task(self._exited())
        self.is_idle = False
        """Whether it waits for a job."""

    @classmethod
    async def started(
        cls, command: Sequence[str], *, environment: Mapping[str, str] | None = None, mark: str | None = None
    ) -> "WorkerProcess":
        """A process that is ready for its first job. Raises WorkerLost where it cannot be started.

        environment: None gives it the server's own. mark: no other process has it, so that whatever somebody's code
        leaves behind is known by it; None where nobody's code is run.
        """
        if environment is not None and mark is not None:
            environment = {**environment, MARK: mark}
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=_STREAM_BYTES, start_new_session=True,
                env=environment,
            )  # fmt: skip
        except OSError as error:
            raise WorkerLost(f"a worker process cannot be started ({command[0]}): {error.strerror}") from error
        worker = cls(process, mark)
        try:
            async with asyncio.timeout(START_SECONDS):
                await worker._read()
            worker.is_idle = True
        except TimeoutError:
            raise WorkerLost(f"a worker process was not ready after {START_SECONDS:g} s") from None
        finally:
            if not worker.is_idle:
                await worker.end()
        return worker

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return not self._exit.done()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def ask(self, message: bytes, *, silence_seconds: float | None = None) -> AsyncGenerator[Frame, None]:
        """Give it a job, and what it says until the job has ended. Raises WorkerLost where the process is gone, and
        TimeoutError where it has said nothing for so long (None: it may)."""
        self.is_idle, self._tail = False, b""
        await self._send(message)
        while not self.is_idle:
            async with asyncio.timeout(silence_seconds):
                frame = await self._read()
            self.is_idle = frame.kind == "ended"
            yield frame

    async def interrupt(self, *, patience: float) -> None:
        """End the job within so many seconds, or the process with it."""
        try:
            async with asyncio.timeout(patience):
                await self._send(encoded("cancel", {}))
                while not self.is_idle:
                    self.is_idle = (await self._read()).kind == "cancelled"
        except (TimeoutError, WorkerLost):
            pass  # it is killed below
        finally:
            if not self.is_idle:
                self.kill()

    def kill(self) -> None:
        """End the process at once; `end` is still to be awaited."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def end(self) -> None:
        """End the process, and wait until it is gone with all that belongs to it."""
        self.kill()
        await asyncio.wait({self._exit}, timeout=_GONE_SECONDS)
        if self._mark is not None:
            end_marked(MARK, self._mark)
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        with suppress(TimeoutError):  # the loop has ways of its own to learn of the end, and of that of the lines
            async with asyncio.timeout(_GONE_SECONDS):
                await self._process.wait()
                await asyncio.wait({self._drain, asyncio.ensure_future(self._rest())})
        for task in (self._drain, self._exit):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._line.close()
        with suppress(BrokenPipeError, ConnectionResetError):
            await self._line.wait_closed()

    @property
    def standard_error(self) -> str:
        """The end of what the job has written there, prints of its strategy among it."""
        return self._tail.decode(errors="replace").replace("\x00", "?")

    def last_words(self) -> str:
        """The last line of its standard error, in brackets; empty where there is none."""
        lines = [line.strip() for line in self.standard_error.splitlines() if line.strip()]
        return f" (its last words: {lines[-1][:_LINE_LENGTH]})" if lines else ""

    async def _send(self, message: bytes) -> None:
        try:
            self._line.write(message)
            await self._line.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise await self._lost() from error

    async def _read(self) -> Frame:
        """The next message. A read that was cancelled goes on where it stood."""
        try:
            if self._expected is None:
                self._expected = lengths(await self._exactly(HEADER_BYTES))
            text, rest = self._expected
            content = await self._exactly(text + rest)
        except asyncio.IncompleteReadError as error:
            raise await self._lost() from error
        self._expected = None
        return decoded(content, text)

    async def _exactly(self, count: int) -> bytes:
        """So many bytes of the line. Somebody whom a strategy left behind may hold that open: the process's own end
        counts too. Raises IncompleteReadError."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._answers.readexactly(count))
        reading = self._reading
        await asyncio.wait({reading, self._exit}, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():  # what it said last may still be on its way
            await asyncio.wait({reading}, timeout=_LAST_WORDS_SECONDS)
        if not reading.done():
            reading.cancel()
            raise asyncio.IncompleteReadError(b"", count)
        self._reading = None
        return reading.result()

    async def _exited(self) -> None:
        """Return when the process has ended, whoever holds its lines."""
        if not hasattr(os, "pidfd_open"):  # pragma: no cover - not on Linux
            await self._process.wait()
            return
        try:
            watched = os.pidfd_open(self._process.pid)
        except ProcessLookupError:
            return
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(watched, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(watched)
            os.close(watched)

    async def _rest(self) -> None:
        """Read the line to its end, for nobody: so it is closed."""
        with suppress(RuntimeError):  # somebody reads it still, who hears of the end himself
            while await self._answers.read(_STREAM_BYTES):
                pass

    async def _lost(self) -> WorkerLost:
        self.kill()
        await asyncio.wait({self._exit, self._drain}, timeout=_LAST_WORDS_SECONDS)
        with suppress(TimeoutError):  # of its exit code the loop hears by a way of its own
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await self._process.wait()
        code = self._process.returncode
        how = "has ended" if code is None else how_it_ended(code)
        return WorkerLost(f"the worker's process {how}{self.last_words()}")

    async def _drained(self) -> None:
        while chunk := await self._errors.read(_TAIL_BYTES):
            self._tail = (self._tail + chunk)[-_TAIL_BYTES:]


def how_it_ended(code: int) -> str:
    """An exit code in words; it is minus the signal where one ended the process."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"was ended by signal {-code}"

"""One worker process, as its server holds it."""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress

from weaver.glados.pool_protocol import HEADER_BYTES, Frame, decoded, encoded, lengths
from weaver.model.errors import WorkerLost

START_SECONDS = 30.0
_STREAM_BYTES = 1 << 20
_TAIL_BYTES = 4_096
_LINE_LENGTH = 300
_LAST_WORDS_SECONDS = 0.2


class WorkerProcess:
    """A process that does one job at a time. Everything read from it is data; its standard error is drained, and the
    end of it kept for messages."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process, self._line, self._answers, self._errors = process, process.stdin, process.stdout, process.stderr
        self._expected: tuple[int, int] | None = None
        self._tail = b""
        self._drain = asyncio.create_task(self._drained())
        self.is_idle = False
        """Whether it waits for a job."""

    @classmethod
    async def started(cls, command: Sequence[str]) -> "WorkerProcess":
        """A process that is ready for its first job. Raises WorkerLost where it cannot be started."""
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=_STREAM_BYTES, start_new_session=True
            )
        except OSError as error:
            raise WorkerLost(f"a worker process cannot be started ({command[0]}): {error.strerror}") from error
        worker = cls(process)
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
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def ask(self, message: bytes) -> AsyncGenerator[Frame, None]:
        """Give it a job, and what it says until the job has ended. Raises WorkerLost where the process is gone."""
        self.is_idle, self._tail = False, b""
        await self._send(message)
        while not self.is_idle:
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
        await self._process.wait()
        self._drain.cancel()
        with suppress(asyncio.CancelledError):
            await self._drain
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
                self._expected = lengths(await self._answers.readexactly(HEADER_BYTES))
            text, rest = self._expected
            content = await self._answers.readexactly(text + rest)
        except asyncio.IncompleteReadError as error:
            raise await self._lost() from error
        self._expected = None
        return decoded(content, text)

    async def _lost(self) -> WorkerLost:
        self.kill()
        code = await self._process.wait()
        await asyncio.wait({self._drain}, timeout=_LAST_WORDS_SECONDS)
        return WorkerLost(f"the worker's process {how_it_ended(code)}{self.last_words()}")

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

"""One run's decider, as its server holds it."""

import asyncio
import math
import os
import signal
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from weaver.glados.deciders.lines import FrameLine, Tail
from weaver.glados.pool.errors import error_of
from weaver.glados.pool.protocol import Frame, encoded
from weaver.glados.pool.worker_process import how_it_ended
from weaver.model.errors import OutOfMemory, RunFailed, WeaverError, WorkerLost
from weaver.veda.ports import Decision

_LAST_WORDS_SECONDS = 0.2
"""What a process has said may arrive so long after its end."""
_NOTHING = Decision()
_JUST_SECONDS = 1.0
"""So long after its answer what a call did may still come to pass."""
_GONE_SECONDS = 0.5
"""So long the host has to end a process; then it is ended from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long a call may take, in seconds."""

    start: float = 30.0
    tick: float = 5.0


class RunDecider:
    """See `veda.ports.Decider`. Everything read from its process is data."""

    def __init__(
        self,
        run_id: str,
        end: Callable[[], None],
        deadlines: Deadlines,
        memory_max_bytes: int,
        leave: Callable[[], Awaitable[None]],
    ) -> None:
        """end: asks the host to end the process. leave: lets go of the host, once the process is gone."""
        self.run_id, self._ask_end, self._deadlines, self._leave = run_id, end, deadlines, leave
        self._memory_max_bytes = memory_max_bytes
        self.line, self.tail = FrameLine(self._heard, self._hung_up), Tail()
        self._transports: list[asyncio.BaseTransport] = []
        self._writer: asyncio.WriteTransport | None = None
        self.is_asked = self._has_hung_up = False
        self._frames: deque[Frame] = deque()
        """What was answered, and is still to be looked at."""
        self._missing = 0
        """How many answers are still to come."""
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self._waits: asyncio.TimerHandle | None = None
        self._is_over = self._is_greedy = False
        self._answered_at = -math.inf
        self._how = ""
        self.pid = 0

    @property
    def is_in_call(self) -> bool:
        """Whether its strategy is at work, or was a moment ago: whoever ends its host may answer before the host is
        gone."""
        return self.is_asked or asyncio.get_running_loop().time() - self._answered_at < _JUST_SECONDS

    def connected(self, writer: asyncio.WriteTransport, errors: asyncio.BaseTransport, pid: int) -> None:
        """Its lines stand, and its process runs."""
        self._writer, self._transports, self.pid = writer, [writer, errors], pid

    async def start(self, setup: bytes, warmups: Mapping[str, bytes]) -> Decision:
        """See `Decider`."""
        message = encoded("start", {"digests": list(warmups)}, [setup, *warmups.values()])
        return await self._one(self._asked(message, 1, self._deadlines.start, "on_start"))

    async def decide(self, inputs: bytes) -> Decision:
        """See `Decider`."""
        return await self._one(self.decide_all([inputs]))

    def decide_all(self, ticks: Sequence[bytes]) -> AsyncGenerator[Decision]:
        """See `Decider`."""
        return self._asked(encoded("decide", {}, ticks), len(ticks), self._deadlines.tick, "a tick")

    async def stop(self) -> Decision:
        """See `Decider`."""
        return await self._one(self._asked(encoded("stop", {}), 1, self._deadlines.tick, "on_stop"))

    async def close(self) -> None:
        """See `Decider`."""
        self._end()
        try:
            async with asyncio.timeout(_GONE_SECONDS):
                await self._gone.wait()
        except TimeoutError:  # the host does not answer; so it has not waited for the process, whose id is its own yet
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        if self._waits is not None:
            self._waits.cancel()
            self._hung_up()
        for transport in self._transports:
            transport.close()
        await self._leave()

    def ended(self, status: int, *, is_greedy: bool) -> None:
        """The process has ended; what it said last may still be on its way."""
        self._how, self._is_greedy, self._is_over = how_it_ended(status), is_greedy, True
        self._gone.set()
        if self.is_asked:
            self._waits = asyncio.get_running_loop().call_later(_LAST_WORDS_SECONDS, self._hung_up)

    async def _one(self, asked: AsyncGenerator[Decision]) -> Decision:
        [decision] = [one async for one in asked]
        return decision

    async def _asked(self, message: bytes, count: int, seconds: float, what: str) -> AsyncGenerator[Decision]:
        """So many decisions, each of which may take so long."""
        if self._is_over or self.is_asked:
            raise self._lost()
        assert self._writer is not None
        self.is_asked, self._missing = True, count
        self._writer.write(message)
        try:
            while count:
                frame = await self._frame(seconds, what)
                if frame.kind != "nothing":
                    yield self._decision(frame)
                    count -= 1
                    continue
                for _ in range(times := self._times(frame, count)):
                    yield _NOTHING
                count -= times
        except BaseException:
            self._end()  # nobody waits for the answers any more, which would be taken for those of the next message
            raise
        self.is_asked, self._answered_at = False, asyncio.get_running_loop().time()

    async def _frame(self, seconds: float, what: str) -> Frame:
        """The next answer. Raises TimeoutError, and WorkerLost where the process is gone."""
        if self._frames:
            return self._frames.popleft()
        try:
            async with asyncio.timeout(seconds):
                while not self._frames and not self._has_hung_up:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(
                f"the strategy of run {self.run_id} took over {seconds:g} s for {what}, and its process was ended"
            ) from None
        if not self._frames:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORDS_SECONDS):
                    await self._gone.wait()
            raise self._lost()
        return self._frames.popleft()

    def _decision(self, frame: Frame) -> Decision:
        if frame.kind == "error":
            self._end()
            error = error_of(frame.body)
            raise self._out_of_memory() if isinstance(error, OutOfMemory) else error
        journal = tuple(map(str, frame.body.get("journal", ())))
        return Decision(actions=tuple(frame.blobs), journal=journal)

    def _times(self, frame: Frame, most: int) -> int:
        """Of how many ticks in a row nothing came. Raises RunFailed where that cannot be."""
        match frame.body:
            case {"times": int(times)} if 0 < times <= most:
                self._missing -= times - 1
                return times
        raise RunFailed(f"the process of run {self.run_id}'s strategy cannot be understood: {dict(frame.body)}"[:300])

    def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._ask_end()

    def _heard(self, frame: Frame) -> None:
        if self._missing:  # nobody has asked for what comes besides
            self._missing -= 1
            self._frames.append(frame)
            self._news.set()

    def _hung_up(self) -> None:
        self._is_over = self._has_hung_up = True
        self._news.set()

    def _lost(self) -> WeaverError:
        if self._is_greedy:
            return self._out_of_memory()
        how = self._how or "is gone"
        return WorkerLost(f"the process of run {self.run_id}'s strategy {how}{self.tail.last_words()}")

    def _out_of_memory(self) -> OutOfMemory:
        most = self._memory_max_bytes // 1024**2
        return OutOfMemory(f"the strategy of run {self.run_id} needed more than the {most:,} MB that one may have")

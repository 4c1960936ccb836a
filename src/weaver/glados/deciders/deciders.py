"""The host of deciders as its server holds it, and deciders as they are asked for."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from weaver.glados.deciders.lines import FrameLine
from weaver.glados.deciders.run_decider import Deadlines, RunDecider
from weaver.glados.pool.descendants import end_marked
from weaver.glados.pool.protocol import Frame, encoded
from weaver.glados.pool.worker_process import MARK
from weaver.model.errors import WorkerLost

COMMAND = (sys.executable, "-m", "weaver.decider")
START_SECONDS = 30.0
_FORK_SECONDS = 20.0
"""Of one alone: milliseconds, but on a machine that is busy with everything else."""
_LEAVE_SECONDS = 1.0
"""So long it has to leave by itself; then it is ended."""
_GONE_SECONDS = 10.0


class LocalDeciders:
    """See `veda.ports.Deciders`: processes of this machine, forked from one host, which is started when it is first
    needed, and anew where it is lost.

    A host is lost where a strategy has ended it. It is one of those that were in a call just then, and they are forked
    from hosts of their own from then on: what one does to its host again is no other's loss.
    """

    def __init__(
        self,
        *,
        memory_max_bytes: int,
        environment: Mapping[str, str],
        new_id: Callable[[], str],
        deadlines: Deadlines = Deadlines(),  # noqa: B008 - a frozen value
        command: Sequence[str] = COMMAND,
        nice: int = 0,
    ) -> None:
        """memory_max_bytes: of each strategy. environment: that of the processes. new_id: marks the host, so that
        whatever is left behind is known."""
        self._memory_max_bytes, self._new_id, self._deadlines = memory_max_bytes, new_id, deadlines
        self._command = (*command, "--memory", str(memory_max_bytes), "--nice", str(nice))
        # Sets of texts are gone through in the order of their hashes: that must not change from one process to another.
        self._environment = {**environment, "PYTHONHASHSEED": "0"}
        self._host: HostProcess | None = None
        self._suspects: set[str] = set()
        """Runs of which one may have ended a host."""
        self._own: set[HostProcess] = set()
        """Hosts of one run each."""
        self._starting = asyncio.Lock()
        self._preparing: asyncio.Task[None] | None = None

    @property
    def host_pid(self) -> int | None:
        """The host's process id."""
        return None if self._host is None else self._host.pid

    def get_ready(self) -> None:
        """See `Deciders`."""
        if self._host is None and self._preparing is None:
            self._preparing = asyncio.create_task(self._prepared(), name="the host of deciders")

    async def _prepared(self) -> None:
        async with self._starting:
            if self._host is None:
                with suppress(WorkerLost):
                    self._host = await self._started()
        self._preparing = None

    async def new(self, run_id: str) -> RunDecider:
        """See `Deciders`."""
        async with self._starting:
            await self._bury()
            if run_id in self._suspects:
                host = await self._started()
                self._own.add(host)
            else:
                host = self._host = self._host or await self._started()
        key = self._new_id()

        async def leave() -> None:
            if host in self._own:
                self._own.discard(host)
                await host.end()

        decider = RunDecider(run_id, lambda: host.ask_end(key), self._deadlines, self._memory_max_bytes, leave)
        try:
            await host.fork(key, decider)
        except BaseException:
            await leave()
            raise
        return decider

    async def close(self) -> None:
        """End the hosts, and with them every decider."""
        if self._preparing is not None:
            await self._preparing
        hosts = [*self._own, *([self._host] if self._host is not None else [])]
        self._own.clear()
        self._host = None
        await asyncio.gather(*(host.end() for host in hosts))

    async def _started(self) -> "HostProcess":
        return await HostProcess.started(self._command, self._environment, self._new_id())

    async def _bury(self) -> None:
        """See to a host that was lost, and remember who may have done it."""
        if self._host is not None and not self._host.is_alive:
            self._suspects |= self._host.in_call
            lost, self._host = self._host, None
            await lost.end()


class HostProcess:
    """The process that forks deciders."""

    def __init__(self, process: Process, mark: str, control: socket.socket) -> None:
        self._process, self._mark, self._control = process, mark, control
        self._line = FrameLine(self._heard, self._hung_up)
        self._transport: asyncio.BaseTransport | None = None
        self._ready = asyncio.Event()
        self._deciders: dict[str, RunDecider] = {}
        self._forks: dict[str, asyncio.Future[int]] = {}
        self._turn = asyncio.Lock()
        self.is_alive = True
        self.in_call: frozenset[str] = frozenset()
        """The runs that were in a call when it was lost, or just before."""

    @classmethod
    async def started(cls, command: Sequence[str], environment: Mapping[str, str], mark: str) -> "HostProcess":
        """A host that is ready. Raises WorkerLost where it cannot be started."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    stdin=theirs.fileno(),
                    stdout=DEVNULL,
                    start_new_session=True,
                    env={**environment, MARK: mark},
                )
            except OSError as error:
                ours.close()
                raise WorkerLost(f"no process can be started for strategies: {error.strerror}") from error
        host = cls(process, mark, ours.dup())
        host._transport, _ = await asyncio.get_running_loop().create_unix_connection(lambda: host._line, sock=ours)
        try:
            async with asyncio.timeout(START_SECONDS):
                await host._ready.wait()
        except TimeoutError:
            await host.end()
            raise WorkerLost(f"the process for strategies was not ready after {START_SECONDS:g} s") from None
        if not host.is_alive:
            await host.end()
            raise WorkerLost("the process for strategies ended as it was started; the server's log says more")
        return host

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def fork(self, key: str, decider: RunDecider) -> None:
        """Give a decider its process. Raises WorkerLost. The host makes one after the other, and so it is asked: that
        many come at once, as after a restart, is in nobody's time but their own."""
        async with self._turn:
            await self._fork(key, decider)

    async def _fork(self, key: str, decider: RunDecider) -> None:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        forked = self._forks[key] = loop.create_future()
        self._deciders[key] = decider
        try:
            self._tell("new", key, [theirs.fileno(), writing])
        finally:
            theirs.close()
            os.close(writing)
        writer, _ = await loop.create_unix_connection(lambda: decider.line, sock=ours)
        errors, _ = await loop.connect_read_pipe(lambda: decider.tail, os.fdopen(reading, "rb"))
        try:
            async with asyncio.timeout(_FORK_SECONDS):
                decider.connected(writer, errors, await forked)
        except BaseException as error:
            for transport in (writer, errors):
                transport.close()
            self.ask_end(key)
            if isinstance(error, TimeoutError):
                raise WorkerLost(f"the process for strategies made none in {_FORK_SECONDS:g} s") from None
            raise
        finally:
            del self._forks[key]

    def ask_end(self, key: str) -> None:
        """Have a decider's process ended."""
        if key in self._deciders:
            with suppress(WorkerLost):
                self._tell("end", key)

    async def end(self) -> None:
        """End it, and wait until it is gone with all that belongs to it."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # it then ends its deciders, waits for them, and leaves
        for seconds in (_LEAVE_SECONDS, _GONE_SECONDS):
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._process.wait()
                break
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        end_marked(MARK, self._mark)
        self._hung_up()
        self._control.close()
        if self._transport is not None:
            self._transport.close()

    def _tell(self, kind: str, key: str, descriptors: Sequence[int] = ()) -> None:
        """Send a message, which the line has room for unless the host hangs. Raises WorkerLost."""
        try:
            socket.send_fds(self._control, [encoded(kind, {"key": key})], descriptors)
        except OSError as error:
            raise WorkerLost(f"the process for strategies does not answer ({error.strerror})") from error

    def _heard(self, frame: Frame) -> None:
        match frame.kind:
            case "ready":
                self._ready.set()
            case "forked":
                forked = self._forks.get(str(frame.body["key"]))
                if forked is not None and not forked.done():
                    forked.set_result(int(frame.body["pid"]))
            case "ended":
                decider = self._deciders.pop(str(frame.body["key"]), None)
                if decider is not None:
                    decider.ended(int(frame.body["status"]), is_greedy=bool(frame.body["is_greedy"]))

    def _hung_up(self) -> None:
        """It is gone, and the system has ended what it forked."""
        self.is_alive = False
        self._ready.set()
        for forked in self._forks.values():
            if not forked.done():
                forked.set_exception(WorkerLost("the process for strategies is gone"))
        self.in_call |= {decider.run_id for decider in self._deciders.values() if decider.is_in_call}
        for decider in self._deciders.values():
            decider.ended(-signal.SIGKILL, is_greedy=False)
        self._deciders.clear()

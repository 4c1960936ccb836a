"""Trials on this machine's cores: forks of this process, which have its bars without a copy."""

import ctypes
import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, ForkProcess

from weaver.greta.sweep.trials import Outcome
from weaver.research.sweeps.pool import Numbered
from weaver.research.sweeps.runner import TrialRunner, run_all

BATCH_SECONDS = 0.25
"""For about so long a worker is busy before it says what it has."""
BATCH_MAX = 200
LIVES = 2
"""So many workers a trial may take along before it counts as failed."""
_PR_SET_PDEATHSIG = 1


class Processes:
    """Several workers, each a fork of this process. One that dies costs its trials, which are run again, one by one; a
    trial that ends its worker twice has failed. They end with this process, however it ends."""

    def __init__(self, runner: TrialRunner, count: int) -> None:
        self._context = multiprocessing.get_context("fork")
        self._runner, self._count = runner, count
        self._workers: list[_Worker] = []

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers."""
        return [worker.pid for worker in self._workers]

    def run(self, trials: Sequence[Numbered]) -> Iterator[Outcome]:
        """See `TrialPool`."""
        left, again, deaths = deque(trials), deque[Numbered](), dict[int, int]()
        while len(self._workers) < min(self._count, len(trials)):
            self._workers.append(self._begun())
        outcomes = 0
        while outcomes < len(trials):
            for worker in self._workers:
                if not worker.trials and (batch := _next(left, again, worker.batch, self._count)):
                    worker.give(batch)
            busy = [worker for worker in self._workers if worker.trials]
            for line in wait([worker.line for worker in busy]):
                worker = next(one for one in busy if one.line is line)
                found = worker.taken()
                if found is None:
                    found = self._lost(worker, again, deaths)
                outcomes += len(found)
                yield from found

    def close(self) -> None:
        """See `TrialPool`."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def _begun(self) -> "_Worker":
        return _Worker(self._context, self._runner, [worker.line for worker in self._workers])

    def _lost(self, worker: "_Worker", again: deque[Numbered], deaths: dict[int, int]) -> list[Outcome]:
        """A worker has died: another takes its place, and its trials are run again, but for one that did it before."""
        trials, how = worker.trials, worker.end()
        place = self._workers.index(worker)
        del self._workers[place]
        self._workers.insert(place, self._begun())
        failed = []
        for number, point in trials:
            if len(trials) == 1:
                deaths[number] = deaths.get(number, 0) + 1
            if deaths.get(number, 0) >= LIVES:
                error = f"it ended its process {LIVES} times ({how}): memory, or a crash of compiled code"
                failed.append(Outcome(number=number, stats=None, error=error))
            else:
                again.append((number, point))
        return failed


def _next(left: deque[Numbered], again: deque[Numbered], size: int, workers: int) -> list[Numbered]:
    """What a worker is given next: of the last trials less, so that all end together."""
    if again:
        return [again.popleft()]
    size = max(min(size, len(left) // (2 * workers)), 1)
    return [left.popleft() for _ in range(min(size, len(left)))]


class _Worker:
    """One fork, as its parent holds it."""

    def __init__(self, context: ForkContext, runner: TrialRunner, others: Sequence[Connection]) -> None:
        self.line, far = context.Pipe()
        with warnings.catch_warnings():
            # From Python 3.12 on. A fork has one thread; it runs a strategy on numpy, and needs none of the others.
            warnings.filterwarnings("ignore", message=".*use of fork", category=DeprecationWarning)
            self._process: ForkProcess = context.Process(
                target=_work, args=(runner, far, [*others, self.line], os.getpid()), daemon=True
            )
            self._process.start()
        far.close()
        self.trials: list[Numbered] = []
        """What it is at work on."""
        self.batch = 1
        """How many trials it is given at a time."""
        self._given = 0.0

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process.pid is not None
        return self._process.pid

    def give(self, trials: list[Numbered]) -> None:
        """Have it run these."""
        self.trials, self._given = trials, time.perf_counter()
        with suppress(OSError):  # it is dead, as whoever waits for it will find
            self.line.send(trials)

    def taken(self) -> list[Outcome] | None:
        """What became of them; None: it has died."""
        try:
            found: list[Outcome] = self.line.recv()
        except (EOFError, OSError):
            return None
        each = (time.perf_counter() - self._given) / len(self.trials)
        self.batch = min(max(int(BATCH_SECONDS / max(each, 1e-6)), 1), BATCH_MAX)
        self.trials = []
        return found

    def end(self) -> str:
        """End it, and say how it ended."""
        self.line.close()
        self._process.join(0.05)
        self._process.kill()
        self._process.join()
        code = self._process.exitcode or 0
        return f"signal {-code}" if code < 0 else f"exit code {code}"


def _work(runner: TrialRunner, line: Connection, others: Sequence[Connection], parent: int) -> None:
    """What a fork does until its parent closes the line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to hear
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for other in others:
        other.close()
    while os.getppid() == parent:
        try:
            trials = line.recv()
        except (EOFError, OSError):
            return
        line.send(run_all(runner, trials))

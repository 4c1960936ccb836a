"""What a server has, seen from outside and from within."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.server import PATIENCE_SECONDS, Server
from tests.cycles.server import COUNTS
from tests.environment import forget_settings

KINDS = {stat.S_IFSOCK: "sockets", stat.S_IFIFO: "pipes", stat.S_IFREG: "files"}

SDK_THREADS = 8
"""Each that asks a venue has a connection of its own; they come as they are needed."""
OBJECTS_A_CYCLE = 0.4
REMEMBERED = (
    "weaver.veda.orders.", "weaver.veda.positions.", "weaver.veda.risk.watch.", "weaver.veda.exchange.orders.",
    "weaver.model.account.position.", "weaver.model.numbers.scale.",
)  # fmt: skip
"""What an open account knows of its orders, of its runs' sub-ledgers, and of what its venue said of them."""
OF_THREADS = {"weaver.veda.adapters.alpaca.rest.sdk._Timed": 2 * 4 * SDK_THREADS}
"""For both schemes, of the SDK's four clients, of each thread: made when one is first asked for."""
MEMORY_AT_FIRST, MEMORY_A_CYCLE = 8_000_000, 60_000
"""Of what is remembered, and of what an allocator keeps for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """At one moment."""

    processes: Mapping[str, int]
    """All that descend from the server, by their commands."""
    descriptors: Mapping[str, int]
    """Of the server and the host of deciders, by kind."""
    threads: int
    tasks: Mapping[str, int]
    """By what they run."""
    objects: Mapping[str, int]
    """Of Weaver's own types."""
    memory: int
    """Bytes that the server holds."""

    def left_since(self, before: "Census", cycles: int) -> list[str]:
        """What is there of so many cycles that should not be, in words."""
        told = []
        for name in ("processes", "tasks"):
            now, then = Counter(getattr(self, name)), Counter(getattr(before, name))
            if now != then:
                told.append(f"{name}: {now - then or 'none'} more, {then - now or 'none'} fewer")
        if self.threads > before.threads + SDK_THREADS:
            told.append(f"{self.threads} threads, where {before.threads} were")
        for kind, count in self.descriptors.items():
            if count > before.descriptors.get(kind, 0) + SDK_THREADS:
                told.append(f"{count} {kind}, where {before.descriptors.get(kind, 0)} were")
        for kind, count in self.objects.items():
            more = count - before.objects.get(kind, 0)
            if more > max(OBJECTS_A_CYCLE * cycles, OF_THREADS.get(kind, 0)) and not kind.startswith(REMEMBERED):
                told.append(f"{more} more of {kind}")
        if (more := self.memory - before.memory) > MEMORY_AT_FIRST + MEMORY_A_CYCLE * cycles:
            told.append(f"{more / 1e6:.1f} MB more")
        return told


class CensusServer(Server):
    """A server that can be asked what it has."""

    def launch(self) -> "subprocess.Popen[bytes]":
        """See `Server`."""
        forget_settings()
        with self._out.open("ab") as out, self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.cycles.server", "up", "--no-open"],
                env={
                    **os.environ, "SERVER_PORT": "0", **self._environment, "WEAVER_HOME": str(self.home),
                    COUNTS: str(self._counts),
                },
                stdin=subprocess.DEVNULL, stdout=out, stderr=errors, cwd=Path(__file__).parents[2],
            )  # fmt: skip
        return self._process

    @property
    def _counts(self) -> Path:
        return self.home.with_name(f"{self.home.name}-counts.json")

    def census(self) -> Census:
        """What it has now."""
        self._counts.unlink(missing_ok=True)
        os.kill(self.process_id, signal.SIGUSR2)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._counts.exists():
            assert time.monotonic() < deadline, "it does not count"
            time.sleep(0.01)
        counts = json.loads(self._counts.read_text())
        family = [self.process_id, *descendants(self.process_id)]
        hosts = [pid for pid in family if "weaver.decider" in command(pid)]
        return Census(
            processes=Counter(map(command, family[1:])),
            descriptors=sum((_descriptors(pid) for pid in (self.process_id, *hosts[:1])), Counter()),
            threads=int(_status(self.process_id, "Threads")),
            tasks=counts["tasks"],
            objects=counts["objects"],
            memory=int(_status(self.process_id, "VmRSS")) * 1024,
        )


def descendants(pid: int) -> Iterator[int]:
    """The ids of all processes that descend from one."""
    for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        yield child
        with suppress(FileNotFoundError):
            yield from descendants(child)


def command(pid: int) -> str:
    """What a process was started as, in short."""
    with suppress(OSError):
        return " ".join(Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:3])
    return "gone"


def _status(pid: int, name: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{name}:"))


def _descriptors(pid: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            found[KINDS.get(stat.S_IFMT(path.stat().st_mode), "others")] += 1
    return found

"""The real server, to be killed; and what must not be left of it then."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from tests.acceptance.server import Server as RealServer


class Server(RealServer):
    """`weaver up` on a home of its own, which no other process may have in its environment."""

    def __init__(self, home: Path, db_url: str | None, **environment: str) -> None:
        super().__init__(home, **environment, **({} if db_url is None else {"DB_URL": db_url}))
        self.is_up = False
        """Whether it ought to answer."""
        self.set_workers(1)

    def set_workers(self, count: int) -> None:
        """How many runs it works on at the same time, from its next start on."""
        self._environment["WEAVER_WORKERS"] = str(count)

    def start(self) -> None:
        """See `RealServer`."""
        super().start()
        self.is_up = True

    def stop(self) -> int:
        """See `RealServer`."""
        self.is_up = False  # before, so that nobody takes the broken connections for a fault
        return super().stop()

    def kill(self) -> None:
        """See `RealServer`."""
        self.is_up = False
        super().kill()

    def pause(self) -> None:
        """Stop its process where it is, as a machine does that falls asleep; what it has started goes on."""
        os.kill(self.process_id, signal.SIGSTOP)
        while set(_states(self.process_id)) != {"T"}:
            time.sleep(0.001)

    def go_on(self) -> None:
        """Wake it."""
        os.kill(self.process_id, signal.SIGCONT)

    def orphans(self, patience: float) -> list[str]:
        """Command lines of what is left of it after so many seconds: its workers must end by themselves."""
        deadline = time.monotonic() + patience
        while (left := processes_of(self.home)) and time.monotonic() < deadline:
            time.sleep(0.02)
        return [f"{pid}: {line}" for pid, line in left.items()]

    def last_words(self, lines: int = 400) -> str:
        """The end of its standard error, without the requests that went well."""
        return "\n".join([line for line in self.log.splitlines() if "[info " not in line][-lines:])


def _states(pid: int) -> Iterator[str]:
    """Of each of its threads, one letter: T where it is stopped."""
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        yield stat.read_text().rpartition(")")[2].split()[0]


def processes_of(home: Path) -> dict[int, str]:
    """Every process that has this home in its environment, as all that the server starts have, with its command."""
    mark, found = f"WEAVER_HOME={home}".encode(), {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found[int(folder.name)] = line
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it ended just now, or is somebody else's
    return found

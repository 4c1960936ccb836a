"""A consumer with an offset, in a process of its own that kills itself at a random event."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import uuid4

from tests.kill.snapshot import Snapshot
from weaver.events.event import Event
from weaver.events.log.consumer import BATCH, consume
from weaver.walle.database.opening import open_database

NAME = "kill-test"
PATIENCE_SECONDS = 60.0
KILLED = 0.7
"""In how many of its passes."""


class Consumer:
    """Passes over the log while no server has it. What it handled is written to a file before the handler returns."""

    def __init__(self, home: Path, db_url: str | None) -> None:
        self._home, self._db_url = home, db_url
        self._file = home.with_name(f"{home.name}.handled")
        self._file.touch()
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload([__name__])
        self.handled: list[tuple[int, str]] = []
        self.kills = 0

    def last_moment(self, before: Snapshot, chance: Random) -> int | None:
        """At which of the events that are new to it a pass is killed; None: it comes to its end."""
        new = sum(seq > before.offsets.get(NAME, 0) for seq in before.events)
        return chance.randint(1, new) if new and chance.random() < KILLED else None

    def run(self, dies_at: int | None) -> list[tuple[int, str]]:
        """One pass to the newest event, or to its `dies_at`-th; what it handled."""
        arguments = (self._home, self._db_url, self._file, dies_at)
        process = self._processes.Process(target=_pass, args=arguments)
        process.start()
        process.join(PATIENCE_SECONDS)
        assert process.exitcode in {0, -signal.SIGKILL}, f"the consumer ended with {process.exitcode}"
        self.kills += process.exitcode != 0
        lines = [line.split() for line in self._file.read_text().splitlines()]
        new = [(int(seq), id_) for seq, id_ in lines[len(self.handled) :]]
        self.handled += new
        return new

    def problems(self, new: list[tuple[int, str]], before: Snapshot, after: Snapshot) -> Iterator[str]:
        """before, after: around the pass, in which nobody else wrote."""
        start, end = before.offsets.get(NAME, 0), after.offsets.get(NAME, 0)
        expected = [(seq, event.id) for seq, event in before.events.items() if seq > start]
        if new != expected[: len(new)]:
            yield f"the consumer came back at offset {start} and got {new[:3]}, not {expected[:3]}"
        if not start <= end <= max([start, *(seq for seq, _ in new)]):
            yield f"the consumer's offset went from {start} to {end}, having handled {new[-1:]}"
        if len(new) > BATCH and end == start:
            yield f"the consumer handled {len(new)} events and its offset stayed at {start}"
        known = set(self.handled)
        missed = [seq for seq, event in after.events.items() if seq <= end and (seq, event.id) not in known]
        yield from (f"LOST: the consumer never got event {seq}" for seq in missed)


def _pass(home: Path, db_url: str | None, file: Path, dies_at: int | None) -> None:
    asyncio.run(_consume(home, db_url, file, dies_at))


async def _consume(home: Path, db_url: str | None, file: Path, dies_at: int | None) -> None:
    handled = os.open(file, os.O_WRONLY | os.O_APPEND)
    count = 0

    async def handle(event: Event) -> None:
        nonlocal count
        count += 1
        os.write(handled, f"{event.seq} {event.id}\n".encode())
        if count == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    database = await open_database(
        db_url, home=home, now=lambda: datetime.now(UTC), new_id=lambda: str(uuid4()), route=None
    )
    async with database:
        newest = (await database.log.bounds()).newest
        consuming = asyncio.create_task(consume(database.log, NAME, handle))
        while await database.log.offset(NAME) < newest and not consuming.done():
            await asyncio.sleep(0.01)
        consuming.cancel()
        await asyncio.wait([consuming])
    if not consuming.cancelled():
        consuming.result()
    os.close(handled)

"""Rounds of traffic, kill, restart and checks on one database."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from tests.kill import checks, justified
from tests.kill.api import Api
from tests.kill.consumer import Consumer
from tests.kill.journal import Journal, Op
from tests.kill.listeners import Follower, Listener, Poller
from tests.kill.server import Server
from tests.kill.snapshot import Snapshot, is_record_under_way, snapshot
from tests.kill.strategies import BUSY, QUICK, SOURCE, run_body
from tests.kill.traffic import Traffic

ORPHAN_SECONDS = 30.0
TRAFFIC_SECONDS_MAX = 3.5
PATIENCE_SECONDS = 60.0
ENDS = ("run.Completed", "run.Error", "run.Stopped", "run.Deleted")
KILLED_WHILE_STARTING = 0.15
"""In how many of the rounds the next start is killed too."""


class RoundFailed(AssertionError):
    """An invariant does not hold; the text says which, and how to have it again."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the rounds came to."""

    rounds: int = 0
    kills: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    interrupted: int = 0
    unfinished: int = 0
    """Records that a kill met while they were being written."""
    half_gone: int = 0
    """Deleted runs that a kill met while their rows were being removed."""
    pending_started: int = 0
    events: int = 0
    consumed: int = 0
    consumer_kills: int = 0
    resets: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    """How often runs came to each of their ends."""

    def text(self) -> str:
        """One line."""
        ends = ", ".join(f"{count:,} {type_}" for type_, count in sorted(self.ends.items()))
        return (
            f"{self.rounds} rounds, {self.kills} kills of the server, {self.consumer_kills} of the consumer; "
            f"{self.acknowledged:,} acknowledged writes, {self.unanswered} requests without an answer; "
            f"{self.events:,} events heard and compared, {self.consumed:,} consumed; {self.interrupted} runs "
            f"interrupted, {self.unfinished} records half written and {self.half_gone} half removed, "
            f"{self.pending_started} pending ones started after a kill, {self.resets} stream resets; "
            f"{ends}; 0 lost, 0 doubled"
        )


class Campaign:
    """Everything on one home and database, from an empty store on: `with Campaign(…) as campaign: campaign.round()`."""

    def __init__(self, home: Path, db_url: str | None, *, seed: int) -> None:
        self.seed, self.tally = seed, Tally()
        self.server = Server(home, db_url)
        self._home, self._db_url = home, db_url
        self._journal = Journal()
        self._follower = Follower(self.server)
        self._listeners: tuple[Listener, ...] = (self._follower, Poller(self.server))
        self._consumer = Consumer(home, db_url)

    def __enter__(self) -> "Campaign":
        (self._home / "strategies").mkdir(parents=True)
        (self._home / "strategies" / "kill_trader.py").write_text(SOURCE)
        with ExitStack() as stack:
            stack.callback(self._close)
            for listener in self._listeners:
                listener.begin()
            self.server.start()
            with Api(self.server) as api:
                api.import_bars()
            stack.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._close()

    def _close(self) -> None:
        self.server.kill()
        for listener in self._listeners:
            listener.end()

    def round(self) -> str:
        """Traffic, kill, restart, checks; a line of what happened. Raises RoundFailed."""
        self.tally.rounds += 1
        chance = Random(f"{self.seed}-{self.tally.rounds}")
        traffic = Traffic(server=self.server, journal=self._journal, seed=f"{self.seed}-{self.tally.rounds}")
        acknowledged, began = self._journal.acknowledged, time.monotonic()
        traffic.begin()
        self._wait_for_the_moment(chance)
        self._kill()
        traffic.end()
        killed_after = time.monotonic() - began
        orphans = self.server.orphans(ORPHAN_SECONDS)
        before = self._snapshot()
        new = self._consumer.run(self._consumer.last_moment(before, chance))
        consumed = self._consumer.problems(new, before, self._snapshot())
        self._restart(chance)
        after = self._snapshot()
        self._verify(
            *(f"a process outlived the server by {ORPHAN_SECONDS:g} s: {orphan}" for orphan in orphans),
            *traffic.problems, *consumed, *checks.recovered(before, after), *self._problems(after),
        )  # fmt: skip
        started = self._start_pending(chance, after)
        interrupted = sum(run.status == "running" for run in before.runs.values())
        self.tally.interrupted += interrupted
        why = Counter(before.withheld.values())
        self.tally.unfinished += why["unfinished"]
        self.tally.half_gone += why["deleted"]
        return (
            f"round {self.tally.rounds}: killed after {killed_after:.1f} s, "
            f"{self._journal.acknowledged - acknowledged} writes acknowledged, {len(after.events):,} events in the "
            f"log, {len(after.runs)} runs, {interrupted} interrupted, {dict(why)} records, {started} pending started"
        )

    def finish(self) -> Tally:
        """Stop what runs, have one run of each size completed, stop the server in order, and check once more."""
        with Api(self.server) as api:
            for run_id in [item["id"] for item in api.pages("/runs") if item["status"] == "running"]:
                self._journal.ask(Op.STOP, run_id=run_id)  # its answer is not noted: either end is right
                api.call("POST", f"/runs/{run_id}/stop")
            for config in (QUICK, BUSY):
                self._complete(api, config)
        self._wait_until(lambda: not is_record_under_way(self._home, self._db_url), PATIENCE_SECONDS)
        after = self._snapshot()
        self._verify(*self._problems(after), *checks.settled(after))
        if self.server.stop() != 0:
            raise RoundFailed(f"the server did not stop in order\n{self.server.last_words()}")
        self._verify(*checks.acknowledged(self._journal, self._snapshot()))
        tally = self.tally
        tally.ends = Counter(seen.type for seen in self._follower.seen.values() if seen.type in ENDS)
        tally.acknowledged, tally.unanswered = self._journal.acknowledged, self._journal.unanswered
        tally.events = sum(len(listener.seen) for listener in self._listeners)
        tally.resets, tally.consumed, tally.consumer_kills = (
            self._follower.resets, len(self._consumer.handled), self._consumer.kills,
        )  # fmt: skip
        return tally

    # Parts of a round

    def _wait_for_the_moment(self, chance: Random) -> None:
        """After the first acknowledged write: until so many more, or so many events, or a run's end, or so long."""
        start, acknowledged, completed = self._follower.last, self._journal.acknowledged, self._follower.completed
        self._wait_until(lambda: self._journal.acknowledged > acknowledged, PATIENCE_SECONDS)
        match chance.choice(("writes", "events", "end", "time", "record", "record")):
            case "writes":
                writes = acknowledged + chance.randint(1, 50)
                self._wait_until(lambda: self._journal.acknowledged >= writes, TRAFFIC_SECONDS_MAX)
            case "events":
                seq = start + chance.randint(1, 250)
                self._wait_until(lambda: self._follower.last >= seq, TRAFFIC_SECONDS_MAX)
            case "end":
                self._wait_until(lambda: self._follower.completed > completed, 2 * TRAFFIC_SECONDS_MAX)
                time.sleep(chance.random() * 0.1)
            case "time":
                time.sleep(chance.random() * TRAFFIC_SECONDS_MAX / 2)
            case "record":
                with Api(self.server) as api:
                    self._begin(api, BUSY)
                under_way = partial(is_record_under_way, self._home, self._db_url)
                self._wait_until(under_way, 2 * TRAFFIC_SECONDS_MAX)
                time.sleep(chance.random() * 0.1)

    def _wait_until(self, has_come: Callable[[], bool], seconds_max: float) -> None:
        deadline = time.monotonic() + seconds_max
        while not has_come() and time.monotonic() < deadline:
            time.sleep(0.001)

    def _kill(self) -> None:
        self.server.kill()
        self.tally.kills += 1

    def _restart(self, chance: Random) -> None:
        self.server.set_workers(chance.choice((1, 2)))
        if chance.random() < KILLED_WHILE_STARTING:
            self.server.launch()
            time.sleep(chance.random() * 2.0)
            self._kill()
        self.server.start()

    def _start_pending(self, chance: Random, after: Snapshot) -> int:
        """What was pending before the kill can still be started."""
        pending = sorted(run.id for run in after.runs.values() if run.status == "pending")
        if not pending:
            return 0
        run_id = chance.choice(pending)
        request = self._journal.ask(Op.START, run_id=run_id)
        with Api(self.server) as api:
            answer = api.call("POST", f"/runs/{run_id}/start")
        self._journal.answered(request, answer.status, None)
        if answer.status != 200:
            self._verify(f"pending run {run_id} could not be started after the kill: {answer}")
        self.tally.pending_started += 1
        return 1

    def _begin(self, api: Api, config: dict[str, Any]) -> str:
        """Create a run, and start it."""
        request = self._journal.ask(Op.CREATE, name="last")
        answer = api.call("POST", "/runs", json=run_body("last", config))
        run_id: str = answer.body["id"]
        self._journal.answered(request, answer.status, run_id)
        request = self._journal.ask(Op.START, run_id=run_id)
        self._journal.answered(request, api.call("POST", f"/runs/{run_id}/start").status, None)
        return run_id

    def _complete(self, api: Api, config: dict[str, Any]) -> None:
        """Have a run begin, and see it to its end."""
        run_id = self._begin(api, config)
        self._wait_until(lambda: api.get(f"/runs/{run_id}")["status"] != "running", PATIENCE_SECONDS)
        status = api.get(f"/runs/{run_id}")["status"]
        if status != "completed":
            self._verify(f"run {run_id} ought to be completed, and is {status}")

    def _snapshot(self) -> Snapshot:
        return snapshot(self._home, self._db_url, is_running=self.server.is_up)

    def _problems(self, found: Snapshot) -> Iterator[str]:
        for listener in self._listeners:
            if not listener.reaches(found.newest):
                yield f"LOST: {type(listener).__name__} came to event {listener.last} only, of {found.newest}"
        yield from chain.from_iterable(checks.heard(listener, found) for listener in self._listeners)
        yield from chain.from_iterable(listener.problems for listener in self._listeners)
        yield from justified.problems(found)
        yield from checks.acknowledged(self._journal, found)
        with Api(self.server) as api:
            yield from checks.over_http(api, found)

    def _verify(self, *problems: str) -> None:
        if problems:
            told = "\n  ".join(problems[:20])
            raise RoundFailed(
                f"seed {self.seed}, round {self.tally.rounds}: {len(problems)} problems\n  {told}\n"
                f"the server's last words:\n{self.server.last_words()}"
            )

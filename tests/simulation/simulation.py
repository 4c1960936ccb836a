"""A seed's life from its first order to its last: faults, crashes, and then some quiet."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

import structlog

from tests.simulation.chaos import Chaos, chaos_of
from tests.simulation.control import ACCOUNT, Control
from tests.simulation.invariants import broken
from tests.simulation.overnight.night import SPLITS_AT, Night, night_of
from tests.simulation.server import Server
from tests.simulation.venue.connection import Exchange
from tests.simulation.world import START, World
from tests.trading_store import FakeDisk, Tables
from weaver.model.market.corporate_actions import Split

SYMBOLS = {"AAPL": Decimal(100), "MSFT": Decimal(60)}
FAULTS_SECONDS, QUIET_SECONDS, LAST_SECONDS = 200.0, 280.0, 600.0
STEPS_MAX = 400_000
NEVER_LOST = Decimal("0.04")
"""More of its equity than the first run can lose: what goes past it over a night was never lost."""


class Simulation:
    """One seed."""

    def __init__(self, seed: int, *, keep_trace: bool = False) -> None:
        self.night = night_of(Random(f"{seed} night"), sorted(SYMBOLS))
        self.world = World(seed, begins_at=self.night.begins_at if self.night else 0.0, keep_trace=keep_trace)
        self.chance = Random(f"{seed} lives")
        self.chaos = chaos_of(Random(f"{seed} chaos"))
        if self.night is not None:
            self._make_fit(self.chaos)
        self.exchange = Exchange(self.world, self.chaos, SYMBOLS)
        self.disk = FakeDisk()
        self.control = Control()
        self.control.pace = self.chance.choice((2.5, 6.0, 15.0))
        losses = (Decimal("0.0005"), Decimal("0.002")) if self.night is None else (NEVER_LOST, NEVER_LOST)
        self.control.loss_max = self.chance.choice((None, None, *losses))
        self.lives = self.crashes = 0
        self.began_at: list[datetime] = []
        """By the venue's time."""
        self.servers: list[Server] = []
        self.asleep: list[Server] = []
        self._steps: Server | None = None
        """Whose turn it is."""
        self.problems: list[str] = []
        self.steps = 0

    def run(self) -> list[str]:
        """All of it; what is wrong at the end, nothing if nothing is."""
        with _silence(self):
            try:
                self._all_of_it()
            finally:
                for server in [*self.servers, *self.asleep]:
                    server.end()
        return self.problems

    def _all_of_it(self) -> None:
        self._begin()
        if self.night is None:
            self._go_on(FAULTS_SECONDS)
        else:
            self._plan(self.night)
            self._go_on(self.night.faults_seconds)
        self.chaos.quiet()
        self.control.orders = False
        self._wake_all()
        self._go_on(QUIET_SECONDS)
        self.exchange.rests = True
        self._go_on(LAST_SECONDS)
        self.problems += broken(self)
        for server in self.servers:
            server.stop()
        self._go_on(10.0)
        self._at_rest()

    @property
    def tables(self) -> Tables:
        """What was committed."""
        return self.disk.tables

    # A night

    def _plan(self, night: Night) -> None:
        """Have what happens over a night happen."""
        for symbol, ratio in night.splits.items():
            ex_date = (START + timedelta(seconds=SPLITS_AT)).date()
            self.exchange.announce(Split(ex_date=ex_date, ratio=ratio), symbol, SPLITS_AT)
        for (begin, end), is_off in zip(night.leaps, night.sleeps, strict=True):
            self.world.at(begin, partial(self._leap, end, is_off=is_off))

    @staticmethod
    def _make_fit(chaos: Chaos) -> None:
        """Have faults leave time for what a night leaves hours for; by a clock that is off, what happens within a
        second of a split would be on the wrong side of it."""
        chaos.skew, chaos.latency = 0.0, min(chaos.latency, 0.3)
        chaos.question_lost, chaos.store_slow = min(chaos.question_lost, 0.1), min(chaos.store_slow, 0.05)

    def _splits_soon(self) -> bool:
        """Whether what others do now might be heard of after the split only, and its fraction be rounded apart."""
        return self.night is not None and bool(self.night.splits) and self.world.seconds < SPLITS_AT

    def _leap(self, to: float, *, is_off: bool) -> None:
        """Nothing happens for hours; the server is off, or its machine sleeps."""
        current = self.servers[-1] if self.servers else None
        if is_off and current is not None and not current.is_stopped and self.cut_in is None:
            self.crashes += 1
            self._kill(current)
            self.world.after(0.5 + 10 * self.chance.random(), self._begin)
        before, self.world.micros = self.world.micros, round(to * 1e6)
        self._until += self.world.micros - before
        self.world.note("it is hours later")

    # Lives

    def _begin(self) -> None:
        self.lives += 1
        self.began_at.append(self.world.now() + timedelta(seconds=self.chaos.skew))
        self.servers.append(Server(f"s{self.lives}", self.world, self.exchange, self.disk, self.control))

    def _kill(self, server: Server) -> None:
        self._note_faults(server)
        server.kill()
        self.servers.remove(server)

    def _fate(self) -> None:
        """Once a second: does something happen to the server that trades?"""
        has_begun = f"effects {ACCOUNT}" in self.tables.states  # what was there before has one name
        self.exchange.is_shared = has_begun and not self._splits_soon()
        current = self.servers[-1] if self.servers else None
        if current is not None and current not in self.asleep:
            if self.chance.random() < self.chaos.crash:
                self.world.after(self.chance.random(), lambda: self._crash(current))
            elif self.chance.random() < self.chaos.graceful:
                current.stop()
                self.world.after(6.0 + 5 * self.chance.random(), lambda: self._restart(current))
            elif self.chance.random() < self.chaos.takeover:
                self._sleep(current)
        if self.chance.random() < 0.002 and self.control.orders:
            self.control.is_killed = True
            self.world.note("kill switch on")
        self.world.after(1.0, self._fate)

    def _crash(self, server: Server) -> None:
        if server not in self.servers or server in self.asleep:
            return
        self.world.note(f"a crash is near ({self.chance.randint(0, 12)})")
        self.world.after(0.0, lambda: self._crash_after(server, self.chance.randint(0, 15)))

    def _crash_after(self, server: Server, steps: int) -> None:
        self.cut_in = (server, steps)

    def _restart(self, server: Server) -> None:
        if server in self.servers:
            self._note_faults(server)
            if not server.is_done:
                self.problems.append(f"{server.name} does not stop")
                server.kill()
            server.end()
            self.servers.remove(server)
            self._begin()

    def _sleep(self, server: Server) -> None:
        """It is paused; another takes over; some time later it wakes, and knows nothing of that."""
        self.world.note(f"{server.name} is paused")
        self.asleep.append(server)
        self.servers.remove(server)
        allowed = server.connection.checks_passed - self._sent_by(server)
        self._begin()
        self.world.after(1 + 30 * self.chance.random(), lambda: self._wake(server, allowed))

    def _wake(self, server: Server, allowed: int) -> None:
        if server not in self.asleep:
            return
        self.world.note(f"{server.name} wakes")
        self.asleep.remove(server)
        self.servers.insert(0, server)
        self.world.after(20.0, lambda: self._end_old(server, allowed))

    def _end_old(self, server: Server, allowed: int) -> None:
        if server not in self.servers:
            return
        if server.connection.checks_passed < self._sent_by(server):
            self.problems.append(f"{server.name} asked the venue after another had taken over")
        self._kill(server)

    def _sent_by(self, server: Server) -> int:
        return sum(who == server.name for who, _, _ in self.exchange.sent)

    def _wake_all(self) -> None:
        for server in [*self.asleep]:
            self._wake(server, 0)

    # Time

    cut_in: tuple[Server, int] | None = None
    _until = 0
    """So far it goes on, in the world's microseconds."""

    def _go_on(self, seconds: float) -> None:
        if self.steps == 0:
            self.world.after(1.0, self._fate)
        self._until = self.world.micros + round(seconds * 1e6)
        while True:
            ready = [one for one in self.servers if one.loop.is_ready]
            if ready:
                self._step(ready[self.steps % len(ready)])
                continue
            if not self._advance(self._until):
                return

    def _step(self, server: Server) -> None:
        self.steps += 1
        if server.is_done and not server.is_stopped:
            raise AssertionError(f"seed {self.world.seed}: {server.name} ended by itself: {server.task!r}")
        if self.steps > STEPS_MAX:
            raise AssertionError(f"seed {self.world.seed}: something goes round in circles")
        if self.cut_in is not None and self.cut_in[0] is server:
            if self.cut_in[1] <= 0:
                self.cut_in = None
                self.crashes += 1
                self._kill(server)
                self.world.after(0.5 + 10 * self.chance.random(), self._begin)
                return
            self.cut_in = (server, self.cut_in[1] - 1)
        self._steps = server
        server.loop.step()
        self._steps = None

    def _advance(self, end: int) -> bool:
        """Let the next thing happen; False at the end."""
        timers = [(at, number) for number, one in enumerate(self.servers) if (at := one.loop.next_at) is not None]
        due = min(timers, default=None)
        world = self.world.next_at
        nexts = [at for at in (due[0] if due else None, world) if at is not None]
        if not nexts or min(nexts) > end:
            self.world.micros = end
            return False
        if due is not None and (world is None or due[0] <= world):
            self.world.micros = max(self.world.micros, due[0])
            self.servers[due[1]].loop.fire(self.world.micros)
        else:
            self.world.happen()
        return True

    # The end

    def _at_rest(self) -> None:
        for server in self.servers:
            self._note_faults(server)
            if not server.is_done:
                self.problems.append(f"{server.name} does not stop")
                server.kill()
                continue
            if not server.task.cancelled() and (error := server.task.exception()) is not None:
                self.problems.append(f"{server.name} ended with {error!r}")
            server.bury()
            server.loop.cut()

    def _note_faults(self, server: Server) -> None:
        self.problems += [f"{server.name} raised into its loop: {one}" for one in server.loop.faults]

    def heard(self, method: str, event: dict[str, object]) -> None:
        """A line of the log: a fault of Weaver's own is one here; a warning is what a person is told."""
        if method in ("error", "critical"):
            self.problems.append(f"{event.get('event')} {event.get('chore', '')}: {_told(event)}")
        elif method == "warning" and self._steps is not None:
            self._steps.told(str(event.pop("event")), event)


@contextmanager
def _silence(seed: Simulation) -> Iterator[None]:
    """What is logged is heard by the seed alone."""

    def heard(_logger: object, method: str, event: dict[str, object]) -> str:
        seed.heard(method, event)
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[heard], cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)


def _told(event: dict[str, object]) -> str:
    error = event.get("exc_info")
    if not isinstance(error, BaseException):
        return repr(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{error!r} in {last.name}, {last.filename}:{last.lineno}"

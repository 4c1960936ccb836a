"""A fleet of paper runs on one exchange, from its start to its end, with what goes wrong on the way."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from tests.kill.server import Server
from tests.kill_trading import processes
from tests.kill_trading.exchange import Exchange, Seen
from tests.kill_trading.judging import checks, replays
from tests.kill_trading.judging.books import ACCOUNT, Books
from tests.local_exchange import local_exchange
from tests.soak import fleet, memory, shares
from tests.soak.faults import Faults
from tests.soak.passing import STEP, Passing, following, is_in_session, not_begun, ticks_at
from tests.soak.patient import PatientApi
from tests.soak.server import MODULE
from tests.soak.store import Store
from tests.soak.tally import Tally
from weaver.rehearsal.venue.tickets.book import CLOSED_KEPT

CASH = 5_000_000
START_SECONDS = 300.0
STARTED_AT_ONCE = 10
"""By hand; after a restart the server sees to all by itself."""
SETTLE_TRIES = 12
RESTARTS_FROM, RESTARTS_TO = 0.25, 0.7
"""Between which shares of the time the server is started anew: of four weeks the second and third, and not the first
and the last, after which memory is compared."""
WAYS = ("kill -9", "SIGTERM")
AWAY_MINUTES_MAX = 40
STOPPED_BEFORE = 19
"""The hour (UTC) before which all runs are stopped: stocks still trade long enough for what they hold to be sold."""
IN_ORDER, BY_FORCE = 0, 1
STOPPED = frozenset({IN_ORDER, BY_FORCE})
"""How a server ends that is asked to: by force after five seconds, which a busy machine may need for fifty runs."""
SAMPLE_STEPS = 4
"""Memory is looked at once in so many steps."""
FULL_DAYS = 28
"""From so many on memory is judged: in fewer there are no weeks without restarts to compare."""
STEPS_A_DAY = timedelta(days=1) // STEP


class SoakFailed(AssertionError):
    """Something does not hold; the text says what, and how to have it again."""


class Soak:
    """Everything on one home, database and exchange, all of which are new: `with Soak(…) as soak: soak.run()`."""

    def __init__(
        self, home: Path, db_url: str | None, *, runs: int, days: float, restarts: int, seed: int,
        say: Callable[[str], None] = lambda _: None, while_down: Callable[[Path], None] = lambda _: None,
    ) -> None:  # fmt: skip
        """days: of the exchange. say: is told how far it is. while_down: is called with the home at each restart, while
        no server runs."""
        self._home, self._db_url, self._say, self._while_down = home, db_url, say, while_down
        self.seed, self.tally = seed, Tally(runs=runs, days=days)
        self._chance, self._restarts = Random(f"{seed}-restarts"), restarts
        self._stack, self._runs = ExitStack(), dict[str, dict[str, Any]]()
        self._step, self._said = 0, -1

    def __enter__(self) -> "Soak":
        self._home.mkdir(parents=True)
        made_up = [word for one in fleet.MADE_UP for word in ("--asset", one)]
        with ExitStack() as stack:
            local = stack.enter_context(
                local_exchange(
                    "--speed", "hold", "--rate", "0", "--seed", str(self.seed), "--cash", str(CASH), *made_up
                )
            )
            self._exchange = Exchange(local)
            stack.callback(self._exchange.close)
            self._faults = Faults(self._exchange, self.seed)
            self._store = Store(self._home, self._db_url)
            self._passing = Passing(self._exchange, self._runs, self._store)
            self._server = Server(self._home, self._db_url, **self._exchange.environment())
            self._server.module, self._server.patience_seconds = MODULE, START_SECONDS
            stack.callback(self._server.kill)
            self._server.start()
            self._api = PatientApi(self._server)
            stack.callback(self._let_go)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def run(self) -> Tally:
        """All of it. Raises SoakFailed."""
        began = time.monotonic()
        try:
            self._pass_all()
        finally:
            self.tally.seconds = time.monotonic() - began
        if self.tally.days >= FULL_DAYS:
            self._verify(*memory.growth(self.tally.memory, self.tally.days))
        return self.tally

    def _pass_all(self) -> None:
        self._begin()
        self._start = self._passing.now
        end, restarts = self._start + timedelta(days=self.tally.days), self._restart_steps()
        while (now := self._passing.now) < end:
            self._step += 1
            self._faults.step()
            if self._step in restarts:
                self._restart(WAYS[restarts.index(self._step) % len(WAYS)], following(now))
            else:
                self._pass()
        self._faults.clear()
        self._settle("at the end")
        self._finish()

    def _let_go(self) -> None:
        self.tally.busy += self._api.busy
        self._api.__exit__()

    # Its parts

    def _begin(self) -> None:
        for body in fleet.bodies(self.tally.runs):
            created = self._api.call("POST", "/runs", json=body)
            self._verify(*([] if created.status == 201 else [f"no run was made: {created}"]))
            self._runs[created.body["id"]] = body
        for number, run_id in enumerate(self._runs, 1):
            started = self._api.call("POST", f"/runs/{run_id}/start")
            self._verify(*([] if started.status == 200 else [f"no run was started: {started}"]))
            if number % STARTED_AT_ONCE == 0:
                not_begun(self._api, [*self._runs][:number], START_SECONDS)
        self._verify(*(f"it does not begin: {one}" for one in not_begun(self._api, [*self._runs], START_SECONDS)))

    def _pass(self) -> None:
        """To the end of the next bar."""
        faults = self._faults
        self._passing.step(is_calm=not faults.are_lasting)
        to = self._passing.now
        if self._step % SAMPLE_STEPS == 0:
            self.tally.memory.append(memory.sample(self._server.process_id, self._home, day=self._day(to)))
        if int(self._day(to)) > self._said:
            self._said = int(self._day(to))
            held = self.tally.memory[-1].held if self.tally.memory else ()
            self._say(
                f"day {self._said} of {self.tally.days:g}: {len(self._passing.requests):,} requests of orders, "
                f"{self._faults.counts.total()} faults, {self.tally.restarts.total()} restarts, "
                f"memory {', '.join(f'{part / 1e6:.0f}' for part in held)} MB"
            )

    def _restart(self, way: str, to: datetime) -> None:
        """In the midst of what follows from a bar."""
        self._passing.jump(to)
        time.sleep(self._chance.random())
        family = processes.family(self._server.process_id, self._home)
        if way == WAYS[0]:
            self._server.kill()
        else:
            self._stop()
        self._verify(*(f"it outlived its server: {one}" for one in processes.left_of(family, self._home, 60)))
        self._while_down(self._home)
        self._passing.jump(to + timedelta(minutes=self._chance.uniform(1, AWAY_MINUTES_MAX)))
        self._server.start()
        self._let_go()
        self._api = PatientApi(self._server)
        self.tally.restarts[way] += 1
        self._verify(*(f"it does not go on: {one}" for one in not_begun(self._api, [*self._runs], START_SECONDS)))
        self._faults.clear()
        self._settle(f"after restart {self.tally.restarts.total()} ({way}) on day {self._day(to):.2f}")

    def _stop(self) -> None:
        code = self._server.stop()
        self._verify(*([] if code in STOPPED else [f"the server was asked to stop, and ended with {code}"]))
        self.tally.forced += code == BY_FORCE

    def _settle(self, when: str) -> None:
        """Let time pass until what was under way is over, and compare everything."""
        found: list[str] = []
        for _ in range(SETTLE_TRIES):
            self._minute()
            shown = self._api.get("/positions", venue="alpaca", mode="paper", page_size=500)["items"]
            kept, seen = self._books(), self._seen()
            self._count(kept)
            found = [*checks.problems_under_way(kept, seen), *shares.unlike(shown, kept, seen)]
            found += [
                f"{one.name} is {one.status}: {one.error}" for one in kept.runs.values() if one.status != "running"
            ]
            found += [f"{one.name} is halted: {one.halted}" for one in kept.runs.values() if one.halted]
            if not found:
                return
        self._verify(*(f"{when}: {one}" for one in found))

    def _finish(self) -> None:
        """Stop all runs with what they hold, in a session, and compare everything once more."""
        while not (is_in_session(self._passing.now) and self._passing.now.hour < STOPPED_BEFORE):
            self._pass()
        self._stop_all()
        found: list[str] = []
        for _ in range(SETTLE_TRIES):
            self._minute()
            kept, seen = self._books(), self._seen()
            found = [*checks.problems(kept, seen)]
            found += [f"{quantity} {symbol} are left at the exchange" for symbol, quantity in seen.positions.items()]
            if not found:
                break
        self._verify(*found)
        self._stop()
        kept = self._books()
        self._count(kept)
        self._verify(*replays.differing(kept), *replays.told_twice(kept))

    def _stop_all(self) -> None:
        def stop(run_id: str) -> Any:
            with PatientApi(self._server) as api:
                return api.call("POST", f"/runs/{run_id}/stop", json={"flatten": True})

        with ThreadPoolExecutor(8) as aside:
            stopping = [aside.submit(stop, run_id) for run_id in self._runs]
            while not all(one.done() for one in stopping):
                self._minute()
            answers = [one.result() for one in stopping]
        self._verify(*(f"a run was asked to stop: {one}" for one in answers if one.status != 200))

    def _minute(self) -> None:
        """Let one pass, once the server has looked at all there is."""
        asked = self._api.call("POST", "/reconciliation", json={"account": ACCOUNT})
        self._verify(*([] if asked.status == 200 else [f"it was asked to look at its account: {asked}"]))
        self._passing.minute()

    def _count(self, kept: Books) -> None:
        tally = self.tally
        tally.ticks = sum(map(len, kept.ticks.values()))
        tally.missed = sum(self._missed(body, kept, run_id) for run_id, body in self._runs.items())
        tally.unpunctual, tally.requests = self._passing.unpunctual, len(self._passing.requests)
        tally.orders, tally.fills, tally.events = len(kept.orders), len(kept.fills), len(kept.events)
        tally.statuses = Counter(order.status for order in kept.orders.values())
        tally.faults = self._faults.counts

    def _missed(self, body: dict[str, Any], kept: Books, run_id: str) -> int:
        """How many of its bars a run of pairs has not decided on; stocks may have been halted."""
        times = [tick.time for tick in kept.ticks[run_id][1:]]
        if fleet.is_stock(body) or not times:
            return 0
        at, wanted = times[0], 0
        while at <= times[-1]:
            wanted += ticks_at(body, at)
            at = following(at)
        return wanted - len(times)

    # What it is asked for

    def _restart_steps(self) -> list[int]:
        """At which steps the server is started anew: one in each of as many equal parts of the time for it."""
        steps = self.tally.days * STEPS_A_DAY
        first, last = steps * RESTARTS_FROM, steps * RESTARTS_TO
        each = (last - first) / max(self._restarts, 1)
        return [int(first + (number + self._chance.random() * 0.8) * each) for number in range(self._restarts)]

    def _day(self, at: datetime) -> float:
        return (at - self._start) / timedelta(days=1)

    def _books(self) -> Books:
        return self._store.books(is_running=self._server.is_up)

    def _seen(self) -> Seen:
        self._passing.read()
        seen = replace(self._exchange.seen(), requests=self._passing.requests, began_with=Decimal(CASH))
        assert len(seen.orders) < CLOSED_KEPT, "the exchange has forgotten some of its orders"
        return seen

    def _verify(self, *problems: str) -> None:
        if problems:
            listed = "\n  ".join(problems[:20])
            raise SoakFailed(
                f"seed {self.seed}, {self.tally.runs} runs, step {self._step}: {len(problems)} problems\n  {listed}\n"
                f"the server's last words:\n{self._server.last_words(60)}"
            )

"""Rounds of trading, kill, restart and checks, on one exchange and one database."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from tests.kill.api import Api
from tests.kill.server import Server
from tests.kill_trading import moments, processes, strategies
from tests.kill_trading.exchange import Exchange, Seen
from tests.kill_trading.judging import checks, replays
from tests.kill_trading.judging.books import ACCOUNT, Books, books
from tests.kill_trading.manual import Person
from tests.kill_trading.takeover import let_go, wakes
from tests.kill_trading.tally import Tally
from tests.local_exchange import local_exchange

VICTIMS = ("server", "decider", "takeover", "server", "starting")
"""In turn. starting: the next start is killed, too."""
PATIENCE_SECONDS = 240.0
"""On a machine that has other things to do."""
SPEED = "60"
"""Of the exchange: a bar a second."""
PATTERN = "replay"
STOCKS = 0
"""Which of the runs trades when stocks do only."""


class RoundFailed(AssertionError):
    """Something does not hold; the text says what, and how to have it again."""


class Campaign:
    """Everything on one home, database and exchange, all of which are new: `with Campaign(…) as campaign`."""

    def __init__(self, home: Path, db_url: str | None, *, seed: int) -> None:
        self.seed, self.tally = seed, Tally()
        self._home, self._db_url = home, db_url
        self._stack = ExitStack()
        self._runs: list[str] = []

    def __enter__(self) -> "Campaign":
        (self._home / "strategies").mkdir(parents=True)
        (self._home / "strategies" / "kill_trading.py").write_text(strategies.SOURCE)
        with ExitStack() as stack:
            local = stack.enter_context(local_exchange("--speed", SPEED, "--rate", "0", "--seed", str(self.seed)))
            self._exchange = Exchange(local)
            stack.callback(self._exchange.close)
            self._person = Person(self.seed, self._exchange)
            self._server = self._new_server()
            stack.callback(self._end)
            self._server.start()
            with Api(self._server) as api:
                self._begin(api)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def _end(self) -> None:
        self._server.kill()

    def _begin(self, api: Api) -> None:
        """An uninterrupted replay, then the runs that trade."""
        api.import_file(strategies.FILE_NAME, strategies.bars_file(), symbol=strategies.REPLAYED, asset="stock")
        self._start(api, strategies.replay_run(PATTERN, "max"))
        self._wait(lambda: self._replays_running(api) == 0, "the uninterrupted replay")
        self._runs = [self._start(api, strategies.venue_run(number)) for number in range(len(strategies.AT_VENUE))]
        self._wait_until_going(api, 0)

    def round(self) -> str:
        """Trading, kill, restart, checks; a line of what happened. Raises RoundFailed."""
        self.tally.rounds += 1
        chance, victim = Random(f"{self.seed}-{self.tally.rounds}"), VICTIMS[(self.tally.rounds - 1) % len(VICTIMS)]
        with Api(self._server) as api:
            if not self._replays_running(api):
                self._start(api, strategies.replay_run(f"{PATTERN} {self.tally.rounds}", str(strategies.SPEED)))
            self._person.begin(self._server)
            moment = moments.wait(chance, self._exchange, api)
        {"decider": self._kill_decider, "takeover": self._take_over}.get(victim, self._kill)(chance)
        self._person.end()
        if victim == "starting":
            self._kill_while_starting(chance)
        if not self._server.is_up:
            self._server.start()
        with Api(self._server) as api:
            self._exchange.ask("DELETE", "faults")
            self._wait_until_going(api, int(api.get("/events")["newest"]))
            self._person.ask_again(api)
        self._verify(*self._person.problems, *checks.sent_once(self._exchange.seen()))
        return f"round {self.tally.rounds}: {victim} at {moment}"

    # Ends and beginnings

    def _kill(self, _chance: Random) -> None:
        family = processes.family(self._server.process_id, self._home)
        self._server.kill()
        self.tally.kills["server"] += 1
        self._none_left(family)

    def _kill_while_starting(self, chance: Random) -> None:
        self._server.launch()
        time.sleep(chance.random() * 2.5)
        self._kill(chance)

    def _kill_decider(self, chance: Random) -> None:
        found = processes.deciders(self._server.process_id, self._home)
        if len(found) < len(self._runs):
            self._verify(f"{len(found)} deciders for {len(self._runs)} runs")
        processes.end(chance.choice(found))
        self.tally.kills["decider"] += 1

    def _take_over(self, _chance: Random) -> None:
        old, new = self._server, self._new_server()
        family = processes.family(old.process_id, self._home)
        try:
            let_go(old, self._db_url)
            self._exchange.fault("disconnect")  # an account has one place for each stream
            old.is_up = False
            self._server = new
            new.start()
            with Api(new) as api:
                self._wait_until_going(api, int(api.get("/events")["newest"]))
            self._verify(*wakes(old, new, self._exchange, self._db_url))
        finally:
            old.kill()
        self.tally.kills["paused owner"] += 1
        self._none_left(family)

    def _none_left(self, family: dict[int, str]) -> None:
        left = processes.left_of(family, self._home, PATIENCE_SECONDS / 2)
        self._verify(*(f"it outlived its server: {one}" for one in left))

    # The end

    def finish(self) -> Tally:
        """Stop what runs, wait until all is over, compare everything, and stop the server in order."""
        with Api(self._server) as api:
            self._wait(lambda: self._replays_running(api) == 0, "the end of the last replay")
            for number, run_id in enumerate(self._runs):
                answer = api.call(
                    "POST", f"/runs/{run_id}/stop", json={"flatten": number == STOCKS and self._exchange.is_open()}
                )
                self._verify(*([] if answer.status == 200 else [f"stopping {run_id} answered {answer}"]))
            self._person.check(api)
            self._person.withdraw(api)
            self._wait(lambda: not self._restless(), "an end of all orders", self._restless)
            self._verify(*self._person.problems, *self._shown(api))
        seen, family = self._exchange.seen(), processes.family(self._server.process_id, self._home)
        if self._server.stop() != 0:
            self._verify("the server did not stop in order")
        self._none_left(family)
        kept = self._books()
        self._verify(*checks.problems(kept, seen), *replays.differing(kept), *replays.unlike(PATTERN, kept))
        self._verify(*replays.told_twice(kept), *replays.unnoticed(kept))
        self._count(kept, seen)
        return self.tally

    def _restless(self) -> list[str]:
        kept, seen = self._books(), self._exchange.seen()
        return [*checks.answered(kept, seen), *checks.at_rest(kept, seen)]

    def _shown(self, api: Api) -> list[str]:
        """What the server says of positions that does not explain itself."""
        api.call("POST", "/reconciliation", json={"account": ACCOUNT})
        found = api.get("/positions", venue="alpaca", mode="paper")["items"]
        return [f"the server shows {one}" for one in found if one["remainder"] != "0" or one["parts"]]

    def _count(self, kept: Books, seen: Seen) -> None:
        tally = self.tally
        tally.orders, tally.fills, tally.events = len(kept.orders), len(kept.fills), len(kept.events)
        tally.requests = len(seen.requests)
        tally.ticks = sum(map(len, kept.ticks.values()))
        tally.replays = sum(run.name.startswith(f"{PATTERN} ") for run in kept.runs.values())
        tally.repeated, tally.had = self._person.repeated, self._person.had

    # Parts

    def _new_server(self) -> Server:
        server = Server(self._home, self._db_url, **self._exchange.environment())
        server.patience_seconds = PATIENCE_SECONDS
        return server

    def _books(self) -> Books:
        return books(self._home, self._db_url, is_running=self._server.is_up)

    def _start(self, api: Api, body: dict[str, Any]) -> str:
        """A new run's id."""
        created = api.call("POST", "/runs", json=body)
        self._verify(*([] if created.status == 201 else [f"no run was made: {created}"]))
        started = api.call("POST", f"/runs/{created.body['id']}/start")
        self._verify(*([] if started.status == 200 else [f"no run was started: {started}"]))
        return str(created.body["id"])

    def _replays_running(self, api: Api) -> int:
        return sum(run["status"] == "running" and run["venue"] == "simulated" for run in api.pages("/runs"))

    def _wait_until_going(self, api: Api, after: int) -> None:
        """Until each run that trades at the exchange has seen a bar since an event; of stocks, while these trade."""
        waiting = set(self._runs)

        def all_go() -> bool:
            nonlocal after
            for event in api.events(after):
                after = event["seq"]
                if event["type"] == "strategy.Log":
                    waiting.discard(event["run_id"])
            return not waiting - ({self._runs[STOCKS]} if not self._exchange.is_open() else set())

        self._wait(all_go, "all runs to go on", lambda: [api.get(f"/runs/{run_id}") for run_id in waiting])

    def _wait(self, has_come: Callable[[], bool], what: str, why: Callable[[], object] = lambda: "") -> None:
        if not moments.until(has_come, PATIENCE_SECONDS, every=0.1):
            self._verify(f"waited {PATIENCE_SECONDS:g} s for {what}: {why()}")

    def _verify(self, *problems: str) -> None:
        if problems:
            listed = "\n  ".join(problems[:20])
            raise RoundFailed(
                f"seed {self.seed}, round {self.tally.rounds}: {len(problems)} problems\n  {listed}\n"
                f"the server's last words:\n{self._server.last_words()}"
            )

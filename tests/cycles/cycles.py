"""Cycles of live runs, each begun, traded and ended, in four ways by turns."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from tests.cycles.census import Census, CensusServer
from tests.integration.trading.conftest import next_morning
from tests.integration.trading.desk import PATIENCE_SECONDS, Desk, settings_for
from tests.integration.trading.strategies import HEAD
from tests.local_exchange import LocalExchange, local_exchange
from weaver.veda.adapters.alpaca.venue_time import PACED_SECONDS

STEPS_MAX = 300
CENSUS_SECONDS = 0.3
KINDS = 4
TRADES = f'''{HEAD}class Trades(Strategy):
    """Has a position with exits, however often it has to ask for it."""

    def on_bar(self, bar):
        if not self.position(bar.symbol).quantity and not self.orders:
            self.buy(bar.symbol, 10, take_profit=bar.close * 1.2, stop_loss=bar.close * 0.8)
'''
FAILS_ON_FILL = TRADES.replace("Trades", "FailsOnFill") + (
    "\n    def on_fill(self, fill):\n        raise ValueError('out of ideas')\n"
)
FAILS_ON_STOP = TRADES.replace("Trades", "FailsOnStop") + (
    "\n    def on_stop(self):\n        raise ValueError('no end')\n"
)
FAILS_AT_ONCE = f"{HEAD}class FailsAtOnce(Strategy):\n    def on_start(self):\n        raise ValueError('not today')\n"


class Cycles:
    """A server, an exchange whose time stands still, and runs one after the other."""

    def __init__(self, running: CensusServer, exchange: LocalExchange) -> None:
        self.server, self.desk, self._numbers = running, Desk(running, exchange), count()

    def cycle(self) -> None:
        """One run from its start to its end; nothing of it is left at the exchange."""
        self._in_session()
        match next(self._numbers) % KINDS:
            case 0:
                self._stopped(TRADES)
            case 1:
                self._failed(FAILS_ON_FILL)
            case 2:
                self._stopped(FAILS_ON_STOP)
            case _:
                self._failed(FAILS_AT_ONCE)

    def warmed_up(self) -> Census:
        """What the server has after one cycle of each kind."""
        for _ in range(KINDS):
            self.cycle()
        deadline = time.monotonic() + PATIENCE_SECONDS
        found = self.server.census()
        while True:
            time.sleep(CENSUS_SECONDS)
            again = self.server.census()
            if not again.left_since(found, 0) or time.monotonic() > deadline:
                return again
            found = again

    def left_since(self, before: Census, cycles: int) -> tuple[Census, list[str]]:
        """What the server has once nothing of the last run moves any more, and what of it should not be there."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = self.server.census()
            left = found.left_since(before, cycles)
            if not left or time.monotonic() > deadline:
                return found, left
            time.sleep(CENSUS_SECONDS)

    def _stopped(self, source: str) -> None:
        run_id = self.desk.started(source, "AAPL")
        self._minutes_until(lambda: "AAPL" in self.desk.held, what="a fill")
        with ThreadPoolExecutor(1) as aside:
            stopping = aside.submit(self.desk.api.post, f"/runs/{run_id}/stop", {"flatten": True})
            self._minutes_until(stopping.done, what="its stop")
        assert stopping.result()["status"] == "stopped"
        self._left_nothing()

    def _failed(self, source: str) -> None:
        run_id = self.desk.started(source, "AAPL", on_error="flatten")
        self._minutes_until(lambda: self.desk.api.run(run_id)["status"] == "error", what="its end")
        assert len(self.desk.events(run_id, "run.Error")) == 1
        self._left_nothing()

    def _left_nothing(self) -> None:
        self._minutes_until(lambda: not (self.desk.held or self.desk.open_at_venue), what="the flattening")

    def _minutes_until(self, look: Callable[[], bool], *, what: str) -> None:
        """Half a minute at once, and then nothing until all that follows from it has happened: so no order is late on a
        slow machine. Twice the venue is asked for its time while that stands still, or the server would take it for a
        clock that runs."""
        for _ in range(STEPS_MAX):
            if look():
                return
            now = datetime.fromisoformat(self.desk.state["now"])
            self.desk.pass_time(31 - now.second if now.second < 31 else 61 - now.second)
            self.desk.quiet()
            for _ in range(2):
                self.desk.api.post("/reconciliation", {})
                time.sleep(PACED_SECONDS)
        reasons = [one["payload"].get("reason") for one in self.desk.api.events()[-100:]]
        pytest.fail(f"waited for {what}: {[one for one in reasons if one][-10:]}, {self.desk.troubles()}")

    def _in_session(self) -> None:
        now = self.desk.state["now"]
        if now[11:16] > "19:00":
            self.desk.ask("POST", "clock", {"to": next_morning(now)})
            assert datetime.fromisoformat(self.desk.state["now"]) > datetime.fromisoformat(now)


@contextmanager
def cycles(home: Path) -> Iterator[Cycles]:
    """A server and an exchange of its own, both ready."""
    with local_exchange("--speed", "hold", "--rate", "0") as exchange:
        running = CensusServer(home, **settings_for(exchange))
        try:
            running.start()
            made = Cycles(running, exchange)
            try:
                yield made
            finally:
                made.desk.api.http.close()
                made.desk.control.close()
        finally:
            running.kill()

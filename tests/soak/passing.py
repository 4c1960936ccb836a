"""Time at the exchange: it passes from minute to minute, and stands until the server has done what follows.

So the speed is the machine's, and no order is late only since a machine is busy: what an order meets at the exchange
is what it would have met in real time. While something goes wrong nobody waits long: then runs are late, as they are
behind a real outage.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from tests.kill.api import Api
from tests.kill_trading.exchange import Exchange
from tests.soak.fleet import is_stock, minutes
from tests.soak.store import Store
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.timeframe import DAY

STEP, MINUTE = timedelta(minutes=15), timedelta(minutes=1)
LOOK_SECONDS, QUIET_LOOKS, STALLED_SECONDS = 0.02, 2, 1.0
PATIENCE_SECONDS, HURRY_SECONDS = 30.0, 1.0
"""How long (wall) to wait for ticks: usually, and while something lasts that keeps them away."""


class Passing:
    """Moves the exchange's time minute by minute, and knows what was asked there."""

    def __init__(self, exchange: Exchange, runs: Mapping[str, dict[str, Any]], store: Store) -> None:
        """runs: what was asked for, by the id of the run."""
        self._exchange, self._runs, self._store = exchange, runs, store
        self._read, self._under_way = 0, (0, 0)
        self.now = datetime.fromisoformat(exchange.ask("GET", "state")["now"])
        """At the exchange, when it was last moved."""
        self.requests: list[Any] = []
        """All that were to make, change or end an order."""
        self.unpunctual = 0
        """How often time went on though not all had ticked."""

    def jump(self, to: datetime) -> None:
        """Let time pass, and wait for nothing."""
        told = self._exchange.ask("POST", "clock", {"to": to.isoformat()})
        self.now = datetime.fromisoformat(told["now"])

    def minute(self) -> None:
        """To the end of this minute, and until all has been done that follows from its bars."""
        self.jump(floor(self.now, MINUTE) + MINUTE)
        self.quiet()

    def step(self, *, is_calm: bool) -> None:
        """To the end of the next bar, and until each run has decided on it, and its orders have been sent: at first all
        minutes but the last, in which the orders of the last bar fill. is_calm: nothing goes wrong that lasts."""
        to = following(self.now)
        if self.now < to - MINUTE:
            self.jump(to - MINUTE)
            self.quiet()
        self.minute()
        waiting = {run_id for run_id, body in self._runs.items() if ticks_at(body, to)}
        deadline = time.monotonic() + (PATIENCE_SECONDS if is_calm else HURRY_SECONDS)
        while waiting:
            last = self._store.last_ticks()
            waiting = {run_id for run_id in waiting if last.get(run_id, to - STEP) < to}
            if waiting and time.monotonic() > deadline:
                self.unpunctual += 1
                break
            time.sleep(LOOK_SECONDS)
        self.quiet()
        self.read()

    def quiet(self) -> None:
        """Return when no event has happened at the server for a moment, and no order is on its way; or where some are,
        and nothing happens to them: what they wait for comes with the exchange's time."""
        looks, began = 0, time.monotonic()
        changed, latest = began, began + PATIENCE_SECONDS
        while looks < QUIET_LOOKS and time.monotonic() < min(changed + STALLED_SECONDS, latest):
            time.sleep(LOOK_SECONDS)
            before, self._under_way = self._under_way, self._store.under_way()
            if self._under_way != before:
                looks, changed = 0, time.monotonic()
            elif not self._under_way[1]:
                looks += 1

    def read(self) -> None:
        """Read what was asked of orders since it was read last."""
        entries = self._exchange.ask("GET", f"journal?after={self._read}")
        if entries:
            assert entries[0]["n"] == self._read + 1, "the exchange has forgotten some of its journal"
            self._read = entries[-1]["n"]
            self.requests += [one for one in entries if is_of_orders(one)]


def is_of_orders(entry: Any) -> bool:
    """Whether it was to make, change or end an order."""
    return entry["method"] in {"POST", "PATCH", "DELETE"} and entry["path"].startswith("/v2/orders")


def following(now: datetime) -> datetime:
    """The next end of a bar."""
    return floor(now, STEP) + STEP


def floor(now: datetime, length: timedelta) -> datetime:
    """The last instant that is a multiple of a length, counted from a midnight."""
    return now - (now - datetime(2024, 1, 1, tzinfo=UTC)) % length


def ticks_at(body: dict[str, Any], instant: datetime) -> bool:
    """Whether a run has bars that end at an instant, and decides at once: before and after the session of stocks not
    every minute has a bar, and it decides when more time has passed."""
    if (instant.hour * 60 + instant.minute) % minutes(body):
        return False
    return not is_stock(body) or is_in_session(instant)


def is_in_session(instant: datetime) -> bool:
    """Whether stocks trade in the minute that ends then."""
    at = instant_of(instant)
    calendar, day = calendar_for(AssetClass.STOCK), np.array([at // DAY], dtype=np.int32)
    if not calendar.is_session(day)[0]:
        return False
    return bool(calendar.session_open(day)[0] < at <= calendar.session_close(day)[0])


def not_begun(api: Api, run_ids: Sequence[str], seconds: float) -> list[Any]:
    """Those of the runs that have ended, or have not begun after so long, as the server has them."""
    deadline = time.monotonic() + seconds
    while True:
        found = [one for one in api.pages("/runs") if one["id"] in run_ids]
        late = [one for one in found if one["queued"]]
        if not late or time.monotonic() > deadline:
            return [*late, *(one for one in found if one["status"] != "running")]
        time.sleep(0.2)

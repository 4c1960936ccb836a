"""What goes wrong at the exchange: at random, by a seed."""

from collections import Counter
from random import Random
from typing import Any

from tests.kill_trading.exchange import Exchange
from tests.soak.fleet import STOCKS

SHARE = 0.12
"""Of the steps of time at which something is made to go wrong."""
ORDERS = {"path": "/v2/orders"}
STRIKES: tuple[dict[str, Any], ...] = (
    {"kind": "delay", "seconds": 0.4, "match": {"method": "POST", **ORDERS}},
    {"kind": "delay", "seconds": 0.4, "match": {"method": "DELETE", **ORDERS}},
    {"kind": "answer_lost", "acted": True, "match": {"method": "POST", **ORDERS}},
    {"kind": "answer_lost", "acted": False, "match": {"method": "POST", **ORDERS}},
    {"kind": "answer_lost", "acted": True, "match": {"method": "DELETE", **ORDERS}},
    {"kind": "status", "code": 500, "acted": True, "match": {"method": "POST", **ORDERS}},
    {"kind": "status", "code": 503, "acted": False, "match": {"method": "POST", **ORDERS}},
    {"kind": "status", "code": 429, "acted": False, "match": ORDERS, "times": 3},
    {"kind": "status", "code": 504, "acted": False, "match": {"method": "GET"}},
    {"kind": "empty", "match": {"method": "GET", **ORDERS}},
    {"kind": "partial_fill", "parts": 2},
    {"kind": "partial_fill", "parts": 4},
    {"kind": "late_reject"},
    {"kind": "stuck_cancel"},
    {"kind": "drop_legs"},
    {"kind": "lose_update"},
    {"kind": "lose_update", "times": 4},
    {"kind": "duplicate_update", "times": 3},
    {"kind": "reorder_updates"},
    {"kind": "update_before_answer"},
    {"kind": "disconnect"},
    {"kind": "disconnect", "match": {"path": "/stream"}},
    {"kind": "refuse_connection", "code": 429},
    {"kind": "late_bar", "seconds": 90},
    {"kind": "corrected_bar", "seconds": 60},
)
LASTS: tuple[dict[str, Any], ...] = (
    {"kind": "mute"},
    {"kind": "mute", "match": {"path": "/stream"}},
    {"kind": "rate_limit", "per_minute": 5},
    {"kind": "unrelated_ids"},
    *({"kind": "halt", "match": {"symbol": symbol}} for symbol in STOCKS[:2]),
)
"""Those which are taken away after a while."""
STEPS_MAX = 3
"""How many steps of time these last at most."""
WAITING_MAX = 8
"""So many faults wait to strike, at most."""


class Faults:
    """Those of one soak; `counts`: how often each was set."""

    def __init__(self, exchange: Exchange, seed: int) -> None:
        self._exchange, self._chance = exchange, Random(f"{seed}-faults")
        self.counts: Counter[str] = Counter()
        self._ends: dict[str, int] = {}
        """Of those which last: how many steps are left."""

    def step(self) -> None:
        """Some time is about to pass."""
        for id_, left in [*self._ends.items()]:
            if left == 0:
                self._exchange.ask("DELETE", f"faults/{id_}")
                del self._ends[id_]
            else:
                self._ends[id_] = left - 1
        if self._chance.random() < SHARE:
            self._set()

    def clear(self) -> None:
        """Take all away."""
        self._ends.clear()
        self._exchange.ask("DELETE", "faults")

    @property
    def are_lasting(self) -> bool:
        """Whether one holds that keeps runs from their ticks."""
        return bool(self._ends)

    def _set(self) -> None:
        if len(self._exchange.ask("GET", "faults")) >= WAITING_MAX:
            return
        fault = self._chance.choice((*STRIKES, *LASTS))
        made = self._exchange.ask("POST", "faults", fault)
        self.counts[fault["kind"]] += 1
        if fault in LASTS:
            self._ends[made["id"]] = self._chance.randint(0, STEPS_MAX)

"""When it is killed: at a random time, right after something was written or ordered, while an order is on its way."""

import time
from collections.abc import Callable
from random import Random

from tests.kill.api import Api
from tests.kill_trading.exchange import Exchange

PATIENCE_SECONDS = 10.0
"""So long a moment is waited for; then any is right."""
DELAY_SECONDS = 0.4
MOMENTS = ("time", "event", "order", "sending", "unanswered", "cancelling")


def wait(chance: Random, exchange: Exchange, api: Api) -> str:
    """Return when it has come. Returns its name."""
    moment = chance.choice(MOMENTS)
    match moment:
        case "time":
            time.sleep(chance.random() * 2.0)
        case "event":
            wanted = int(api.get("/events")["newest"]) + chance.randint(1, 12)
            until(lambda: int(api.get("/events")["newest"]) >= wanted)
        case "order":
            newest = exchange.newest()
            until(lambda: bool(exchange.requests(after=newest)))
            time.sleep(chance.random() * 0.05)
        case "sending":
            strike(exchange, chance, "delay", method="POST", seconds=DELAY_SECONDS)
        case "unanswered":
            strike(exchange, chance, "answer_lost", method="POST", acted=chance.random() < 0.7)
        case "cancelling":
            strike(exchange, chance, "delay", method="DELETE", seconds=DELAY_SECONDS)
    return moment


def strike(exchange: Exchange, chance: Random, kind: str, *, method: str, **said: object) -> None:
    """Have a request of orders meet a fault, and return soon after it has."""
    exchange.fault(kind, match={"method": method, "path": "/v2/orders"}, **said)
    until(exchange.is_faultless)
    exchange.ask("DELETE", "faults")
    time.sleep(chance.random() * DELAY_SECONDS * 0.8)


def until(has_come: Callable[[], bool], seconds: float = PATIENCE_SECONDS, *, every: float = 0.01) -> bool:
    """Whether it came within so long; looked at every so many seconds."""
    deadline = time.monotonic() + seconds
    while not has_come():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True

"""A venue that takes five seconds for each answer holds up who asked it, and nobody else."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.integration.trading.desk import Desk
from tests.integration.trading.strategies import HEAD, ROUND_TRIPS

SECONDS = 5.0
ROUNDS = 4
ONLY_LOOKS = f'''{HEAD}class OnlyLooks(Strategy):
    """Counts its bars."""

    def on_start(self):
        self.seen = 0

    def on_bar(self, bar):
        self.seen += 1
        self.log(f"bar {{self.seen}}")
'''


def test_slow_venue_leaves_health_and_the_clocks_of_other_runs_alone(desk: Desk) -> None:
    trading, looking = desk.started(ROUND_TRIPS, "AAPL"), desk.started(ONLY_LOOKS, "BTC/USD")
    desk.until_bars(looking, 1)
    desk.fault("delay", seconds=SECONDS, times=1_000, match={"path": "/v2/orders"})
    with ThreadPoolExecutor(1) as aside:
        asking, rounds, longest = aside.submit(asked, desk), 0, 0.0
        while rounds < ROUNDS or not asking.done():
            seen, began = desk.bars(looking), time.monotonic()
            desk.until(lambda seen=seen: desk.bars(looking) > seen and is_healthy(desk), what="the next bar", step=20)
            rounds, longest = rounds + 1, max(longest, time.monotonic() - began)
        assert asking.result() > SECONDS, "the venue was not slow"
    assert longest < SECONDS - 1, "a tick waited for what another run or a person had asked the venue"
    desk.ask("DELETE", "faults")
    assert desk.flattened(trading)["status"] == desk.stopped(looking)["status"] == "stopped"


def asked(desk: Desk) -> float:
    """Seconds that a look at the venue takes."""
    began = time.monotonic()
    desk.api.post("/reconciliation", {"account": "alpaca paper"})
    return time.monotonic() - began


def is_healthy(desk: Desk) -> bool:
    """Whether the server says so at once."""
    began = time.monotonic()
    answer = desk.api.http.get("/api/v1/healthz")
    assert time.monotonic() - began < 1.0, "healthz waited"
    return answer.is_success

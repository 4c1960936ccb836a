"""A venue that takes eight seconds for each answer holds up who asked it, and nobody else."""

from concurrent.futures import ThreadPoolExecutor

from tests.integration.trading.desk import Desk
from tests.integration.trading.strategies import HEAD, ROUND_TRIPS

SECONDS = 8.0
ROUNDS = 4
SLOW = ("/v2/orders*", "/v2/account*", "/v2/positions*", "/v2/clock*")
"""Nothing that bars are asked for by."""
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
    for path in SLOW:
        desk.fault("delay", seconds=SECONDS, times=1_000, match={"path": path})
    with ThreadPoolExecutor(1) as aside:
        asking = aside.submit(desk.api.post, "/reconciliation", {"account": "alpaca paper"})
        desk.until_still(lambda: answers(desk), what="a slow answer")
        quick = [is_quick(desk, looking) for _ in range(ROUNDS)]
        assert not asking.done(), "the venue was not slow"
        desk.ask("DELETE", "faults")
        asking.result()
    assert any(quick), "each tick waited for what another run or a person had asked the venue"
    assert desk.flattened(trading)["status"] == desk.stopped(looking)["status"] == "stopped"


def answers(desk: Desk) -> int:
    """How many slow answers the venue has given by now."""
    return sum(one["kind"] == "request" and one["fault"] == "delay" for one in desk.ask("GET", "journal?after=0"))


def is_quick(desk: Desk, run_id: str) -> bool:
    """Whether a run saw its next bar, and the server answered, while the venue gave no slow answer."""
    seen, before = desk.bars(run_id), answers(desk)
    desk.until(lambda: desk.bars(run_id) > seen, what="the next bar", step=20)
    assert desk.api.get("/healthz")["status"] == "ok"
    return answers(desk) == before

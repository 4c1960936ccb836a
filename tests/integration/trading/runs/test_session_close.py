"""A paper run over the close of a half day, on a machine in Singapore: what ends with the session, what stays, and a
stop while the market is shut."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.integration.trading.desk import Desk, desk
from tests.integration.trading.strategies import REACHES

BEFORE_CLOSE, CLOSE = "2024-11-29T17:40:00Z", "2024-11-29T18:00"
"""The day after Thanksgiving; New York closes at 13:00."""
OPEN = "2024-12-02T14:30"


@pytest.fixture(name="asian", scope="module")
def _asian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("asia") / "server"
    with desk(home, "--start", BEFORE_CLOSE, TZ="Asia/Singapore") as made:
        yield made


def test_run_over_a_close_keeps_its_exits_and_is_flattened_at_the_next_open(asian: Desk) -> None:
    run_id = asian.started(REACHES, "AAPL")
    asian.until(lambda: asian.held.get("AAPL") == 10, what="a position")
    asian.until(lambda: len(asian.open_in("AAPL", "buy")) == 1, what="the entry that rests")
    asian.until_bars(run_id, asian.bars(run_id) + 1)  # it has seen that both were sent

    asian.ask("POST", "clock", {"to": f"{CLOSE}:30Z"})
    asian.until(lambda: not asian.open_in("AAPL", "buy"), what="the end of the day's entry")
    resting = [one for one in asian.orders(run_id) if one["side"] == "buy" and one["quantity"] == "1"][-1]
    asian.until(lambda: asian.api.get(f"/orders/{resting['id']}")["status"] in {"cancelled", "expired"}, what="its end")
    assert {(one["type"], one["time_in_force"]) for one in asian.open_in("AAPL")} == {("limit", "gtc"), ("stop", "gtc")}
    asian.until(lambda: any(CLOSE in line for line in asian.log(run_id)), what="the session's last bar")
    worth(asian, run_id)

    sent = len(asian.sent())
    assert asian.stopped(run_id, flatten=True)["status"] == "stopped"
    (waiting,) = [one for one in asian.orders(run_id) if "-flat-" in one["id"]]
    asian.until(lambda: not asian.open_in("AAPL"), what="the end of its exits")
    asian.ask("POST", "clock", {"to": f"{OPEN[:11]}14:29:00Z"})
    waiting = asian.api.get(f"/orders/{waiting['id']}")
    assert (waiting["status"], waiting["waits_for"]) == ("pending", "open")
    assert (len(asian.sent()), asian.held) == (sent, {"AAPL": 10})

    asian.until(lambda: "AAPL" not in asian.held, what="the closing at the open", step=20.0)
    asian.until(lambda: asian.is_even("AAPL"), what="its fill")
    (closed,) = [one for one in asian.state["executions"] if one["side"] == "sell"]
    assert closed["transaction_time"] >= OPEN
    asian.agrees()


def worth(desk: Desk, run_id: str) -> None:
    """What a run shows of its position: market value and profit, by the newest price."""
    (held,) = desk.api.get(f"/runs/{run_id}/positions")["items"]
    value, cost = Decimal(held["market_value"]), Decimal(held["cost"])
    (fill,) = desk.fills(run_id)
    assert cost == Decimal(fill["price"]) * 10
    assert Decimal(held["unrealised_pnl"]) == value - cost
    (shown,) = desk.api.get("/positions", venue="alpaca", mode="paper")["items"]
    assert Decimal(shown["market_value"]) == value

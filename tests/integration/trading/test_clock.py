"""The venue's clock is off while a server trades: told, entries stop when it is far off, exits go, and it ends by
itself."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.trading.desk import Desk, desk

BUY = {
    "mode": "paper", "venue": "alpaca", "symbol": "AAPL", "side": "buy", "order_type": "market", "qty": "4",
    "time_in_force": "day",
}  # fmt: skip
SELL = {**BUY, "side": "sell"}


@pytest.fixture(name="running", scope="module")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A server at an exchange whose time runs: one that stands still is moved by its control, and is never off."""
    with desk(tmp_path_factory.mktemp("clock") / "server") as made:
        made.ask("POST", "clock", {"speed": 1})
        assert made.api.get("/account", venue="alpaca", mode="paper")["items"]
        look(made)
        yield made


def test_clock_that_is_off_is_told_stops_entries_and_no_exit(running: Desk) -> None:
    held = running.api.post("/orders", BUY, status=201)["id"]
    until_accepted(running, held)
    running.price("AAPL", 180.0)

    running.fault("skew", seconds=-5)
    look(running)
    assert venue(running)["problem"].startswith("the venue's clock is 5.")
    assert told(running) == [("clock_told", "2")]
    assert halts(running) == []

    running.ask("DELETE", "faults")
    running.fault("skew", seconds=40)
    look(running)
    before = len(running.sent())
    reason = running.api.refused("POST", "/orders", status=409, json=BUY)
    assert "s ahead of this machine's, and the limit is 30 s" in reason
    assert len(running.sent()) == before
    assert told(running) == [("clock_told", "2"), ("clock", "30")]
    assert abs(venue(running)["clock_ahead_seconds"] - 40) < 2

    until_accepted(running, running.api.post("/orders", SELL, status=201)["id"])

    running.ask("DELETE", "faults")
    look(running)
    assert halts(running) == []
    assert venue(running)["problem"] is None
    until_accepted(running, running.api.post("/orders", {**BUY, "symbol": "MSFT"}, status=201)["id"])


def look(desk: Desk) -> None:
    desk.api.post("/reconciliation", {"account": "alpaca paper"})


def until_accepted(desk: Desk, order_id: str) -> None:
    wanted = {"accepted", "filled"}
    desk.until_still(lambda: desk.api.get(f"/orders/{order_id}")["status"] in wanted, what="it to work")


def venue(desk: Desk) -> Any:
    return next(one for one in desk.api.get("/venues")["items"] if (one["id"], one["mode"]) == ("alpaca", "paper"))


def told(desk: Desk) -> list[tuple[str, str]]:
    found = [one["payload"] for one in desk.api.events() if one["type"] == "risk.LimitBreached"]
    return [(one["rule"], one["limit"]) for one in found]


def halts(desk: Desk) -> list[str]:
    (account,) = desk.api.get("/risk")["accounts"]
    return [one["cause"] for one in account["halts"]]

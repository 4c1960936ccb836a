"""The venue's clock is off while a server trades: told, entries stop when it is far off, exits go, and it ends by
itself."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.trading.desk import Desk, desk

BUY = {
    "mode": "paper", "venue": "alpaca", "symbol": "AAPL", "side": "buy", "order_type": "market", "qty": "4",
    "time_in_force": "day",
}  # fmt: skip
SELL = {**BUY, "side": "sell"}
EVEN_LOOKS, APART_SECONDS = 3, 0.5


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

    be_off(running, -5)
    assert venue(running)["problem"].startswith("the venue's clock is ")
    assert told(running) == {("clock_told", "2")}
    assert halts(running) == []

    be_off(running, 40)
    before = len(running.sent())
    reason = running.api.refused("POST", "/orders", status=409, json=BUY)
    assert "s ahead of this machine's, and the limit is 30 s" in reason
    assert len(running.sent()) == before
    assert told(running) == {("clock_told", "2"), ("clock", "30")}

    until_accepted(running, running.api.post("/orders", SELL, status=201)["id"])

    running.ask("DELETE", "faults")
    running.until_still(lambda: ahead(running) < 2, what="a look that finds it right")
    assert halts(running) == []
    assert venue(running)["problem"] is None
    until_accepted(running, running.api.post("/orders", {**BUY, "symbol": "MSFT"}, status=201)["id"])


def look(desk: Desk) -> None:
    desk.api.post("/reconciliation", {"account": "alpaca paper"})


def be_off(desk: Desk, seconds: float) -> None:
    """Have the venue's clock be off by so much, and the server find it. It tells of what is off only while it has seen
    that time goes evenly, which on a busy machine takes some looks."""

    def is_found() -> bool:
        desk.ask("DELETE", "faults")
        for _ in range(EVEN_LOOKS):
            look(desk)
            time.sleep(APART_SECONDS)
        desk.fault("skew", seconds=seconds)
        return abs(ahead(desk) - abs(seconds)) < 2

    desk.until_still(is_found, what="a clock that is found to be off")


def ahead(desk: Desk) -> float:
    """By how many seconds a look finds the clock to be off."""
    look(desk)
    return abs(float(venue(desk)["clock_ahead_seconds"]))


def until_accepted(desk: Desk, order_id: str) -> None:
    wanted = {"accepted", "filled"}
    desk.until_still(lambda: desk.api.get(f"/orders/{order_id}")["status"] in wanted, what="it to work")


def venue(desk: Desk) -> Any:
    return next(one for one in desk.api.get("/venues")["items"] if (one["id"], one["mode"]) == ("alpaca", "paper"))


def told(desk: Desk) -> set[tuple[str, str]]:
    found = [one["payload"] for one in desk.api.events() if one["type"] == "risk.LimitBreached"]
    return {(one["rule"], one["limit"]) for one in found}


def halts(desk: Desk) -> list[str]:
    (account,) = desk.api.get("/risk")["accounts"]
    return [one["cause"] for one in account["halts"]]

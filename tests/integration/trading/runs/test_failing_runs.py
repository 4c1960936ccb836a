"""A strategy that fails while it trades: its run says where, once, and what it left at the venue is as it asked for."""

import pytest

from tests.integration.trading.desk import Desk
from tests.integration.trading.strategies import HEAD, failing

PROTECTED = {"limit", "stop"}


@pytest.mark.parametrize("where", ["on_bar", "on_fill", "on_order"])
def test_strategy_that_raises_ends_its_run_with_its_own_line(desk: Desk, where: str) -> None:
    run_id = desk.started(failing(where, "raise ValueError('out of ideas')"), "AAPL")
    desk.until(lambda: desk.api.run(run_id)["status"] != "running", what="its end")
    run = desk.api.run(run_id)
    assert run["status"] == "error"
    assert f"in {where}: ValueError: out of ideas" in run["error"]
    assert len(desk.events(run_id, "run.Error")) == 1
    desk.until(lambda: not desk.open_in("AAPL", "buy"), what="the end of its entries")
    desk.exited("AAPL")


def test_strategy_that_fails_in_on_start_leaves_nothing(desk: Desk) -> None:
    source = f"{HEAD}class FailsAtOnce(Strategy):\n    def on_start(self):\n        raise ValueError('not today')\n"
    sent = len(desk.sent())
    run_id = desk.told_to_start(source, "AAPL")
    desk.until(lambda: desk.api.run(run_id)["status"] == "error", what="its end")
    assert "in on_start: ValueError: not today" in desk.api.run(run_id)["error"]
    assert len(desk.events(run_id, "run.Error")) == 1
    assert len(desk.sent()) == sent


def test_protection_of_a_failed_run_stays(desk: Desk) -> None:
    run_id = desk.started(failing("on_bar", "raise ValueError('gone')"), "MSFT")
    desk.until(lambda: desk.api.run(run_id)["status"] == "error", what="its end")
    desk.until(lambda: not desk.open_in("MSFT", "buy"), what="the end of its entries")
    assert desk.held["MSFT"] == 10
    assert {one["type"] for one in desk.open_in("MSFT")} == PROTECTED
    desk.exited("MSFT")


@pytest.mark.parametrize(("on_error", "symbol", "held"), [("flatten", "SPY", 0), ("cancel_all", "MSFT", 10)])
def test_failed_run_leaves_what_its_on_error_says(desk: Desk, on_error: str, symbol: str, held: int) -> None:
    run_id = desk.started(failing("on_bar", "raise ValueError('gone')"), symbol, on_error=on_error)
    desk.until(lambda: desk.api.run(run_id)["status"] == "error", what="its end")
    desk.until(lambda: not desk.open_in(symbol), what="the end of its orders")
    desk.until(lambda: desk.held.get(symbol, 0) == held, what="what is to be left")
    desk.agrees()


def test_strategy_that_fails_in_on_stop_is_stopped_all_the_same(desk: Desk) -> None:
    source = f"{HEAD}class FailsLast(Strategy):\n    def on_stop(self):\n        raise ValueError('no end')\n"
    run_id = desk.started(source, "AAPL")
    ended = desk.stopped(run_id)
    assert ended["status"] in {"stopped", "error"}
    assert len(desk.events(run_id, "run.Error")) + len(desk.events(run_id, "run.Stopped")) == 1
    assert "on_stop" in desk.server.log


def test_endless_strategy_leaves_the_server_alone_and_is_told(desk: Desk) -> None:
    run_id = desk.started(failing("on_bar", "while True: pass"), "AAPL")
    desk.until(lambda: desk.api.run(run_id)["halted"] or desk.api.run(run_id)["status"] == "error", what="its halt")
    assert desk.api.get("/healthz")["status"] == "ok"
    desk.until_still(lambda: desk.api.run(run_id)["status"] == "error", what="its end")
    assert "deadline" in desk.api.run(run_id)["error"]
    assert len(desk.events(run_id, "run.Error")) == 1
    desk.exited("AAPL")

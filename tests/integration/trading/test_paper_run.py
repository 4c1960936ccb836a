"""A paper run from its start to its end, in calm and over what a venue does to it."""

from tests.integration.trading.desk import Desk
from tests.integration.trading.strategies import HOLDS, ROUND_TRIPS


def test_paper_run_trades_is_told_and_is_flattened(desk: Desk) -> None:
    run_id = desk.started(ROUND_TRIPS, "AAPL")
    desk.until(lambda: desk.held.get("AAPL") == 10, what="a position")
    desk.until(lambda: "AAPL" not in desk.held, what="the close")
    desk.until(lambda: desk.held.get("AAPL") == 10, what="the second position")
    said = desk.log(run_id)
    assert [line for line in said if line.startswith("fill")][:2] == ["fill buy 10", "fill sell 10"]
    assert "order 1 accepted" in said
    assert desk.flattened(run_id)["status"] == "stopped"
    assert desk.log(run_id)[-1] == "last word"
    assert [one for one in desk.open_at_venue if one["symbol"] == "AAPL"] == []


def test_paper_run_goes_on_over_a_lost_connection(desk: Desk) -> None:
    run_id = desk.started(ROUND_TRIPS, "MSFT")
    desk.until_bars(run_id, 1)
    desk.fault("disconnect")
    desk.until(lambda: "MSFT" in desk.held, what="a position")
    seen = desk.bars(run_id)
    desk.fault("disconnect")
    desk.until_bars(run_id, seen + 3)
    assert numbers(desk, run_id) == list(range(1, desk.bars(run_id) + 1)), "each bar once, in order"
    desk.flattened(run_id)


def test_paper_run_comes_through_a_storm_of_429(desk: Desk) -> None:
    run_id = desk.started(HOLDS, "SPY")
    desk.fault("rate_limit", per_minute=6)
    desk.until(lambda: "SPY" in desk.held or desk.bars(run_id) > 4, what="a position, or its refusal")
    desk.ask("DELETE", "faults")
    statuses = {one["status"] for one in desk.orders(run_id) if one["side"] == "buy"}
    assert statuses <= ({"filled", "accepted"} if "SPY" in desk.held else {"rejected"}), desk.orders(run_id)
    desk.flattened(run_id)


def numbers(desk: Desk, run_id: str) -> list[int]:
    return [int(line.split()[1]) for line in desk.log(run_id) if line.startswith("bar ")]

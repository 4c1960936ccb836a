"""A paper run from its start to its end, in calm and over what a venue does to it."""

from tests.integration.trading.desk import Desk
from tests.integration.trading.strategies import ROUND_TRIPS


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


def test_plain_stop_tells_of_the_position_whose_exits_it_cancels(desk: Desk) -> None:
    run_id = desk.started(ROUND_TRIPS, "AAPL")
    desk.until(lambda: desk.held.get("AAPL") == 10 and desk.open_in("AAPL", "sell"), what="a position with exits")
    assert desk.stopped(run_id)["status"] == "stopped"
    (told,) = desk.events(run_id, "risk.Unprotected")
    assert (told["symbol"], told["quantity"], told["account"]) == ("AAPL", "10", "alpaca paper")
    assert told["reason"].startswith("its exits are cancelled, and it stays")
    assert desk.open_in("AAPL") == []
    assert desk.held["AAPL"] == 10
    desk.flattened(run_id)


def test_paper_run_goes_on_over_a_lost_connection(desk: Desk) -> None:
    run_id = desk.started(ROUND_TRIPS, "MSFT")
    desk.until_bars(run_id, 1)
    desk.fault("disconnect")
    desk.until(lambda: "MSFT" in desk.held, what="a position")
    seen = desk.bars(run_id)
    desk.fault("disconnect")
    desk.until_bars(run_id, seen + 3)
    saw_each_bar(desk, run_id, "MSFT")
    desk.flattened(run_id)


def test_paper_run_goes_on_though_its_streams_are_mute(desk: Desk) -> None:
    """They stay open and say nothing: what they should have said is asked for, and they are connected anew."""
    run_id = desk.started(ROUND_TRIPS, "AAPL")
    desk.until(lambda: desk.held.get("AAPL") == 10, what="a position")
    newest = desk.api.newest()
    desk.fault("mute")
    for _ in range(9):
        desk.pass_time(20)
    desk.until_still(lambda: "it was mute" in " ".join(stale(desk, newest)), what="that it is found")
    desk.ask("DELETE", "faults")
    desk.until_still(lambda: restored(desk, newest), what="the feed")
    desk.until(lambda: "AAPL" not in desk.held and desk.is_even("AAPL"), what="the close, and its fill")
    seen = desk.bars(run_id)
    desk.until_bars(run_id, seen + 3)
    saw_each_bar(desk, run_id, "AAPL")
    desk.flattened(run_id)


def test_paper_run_comes_through_a_storm_of_429(desk: Desk) -> None:
    """It begins while something is held, so that exits have to come through it."""
    run_id = desk.started(ROUND_TRIPS, "SPY")
    desk.until(lambda: desk.held.get("SPY") == 10, what="a position")
    desk.fault("rate_limit", per_minute=1)
    desk.until(lambda: refused_for_pace(desk), what="a storm", step=1.0)
    desk.ask("DELETE", "faults")
    desk.until(lambda: "SPY" not in desk.held, what="the close")
    desk.until(lambda: desk.held.get("SPY") == 10, what="the next position")
    saw_each_bar(desk, run_id, "SPY")
    desk.flattened(run_id)


def refused_for_pace(desk: Desk) -> bool:
    """Whether orders or cancels were answered with 429."""
    asked = [*desk.sent("POST"), *desk.sent("DELETE")]
    return 429 in {one["status"] for one in asked}


def stale(desk: Desk, after: int) -> list[str]:
    """Why feeds of bars were lost, since an event."""
    return [one["payload"]["reason"] for one in desk.api.events(after) if one["type"] == "data.FeedStale"]


def restored(desk: Desk, after: int) -> bool:
    """Whether a feed of bars is there again, since an event."""
    return "data.FeedRestored" in {one["type"] for one in desk.api.events(after)}


def saw_each_bar(desk: Desk, run_id: str, symbol: str) -> None:
    """Each minute that the exchange has of its time, once, in order."""
    ends = [line.split()[2] for line in desk.log(run_id) if line.startswith("bar ")]
    assert ends == [end for end in desk.minutes(symbol) if ends[0] <= end <= ends[-1]]

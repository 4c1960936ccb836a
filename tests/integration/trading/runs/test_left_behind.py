"""What a run that is over has left at its venue."""

from tests.integration.trading.desk import Desk
from tests.integration.trading.strategies import HOLDS


def test_run_that_was_stopped_with_something_left_is_flattened_later_and_deleted_then(desk: Desk) -> None:
    run_id = desk.started(HOLDS, "SPY")
    desk.until(lambda: desk.held.get("SPY") == 10, what="a position")
    assert desk.stopped(run_id)["status"] == "stopped"
    assert desk.held["SPY"] == 10
    told = desk.api.refused("DELETE", f"/runs/{run_id}", status=409)
    assert "still holds 10 SPY: stop it with flatten" in told
    assert desk.flattened(run_id)["status"] == "stopped"
    assert "SPY" not in desk.held
    assert desk.api.refused("POST", f"/runs/{run_id}/stop", status=409, json={"flatten": True})  # nothing is left
    desk.api.call("DELETE", f"/runs/{run_id}", status=204)


def test_what_was_closed_at_the_broker_is_not_sold_again_and_its_run_can_be_deleted(desk: Desk) -> None:
    run_id = desk.started(HOLDS, "SPY")
    desk.until(lambda: desk.held.get("SPY") == 10, what="a position")
    desk.at_broker("DELETE", "/v2/positions?cancel_orders=true")
    desk.until(lambda: not desk.held, what="its end at the broker")
    desk.until(lambda: desk.parts("SPY") == {"others": -10}, what="a look that shows it")
    assert desk.stopped(run_id, flatten=True)["status"] == "stopped"
    desk.pass_time(60)
    assert not desk.held
    told = desk.orders(run_id)[-1]
    assert (told["side"], told["status"]) == ("sell", "rejected")
    assert "10 SPY of this position are not at the venue any more" in told["reason"]
    desk.api.call("DELETE", f"/runs/{run_id}", status=204)
    assert desk.parts("SPY") == {}

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

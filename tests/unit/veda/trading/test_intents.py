"""What a run or a person wants of an account's orders."""

from tests.unit.veda.live_builders import live_order
from weaver.veda.trading.intents import Cancel, Place, Replace, named_in


def test_orders_that_were_there_before_are_named_and_new_ones_are_not() -> None:
    intents = [
        Cancel(order_id="run-1", reason=""),
        Place(order=live_order("run-5")),
        Replace(old_id="run-2", order=live_order("run-6")),
        Cancel(order_id="run-5", reason="placed in the same tick"),
        Replace(old_id="run-6", order=live_order("run-7")),
    ]
    assert named_in(intents) == ["run-1", "run-2"]

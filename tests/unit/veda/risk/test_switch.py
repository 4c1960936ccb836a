"""The kill switch."""

from tests.unit.veda.live_builders import ACCOUNT, live_order, seconds
from weaver.model.orders.status import OrderStatus
from weaver.veda.risk.switch import EVERYWHERE, KillSwitch, entries_among, switch_over


def test_switch_survives_a_restart() -> None:
    switch = KillSwitch(scope=ACCOUNT).on(reason="too fast", by="ada", at=seconds(0), flatten=True)
    assert KillSwitch.of_json(switch.as_json()) == switch
    off = switch.off(reason="calm", by="bob", at=seconds(9))
    assert KillSwitch.of_json(off.as_json()) == off
    assert (off.is_on, off.flatten, off.by, off.reason) == (False, False, "bob", "calm")


def test_turning_it_on_again_takes_no_flattening_back() -> None:
    switch = KillSwitch(scope=ACCOUNT).on(reason="one", by="ada", at=seconds(0), flatten=True)
    again = switch.on(reason="two", by="bob", at=seconds(1))
    assert (again.flatten, again.reason) == (True, "two")
    assert not switch.off(reason="", by="ada", at=seconds(2)).on(reason="", by="ada", at=seconds(3)).flatten


def test_the_switch_over_everything_comes_first() -> None:
    here = KillSwitch(scope=ACCOUNT).on(reason="here", by="ada", at=seconds(0))
    everywhere = KillSwitch(scope=EVERYWHERE).on(reason="everywhere", by="ada", at=seconds(0))
    off = everywhere.off(reason="", by="ada", at=seconds(1))
    assert switch_over({ACCOUNT: here, EVERYWHERE: everywhere}, ACCOUNT) == everywhere
    assert switch_over({ACCOUNT: here, EVERYWHERE: off}, ACCOUNT) == here
    assert switch_over({ACCOUNT: here, EVERYWHERE: off}, "alpaca live") is None


def test_it_cancels_entries_and_leaves_exits() -> None:
    entry, exit_ = live_order("run-1"), live_order("run-2", "sell", reduces=True)
    over = live_order("run-3", status=OrderStatus.FILLED)
    asked = live_order("run-4", cancel_asked="the strategy")
    assert entries_among([entry, exit_, over, asked]) == (entry,)

"""What a strategy asked for, as orders of its run and as requests in the log."""

from decimal import Decimal

import pytest

from tests.unit.veda.live_builders import ACCOUNT, NOON
from weaver.events.payloads import StrategyCancelRequest
from weaver.model.calendar.instants import instant_of
from weaver.model.orders.actions import CancelOrder
from weaver.veda.runs.translating import Translator
from weaver.veda.trading.intents import Cancel


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (CancelOrder(number=3), "cancelled by the strategy"),
        (CancelOrder(number=3, reason="position closed by the strategy"), "position closed by the strategy"),
    ],
)
def test_a_cancel_says_why_as_a_backtest_does(action: CancelOrder, reason: str) -> None:
    translator = Translator(
        run_id="run", account=ACCOUNT, rules={}, calendars={}, size=lambda _symbol, _terms: Decimal(0)
    )
    asked = translator.asked([action], instant_of(NOON))
    assert asked.intents == (Cancel(order_id="run-3", reason=reason),)
    assert asked.requests == (StrategyCancelRequest(run_id="run", order_id="run-3", time=NOON),)

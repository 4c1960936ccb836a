"""Corners of filling that a random scenario seldom reaches."""

from decimal import Decimal
from typing import Any

import pytest

from tests.builders import backtest, crypto_bars, stock_days, told
from tests.naive.bridge import run_weaver
from tests.naive.builders import days, hour_bar, op, stock
from tests.naive.compare import disagreement
from tests.naive.scenario import NaiveAccount, Op, Scenario
from weaver.greta.ledger.ledger import Ledger
from weaver.greta.orders.matching import Matcher
from weaver.marvin.strategy import Strategy
from weaver.model.account.margin import AccountRules
from weaver.model.errors import RunFailed
from weaver.model.orders.execution import INSIDE
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderEvent

VENUE = "alpaca-stocks"


def test_price_outside_its_bar_fails_the_run() -> None:
    scenario = Scenario(symbols=[stock(days("10 11 9 10", "10 11 9 10"))])
    prices = run_weaver(scenario).prices
    scale, ledger = prices["AAA"].scale, Ledger(AccountRules(), prices)
    filling, bar = Matcher(ledger, prices, legs_wait=False, on_end=None).filling, prices["AAA"].session_bar(1)
    for price in (8.99, 11.01):
        order = Order(7, scale, 1, 5, 0)
        order.happen(OrderEvent.ACCEPT)
        units = round(price * 1e8)
        with pytest.raises(RunFailed, match=rf"its fill at {price} lies outside its bar of AAA, 9\.0 to 11\.0"):
            filling.execute(order, 5, units, units, bar, INSIDE)
        assert order.filled == 0
    assert ledger.fills[:] == []


def test_legs_of_a_refused_entry_are_cancelled_with_it() -> None:
    class Bracket(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                self.buy(bar.symbol, 1, take_profit=12, stop_loss=9)

    result = backtest(Bracket, crypto_bars([10, 10, 10]), venue="alpaca-crypto")
    assert [(str(order.status), order.reason) for order in result.orders] == [
        ("rejected", "alpaca-crypto takes no bracket orders"),
        ("cancelled", "its entry was rejected"),
        ("cancelled", "its entry was rejected"),
    ]


@pytest.mark.parametrize(
    ("venue", "statuses"), [(None, "pending accepted accepted"), (VENUE, "pending pending accepted")]
)
def test_legs_start_with_the_first_fill_unless_the_venue_waits_for_the_last(venue: str | None, statuses: str) -> None:
    seen: list[str] = []

    class Bracket(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                self.entry = self.buy(bar.symbol, 10, tif="gtc", stop_loss=9)
            seen.append(str(self.entry.legs[0].status))

    bars = stock_days([10, 10, 10], volume=5.0)  # type: ignore[arg-type]
    result = backtest(Bracket, bars, costs={"max_participation": 1}, venue=venue)
    assert told(result) == ["buy 5 @ 10", "buy 5 @ 10"]
    assert " ".join(seen) == statuses


def test_target_that_others_have_reached_by_its_fill_is_cancelled() -> None:
    program = {
        0: [
            op("order_target_value", 1000, size_at="fill", limit=Decimal(9), tif="gtc"),
            op("buy", 150),
        ]
    }
    scenario = Scenario(symbols=[stock(days("10 10 10 10", "10 10 10 10", "9 9 8 8"))], program=program)
    finished = run_weaver(scenario)
    assert disagreement(scenario) is None
    assert [order.reason for order in finished.orders] == ["the target was reached without it", ""]


def test_size_at_fill_bracket_has_legs_of_the_settled_size() -> None:
    program = {
        0: [op("order_target_value", 1000, size_at="fill", take_profit=Decimal(30), stop_loss=Decimal(15), tif="gtc")]
    }
    scenario = Scenario(symbols=[stock(days("10 10 10 10", "20 20 20 20", "16 16 14 14"))], program=program)
    finished = run_weaver(scenario)
    assert disagreement(scenario) is None
    assert [(order.units, order.filled) for order in finished.orders] == [(50, 50), (0, 0), (50, 50)]


def test_explicit_quantity_is_rejected_with_the_reason_and_a_target_is_cut() -> None:
    program = {0: [op("buy", 101), op("order_target_percent", 1)]}
    scenario = Scenario(
        symbols=[stock(days("10 10 10 10", "10 10 10 10"))], program=program, account=NaiveAccount(cash=Decimal(1000))
    )
    finished = run_weaver(scenario)
    assert disagreement(scenario) is None
    assert finished.orders[0].reason == "buy 101 AAA at 10: cash of 1,000.00 does not pay for it with its costs"


def test_ioc_leg_has_its_open_after_the_bar_inside_which_its_entry_filled() -> None:
    # AAA and BBB take turns: BBB's buy fills inside its bar at 105, on a tick of its own a bar of AAA follows, and the
    # leg has BBB's next open, 94, where its stop is passed.
    program = {
        0: [
            Op(name="buy", args=("BBB", 10), kwargs={"stop": Decimal(105)}),
            Op(name="sell", args=("BBB", 10), kwargs={"stop": Decimal(95), "tif": "ioc"}),
            Op(name="oto", args=(1, 2)),
        ]
    }
    one = [hour_bar(0, hour, "100 100 100 100") for hour in (14, 16, 18)]
    other = [hour_bar(0, 15, "100 106 100 106"), hour_bar(0, 17, "94 94 94 94")]
    scenario = Scenario(symbols=[stock(one), stock(other, symbol="BBB")], program=program, timeframe="1h")
    assert disagreement(scenario) is None
    assert [row.price // 10**8 for row in run_weaver(scenario).fills] == [105, 94]

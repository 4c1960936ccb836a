"""Events as earlier versions of Weaver stored them stay readable, and a backtest's stay as they are."""

from decimal import Decimal
from typing import Any

import pytest

from weaver.events.payloads import (
    ALL_EVENT_TYPES,
    PAYLOADS,
    AccountReconciled,
    Difference,
    OrdersFilled,
    RiskRefused,
    plain,
)
from weaver.model.numbers import money

ORDER: dict[str, Any] = {
    "run_id": "r", "order_id": "r-1", "client_order_id": None, "symbol": "A", "side": "buy", "quantity": "1",
    "filled_quantity": "1", "status": "filled", "time": "2026-03-02T14:31:00Z",
}  # fmt: skip
STORED: dict[str, dict[str, Any]] = {
    "data.FeedStale": {"venue": "alpaca", "symbols": ["AAPL"], "since": "2026-03-02T14:31:00Z"},
    "data.FeedRestored": {"venue": "alpaca", "symbols": ["AAPL"]},
    "orders.Submitted": ORDER,
    "orders.Accepted": ORDER,
    "orders.Filled": {
        **ORDER, "fill_id": "r-f1", "fill_quantity": "1", "price": "2", "commission": "0.35", "slippage": "0.01",
    },
    "orders.Cancelled": {**ORDER, "reason": "by the strategy"},
    "risk.Refused": {"run_id": "r", "order_id": "r-1", "limit": "notional", "reason": "over 10,000 a day"},
    "risk.LimitBreached": {"run_id": "r", "limit": "drawdown", "reason": "5.2 % is over the limit of 5 %"},
    "risk.KillSwitchOn": {"reason": "by the operator"},
    "risk.KillSwitchOff": {"reason": "by the operator"},
    "account.Updated": {"venue": "alpaca", "equity": "100250.10", "cash": "81530.10"},
    "account.PositionUpdated": {"venue": "alpaca", "symbol": "AAPL", "quantity": "100", "run_id": "r"},
    "account.Reconciled": {"venue": "alpaca", "differences": ["AAPL: ours 3, the venue's 4"]},
}  # fmt: skip
"""Payloads as version 0.1 wrote them."""
DESIGNED = {
    "run": "Created Started StopRequested Stopped Completed Error Progress Resumed Halted Promoted Deleted",
    "strategy": "FetchWindow PlaceRequest CancelRequest ReplaceRequest StopRequest Log CatalogChanged",
    "backtest": "FetchWindow PlaceOrder CancelOrder ReplaceOrder",
    "live": "FetchWindow PlaceOrder CancelOrder ReplaceOrder",
    "data": "WindowReady WindowFailed FeedStale FeedRestored Imported FetchProgress",
    "market": "Bar BarLate BarCorrected Quote Trade",
    "orders": "Created Submitted Accepted PartiallyFilled Filled Cancelled Rejected Expired Replaced Warned",
    "risk": "Refused LimitBreached Unprotected ProtectionRestored KillSwitchOn KillSwitchOff",
    "account": "Updated PositionUpdated FeeCharged CarryCharged DaySummarised Reconciled",
    "clock": "Tick",
    "stream": "Reset",
}


@pytest.mark.parametrize("type_", STORED)
def test_stored_payload_of_an_older_version_is_read(type_: str) -> None:
    stored = PAYLOADS[type_].model_validate(STORED[type_])
    read = plain(stored)
    amounts = {name: money.plain(value) for name, value in stored if isinstance(value, Decimal)}
    assert {name: read[name] for name in STORED[type_]} == {
        name: amounts.get(name, value) for name, value in STORED[type_].items()
    }


@pytest.mark.parametrize(
    ("value", "written"),
    [("1E-8", "0.00000001"), ("15.000000000000000000", "15"), ("0E-18", "0"), ("1E+3", "1000"), ("0.10", "0.1")],
)
def test_amounts_are_written_as_the_api_writes_them(value: str, written: str) -> None:
    amount = Decimal(value)
    fill = OrdersFilled(**{**ORDER, "quantity": amount}, fill_id="f", fill_quantity=amount, price=amount, commission=0)
    told = plain(fill)
    assert (told["quantity"], told["fill_quantity"], told["price"], told["commission"]) == (*(written,) * 3, "0")
    nested = AccountReconciled(venue="v", differences=(Difference(symbol="A", name="fee", quantity=amount),))
    assert plain(nested)["differences"][0]["quantity"] == written
    assert OrdersFilled.model_validate(told) == fill


def test_every_type_of_the_design_is_there() -> None:
    assert set(ALL_EVENT_TYPES) == {f"{space}.{name}" for space, names in DESIGNED.items() for name in names.split()}


@pytest.mark.parametrize("type_", ["orders.Submitted", "orders.Accepted", "orders.Filled", "orders.Cancelled"])
def test_an_order_of_a_backtest_says_nothing_of_venues(type_: str) -> None:
    assert plain(PAYLOADS[type_].model_validate(STORED[type_])).keys() == STORED[type_].keys()


def test_a_late_fill_of_a_manual_order_says_where_it_came_from() -> None:
    fill = OrdersFilled(
        **{**STORED["orders.Filled"], "run_id": None}, venue="alpaca", mode="live", account="alpaca live",
        exchange_fill_id="e-1", fee_quantity=Decimal("0.0001"), is_late=True,
    )  # fmt: skip
    told = plain(fill)
    assert told["run_id"] is None
    assert (told["venue"], told["mode"], told["account"]) == ("alpaca", "live", "alpaca live")
    assert (told["exchange_fill_id"], told["fee_quantity"], told["is_late"]) == ("e-1", "0.0001", True)


def test_a_refusal_says_rule_limit_and_value() -> None:
    refused = RiskRefused(run_id=None, order_id="m", rule="order_rate", limit="60", value="61", reason="61 a minute")
    assert (refused.version, plain(refused)["rule"], plain(refused)["limit"], plain(refused)["value"]) == (
        2, "order_rate", "60", "61",
    )  # fmt: skip


def test_each_difference_has_its_name() -> None:
    split = Difference(symbol="AAPL", name="split", quantity=Decimal("300"))
    told = plain(AccountReconciled(venue="alpaca", differences=(split,), halted=("AAPL",)))
    assert told["differences"] == [{"symbol": "AAPL", "name": "split", "quantity": "300", "reason": ""}]
    assert AccountReconciled.model_validate(told).differences == (split,)

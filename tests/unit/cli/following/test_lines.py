"""What is said of an event."""

from typing import Any

import pytest

from weaver.cli.following.feed import RunEvent
from weaver.cli.following.lines import amount, line_of, moment

ORDER = {"symbol": "AAPL", "side": "buy", "quantity": "5", "time": "2012-03-01T21:00:00Z"}
BAR = {"symbol": "AAPL", "timeframe": "1m", "timestamp": "2012-03-01T14:30:00Z"}


@pytest.mark.parametrize(
    ("type_", "payload", "text"),
    [
        ("orders.Created", {**ORDER, "order_type": "market"}, "2012-03-01 21:00  order        buy 5 AAPL market"),
        (
            "orders.Created",
            {**ORDER, "order_type": "stop_limit", "limit_price": "10.5", "stop_price": "10", "quantity": None},
            "2012-03-01 21:00  order        buy AAPL stop limit at 10.5 from 10",
        ),
        (
            "orders.Filled",
            {**ORDER, "fill_quantity": "5", "price": "10.25", "commission": "0"},
            "2012-03-01 21:00  fill         buy 5 AAPL at 10.25",
        ),
        (
            "orders.PartiallyFilled",
            {**ORDER, "fill_quantity": "2", "price": "10.25", "commission": "0.5"},
            "2012-03-01 21:00  part fill    buy 2 AAPL at 10.25, commission 0.5",
        ),
        (
            "orders.Cancelled",
            {**ORDER, "reason": "by\nhand"},
            "2012-03-01 21:00  cancelled    buy 5 AAPL: by hand",
        ),
        ("orders.Rejected", {**ORDER, "reason": ""}, "2012-03-01 21:00  REJECTED     buy 5 AAPL"),
        ("orders.Replaced", ORDER, "2012-03-01 21:00  replaced     buy 5 AAPL"),
        ("strategy.Log", {"text": "up", "time": ORDER["time"]}, "2012-03-01 21:00  journal      up"),
        ("market.BarLate", BAR, "2012-03-01 14:30  late bar     AAPL 1m of 2012-03-01 14:30"),
        ("run.Started", {"run_id": "r"}, "                  run          started"),
        ("run.Halted", {"reason": "the venue\nis away"}, "                  HALTED       the venue is away"),
        ("run.Error", {"error": "line 3: x"}, "                  ERROR        line 3: x"),
        ("run.Completed", {"orders": 3}, "                  completed"),
        ("risk.Refused", {"reason": "too much"}, "                  REFUSED      too much"),
    ],
)
def test_event_is_a_line(type_: str, payload: dict[str, Any], text: str) -> None:
    line = line_of(RunEvent(seq=1, type=type_, payload=payload))
    assert line is not None
    assert line.text == text


def test_of_what_nobody_follows_nothing_is_said() -> None:
    assert line_of(RunEvent(seq=1, type="run.Created", payload={})) is None


def test_what_halts_or_refuses_is_never_left_out() -> None:
    found = {
        one: line_of(RunEvent(seq=1, type=one, payload={"reason": "x"}))
        for one in ("run.Halted", "risk.LimitBreached", "risk.Unprotected")
    }
    assert [line.may_be_left_out for line in found.values() if line is not None] == [False, False, False]


def test_money_has_two_decimals_and_a_time_has_minutes() -> None:
    assert [amount("1234567.891"), amount("-2", sign=True), amount(None)] == ["1,234,567.89", "-2.00", "-"]
    assert [moment("2012-03-01T21:00:00Z"), moment(None)] == ["2012-03-01 21:00", ""]

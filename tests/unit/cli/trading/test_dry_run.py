"""What a dry run says."""

from typing import Any

import pytest

from weaver.cli.trading.dry_run import tell_preview

PREVIEW: dict[str, Any] = {
    "run": {
        "name": "sma on AAPL", "strategy_id": "sma", "mode": "paper", "venue": "simulated", "symbols": ["AAPL", "IBM"],
        "timeframe": "1d", "config": {"fast": "2"}, "options": {"cash": "5000", "seed": None},
    },
    "account": "simulated paper r1", "limits": {"order_max": None, "daily_loss": "0.05"},
    "account_limits": {"order_max": "1", "daily_loss": "0.05"}, "kill_switch": None, "halts": [],
    "history": [{
        "symbol": "AAPL", "bars": 20, "first": "2012-01-03T00:00:00Z", "last": "2012-02-01T00:00:00Z", "warmup": 5,
    }],
    "orders": [{
        "symbol": "AAPL", "side": "buy", "order_type": "market", "quantity": "3", "limit_price": None,
        "stop_price": None, "time_in_force": "day", "placed_at": "2012-01-10T21:00:00Z", "gate": "passes",
    }],
    "orders_total": 1, "problem": None,
}  # fmt: skip


def test_row_limits_history_and_orders_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    tell_preview(PREVIEW)
    words = [line.split() for line in capsys.readouterr().out.splitlines()]
    for expected in (
        ["symbols", "AAPL,", "IBM"], ["config", "fast=2"], ["cash", "5000"],
        ["order_max", "off", "(the", "account's:", "1)"],
        ["AAPL", "20", "2012-01-03", "00:00", "2012-02-01", "00:00", "5"],
        ["2012-01-10", "21:00", "AAPL", "buy", "market", "3", "-", "-", "day", "passes"],
    ):  # fmt: skip
        assert expected in words, expected
    assert not any(line[:1] == ["seed"] for line in words)


@pytest.mark.parametrize(
    ("gate", "note"),
    [
        (None, "note: where the gate says nothing (-), the order has no size before it fills"),
        ("too large", "note: these are the orders of a run that is refused none: after one that the gate refuses"),
    ],
)
def test_what_the_gate_says_is_put_in_its_place(
    capsys: pytest.CaptureFixture[str], gate: str | None, note: str
) -> None:
    tell_preview(PREVIEW)
    assert "note: " not in capsys.readouterr().out
    [first] = PREVIEW["orders"]
    tell_preview({**PREVIEW, "orders": [first, {**first, "gate": gate}], "orders_total": 2})
    assert note in capsys.readouterr().out


def test_what_is_in_the_way_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    halt = {"scope": "symbol", "name": "AAPL", "reason": "halted there"}
    tell_preview({**PREVIEW, "kill_switch": {"reason": "enough"}, "halts": [halt], "orders": [], "history": [],
                  "problem": "no bars"})  # fmt: skip
    told = capsys.readouterr().out
    assert "the kill switch is ON: enough" in told
    assert "halted: symbol AAPL: halted there" in told
    assert "note: no bars" in told

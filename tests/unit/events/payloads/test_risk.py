"""What is told of refusals, limits, protection and the kill switch, as it is kept and read again."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from weaver.events.payloads import PAYLOADS, plain
from weaver.events.payloads.risk import (
    RiskKillSwitchOff,
    RiskKillSwitchOn,
    RiskLimitBreached,
    RiskProtectionRestored,
    RiskRefused,
    RiskUnprotected,
)

RULE: dict[str, Any] = {
    "run_id": "r", "rule": "order_max", "limit": "1", "value": "1.2", "reason": "too much", "account": "a",
    "symbol": "A",
}  # fmt: skip
SAID = [
    (RiskRefused(order_id="r-1", **RULE), {**RULE, "order_id": "r-1"}),
    (RiskLimitBreached(**RULE), RULE),
    (
        RiskUnprotected(run_id=None, symbol="A", quantity=Decimal("-1.50"), reason="gone"),
        {"run_id": None, "symbol": "A", "quantity": "-1.5", "reason": "gone", "order_id": None, "account": None},
    ),
    (
        RiskProtectionRestored(run_id="r", symbol="A", quantity=Decimal(3), order_id="r-1"),
        {"run_id": "r", "symbol": "A", "quantity": "3", "reason": "", "order_id": "r-1", "account": None},
    ),
    (RiskKillSwitchOn(reason="enough", flatten=True), {"reason": "enough", "account": None, "flatten": True}),
    (RiskKillSwitchOff(reason="calm", account="a"), {"reason": "calm", "account": "a"}),
]


@pytest.mark.parametrize(("payload", "kept"), SAID, ids=lambda one: getattr(one, "type", ""))
def test_what_is_kept_is_what_was_said_and_is_read_as_that(payload: Any, kept: dict[str, Any]) -> None:
    assert plain(payload) == kept
    assert PAYLOADS[payload.type].model_validate(kept) == payload


def test_rules_are_of_version_two_and_one_of_version_one_is_read() -> None:
    assert {RiskRefused.version, RiskLimitBreached.version} == {2}
    old = RiskLimitBreached.model_validate({"run_id": "r", "limit": "drawdown", "reason": "5.2 % is over 5 %"})
    assert (old.rule, old.value, old.limit) == ("", "", "drawdown")


@pytest.mark.parametrize("missing", ["limit", "reason", "run_id", "order_id"])
def test_refusal_without_what_it_needs_is_none(missing: str) -> None:
    given = {name: value for name, value in {**RULE, "order_id": "r-1"}.items() if name != missing}
    with pytest.raises(ValidationError, match=missing):
        RiskRefused.model_validate(given)

"""Limits as people give them."""

import math
from decimal import Decimal

import pytest

from weaver.model.errors import InputError
from weaver.veda.risk.limits import FIELDS, RiskLimits, limits_schema


def test_all_limits_are_on_by_default() -> None:
    assert RiskLimits.parse(None).as_json() == {
        "position_max": "1", "order_max": "1", "exposure_max": "1", "orders_per_minute": 60, "price_collar": "0.1",
        "daily_loss": "0.05", "drawdown": "0.2", "only_run_symbols": True,
    }  # fmt: skip


def test_what_is_not_given_stays_and_null_turns_off() -> None:
    before = RiskLimits.parse({"daily_loss": 0.02, "orders_per_minute": 5})
    after = RiskLimits.parse({"drawdown": None, "orders_per_minute": "7"}, base=before)
    assert (after.daily_loss, after.drawdown, after.orders_per_minute) == (Decimal("0.02"), None, 7)
    assert RiskLimits.parse(after.as_json()) == after


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("daily_loss", "abc"), ("daily_loss", -0.05), ("daily_loss", 0), ("daily_loss", 5), ("drawdown", True),
        ("drawdown", math.nan), ("drawdown", math.inf), ("order_max", [1]), ("position_max", "1e400"),
        ("orders_per_minute", 1.5), ("orders_per_minute", 0), ("only_run_symbols", None), ("only_run_symbols", 1),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_with_its_field(field: str, value: object) -> None:
    with pytest.raises(InputError) as raised:
        RiskLimits.parse({field: value})
    assert field in str(raised.value)
    assert repr(value)[:50] in str(raised.value)


@pytest.mark.parametrize("given", [{"daily_los": 1}, [], "0.05"])
def test_what_is_no_set_of_limits_is_refused(given: object) -> None:
    with pytest.raises(InputError):
        RiskLimits.parse(given)


def test_the_schema_has_every_limit_with_its_default_and_bounds() -> None:
    schema = {str(one["name"]): one for one in limits_schema()}
    assert schema.keys() == RiskLimits().as_json().keys() == FIELDS.keys()
    assert {name: one["default"] for name, one in schema.items()} == RiskLimits().as_json()
    assert [name for name, one in schema.items() if one["does"] == "halt"] == ["daily_loss", "drawdown"]
    for name, one in schema.items():
        if one["unit"] != "yes_no":
            assert RiskLimits.parse({name: one["least"]}) != RiskLimits.parse({name: one["most"]})

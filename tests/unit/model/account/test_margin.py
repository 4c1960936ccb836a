"""What an account may do, at the edge of each rule."""

from decimal import Decimal
from typing import Any

import pytest

from weaver.model.account.account_kind import AccountKind
from weaver.model.account.margin import AccountRules
from weaver.model.errors import InputError


def test_options_that_are_not_given_leave_the_defaults() -> None:
    assert AccountRules.parse(cash=None, account=None) == AccountRules()
    rules = AccountRules.parse(cash="5000.5", account="margin", leverage=2, shorting=True, maintenance="0.3")
    assert rules == AccountRules(
        cash=Decimal("5000.5"),
        kind=AccountKind.MARGIN,
        leverage=Decimal(2),
        shorting=True,
        maintenance=Decimal("0.3"),
    )
    assert rules.cash_units == 500_050_000_000


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"cash": 0}, "cash must be above 0, not 0"),
        ({"cash": -5}, "cash must be above 0, not -5"),
        ({"cash": "plenty"}, "cash must be a number, not 'plenty'"),
        ({"account": "credit"}, "account 'credit' is not one of cash, margin"),
        ({"account": "margin", "leverage": 0}, "leverage must be above 0"),
        ({"account": "margin", "maintenance": 1}, "maintenance must lie from 0 to under 1"),
        ({"account": "margin", "maintenance": -0.1}, "maintenance must lie from 0 to under 1"),
        ({"shorting": True}, "shorting needs a margin account"),
        ({"leverage": 2}, "leverage needs a margin account"),
    ],
)
def test_options_that_make_no_account_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        AccountRules.parse(**options)


@pytest.mark.parametrize(("cash", "units", "may"), [(0, 5, True), (0, 0, True), (-1, 5, False), (9, -1, False)])
def test_cash_account_keeps_cash_and_holding_from_going_under_zero(cash: int, units: int, may: bool) -> None:
    assert AccountRules().allows(cash=cash, units=units, gross=0, net=0) is may


@pytest.mark.parametrize(
    ("shorting", "units", "cash", "net", "gross", "may"),
    [
        (False, 5, -100, 200, 200, True),  # equity 100, leverage 2
        (False, 5, -101, 200, 200, False),
        (False, -5, 500, -100, 100, False),
        (True, -5, 500, -100, 100, True),
        (True, -5, 149, -100, 100, False),
        (True, -5, 150, -100, 100, True),
    ],
)
def test_margin_account_keeps_to_its_leverage(
    shorting: bool, units: int, cash: int, net: int, gross: int, may: bool
) -> None:
    rules = AccountRules(kind=AccountKind.MARGIN, leverage=Decimal(2), shorting=shorting)
    assert rules.allows(cash=cash, units=units, gross=gross, net=net) is may


def test_equity_under_the_maintenance_falls_short() -> None:
    rules = AccountRules(kind=AccountKind.MARGIN)
    assert not rules.falls_short(equity=25, gross=100)
    assert rules.falls_short(equity=24, gross=100)

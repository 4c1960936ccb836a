"""What a night costs, by hand."""

from decimal import Decimal

from weaver.model.account.carry import CarryKind, Charge, NightRates
from weaver.model.account.costs import Costs

CASH = 10**8


def test_night_has_the_fees_of_the_symbols_and_then_the_interest() -> None:
    """The documentation's: 5,000 short at 0.036, over a weekend; 100,000 borrowed at 0.072."""
    costs = Costs(borrow_rate=Decimal("0.036"), margin_rate=Decimal("0.072"))
    rates = NightRates({"A": costs, "B": costs})
    borrowed = {"A": 5_000 * CASH, "B": 0}
    assert rates.charges(3, cash=-100_000 * CASH, borrowed=borrowed.__getitem__) == [
        Charge("A", CarryKind.BORROW_FEE, -150_000_000),
        Charge("", CarryKind.MARGIN_INTEREST, -60 * CASH),
    ]
    assert rates.charges(1, cash=0, borrowed={"A": 0, "B": 5_200 * CASH}.__getitem__) == [
        Charge("B", CarryKind.BORROW_FEE, -52_000_000)
    ]


def test_rates_that_are_none_make_no_nights() -> None:
    assert not NightRates({"A": Costs()})
    assert not NightRates({})
    assert NightRates({"A": Costs(), "B": Costs(margin_rate=Decimal("0.01"))})

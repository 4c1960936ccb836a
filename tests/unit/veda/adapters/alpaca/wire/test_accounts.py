"""Fees among an account's activities; the first record is the one that Alpaca's documentation shows."""

from datetime import date
from decimal import Decimal

import pytest

from weaver.veda.adapters.alpaca.wire.accounts import fee_of_activity
from weaver.veda.exchange.account import VenueFee

SHOWN = {
    "id": "20220812000000000::53be51ba-46f9-43de-b81f-576f241dc680", "activity_type": "CFEE", "date": "2022-08-12",
    "net_amount": "0", "description": "Coin Pair Transaction Fee (Non USD)", "symbol": "ETHUSD", "qty": "-0.000195",
    "price": "1884.5", "status": "executed",
}  # fmt: skip


def spelled(symbol: str) -> str:
    return {"ETHUSD": "ETH/USD"}.get(symbol, symbol)


def test_fee_in_coins_is_read_as_documented() -> None:
    assert fee_of_activity(SHOWN, spelled) == VenueFee(
        fee_id=SHOWN["id"], symbol="ETH/USD", quantity=Decimal("0.000195"), day=date(2022, 8, 12)
    )


def test_fee_in_cash_is_read() -> None:
    found = fee_of_activity({**SHOWN, "net_amount": "-1.25", "qty": None, "order_id": "o"}, spelled)
    assert found is not None
    assert (found.quantity, found.amount, found.venue_order_id) == (0, Decimal("1.25"), "o")


@pytest.mark.parametrize(
    "odd", [{"id": ""}, {"symbol": None}, {"date": "soon"}, {"date": None}, {"status": "canceled"}]
)
def test_what_names_no_fee_is_none(odd: dict[str, object]) -> None:
    assert fee_of_activity({**SHOWN, **odd}, spelled) is None

"""Prices of exits in percent, by hand: what the entry paid on average, and which way they round to the tick."""

from decimal import Decimal

import pytest

from tests.unit.veda.live_builders import live_order
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.orders.actions import OrderType
from weaver.veda.orders.exit_prices import is_in_percent, priced

CENTS = Instrument.default("AAPL", AssetClass.STOCK)


@pytest.mark.parametrize(
    ("side", "order_type", "percent", "expected"),
    [
        # An entry for 10 that paid 1,000.50: 100.05 on average.
        ("sell", OrderType.LIMIT, "5", "105.06"),  # 105.0525, up: away from filling
        ("buy", OrderType.LIMIT, "5", "95.04"),  # a short's: 95.0475, down
        ("sell", OrderType.STOP, "2", "98.05"),  # 98.049, to the nearest
        ("buy", OrderType.STOP, "2", "102.05"),  # 102.051
    ],
)
def test_price_by_hand(side: str, order_type: OrderType, percent: str, expected: str) -> None:
    entry = live_order("run-1", "buy" if side == "sell" else "sell", filled=Decimal(10), value=Decimal("1000.50"))
    name = "limit" if order_type is OrderType.LIMIT else "stop"
    terms = {"limit": None, "stop": None, f"{name}_percent": Decimal(percent)}
    leg = live_order("run-2", side, order_type=order_type, reduces=True, parent_id="run-1", **terms)
    assert is_in_percent(leg)
    found = priced(leg, entry, CENTS)
    assert getattr(found, name) == Decimal(expected)
    assert not is_in_percent(found)
    assert priced(found, entry, CENTS) == found  # a price that it has stays

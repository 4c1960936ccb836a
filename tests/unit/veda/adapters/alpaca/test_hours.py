"""When the watchdog expects something of a market, and until when auctions take orders; days from the exchange."""

from datetime import UTC, datetime

import pytest

from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.actions import TimeInForce
from weaver.veda.adapters.alpaca.hours import is_open, too_late_for_auction

OPG, CLS = TimeInForce.OPG, TimeInForce.CLS


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2024-03-08T08:59:59", False),  # 03:59:59 New York, winter
        ("2024-03-08T09:00:00", True),
        ("2024-03-09T00:59:59", True),  # Friday, 19:59:59
        ("2024-03-09T01:00:00", False),
        ("2024-03-10T15:00:00", False),  # Sunday
        ("2024-03-11T08:00:00", True),  # 04:00, summer since the day before
        ("2024-07-04T15:00:00", False),  # Independence Day
        ("2024-11-29T20:00:00", True),  # two hours after an early close
    ],
)
def test_stocks_are_open_from_four_to_twenty_on_session_days(time: str, expected: bool) -> None:
    assert is_open(AssetClass.STOCK, at(time)) is expected
    assert is_open(AssetClass.CRYPTO, at(time))


@pytest.mark.parametrize(
    ("tif", "time", "taken"),
    [
        (OPG, "2024-03-08T14:28:00", True),
        (OPG, "2024-03-08T14:28:01", False),
        (OPG, "2024-03-09T00:00:00", False),
        (OPG, "2024-03-09T00:00:01", True),
        (OPG, "2024-03-09T15:00:00", True),  # Saturday: for Monday
        (CLS, "2024-03-08T20:50:00", True),
        (CLS, "2024-03-08T20:50:01", False),
        (CLS, "2024-11-29T17:50:01", False),  # the close is at 13:00 that day
        (TimeInForce.DAY, "2024-03-08T20:59:00", True),
    ],
)
def test_auctions_take_orders_until_shortly_before_them(tif: TimeInForce, time: str, taken: bool) -> None:
    assert (too_late_for_auction(tif, at(time)) == "") is taken

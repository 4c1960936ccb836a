"""Fees in coins: taken at once, and named when their day is over, as Alpaca's documentation shows one."""

from datetime import UTC, datetime
from decimal import Decimal

from tests.rehearsals.by_hand import HandClock
from weaver.model.calendar.instants import instant_of
from weaver.rehearsal.venue.coin_fees import CoinFees


def at(text: str) -> int:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


def test_fee_is_named_when_its_day_is_over() -> None:
    clock = HandClock(at("2024-03-12T23:59:59"))
    fees = CoinFees(bps=Decimal(25), clock=clock, new_id=iter(["one", "two"]).__next__)
    assert fees.of(1_000_000) == 2_500
    fees.take("ETH/USD", Decimal("0.000195"), Decimal("1884.5"))
    assert [*fees.posted()] == []
    clock.move(at("2024-03-13T00:00:00"))
    fees.take("ETH/USD", Decimal("0.5"), Decimal(1900))
    (named,) = fees.posted()
    assert named.as_activity() == {
        "id": "20240312000000000::one", "activity_type": "CFEE", "date": "2024-03-12", "net_amount": "0",
        "description": "Coin Pair Transaction Fee (Non USD)", "symbol": "ETHUSD", "qty": "-0.000195",
        "price": "1884.5", "status": "executed",
    }  # fmt: skip
    clock.move(at("2024-03-14T00:00:00"))
    assert [one.activity_id for one in fees.posted()] == ["20240312000000000::one", "20240313000000000::two"]

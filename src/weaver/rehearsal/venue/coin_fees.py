"""Fees that are taken of coins that are bought, in coins: at once, and told of when their day is over, as by Alpaca."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from decimal import Decimal
from fractions import Fraction

from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.numbers.money import plain
from weaver.rehearsal.ports import VenueClock

BPS = 10_000
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinFee:
    """What was taken of one fill."""

    activity_id: str
    symbol: str
    quantity: Decimal
    price: Decimal
    day: date
    """Of the fill, UTC."""
    at: int
    """When that day began, ns: how the account's activities are ordered."""
    posted_at: int

    def as_activity(self) -> dict[str, object]:
        """As account activities list it: the pair without its slash, and no order."""
        return {
            "id": self.activity_id,
            "activity_type": "CFEE",
            "date": self.day.isoformat(),
            "net_amount": "0",
            "description": "Coin Pair Transaction Fee (Non USD)",
            "symbol": self.symbol.replace("/", ""),
            "qty": plain(-self.quantity),
            "price": plain(self.price),
            "status": "executed",
        }


class CoinFees:
    """All of an account."""

    def __init__(self, *, bps: Decimal, clock: VenueClock, new_id: Callable[[], str]) -> None:
        """bps: what is taken of a purchase."""
        self._share, self._clock, self._new_id = Fraction(bps) / BPS, clock, new_id
        self._taken: list[CoinFee] = []

    def of(self, units: int) -> int:
        """What is taken of so many that were bought."""
        return round(units * self._share)

    def take(self, symbol: str, quantity: Decimal, price: Decimal) -> None:
        """So much was taken of a fill at a price."""
        now = time_of(self._clock.now).astimezone(UTC)
        begun = now.replace(hour=0, minute=0, second=0, microsecond=0)
        fee = CoinFee(
            activity_id=f"{begun:%Y%m%d}000000000::{self._new_id()}",
            symbol=symbol,
            quantity=quantity,
            price=price,
            day=begun.date(),
            at=instant_of(begun),
            posted_at=instant_of(begun + _DAY),
        )
        self._taken.append(fee)

    def posted(self) -> Iterator[CoinFee]:
        """Those that are told of by now, oldest first."""
        return (one for one in self._taken if one.posted_at <= self._clock.now)

"""Fees that a venue names, each once: which of a list are new, and what they come to for whom."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Self

from weaver.veda.exchange.account import VenueFee

LAG = timedelta(days=3)
"""So late a venue may name a fee, and so far back lists of them reach."""
SPARE = timedelta(days=2)
"""So much longer those that were listed are remembered."""
DAYS_TRIED = 3
"""A fee may be dated when it was posted: it is for what was traded on its day, or on one of the two before."""


class Owner(NamedTuple):
    """Whose an order is; None: a manual one."""

    run_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What the new fees of one symbol and day come to."""

    symbol: str
    day: date
    quantity: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    owner: Owner | None = None
    """None: the venue did not say for which order."""

    @property
    def days(self) -> tuple[date, ...]:
        """What it may have been taken for."""
        return tuple(self.day - timedelta(days=back) for back in range(DAYS_TRIED))


def charges_for(fees: Iterable[VenueFee], owner_of: Callable[[VenueFee], Owner | None]) -> Sequence[Charge]:
    """Fees summed up, in the order in which they were listed first."""
    found: dict[tuple[str, date, Owner | None], Charge] = {}
    for fee in fees:
        key = fee.symbol, fee.day, owner_of(fee)
        known = found.get(key) or Charge(symbol=fee.symbol, day=fee.day, owner=key[2])
        found[key] = replace(known, quantity=known.quantity + fee.quantity, amount=known.amount + fee.amount)
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFees:
    """Which fees are in the books. A list that came makes a new value."""

    since: datetime | None = None
    """When a list was taken in last; None: never."""
    seen: Mapping[str, date] = field(default_factory=dict)
    """Those that were listed lately, with their days."""

    def after(self, now: datetime, fees: Iterable[VenueFee]) -> "NamedFees":
        """Once a list was taken in."""
        kept = {id_: day for id_, day in self.seen.items() if day >= (now - LAG - SPARE).date()}
        return NamedFees(since=now, seen=kept | {fee.fee_id: fee.day for fee in fees})

    def as_json(self) -> dict[str, Any]:
        """To be kept."""
        since = None if self.since is None else self.since.isoformat()
        return {"since": since, "seen": {id_: day.isoformat() for id_, day in self.seen.items()}}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """As it was kept."""
        since = kept["since"]
        return cls(
            since=None if since is None else datetime.fromisoformat(since),
            seen={id_: date.fromisoformat(day) for id_, day in kept["seen"].items()},
        )


def midnight(day: date) -> datetime:
    """When a day begins, UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)

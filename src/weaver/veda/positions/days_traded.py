"""What each owner bought and sold on each day: by that fees are shared out which name no order."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date

from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.positions.counting import cash_units, fine


@dataclass(slots=True)
class DayTraded:
    """Of one owner, symbol and day."""

    bought: int = 0
    """Units, in fills that named no fee in the asset."""
    proceeds: int = 0
    """Cash units that selling brought."""


class DaysTraded:
    """All of an account, by the days (UTC) of its fills."""

    def __init__(self) -> None:
        self._days: defaultdict[tuple[str, date], dict[str | None, DayTraded]] = defaultdict(dict)

    def add(self, fill: LiveFill) -> None:
        """One more fill."""
        day = self._days[fill.symbol, fill.filled_at.astimezone(UTC).date()].setdefault(fill.run_id, DayTraded())
        if fill.side.sign < 0:
            day.proceeds += cash_units(fill.quantity * fill.price)
        elif not fill.fee_quantity:
            day.bought += fine(fill.quantity)

    def of(self, symbol: str, day: date) -> dict[str | None, DayTraded]:
        """By owner."""
        return self._days.get((symbol, day), {})

    def first_day(self, symbols: "frozenset[str]") -> date | None:
        """The first on which any of some symbols was traded."""
        return min((day for symbol, day in self._days if symbol in symbols), default=None)

    @property
    def symbols(self) -> frozenset[str]:
        """All that was ever traded."""
        return frozenset(symbol for symbol, _ in self._days)

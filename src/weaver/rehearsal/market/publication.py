"""What the market makes public, and who hears of it."""

from enum import StrEnum
from typing import Protocol

from weaver.rehearsal.market.wire import Fields


class Channel(StrEnum):
    """Kinds of market data, as those who listen name them."""

    TRADES = "trades"
    QUOTES = "quotes"
    BARS = "bars"
    UPDATED_BARS = "updatedBars"
    DAILY_BARS = "dailyBars"
    STATUSES = "statuses"
    ORDERBOOKS = "orderbooks"


class Audience(Protocol):
    """Those who listen to market data as it becomes public."""

    def is_wanted(self, channel: Channel, symbol: str, *, is_stock: bool) -> bool:
        """Whether anybody listens to a symbol's."""

    def publish(self, channel: Channel, symbol: str, fields: Fields, *, is_stock: bool) -> None:
        """Have all hear who listen."""

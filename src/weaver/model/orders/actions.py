"""What a strategy can ask for: the typed actions behind its intents."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Side(StrEnum):
    """The direction of an order: its text, and in arithmetic its sign (`fill.side * fill.quantity`)."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """That of its quantity: +1 for a buy, −1 for a sell."""
        return 1 if self is Side.BUY else -1

    def __int__(self) -> int:
        return self.sign

    def __mul__(self, other: Any) -> Any:  # a text would repeat itself
        return self.sign * other

    __rmul__ = __mul__


SIDES: Mapping[int, Side] = {side.sign: side for side in Side}


class OrderType(StrEnum):
    """What must happen for an order to fill."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"
    TRAILING_STOP = "trailing_stop"


class OrderClass(StrEnum):
    """How an order hangs together with others."""

    SIMPLE = "simple"
    BRACKET = "bracket"
    OCO = "oco"
    OTO = "oto"


class TimeInForce(StrEnum):
    """How long an order works."""

    DAY = "day"
    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """Place an order; `quantity` is None where the fill price settles it (`size_at="fill"`)."""

    number: int
    symbol: str
    side: Side
    quantity: Decimal | None
    order_type: OrderType
    order_class: OrderClass
    tif: TimeInForce
    extended_hours: bool
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: Decimal | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Cancel a working order."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceOrder:
    """Cancel a working order in favour of another that differs in `changes`."""

    number: int
    changes: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchWindow:
    """Ask for the newest `bars` bars of a symbol and timeframe."""

    symbol: str
    timeframe: str
    bars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRun:
    """End the run after this tick."""

    reason: str


Action = PlaceOrder | CancelOrder | ReplaceOrder | FetchWindow | StopRun

"""What a strategy can ask for: the typed actions behind its intents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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
    GTD = "gtd"
    """Until the session of a date closes."""
    OPG = "opg"
    """At the open of a session's first bar."""
    CLS = "cls"
    """At the close of a session's last bar."""


CANCELLED_BY_STRATEGY = "cancelled by the strategy"
CLOSED_BY_STRATEGY = "position closed by the strategy"
WISHES = frozenset({CANCELLED_BY_STRATEGY, CLOSED_BY_STRATEGY})
"""Why a strategy has an order cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """One order of an action: all that a venue must know of it besides its symbol."""

    number: int
    side: Side
    quantity: Decimal | None = None
    """None: the price of the fill settles it, by the target; of an exit leg, by what its entry then buys or sells."""
    order_type: OrderType
    tif: TimeInForce
    """Of an exit leg: what `exit_tif` says."""
    expires: date | None = None
    """Of a gtd order: the last session that it works in."""
    extended_hours: bool = False
    limit: Decimal | None = None
    stop: Decimal | None = None
    """Of a trailing stop: the level that it goes on from, where it replaces another and trails as that one did."""
    trail: Decimal | None = None
    trail_percent: Decimal | None = None
    limit_percent: Decimal | None = None
    """Of an exit leg without a `limit`: how many percent that is to lie from what its entry pays."""
    stop_percent: Decimal | None = None
    """The same of its stop."""
    target_value: Decimal | None = None
    """The holding to reach, in cash. What cannot be paid of a target is cut off, and not refused."""
    target_percent: Decimal | None = None
    """The holding to reach, as a share of the equity (1: all of it)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """Place an order, and with it the exit legs that wait for its fills.

    Of an oco, whose orders wait for nothing, it is the limit order, and its one leg is the stop.
    """

    symbol: str
    order: OrderTerms
    order_class: OrderClass = OrderClass.SIMPLE
    legs: tuple[OrderTerms, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Cancel a working order."""

    number: int
    reason: str = CANCELLED_BY_STRATEGY
    """One of `WISHES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceOrder:
    """Cancel a working order in favour of `order`, which takes its place: among its legs, or in its group."""

    symbol: str
    replaces: int
    """The number of the order that is cancelled."""
    order: OrderTerms


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

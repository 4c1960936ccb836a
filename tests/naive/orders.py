"""Orders and the groups that tie exit legs together."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from tests.naive.scenario import ZERO, NaiveBar

STOP_TYPES = frozenset({"stop", "stop_limit", "trailing_stop"})
OPEN = frozenset({"pending", "accepted", "partial"})


@dataclass(slots=True, kw_only=True, eq=False)
class Group:
    """Exit legs that share what is left of one entered quantity. An `oco` has no entry."""

    entry: "Order | None"
    legs: "list[Order]" = field(default_factory=list)
    entered: bool = False
    remaining: Decimal = ZERO
    entry_cap: Decimal | None = None
    """How much more of the entry may count (the quantity of an `oto`'s second order); None: all of it."""
    inside_bar: NaiveBar | None = None
    """The last bar inside which (not at whose open) the entry filled, and at what price."""
    inside_price: Decimal = ZERO

    def entry_is_open(self) -> bool:
        """More may still be entered."""
        return self.entry is not None and self.entry.is_open and self.entry_cap != 0

    def open_legs(self) -> "list[Order]":
        """The legs that are waiting or working, oldest first."""
        return sorted((leg for leg in self.legs if leg.is_open), key=lambda leg: leg.ordinal)


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """One order. `side` is +1 for a buy, −1 for a sell; `left` is what may still fill."""

    ordinal: int
    symbol: str
    side: int
    type: str
    left: Decimal
    placed_at: int
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: Decimal | None = None
    limit_percent: Decimal | None = None
    """Of a leg whose entry has not filled: its limit is so far from what that pays, the profit's way or the loss's."""
    stop_percent: Decimal | None = None
    tif: str = "day"
    good_until: int | None = None
    """The end of the session that a gtd order names."""
    tif_asked: bool = False
    """Its time in force was asked for; nobody asked about that of a plain "day"."""
    extended_hours: bool = False
    cuttable: bool = False
    """A target by percent or value is cut to what can be paid, anything else is rejected."""
    fill_target: tuple[str, Decimal] | None = None
    """Sized when it first fills: kind (units, value, percent) and number."""
    liquidation: bool = False
    group: Group | None = None
    is_leg: bool = False
    status: str = "accepted"
    reason: str = ""
    filled: Decimal = ZERO
    commission_sum: Decimal = ZERO
    commission_paid: Decimal = ZERO
    triggered: bool = False
    rested: bool = False
    """Its limit stood in the market at an open, so that from then on others come to it."""
    mark: Decimal | Fraction | None = None
    first_bar: NaiveBar | None = None
    marketable_bar: NaiveBar | None = None
    """The bar at whose open it could have filled: that bar gives it nothing more."""
    joined_bar: NaiveBar | None = None
    """The bar in which the entry of this leg first filled."""

    @property
    def is_open(self) -> bool:
        """Waiting or working."""
        return self.status in OPEN

    @property
    def is_working(self) -> bool:
        """Open, and not a leg that waits for its entry (those are pending)."""
        return self.is_open and self.status != "pending"

    @property
    def is_stop(self) -> bool:
        """Of a type that waits for a trigger."""
        return self.type in STOP_TYPES

    @property
    def only_reduces(self) -> bool:
        """May never open or turn a position."""
        return self.is_leg or self.liquidation

    def ends_at(self) -> int | None:
        """When its time is over, as far as that is known: a day order's and a cls order's with the session of its first
        bar."""
        if self.tif == "gtd":
            return self.good_until
        if self.tif not in {"day", "cls"} or self.first_bar is None:
            return None
        return self.first_bar.extended_close if self.extended_hours else self.first_bar.session_close

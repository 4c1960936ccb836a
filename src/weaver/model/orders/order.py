"""An order as its strategy sees it, and the exit legs that hang on one."""

from datetime import date
from fractions import Fraction
from typing import Any, Final

from weaver.model.errors import IllegalTransition
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import truncate
from weaver.model.numbers.scale import Scale
from weaver.model.orders.actions import SIDES, OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.fill_rules import price_away
from weaver.model.orders.status import OrderEvent, OrderStatus, transition

PENDING, FILLED = OrderStatus.PENDING, OrderStatus.FILLED
FILL_PART, FILL_REST = OrderEvent.FILL_PART, OrderEvent.FILL_REST
WORKING: Final = frozenset(
    {PENDING, OrderStatus.SUBMITTING, OrderStatus.SUBMITTED, OrderStatus.ACCEPTED, OrderStatus.PARTIAL}
)


PROFIT_PERCENT_MAX = 10_000
"""A take-profit in percent is less than a hundred times what a purchase paid; a sale has no more than 100% to gain."""


class Target:
    """What a target order was after: the holding to reach, not the quantity to trade."""

    __slots__ = ("at_fill", "denominator", "numerator", "units", "value")

    def __init__(
        self,
        *,
        units: int | None = None,
        value: int | None = None,
        numerator: int = 0,
        denominator: int = 1,
        at_fill: bool = False,
    ) -> None:
        self.units, self.value, self.at_fill = units, value, at_fill
        self.numerator, self.denominator = numerator, denominator

    @property
    def is_something(self) -> bool:
        """It is after a holding, and not after none."""
        return bool(self.units or self.value or self.numerator)

    def worth(self, *, equity: int, price: int, scale: Scale) -> int:
        """What the holding would be worth, in cash units and without a sign."""
        if self.units is not None:
            return abs(scale.cash(price, self.units))
        return abs(equity * self.numerator // self.denominator if self.value is None else self.value)

    def quantity(self, *, equity: int, price: int, scale: Scale) -> int:
        """The signed holding to reach, in quantity units, cut toward zero to the lot."""
        if self.units is not None:
            return self.units
        if self.value is not None:
            numerator, denominator = self.value, 1
        else:
            numerator, denominator = equity * self.numerator, self.denominator
        each = price * scale.notional_factor * denominator * scale.lot
        if numerator < 0:
            return -(-numerator * scale.notional_divisor // each * scale.lot)
        return numerator * scale.notional_divisor // each * scale.lot


class ExitGroup:
    """Exit legs that share one remaining quantity; an oco on its own has no `entry`, and `entered` from the start."""

    __slots__ = ("cap", "entry", "is_in_percent", "legs", "remaining", "started")

    def __init__(self, *, entry: "Order | None", cap: int | None = None, entered: int = 0) -> None:
        self.entry = entry
        self.remaining = entered
        """What the legs may still exit, in quantity units."""
        self.cap = cap
        """How much more of the entry may count; None: all of it."""
        self.legs: list[Order] = []
        self.started: int | None = None
        """When the entry started the legs, ns; before that they wait."""
        self.is_in_percent = False
        """Whether a leg's price is given in percent of the entry's."""

    def enter(self, units: int) -> None:
        """So many units of the entry filled."""
        counted = units if self.cap is None else min(units, self.cap)
        self.remaining += counted
        if self.cap is not None:
            self.cap -= counted

    def start(self, now: int) -> "list[Order]":
        """The legs wait no longer, from an instant (ns) on. Returns those that work."""
        self.started = now
        if self.is_in_percent:
            self.set_prices()
        legs = [leg for leg in self.legs if leg.status in WORKING]
        for leg in legs:
            leg.waiting = False
        return legs

    def set_prices(self) -> None:
        """Settle the prices that are given in percent, at what the entry has paid so far; once, if it has."""
        entry = self.entry
        if entry is not None and entry.filled:
            for leg in self.legs:
                leg.set_prices(entry.value, entry.filled)

    def leave(self, units: int) -> None:
        """So many units of a leg filled: there is less to exit."""
        self.remaining -= units

    def share(self) -> "list[Order]":
        """Keep the legs at what is left to exit. Returns those that have nothing more to do, now or later."""
        entry, shared = self.entry, self.remaining
        if entry is not None and entry.status in WORKING:
            shared += self.to_come
        working = [leg for leg in self.legs if leg.status in WORKING]
        for leg in working:
            leg.units = leg.filled + shared
        return [] if shared else working

    @property
    def to_come(self) -> int:
        """What the entry may still bring."""
        if self.entry is None or self.entry.status not in WORKING:
            return 0
        return self.entry.remaining if self.cap is None else min(self.entry.remaining, self.cap)

    def split(self, ratio: tuple[int, int], *, lot: int) -> None:
        """Follow a split, cut down to the lot."""
        self.remaining = truncate(self.remaining * ratio[0] // ratio[1], lot)
        if self.cap is not None:
            self.cap = truncate(self.cap * ratio[0] // ratio[1], lot)


class Order:
    """One order. Units of price and quantity are those of `scale`; the decimals are derived when looked at.

    Whoever works an order alone changes it: its status through `happen` and `add_fill`.
    """

    # What changes in any order has a slot. The rest costs a plain market order nothing: instances hold what differs.
    __slots__ = (
        "__dict__", "__weakref__", "filled", "is_plain", "number", "placed", "scale", "sign", "status", "target",
        "units", "value",
    )  # fmt: skip
    order_type: OrderType = OrderType.MARKET
    """`market`, `limit`, `stop`, `stop_limit` or `trailing_stop`."""
    order_class: OrderClass = OrderClass.SIMPLE
    """`simple`, or what it and its legs are: `bracket`, `oco` or `oto`."""
    tif: TimeInForce = TimeInForce.DAY
    """How long it works: `day`, `gtc`, `gtd`, `ioc`, `fok`, `opg` or `cls`."""
    is_tif_asked: bool = False
    """Whether its time in force was asked for; an exit that nobody asked about is gtc."""
    expires: date | None = None
    """The last session that a gtd order works in."""
    expires_at: int | None = None
    """When that closes for the order, ns."""
    extended_hours: bool = False
    """Whether bars outside the regular session may fill it."""
    limit_units: int | None = None
    stop_units: int | None = None
    trail_units: int | None = None
    trail_percent: Amount | None = None
    """The trailing distance in percent."""
    limit_percent: Amount | None = None
    """Of an exit leg: how far from what its entry paid its limit is to be, which is no price before that has filled."""
    stop_percent: Amount | None = None
    """The same of its stop."""
    mark: int | Fraction | None = None
    """The best price that a trailing stop has seen; after a split no whole number of units any more."""
    triggered: bool = False
    """Whether its stop was reached."""
    is_sized: bool = True
    """False until the price of its fill settles its quantity, which is an estimate till then."""
    exits: ExitGroup | None = None
    """The legs that this entry starts."""
    group: ExitGroup | None = None
    """The legs that this leg belongs to."""
    waiting: bool = False
    """Whether it is an exit leg whose entry has not filled yet."""
    reduce_only: bool = False
    """Whether it can only make a position smaller, as exit legs do."""
    reason: str = ""
    """Why it was rejected, cancelled or expired, in words; else empty."""
    cancel_asked: bool = False
    """Whether somebody asked for its cancel; it may fill until that is confirmed."""
    replaced_by: "Order | None" = None
    """The order in whose favour it was cancelled."""

    def __init__(self, number: int, scale: Scale, sign: int, units: int, placed: int) -> None:
        self.number = number
        """Counted from 1 in its run."""
        self.scale = scale
        self.sign = sign
        self.units = units
        self.placed = placed
        """When it was placed, ns."""
        self.filled = 0
        self.value = 0
        """What the filled part came to, in price units x quantity units: not rounded."""
        self.status = PENDING
        """`pending`, `submitting`, `submitted`, `accepted`, `partial`, `filled`, `cancelled`, `rejected` or
        `expired`."""
        self.target: Target | None = None
        self.is_plain = True
        """A market order without legs or conditions."""

    @property
    def id(self) -> str:
        """The order's number in its run, as the record writes it."""
        return str(self.number)

    @property
    def symbol(self) -> str:
        """The symbol that it trades."""
        return self.scale.symbol

    @property
    def side(self) -> Side:
        """`buy` or `sell`."""
        return SIDES[self.sign]

    @property
    def quantity(self) -> Amount:
        """How much was ordered (an estimate while a `size_at="fill"` order waits for its price)."""
        return self.scale.quantity_decimal(self.units)

    @property
    def filled_quantity(self) -> Amount:
        """How much has filled."""
        return self.scale.quantity_decimal(self.filled)

    @property
    def average_price(self) -> Amount | None:
        """What the filled part cost per unit, or None before the first fill."""
        if not self.filled:
            return None
        return self.scale.average_price(self.value, self.filled)

    @property
    def limit(self) -> Amount | None:
        """The limit price, on the tick; None where it has none, or none yet."""
        return None if self.limit_units is None else self.scale.price_decimal(self.limit_units)

    @property
    def stop(self) -> Amount | None:
        """The stop price; of a trailing stop, its level now; None where it has none, or none yet."""
        return None if self.stop_units is None else self.scale.price_decimal(self.stop_units)

    @property
    def trail(self) -> Amount | None:
        """The trailing amount, in the price's unit."""
        return None if self.trail_units is None else self.scale.price_decimal(self.trail_units)

    @property
    def legs(self) -> tuple["Order", ...]:
        """The exit legs that hang on this order: the take-profit first."""
        return tuple(self.exits.legs) if self.exits else ()

    @property
    def is_working(self) -> bool:
        """It may still fill (a leg that waits for its entry counts)."""
        return self.status in WORKING

    @property
    def is_exit_leg(self) -> bool:
        """It only gets out of what an entry, or the run before, got into."""
        return self.group is not None

    @property
    def begun(self) -> int:
        """From when on it works, ns: an exit leg not before its entry has started it."""
        started = None if self.group is None else self.group.started
        return self.placed if started is None or started < self.placed else started

    @property
    def remaining(self) -> int:
        """Quantity units that have not filled."""
        return self.units - self.filled

    def set_prices(self, worth: int, units: int) -> None:
        """Settle what is given in percent, where it has no price yet: its entry has paid `worth` (price x units) for so
        many units. A take-profit lies on the far side of that, whatever stops a loss on the near one."""
        if self.stop_percent is not None and self.stop_units is None:
            away = price_away(worth, units, direction=self.sign, percent=self.stop_percent)
            self.stop_units = self.scale.nearest_tick(*away)
        if self.limit_percent is not None and self.limit_units is None:
            direction = -self.sign if self.order_type is OrderType.LIMIT else self.sign
            away = price_away(worth, units, direction=direction, percent=self.limit_percent)
            self.limit_units = self.scale.limit_tick(*away, sign=self.sign)

    def take_over(self, old: "Order") -> None:
        """Stand where `old` stands, in whose favour that is to be cancelled: with its legs, or in its group."""
        self.triggered, self.waiting, self.group, self.exits = old.triggered, old.waiting, old.group, old.exits

    def give_way(self, new: "Order") -> None:
        """Let `new`, which has taken over, stand for it with its entry or its legs."""
        self.replaced_by, self.cancel_asked = new, True
        if self.group is not None:
            self.group.legs[self.group.legs.index(self)] = new
        if self.exits is not None:
            self.exits.entry = new

    def happen(self, event: OrderEvent) -> None:
        """Take the one legal step that `event` means."""
        self.status = transition(self.status, event)

    def add_fill(self, units: int, worth: int) -> None:
        """Gain a fill of so many quantity units (> 0) for `worth`, price x units. Never past the order's quantity."""
        if self.filled + units > self.units:
            raise IllegalTransition(f"order {self.number}: a fill of {units} units exceeds the {self.remaining} left")
        self.filled += units
        self.value += worth
        self.happen(FILL_REST if self.filled == self.units else FILL_PART)

    def __getstate__(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Without the order that replaced it, behind which a chain of thousands may hang (`reason` says its number; a
        result's own copy keeps it)."""
        shared = {name: value for name, value in self.__dict__.items() if name != "replaced_by"}
        return shared, {name: getattr(self, name) for name in Order.__slots__ if not name.startswith("__")}

    def __repr__(self) -> str:
        return f"<Order {self.number} {self.side} {self.quantity} {self.symbol} {self.order_type} {self.status}>"

"""An exchange of its own: what has been ordered, what that fills at, and who is told. It knows nothing of Veda."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import count

ZERO = Decimal(0)
TICK = Decimal("0.01")
AT_ONCE = frozenset({"ioc", "fok"})
DONE = frozenset({"filled", "canceled", "expired", "rejected", "replaced"})


@dataclass(kw_only=True, eq=False)
class Ticket:
    """An order as the exchange has it."""

    id: str
    client_id: str
    symbol: str
    sign: int
    quantity: Decimal
    kind: str
    """market, limit, stop, stop_limit, trailing_stop"""
    klass: str = "simple"
    tif: str = "gtc"
    limit: Decimal | None = None
    stop: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: Decimal | None = None
    mark: Decimal | None = None
    status: str = "new"
    filled: Decimal = ZERO
    value: Decimal = ZERO
    parent: "Ticket | None" = None
    legs: "list[Ticket]" = field(default_factory=list)
    siblings: "list[Ticket]" = field(default_factory=list)
    replaces: str | None = None
    replaced_by: str | None = None
    created: int = 0
    updated: int = 0
    ended: int | None = None
    is_triggered: bool = False
    is_foreign: bool = False
    is_reducing: bool = False
    """When it came, it could only make the account's position smaller."""
    stuck: int = 0
    """So many cancels more do nothing."""
    reason: str = ""

    @property
    def is_open(self) -> bool:
        return self.status not in DONE

    @property
    def works(self) -> bool:
        return self.is_open and self.status not in ("held", "pending_new")

    @property
    def remaining(self) -> Decimal:
        return self.quantity - self.filled

    @property
    def is_leg(self) -> bool:
        return self.parent is not None


@dataclass(frozen=True, kw_only=True)
class Trade:
    """An execution."""

    id: str
    listed_id: str
    """As the list of fills calls it."""
    ticket: Ticket
    quantity: Decimal
    price: Decimal
    cumulative: Decimal
    at: int


@dataclass(frozen=True, kw_only=True)
class SplitDone:
    """New shares were given for old ones."""

    at: int
    symbol: str
    ratio: Fraction


class Turned(Exception):
    """The exchange does not take it."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


@dataclass(kw_only=True)
class Manners:
    """How this exchange goes about it."""

    splits_at_zero: bool = True
    holds_shares: bool = True
    refuses_wash: bool = True
    legs_wait: bool = True
    """Legs are held until their entry has filled whole, and are dropped where it ends before."""
    cancels_groups: bool = True
    """A leg's cancel takes its whole group along."""
    one_tif: bool = True
    """An entry and its legs end at the same time."""
    part_fills: float = 0.3
    unrelated_ids: bool = False
    drops_legs: float = 0.0
    late_rejects: float = 0.0
    stuck_cancels: float = 0.0
    own_replacements: float = 0.0


Listener = Callable[[str, Ticket, Trade | None], None]


class Market:
    """One account on an exchange, and the prices there."""

    def __init__(self, manners: Manners, chance: Callable[[], float], now: Callable[[], int], tell: Listener) -> None:
        self.manners, self._chance, self._now, self._tell = manners, chance, now, tell
        self.prices: dict[str, Decimal] = {}
        self.tickets: dict[str, Ticket] = {}
        self.open: dict[str, Ticket] = {}
        self.by_client: dict[str, list[Ticket]] = {}
        self.trades: list[Trade] = []
        self.positions: dict[str, Decimal] = {}
        self.cash = Decimal(1_000_000)
        self.halted: set[str] = set()
        self.is_open = self.is_trading = True
        self.splits: list[SplitDone] = []
        self.paid_for_fractions = ZERO
        self._numbers = count(1)

    # Requests

    def submit(self, ticket: Ticket, legs: list[Ticket]) -> Ticket:
        """Take an order. Raises Turned."""
        if ticket.client_id in self.by_client:
            raise Turned("duplicate_id", "client_order_id must be unique")
        self._check(ticket)
        ticket.is_reducing = -ticket.sign * self.positions.get(ticket.symbol, ZERO) >= ticket.quantity
        self._add(ticket)
        if self._chance() < self.manners.drops_legs:
            legs = []
        for leg in legs:
            leg.parent, leg.created = ticket, self._now()
            leg.status = "new" if ticket.klass == "oco" else "held"
            ticket.legs.append(leg)
            self._add(leg)
        if self._chance() < self.manners.late_rejects:
            ticket.status = "pending_new"
            ticket.reason = "rejected by the market"
        else:
            self._tell("new", ticket, None)
            if ticket.tif in AT_ONCE:
                self._now_or_never(ticket)
        return ticket

    def cancel(self, venue_id: str) -> None:
        """Cancel an order, with what hangs on it. Raises Turned."""
        ticket = self.tickets.get(venue_id)
        if ticket is None:
            raise Turned("not_found", "no such order")
        if not ticket.is_open:
            raise Turned("state", f'order is already in "{ticket.status}" state')
        if ticket.stuck == 0 and self._chance() < self.manners.stuck_cancels:
            ticket.stuck = 1 + int(self._chance() * 3)
        if ticket.stuck > 1:
            ticket.stuck -= 1
            if ticket.works:
                ticket.status = "pending_cancel"
                self._tell("pending_cancel", ticket, None)
            return
        self._end(ticket, "canceled")
        if ticket.is_leg and self.manners.cancels_groups and ticket.parent is not None:
            self._end(ticket.parent, "canceled")
            for one in ticket.parent.legs:
                self._end(one, "canceled")

    def replace(self, venue_id: str, client_id: str, change: dict[str, Decimal | None]) -> Ticket:
        """Put another in its place. Raises Turned."""
        old = self.tickets.get(venue_id)
        if old is None:
            raise Turned("not_found", "no such order")
        if not old.works or old.status == "pending_cancel":
            raise Turned("state", f"cannot replace order in {old.status} status")
        if client_id in self.by_client:
            raise Turned("duplicate_id", "client_order_id must be unique")
        return self._take_over(old, client_id, change)

    def replace_itself(self, ticket: Ticket) -> None:
        """The venue puts another in its place, unasked."""
        if ticket.works and ticket.status != "pending_cancel":
            self._take_over(ticket, f"venue-{next(self._numbers)}", {})

    # Time

    def end_day(self) -> None:
        """The market closes: orders for the day are over."""
        for ticket in [one for one in self.open.values() if one.tif == "day"]:
            self._end(ticket, "expired")

    def expire(self, venue_id: str) -> None:
        """An order is over, and with it those that it stands or falls with."""
        ticket = self.tickets[venue_id]
        for one in (ticket, *self._others(ticket)) if ticket.is_leg else (ticket,):
            self._end(one, "expired")

    def split(self, symbol: str, ratio: Fraction) -> None:
        """New shares for old ones; a fraction is paid for. Orders stay as they are."""
        held, price = self.positions.get(symbol, ZERO), self.prices[symbol]
        self.prices[symbol] = max(_rounded(price / ratio.numerator * ratio.denominator), TICK)
        exact = Fraction(held) * ratio
        whole = int(exact)
        self.positions[symbol] = Decimal(whole)
        paid = _rounded(self.prices[symbol] * (exact - whole).numerator / (exact - whole).denominator)
        self.cash += paid
        self.paid_for_fractions += paid
        self.splits.append(SplitDone(at=self._now(), symbol=symbol, ratio=ratio))

    def move(self, steps: dict[str, Decimal]) -> None:
        """Prices change, and orders act on them."""
        for symbol, step in steps.items():
            self.prices[symbol] = max(self.prices[symbol] + step, Decimal(5))
        for ticket in list(self.open.values()):
            if ticket.status == "pending_new":
                self._end(ticket, "rejected")
            elif ticket.works and ticket.symbol not in self.halted and (at := self._fills_at(ticket)) is not None:
                self._fill(ticket, at)
        if self.manners.own_replacements and self._chance() < self.manners.own_replacements:
            legs = [one for one in self.open.values() if one.is_leg and one.works]
            if legs:
                self.replace_itself(legs[-1])

    # Within

    def _now_or_never(self, ticket: Ticket) -> None:
        """What does not fill at once is over."""
        price = self._fills_at(ticket) if self.is_trading and ticket.symbol not in self.halted else None
        if price is not None:
            self._fill(ticket, price)
        self._end(ticket, "canceled" if self._chance() < 0.5 else "expired")

    def _check(self, ticket: Ticket) -> None:
        if ticket.quantity <= 0:
            raise Turned("quantity", "qty must be > 0")
        position = self.positions.get(ticket.symbol, ZERO)
        against = -ticket.sign * position
        if against > 0:
            if self.manners.splits_at_zero and ticket.quantity > against:
                raise Turned("position", "insufficient qty available for order: through zero")
            if self.manners.holds_shares and ticket.quantity > against - self.held(ticket.symbol, ticket.sign):
                raise Turned("position", "insufficient qty available for order: held for orders")
        if self.manners.refuses_wash and self._could_meet(ticket):
            raise Turned("wash_trade", "potential wash trade detected")

    def held(self, symbol: str, sign: int) -> Decimal:
        """What open orders that close hold of a position; the legs of a pair once."""
        shared: dict[str, Decimal] = {}
        for one in self.open.values():
            if one.symbol == symbol and one.sign == sign and one.status not in ("held", "pending_new"):
                head = one.parent or one
                shared[head.id] = max(shared.get(head.id, ZERO), one.remaining)
        return sum(shared.values(), ZERO)

    def _could_meet(self, ticket: Ticket) -> bool:
        if ticket.klass != "simple" or ticket.kind == "trailing_stop":
            return False
        for one in self.open.values():
            if one.symbol != ticket.symbol or one.sign == ticket.sign or one.klass != "simple" or one.is_leg:
                continue
            if one.kind == "market" or ticket.kind == "market":
                return True
            if one.kind == "limit" and ticket.kind == "limit" and one.limit and ticket.limit:
                if ticket.sign * (ticket.limit - one.limit) >= 0:
                    return True
            elif {one.kind, ticket.kind} & {"limit"}:
                return True
        return False

    def _add(self, ticket: Ticket) -> None:
        ticket.created = ticket.updated = self._now()
        self.tickets[ticket.id] = ticket
        self.open[ticket.id] = ticket
        self.by_client.setdefault(ticket.client_id, []).append(ticket)

    def _take_over(self, old: Ticket, client_id: str, change: dict[str, Decimal | None]) -> Ticket:
        given = {name: value for name, value in change.items() if value is not None}
        quantity = given.pop("quantity", None) or old.remaining
        trail = given.pop("trail", None)
        new = Ticket(
            id=f"v{next(self._numbers)}-{client_id}",
            client_id=client_id,
            symbol=old.symbol,
            sign=old.sign,
            quantity=quantity,
            kind=old.kind,
            klass=old.klass,
            tif=old.tif,
            limit=given.get("limit", old.limit),
            stop=given.get("stop", old.stop),
            trail=trail if trail is not None and old.trail is not None else old.trail,
            trail_percent=trail if trail is not None and old.trail is None else old.trail_percent,
            mark=old.mark,
            parent=old.parent,
            legs=old.legs,
            replaces=old.id,
            is_foreign=old.is_foreign,
        )
        self._add(new)
        old.legs = []
        for leg in new.legs:
            leg.parent = new
        if new.parent is not None:
            new.parent.legs[new.parent.legs.index(old)] = new
        old.replaced_by = new.id
        old.status, old.ended, old.updated = "replaced", self._now(), self._now()
        del self.open[old.id]
        self._tell("replaced", old, None)
        self._tell("new", new, None)
        return new

    def _fills_at(self, ticket: Ticket) -> Decimal | None:
        price = self.prices[ticket.symbol]
        sign = ticket.sign
        if ticket.kind == "trailing_stop":
            ticket.mark = price if ticket.mark is None else (min if sign > 0 else max)(ticket.mark, price)
            distance = ticket.trail if ticket.trail is not None else ticket.mark * (ticket.trail_percent or ZERO) / 100
            ticket.is_triggered |= sign * (price - (ticket.mark + sign * distance)) >= 0
            return price if ticket.is_triggered else None
        if ticket.stop is not None and not ticket.is_triggered:
            ticket.is_triggered = sign * (price - ticket.stop) >= 0
            if not ticket.is_triggered:
                return None
        if ticket.limit is not None and sign * (price - ticket.limit) > 0:
            return None
        return price

    def _fill(self, ticket: Ticket, price: Decimal) -> None:
        quantity = ticket.remaining
        if quantity > 1 and ticket.tif != "fok" and self._chance() < self.manners.part_fills:
            quantity = max(Decimal(int(quantity * Decimal(str(round(self._chance(), 3))))), Decimal(1))
        ticket.filled += quantity
        ticket.value += quantity * price
        ticket.updated = self._now()
        self.positions[ticket.symbol] = self.positions.get(ticket.symbol, ZERO) + ticket.sign * quantity
        self.cash -= ticket.sign * quantity * price
        number = next(self._numbers)
        trade = Trade(
            id=f"x{number}",
            listed_id=f"y{number}" if self.manners.unrelated_ids else f"x{number}",
            ticket=ticket,
            quantity=quantity,
            price=price,
            cumulative=ticket.filled,
            at=self._now(),
        )
        self.trades.append(trade)
        if ticket.remaining:
            if ticket.status != "pending_cancel":
                ticket.status = "partially_filled"
        else:
            ticket.status, ticket.ended = "filled", self._now()
            del self.open[ticket.id]
        self._tell("partial_fill" if ticket.remaining else "fill", ticket, trade)
        self._share(ticket, quantity)

    def _share(self, ticket: Ticket, quantity: Decimal) -> None:
        """Legs follow their entry; those of a pair share what is left."""
        if not ticket.is_leg and ticket.klass in ("bracket", "oto"):
            self._release(ticket)
            return
        for other in self._others(ticket):
            other.quantity -= quantity
            if other.is_open and other.remaining <= 0:
                self._end(other, "canceled")

    def _release(self, entry: Ticket) -> None:
        if self.manners.legs_wait and entry.remaining:
            return
        for leg in entry.legs:
            if not leg.is_open:
                continue
            leg.quantity = self._brought(entry) - sum((one.filled for one in entry.legs if one is not leg), ZERO)
            if leg.status == "held":
                leg.status = "new"
                self._tell("new", leg, None)

    def _brought(self, entry: Ticket) -> Decimal:
        """What an entry has filled, and those that it took the place of."""
        old = self.tickets.get(entry.replaces or "")
        return entry.filled + (ZERO if old is None else self._brought(old))

    def _others(self, ticket: Ticket) -> Iterator[Ticket]:
        head = ticket.parent or (ticket if ticket.klass == "oco" else None)
        if head is None:
            return
        family = [*head.legs, head] if head.klass == "oco" else [*head.legs]
        yield from (one for one in family if one is not ticket)

    def _end(self, ticket: Ticket, status: str) -> None:
        if not ticket.is_open:
            return
        was_held = ticket.status == "held"
        ticket.status, ticket.ended, ticket.updated = status, self._now(), self._now()
        del self.open[ticket.id]
        if not was_held:
            self._tell(status, ticket, None)
        if not ticket.is_leg and ticket.klass in ("bracket", "oto", "oco"):
            self._entry_over(ticket)

    def _entry_over(self, entry: Ticket) -> None:
        """What its legs do when an entry has ended without having filled whole."""
        keeps = entry.klass != "oco" and not self.manners.legs_wait and entry.filled
        for leg in entry.legs:
            if not keeps:
                self._end(leg, "canceled")


def _rounded(price: Decimal) -> Decimal:
    return price.quantize(TICK)

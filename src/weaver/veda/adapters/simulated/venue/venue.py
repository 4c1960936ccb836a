"""The simulated venue by itself: orders come in, bars fill them, and every change is told; no waiting, no clock."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from weaver.model.account.carry import Charge
from weaver.model.account.costs import CostModel
from weaver.model.account.margin import AccountRules
from weaver.model.calendar.instants import time_of
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Split
from weaver.model.market.session_bar import SessionBar
from weaver.model.orders.actions import OrderClass, OrderType
from weaver.model.orders.execution import Execution
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus
from weaver.veda.adapters.simulated.memory import Asked
from weaver.veda.adapters.simulated.ports import Change, NewHouse
from weaver.veda.adapters.simulated.venue.account import SimulatedAccount
from weaver.veda.adapters.simulated.venue.requests import no, orders_of, refusal, refused_change, replacement_of
from weaver.veda.adapters.simulated.venue.ticket import Ticket
from weaver.veda.exchange.account import ActionHappened, CarryCharge, CarryCharged
from weaver.veda.exchange.answers import Accepted, Answer, Reason, Refused
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.exchange.orders import OrderChange, OrderRequest, OrderUpdate, VenueFill, VenueOrder

KEPT_MAX = 100_000
"""So many fills, and orders that have ended, are remembered; the oldest are forgotten first."""
Told = OrderUpdate | ActionHappened | CarryCharged
"""What whoever listens to a venue is told."""
EVENTS = {
    OrderStatus.CANCELLED: "canceled",
    OrderStatus.EXPIRED: "expired",
    OrderStatus.REJECTED: "rejected",
}


class KnownFill(NamedTuple):
    """A fill and the tick at which it came to be known (ns): one at an open happened before."""

    tick: int
    fill: VenueFill


class SimulatedVenue:
    """One account and its orders. `prefix` begins its ids: another one for each that there ever is, as a venue forgets
    everything with its process."""

    def __init__(self, *, new_house: NewHouse, rules: AccountRules, prefix: str) -> None:
        self.account = SimulatedAccount(rules)
        self._costs: dict[str, CostModel] = {}
        self._house = new_house(self.account, self._costs)
        self.prefix = prefix
        self.listeners: list[Callable[[Told], None]] = []
        """Who hears of each change as it happens."""
        self.instruments: dict[str, InstrumentRules] = {}
        """What can be traded, by symbol."""
        self._number = 0
        self._by_number: dict[int, Ticket] = {}
        self._tickets: dict[str, Ticket] = {}
        """By venue id, in the order of their numbers."""
        self._by_client: dict[str, Ticket] = {}
        self._ended: deque[Ticket] = deque()
        self._told_units: dict[str, int] = {}
        self.fills: deque[KnownFill] = deque(maxlen=KEPT_MAX)
        self._happened: Counter[tuple[str, type[CorporateAction], date]] = Counter()
        self.charged: list[CarryCharged] = []
        """All that was ever charged for holding."""

    def open_from(self, begin: int) -> None:
        """Let orders that come by an instant (ns) act on bars that opened before."""
        self._house.open_from(begin)

    def close_before(self, symbol: str, close: int) -> None:
        """The newest close (price units) before the first of the bars that are to come."""
        self._house.close_before(symbol, close)
        self.account.close(symbol, close)

    def add(self, instrument: InstrumentRules, costs: CostModel) -> None:
        """A symbol can be traded from now on."""
        symbol = instrument.instrument.symbol
        if symbol not in self._costs:
            self._costs[symbol] = costs
            self.account.add(costs.scale)
        self.instruments[symbol] = instrument

    # Requests; `now` is when they count as come, ns

    def refusal(self, request: OrderRequest) -> Refused | None:
        """Why an order is not taken; None: it is."""
        known = self.instruments.get(request.symbol)
        if known is None:
            return no(Reason.INSTRUMENT, f"no bars of {request.symbol} come in here")
        held = self.account.units[request.symbol]
        refused = refusal(request, known, self._costs[request.symbol].scale, held=held)
        trails = request.trail is not None or request.trail_percent is not None
        if refused is None and trails and self.account.price(request.symbol) is None:
            return no(
                Reason.PRICE, f"{request.symbol}: no bar has closed, so a trailing stop has no price to start from"
            )
        return refused

    def submit(self, request: OrderRequest, now: int) -> Answer[VenueOrder]:
        """Take an order with its legs."""
        if refused := self.refusal(request):
            return refused
        if request.client_order_id in self._by_client:
            return Refused(reason=Reason.DUPLICATE_ID, message=f"client id {request.client_order_id} was used before")
        orders = orders_of(request, self._costs[request.symbol].scale, self._number + 1, now)
        main, *legs = [self._ticket(order, request.client_order_id, now) for order in orders]
        main.legs = legs
        for leg in legs:
            leg.parent = main
        for order in orders:
            self._house.place(order)
        working = [main] if request.order_class is not OrderClass.OCO else [main, *legs]
        for ticket in working:
            self._tell(self._update("new", ticket, now))
        return Accepted(value=main.shown())

    def cancel(self, venue_id: str, now: int) -> Answer[None]:
        """Cancel an order that works, and the legs that wait for it; its sibling in an oco stays."""
        ticket = self._tickets.get(venue_id)
        if ticket is None:
            return Refused(reason=Reason.NOT_FOUND, message=f"there is no order {venue_id}")
        if not ticket.order.is_working:
            return Refused(reason=Reason.STATE, message=f"order {venue_id} is {ticket.status}")
        self._house.cancel(ticket.order, "cancelled by its client")
        self._follow(self._house.book.take_changes(), now)
        return Accepted(value=None)

    def replace(self, venue_id: str, change: OrderChange, now: int) -> Answer[VenueOrder]:
        """Put another order in the place of one that works."""
        old = self._tickets.get(venue_id)
        if old is None:
            return Refused(reason=Reason.NOT_FOUND, message=f"there is no order {venue_id}")
        if not old.order.is_working:
            return Refused(reason=Reason.STATE, message=f"order {venue_id} is {old.status}")
        if refused := refused_change(old.order, change):
            return refused
        if change.client_order_id in self._by_client:
            return Refused(reason=Reason.DUPLICATE_ID, message=f"client id {change.client_order_id} was used before")
        new = self._ticket(replacement_of(old.order, change, self._number + 1, now), change.client_order_id, now)
        new.replaces, old.replaced_by = old.venue_id, new.venue_id
        self._house.replace(old.order, new.order)
        new.is_held = new.order.waiting
        self._stand_in(old, new)
        self._follow(self._house.book.take_changes(), now)
        if not new.order.waiting:
            self._tell(self._update("new", new, now))
        return Accepted(value=new.shown())

    def ask(self, asked: Asked) -> None:
        """Ask for what was asked for before: what came of it then comes of it again."""
        if asked.request is not None:
            self.submit(asked.request, asked.placed)
        elif asked.change is not None:
            self.replace(asked.venue_id, asked.change, asked.placed)
        else:
            self.cancel(asked.venue_id, asked.placed)

    # Questions

    def find(self, venue_id: str) -> Ticket | None:
        """An order by the venue's id."""
        return self._tickets.get(venue_id)

    def find_by_client_id(self, client_order_id: str) -> Ticket | None:
        """An order by its client's id."""
        return self._by_client.get(client_order_id)

    def orders(self) -> Iterator[Ticket]:
        """All that are remembered, oldest first, legs below their parents."""
        return (ticket for ticket in self._tickets.values() if ticket.parent is None)

    def held_for_orders(self, symbol: str) -> int:
        """How much of a holding orders that work might take away, in quantity units."""
        held, groups, total = self.account.units[symbol], set(), 0
        for ticket in self._by_number.values():
            order = ticket.order
            if order.symbol != symbol or order.waiting or order.sign * held >= 0 or not order.is_working:
                continue
            if order.group is not None:
                if order.group in groups:
                    continue
                groups.add(order.group)
            total += order.remaining
        return min(total, abs(held))

    # Bars

    def on_bars(self, now: int, bars: Mapping[str, SessionBar], *, is_over: bool = True) -> None:
        """Bars closed at a tick (ns). Not `is_over`: more of that instant may come."""
        self._follow(self._house.on_bars(now, bars, is_over=is_over), now)
        self._follow_trails(now)
        for symbol, bar in bars.items():
            self.account.close(symbol, bar.close)

    def happen(self, symbol: str, action: CorporateAction, now: int) -> None:
        """A corporate action, ahead of the bars of a tick, or of a delisting after them."""
        before = self.account.price(symbol)
        self.account.happen(symbol, action)
        close = None if before is None else Decimal(before)
        key = (symbol, type(action), action.ex_date)
        self._tell(
            ActionHappened(
                symbol=symbol, action=action, previous_close=close, number=self._happened[key], time=time_of(now)
            )
        )
        self._happened[key] += 1
        match action:
            case Split(ratio=ratio):
                self._house.split(symbol, ratio.as_integer_ratio())
            case Delisting():
                self._house.withdraw(symbol, "the symbol was delisted")
        self._follow(self._house.book.take_changes(), now)
        self._told_units[symbol] = self.account.units[symbol]

    def charge(self, charges: Sequence[Charge], now: int) -> None:
        """Holding costs so much at a tick (ns)."""
        if not charges:
            return
        account = self.account
        account.cash += sum(one.amount for one in charges)
        told = tuple(
            CarryCharge(symbol=one.symbol, kind=one.kind, amount=account.amount(one.amount)) for one in charges
        )
        self.charged.append(CarryCharged(charges=told, number=len(self.charged) + 1, time=time_of(now)))
        self._tell(self.charged[-1])

    # Within

    def _tell(self, update: Told) -> None:
        for listener in self.listeners:
            listener(update)

    def _ticket(self, order: Order, client_order_id: str, now: int) -> Ticket:
        """A ticket for an order; those of legs have ids of the venue's making, as the first has the client's."""
        self._number = order.number
        venue_id = f"{self.prefix}-{order.number}"
        client_id = venue_id if client_order_id in self._by_client else client_order_id
        ticket = Ticket(
            venue_id=venue_id,
            client_order_id=client_id,
            asset_class=self.instruments[order.symbol].instrument.asset_class,
            order=order,
            created=now,
            updated=now,
            is_held=order.waiting,
        )
        self._tickets[venue_id] = self._by_client[client_id] = self._by_number[order.number] = ticket
        return ticket

    def _stand_in(self, old: Ticket, new: Ticket) -> None:
        """Let a ticket stand among parents and legs where another stood."""
        new.parent, new.legs, old.legs = old.parent, old.legs, []
        for leg in new.legs:
            leg.parent = new
        if new.parent is not None:
            legs = new.parent.legs
            legs[legs.index(old)] = new

    def _follow(self, changes: Iterable[Change], now: int) -> None:
        """Tell of what the house did."""
        for order, status, execution in changes:
            ticket = self._by_number.get(order.number)
            if ticket is None:
                continue  # it has ended, and so has been told of
            was_told = ticket.updated
            ticket.take(status, execution)
            ticket.end_at(now)
            if execution is not None:
                self._tell(self._fill(ticket, execution, now))
            elif status is OrderStatus.ACCEPTED:
                if order.group is None or order.group.entry is None:
                    ticket.updated = was_told  # told of when it came
                else:
                    self._tell(self._update("new", ticket, now))
            elif status in EVENTS:
                event = "replaced" if ticket.replaced_by is not None else EVENTS[status]
                self._tell(self._update(event, ticket, now))
            if order.status.is_final and status is order.status:
                self._forget(ticket)

    def _follow_trails(self, now: int) -> None:
        """Tell of the levels that have moved."""
        for ticket in self._by_number.values():
            order = ticket.order
            if order.order_type is OrderType.TRAILING_STOP and ticket.told_stop != order.stop_units:
                self._tell(self._update("trailed", ticket, now))

    def _forget(self, ticket: Ticket) -> None:
        """It has ended: it is remembered for a while."""
        if self._by_number.pop(ticket.order.number, None) is None:
            return
        self._ended.append(ticket)
        if len(self._ended) > KEPT_MAX:
            oldest = self._ended.popleft()
            self._tickets.pop(oldest.venue_id, None)
            self._by_client.pop(oldest.client_order_id, None)

    def _update(self, event: str, ticket: Ticket, now: int) -> OrderUpdate:
        ticket.told_stop = ticket.order.stop_units
        return OrderUpdate(order=ticket.shown(), event=event, time=time_of(now))

    def _fill(self, ticket: Ticket, execution: Execution, now: int) -> OrderUpdate:
        order, fill = ticket.order, execution.as_fill()
        units = self._told_units.get(order.symbol, 0) + order.sign * execution.units
        self._told_units[order.symbol] = units
        told = VenueFill(
            execution_id=f"{ticket.venue_id}-f{ticket.fills}",
            venue_order_id=ticket.venue_id,
            symbol=order.symbol,
            side=order.side,
            quantity=fill.quantity,
            price=fill.price,
            commission=fill.commission,
            slippage=fill.slippage,
            bar_time=fill.bar_timestamp,
            notes=fill.notes,
            liquidity="maker" if execution.is_maker else "taker",
            cumulative_quantity=order.scale.quantity_decimal(ticket.filled),
            time=fill.timestamp,
        )
        self.fills.append(KnownFill(now, told))
        return OrderUpdate(
            order=ticket.shown(),
            event="fill" if ticket.stands is OrderStatus.FILLED else "partial_fill",
            fill=told,
            position=order.scale.quantity_decimal(units),
            time=time_of(now),
        )

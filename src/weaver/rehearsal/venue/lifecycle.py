"""What the fill rules do to orders, as clients are told of it: statuses, fills, updates."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from weaver.greta.orders.book import Change
from weaver.greta.orders.exchange import Exchange
from weaver.model.orders.actions import TimeInForce
from weaver.model.orders.execution import Execution as BookedFill
from weaver.model.orders.status import OrderStatus
from weaver.rehearsal.faults.faults import Faults
from weaver.rehearsal.ports import VenueClock
from weaver.rehearsal.venue.hours import stock_day, trading_day
from weaver.rehearsal.venue.tickets.agenda import Agenda
from weaver.rehearsal.venue.tickets.book import TicketBook
from weaver.rehearsal.venue.tickets.status import Status
from weaver.rehearsal.venue.tickets.ticket import Ticket
from weaver.rehearsal.venue.tickets.wire import Execution, Json, update_json
from weaver.rehearsal.venue.times import MINUTE, SECOND, new_york_time

EXECUTIONS_KEPT = 20_000
GTC_LASTS = 90 * 86_400 * SECOND
ENDS = {
    OrderStatus.CANCELLED: Status.CANCELED,
    OrderStatus.EXPIRED: Status.EXPIRED,
    OrderStatus.REJECTED: Status.REJECTED,
}
Publish = Callable[[Json], None]


class Lifecycle:
    """Keeps tickets as their orders are, and publishes what becomes of them."""

    def __init__(
        self,
        *,
        clock: VenueClock,
        book: TicketBook,
        exchange: Exchange,
        faults: Faults,
        new_id: Callable[[], str],
        publish: Publish,
    ) -> None:
        self._clock, self._book, self._exchange, self._faults = clock, book, exchange, faults
        self._new_id, self._publish = new_id, publish
        self._openings = Agenda(clock, self._open)
        self._endings = Agenda(clock, self._run_out)
        self._units: dict[str, int] = {}
        """What is held, as far as fills have been told of."""
        self.executions: deque[Execution] = deque(maxlen=EXECUTIONS_KEPT)

    def hold(self, units: Mapping[str, int]) -> None:
        """The account holds so much of each symbol, other than by fills."""
        self._units = dict(units)

    def forget_all(self) -> None:
        """Nothing is due to any order any more, and nothing is remembered of any."""
        self._openings.clear()
        self._endings.clear()
        self._book.clear()
        self.executions.clear()

    # What the exchange does

    def admit(self, ticket: Ticket) -> None:
        """An order was taken: it is told of, and works (from the next opening on, outside trading hours)."""
        self.tell(str(ticket.status), ticket)
        extended = ticket.terms.extended_hours
        if ticket.status is Status.ACCEPTED:
            day = trading_day(ticket.asset, self._clock.now, extended=extended)
            self._openings.add(day.begins(extended=extended), ticket)
        else:
            self._open(ticket)

    def follow(self, changes: Iterable[Change]) -> None:
        """Tell of what the fill rules did."""
        for order, status, execution in changes:
            ticket = self._book.open.get(order.number)
            if ticket is None:
                continue
            if execution is not None:
                self._fill(ticket, execution, status)
            elif status is OrderStatus.ACCEPTED:
                self._wake(ticket)
            elif status in ENDS:
                self.end(ticket, ENDS[status])
        self._exchange.book.rejected.clear()  # kept for those who look at them after a run, which this never is

    def end(self, ticket: Ticket, status: Status) -> None:
        """An order is over. Nobody is told of a leg that was only held: Alpaca's stream leaves those out."""
        was_held = ticket.status is Status.HELD
        ticket.end(status, self._clock.now)
        self._forget(ticket)
        if not was_held:
            self.tell(str(status), ticket)

    def replaced(self, old: Ticket, new: Ticket) -> None:
        """An order has given way to another."""
        old.replaced_by, new.replaces = new.id, old.id
        old.end(Status.REPLACED, self._clock.now)
        self._forget(old)
        self.tell("replaced", old)

    def tell(self, event: str, ticket: Ticket) -> None:
        """Publish an update that is no fill."""
        self._publish(update_json(event, self._new_id(), ticket, self._clock.now))

    def _forget(self, ticket: Ticket) -> None:
        self._book.close(ticket)
        self._exchange.filling.portions.pop(ticket.number, None)
        self._openings.drop(ticket)
        self._endings.drop(ticket)

    def _wake(self, ticket: Ticket) -> None:
        """A leg's entry has filled: the take-profit works, the stop of a pair goes on being held."""
        if not ticket.is_leg or ticket.status is not Status.HELD:
            return
        self.expect_end(ticket)
        if ticket.terms.stop_price is None or len(ticket.family) == 2:
            self._open(ticket)

    def _fill(self, ticket: Ticket, fill: BookedFill, status: OrderStatus) -> None:
        if ticket.status in (Status.ACCEPTED, Status.PENDING_NEW):
            self._open(ticket)
        now, scale, symbol = self._clock.now, ticket.asset.scale, ticket.asset.symbol
        ticket.gain(fill)
        self._units[symbol] = self._units.get(symbol, 0) + fill.order.sign * fill.units
        if status is OrderStatus.FILLED:
            ticket.end(Status.FILLED, now)
            self._forget(ticket)
        else:
            ticket.status, ticket.updated_at = Status.PARTIALLY_FILLED, now
        execution = self._executed(ticket, fill)
        self.executions.append(execution)
        update = update_json(execution.kind, execution.id, ticket, now)
        held = scale.quantity_decimal(self._units[symbol])
        prices = {"price": execution.price, "qty": execution.qty, "position_qty": held}
        self._publish({**update, **{name: f"{value.normalize():f}" for name, value in prices.items()}})

    def _executed(self, ticket: Ticket, fill: BookedFill) -> Execution:
        scale, now, id = ticket.asset.scale, self._clock.now, self._new_id()
        stamp = new_york_time(now).strftime("%Y%m%d%H%M%S%f")[:17]
        is_unrelated = self._faults.strike("unrelated_ids", symbol=ticket.asset.symbol) is not None
        ordered = fill.order.units if fill.order.is_sized else ticket.filled_units
        return Execution(
            id=id,
            order_id=ticket.id,
            client_order_id=ticket.client_order_id,
            symbol=ticket.asset.symbol,
            side=str(ticket.terms.side),
            qty=scale.quantity_decimal(fill.units),
            cum_qty=ticket.filled_qty,
            leaves_qty=scale.quantity_decimal(0 if not ticket.is_open else ordered - ticket.filled_units),
            price=scale.price_decimal(fill.price),
            at=now,
            order_status=ticket.status,
            activity_id=f"{stamp}::{self._new_id() if is_unrelated else id}",
        )

    # What time does

    def _open(self, ticket: Ticket) -> None:
        ticket.status, ticket.updated_at = Status.NEW, self._clock.now
        self.tell("new", ticket)

    def expect_end(self, ticket: Ticket) -> None:
        """Have an order end with its day, or after 90 days; just after that, so that the last bar comes first."""
        ticket.expires_at = self._last_instant(ticket)
        self._endings.add(ticket.expires_at + 1, ticket)

    def _last_instant(self, ticket: Ticket) -> int:
        now, extended = self._clock.now, ticket.terms.extended_hours
        if ticket.terms.tif is not TimeInForce.GTC:
            return trading_day(ticket.asset, now, extended=extended).ends(extended=extended)
        last = ticket.created_at + GTC_LASTS
        if not ticket.asset.is_crypto:
            return max(stock_day(last).close, now)
        return max(-(-last // MINUTE) * MINUTE, now)  # whole minutes, so that few instants have to be remembered

    def _run_out(self, ticket: Ticket) -> None:
        order = ticket.order
        if order is None or not order.is_working:
            return
        self._exchange.book.accept((order,))
        if ticket.terms.tif is TimeInForce.DAY:
            self._exchange.book.expire(order)
            self._exchange.book.sweep()
        else:
            self._exchange.cancel(order, "its time is over")
        self.follow(self._exchange.book.take_changes())

"""The orders of a live run as its strategy sees them: what it asked for, and what it was told of that."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from weaver.model.errors import RunFailed
from weaver.model.numbers.money import units_of
from weaver.model.orders.actions import OrderType
from weaver.model.orders.order import ExitGroup, Order
from weaver.model.orders.splits import split_prices, split_quantity
from weaver.model.orders.status import OrderEvent, OrderStatus
from weaver.model.orders.trailing import start_trailing
from weaver.model.orders.venue import VenueRules, refusal
from weaver.veda.inputs import OrderMoved

AT_VENUE = frozenset({OrderStatus.SUBMITTED, OrderStatus.ACCEPTED, OrderStatus.PARTIAL})


class MirroredOrders:
    """What a strategy asks for counts at once: an order is there, one that it cancels has ended, with the legs that
    wait for it. All else is as an update says: statuses are those of Veda's own machine, and taken over as they come.

    An order that the strategy has cancelled stays so until Veda says how it ended. It works again only where an update
    says why (`reason`): the venue refused to cancel it, or put it back. One without a reason was on its way before.
    The exits of an entry that it has cancelled count as gone with it, and are back as soon as an update shows that they
    work, or that the entry had filled after all: then they protect what it brought.
    """

    def __init__(self, venue: VenueRules | None) -> None:
        self._venue = venue
        self._orders: dict[int, Order] = {}
        self._working: dict[int, Order] = {}
        self._told: dict[int, OrderStatus] = {}
        """How each stood by the newest update about it."""
        self._dropped: set[int] = set()
        """Exits that count as gone only because their entry was cancelled."""

    # What the strategy asks for

    def place(self, order: Order, close: int | None) -> None:
        """Take a new order; `close`: the newest of its symbol, from which a trailing stop starts."""
        self._orders[order.number] = order
        if not order.is_working:
            return  # a leg, whose entry was refused
        self._working[order.number] = order
        if self._venue is not None and (reason := refusal(self._venue, order)):
            self._end(order, OrderEvent.REJECT, reason)
        if order.order_type is OrderType.TRAILING_STOP:
            start_trailing(order, close)

    def cancel(self, order: Order, reason: str) -> None:
        """Count a working order as cancelled."""
        self._end(order, OrderEvent.CANCEL, reason)

    def replaced(self, old: Order, new: Order) -> None:
        """`new`, already placed, stands in for `old`: in its group, with its legs."""
        old.give_way(new)
        self.cancel(old, f"replaced by order {new.id}")

    def working(self, symbol: str | None = None) -> Sequence[Order]:
        """Orders that may still fill, oldest first."""
        return [order for order in self._working.values() if symbol is None or order.scale.symbol == symbol]

    def _end(self, order: Order, event: OrderEvent, reason: str) -> None:
        """End an order at the strategy's own wish, and what hangs on it."""
        order.reason = reason
        order.happen(event)
        self._working.pop(order.number, None)
        group = order.exits
        if group is None or order.replaced_by is not None:
            return
        if group.started is not None:
            done, why = group.share(), "the position was exited"
        else:
            done, why = [leg for leg in group.legs if leg.is_working], f"its entry was {order.status}"
        for leg in done:
            self._dropped.add(leg.number)
            self._end(leg, OrderEvent.CANCEL, why)

    # What it is told

    def move(self, update: OrderMoved, now: int) -> Order | None:
        """An order stands elsewhere, as is told at an instant (ns). Returns it where its status is news."""
        order = self.order(update.number)
        group, units = order.exits, order.units
        _set_terms(order, update)
        if group is not None and units != order.units:
            group.share()
        if update.status in AT_VENUE and order.group is not None:
            self._bring_back(order.group)
        if order.waiting and update.status is not OrderStatus.PENDING and not update.status.is_final:
            assert order.group is not None
            order.group.start(now)
        is_news = self._stands(order, update.status, update.reason)
        if group is not None and group.started is not None and not order.is_working:
            group.share()
        return order if is_news else None

    def fill(self, order: Order, status: OrderStatus, now: int, *, worth: int, units: int, entered: int) -> None:
        """An order gained a fill of so many units for `worth` (price x units), of which so many entered the holding:
        also one that has ended, and past what was ordered."""
        order.filled += units
        order.value += worth
        order.is_sized = True
        if status is OrderStatus.FILLED or order.filled > order.units:
            order.units = order.filled
        self._stands(order, status, "")
        if order.exits is not None:
            self._enter(order.exits, entered, now)
        if order.group is not None:
            order.group.leave(units)
            order.group.share()

    def split(self, symbol: str, ratio: tuple[int, int]) -> None:
        """Put the orders of a symbol on the scale after a split; what that ends is told by itself."""
        orders = self.working(symbol)
        groups = {id(order.group): order.group for order in orders if order.group is not None}.values()
        for group in groups:
            if group.is_in_percent:
                group.set_prices()  # what the entry has paid by now is on the old scale
        for order in orders:
            split_prices(order, ratio)
        for group in groups:
            group.split(ratio, lot=group.legs[0].scale.lot)
        for order in orders:
            if order.group is None:
                split_quantity(order, ratio)
            elif order.group.started is not None or order.group.entry is None or order.group.entry.remaining:
                order.group.share()  # else it goes with its entry, of which the split left nothing

    def _enter(self, group: ExitGroup, units: int, now: int) -> None:
        assert group.entry is not None
        self._bring_back(group)
        group.enter(units)
        legs_wait = self._venue is not None and self._venue.legs_wait_for_whole_fill
        if group.started is None and not (legs_wait and group.entry.remaining):
            group.start(now)
        group.share()

    def _stands(self, order: Order, status: OrderStatus, reason: str) -> bool:
        """Take over how an order stands. Returns whether that is news."""
        known = self._told.get(order.number, OrderStatus.PENDING)
        self._told[order.number] = status
        if status.is_final:
            self._dropped.discard(order.number)
        if reason and not (status.is_final and status is order.status):  # else it knows why: it asked for that
            order.reason = reason
        if order.is_working or status.is_final or reason:
            if not (order.is_working or status.is_final):
                _revive(order)
            order.status = status  # another's step, taken already: of Veda's order, by the one machine
        if order.is_working:
            self._keep(order)
        else:
            self._working.pop(order.number, None)
        return status is not known

    def _bring_back(self, group: ExitGroup) -> None:
        """Exits that counted as gone with their entry are there after all, but for those that were told to be over."""
        for leg in group.legs:
            if leg.number in self._dropped:
                self._dropped.discard(leg.number)
                leg.status, leg.reason = self._told.get(leg.number, OrderStatus.PENDING), ""
                leg.waiting = group.started is None
                self._keep(leg)

    def _keep(self, order: Order) -> None:
        """Have an order among those that work, in its place by age."""
        if order.number not in self._working:
            self._working[order.number] = order
            self._working = dict(sorted(self._working.items()))

    def order(self, number: int) -> Order:
        """One of them. Raises RunFailed where it was never placed."""
        order = self._orders.get(number)
        if order is None:
            raise RunFailed(f"an update is about order {number}, which the strategy did not place this time")
        return order


def _revive(order: Order) -> None:
    """An order that the strategy counts as gone works on: in its old place, if another had taken that."""
    order.cancel_asked, new = False, order.replaced_by
    if new is None:
        return
    order.replaced_by = None
    if order.group is not None and new in order.group.legs:
        order.group.legs[order.group.legs.index(new)] = order
    if order.exits is not None:
        order.exits.entry = order


def _set_terms(order: Order, update: OrderMoved) -> None:
    """Take over the quantity and the prices that an update brings. Legs have their quantity from their group; an
    estimate that is told again settles nothing."""
    if update.quantity is not None and order.group is None:
        units = units_of(update.quantity, order.scale.quantity_decimals)
        if units != order.units:
            order.units, order.is_sized = units, True
    if update.limit is not None:
        order.limit_units = units_of(update.limit, order.scale.price_decimals)
    if update.stop is not None:
        _set_stop(order, update.stop)


def _set_stop(order: Order, stop: Decimal) -> None:
    """Set a stop, or the level of one that trails, and with that a best price that it follows from."""
    order.stop_units = level = units_of(stop, order.scale.price_decimals)
    if order.order_type is not OrderType.TRAILING_STOP:
        return
    if order.trail_percent is None:
        assert order.trail_units is not None
        order.mark = level - order.sign * order.trail_units
    else:
        order.mark = level * 100 / (100 + order.sign * Fraction(order.trail_percent))

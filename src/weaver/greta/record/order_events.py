"""The events of one run's orders: what was asked for, and what became of it."""

from collections.abc import Callable, Iterator, Mapping

from weaver.greta.finished_run import FinishedRun
from weaver.greta.order_log import AskedTerms, Happening, OrderLog
from weaver.greta.record.envelope import Envelope, text_of
from weaver.greta.record.text import FillText, Moments, decimal_text, price_text
from weaver.model.numbers.money import plain
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus

ENDS = {
    OrderStatus.CANCELLED: "orders.Cancelled",
    OrderStatus.REJECTED: "orders.Rejected",
    OrderStatus.EXPIRED: "orders.Expired",
}
SIDES = {1: "buy", -1: "sell"}


class OrderEvents:
    """Writes what happened to orders. `tick_of` gives the tick that has come by an instant (ns), `time_of` a tick as
    text."""

    def __init__(
        self,
        envelope: Envelope,
        run: FinishedRun,
        log: OrderLog,
        *,
        moments: Moments,
        tick_of: Callable[[int], int],
        time_of: Callable[[int], str],
    ) -> None:
        self._envelope, self._run, self._asked = envelope, run, log.asked
        self._moments, self._tick_of, self._time_of = moments, tick_of, time_of
        self._ended: Mapping[int, Happening] = {h.order.number: h for h in log.happenings if not h.is_request}
        self._asked_to_end = {h.order.number for h in log.happenings if h.is_request}
        self._replaces = {new.number: order for order in run.orders if (new := _replacement(order)) is not None}
        self._symbols: dict[str, str] = {}

    def placed(self, order: Order) -> list[str]:
        """The request for an order, its child, and the order itself, accepted where nothing holds it back."""
        asked = self._asked.get(order.number)
        id_ = f"{self._envelope.prefix}-{order.number}"
        time = self._moments.text(order.placed)
        quantity = decimal_text(_units(order, asked), order.scale.quantity_decimals)
        lines = []
        if not self.is_engines_own(order):
            terms = self._terms(order, asked, quantity, time)
            type_, child = "strategy.PlaceRequest", f"{id_}.place"
            if order.number in self._replaces:
                type_, child = "strategy.ReplaceRequest", f"{id_}.replace"
                terms += f',"replaces":"{self._envelope.prefix}-{self._replaces[order.number].number}"'
            lines = self._envelope.request(type_, f"{id_}.request", child, id_, f"{{{terms}}}")
        lines.append(self._created(order, asked, quantity, time))
        if self.is_accepted_at_once(order):
            lines.append(self._line("orders.Accepted", "accepted", order, quantity, "0", "accepted", time, ""))
        return lines

    def accepted(self, started: tuple[Order, FillText]) -> list[str]:
        """A leg, which the fill of its entry has started."""
        leg, fill = started
        quantity = decimal_text(leg.units, leg.scale.quantity_decimals)
        return [self._line("orders.Accepted", "accepted", leg, quantity, "0", "accepted", fill.time, "")]

    def filled(self, fill: FillText) -> list[str]:
        """An execution."""
        order = fill.row.order
        decimals = order.scale.quantity_decimals
        is_whole = order.status is OrderStatus.FILLED and fill.filled == order.filled
        more = (
            f',"fill_id":"{self._envelope.prefix}-f{fill.number}","fill_quantity":"{fill.quantity}",'
            f'"price":"{fill.price}","commission":"{fill.commission}","slippage":"{fill.slippage}"'
        )
        type_, status = ("orders.Filled", "filled") if is_whole else ("orders.PartiallyFilled", "partial")
        quantity, so_far = decimal_text(order.units, decimals), decimal_text(fill.filled, decimals)
        return [self._line(type_, f"f{fill.number}", order, quantity, so_far, status, fill.time, more)]

    def ended(self, happening: Happening) -> list[str]:
        """The end of an order other than by a fill."""
        order, decimals = happening.order, happening.order.scale.quantity_decimals
        quantity = decimal_text(order.units, decimals)
        so_far = decimal_text(order.filled, decimals)
        time, status = self._time_of(happening.tick), str(order.status)
        if order.replaced_by is not None:
            more = f',"replaced_by":"{self._envelope.prefix}-{order.replaced_by.number}"'
            return [self._line("orders.Replaced", "ended", order, quantity, so_far, status, time, more)]
        more = f',"reason":{text_of(order.reason)}'
        return [self._line(ENDS[order.status], "ended", order, quantity, so_far, status, time, more)]

    def cancel_asked(self, happening: Happening) -> list[str]:
        """The strategy's request to cancel an order, and its child; none of their own where another is to take its
        place."""
        if _replacement(happening.order) is not None:
            return []
        id_ = f"{self._envelope.prefix}-{happening.order.number}"
        time = self._time_of(happening.tick)
        payload = f'{{"run_id":{self._envelope.run},"order_id":"{id_}","time":"{time}"}}'
        return self._envelope.request("strategy.CancelRequest", f"{id_}.cancel-request", f"{id_}.cancel", id_, payload)

    def is_engines_own(self, order: Order) -> bool:
        """Placed by the engine: at a margin call, or to close what is held at the end."""
        return order.number in self._run.liquidations or order.number not in self._asked

    def is_accepted_at_once(self, order: Order) -> bool:
        """After the callbacks in which it was placed; not one that ended in them, nor in the run's last ones."""
        if order.group is not None and order.group.entry is not None:
            started = order.group.started
            return started is not None and started <= order.placed
        if order.filled:
            return True
        return order.status is not OrderStatus.PENDING and not self._ended_by(order, self._tick_of(order.placed))

    def is_accepted_later(self, order: Order) -> bool:
        """A leg that its entry's fill started."""
        group = order.group
        if group is None or group.entry is None or group.started is None or group.started <= order.placed:
            return False
        return not self._ended_by(order, self._tick_of(group.started) - 1)

    def legs_started(self) -> Iterator[Order]:
        """The legs that were accepted after their placement."""
        return (order for order in self._run.orders if self.is_accepted_later(order))

    def end_of(self, order: Order) -> Happening | None:
        """How it ended other than by a fill."""
        return self._ended.get(order.number)

    def _ended_by(self, order: Order, tick: int) -> bool:
        end = self._ended.get(order.number)
        return end is not None and end.tick <= tick

    def _terms(self, order: Order, asked: "int | AskedTerms | None", quantity: str, time: str) -> str:
        scale = order.scale
        if isinstance(asked, AskedTerms):
            prices = [asked.limit, asked.stop, asked.trail]
            limit, stop, trail = (
                "null" if units is None else f'"{price_text(units, scale.price_decimals)}"' for units in prices
            )
            wanted = f'"{quantity}"' if asked.is_sized else "null"
        else:
            limit = stop = trail = "null"
            wanted = f'"{quantity}"'
        trail_percent, limit_percent, stop_percent = (
            "null" if percent is None else f'"{plain(percent)}"'
            for percent in (order.trail_percent, order.limit_percent, order.stop_percent)
        )
        parent = "null"
        if order.group is not None and order.group.entry is not None:
            parent = f'"{self._envelope.prefix}-{order.group.entry.number}"'
        return (
            f'{self._head(order)},"quantity":{wanted},'
            f'"order_type":"{order.order_type}","order_class":"{order.order_class}","time_in_force":"{order.tif}",'
            f'"expires":{_day(order)},"extended_hours":{text_of(order.extended_hours)},"limit_price":{limit},"stop_price":{stop},'
            f'"trail":{trail},"trail_percent":{trail_percent},"limit_percent":{limit_percent},"stop_percent":{stop_percent},'
            f'"parent_id":{parent},"time":"{time}"'
        )

    def _created(self, order: Order, asked: "int | AskedTerms | None", quantity: str, time: str) -> str:
        limit = stop = "null"
        if isinstance(asked, AskedTerms):
            limit, stop = (
                "null" if units is None else f'"{price_text(units, order.scale.price_decimals)}"'
                for units in (asked.limit, asked.stop)
            )
        more = (
            f',"order_type":"{order.order_type}","order_class":"{order.order_class}","time_in_force":"{order.tif}",'
            f'"expires":{_day(order)},"limit_price":{limit},"stop_price":{stop}'
        )
        return self._line("orders.Created", "created", order, quantity, "0", "pending", time, more)

    def _line(
        self, type_: str, name: str, order: Order, quantity: str, filled: str, status: str, time: str, more: str
    ) -> str:
        id_ = f"{self._envelope.prefix}-{order.number}"
        payload = (
            f'{{{self._head(order)},"quantity":"{quantity}","filled_quantity":"{filled}","status":"{status}",'
            f'"time":"{time}"{more}}}'
        )
        return self._envelope.line(type_, f"{id_}.{name}", id_, self._cause(order, is_end=name == "ended"), payload)

    def _cause(self, order: Order, *, is_end: bool) -> str | None:
        """The routed request that something which happened to an order goes back to."""
        id_ = f"{self._envelope.prefix}-{order.number}"
        if is_end and order.number in self._asked_to_end:
            new = _replacement(order)
            return f"{id_}.cancel" if new is None else f"{self._envelope.prefix}-{new.number}.replace"
        if self.is_engines_own(order):
            return None
        return f"{id_}.replace" if order.number in self._replaces else f"{id_}.place"

    def _head(self, order: Order) -> str:
        symbol = self._symbols.get(order.scale.symbol)
        if symbol is None:
            symbol = self._symbols[order.scale.symbol] = text_of(order.scale.symbol)
        id_ = f"{self._envelope.prefix}-{order.number}"
        return (
            f'"run_id":{self._envelope.run},"order_id":"{id_}","client_order_id":"{id_}","symbol":{symbol},'
            f'"side":"{SIDES[order.sign]}"'
        )


def _replacement(order: Order) -> Order | None:
    """The order that was asked for in place of this one. One that `oto` has joined with others since was placed with
    them, and this one cancelled for itself: as the actions of the run have it."""
    new = order.replaced_by
    if new is None or new.group is not order.group or new.exits is not order.exits:
        return None
    return new


def _units(order: Order, asked: "int | AskedTerms | None") -> int:
    if asked is None:
        return order.units
    return asked if isinstance(asked, int) else asked.units


def _day(order: Order) -> str:
    """The last session of a gtd order, as JSON."""
    return "null" if order.expires is None else f'"{order.expires.isoformat()}"'

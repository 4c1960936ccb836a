"""What happened to a run's orders while nobody could tell its strategy: the books against what it was told."""

from collections import Counter
from collections.abc import Iterator, Sequence

from weaver.model.calendar.instants import instant_of
from weaver.model.orders.status import OrderStatus
from weaver.veda.inputs import CashMoved, HouseFilled, OrderFilled, OrderMoved, SplitSeen, Update
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.ports import KnownOrders, RecordedTick
from weaver.veda.positions.entry_updates import all_updates
from weaver.veda.positions.sub_ledger import SubLedger
from weaver.veda.runs.news import OURS, filled_update, house_filled, moved
from weaver.veda.runs.recorded.codec import decode_inputs


def missed_news(known: KnownOrders, ledger: SubLedger, ticks: Sequence[RecordedTick]) -> list[Update]:
    """By time. An order's fills are told in the order in which they were booked, so those that were told are its
    first."""
    statuses: dict[int, OrderStatus] = {}
    fills: dict[int, int] = {}
    told: Counter[Update] = Counter()
    """Of those that are no order's."""
    for tick in ticks[1:]:
        if b'"updates"' not in tick.inputs:  # what is at its default is left out, and most ticks have none
            continue
        for update in decode_inputs(tick.inputs).updates:
            match update:
                case OrderMoved(number=number, status=status):
                    statuses[number] = status
                case OrderFilled(number=number, status=status):
                    statuses[number] = status
                    fills[number] = fills.get(number, 0) + 1
                case HouseFilled() | SplitSeen() | CashMoved():
                    told[update] += 1
    found = []
    for time, update in all_updates(ledger, known.fills):
        if told[update]:
            told[update] -= 1
        else:
            found.append((time, update))
    found += _of_house(known, told.total())
    for order in known.orders:
        if order.number:
            own = [fill for fill in known.fills if fill.order_id == order.id]
            found += _of_order(order, own, told=fills.get(order.number, 0), status=statuses.get(order.number))
    return [update for _, update in sorted(found, key=lambda one: one[0])]


def _of_house(known: KnownOrders, told: int) -> Iterator[tuple[int, Update]]:
    numbers = {order.id: order.number for order in known.orders}
    own = [fill for fill in known.fills if not numbers.get(fill.order_id, 0)]
    for fill in own[told:]:
        yield instant_of(fill.filled_at), house_filled(fill)


def _of_order(
    order: LiveOrder, fills: Sequence[LiveFill], *, told: int, status: OrderStatus | None
) -> Iterator[tuple[int, Update]]:
    for number, fill in enumerate(fills[told:], told + 1):
        is_last = number == len(fills)
        after = OrderStatus.FILLED if is_last and order.status is OrderStatus.FILLED else OrderStatus.PARTIAL
        status = after
        yield instant_of(fill.filled_at), filled_update(order, fill, after)
    if order.status not in OURS and order.status is not status:
        yield instant_of(order.updated_at), moved(order)

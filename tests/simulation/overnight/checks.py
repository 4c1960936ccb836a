"""What must be true after a close, a night and a split."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.simulation.control import ACCOUNT
from tests.simulation.world import START
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import SubmissionState

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

GRACE = timedelta(seconds=60)
TICK = Decimal("0.01")


def expiry(seed: "Simulation") -> Iterator[str]:
    """Nothing outlives its time."""
    now = seed.world.now()
    for order in seed.tables.orders.values():
        if order.is_working and order.expires_at is not None and order.expires_at < now - GRACE:
            yield f"{order.id} was to end at {order.expires_at}, and is {order.status}"


def terms(seed: "Simulation") -> Iterator[str]:
    """What stands at the venue has the prices that its order has in the books, and what is left of it."""
    for one in seed.tables.submissions.values():
        ticket = seed.exchange.market.open.get(one.venue_id or "")
        if one.state is not SubmissionState.WORKING or ticket is None:
            continue
        order = seed.tables.orders[one.order_id]
        wanted, there = (order.limit, order.stop), (ticket.limit, ticket.stop)
        if order.trail is None and order.trail_percent is None and wanted != there:
            yield f"{one.id} stands at {there}, and is to stand at {wanted}"
        if order.group_id is None and order.is_working and ticket.remaining > order.remaining:
            yield f"{one.id} stands for {ticket.remaining}, and is to stand for {order.remaining}"


def splits(seed: "Simulation") -> Iterator[str]:
    """A split is booked once, and nothing of ours works on that is of before it."""
    for split in seed.exchange.market.splits:
        at = START + timedelta(microseconds=split.at)
        for ticket in seed.exchange.market.open.values():
            ours = seed.tables.submissions.get((ACCOUNT, ticket.client_id))
            if ticket.symbol == split.symbol and ticket.created < split.at and not ticket.is_foreign:
                yield f"{ticket.id} ({ours}) works on, and is of before the split of {split.symbol}"
        created = {
            str(event.payload["order_id"]): event.payload
            for event in seed.disk.events
            if event.type == "orders.Created" and event.payload["symbol"] == split.symbol and event.ts < at
        }
        for order_id, was in created.items():
            order = seed.tables.orders[order_id]
            if order.is_working and not order.filled and order.group_id is None:
                yield from _moved(order, was, split.ratio)


def _moved(order: LiveOrder, was: dict[str, str | None], ratio: Fraction) -> Iterator[str]:
    whole = int(Fraction(str(was["quantity"])) * ratio)
    is_cut = order.reduces and order.quantity < whole  # to what is held
    if order.quantity != whole and not is_cut:
        yield f"{order.id} was for {was['quantity']}, and is for {order.quantity} after a split {ratio}"
    for name, price in (("limit_price", order.limit), ("stop_price", order.stop)):
        before = was[name]
        if before is not None and price is not None and abs(Fraction(price) - Fraction(before) / ratio) > TICK:
            yield f"{order.id} stood at {before}, and stands at {price} after a split {ratio}"


def losses(seed: "Simulation") -> Iterator[str]:
    """Nobody is stopped for a loss that is none."""
    if seed.night is not None:
        for event in seed.disk.events:
            if event.type == "risk.LimitBreached" and event.payload["rule"] in ("drawdown", "daily_loss"):
                yield f"{event.payload['rule']} of {event.payload['value']} was told, and nobody lost as much"

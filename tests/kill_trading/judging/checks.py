"""What must be true of the exchange and the books when all that was under way is over."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

from tests.kill_trading.exchange import OPEN, Seen
from tests.kill_trading.judging.books import ACCOUNT, Books, FillRow

ZERO = Decimal(0)
OVER = frozenset({"filled", "cancelled", "rejected", "expired"})
ENDS = {"cancelled": "orders.Cancelled", "rejected": "orders.Rejected", "expired": "orders.Expired"}
TOO_MANY = 429
"""The one answer after which an order may be sent again."""


def problems(kept: Books, seen: Seen) -> list[str]:
    """Everything that is not as it must be when all is over."""
    return [*problems_under_way(kept, seen), *at_rest(kept, seen)]


def problems_under_way(kept: Books, seen: Seen) -> list[str]:
    """The same while orders are open, none of which is on its way."""
    found = [*sent_once(seen)]
    for check in (one_to_one, answered, filled_once, money, told, recorded):
        found += check(kept, seen)
    return found


def sent_once(seen: Seen) -> Iterator[str]:
    """No client order id was taken twice, sent again, or sent for another order."""
    sent: dict[str, list[Any]] = defaultdict(list)
    for one in seen.requests:
        if one["method"] in {"POST", "PATCH"} and one["client_order_id"] is not None:
            sent[one["client_order_id"]].append(one)
    for id_, requests in sent.items():
        bodies = {repr(sorted(one["body"].items())) for one in requests}
        if len(bodies) > 1:
            yield f"{id_} was sent for different orders: {sorted(bodies)}"
        if (taken := sum(one["acted"] for one in requests)) > 1:
            yield f"{id_} was taken {taken} times"
        if any(one["status"] != TOO_MANY for one in requests[:-1]):
            yield f"{id_} was sent again: {[(one['n'], one['status'], one['acted']) for one in requests]}"


def one_to_one(kept: Books, seen: Seen) -> Iterator[str]:
    """Each order at the exchange is known, and each that is known to be there is there, and stands alike."""
    of_venue = {one.venue_id: one for one in kept.at_venue() if one.venue_id is not None}
    clients = {one["client_order_id"]: one for one in seen.orders}
    for order in seen.orders:
        ours = of_venue.get(order["id"])
        if ours is None:
            if not _is_leg_that_never_was(order, seen):
                yield f"LOST: {_text(order)} is at the exchange and in no row"
        elif (ours.state == "working") != (order["status"] in OPEN):
            yield f"{ours.id} is {ours.state}, and at the exchange {_text(order)}"
    there = {order["id"] for order in seen.orders}
    for one in kept.at_venue():
        if one.venue_id is not None and one.venue_id not in there:
            yield f"{one.id} ought to be at the exchange, and is not"
        if one.venue_id is None and one.part != "leg" and one.id in clients:
            yield f"{one.id} is {one.state} for Weaver, and at the exchange {_text(clients[one.id])}"


def _is_leg_that_never_was(order: Any, seen: Seen) -> bool:
    """Whether it is an exit that ended with its entry, which has not filled: nobody has to have heard of it."""
    legs = {leg["id"] for one in seen.orders for leg in (one["legs"] or ())}
    return order["id"] in legs and order["status"] not in OPEN and not Decimal(order["filled_qty"])


def at_rest(kept: Books, _seen: Seen) -> Iterator[str]:
    """All is over. What was left open at the end of a replay stays so, as in a backtest."""
    for one in kept.at_venue():
        if one.state not in {"sending", "ended"}:
            yield f"submission {one.id} of {one.account} is {one.state} for ever"
    for order in kept.orders.values():
        if order.account == ACCOUNT and order.status not in {"submitting", *OVER}:
            yield f"order {order.id} of {order.account} is {order.status} for ever"


def answered(kept: Books, _seen: Seen) -> Iterator[str]:
    """Nothing is on its way for ever, and no run has failed; orders may go on working."""
    for one in kept.submissions:
        if one.state == "sending":
            yield f"submission {one.id} of {one.account} is {one.state} for ever"
    for order in kept.orders.values():
        if order.status == "submitting":
            yield f"order {order.id} of {order.account} is {order.status} for ever"
    for run in kept.runs.values():
        if run.status == "error":
            yield f"run {run.name} ({run.id}) ended in an error: {run.error}"


def filled_once(kept: Books, seen: Seen) -> Iterator[str]:
    """Each execution is in the books, once."""
    venue_ids = {one.id: one.venue_id for one in kept.at_venue()}
    ours: dict[str | None, list[FillRow]] = defaultdict(list)
    for fill in kept.fills_at_venue():
        ours[venue_ids.get(fill.submission_id)].append(fill)
    theirs: dict[str, list[Any]] = defaultdict(list)
    for one in seen.executions:
        theirs[one["order_id"]].append(one)
    for venue_id in ours.keys() | theirs.keys():
        booked, executed = ours[venue_id], theirs[venue_id or ""]
        wanted = sum((Decimal(one["qty"]) for one in executed), ZERO)
        if (had := sum((fill.quantity for fill in booked), ZERO)) != wanted:
            yield f"{'LOST' if had < wanted else 'DOUBLED'}: {had} booked of {venue_id}, {wanted} executed"
        known = {id_ for one in executed for id_ in (one["id"].rpartition("::")[2], one["execution_id"])}
        for fill in booked:
            if not fill.is_inferred and fill.execution_id not in known:
                yield f"fill {fill.id} has execution {fill.execution_id}, which the exchange never told"
        worth = sum((Decimal(one["qty"]) * Decimal(one["price"]) for one in executed), ZERO)
        if abs(sum((fill.quantity * fill.price for fill in booked), ZERO) - worth) > Decimal("0.000001"):
            yield f"{venue_id} came to another sum than {worth}: {booked}"
    yield from _filled_of_orders(kept)


def _filled_of_orders(kept: Books) -> Iterator[str]:
    """Whatever the account: an order has filled what its fills come to."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for fill in kept.fills:
        totals[fill.order_id] += fill.quantity
    for order in kept.orders.values():
        if order.filled != totals[order.id]:
            yield f"{order.id}: {order.filled} filled, its fills come to {totals[order.id]}"


def money(kept: Books, seen: Seen) -> Iterator[str]:
    """Positions and cash are what the fills make of nothing and of what the account began with."""
    held: dict[str, Decimal] = defaultdict(Decimal)
    cash = seen.began_with
    for fill in kept.fills_at_venue():
        held[fill.symbol.replace("/", "")] += fill.signed
        cash -= fill.signed * fill.price
    there = {symbol.replace("/", ""): quantity for symbol, quantity in seen.positions.items()}
    for symbol in held.keys() | there.keys():
        if held[symbol] != there.get(symbol, ZERO):
            yield f"{held[symbol]} {symbol} by the fills, {there.get(symbol, ZERO)} at the exchange"
    if abs(cash - seen.cash) > Decimal("0.000001"):
        yield f"cash is {cash} by the fills, {seen.cash} at the exchange"


def told(kept: Books, _seen: Seen) -> Iterator[str]:
    """Every row has its events, every event its row."""
    types: dict[str, Counter[str]] = defaultdict(Counter)
    fills: Counter[str] = Counter()
    for event in kept.events:
        order_id = event.payload.get("order_id") if event.type.startswith("orders.") else None
        if order_id in kept.orders:
            types[order_id][event.type] += 1
            fills.update([event.payload["fill_id"]] if "fill_quantity" in event.payload else [])
    rows = {fill.id for fill in kept.fills}
    yield from (f"fill {id_} is in a row or in an event, and not in both" for id_ in rows ^ fills.keys())
    yield from (f"fill {id_} was told {times} times" for id_, times in fills.items() if times > 1)
    for order in kept.orders.values():
        counted = types[order.id]
        if counted["orders.Created"] != 1:
            yield f"{order.id} was told as created {counted['orders.Created']} times"
        for status, type_ in ENDS.items():
            if counted[type_] != (order.status == status):
                yield f"{order.id} is {order.status}, and {type_} was told {counted[type_]} times"


def recorded(kept: Books, _seen: Seen) -> Iterator[str]:
    """A run's ticks are numbered without holes, and their instants rise."""
    for run_id, ticks in kept.ticks.items():
        if [one.number for one in ticks] != list(range(len(ticks))):
            yield f"ticks of {run_id} are missing: {[one.number for one in ticks]}"
        if any(later.time <= earlier.time for earlier, later in pairwise(ticks[1:])):
            yield f"ticks of {run_id} do not follow one another"


def _text(order: Any) -> str:
    return f"{order['client_order_id']} ({order['side']} {order['qty']} {order['symbol']}, {order['status']})"

"""What must be true when everything has calmed down."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.simulation.control import ACCOUNT
from tests.simulation.live.checks import of_the_run
from tests.simulation.overnight import checks as overnight
from tests.simulation.overnight.held import held, in_shares_of_now, owned, ratio_at
from tests.simulation.world import START
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Part, Submission, SubmissionState
from weaver.veda.trading.changes.exits import EXITED

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

ZERO = Decimal(0)


def broken(seed: "Simulation") -> list[str]:
    """Everything that is not as it must be."""
    problems = [f"{check.__name__.lstrip('_')}: {problem}" for check in CHECKS for problem in check(seed)]
    return [*problems, *(f"run: {problem}" for problem in of_the_run(seed))]


def _ids(seed: "Simulation") -> Iterator[str]:
    for client_id, tickets in seed.exchange.market.by_client.items():
        if len(tickets) > 1:
            yield f"{client_id} is {len(tickets)} orders at the venue"
    sent = Counter(name for _, kind, name in seed.exchange.sent if kind == "submit")
    yield from (f"{name} was sent {times} times" for name, times in sent.items() if times > 1)


def _one_to_one(seed: "Simulation") -> Iterator[str]:
    submissions = {one.id: one for one in seed.tables.submissions.values()}
    by_venue = {one.venue_id: one for one in submissions.values() if one.venue_id is not None}
    twice = Counter(one.venue_id for one in submissions.values() if one.venue_id is not None)
    yield from (f"{venue_id} is {times} of ours" for venue_id, times in twice.items() if times > 1)
    for ticket in seed.exchange.market.tickets.values():
        ours = by_venue.get(ticket.id)
        if ours is None:  # a leg that ended before anybody asked for it needs no row of ours
            if (ticket.is_open or ticket.filled) and not ticket.is_foreign:
                yield f"{ticket.id} ({ticket.client_id}, {ticket.status}, {ticket.filled} filled) is not in our books"
            continue
        if ours.filled != ticket.filled:
            yield f"{ours.id}: {ours.filled} filled, the venue says {ticket.filled}"
        if (ours.state is SubmissionState.WORKING) != ticket.is_open:
            yield f"{ours.id} is {ours.state}, {ticket.status} at the venue"
    known = seed.exchange.market.tickets
    for one in submissions.values():
        if one.state is SubmissionState.WORKING and one.venue_id not in known:
            yield f"{one.id} works for us, and is not at the venue"
        if one.state is SubmissionState.SENDING and (one.sent_at is not None):
            yield f"{one.id} is being sent for ever"


def _statuses(seed: "Simulation") -> Iterator[str]:
    for order in seed.tables.orders.values():
        ours = [one for one in seed.tables.submissions.values() if one.order_id == order.id]
        stands = any(one.state is not SubmissionState.ENDED for one in ours)
        is_at_rest = order.status is OrderStatus.PENDING or order.status.is_final
        entry = seed.tables.orders.get(order.group_id or "")
        waits = order.waits_for is WaitsFor.ENTRY and entry is not None and entry.is_working
        if order.status is OrderStatus.SUBMITTING and not waits:  # tried once, and not there: more may be brought
            yield f"{order.id} is submitting for ever"
        if not is_at_rest and not stands and not _is_held(seed, order):
            yield f"{order.id} is {order.status}, and nothing of it is at the venue"
        if order.status.is_final and stands and not _is_held(seed, order):
            yield f"{order.id} is {order.status}, and works at the venue"
        if order.status is OrderStatus.PENDING and order.waits_for not in (None, "entry"):
            yield f"{order.id} waits for {order.waits_for} for ever"
        if order.cancel_asked is not None and not order.status.is_final:
            yield f"{order.id} was to be cancelled ({order.cancel_asked}), and is {order.status}"


def _is_held(seed: "Simulation", order: LiveOrder) -> bool:
    """Whether it is an exit of an entry that may still fill: the venue has it, and is asked to cancel it then."""
    return order.group_id not in (None, order.id) and seed.tables.orders[order.group_id].is_working


def _fills(seed: "Simulation") -> Iterator[str]:
    fills: dict[str, list[tuple[Decimal, Decimal]]] = {}
    of_order: dict[str, Decimal] = {}
    for fill in seed.tables.fills.values():
        fills.setdefault(fill.submission_id, []).append((fill.quantity, fill.price))
        of_order[fill.order_id] = of_order.get(fill.order_id, ZERO) + fill.quantity
    for order in seed.tables.orders.values():
        if order.filled != of_order.get(order.id, ZERO):
            yield f"{order.id}: {order.filled} filled, its fills come to {of_order.get(order.id, ZERO)}"
    for one in seed.tables.submissions.values():
        booked = sum((quantity for quantity, _ in fills.get(one.id, ())), ZERO)
        if booked != one.filled:
            yield f"{one.id}: {one.filled} counted, its fills come to {booked}"
        ticket = seed.exchange.market.tickets.get(one.venue_id or "")
        if ticket is not None and ticket.filled == booked:
            value = sum((quantity * price for quantity, price in fills.get(one.id, ())), ZERO)
            if abs(value - ticket.value) > Decimal("0.001") and not _is_inferred(seed, one.id):
                yield f"{one.id}: came to {value}, the venue says {ticket.value}"


def _is_inferred(seed: "Simulation", submission_id: str | None = None) -> bool:
    """Whether the venue did not tell of a fill, so that its price had to be worked out."""
    fills = seed.tables.fills.values()
    return any(one.is_inferred and submission_id in (None, one.submission_id) for one in fills)


def _positions(seed: "Simulation") -> Iterator[str]:
    cash = Decimal(1_000_000)
    for fill in seed.tables.fills.values():
        cash -= fill.side.sign * fill.quantity * fill.price
    market = seed.exchange.market
    ours = dict.fromkeys(market.prices, ZERO)
    for _, symbol, quantity in owned(seed):
        ours[symbol] += quantity
    theirs = _theirs(seed)
    split = {one.symbol for one in market.splits}
    for symbol in market.prices:
        explained = ours[symbol] + theirs[symbol]
        apart = abs(explained - market.positions.get(symbol, ZERO))
        if apart > (OWNERS_MAX if symbol in split else 0):
            yield f"{explained} {symbol}, the venue says {market.positions.get(symbol, ZERO)}"
    cash -= sum((one.sign * one.value for one in market.tickets.values() if one.is_foreign), ZERO)
    cash += market.paid_for_fractions
    if abs(cash - market.cash) > Decimal("0.01") and not _is_inferred(seed):
        yield f"cash is {cash}, the venue says {market.cash}"


OWNERS_MAX = 5
"""So many have a part in a position, each of whom a split leaves less than a share short."""


def _theirs(seed: "Simulation", *, as_traded: bool = False) -> dict[str, Decimal]:
    """What orders that were placed outside Weaver have brought, by symbol; whole shares, on the newest scale unless
    `as_traded`."""
    theirs = dict.fromkeys(seed.exchange.market.prices, Fraction(0))
    for trade in seed.exchange.market.trades:
        if trade.ticket.is_foreign:
            symbol, at = trade.ticket.symbol, START + timedelta(microseconds=trade.at)
            ratio = 1 if as_traded else ratio_at(seed, symbol, at)
            theirs[symbol] += trade.ticket.sign * Fraction(trade.quantity) * ratio
    return {symbol: Decimal(int(quantity)) for symbol, quantity in theirs.items()}


def _shared_out(seed: "Simulation") -> Iterator[str]:
    """Each share at the venue is a run's, a person's, or has a name; and nothing is halted for a difference."""
    account = seed.servers[-1].account
    if account is None:
        yield "the account is not open"
        return
    ours = dict.fromkeys(seed.exchange.market.prices, ZERO)
    for owner, symbol, quantity in owned(seed):
        ours[symbol] += quantity
        if account.ledgers.held(owner, symbol) != quantity:
            yield f"{owner} holds {quantity} {symbol}, Weaver says {account.ledgers.held(owner, symbol)}"
    theirs = _theirs(seed, as_traded=True)
    split = {one.symbol for one in seed.exchange.market.splits}
    for one in account.attributions:
        named = {part.kind: part.quantity for part in one.parts}
        others = named.pop("earlier", ZERO) + named.pop("others", ZERO)
        if one.symbol in split:
            others += named.pop("split", ZERO) - (one.venue - ours[one.symbol] - theirs[one.symbol])
        if named or others != theirs[one.symbol]:
            yield f"{one.symbol}: others brought {theirs[one.symbol]}, Weaver says {one.parts}"
    yield from (f"{symbol} is halted" for symbol in account.halted_symbols)
    yield from (f"{one.name} is halted: {one.reason}" for one in account.guard.halts.items if one.cause == "split")
    open_ = {one.id for one in seed.exchange.market.open.values() if one.is_foreign}
    if account.trader.reconciler.foreign.keys() != open_:
        yield f"others' orders are {open_}, Weaver shows {account.trader.reconciler.foreign.keys()}"


def _events(seed: "Simulation") -> Iterator[str]:
    told: dict[str, Counter[str]] = {}
    quantities: dict[str, Decimal] = {}
    fill_ids: Counter[str] = Counter()
    for event in seed.disk.events:
        order_id = event.payload.get("order_id")
        if event.type.startswith("orders.") and order_id is not None:
            told.setdefault(order_id, Counter())[event.type] += 1
            if "fill_quantity" in event.payload:
                fill_ids[event.payload["fill_id"]] += 1
                quantities[order_id] = quantities.get(order_id, ZERO) + Decimal(event.payload["fill_quantity"])
    for order_id in told.keys() - seed.tables.orders.keys():
        yield f"{order_id} has events and no row"
    for fill_id in seed.tables.fills.keys() ^ fill_ids.keys():
        yield f"fill {fill_id} is in its row or in an event, and not in both"
    yield from (f"fill {fill_id} was told {times} times" for fill_id, times in fill_ids.items() if times > 1)
    for order in seed.tables.orders.values():
        types = told.get(order.id, Counter())
        if types["orders.Created"] != 1:
            yield f"{order.id} was told as created {types['orders.Created']} times"
        end = _ENDS.get(order.status)
        for kind in _ENDS.values():
            wanted = int(kind == end)
            if types[kind] != wanted:
                yield f"{order.id} is {order.status}, and {kind} was told {types[kind]} times"
        if quantities.get(order.id, ZERO) != order.filled:
            yield f"{order.id}: {order.filled} filled, {quantities.get(order.id, ZERO)} told"


_ENDS = {
    OrderStatus.CANCELLED: "orders.Cancelled",
    OrderStatus.REJECTED: "orders.Rejected",
    OrderStatus.EXPIRED: "orders.Expired",
}


def _is_given_up(exit_: LiveOrder) -> bool:
    """Whether its owner does not want it any more, or never had it."""
    return (
        exit_.cancel_asked is not None
        or exit_.replaced_by is not None
        or exit_.reason == EXITED
        or (exit_.status is OrderStatus.REJECTED and exit_.replaces is not None)
    )


def _brought(seed: "Simulation", entry: LiveOrder) -> Fraction:
    """What an entry, and those that it replaced, have opened, on the newest scale."""
    closing = {
        one.id for one in seed.tables.submissions.values() if one.order_id == entry.id and one.part is Part.CLOSE
    }
    fills = [one for one in _fills_of(seed, entry) if one.submission_id not in closing]
    brought = in_shares_of_now(seed, fills)
    return brought if entry.replaces is None else brought + _brought(seed, seed.tables.orders[entry.replaces])


def _fills_of(seed: "Simulation", order: LiveOrder) -> list[LiveFill]:
    return [one for one in seed.tables.fills.values() if one.order_id == order.id]


def _held(seed: "Simulation", order: LiveOrder) -> Decimal:
    """What an order's owner holds of its symbol."""
    return held(seed, [one for one in seed.tables.fills.values() if one.run_id == order.run_id], order.symbol)


def _was_cut(seed: "Simulation", members: list[str]) -> bool:
    """Whether exits were placed anew for less than they had been for, as less was held then, and have filled."""
    again = {one.order_id for one in seed.tables.submissions.values() if one.part is Part.PROTECTION}
    is_again = any(one in again for one in members)
    return is_again and any(seed.tables.orders[one].status is OrderStatus.FILLED for one in members)


def _of_oco(seed: "Simulation", first: LiveOrder) -> Fraction:
    """What an oco was placed for, on the newest scale."""
    created = next(
        event for event in seed.disk.events if event.type == "orders.Created" and event.payload["order_id"] == first.id
    )
    return Fraction(str(created.payload["quantity"])) * ratio_at(seed, first.symbol, first.placed_at)


def _cut_down(seed: "Simulation") -> set[str]:
    """The entries of whose position others have closed a part, as was told: there is less to get out of."""
    refused = (event.payload for event in seed.disk.events if event.type == "risk.Refused")
    return {one["order_id"].removesuffix(".close") for one in refused if one["rule"] == "not_at_venue"}


_TOLD = ("exit_refused", "fill_came_late")


def _protection(seed: "Simulation") -> Iterator[str]:
    """A position that was to have exits has them, or somebody was told, or nobody wants them any more."""
    groups: dict[str, list[str]] = {}
    for order in seed.tables.orders.values():
        if order.group_id is not None:
            groups.setdefault(order.group_id, []).append(order.id)
    told = {
        str(event.payload["order_id"]).removesuffix(".close")
        for event in seed.disk.events
        if event.type == "orders.Warned" and event.payload["warning"] in _TOLD
    }
    told |= _cut_down(seed)
    late_splits = {
        event.payload["symbol"]
        for event in seed.disk.events
        if event.type == "risk.LimitBreached" and event.payload["rule"] == "split"
    }
    """Of symbols of which exits could not be placed anew before the open."""
    for group_id, members in groups.items():
        entry = seed.tables.orders[group_id]
        exits = [seed.tables.orders[one] for one in members]
        entered = _of_oco(seed, entry) if entry.order_class == "oco" else _brought(seed, entry)
        left = entered - sum(in_shares_of_now(seed, _fills_of(seed, one)) for one in exits if one.reduces)
        is_oco = entry.order_class == "oco"
        if is_oco and entry.status is OrderStatus.REJECTED and entry.filled == 0:
            continue  # it never stood, as whoever placed it was told
        is_given_up = (is_oco and entry.cancel_asked is not None) or all(map(_is_given_up, exits))
        left = min(left, -exits[0].side.sign * Fraction(_held(seed, entry)))
        if left < 1 or is_given_up or group_id in told or entry.symbol in late_splits:
            continue
        closed = seed.tables.orders.get(f"{group_id}.close")
        if (
            closed is not None and left - in_shares_of_now(seed, _fills_of(seed, closed)) < 1
        ):  # a split leaves fractions
            continue
        stands = [
            one
            for one in seed.tables.submissions.values()
            if one.order_id in members and one.state is SubmissionState.WORKING
        ]
        if not stands and not _was_cut(seed, members):
            yield f"{group_id}: {left} {entry.symbol} without any exit, and nobody was told"


def _switch(seed: "Simulation") -> Iterator[str]:
    since = next((event.ts for event in seed.disk.events if event.type == "risk.KillSwitchOn"), None)
    if since is not None:  # what a person orders reduces what the account holds, or what the person does
        yield from (
            f"{one} was sent after the kill switch" for one in _added(seed, since) if not one.startswith("hand")
        )


def _breach(seed: "Simulation") -> Iterator[str]:
    """A run that has gone past a limit of loss adds nothing any more."""
    for event in seed.disk.events:
        if event.type == "risk.LimitBreached":
            run_id = event.payload["run_id"]
            since = event.ts + timedelta(milliseconds=1)  # what was decided with the breach went before it
            added = [one for one in _added(seed, since) if one.startswith(f"{run_id}-")]
            yield from (f"{one} was sent after {event.payload['rule']} was breached" for one in added)


def _added(seed: "Simulation", since: datetime) -> Iterator[str]:
    """Submissions that were sent after an instant, and did not just reduce."""
    for ticket in seed.exchange.market.tickets.values():
        ours = seed.tables.submissions.get((ACCOUNT, ticket.client_id))
        if ours is None or ours.sent_at is None or ticket.is_reducing:
            continue
        is_after, order = ours.sent_at - timedelta(seconds=seed.chaos.skew) > since, seed.tables.orders[ours.order_id]
        if is_after and not (order.reduces or _gets_out(seed, order, ours.sent_at)):
            yield ours.id


def _gets_out(seed: "Simulation", order: LiveOrder, at: datetime) -> bool:
    """Whether an order, which brings exits of its own, was for no more than its run held the other way when it was
    sent: it reduces, as all that passes a breach."""
    own = [one for one in seed.tables.fills.values() if (one.run_id, one.symbol) == (order.run_id, order.symbol)]
    held = sum((one.side.sign * one.quantity for one in own if one.filled_at <= at), Decimal(0))
    return -order.side.sign * held >= order.quantity


def _late(seed: "Simulation") -> Iterator[str]:
    """Entries that were written down before a restart, and sent after it."""
    for one in seed.tables.submissions.values():
        order = seed.tables.orders[one.order_id]
        if one.sent_at is None or order.reduces or one.part is Part.PROTECTION or _is_placed_anew(seed, one):
            continue
        between = [began for began in seed.began_at if order.placed_at < began < one.sent_at]
        if between:
            yield f"{one.id} was sent though the server had begun anew since"


def _was_moved(seed: "Simulation", order: LiveOrder, sent: list[Submission]) -> bool:
    """Whether what stood of an order was of before a split, by when it was ordered, so that it was cancelled."""
    tickets = [seed.exchange.market.tickets.get(one.venue_id or "") for one in sent]
    ordered = (order.placed_at - START) / timedelta(microseconds=1)
    return any(
        ticket is not None and ticket.symbol == split.symbol and min(ticket.created, ordered) < split.at
        for ticket in tickets
        for split in seed.exchange.market.splits
    )


def _is_placed_anew(seed: "Simulation", submission: Submission) -> bool:
    """Whether its order was at the venue before a split, and had to be placed on the scale after it."""
    before = [one for one in seed.tables.submissions.values() if one.order_id == submission.order_id and one.venue_id]
    return before[:1] != [submission] and any(
        START + timedelta(microseconds=split.at) <= submission.sent_at
        for split in seed.exchange.market.splits
        if split.symbol == submission.symbol and submission.sent_at is not None
    )


def _given_up(seed: "Simulation") -> Iterator[str]:
    """An order is not held for lost that could have been found."""
    for event in seed.disk.events:
        order = seed.tables.orders.get(str(event.payload.get("order_id")))
        sent = [one for one in seed.tables.submissions.values() if one.order_id == event.payload.get("order_id")]
        if event.type != "orders.Rejected" or order is None or len(sent) > 1 or _was_moved(seed, order, sent):
            continue
        since = (event.ts - START).total_seconds() - PATIENCE_SECONDS
        for one in sent:
            ticket = seed.exchange.market.tickets.get(one.venue_id or "")
            if ticket is not None and ticket.created / 1e6 < since and not ticket.reason:
                yield f"{order.id} was held for rejected ({order.reason}), and had been at the venue"


PATIENCE_SECONDS = 15.0
"""Longer than the venue takes to find what it has."""
CHECKS = (
    _ids,
    _one_to_one,
    _statuses,
    _fills,
    _positions,
    _shared_out,
    _events,
    _protection,
    _switch,
    _breach,
    _late,
    _given_up,
    overnight.expiry,
    overnight.terms,
    overnight.splits,
    overnight.losses,
)

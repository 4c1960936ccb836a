"""What is placed anew: exits that the venue dropped, for what is still held; and orders whose terms a split moved."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import structlog

from weaver.events.payloads import OrderWarning, RiskProtectionRestored, RiskUnprotected
from weaver.model.market.instrument import Instrument
from weaver.model.orders.actions import SIDES, OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.folding import ended
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.splits import split_prices, split_quantity, split_rest
from weaver.veda.orders.submission import Part, Submission, SubmissionState
from weaver.veda.positions.lacking import Lack
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.changes.exits import (
    EXITED,
    are_new,
    left_to_exit,
    needs_protection,
    never_stood,
    set_prices,
    stands,
    wanted,
    works,
)
from weaver.veda.trading.changes.placing import (
    cancel,
    end,
    gone_from,
    is_behind_cancels,
    next_id,
    put_sent,
    say_gone,
    waits_for_entry,
)
from weaver.veda.trading.intents import Cancel
from weaver.veda.trading.requests import take_profit

CLOSE = ".close"
"""How the order is called that closes what an entry brought: the entry's id, and this."""
LESS_THAN_A_LOT = "a split left less than a lot of it"
TRIES_MAX = 8
"""So often exits are placed anew; then what they were for is closed."""
NO_EXITS = f"the venue took no exits in {TRIES_MAX} tries"
_log = structlog.get_logger(__name__)
ENTRY_STOPPED = "its exits are gone at the venue: what has not filled is not wanted without them"


def end_for_want(draft: Draft, exits: Sequence[LiveOrder], lack: Lack) -> None:
    """What a group's exits were for is not at the venue: those that stand are cancelled, as they would open a position
    there, and none is placed anew."""
    say_gone(draft, exits[0], lack, rest=Decimal(0))
    for exit_ in exits:
        cancel(draft, Cancel(order_id=exit_.id, reason=gone_from(exit_.symbol, lack)))


def protect(draft: Draft, group_id: str, there: Decimal) -> Sequence[str]:
    """One step towards exits that stand again; the submissions that have to go first, none where they are on their
    way. Nothing where the group needs none. `there`: how much of what its owner holds is there to be closed, which may
    be less than the exits were for."""
    if not needs_protection(draft, group_id):
        return ()
    entry = draft.order(group_id)
    if entry.is_working and entry.order_class is not OrderClass.OCO:
        if entry.cancel_asked is None:
            draft.put(replace(entry, cancel_asked=ENTRY_STOPPED))
        return ()
    exits = wanted(draft, group_id)
    if in_the_way := [one for one in draft.group(group_id) if stands(draft, one)]:
        return [sent.id for order in in_the_way for sent in draft.submissions_of(order.id)]
    left = min(left_to_exit(draft, group_id), there)
    made = [sent for exit_ in exits for sent in draft.submissions_of(exit_.id) if sent.part is Part.PROTECTION]
    if left <= 0:
        for exit_ in exits:
            end(draft, exit_, OrderStatus.CANCELLED, EXITED)
    elif len(made) < TRIES_MAX:
        _place(draft, exits, left)
    elif never_stood(draft, group_id):
        for exit_ in exits:
            end(draft, exit_, OrderStatus.REJECTED, NO_EXITS)
    else:
        close_instead(draft, group_id, NO_EXITS)
    return ()


def _place(draft: Draft, wanted: Sequence[LiveOrder], left: Decimal) -> None:
    exits = [replace(one, quantity=one.filled + left, waits_for=_waits(one)) for one in wanted]
    for one in exits:
        draft.put(one)
    first = take_profit(exits) or exits[0]
    sent = Submission(
        id=next_id(draft, first),
        order_id=first.id,
        account=first.account,
        part=Part.PROTECTION,
        symbol=first.symbol,
        quantity=left,
        sent_at=draft.now,
    )
    put_sent(draft, draft.order(first.id), sent, [draft.order(one.id) for one in exits if one.id != first.id])


def _waits(exit_: LiveOrder) -> WaitsFor | None:
    return None if exit_.waits_for is WaitsFor.SPLIT else exit_.waits_for


def close_instead(draft: Draft, group_id: str, reason: str) -> LiveOrder | None:
    """No exit could be placed for what a group is for: it is closed, once that can be sent. Returns the order; None
    where nothing is left."""
    for exit_ in draft.group(group_id):
        if exit_.reduces:
            draft.put(ended(exit_, OrderStatus.REJECTED, reason, draft.now))
    left = left_to_exit(draft, group_id)
    if not left or draft.find(f"{group_id}{CLOSE}") is not None:
        return None
    entry = draft.order(group_id)
    side = entry.side if entry.order_class is OrderClass.OCO else SIDES[-entry.side.sign]
    close = house_order(
        f"{entry.id}{CLOSE}", entry.account, entry.run_id, entry.symbol, side=side, quantity=left, now=draft.now
    )
    close = replace(close, waits_for=WaitsFor.CANCELS)
    draft.put(close)
    draft.warn(close.id, OrderWarning.POSITION_CLOSED, f"no exit could be placed for the position: {reason}")
    return close


def house_order(
    id_: str, account: str, run_id: str | None, symbol: str, *, side: Side, quantity: Decimal, now: datetime
) -> LiveOrder:
    """An order at the market that nobody but Weaver asked for; it only reduces."""
    return LiveOrder(
        id=id_,
        account=account,
        run_id=run_id,
        number=0,
        client_order_id=id_,
        symbol=symbol,
        side=side,
        quantity=quantity,
        order_type=OrderType.MARKET,
        tif=TimeInForce.DAY,
        reduces=True,
        placed_at=now,
        updated_at=now,
    )


# Splits


def split_terms(draft: Draft, symbol: str, ratio: Fraction, instrument: Instrument, *, before: datetime) -> None:
    """Put the working orders of a symbol on the scale after a split: new shares for old ones. Those that were placed
    later are on it already."""
    working = _of_before(draft, symbol, before)
    for group_id in sorted({one.group_id for one in working if one.group_id is not None}):
        _split_group(draft, group_id, ratio, instrument)
    for order in working:
        order = split_prices(draft.order(order.id), ratio, instrument)
        draft.put_split(order if order.group_id is not None else split_rest(order, ratio, instrument.lot))


def split_sent(draft: Draft, symbol: str, ratio: Fraction, lot: Decimal, *, before: datetime) -> None:
    """Put what stands at a venue of a symbol's orders on that scale, where the venue itself carries orders over a
    split: what it shows from now on is not cut for being less."""
    for order in _of_before(draft, symbol, before):
        for sent in draft.submissions_of(order.id):
            if sent.state is not SubmissionState.ENDED:
                rest = split_quantity(sent.quantity - sent.filled, ratio, lot)
                draft.put_submission(replace(sent, quantity=sent.filled + rest))


def _of_before(draft: Draft, symbol: str, before: datetime) -> Sequence[LiveOrder]:
    """Working orders of before an instant; what took the place of one is on its scale."""
    return [one for one in draft.working(symbol=symbol) if _first(draft, one).placed_at < before]


def _first(draft: Draft, order: LiveOrder) -> LiveOrder:
    """The order that is the first of those that took each other's place."""
    while order.replaces is not None and (old := draft.find(order.replaces)) is not None:
        order = old
    return order


def _split_group(draft: Draft, group_id: str, ratio: Fraction, instrument: Instrument) -> None:
    """Exits are for what is left of what their entry brought; while that works, for what it may still bring too."""
    set_prices(draft, group_id, instrument)  # what the entry has paid by now is on the old scale
    entry, before = draft.order(group_id), left_to_exit(draft, group_id)
    left = split_quantity(before, ratio, instrument.lot)
    is_oco = entry.order_class is OrderClass.OCO
    for exit_ in draft.group(group_id):
        if exit_.is_working and exit_.id != entry.id:
            waits = waits_for_entry(draft, exit_)
            whole = split_rest(exit_, ratio, instrument.lot)
            draft.put_split(whole if waits else replace(exit_, quantity=exit_.filled + left))
    if is_oco:
        draft.put_split(replace(entry, quantity=entry.quantity + left - before))
    else:
        draft.put(replace(entry, split_added=entry.split_added + left - before))


def move(draft: Draft, symbol: str, reason: str, *, before: datetime) -> None:
    """Have what stands at the venue of a symbol's orders of before a split cancelled, and placed anew as they are now.
    An entry that has filled in part and holds exits is not gone on with; nor what is less than a lot."""
    for order in _of_before(draft, symbol, before):
        order = draft.order(order.id)
        if not order.is_working or not stands(draft, order) or order.notional is not None:
            continue
        has_exits = any(one.id != order.id and one.is_working for one in draft.group(order.id))
        if order.filled and has_exits and order.order_class is not OrderClass.OCO:
            cancel(draft, Cancel(order_id=order.id, reason=reason))
        elif not order.remaining:
            cancel(draft, Cancel(order_id=order.id, reason=LESS_THAN_A_LOT))
        elif not waits_for_entry(draft, order):
            draft.put_split(replace(order, waits_for=WaitsFor.SPLIT))
    for order in draft.working(symbol=symbol):
        if not order.remaining and not stands(draft, order) and order.group_id is None:
            end(draft, order, OrderStatus.CANCELLED, LESS_THAN_A_LOT)


def is_moved_by_split(draft: Draft, order: LiveOrder) -> bool:
    """Whether an order that ends at the venue, or the entry that it waits for, is to be placed anew."""
    if order.waits_for is WaitsFor.SPLIT:
        return True
    return waits_for_entry(draft, order) and draft.order(order.group_id or "").waits_for is WaitsFor.SPLIT


def is_to_be_placed_anew(draft: Draft, order: LiveOrder) -> bool:
    """Whether one by itself is: nothing of it stands any more. Exits of a group are placed together (`protecting`)."""
    is_single = order.group_id is None
    return is_single and not stands(draft, order) and not is_behind_cancels(draft, order)


class Protection:
    """Tells of each position that lost its exits, once, and of when they stand again or it is gone."""

    def __init__(self, is_there: Callable[[Draft, LiveOrder], bool]) -> None:
        """is_there: whether anything of what an exit was for is at the venue."""
        self._is_there = is_there
        self._lost: set[str] = set()

    @property
    def is_any(self) -> bool:
        """Whether a position lies open, as far as was told."""
        return bool(self._lost)

    def look(self, draft: Draft, group_ids: Sequence[str], symbol: str | None = None) -> None:
        """Compare with what was told; of one symbol, where one is named."""
        for group_id in group_ids:
            is_lost = needs_protection(draft, group_id) and not (
                never_stood(draft, group_id) or are_new(draft, group_id)
            )
            if group_id not in self._lost and is_lost:
                self._say_lost(draft, group_id)
        self._lost = {one for one in self._lost if draft.find(one) is not None}  # what is over for long is forgotten
        lost = [one for one in sorted(self._lost) if symbol in (None, draft.order(one).symbol)]
        for group_id in lost:
            if (why := _safe_as(draft, group_id) or self._gone_as(draft, group_id)) is not None:
                entry = draft.order(group_id)
                draft.say(RiskProtectionRestored(reason=why, **_of(draft, group_id, entry.run_id)))
                draft.then(partial(self._lost.discard, group_id))

    def _gone_as(self, draft: Draft, group_id: str) -> str | None:
        exits = [one for one in draft.group(group_id) if one.reduces]
        if any(one.is_working for one in exits) or any(self._is_there(draft, one) for one in exits[:1]):
            return None
        return "nothing of it is at the venue any more"

    def _say_lost(self, draft: Draft, group_id: str) -> None:
        reason = "its exits do not stand at the venue: they are placed anew"
        draft.say(RiskUnprotected(reason=reason, **_of(draft, group_id, draft.order(group_id).run_id)))
        draft.then(partial(self._now_lost, group_id, draft.order(group_id).symbol))

    def _now_lost(self, group_id: str, symbol: str) -> None:
        self._lost.add(group_id)
        _log.warning("unprotected", group=group_id, symbol=symbol)


def _safe_as(draft: Draft, group_id: str) -> str | None:
    """That nothing is left to protect, or none of the exits that are wanted is missing, and one at least works."""
    if not left_to_exit(draft, group_id):
        return "it is closed"
    is_safe = not needs_protection(draft, group_id) and any(works(draft, exit_) for exit_ in wanted(draft, group_id))
    return "its exits stand" if is_safe else None


def _of(draft: Draft, group_id: str, run_id: str | None) -> dict[str, Any]:
    entry = draft.order(group_id)
    sign = -entry.side.sign if entry.order_class is OrderClass.OCO else entry.side.sign
    return {
        "run_id": run_id,
        "symbol": entry.symbol,
        "quantity": sign * left_to_exit(draft, group_id),
        "order_id": group_id,
        "account": entry.account,
    }

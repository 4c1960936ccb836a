"""What is wanted of an account's orders, taken up: looked at, refused or placed, at once or to wait."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from weaver.model.orders.actions import OrderClass, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.orders.exit_prices import is_in_percent
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Submission, SubmissionState
from weaver.veda.positions.lacking import Lack
from weaver.veda.risk.refusal import Refusal, Rule
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.changes.exits import stands, to_exit_at_most
from weaver.veda.trading.changes.placing import (
    can_reduce,
    cancel,
    end,
    fitted,
    give_back,
    gone_from,
    in_hand,
    in_place_of,
    inherit,
    is_behind_cancels,
    legs_of,
    say_gone,
    submit,
    submit_replacement,
    take_legs,
    waits_for_entry,
)
from weaver.veda.trading.intents import Cancel, Intent, Place, Replace
from weaver.veda.trading.ports import Cut, Gate, Holdings, Hours
from weaver.veda.trading.requests import differs_for_us_alone, held_otherwise, held_with_entry, unfit_exits


class Intake:
    """Puts intents into drafts of the books."""

    def __init__(
        self,
        *,
        gate: Gate,
        cut: Cut,
        holdings: Holdings,
        hours: Hours,
        is_ready: Callable[[], bool],
        features: Collection[str],
    ) -> None:
        """is_ready: whether entries may be sent now. features: the venue's."""
        self._features = features
        self._gate, self._cut, self._holdings, self._hours, self._is_ready = gate, cut, holdings, hours, is_ready
        self.rules: dict[str, InstrumentRules] = {}
        """Of the symbols that were asked for."""

    def take_up(self, draft: Draft, intent: Intent) -> Refusal | None:
        """Put an intent into the books. Returns why its order was refused, if it was."""
        match intent:
            case Cancel():
                self._cancel(draft, intent)
            case Replace():
                return self._replace(draft, intent)
            case Place(legs=legs):
                order = self._in_time(draft, self._cut(draft, intent.order, legs), legs)
                if order.quantity < intent.order.quantity:
                    legs = tuple(replace(leg, quantity=min(leg.quantity, order.quantity)) for leg in legs)
                    intent = replace(intent, order=order, legs=legs)
                draft.put(order)
                take_legs(draft, intent)
                if (why := self.refusal(draft, order, legs)) is not None:
                    end(draft, order, OrderStatus.REJECTED, why.message)
                    return why
                self._place(draft, order, is_for_open=intent.is_for_open)
        return None

    def _cancel(self, draft: Draft, intent: Cancel) -> None:
        """Cancel an order, and whatever is on its way to take its place."""
        cancel(draft, intent)
        for one in draft.replacements_of(intent.order_id):
            if one.is_working:
                self._cancel(draft, replace(intent, order_id=one.id))

    def refusal(self, draft: Draft, order: LiveOrder, legs: Sequence[LiveOrder]) -> Refusal | None:
        """Why an order must not be sent, with its legs; None: nothing forbids it."""
        if why := unfit_exits(legs, self._features) or self._refuses_to_keep_back(order, legs):
            return Refusal(rule=Rule.VENUE, message=why)
        held = held_with_entry(legs, self._features)
        return self._gone_before(draft, order) or self._gate(draft, order, held, self.can_reduce(draft, order))

    def _refuses_to_keep_back(self, order: LiveOrder, legs: Sequence[LiveOrder]) -> str:
        """Why an entry must not go by itself, though its exits are kept back: its venue takes no such orders."""
        rules = self.rules.get(order.symbol)
        if rules is None or len(held_with_entry(legs, self._features)) == len(legs):
            return ""
        return rules.rules.refuses(order)

    def can_reduce(self, draft: Draft, order: LiveOrder) -> Decimal:
        """How much of an order only gets out of a position."""
        held, net = self._holdings.held(order.run_id, order.symbol), self._holdings.net(order.symbol)
        return can_reduce(draft, order, held=held, net=net)

    def _in_time(self, draft: Draft, order: LiveOrder, legs: Sequence[LiveOrder]) -> LiveOrder:
        """An entry for the day, with the instant of its end where its exits outlive that: a venue that has one time in
        force for all of it would not end it then."""
        rules = self.rules.get(order.symbol)
        has_longer = any(leg.tif is not TimeInForce.DAY for leg in held_with_entry(legs, self._features))
        if order.tif is not TimeInForce.DAY or not has_longer or rules is None or not rules.has_one_tif:
            return order
        at = self._hours.closes_at(order.symbol, draft.now, extended_hours=order.extended_hours)
        return replace(order, expires_at=at)

    def lack(self, draft: Draft, order: LiveOrder) -> Lack:
        """How much of what an order's owner holds is not there for it to close."""
        has_its_part = stands(draft, order)
        taken = None if has_its_part else in_hand(draft, order.symbol, order.side, order.run_id)
        lack = self._holdings.lacking(order.run_id, order.symbol, taken)
        closes_own = order.side.sign * self._holdings.held(order.run_id, order.symbol) < 0
        return lack if closes_own else Lack(fees=lack.fees)

    def _gone_before(self, draft: Draft, order: LiveOrder) -> Refusal | None:
        """An order through zero, of which the closing half has nothing to close: sent, it would be for too much."""
        own = self.can_reduce(draft, order)
        if order.reduces or not 0 < own < order.remaining or not (lack := self.lack(draft, order)).gone:
            return None
        say_gone(draft, order, lack, rest=Decimal(0))
        return Refusal(rule=Rule.NOT_AT_VENUE, message=gone_from(order.symbol, lack))

    def submit(self, draft: Draft, order: LiveOrder) -> None:
        """Write down that an order is being sent."""
        rules = self.rules.get(order.symbol)
        if order.reduces:
            order = fitted(
                draft,
                order,
                room=self.can_reduce(draft, order),
                lack=self.lack(draft, order),
                lot=Decimal(0) if rules is None else _step(rules, order),
            )
            if not order.is_working:
                return
        submit(
            draft,
            order,
            net=self._holdings.net(order.symbol),
            splits_at_zero=rules is not None and rules.splits_at_zero,
            legs=self.legs_held_with(draft, order),
        )

    def legs_held_with(self, draft: Draft, order: LiveOrder) -> Sequence[LiveOrder]:
        """The exits that the venue is to hold with an order."""
        return held_with_entry(legs_of(draft, order), self._features)

    def _place(self, draft: Draft, order: LiveOrder, *, is_for_open: bool = False) -> None:
        """Send it, or have it wait."""
        reduces = order.reduces or self.can_reduce(draft, order) >= order.quantity
        if order.cancel_asked is not None and not reduces:  # it came too late
            end(draft, order, OrderStatus.CANCELLED, order.cancel_asked)
            return
        order = replace(order, reduces=reduces, cancel_asked=None)
        if is_for_open and self._hours.opens_at(order.symbol, draft.now) is not None:
            draft.put(replace(order, waits_for=WaitsFor.OPEN))
        elif is_behind_cancels(draft, order):
            draft.put(replace(order, waits_for=WaitsFor.CANCELS))
        elif not reduces and not (draft.is_still or self._is_ready()):
            draft.put(replace(order, waits_for=WaitsFor.STREAM))
        else:
            self.submit(draft, order)

    def _replace(self, draft: Draft, intent: Replace) -> Refusal | None:
        old = draft.order(intent.old_id)
        others = [one for one in draft.replacements_of(old.id) if one.is_working]
        new = self._within_group(draft, in_place_of(draft, intent))
        if (state := _not_replaceable(old, others)) is not None:
            end(draft, new, OrderStatus.REJECTED, f"order {old.number or old.id} is {state}: it cannot be replaced")
            return None
        if (why_not := self._held_otherwise(draft, old, new)) is not None:
            give_back(draft, old, new)
            end(draft, new, OrderStatus.REJECTED, why_not)
            return None
        held_with_it = () if draft.is_still or old.group_id is not None else legs_of(draft, old)
        # One whose price its entry is still to find waits for that, and is asked for when it is sent.
        if not is_in_percent(new) and (why := self.refusal(draft, new, held_with_it)) is not None:
            give_back(draft, old, new)
            end(draft, new, OrderStatus.REJECTED, why.message)
            return why
        inherit(draft, old, new)
        new = self._in_time(draft, new, legs_of(draft, new))
        new = replace(new, reduces=new.reduces or self._only_reduces(draft, new))
        draft.put(new)
        if waits_for_entry(draft, old) and not draft.is_still:
            end(draft, old, OrderStatus.CANCELLED, f"replaced by order {new.number or new.id}")
            draft.put(replace(draft.order(old.id), replaced_by=new.id))
            draft.put(replace(new, waits_for=WaitsFor.ENTRY))
            return None
        self._send_in_place_of(draft, old, new)
        return None

    def _held_otherwise(self, draft: Draft, old: LiveOrder, new: LiveOrder) -> str | None:
        """Why the venue cannot hold it with what it holds beside it, for its time in force."""
        rules = self.rules.get(old.symbol)
        if draft.is_still or rules is None or not rules.has_one_tif:
            return None
        legs = [one for one in draft.group(old.group_id or old.id) if one.id != new.id]
        if not held_with_entry(legs, self._features):
            return None
        entry = draft.find(old.group_id or old.id)
        group = legs if entry is None else [*legs, entry]
        return held_otherwise(new, old, [one for one in group if one.id not in (old.id, new.id) and one.is_working])

    def _within_group(self, draft: Draft, new: LiveOrder) -> LiveOrder:
        """A run's exit that takes another's place, for no more than its group has left to exit: a backtest fills no
        more."""
        if draft.is_still or new.run_id is None or new.group_id is None:
            return new
        most = to_exit_at_most(draft, new.group_id)
        if not 0 < most < new.quantity:
            return new
        new = replace(new, quantity=most)
        draft.put(new)
        return new

    def _only_reduces(self, draft: Draft, new: LiveOrder) -> bool:
        """Whether an order that takes another's place, and brings no exits of its own, only gets out of a position."""
        return not draft.group(new.id) and self.can_reduce(draft, new) >= new.quantity

    def _send_in_place_of(self, draft: Draft, old: LiveOrder, new: LiveOrder) -> None:
        standing = [one for one in draft.submissions_of(old.id) if self._is_replaceable(draft, one)]
        if len(standing) == 1 and not self._is_venue_not_told(draft, old, new):
            submit_replacement(draft, new, standing[0])
            return
        cancel(draft, Cancel(order_id=old.id, reason=f"replaced by order {new.number or new.id}"))
        self._place(draft, draft.order(new.id))

    def _is_venue_not_told(self, draft: Draft, old: LiveOrder, new: LiveOrder) -> bool:
        """Whether they differ only in what Weaver sees to by itself, which no venue can be asked to change."""
        rules = self.rules.get(new.symbol)
        return not draft.is_still and rules is not None and differs_for_us_alone(new, old, rules.ended_by_us)

    @staticmethod
    def _is_replaceable(draft: Draft, sent: Submission) -> bool:
        """Whether the venue has it; a replay will, by the time that it is asked, as it is asked for all in turn."""
        if draft.is_still:
            return sent.state is not SubmissionState.ENDED
        return sent.state is SubmissionState.WORKING and sent.venue_id is not None


def _not_replaceable(old: LiveOrder, others: Sequence[LiveOrder]) -> str | None:
    """How an order stands that nothing can take the place of; others: what is on its way to do so. Two would be sent
    where the venue takes the first, and one after its order was cancelled: each as an order of its own."""
    if others:
        return f"being replaced by order {others[0].number or others[0].id}"
    if not old.is_working:
        return old.status
    return None if old.cancel_asked is None else "being cancelled"


def _step(rules: InstrumentRules, order: LiveOrder) -> Decimal:
    """Of an order's quantity: what lasts, or is held with another, is of whole lots."""
    is_plain = order.order_class is OrderClass.SIMPLE and order.tif is TimeInForce.DAY and order.group_id is None
    return rules.step if is_plain else rules.instrument.lot

"""What orders need while nobody asks for anything: to be let go when they have waited, ended, protected."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from weaver.events.payloads import OrderWarning
from weaver.model.orders.actions import Side
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.orders.exit_prices import is_in_percent
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.positions.lacking import Lack
from weaver.veda.trading.agenda import STREAM_WAIT, ToDo, to_expire
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.changes.exits import (
    groups,
    is_over,
    left_to_exit,
    may_be_entered,
    needs_protection,
    set_prices,
    settle,
    stands,
    wanted,
)
from weaver.veda.trading.changes.placing import (
    NOTHING_LEFT,
    cancel,
    end,
    is_behind_cancels,
    left_to_replace,
    legs_of,
    open_after_close,
)
from weaver.veda.trading.changes.protecting import CLOSE, Protection, end_for_want, is_to_be_placed_anew, protect
from weaver.veda.trading.intake import Intake
from weaver.veda.trading.intents import Cancel
from weaver.veda.trading.ports import Holdings, Hours

ALL_TAKEN = "other exits are for all that is held"
FILLED_FIRST = "what it was to take the place of has filled"
LOOK_WAIT = timedelta(seconds=30)
"""So long at most a close waits for a look at the venue: nothing protects what it is for."""
STREAM_AWAY = "not sent: the venue's order stream was away for 10 s"


class Upkeep:
    """Looks at the orders of a draft, whenever something has changed or is due."""

    def __init__(
        self,
        *,
        intake: Intake,
        holdings: Holdings,
        hours: Hours,
        is_ready: Callable[[], bool],
        rests: Mapping[str, datetime],
        compared_at: Callable[[], datetime | None],
        ends_all: bool,
    ) -> None:
        """rests: until when exits that the venue did not take are left alone, by order or group. compared_at: up to
        when it is known what happened at the venue. ends_all: the venue ends every order whose time is over by itself,
        as a replay does."""
        self._ends_all = ends_all
        self._intake, self._holdings, self._hours = intake, holdings, hours
        self._is_ready, self._until, self._compared_at = is_ready, rests, compared_at
        self._protection = Protection(self._is_any_there)
        self.withdrawn: set[str] = set()
        """The submissions that are to end though their order goes on."""

    def is_needed(self, known: AccountOrders, now: datetime) -> bool:
        """Whether there is anything to look at."""
        has_orders = any(map(_has_to_be_looked_at, known.working())) or bool(self._over(known, now))
        return has_orders or self._protection.is_any

    def look(self, draft: Draft, known: AccountOrders, symbol: str | None = None) -> None:
        """Let go what waited long enough, end what is over, protect what lies open; of one symbol, where one is
        named."""
        for todo in self._over(known, draft.now):
            order = draft.order(todo.id)
            if symbol in (None, order.symbol):
                cancel(draft, Cancel(order_id=order.id, reason=f"{order.tif}: its time is over"))
        settle(draft, symbol)
        for order in draft.working(symbol=symbol):
            if not self._rests(draft, order.group_id or order.id):
                self._look_at_waiting(draft, order)
        self._protection.look(draft, groups(draft, symbol), symbol)
        for group_id in groups(draft, symbol):
            if not self._rests(draft, group_id):
                self._protect(draft, group_id)

    def _protect(self, draft: Draft, group_id: str) -> None:
        exits = wanted(draft, group_id)
        if not exits or not left_to_exit(draft, group_id):
            return
        if any(map(is_in_percent, exits)) and not self._has_prices(draft, group_id):
            return
        lack = self._intake.lack(draft, next((one for one in exits if stands(draft, one)), exits[0]))
        there = self._there(exits[0], lack)
        if lack.gone and there <= 0 and not may_be_entered(draft, exits[0]):
            end_for_want(draft, exits, lack)
        else:
            self.withdrawn.update(protect(draft, group_id, there))

    def _has_prices(self, draft: Draft, group_id: str) -> bool:
        """Give the exits of a group their prices, once their entry is over: by then it is known what that paid."""
        rules = self._intake.rules.get(draft.order(group_id).symbol)
        if draft.is_still or rules is None or not is_over(draft, draft.order(group_id)):
            return False
        set_prices(draft, group_id, rules.instrument)
        return True

    def _is_any_there(self, draft: Draft, exit_: LiveOrder) -> bool:
        return self._there(exit_, self._intake.lack(draft, exit_)) > 0

    def _there(self, exit_: LiveOrder, lack: Lack) -> Decimal:
        """What an exit's owner holds for it to close, but for what is not at the venue; of longs in whole lots."""
        held = -exit_.side.sign * self._holdings.held(exit_.run_id, exit_.symbol)
        rules = self._intake.rules.get(exit_.symbol)
        if held <= 0 or rules is None or exit_.side is Side.BUY:
            return held - lack.total
        lot = rules.instrument.lot
        return (held - lack.total) // lot * lot

    def _over(self, known: AccountOrders, now: datetime) -> Sequence[ToDo]:
        return [] if self._ends_all else [*to_expire(known, now)]

    def _look_at_waiting(self, draft: Draft, order: LiveOrder) -> None:
        match order.waits_for:
            case WaitsFor.CANCELS if not is_behind_cancels(draft, order) and not self._is_to_be_compared(draft, order):
                if order.group_id is None or not needs_protection(draft, order.group_id):
                    self._let_go(draft, order)
            case WaitsFor.STREAM:
                self._let_go_in_time(draft, order)
            case WaitsFor.SPLIT if is_to_be_placed_anew(draft, order):
                self._let_go(draft, order)
            case WaitsFor.CLOSE:
                self._let_go(draft, order)
            case WaitsFor.OPEN if self._is_open_for(draft, order):
                self._let_go(draft, order)

    def _is_to_be_compared(self, draft: Draft, order: LiveOrder) -> bool:
        """Whether a position that is closed as the venue took no exits is to be looked at first: it may be gone."""
        if not order.id.endswith(CLOSE) or draft.is_still or draft.now - order.placed_at >= LOOK_WAIT:
            return False
        compared = self._compared_at()
        return compared is None or compared < order.placed_at

    def _rests(self, draft: Draft, id_: str) -> bool:
        """Whether an exit that the venue did not take is to wait a little."""
        return (until := self._until.get(id_)) is not None and draft.now < until

    def _is_open_for(self, draft: Draft, order: LiveOrder) -> bool:
        is_open = self._hours.opens_at(order.symbol, draft.now) is None
        return is_open and not is_behind_cancels(draft, order)

    def _let_go(self, draft: Draft, order: LiveOrder) -> None:
        """Send an order that has waited, at what is left of it to do."""
        if order.cancel_asked is not None:
            end(draft, order, OrderStatus.CANCELLED, order.cancel_asked)
            return
        if stands(draft, order):  # it has come to light
            draft.put(replace(order, waits_for=None))
            return
        if order.waits_for is WaitsFor.CANCELS and (left := left_to_replace(draft, order)) < order.remaining:
            if not left:
                end(draft, order, OrderStatus.CANCELLED, FILLED_FIRST)
                return
            order = replace(order, quantity=order.filled + left)
        if not order.reduces and (why := self._intake.refusal(draft, order, legs_of(draft, order))) is not None:
            end(draft, order, OrderStatus.CANCELLED if order.filled else OrderStatus.REJECTED, why.message)
            return
        if order.waits_for is WaitsFor.CLOSE:
            open_after_close(draft, order, self._intake.legs_held_with(draft, order))
            return
        if order.reduces:
            available = self._intake.can_reduce(draft, order)
            if not available and may_be_entered(draft, order):
                draft.put(replace(order, waits_for=WaitsFor.ENTRY))
                return
            if not available:
                self._drop(draft, order)
                return
            order = replace(order, quantity=order.filled + min(order.remaining, available))
        self._intake.submit(draft, order)

    def _drop(self, draft: Draft, order: LiveOrder) -> None:
        """Nothing is left for a closing order to do; where something is held, others' doing it, somebody is told."""
        is_held = -order.side.sign * self._holdings.held(order.run_id, order.symbol) > 0
        reason = ALL_TAKEN if is_held else NOTHING_LEFT
        end(draft, order, OrderStatus.CANCELLED, reason)
        if is_held:
            draft.warn(order.id, OrderWarning.EXIT_REFUSED, reason)

    def _let_go_in_time(self, draft: Draft, order: LiveOrder) -> None:
        if self._is_ready():
            self._let_go(draft, order)
        elif draft.now - order.placed_at >= STREAM_WAIT:
            end(draft, order, OrderStatus.REJECTED, STREAM_AWAY)


def _has_to_be_looked_at(order: LiveOrder) -> bool:
    return order.waits_for is not None or order.group_id is not None or order.cancel_asked is not None

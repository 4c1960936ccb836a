"""What becomes of orders that are not at the venue: exits are sent again as long as there is hope, entries are over."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from weaver.events.payloads import OrderWarning
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.answers import Reason, Refused
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.orders.submission import Part, Submission, SubmissionState
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.calls.written import is_exit
from weaver.veda.trading.changes.exits import never_stood
from weaver.veda.trading.changes.placing import cancel, end, give_back
from weaver.veda.trading.changes.protecting import TRIES_MAX, close_instead
from weaver.veda.trading.intents import Cancel

AGAIN_AFTER = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between tries, of look-ups as of exits; the last goes on."""
SENT_AGAIN = frozenset({Reason.RATE_LIMIT, Reason.UNREACHABLE})
"""The venue was not asked, or would not listen: nothing is there, and an exit is sent again."""
IN_THE_WAY = frozenset({Reason.POSITION, Reason.WASH_TRADE})
"""Other orders are in the way, which may end."""
CANNOT_BE_CHANGED = frozenset({Reason.STATE, Reason.NOT_FOUND})
"""Nothing is wrong with a change that is refused for these: the order is not one that can be changed now."""
LATE = timedelta(seconds=10)
"""An entry that was written down and could not be handed over for so long is not sent any more."""
_log = structlog.get_logger(__name__)


class Fates:
    """Each is in the books when it is known."""

    def __init__(self, *, books: Books, look: Callable[[], None]) -> None:
        """look: has the venue looked at as soon as may be."""
        self._books, self._look = books, look
        self.rests: dict[str, datetime] = {}
        """When exits that the venue did not take are to be sent again, by order, or by the group that they are of."""

    def forget(self, now: datetime) -> None:
        """Drop rests that are over."""
        for key in [key for key, until in self.rests.items() if until <= now]:
            del self.rests[key]

    async def drop(self, submission_id: str, why: str) -> None:
        """It is not sent after all; the venue has heard nothing of it."""
        async with self._books.change() as draft:
            if draft.submission(submission_id).state is SubmissionState.SENDING:
                submission = _withdrawn(draft, submission_id)
                if submission.part is not Part.PROTECTION:
                    end(draft, draft.order(submission.order_id), OrderStatus.CANCELLED, why)

    async def refused(self, submission: Submission, answer: Refused) -> None:
        """The venue did not take it. Exits are sent again, as long as there is hope; entries are not."""
        if not await self._is_hopeful(submission, answer.reason) or not is_exit(self._books.known, submission):
            await self.gone(submission.id, answer.message)
            return
        if answer.reason is Reason.WASH_TRADE:
            await self._clear_the_way(submission)
        if answer.reason is Reason.POSITION:  # less may be there than was bought: it is sent for what a look shows
            self._look()
        await self.send_again(submission.id, answer.message)

    async def _is_hopeful(self, submission: Submission, reason: Reason) -> bool:
        """Whether the venue may take it the next time. What an oco is for that somebody has just asked for others may
        hold: he is told, as for exits that never stood nothing is closed either."""
        async with self._books.change() as draft:
            order = draft.order(submission.order_id)
            tries = len(draft.submissions_of(order.id))
            is_new = order.group_id is not None and never_stood(draft, order.group_id)
        if reason is Reason.POSITION and is_new:
            return False
        return reason in SENT_AGAIN or (reason in IN_THE_WAY and tries <= TRIES_MAX)

    async def never_came(self, submission: Submission, reason: str) -> None:
        """The venue says for certain that it has no such order."""
        if submission.replaces is not None:
            await self.not_replaced(submission.id, reason)
        elif is_exit(self._books.known, submission):
            await self.send_again(submission.id, reason)
        else:
            await self.gone(submission.id, reason)

    async def send_again(self, submission_id: str, reason: str) -> None:
        """An exit that is not at the venue goes there under another id, a little later."""
        async with self._books.change() as draft:
            if draft.submission(submission_id).state is not SubmissionState.SENDING:
                return
            submission = _withdrawn(draft, submission_id)
            order = draft.order(submission.order_id)
            tries = len(draft.submissions_of(order.id))
            rest = AGAIN_AFTER[min(tries + 1, len(AGAIN_AFTER) - 1)]
            self.rests[order.group_id or order.id] = draft.now + timedelta(seconds=rest)
            if submission.part is not Part.PROTECTION and order.is_working:
                draft.put(replace(order, waits_for=WaitsFor.CANCELS))
        _log.warning("exit_sent_again", order=submission.order_id, reason=reason)

    async def gone(self, submission_id: str, reason: str) -> None:
        """It is not at the venue, and will not be."""
        async with self._books.change() as draft:
            if draft.submission(submission_id).state is not SubmissionState.SENDING:
                return
            submission = _withdrawn(draft, submission_id)
            order = draft.order(submission.order_id)
            how = OrderStatus.CANCELLED if submission.part is Part.OPEN else OrderStatus.REJECTED
            end(draft, order, how, reason)
            is_new = order.group_id is not None and never_stood(draft, order.group_id)
            if submission.part is Part.PROTECTION and order.group_id is not None and not is_new:
                self._close_instead(draft, order.group_id, reason)
            elif order.reduces:
                draft.warn(order.id, OrderWarning.EXIT_REFUSED, reason)

    async def not_replaced(self, submission_id: str, reason: str) -> None:
        """An order cannot be replaced at the venue: it is cancelled, and the new one sent when that is done."""
        async with self._books.change() as draft:
            submission = draft.submission(submission_id)
            if submission.state is not SubmissionState.SENDING:
                return
            _withdrawn(draft, submission_id)
            new = draft.order(submission.order_id)
            assert new.replaces is not None
            old = draft.order(new.replaces)
            if old.status is OrderStatus.FILLED:
                end(draft, new, OrderStatus.REJECTED, f"order {old.number} had filled: {reason}")
                return
            if old.is_working:
                draft.put(replace(old, cancel_asked=f"replaced by order {new.number or new.id}"))
            if submission.sent_at is not None and draft.now - submission.sent_at > LATE and not new.reduces:
                end(draft, new, OrderStatus.CANCELLED, reason)
            else:
                draft.put(replace(new, waits_for=WaitsFor.CANCELS))

    async def change_refused(self, submission_id: str, answer: Refused) -> None:
        """The venue did not replace an order. It stays as it is, and the new one is over, unless the old one is not
        what it was: a venue that replaces none in the state that it is in is asked for a cancel and an order."""
        if answer.reason in CANNOT_BE_CHANGED or not await self._goes_on(submission_id, answer.message):
            await self.not_replaced(submission_id, answer.message)

    async def _goes_on(self, submission_id: str, reason: str) -> bool:
        """Whether what was to be replaced works: then it goes on, and what was to take its place is over."""
        async with self._books.change() as draft:
            submission = draft.submission(submission_id)
            old, new = draft.submission(submission.replaces or ""), draft.order(submission.order_id)
            if submission.state is not SubmissionState.SENDING or old.state is not SubmissionState.WORKING:
                return False
            _withdrawn(draft, submission_id)
            give_back(draft, draft.order(old.order_id), new)
            end(draft, new, OrderStatus.REJECTED, reason)
        return True

    async def _clear_the_way(self, submission: Submission) -> None:
        """An exit goes before others' entries: those on its other side are cancelled, and both are told."""
        async with self._books.change() as draft:
            order = draft.order(submission.order_id)
            for one in draft.working(symbol=order.symbol):
                if one.side is not order.side and not one.reduces and one.cancel_asked is None:
                    reason = f"it stood in the way of {order.id}, which exits"
                    cancel(draft, Cancel(order_id=one.id, reason=reason))
                    draft.warn(one.id, OrderWarning.ENTRY_IN_THE_WAY, reason)

    def _close_instead(self, draft: Draft, group_id: str, reason: str) -> None:
        """No exit could be placed for a position: it is closed, loudly."""
        if close_instead(draft, group_id, reason) is not None:
            self._look()


def _withdrawn(draft: Draft, submission_id: str) -> Submission:
    """A submission that is nowhere, with those that were to be held with it."""
    submission = replace(draft.submission(submission_id), state=SubmissionState.ENDED)
    for leg in draft.legs_of(submission.id):
        draft.put_submission(replace(leg, state=SubmissionState.ENDED))
    draft.put_submission(submission)
    return submission

"""What was written down, sent; and cancels."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from weaver.events.payloads import OrderWarning
from weaver.veda.exchange.answers import Accepted, Reason, Refused, Unknown
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Submission, SubmissionState
from weaver.veda.ports import TradingStore
from weaver.veda.trading.agenda import CANCEL_TOLD
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.calls.answers import Answers
from weaver.veda.trading.calls.fates import LATE, Fates
from weaver.veda.trading.calls.look_ups import LookUps
from weaver.veda.trading.calls.written import is_exit, order_in, request_for, submission_in
from weaver.veda.trading.requests import change_of

LATE_REASON = f"not sent within {LATE.seconds} s: the database was away, or the server was held up"


class Sending:
    """Nothing is sent by an owner that was followed by another, and nothing twice."""

    def __init__(
        self,
        *,
        books: Books,
        adapter: ExchangeAdapter,
        store: TradingStore,
        answers: Answers,
        look_ups: LookUps,
        fates: Fates,
    ) -> None:
        self._books, self._adapter, self._store = books, adapter, store
        self._answers, self._look_ups, self._fates = answers, look_ups, fates
        self.handed: set[str] = set()
        """The submissions that the venue was asked to take, or may have been: they are looked up, never sent again."""
        self._turn = asyncio.Lock()

    async def send(self, submission_id: str) -> None:
        """Send what was written down, and take the answer in."""
        async with self._in_turn():
            await self._send(submission_id)

    async def send_replacement(self, submission_id: str) -> None:
        """Ask for the replacement of a working order, and take the answer in."""
        async with self._in_turn():
            await self._send_replacement(submission_id)

    async def cancel(self, submission_id: str) -> None:
        """Ask for a cancel. What is refused, or not known, is looked at; the next look at the books asks again."""
        async with self._in_turn():
            await self._cancel(submission_id)

    async def _cancel(self, submission_id: str) -> None:
        async with self._books.change() as draft:
            known = self._books.known.submission(submission_id)
            if known is None or known.state is not SubmissionState.WORKING or known.venue_id is None:
                return  # it is over, for so long, maybe, that it is forgotten: the machine may have slept
            draft.put_submission(replace(known, cancel_sent_at=draft.now, cancels=known.cancels + 1))
            if known.cancels == CANCEL_TOLD:
                reason = f"the venue was asked {known.cancels} times to cancel it, and it works on: it is asked again"
                draft.warn(known.order_id, OrderWarning.CANCEL_NOT_CONFIRMED, reason)
        await self._store.check_owner()
        answer = await self._adapter.cancel(known.venue_id)
        if not isinstance(answer, Accepted):
            await self._look_ups.refresh(submission_id)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """A replay, which stands still meanwhile, is asked for one order after the other, as they were written down: by
        that their age is known, however long the database takes about each. A market is asked for all at once."""
        if not self._adapter.is_replay:
            yield
            return
        async with self._turn:
            yield

    async def _send(self, submission_id: str) -> None:
        await self._store.check_owner()
        known = self._books.known
        submission = submission_in(known, submission_id)
        if submission.state is not SubmissionState.SENDING:
            return
        if (why := self._not_any_more(submission, order_in(known, submission.order_id))) is not None:
            await self._fates.drop(submission_id, why)
            return
        self.handed.add(submission_id)
        answer = await self._adapter.submit(request_for(known, submission_id, features=self._adapter.features))
        match answer:
            case Accepted(value=shown):
                await self._answers.take(shown, submission_id)
            case Refused(reason=Reason.DUPLICATE_ID) | Unknown():
                await self._look_ups.look_up(submission_id)
            case Refused():
                await self._fates.refused(submission, answer)

    async def _send_replacement(self, submission_id: str) -> None:
        await self._store.check_owner()
        known = self._books.known
        sent = submission_in(known, submission_id)
        new = order_in(known, sent.order_id)
        old = submission_in(known, sent.replaces or "")
        if sent.state is not SubmissionState.SENDING:
            return
        if old.state is not SubmissionState.WORKING or old.venue_id is None or new.cancel_asked is not None:
            await self._fates.not_replaced(submission_id, new.cancel_asked or "it had ended before")
            return
        self.handed.add(submission_id)
        answer = await self._adapter.replace(old.venue_id, change_of(sent, new, order_in(known, old.order_id)))
        match answer:
            case Accepted(value=shown):
                await self._answers.take(shown, submission_id)
                await self._look_ups.refresh(old.id)
            case Refused(reason=Reason.DUPLICATE_ID) | Unknown():
                await self._look_ups.look_up(submission_id)
            case Refused():
                await self._look_ups.refresh(old.id)
                await self._fates.change_refused(submission_id, answer)

    def _not_any_more(self, submission: Submission, order: LiveOrder) -> str | None:
        """Why something that was written down is not to be sent after all; the venue has heard nothing of it."""
        if order.cancel_asked is not None:
            return order.cancel_asked
        if self._adapter.is_replay or submission.sent_at is None:
            return None  # what comes soon after a tick counts as come at it, however fast a replay goes
        is_late = self._adapter.now() - submission.sent_at > LATE
        return LATE_REASON if is_late and not is_exit(self._books.known, submission) else None

"""What the venue is asked to do, and what becomes of the answers. An answer that never came is looked up."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from weaver.model.errors import Unavailable, WeaverError
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.answers import Accepted, Reason, Refused, Unknown
from weaver.veda.exchange.orders import OrderRequest, VenueFill, VenueOrder
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Wall
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Part, Submission, SubmissionState
from weaver.veda.ports import TradingStore
from weaver.veda.trading.agenda import CANCEL_TOLD
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.changes.following import adopt, follow, lacks_fills, lacks_successor, submission_of
from weaver.veda.trading.changes.placing import cancel, end
from weaver.veda.trading.changes.protecting import TRIES_MAX, close_instead
from weaver.veda.trading.intents import Cancel
from weaver.veda.trading.requests import change_of, fits, request_of

LOOK_AFTER = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between look-ups of an order whose fate is not known; the last goes on."""
MISSING_LOOKUPS, MISSING_SECONDS = 3, 60
"""An order never came to the venue when that, healthy, has said so this often, over so long."""
FILLS_MARGIN = timedelta(seconds=60)
SENT_AGAIN = frozenset({Reason.RATE_LIMIT, Reason.UNREACHABLE})
"""The venue was not asked, or would not listen: nothing is there, and an exit is sent again."""
IN_THE_WAY = frozenset({Reason.POSITION, Reason.WASH_TRADE})
"""Other orders are in the way, which may end."""
LATE = timedelta(seconds=10)
"""An entry that was written down and could not be handed over for so long is not sent any more."""
LATE_REASON = "not sent: the database was away when it was to be"
NEVER_GOT = "the venue never got it"
_log = structlog.get_logger(__name__)


class Calls:
    """An account's calls of its venue. Each ends with what came of it in the books, or with the database away: then
    what is to be done is found again by whoever looks at the books."""

    def __init__(
        self,
        *,
        books: Books,
        adapter: ExchangeAdapter,
        store: TradingStore,
        wall: Wall,
        told: Callable[[str, Mapping[str, object]], None],
    ) -> None:
        """told: hears what a person should know, as a word and facts."""
        self._books, self._adapter, self._store, self._wall, self._told = books, adapter, store, wall, told
        self.handed: set[str] = set()
        """The submissions that the venue was asked to take, or may have been: they are looked up, never sent again."""
        self._turn = asyncio.Lock()
        self.rests: dict[str, datetime] = {}
        """When exits that the venue did not take are to be sent again, by order, or by the group that they are of."""

    async def send(self, submission_id: str) -> None:
        """Send what was written down, and take the answer in."""
        async with self._in_turn():
            await self._send(submission_id)

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
        submission, order, request = self._written(submission_id)
        if submission.state is not SubmissionState.SENDING:
            return
        if (why := self._not_any_more(submission, order)) is not None:
            await self._dropped(submission_id, why)
            return
        self.handed.add(submission_id)
        answer = await self._adapter.submit(request)
        match answer:
            case Accepted(value=shown):
                await self.take(shown, submission_id)
            case Refused(reason=Reason.DUPLICATE_ID) | Unknown():
                await self.look_up(submission_id)
            case Refused():
                await self._refused(submission, answer)

    async def send_replacement(self, submission_id: str) -> None:
        """Ask for the replacement of a working order, and take the answer in."""
        async with self._in_turn():
            await self._send_replacement(submission_id)

    async def _send_replacement(self, submission_id: str) -> None:
        await self._store.check_owner()
        new_submission = self._submission(submission_id)
        new = self._order(new_submission.order_id)
        old = self._submission(new_submission.replaces or "")
        if new_submission.state is not SubmissionState.SENDING:
            return
        if old.state is not SubmissionState.WORKING or old.venue_id is None or new.cancel_asked is not None:
            await self._not_replaced(submission_id, new.cancel_asked or "it had ended before")
            return
        self.handed.add(submission_id)
        answer = await self._adapter.replace(old.venue_id, change_of(new_submission, new, self._order(old.order_id)))
        match answer:
            case Accepted(value=shown):
                await self.take(shown, submission_id)
                await self.refresh(old.id)
            case Refused(reason=Reason.DUPLICATE_ID) | Unknown():
                await self.look_up(submission_id)
            case Refused():
                await self.refresh(old.id)
                await self._not_replaced(submission_id, answer.message)

    async def cancel(self, submission_id: str) -> None:
        """Ask for a cancel. What is refused, or not known, is looked at; the next look at the books asks again."""
        async with self._books.change() as draft:
            known = draft.submission(submission_id)
            if known.state is not SubmissionState.WORKING or known.venue_id is None:
                return
            draft.put_submission(replace(known, cancel_sent_at=draft.now, cancels=known.cancels + 1))
        if known.cancels == CANCEL_TOLD:
            self._told("cancel_not_confirmed", {"order": known.order_id, "symbol": known.symbol})
        await self._store.check_owner()
        answer = await self._adapter.cancel(known.venue_id)
        if not isinstance(answer, Accepted):
            await self.refresh(submission_id)

    async def take(
        self,
        shown: VenueOrder,
        submission_id: str | None = None,
        fill: VenueFill | None = None,
        *,
        is_whole: bool = False,
    ) -> bool:
        """Work in what the venue shows; ask for its fills where it told fewer than it shows, and for what stands in its
        place. False: not one of ours that is in memory."""
        async with self._books.change() as draft:
            found = submission_of(self._books.known, shown)
            if found is None and submission_id is not None:
                found = draft.submission(submission_id)
            if found is None:
                return False
            follow(draft, found, shown, fill, is_whole=is_whole)
            missing = self._lacking(draft, found.id, shown)
            successor = shown.replaced_by if lacks_successor(draft, draft.submission(found.id), shown) else None
        if missing:
            await self.complete(found.id)
        if successor is not None and (next_ := await self._adapter.find_order(successor)) is not None:
            await self.claim(next_)
            await self.refresh(found.id)
        return True

    async def claim(self, shown: VenueOrder) -> bool:
        """The same of an order that may be ours though memory does not know it, or that the venue put in the place of
        one of ours by itself. False: it is others'."""
        if await self.take(shown):
            return True
        ids = [one for one in (shown.client_order_id, shown.venue_id, shown.replaces) if one]
        found = await self._store.orders_by_submission(self._books.account, ids)
        for order_id in sorted(set(found.values())):
            await self._books.recall(order_id)
        if await self.take(shown):
            return True
        async with self._books.change() as draft:
            old = None if shown.replaces is None else draft.by_venue_id(shown.replaces)
            if old is None:
                return False
            adopt(draft, old, shown.venue_id)
        return await self.take(shown)

    async def complete(self, submission_id: str) -> None:
        """Ask for the fills of an order and take them in; what its venue shows and told no fill of is inferred."""
        submission = self._submission(submission_id)
        if submission.venue_id is None:
            return
        order = self._order(submission.order_id)
        fills = await self._adapter.fills_since(order.placed_at - FILLS_MARGIN)
        shown = await self._adapter.find_order(submission.venue_id)
        if shown is None:
            return
        async with self._books.change() as draft:
            for one, found in _with_legs(draft, draft.submission(submission_id), shown):
                for fill in fills:
                    if fill.venue_order_id == found.venue_id:
                        draft.book(draft.submission(one.id), fill, most=found.filled_quantity)
            follow(draft, draft.submission(submission_id), shown, is_all_told=True)

    async def refresh(self, submission_id: str) -> None:
        """Ask for an order that the venue has, and take in what it shows. Nothing follows from its not being there."""
        submission = self._submission(submission_id)
        if submission.venue_id is None:
            await self.look_up(submission_id)
        elif (shown := await self._adapter.find_order(submission.venue_id)) is not None:
            await self.take(shown, submission_id, is_whole=True)

    async def ask(self, submission_id: str) -> None:
        """Ask for an order and its fills once, by whichever id is known. Raises Unavailable."""
        submission = self._submission(submission_id)
        if submission.venue_id is not None:
            await self.complete(submission_id)
        elif not submission.is_leg:
            shown = await self._adapter.find_order_by_client_id(submission_id)
            if shown is not None:
                await self._found(submission, shown)

    async def look_up(self, submission_id: str) -> None:
        """Ask for an order by the id that we gave it until its fate is known."""
        submission = self._submission(submission_id)
        tries = 0
        while submission.state is SubmissionState.SENDING:
            await self._wall.sleep(LOOK_AFTER[min(tries, len(LOOK_AFTER) - 1)])
            tries += 1
            submission = self._submission(submission_id)
            if submission.state is not SubmissionState.SENDING or await self._looked_up(submission):
                return
            submission = self._submission(submission_id)

    async def _looked_up(self, submission: Submission) -> bool:
        """Whether its fate is known by now."""
        try:
            shown = await self._adapter.find_order_by_client_id(submission.id)
        except WeaverError as error:
            _log.info("order_not_looked_up", order=submission.id, error=str(error))
            if submission.lookups:
                async with self._books.change() as draft:  # a venue that is not healthy has said nothing
                    draft.put_submission(replace(draft.submission(submission.id), missing_since=None, lookups=0))
            return False
        if shown is not None:
            await self._found(submission, shown)
            return True
        return await self._missing(submission)

    async def _found(self, submission: Submission, shown: VenueOrder) -> None:
        if submission.replaces is not None or fits(shown, self._written(submission.id)[2]):
            await self.take(shown, submission.id)
            return
        self._told("order_id_of_another", {"order": submission.id, "venue_order": shown.venue_id})
        await self._gone(submission.id, f"another order has its client order id at the venue ({shown.venue_id})")

    async def _missing(self, submission: Submission) -> bool:
        async with self._books.change() as draft:
            known = draft.submission(submission.id)
            if known.state is not SubmissionState.SENDING:
                return True
            since = known.missing_since or draft.now
            draft.put_submission(replace(known, missing_since=since, lookups=known.lookups + 1))
            is_sure = known.lookups + 1 >= MISSING_LOOKUPS and (draft.now - since).total_seconds() >= MISSING_SECONDS
        if not is_sure:
            return False
        if submission.replaces is not None:
            await self._not_replaced(submission.id, NEVER_GOT)
        elif self._is_exit(submission):
            await self._sent_again(submission.id, NEVER_GOT)
        else:
            await self._gone(submission.id, NEVER_GOT)
        return True

    def _is_exit(self, submission: Submission) -> bool:
        return submission.part is Part.PROTECTION or self._order(submission.order_id).reduces

    def _not_any_more(self, submission: Submission, order: LiveOrder) -> str | None:
        """Why something that was written down is not to be sent after all; the venue has heard nothing of it."""
        if order.cancel_asked is not None:
            return order.cancel_asked
        if self._adapter.is_replay or submission.sent_at is None:
            return None  # what comes soon after a tick counts as come at it, however fast a replay goes
        is_late = self._adapter.now() - submission.sent_at > LATE
        return LATE_REASON if is_late and not self._is_exit(submission) else None

    async def _dropped(self, submission_id: str, why: str) -> None:
        async with self._books.change() as draft:
            if draft.submission(submission_id).state is SubmissionState.SENDING:
                submission = _withdrawn(draft, submission_id)
                if submission.part is not Part.PROTECTION:
                    end(draft, draft.order(submission.order_id), OrderStatus.CANCELLED, why)

    async def _refused(self, submission: Submission, refused: Refused) -> None:
        """The venue did not take it. Exits are sent again, as long as there is hope; entries are not."""
        tries = len(self._books.known.submissions_of(submission.order_id))
        is_hopeful = refused.reason in SENT_AGAIN or (refused.reason in IN_THE_WAY and tries <= TRIES_MAX)
        if not is_hopeful or not self._is_exit(submission):
            await self._gone(submission.id, refused.message)
            return
        if refused.reason is Reason.WASH_TRADE:
            await self._clear_the_way(submission)
        await self._sent_again(submission.id, refused.message)

    async def _sent_again(self, submission_id: str, reason: str) -> None:
        """An exit that is not at the venue goes there under another id, a little later."""
        async with self._books.change() as draft:
            if draft.submission(submission_id).state is not SubmissionState.SENDING:
                return
            submission = _withdrawn(draft, submission_id)
            order = draft.order(submission.order_id)
            tries = len(draft.submissions_of(order.id))
            rest = LOOK_AFTER[min(tries + 1, len(LOOK_AFTER) - 1)]
            self.rests[order.group_id or order.id] = draft.now + timedelta(seconds=rest)
            if submission.part is not Part.PROTECTION and order.is_working:
                draft.put(replace(order, waits_for=WaitsFor.CANCELS))
        _log.warning("exit_sent_again", order=submission.order_id, reason=reason)

    async def _clear_the_way(self, submission: Submission) -> None:
        """An exit goes before others' entries: those on its other side are cancelled, and both are told."""
        async with self._books.change() as draft:
            order = draft.order(submission.order_id)
            for one in draft.working(symbol=order.symbol):
                if one.side is not order.side and not one.reduces and one.cancel_asked is None:
                    cancel(draft, Cancel(order_id=one.id, reason=f"it stood in the way of {order.id}, which exits"))
                    self._told("entry_in_the_way", {"order": one.id, "exit": order.id, "symbol": order.symbol})

    async def _gone(self, submission_id: str, reason: str) -> None:
        """It is not at the venue, and will not be."""
        async with self._books.change() as draft:
            if draft.submission(submission_id).state is not SubmissionState.SENDING:
                return
            submission = _withdrawn(draft, submission_id)
            order = draft.order(submission.order_id)
            how = OrderStatus.CANCELLED if submission.part is Part.OPEN else OrderStatus.REJECTED
            end(draft, order, how, reason)
            if submission.part is Part.PROTECTION and order.group_id is not None:
                self._close_instead(draft, order.group_id, reason)
            elif order.reduces:
                self._told("exit_refused", {"order": order.id, "symbol": order.symbol, "reason": reason})

    def _close_instead(self, draft: Draft, group_id: str, reason: str) -> None:
        """No exit could be placed for a position: it is closed, loudly."""
        close = close_instead(draft, group_id, reason)
        if close is not None:
            facts = {"order": close.id, "group": group_id, "symbol": close.symbol, "reason": reason}
            self._told("position_closed", facts)

    async def _not_replaced(self, submission_id: str, reason: str) -> None:
        """The venue did not replace an order: the old one is cancelled, and the new one sent when that is done."""
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
                draft.put(replace(old, cancel_asked=f"replaced by order {new.number}"))
            if submission.sent_at is not None and draft.now - submission.sent_at > LATE and not new.reduces:
                end(draft, new, OrderStatus.CANCELLED, reason)
            else:
                draft.put(replace(new, waits_for=WaitsFor.CANCELS))

    def _written(self, submission_id: str) -> tuple[Submission, LiveOrder, OrderRequest]:
        known = self._books.known
        submission = self._submission(submission_id)
        order = self._order(submission.order_id)
        held = [known.order(one.order_id) for one in known.legs_of(submission_id)]
        legs = [one for one in held if one is not None]
        if submission.part is Part.PROTECTION or order.group_id == order.id:
            legs = [order, *legs]
        return submission, order, request_of(submission, order, legs)

    def _submission(self, submission_id: str) -> Submission:
        found = self._books.known.submission(submission_id)
        if found is None:
            raise Unavailable(f"submission {submission_id} is not in the books any more")
        return found

    def _order(self, order_id: str) -> LiveOrder:
        found = self._books.known.order(order_id)
        if found is None:
            raise Unavailable(f"order {order_id} is not in the books any more")
        return found

    def _lacking(self, draft: Draft, submission_id: str, shown: VenueOrder) -> bool:
        return any(lacks_fills(one, found) for one, found in _with_legs(draft, draft.submission(submission_id), shown))


def _withdrawn(draft: Draft, submission_id: str) -> Submission:
    """A submission that is nowhere, with those that were to be held with it."""
    submission = replace(draft.submission(submission_id), state=SubmissionState.ENDED)
    for leg in draft.legs_of(submission.id):
        draft.put_submission(replace(leg, state=SubmissionState.ENDED))
    draft.put_submission(submission)
    return submission


def _with_legs(draft: Draft, submission: Submission, shown: VenueOrder) -> Sequence[tuple[Submission, VenueOrder]]:
    """A submission and those held with it, each with what the venue shows of it."""
    by_id = {one.venue_id: one for one in shown.legs}
    legs = [(one, by_id[one.venue_id]) for one in draft.legs_of(submission.id) if one.venue_id in by_id]
    return [(submission, shown), *legs]

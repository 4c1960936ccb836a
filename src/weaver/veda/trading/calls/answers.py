"""What a venue shows of orders, taken into the books; with the fills that it did not tell."""

from collections.abc import Sequence
from datetime import timedelta

from weaver.veda.exchange.orders import VenueFill, VenueOrder
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.orders.submission import Submission, SubmissionState
from weaver.veda.ports import TradingStore
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.calls.written import order_in, submission_in
from weaver.veda.trading.changes.exits import exits_beside
from weaver.veda.trading.changes.following import adopt, follow, lacks_fills, lacks_successor, submission_of

FILLS_MARGIN = timedelta(seconds=60)
"""How far before an order was placed its fills are asked for."""


class Answers:
    """Whoever heard of an order hands it over here: the stream, the lists, and the answers to questions."""

    def __init__(self, *, books: Books, adapter: ExchangeAdapter, store: TradingStore) -> None:
        self._books, self._adapter, self._store = books, adapter, store

    async def take(
        self,
        shown: VenueOrder,
        submission_id: str | None = None,
        fill: VenueFill | None = None,
        *,
        is_whole: bool = False,
    ) -> bool:
        """Work in what the venue shows; ask for its fills where it told fewer than it shows, for what stands in its
        place, and for what it held with one that has ended. False: not one of ours that is in memory."""
        async with self._books.change() as draft:
            found = submission_of(self._books.known, shown)
            if found is None and submission_id is not None:
                found = draft.submission(submission_id)
            if found is None:
                return False
            self._books.touch(found.order_id)
            follow(draft, found, shown, fill, is_whole=is_whole)
            missing = _lacks_any(draft, found.id, shown)
            successor = shown.replaced_by if lacks_successor(draft, draft.submission(found.id), shown) else None
            beside = [] if self._adapter.is_replay else _left_beside(draft, found)
        if missing:
            await self.complete(found.id)
        for one in beside:
            await self.look_again(one)
        if successor is not None and (next_ := await self._adapter.find_order(successor)) is not None:
            await self.claim(next_)
            await self.look_again(found.id)
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
        submission = submission_in(self._books.known, submission_id)
        if submission.venue_id is None:
            return
        order = order_in(self._books.known, submission.order_id)
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

    async def look_again(self, submission_id: str) -> None:
        """Ask for an order that the venue has, and take in what it shows. Nothing follows from its not being there."""
        venue_id = submission_in(self._books.known, submission_id).venue_id
        if venue_id is not None and (shown := await self._adapter.find_order(venue_id)) is not None:
            await self.take(shown, submission_id, is_whole=True)


def _lacks_any(draft: Draft, submission_id: str, shown: VenueOrder) -> bool:
    return any(lacks_fills(one, found) for one, found in _with_legs(draft, draft.submission(submission_id), shown))


def _left_beside(draft: Draft, before: Submission) -> list[str]:
    """A venue ends exits together, and may tell of one of them only: those that were held with one that has ended, and
    work as far as is known."""
    now = draft.submission(before.id)
    if before.state is SubmissionState.ENDED or now.state is not SubmissionState.ENDED:
        return []
    return [one.id for one in exits_beside(draft, now) if one.state is SubmissionState.WORKING]


def _with_legs(draft: Draft, submission: Submission, shown: VenueOrder) -> Sequence[tuple[Submission, VenueOrder]]:
    """A submission and those held with it, each with what the venue shows of it."""
    by_id = {one.venue_id: one for one in shown.legs}
    legs = [(one, by_id[one.venue_id]) for one in draft.legs_of(submission.id) if one.venue_id in by_id]
    return [(submission, shown), *legs]

"""What is at the venue against what is in the books: asked for at the start, after each gap, and every half minute."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta

import structlog

from weaver.model.errors import Conflict, InputError, ReadOnly
from weaver.veda.exchange.account import VenueAccount, VenueFee, VenuePosition
from weaver.veda.exchange.orders import OrderUpdate, VenueFill, VenueOrder
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.orders.folding import is_same
from weaver.veda.orders.submission import Submission, SubmissionState
from weaver.veda.ports import TradingStore
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.calls.calls import Calls

EVERY = timedelta(seconds=30)
MARGIN = timedelta(seconds=120)
"""How far before the last look the lists reach: clocks differ, and lists lag."""
_log = structlog.get_logger(__name__)


class Reconciler:
    """Nothing is gone because a list lacks it: it is asked for by its id. Orders of others are kept apart."""

    def __init__(
        self,
        *,
        books: Books,
        adapter: ExchangeAdapter,
        calls: Calls,
        store: TradingStore,
        fees_after: Callable[[], datetime | None],
    ) -> None:
        """fees_after: from when on fees are to be listed at the next look; None: not then."""
        self._fees_after = fees_after
        self._books, self._adapter, self._calls, self._store = books, adapter, calls, store
        self.is_done = False
        """Whether the venue was looked at since the start."""
        self.next_at: datetime | None = None
        self.foreign: dict[str, VenueOrder] = {}
        """Orders that others placed in the account and that work, by venue id."""
        self.account: VenueAccount | None = None
        self.positions: tuple[VenuePosition, ...] | None = None
        """As the venue showed them at the last look; None before it."""
        self.positions_at: datetime | None = None
        """When it was asked for them: what had filled by then is in them."""
        self.others: tuple[VenueFill, ...] = ()
        """Fills of the last look whose orders are in no book of ours."""
        self.own: tuple[VenueFill, ...] = ()
        """Fills of the last look whose orders are in our books."""
        self.fees: tuple[VenueFee, ...] | None = None
        """Those that the last look listed; None: it did not."""
        self._since: datetime | None = None
        """How far back the next lists reach, before the margin: as it was kept last. None: not read yet."""
        self._settled: datetime | None = None
        """Up to when the last look has settled what happened; it counts once it is kept."""
        self._is_undecided = False
        """Whether orders were shown at the last look of which it is not known yet whose they are: the next one lists
        them again."""
        self._not_ours: dict[str, None] = {}
        """The venue ids of orders that were found to be others'."""

    async def reconcile(self) -> None:
        """Look. Raises Unavailable where the venue or the database does not answer, and ReadOnly where another server
        trades by now: then the venue is not asked."""
        await self._store.check_owner()
        started = self._adapter.now()
        reaches, self._is_undecided = self._since or await self._reached(started), False
        since = reaches - MARGIN
        open_ = await self._adapter.open_orders()
        shown = {order.venue_id: order for order in (*await self._adapter.orders_since(since), *open_)}
        fills = await self._adapter.fills_since(since)
        for order in shown.values():
            await self._keeping(order.symbol, self._take(order))
        for order in shown.values():
            await self._keeping(order.symbol, self._look_for_legs(order))
        self.foreign = {key: order for key, order in self.foreign.items() if key in {one.venue_id for one in open_}}
        for submission in [*self._books.known.open_submissions()]:
            if submission.state is SubmissionState.WORKING and submission.venue_id not in shown:
                await self._keeping(submission.symbol, self._calls.look_ups.refresh(submission.id))
        await self._take_fills(fills)
        self.fees = await self._listed_fees()
        self.account, self.positions_at = await self._adapter.account(), self._adapter.now()
        self.positions = await self._adapter.positions()
        self._settled, self.is_done = reaches if self._is_undecided else started, True
        self.next_at = self._adapter.now() + EVERY

    async def _listed_fees(self) -> tuple[VenueFee, ...] | None:
        """Before the positions: one that is posted between the two shows as lacking, and is listed by the next look."""
        after = self._fees_after()
        try:
            return None if after is None else await self._adapter.fees_since(after)
        except InputError as error:  # nothing else hangs on them: what its positions lack is estimated
            _log.warning("fees_not_listed", account=self._books.account, reason=str(error))
            return None

    def keep(self, draft: Draft) -> None:
        """Have the next look list only what came since this one, once what this one showed is committed with that."""
        settled = self._settled
        if settled is not None and settled != self._since:
            draft.put_state(self._scope, {"since": settled.isoformat()})
            draft.then(lambda: self._put_since(settled))

    @property
    def settled_at(self) -> datetime | None:
        """Up to when it is in the books what happened at the venue; None: it was not looked at since the start."""
        return self._since if self.is_done else None

    def _put_since(self, since: datetime) -> None:
        self._since = since

    @property
    def _scope(self) -> str:
        return f"looked {self._books.account}"

    async def _reached(self, now: datetime) -> datetime:
        """Of the first look since the start: from the last one that was kept, and from the oldest order that is open.
        Others' orders are in no book: nothing but the list tells of what filled while no look succeeded."""
        oldest, kept = self._oldest(now), await self._store.state(self._scope)
        return oldest if kept is None else min(oldest, datetime.fromisoformat(kept["since"]))

    async def _look_for_legs(self, shown: VenueOrder) -> None:
        """An order that lacks an exit in a list is asked for by its id; exits that the venue put in the place of ours
        by itself are ours."""
        known = self._books.known
        for leg in shown.legs:
            if leg.is_working and leg.replaces is not None and known.by_venue_id(leg.venue_id) is None:
                await self._calls.answers.claim(leg)
        submission = known.by_venue_id(shown.venue_id)
        if submission is not None and any(
            held.state is SubmissionState.SENDING for held in known.legs_of(submission.id)
        ):
            await self._calls.look_ups.refresh(submission.id)

    async def identify(self, update: OrderUpdate) -> bool:
        """Find out whether an order is ours that is in no book: a leg whose entry was not shown with it yet, or
        others'."""
        symbol = update.order.symbol
        for submission in [*self._books.known.open_submissions()]:
            if submission.symbol == symbol and not submission.is_leg and submission.venue_id is not None:
                await self._calls.look_ups.refresh(submission.id)
        if not await self._calls.answers.take(update.order, fill=update.fill):
            await self._take(update.order)
        return self._books.known.by_venue_id(update.order.venue_id) is not None

    async def _keeping(self, symbol: str, work: Coroutine[None, None, None]) -> None:
        """What cannot be kept of one symbol's orders holds up no other's; the next look lists it again."""
        try:
            await work
        except ReadOnly:
            raise
        except (Conflict, InputError) as error:
            self._is_undecided = True
            _log.error("orders_not_kept", account=self._books.account, symbol=symbol, error=str(error))

    async def _take(self, shown: VenueOrder) -> None:
        if await self._calls.answers.claim(shown):
            self._is_ours(shown.venue_id)
        elif self._may_be_ours(shown):
            self._is_undecided = True
        else:
            self._not_ours[shown.venue_id] = None
            if shown.is_working:
                self.foreign[shown.venue_id] = shown

    def _may_be_ours(self, shown: VenueOrder) -> bool:
        """Whether something of ours is at the venue, or may be, of which the id there is not known: an exit that it
        holds has no other name."""
        open_ = self._books.known.open_submissions()
        return any(one.state is SubmissionState.SENDING and one.symbol == shown.symbol for one in open_)

    def _is_ours(self, venue_id: str) -> None:
        self._not_ours.pop(venue_id, None)
        self.foreign.pop(venue_id, None)

    async def _take_fills(self, fills: Sequence[VenueFill]) -> None:
        """Book what is in no book. Others' are those whose order was seen, and is not ours."""
        await self._recall(fills)
        known = self._books.known
        ours = [(one, fill) for fill in fills if (one := known.by_venue_id(fill.venue_order_id)) is not None]
        for _, fill in ours:
            self._is_ours(fill.venue_order_id)
        self.own = tuple(fill for _, fill in ours)
        self.others = tuple(fill for fill in fills if fill.venue_order_id in self._not_ours)
        missing = [(one, fill) for one, fill in ours if not self._is_counted(one, fill)]
        for id_, symbol in sorted({(one.id, one.symbol) for one, fill in missing if fill.cumulative_quantity is None}):
            await self._keeping(symbol, self._calls.answers.complete(id_))
        told = [(one, fill) for one, fill in missing if fill.cumulative_quantity is not None]
        for symbol in sorted({one.symbol for one, _ in told}):
            await self._keeping(symbol, self._book([(one, fill) for one, fill in told if one.symbol == symbol]))

    async def _book(self, told: Sequence[tuple[Submission, VenueFill]]) -> None:
        async with self._books.change() as draft:
            for submission, fill in told:
                draft.book(draft.submission(submission.id), fill)

    async def _recall(self, fills: Sequence[VenueFill]) -> None:
        """Find out whose the orders are of which fills are listed; those of ours that are over come into memory."""
        known = self._books.known
        unknown = {one.venue_order_id for one in fills if known.by_venue_id(one.venue_order_id) is None}
        if wanted := sorted(unknown - self._not_ours.keys()):
            found = await self._store.orders_by_submission(self._books.account, wanted)
            for order_id in sorted(set(found.values())):
                await self._books.recall(order_id)
            for venue_id in (one for one in wanted if one not in found):  # older than the list of orders reaches
                if (shown := await self._adapter.find_order(venue_id)) is not None:
                    await self._take(shown)

    def _is_counted(self, submission: Submission, fill: VenueFill) -> bool:
        end = fill.cumulative_quantity
        if end is not None:
            return any(begun < end <= to for begun, to in submission.counted)
        return any(is_same(one, fill) for one in self._books.known.fills_of(submission.order_id))

    def _oldest(self, now: datetime) -> datetime:
        """When the oldest order that is open was placed."""
        return min((order.placed_at for order in self._books.known.working()), default=now)

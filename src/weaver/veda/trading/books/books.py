"""An account's books: its orders, changed one change at a time, each committed before anybody sees it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from weaver.events.factory import EventFactory
from weaver.model.errors import Unavailable, WeaverError
from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import SubmissionState
from weaver.veda.ports import TradingStore
from weaver.veda.trading.books.draft import Draft, OrderChange
from weaver.veda.trading.books.forgetting import quiet

Listener = Callable[[Sequence[OrderChange]], None]


class Books:
    """What memory holds is what was committed. Where a commit's outcome is not known it is read again before the next
    change, and whoever asked is told that the database is away."""

    def __init__(
        self,
        account: str,
        *,
        store: TradingStore,
        events: EventFactory,
        now: Callable[[], datetime],
        is_still: bool = False,
    ) -> None:
        """now: the venue's time. is_still: see `Draft`."""
        self.account, self.known, self._store, self._events, self._now = account, AccountOrders(), store, events, now
        self._is_still = is_still
        self._turn = asyncio.Lock()
        self._is_doubtful = True
        self._touched: dict[str, datetime] = {}
        """When orders that were over were last asked for, as far as that is later than their last change."""
        self._in_doubt: set[str] = set()
        """The orders of commits of which nobody knows whether they were done."""
        self._listeners: list[Listener] = []
        self.version = 0
        """Grows with each change of an order."""

    def listen(self, listener: Listener) -> None:
        """Have somebody told of each change, once it is committed and in memory; it must not wait."""
        self._listeners.append(listener)

    def unlisten(self, listener: Listener) -> None:
        """Tell somebody no more."""
        self._listeners.remove(listener)

    async def read(self) -> None:
        """Read what the store has. Raises Unavailable."""
        async with self._turn:
            await self._read()

    async def recall(self, order_id: str) -> None:
        """Take an order into memory that is over, and of which more is to be heard; with all that its exits are counted
        by, or nothing of it. Raises Unavailable."""
        async with self._turn:
            self.touch(order_id)
            if self.known.order(order_id) is not None:
                return
            found = await self._with_group(order_id)
            for order in [order for order in found.all() if self.known.order(order.id) is None]:
                self.known.take([order], found.submissions_of(order.id), found.fills_of(order.id))

    def touch(self, order_id: str) -> None:
        """Somebody is about to do something with an order: it stays in memory."""
        self._touched[order_id] = self._now()

    async def forget(self, since: datetime) -> None:
        """Let go of orders that are over, and of which nothing was heard since: whoever hears of one recalls it."""
        async with self._turn:
            if self._is_doubtful:
                return
            for order_id in quiet(self.known, self._touched, since):
                self.known.forget(order_id)
            self._touched = {id_: at for id_, at in self._touched.items() if at >= since}

    @asynccontextmanager
    async def change(self, *, corr_id: str | None = None) -> AsyncIterator[Draft]:
        """One change, which nobody else comes between: committed at the end of the block unless it raises, or is empty.

        Raises Unavailable and ReadOnly where it could not be committed; then nothing is changed that can be seen."""
        async with self._turn:
            if self._is_doubtful:
                await self._read()
            draft = Draft(
                self.known,
                self._events,
                now=self._now(),
                corr_id=corr_id or self._events.new_id(),
                is_still=self._is_still,
            )
            yield draft
            if draft.is_empty:
                draft.seen()  # nothing has to be kept for what memory is to follow
            else:
                await self._commit(draft)

    async def _commit(self, draft: Draft) -> None:
        changes = draft.changes()
        self._is_doubtful = True  # until it is known: a cancellation may come between
        self._in_doubt |= {change.after.id for change in changes}
        try:
            async with self._store.transaction() as transaction:
                await draft.write(transaction)
        except Unavailable:
            raise
        except WeaverError:
            self._is_doubtful = False  # refused: nothing was changed
            raise
        self._is_doubtful = False
        self._in_doubt.clear()
        draft.seen()
        self.version += bool(changes)
        self._tell(changes)

    async def _read(self) -> None:
        is_first, before = not self.version, self.known
        after, known = AccountOrders(), await self._store.working(self.account)
        after.take(known.orders, known.submissions, known.fills)
        for order in known.orders:
            await self._recall(after, order.id)
        for order in [order for order in before.all() if after.order(order.id) is None]:
            if order.is_working or order.id in self._in_doubt or _has_open(before, order.id):
                await self._recall(after, order.id)  # over by now
            elif after.order(order.id) is None:  # not taken with another yet
                after.take([order], before.submissions_of(order.id), before.fills_of(order.id))
        for order_id in sorted(self._in_doubt):  # it may have come with that commit, and have ended with it
            await self._recall(after, order_id)
        self.known, self._is_doubtful = after, False
        self._in_doubt.clear()
        self.version += 1
        if not is_first:
            changes = [_difference(before, order.id, after) for order in after.all()]
            self._tell([change for change in changes if change is not None])

    async def _with_group(self, order_id: str) -> AccountOrders:
        """An order, its entry, and all exits of that; where those have gone to another entry, with that one's."""
        found = AccountOrders()
        order = await self._found(found, order_id)
        if order is None:
            return found
        wanted, asked = [order.group_id or order.id], set[str]()
        while wanted:
            asked.add(group_id := wanted.pop())
            for exit_ in (await self._store.group(self.account, group_id)).orders:
                await self._found(found, exit_.id)
                if exit_.group_id is not None and exit_.group_id not in {*asked, *wanted}:
                    wanted.append(exit_.group_id)
        for one in [*found.all()]:
            await self._recall(found, one.id)
        return found

    async def _recall(self, orders: AccountOrders, order_id: str) -> None:
        """Take an order in, with the entry that its group is for, and those that the entry took the place of."""
        found = await self._found(orders, order_id)
        if found is not None and found.group_id is not None:
            found = await self._found(orders, found.group_id)
        if found is not None and orders.group(found.id):
            while found is not None and found.replaces is not None:
                found = await self._found(orders, found.replaces)

    async def _found(self, orders: AccountOrders, order_id: str) -> LiveOrder | None:
        if orders.order(order_id) is None:
            found = await self._store.order(order_id)
            orders.take(found.orders, found.submissions, found.fills)
        return orders.order(order_id)

    def _tell(self, changes: Sequence[OrderChange]) -> None:
        for listener in self._listeners:
            listener(changes)


def _has_open(known: AccountOrders, order_id: str) -> bool:
    return any(one.state is not SubmissionState.ENDED for one in known.submissions_of(order_id))


def _difference(before: AccountOrders, order_id: str, after: AccountOrders) -> OrderChange | None:
    """What a commit did of which nobody was told."""
    was, now = before.order(order_id), after.order(order_id)
    if now is None or was == now:
        return None
    told = {fill.id for fill in before.fills_of(order_id)}
    return OrderChange(
        before=was, after=now, fills=tuple(fill for fill in after.fills_of(order_id) if fill.id not in told)
    )

"""Owners whose orders are to end, and who are to hold nothing: worked on until that is so, over restarts too."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from types import TracebackType
from typing import Any

import structlog

from weaver.events.payloads import Payload
from weaver.model.errors import WeaverError
from weaver.model.orders.actions import SIDES
from weaver.veda.accounts.ledgers import MANUAL, Ledgers
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Wall
from weaver.veda.ports import TradingStore
from weaver.veda.trading.books.draft import Draft, OrderChange
from weaver.veda.trading.changes.protecting import house_order
from weaver.veda.trading.intents import Cancel, Intent, Place
from weaver.veda.trading.trader import Trader

FLATTENED = "flattened"
POLL_SECONDS = 1.0
AGAIN_AFTER = (0.0, 5.0, 15.0, 60.0, 300.0, 900.0)
"""Seconds (wall) between orders that close the same: the venue may not take one, and another comes to nothing as well.
The last goes on."""
_log = structlog.get_logger(__name__)


def scope_of(account: str, owner: str | None = None) -> str:
    """Where it is kept; without an owner, what all of an account's begin with."""
    return f"winding up {account} " + ("" if owner is None else owner)


def as_json(owner: str | None, *, reason: str, flatten: bool, is_over: bool = False) -> Mapping[str, Any]:
    """To be kept: an owner's orders are to be cancelled, and (`flatten`) what it holds is to be closed."""
    return {"owner": owner, "reason": reason, "flatten": flatten, "is_over": is_over}


class WindingUp:
    """To be entered when the books are read. What is asked of it is in the store with the first cancels and closes.
    What comes in behind those, as a fill that was not known or a cancel that came too late, is closed when nothing of
    that owner is under way in its symbol."""

    def __init__(
        self,
        account: str,
        *,
        adapter: ExchangeAdapter,
        trader: Trader,
        ledgers: Ledgers,
        store: TradingStore,
        wall: Wall,
        new_id: Callable[[], str],
        closable: Callable[[str | None], Mapping[str, Decimal]],
        closes_all: Callable[[], bool],
    ) -> None:
        """closable: what an owner holds that can be closed. closes_all: whether everybody is to hold nothing, as a kill
        switch says."""
        self._account, self._adapter, self._trader, self._ledgers = account, adapter, trader, ledgers
        self._store, self._wall, self._new_id = store, wall, new_id
        self._closable, self._closes_all = closable, closes_all
        self._wanted: set[str | None] = set()
        """Who is to hold nothing, and may do so still."""
        self._tries: dict[tuple[str | None, str], tuple[int, datetime]] = {}
        """How often it was tried to close something, and when (wall) it may be again."""
        self._asked_at = wall.now()
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "WindingUp":
        await self.pick_up()
        if not self._adapter.is_replay:
            self._trader.books.listen(self._hear)
            self._task = asyncio.create_task(self._work())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def is_wanted(self, owner: str | None) -> bool:
        """Whether an owner is being closed."""
        return owner in self._wanted

    # What is asked of it

    async def flatten(self, owner: str | None, *, corr_id: str, says: Sequence[Payload] = ()) -> None:
        """Cancel all of an owner's orders, and close what it holds, as its markets open, whatever comes of the orders
        until they are over; where others have just traded in the account, once it is known what. Raises
        Unavailable."""
        self._asked_at = self._wall.now()
        if self._trader.looks.is_awaited(self._asked_at):
            self._trader.looks.ask()
            self._trader.wake()

        def decide(draft: Draft) -> Sequence[Intent]:
            draft.say(*says)
            self._keep(draft, owner, is_over=self._adapter.is_replay)  # of which nothing comes behind
            return [*_cancels(draft, owner, FLATTENED), *self._closes(draft, owner, self._all_of(owner))]

        await self._trader.decide(decide, corr_id=corr_id)

    async def pick_up(self) -> None:
        """Do what was asked for while the account was not open, and go on with what was not done. Raises
        Unavailable."""
        for state in (await self._store.states(scope_of(self._account))).values():
            if not state["is_over"]:
                await self._trader.decide(partial(self._picked_up, state))

    def _picked_up(self, state: Mapping[str, Any], draft: Draft) -> Sequence[Intent]:
        self._keep(draft, state["owner"], is_over=not state["flatten"])
        return [*_cancels(draft, state["owner"], state["reason"])]

    def _keep(self, draft: Draft, owner: str | None, *, is_over: bool) -> None:
        state = as_json(owner, reason=FLATTENED, flatten=True, is_over=is_over)
        draft.put_state(scope_of(self._account, owner or MANUAL), state)
        draft.then(lambda: self._kept(owner, is_over=is_over))

    def _kept(self, owner: str | None, *, is_over: bool) -> None:
        if is_over:
            self._wanted.discard(owner)
        else:
            self._wanted.add(owner)
        self._woken.set()

    # Its work

    def _hear(self, _changes: Sequence[OrderChange]) -> None:
        """Orders have changed."""
        self._woken.set()

    async def _work(self) -> None:
        """Close what is held and should not be, whenever orders change; without end."""
        while True:
            self._woken.clear()
            try:
                await self._look()
            except WeaverError as error:  # the database is away: looked at again
                _log.warning("not_wound_up", account=self._account, error=str(error))
            await self._until_something_changes()

    async def _until_something_changes(self) -> None:
        if not self._owners():
            await self._woken.wait()
            return
        woken, waiting = asyncio.create_task(self._woken.wait()), asyncio.ensure_future(self._wall.sleep(POLL_SECONDS))
        try:
            await asyncio.wait({woken, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            waiting.cancel()
            await asyncio.gather(woken, waiting, return_exceptions=True)

    def _owners(self) -> Sequence[str | None]:
        return [*self._ledgers.runs, None] if self._closes_all() else [*self._wanted]

    async def _look(self) -> None:
        if not self._is_known:
            return  # what others did meanwhile is not known yet
        for owner in self._owners():
            if self._has_to_do(owner):
                await self._trader.decide(partial(self._go_on, owner))

    @property
    def _is_known(self) -> bool:
        """Whether it is known what others have done in the account."""
        looks = self._trader.looks
        return self._adapter.is_replay or (looks.looked_at is not None and not looks.is_awaited(self._asked_at))

    def _has_to_do(self, owner: str | None) -> bool:
        """Whether there may be something to do for it: to be closed, or to be said to be over."""
        return bool(self._closable(owner)) or owner in self._wanted

    def _go_on(self, owner: str | None, draft: Draft) -> Sequence[Intent]:
        left, under_way = self._closable(owner), self._under_way(owner)
        if not left and not under_way and owner in self._wanted:
            self._keep(draft, owner, is_over=True)
        for symbol in [symbol for of, symbol in self._tries if of == owner and symbol not in left]:
            del self._tries[owner, symbol]
        now = self._wall.now()
        due = {
            symbol: quantity
            for symbol, quantity in left.items()
            if symbol not in under_way and self._tries.get((owner, symbol), (0, now))[1] <= now
        }
        return [*self._closes(draft, owner, due)]

    def _under_way(self, owner: str | None) -> set[str]:
        """The symbols of its orders of which something may still come."""
        known = self._trader.books.known
        sent = [order for one in known.open_submissions() if (order := known.order(one.order_id)) is not None]
        return {order.symbol for order in (*known.working(), *sent) if order.run_id == owner}

    def _all_of(self, owner: str | None) -> Mapping[str, Decimal]:
        """What it holds; what of it is not at the venue, its close says. Before a first look that is not known, and
        nothing is closed yet."""
        if not self._is_known:
            return {}
        return self._ledgers.there(None) if owner is None else self._ledgers.of(owner).held

    def _closes(self, draft: Draft, owner: str | None, held: Mapping[str, Decimal]) -> Iterator[Place]:
        for symbol, quantity in held.items():
            tries = self._tries.get((owner, symbol), (0, None))[0] + 1
            rest = timedelta(seconds=AGAIN_AFTER[min(tries, len(AGAIN_AFTER) - 1)])
            self._tries[owner, symbol] = tries, self._wall.now() + rest
            id_ = f"{owner or MANUAL}-flat-{symbol.replace('/', '')}-{self._new_id()}"
            side = SIDES[-1 if quantity > 0 else 1]
            order = house_order(id_, self._account, owner, symbol, side=side, quantity=abs(quantity), now=draft.now)
            yield Place(order=order, is_for_open=True)


def _cancels(draft: Draft, owner: str | None, reason: str) -> Iterator[Cancel]:
    return (Cancel(order_id=one.id, reason=reason) for one in draft.working() if one.run_id == owner)

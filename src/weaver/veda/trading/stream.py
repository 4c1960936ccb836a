"""The order stream of an account: followed as long as its adapter gives it, and what it tells taken in."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial

import structlog

from weaver.model.errors import Conflict, InputError, ReadOnly, Unavailable, WeaverError
from weaver.veda.exchange.account import ActionHappened, CarryCharged
from weaver.veda.exchange.market import FeedRestored, FeedStale
from weaver.veda.exchange.orders import OrderUpdate
from weaver.veda.exchange.port import ExchangeAdapter, OrderMessage
from weaver.veda.exchange.setup import Wall
from weaver.veda.trading.calls.answers import Answers
from weaver.veda.trading.chores import Chores
from weaver.veda.trading.looks import Looks
from weaver.veda.trading.reconciler import Reconciler

AGAIN_SECONDS = 1.0
_log = structlog.get_logger(__name__)


class OrderStream:
    """Where it fails, or lost something, the venue is looked at."""

    def __init__(
        self,
        account: str,
        *,
        adapter: ExchangeAdapter,
        wall: Wall,
        answers: Answers,
        reconciler: Reconciler,
        looks: Looks,
        chores: Chores,
        told: Callable[[str, Mapping[str, object]], None],
        happened: Callable[[ActionHappened | CarryCharged], Awaitable[None]],
        wake: Callable[[], None],
    ) -> None:
        self._account, self._adapter, self._wall, self._answers = account, adapter, wall, answers
        self._reconciler, self._looks, self._chores = reconciler, looks, chores
        self._told, self._happened, self._wake = told, happened, wake
        self.is_streaming = False

    async def follow(self) -> None:
        """Read it, without end."""
        while True:
            try:
                async with _closing(self._adapter.order_updates()) as messages:
                    async for message in messages:
                        await self._heard(message)
            except WeaverError as error:
                _log.warning("order_stream_lost", account=self._account, error=str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, the stream is read on
                _log.error("order_stream_lost", account=self._account, exc_info=error)
            self.is_streaming = False
            self._looks.ask()
            await self._wall.sleep(AGAIN_SECONDS)

    async def _heard(self, message: OrderMessage) -> None:
        match message:
            case FeedStale():
                self.is_streaming = False
                self._told("order_stream_stale", {"account": self._account, "reason": message.reason})
            case FeedRestored():
                self.is_streaming = True
                self._looks.ask()
                self._wake()
            case ActionHappened() | CarryCharged():
                await self._until_kept(partial(self._happened, message))  # no look shows it
            case OrderUpdate() if self._adapter.is_replay:  # each of its ticks has the news of its own bars
                await self._until_kept(partial(self._updated, message))
            case OrderUpdate():
                await self._kept_or_put_off(message)

    async def _until_kept(self, take: Callable[[], Awaitable[None]]) -> None:
        """Take in what was told, when the database is there again: nothing further is heard before that."""
        while True:
            try:
                await take()
                return
            except Unavailable as error:
                _log.warning("order_update_waits", account=self._account, error=str(error))
            await self._wall.sleep(AGAIN_SECONDS)

    async def _kept_or_put_off(self, update: OrderUpdate) -> None:
        try:
            await self._updated(update)
        except ReadOnly:
            raise
        except (Unavailable, InputError, Conflict) as error:  # it is asked for when the database is there again
            self._looks.ask()
            _log.warning("order_update_put_off", account=self._account, error=str(error))

    async def _updated(self, update: OrderUpdate) -> None:
        if not await self._answers.take(update.order, fill=update.fill):
            self._chores.begin(f"identify {update.order.venue_id}", partial(self._identify, update))

    async def _identify(self, update: OrderUpdate) -> None:
        """What others' orders bring may take of what ours hold: it is soon looked at."""
        if not await self._reconciler.identify(update) and update.fill is not None:
            self._looks.ask_soon()


@asynccontextmanager
async def _closing(messages: AsyncIterator[OrderMessage]) -> AsyncIterator[AsyncIterator[OrderMessage]]:
    """A stream that is closed at the end, where its adapter made one that can be."""
    try:
        yield messages
    finally:
        if isinstance(messages, AsyncGenerator):
            await messages.aclose()

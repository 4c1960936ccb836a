"""One account's orders, worked at its venue: written down, sent, followed, protected, until each is over."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType

import structlog

from weaver.events.factory import EventFactory
from weaver.events.payloads import Payload
from weaver.model.errors import ReadOnly, Unavailable, WeaverError
from weaver.veda.exchange.account import ActionHappened, CarryCharged
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Wall
from weaver.veda.ports import RecordedTick, TradingStore
from weaver.veda.risk.refusal import Refusal
from weaver.veda.trading.agenda import ToDo, to_ask, to_cancel, to_send
from weaver.veda.trading.alarm import Alarm
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.books.draft import Draft, OrderChange
from weaver.veda.trading.calls.calls import Calls
from weaver.veda.trading.chores import Chores
from weaver.veda.trading.intake import Intake
from weaver.veda.trading.intents import Intent, Place, Replace, named_in
from weaver.veda.trading.looks import Looks
from weaver.veda.trading.ports import Cut, Gate, Holdings, Hours, Reconciled
from weaver.veda.trading.reconciler import Reconciler
from weaver.veda.trading.restart import pick_up
from weaver.veda.trading.stream import OrderStream
from weaver.veda.trading.upkeep import Upkeep

KEPT = timedelta(hours=1)
"""So long orders that are over stay in memory, where late fills find them without the database."""
CLOSE_SECONDS = 5.0
AGAIN_SECONDS = 1.0
_log = structlog.get_logger(__name__)


class Trader:
    """To be entered: that connects nothing, but reads the books, reconciles, and follows the order stream of an adapter
    that is connected. Leaving it ends all that it began; what was sent goes on at the venue, and is found again."""

    def __init__(
        self,
        account: str,
        *,
        adapter: ExchangeAdapter,
        store: TradingStore,
        events: EventFactory,
        wall: Wall,
        gate: Gate,
        cut: Cut,
        holdings: Holdings,
        hours: Hours,
        told: Callable[[str, Mapping[str, object]], None],
        reconciled: Reconciled,
        happened: Callable[[ActionHappened | CarryCharged], Awaitable[None]],
    ) -> None:
        """happened: has what a company did to its shares in the books, before anything that is told after it."""
        self.account, self._adapter, self._wall = account, adapter, wall
        self.books = books = Books(account, store=store, events=events, now=adapter.now, is_still=adapter.is_replay)
        self._holdings = holdings
        self._calls = calls = Calls(books=books, adapter=adapter, store=store, wall=wall, look=self._look_soon)
        self.reconciler = Reconciler(
            books=books, adapter=adapter, calls=calls, store=store, fees_after=lambda: holdings.fees_after
        )
        self._chores, self._stack, self._idle = Chores(wall, self.wake), AsyncExitStack(), asyncio.Event()
        self.looks = Looks(
            books=books, reconciler=self.reconciler, adapter=adapter, wall=wall, chores=self._chores,
            reconciled=reconciled, looked=self._looked,
        )  # fmt: skip
        self._stream = OrderStream(
            account, adapter=adapter, wall=wall, answers=calls.answers, reconciler=self.reconciler, looks=self.looks,
            chores=self._chores, told=told, happened=happened, wake=self.wake,
        )  # fmt: skip
        rests = calls.fates.rests
        self._intake = Intake(
            gate=gate, cut=cut, holdings=holdings, hours=hours, is_ready=lambda: self.is_ready,
            features=adapter.features,
        )  # fmt: skip
        self._upkeep = Upkeep(
            intake=self._intake, holdings=holdings, hours=hours, is_ready=lambda: self.is_ready, rests=rests,
            compared_at=lambda: self.reconciler.settled_at, ends_all=adapter.is_replay,
        )  # fmt: skip
        self._alarm = Alarm(adapter=adapter, wall=wall, hours=hours, looks=self.looks, rests=rests)
        self._asked: dict[str, datetime] = {}
        """When the venue was asked for what was silent."""
        books.listen(self._changed)

    async def __aenter__(self) -> "Trader":
        self._calls.sending.handed |= await pick_up(self.books, self._adapter)
        await self._stack.enter_async_context(self._chores)
        self._stack.push_async_callback(self._end, asyncio.create_task(self._stream.follow()))
        self._stack.push_async_callback(self._end, asyncio.create_task(self._work()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _end(self, task: "asyncio.Task[None]") -> None:
        task.cancel()
        await asyncio.wait({task}, timeout=CLOSE_SECONDS)

    @property
    def is_streaming(self) -> bool:
        """Whether the order stream stands."""
        return self._stream.is_streaming

    @property
    def is_ready(self) -> bool:
        """Whether entries may be sent: the order stream stands, what is at the venue was compared, and it is known what
        the account held before."""
        return self._stream.is_streaming and self.reconciler.is_done and self._holdings.has_begun

    # What is asked of it

    async def know(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        """Learn the rules of some symbols, which are kept. Raises Unavailable."""
        rules = self._intake.rules
        rules |= await self._adapter.instruments(symbols)
        return {symbol: rules[symbol] for symbol in symbols if symbol in rules}

    async def carry_out(
        self,
        intents: Sequence[Intent],
        *,
        corr_id: str | None = None,
        tick: RecordedTick | None = None,
        says: Sequence[Payload] = (),
        blobs: Sequence[bytes] = (),
        first: Callable[[Draft], None] = lambda _draft: None,
    ) -> Mapping[str, Refusal]:
        """Have all of it in the books, in one transaction with a run's tick (and the bytes that it needs) and with what
        is to stand in the log, and then at the venue; `first` is done before the orders are looked at. Returns why
        orders were refused, by their ids. Raises Unavailable, ReadOnly and Conflict: then nothing was done of it, as
        far as is known."""
        refused: dict[str, Refusal] = {}
        for order_id in named_in(intents):
            await self.books.recall(order_id)
        async with self.books.change(corr_id=corr_id) as draft:
            if tick is not None:
                draft.record(tick)
                for content in blobs:
                    draft.keep(tick.run_id, content)
            draft.say(*says)
            first(draft)
            for intent in intents:
                why = self._intake.take_up(draft, intent)
                if why is not None and isinstance(intent, Place | Replace):
                    refused[intent.order.id] = why
        return refused

    async def decide(self, made: Callable[[Draft], Sequence[Intent]], *, corr_id: str | None = None) -> None:
        """Have in the books, and then at the venue, what is made of them as they are then. Raises Unavailable and
        ReadOnly."""
        async with self.books.change(corr_id=corr_id) as draft:
            for intent in made(draft):
                self._intake.take_up(draft, intent)

    async def sync(self, order_id: str) -> None:
        """Look at an order at the venue now, and take in what it shows. Raises Unavailable."""
        await self.books.recall(order_id)
        for submission in [*self.books.known.submissions_of(order_id)]:
            await self._calls.look_ups.ask(submission.id)

    def wake(self) -> None:
        """Something has changed that orders may wait for."""
        self._idle.clear()
        self._alarm.woken.set()

    async def idle(self) -> None:
        """Return when all that can be done now is done: what was written down is sent and answered. A venue whose time
        goes on when it is asked for bars is not asked before."""
        await self._idle.wait()

    # Working

    async def _work(self) -> None:
        """Do what the books say is to be done, whenever they change or something is due."""
        woken = self._alarm.woken
        while True:
            woken.clear()
            seen = self._adapter.now()
            try:
                await self._look(seen)
            except WeaverError as error:  # the database or the venue is away: looked at again
                _log.warning("account_not_worked", account=self.account, error=str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, the account's other orders go on
                _log.error("account_not_worked", account=self.account, exc_info=error)
                await self._wall.sleep(AGAIN_SECONDS)
            if not self._chores.count and not woken.is_set():
                self._idle.set()
            await self._alarm.until(self._alarm.due(self.books.known, seen, self._asked))
            self._idle.clear()

    async def _look(self, now: datetime) -> None:
        known = self.books.known
        unwanted = to_cancel(known, now, self._upkeep.withdrawn, cancels_legs=self._adapter.is_replay)
        for todo in (*to_send(known, self._calls.sending.handed), *unwanted):
            self._begin(todo)
        for todo in [*to_ask(known, now, self._asked)]:
            self._asked[todo.id] = now
            self._begin(todo)
        self.looks.begin(now)
        if self._upkeep.is_needed(known, now):
            await self._keep_up()

    async def _keep_up(self) -> None:
        """Have in the books what orders need; of those that cannot be kept so, symbol by symbol, the others'."""
        try:
            await self._keep_up_of(None)
        except (Unavailable, ReadOnly):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is of some symbol's orders
            _log.error("orders_not_kept_up", account=self.account, exc_info=error)
            await self._keep_up_each()

    async def _keep_up_each(self) -> None:
        for symbol in sorted({order.symbol for order in self.books.known.working()}):
            try:
                await self._keep_up_of(symbol)
            except (Unavailable, ReadOnly):
                raise
            except Exception as error:  # noqa: BLE001 - as above
                _log.error("orders_not_kept_up", account=self.account, symbol=symbol, error=str(error))
        await self._wall.sleep(AGAIN_SECONDS)

    async def _keep_up_of(self, symbol: str | None) -> None:
        async with self.books.change() as draft:
            self._upkeep.look(draft, self.books.known, symbol)

    async def _looked(self) -> None:
        """The venue was looked at: whatever waits for that goes on, and memory lets go of what is over."""
        now = self._adapter.now()
        await self.books.forget(now - KEPT)
        self._calls.fates.forget(now)
        open_ = {one.id for one in self.books.known.open_submissions()}
        self._calls.sending.handed &= open_
        self._upkeep.withdrawn &= open_
        self._asked = {id_: at for id_, at in self._asked.items() if id_ in open_}
        self.wake()

    def _look_soon(self) -> None:
        self.looks.ask()

    def _begin(self, todo: ToDo) -> None:
        if any(self._chores.is_under_way(f"{what} {todo.id}") for what in ("send", "send_replacement", "look_up")):
            return
        self._chores.begin(f"{todo.what} {todo.id}", partial(self._calls.by_name[todo.what], todo.id))

    def _changed(self, _changes: Sequence[OrderChange]) -> None:
        self.wake()

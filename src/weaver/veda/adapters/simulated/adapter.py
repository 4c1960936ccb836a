"""The simulated venue as Veda sees it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Collection, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import date, datetime

from weaver.model.account.account_kind import AccountKind
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.errors import Unavailable, WeaverError
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.timeframe import Timeframe
from weaver.model.run import RunMode
from weaver.veda.adapters.simulated.memory import Asked, Memory, NoMemory
from weaver.veda.adapters.simulated.sources.feed import BarFeed
from weaver.veda.adapters.simulated.updates import Updates
from weaver.veda.adapters.simulated.venue.ticket import Ticket
from weaver.veda.adapters.simulated.venue.venue import SimulatedVenue
from weaver.veda.exchange.account import CarryCharged, VenueAccount, VenuePosition
from weaver.veda.exchange.answers import Answer, Reason, Refused, Unknown
from weaver.veda.exchange.market import BarPage, InstrumentRules, TradingDay, VenueClock
from weaver.veda.exchange.orders import OrderChange, OrderRequest, VenueFill, VenueOrder
from weaver.veda.exchange.port import BarMessage, ExchangeAdapter, OrderMessage
from weaver.veda.exchange.setup import Setup

_NO_MEMORY = NoMemory()


class SimulatedAdapter(ExchangeAdapter):
    """The house's exchange as a paper venue: on stored bars replayed at any speed, or on another venue's live bars."""

    name = "simulated"
    title = "Simulated"
    modes = ("paper",)
    asset_classes = ("stock", "crypto", "fx", "future")
    features = (
        "orders", "live_bars", "history", "corporate_actions", "fractions", "bracket", "oco", "oto", "trailing_stop",
        "replace", "extended_hours", "short", "replay", "any_exit",
    )  # fmt: skip
    parts = ("venue", "feed")

    def __init__(self, setup: Setup, *, venue: SimulatedVenue, feed: BarFeed, memory: Memory = _NO_MEMORY) -> None:
        """`feed` is that venue's; `memory`: of what was asked for before."""
        self._memory, self._requests, self._turn = memory, 0, asyncio.Lock()
        self._setup, self._venue, self._feed = setup, venue, feed
        self._account_id = setup.account_id or venue.prefix
        self._updates = Updates(venue.listeners, self.now)
        self._is_open, self._closed = False, asyncio.Event()

    @property
    def mode(self) -> RunMode:
        return self._setup.mode

    @property
    def source(self) -> str:
        return f"{self.name} on {self._feed.source}"

    @property
    def is_replay(self) -> bool:
        return self._feed.is_replay

    async def connect(self) -> VenueAccount:
        await self._feed.connect()
        remembered = await self._memory.recall()
        self._feed.recover(remembered)
        self._requests = len(remembered.asked)
        self._is_open = True
        return await self.account()

    async def close(self) -> None:
        self._is_open = False
        self._closed.set()
        self._updates.close()

    def now(self) -> datetime:
        return time_of(self._feed.now)

    async def submit(self, request: OrderRequest) -> Answer[VenueOrder]:
        async with self._turn:
            if not self._is_open:
                return _NOT_CONNECTED
            asked = await self._noted(Asked(tick=0, placed=0, request=request))
            return _NOT_NOTED if asked is None else self._venue.submit(request, asked.placed)

    def refusal(self, request: OrderRequest) -> Refused | None:
        return self._venue.refusal(request) if request.symbol in self._venue.instruments else None

    async def cancel(self, venue_id: str) -> Answer[None]:
        async with self._turn:
            if not self._is_open:
                return _NOT_CONNECTED
            asked = await self._noted(Asked(tick=0, placed=0, venue_id=venue_id))
            return _NOT_NOTED if asked is None else self._venue.cancel(venue_id, asked.placed)

    async def replace(self, venue_id: str, change: OrderChange) -> Answer[VenueOrder]:
        async with self._turn:
            if not self._is_open:
                return _NOT_CONNECTED
            asked = await self._noted(Asked(tick=0, placed=0, venue_id=venue_id, change=change))
            return _NOT_NOTED if asked is None else self._venue.replace(venue_id, change, asked.placed)

    async def _noted(self, asked: Asked) -> Asked | None:
        """A request as it is remembered, at the tick at which it is worked; None: it could not be kept."""
        while True:
            stamped = replace(asked, tick=self._feed.tick, placed=self._feed.placed)
            try:
                await self._memory.note(self._requests, stamped)
            except WeaverError:
                return None
            if stamped.tick == self._feed.tick:  # else time has gone on meanwhile
                self._requests += 1
                return stamped

    async def find_order(self, venue_id: str) -> VenueOrder | None:
        return _shown(self._asked.find(venue_id))

    async def find_order_by_client_id(self, client_order_id: str) -> VenueOrder | None:
        return _shown(self._asked.find_by_client_id(client_order_id))

    async def open_orders(self) -> tuple[VenueOrder, ...]:
        """As the port's. Of a replay, what was told is dealt with before: who looks at the same orders meanwhile would
        have their fills in the books in another order."""
        if self._feed.is_replay:
            await self._updates.settle(self._setup.wall)
        return tuple(ticket.shown() for ticket in self._asked.orders() if _works(ticket))

    async def orders_since(self, after: datetime) -> tuple[VenueOrder, ...]:
        since = instant_of(after)
        return tuple(ticket.shown() for ticket in self._asked.orders() if ticket.created > since)

    async def fills_since(self, after: datetime) -> tuple[VenueFill, ...]:
        since = instant_of(after)
        return tuple(known.fill for known in self._asked.fills if known.tick > since)

    async def account(self) -> VenueAccount:
        account, rules = self._asked.account, self._asked.account.rules
        cash, net, gross, tied = account.standing()
        power = cash - tied
        if rules.kind is AccountKind.MARGIN:
            power = max(int((cash + net - tied) * rules.leverage) - gross, 0)
        return VenueAccount(
            account_id=self._account_id,
            number=self._account_id,
            status="ACTIVE",
            cash=account.amount(cash),
            equity=account.amount(cash + net),
            buying_power=account.amount(power),
            multiplier=rules.leverage,
            can_short=rules.shorting,
        )

    async def positions(self) -> tuple[VenuePosition, ...]:
        venue = self._asked
        return tuple(
            VenuePosition(
                symbol=symbol,
                asset_class=venue.instruments[symbol].instrument.asset_class,
                quantity=held.quantity,
                available=held.scale.quantity_decimal(abs(held.units) - venue.held_for_orders(symbol)),
                average_price=held.average_price,
                price=venue.account.price(symbol),
            )
            for symbol, held in sorted(venue.account.positions.items())
            if held.units
        )

    async def clock(self) -> VenueClock:
        return await self._open_feed.clock()

    async def calendar(self, first: date, last: date) -> tuple[TradingDay, ...]:
        return await self._open_feed.calendar(first, last)

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        return await self._open_feed.instruments(symbols)

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, *, page: str | None = None
    ) -> BarPage:
        return await self._open_feed.bars(symbol, timeframe, start, end, page)

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        return await self._open_feed.corporate_actions(symbol, first, last)

    async def carry_charged(self, after: int) -> tuple[CarryCharged, ...]:
        return tuple(self._asked.charged[after:])

    def order_updates(self) -> AsyncIterator[OrderMessage]:
        return self._updates.read()

    async def live_bars(self, symbols: Collection[str]) -> AsyncIterator[BarMessage]:
        """As the port's. Of a replay time goes on when the next message is asked for."""
        async with aclosing(self._open_feed.stream(symbols)) as messages:
            while (message := await self._unless_closed(self._settled(messages))) is not None:
                yield message

    async def _settled(self, messages: AsyncGenerator[BarMessage]) -> BarMessage | None:
        """The next message, once what came of it was told by `order_updates` and dealt with; None after the last. A
        replay waits for that as long as it takes."""
        message = await anext(messages, None)
        if self.is_replay:
            await self._updates.settled()
        else:
            await self._updates.settle(self._setup.wall)
        return message

    async def _unless_closed(self, coming: Awaitable[BarMessage | None]) -> BarMessage | None:
        """What comes, or None once the adapter is closed."""
        message, closed = asyncio.ensure_future(coming), asyncio.ensure_future(self._closed.wait())
        try:
            await asyncio.wait((message, closed), return_when=asyncio.FIRST_COMPLETED)
            return message.result() if message.done() else None
        finally:
            message.cancel()
            closed.cancel()
            await asyncio.gather(message, closed, return_exceptions=True)

    @property
    def _asked(self) -> SimulatedVenue:
        """Raises Unavailable before `connect` and after `close`."""
        self._check_open()
        return self._venue

    @property
    def _open_feed(self) -> BarFeed:
        """Raises Unavailable before `connect` and after `close`."""
        self._check_open()
        return self._feed

    def _check_open(self) -> None:
        if not self._is_open:
            raise Unavailable("the simulated venue is not connected")


_NOT_NOTED = Unknown(message="the simulated venue's memory is away")
_NOT_CONNECTED = Refused(reason=Reason.UNREACHABLE, message="the simulated venue is not connected", was_sent=False)


def _shown(ticket: Ticket | None) -> VenueOrder | None:
    return None if ticket is None else ticket.shown()


def _works(ticket: Ticket) -> bool:
    return ticket.order.is_working or any(leg.order.is_working for leg in ticket.legs)

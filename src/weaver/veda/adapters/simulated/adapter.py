"""The simulated venue as Veda sees it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Collection, Mapping
from contextlib import aclosing
from datetime import date, datetime

from weaver.model.account.account_kind import AccountKind
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.errors import Unavailable
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.timeframe import Timeframe
from weaver.model.run import RunMode
from weaver.veda.adapters.simulated.feed import BarFeed
from weaver.veda.adapters.simulated.hours import trading_days
from weaver.veda.adapters.simulated.ticket import Ticket
from weaver.veda.adapters.simulated.updates import Updates
from weaver.veda.adapters.simulated.venue import SimulatedVenue
from weaver.veda.exchange.account import VenueAccount, VenuePosition
from weaver.veda.exchange.answers import Answer, Reason, Refused
from weaver.veda.exchange.market import BarPage, InstrumentRules, TradingDay, VenueClock
from weaver.veda.exchange.orders import OrderChange, OrderRequest, VenueFill, VenueOrder
from weaver.veda.exchange.port import BarMessage, ExchangeAdapter, OrderMessage
from weaver.veda.exchange.setup import Setup

TURNS = 20
"""So often others have their turn for the updates of a tick to be taken before its bars are told."""


class SimulatedAdapter(ExchangeAdapter):
    """The house's exchange as a paper venue: on stored bars replayed at any speed, or on another venue's live bars."""

    name = "simulated"
    title = "Simulated"
    modes = ("paper",)
    asset_classes = ("stock", "crypto", "fx", "future")
    features = (
        "orders", "live_bars", "history", "corporate_actions", "fractions", "bracket", "oco", "oto", "trailing_stop",
        "replace", "extended_hours", "short", "replay",
    )  # fmt: skip
    parts = ("venue", "feed")

    def __init__(self, setup: Setup, *, venue: SimulatedVenue, feed: BarFeed) -> None:
        """`feed` is that venue's."""
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

    async def connect(self) -> VenueAccount:
        await self._feed.connect()
        self._is_open = True
        return await self.account()

    async def close(self) -> None:
        self._is_open = False
        self._closed.set()
        self._updates.close()

    def now(self) -> datetime:
        return time_of(self._feed.now)

    async def submit(self, request: OrderRequest) -> Answer[VenueOrder]:
        return self._venue.submit(request, self._feed.placed) if self._is_open else _NOT_CONNECTED

    def refusal(self, request: OrderRequest) -> Refused | None:
        return self._venue.refusal(request) if request.symbol in self._venue.instruments else None

    async def cancel(self, venue_id: str) -> Answer[None]:
        return self._venue.cancel(venue_id, self._feed.placed) if self._is_open else _NOT_CONNECTED

    async def replace(self, venue_id: str, change: OrderChange) -> Answer[VenueOrder]:
        return self._venue.replace(venue_id, change, self._feed.placed) if self._is_open else _NOT_CONNECTED

    async def find_order(self, venue_id: str) -> VenueOrder | None:
        return _shown(self._asked.find(venue_id))

    async def find_order_by_client_id(self, client_order_id: str) -> VenueOrder | None:
        return _shown(self._asked.find_by_client_id(client_order_id))

    async def open_orders(self) -> tuple[VenueOrder, ...]:
        return tuple(ticket.shown() for ticket in self._asked.orders() if _works(ticket))

    async def orders_since(self, after: datetime) -> tuple[VenueOrder, ...]:
        since = instant_of(after)
        return tuple(ticket.shown() for ticket in self._asked.orders() if ticket.created > since)

    async def fills_since(self, after: datetime) -> tuple[VenueFill, ...]:
        since = instant_of(after)
        return tuple(known.fill for known in self._asked.fills if known.tick > since)

    async def account(self) -> VenueAccount:
        account, rules = self._asked.account, self._asked.account.rules
        power = account.cash
        if rules.kind is AccountKind.MARGIN:
            power = max(int(account.equity * rules.leverage) - account.gross, 0)
        return VenueAccount(
            account_id=self._account_id,
            number=self._account_id,
            status="ACTIVE",
            cash=account.amount(account.cash),
            equity=account.amount(account.equity),
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
        return trading_days(first, last)

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        return await self._open_feed.instruments(symbols)

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, *, page: str | None = None
    ) -> BarPage:
        return await self._open_feed.bars(symbol, timeframe, start, end, page)

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        return await self._open_feed.corporate_actions(symbol, first, last)

    def order_updates(self) -> AsyncIterator[OrderMessage]:
        return self._updates.read()

    async def live_bars(self, symbols: Collection[str]) -> AsyncIterator[BarMessage]:
        """As the port's. What a bar did to orders is told by `order_updates` before the bar is; time goes on when the
        next message is asked for."""
        async with aclosing(self._open_feed.stream(symbols)) as messages:
            while (message := await self._unless_closed(anext(messages, None))) is not None:
                for _ in range(TURNS):
                    if self._updates.is_taken:
                        break
                    await self._setup.wall.sleep(0)
                yield message

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


_NOT_CONNECTED = Refused(reason=Reason.UNREACHABLE, message="the simulated venue is not connected", was_sent=False)


def _shown(ticket: Ticket | None) -> VenueOrder | None:
    return None if ticket is None else ticket.shown()


def _works(ticket: Ticket) -> bool:
    return ticket.order.is_working or any(leg.order.is_working for leg in ticket.legs)

"""The exchange behind the adapter's port, over a line on which everything goes wrong that can."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from typing import TypeVar

from tests.simulation.chaos import Chaos
from tests.simulation.loop import WeaverDied
from tests.simulation.overnight.night import is_open
from tests.simulation.venue.feed import BarLine
from tests.simulation.venue.market import Market, Ticket, Trade, Turned
from tests.simulation.venue.shown import fill_of, oddly, order_of
from tests.simulation.venue.tape import Tape
from tests.simulation.world import START, World
from weaver.model.calendar.instants import instant_of
from weaver.model.errors import Unavailable
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.corporate_actions import CorporateAction, Split
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.model.orders.actions import OrderClass, OrderType, TimeInForce
from weaver.model.orders.venue import VENUES
from weaver.model.run import RunMode
from weaver.veda.exchange.account import CarryCharged, VenueAccount, VenueFee, VenuePosition
from weaver.veda.exchange.answers import Accepted, Answer, Reason, Refused, Unknown
from weaver.veda.exchange.market import (
    BarPage,
    Feed,
    FeedRestored,
    FeedStale,
    InstrumentRules,
    LiveBar,
    TradingDay,
    VenueClock,
)
from weaver.veda.exchange.orders import OrderChange, OrderRequest, OrderUpdate, Source, VenueFill, VenueOrder
from weaver.veda.exchange.port import BarMessage, OrderMessage

T = TypeVar("T")
CALL_SECONDS = 20.0


class Exchange:
    """The exchange in the world: it goes on whether a server runs or not."""

    def __init__(self, world: World, chaos: Chaos, symbols: Mapping[str, Decimal]) -> None:
        self.world, self.chaos = world, chaos
        self.market = Market(chaos.manners, world.market.random, lambda: world.micros, self._tell)
        self.market.prices.update(symbols)
        self.sessions: list[ChaosVenue] = []
        self.sent: list[tuple[str, str, str]] = []
        """Who asked for what, and what for: session, kind, id."""
        self._numbers = count(1)
        self.tape = Tape(self._tell_bar)
        self.is_shared = False
        """Whether others have the account's keys, too."""
        self.rests = False
        """Whether nobody trades any more."""
        self.actions: list[tuple[str, Split]] = []
        """What companies have announced."""
        self._move()

    def happens(self, chance: float) -> bool:
        """Whether something does that has this chance."""
        return chance > 0 and self.world.faults.random() < chance

    def _move(self) -> None:
        chance, market = self.world.market, self.market
        was_open, market.is_open = market.is_open, is_open(self.world.now())
        if was_open and not market.is_open:
            self.world.note("the market closes")
            market.end_day()
        market.is_trading = market.is_open and not self.rests
        if market.is_trading:
            self.market.move({one: Decimal(chance.randint(-60, 60)) / 100 for one in self.market.prices})
            self.tape.trade(self.world.micros, self.market.prices)
            self._others_act()
            self._some_expire()
        else:
            self.tape.end_minute(self.world.micros)
        self.world.after(1.0, self._move)

    def _others_act(self) -> None:
        """Whoever else has the account's keys orders, and cancels what is not theirs."""
        if not self.is_shared:
            return
        market, chance = self.market, self.world.faults
        if self.happens(self.chaos.their_orders):
            number = next(self._numbers)
            symbol = chance.choice(sorted(market.prices))
            limit = None if chance.random() < 0.5 else market.prices[symbol] + Decimal(chance.randint(-200, 200)) / 100
            ticket = Ticket(
                id=f"o{number}",
                client_id=f"theirs-{number}",
                symbol=symbol,
                sign=chance.choice((1, -1)),
                quantity=Decimal(chance.randint(1, 9)),
                kind="market" if limit is None else "limit",
                limit=limit,
                is_foreign=True,
            )
            _ignored(lambda: market.submit(ticket, []))
        if self.happens(self.chaos.their_cancels) and market.open:
            chosen = chance.choice(sorted(market.open))
            _ignored(lambda: market.cancel(chosen))

    def _some_expire(self) -> None:
        if self.happens(self.chaos.their_expiries) and self.market.open:
            self.market.expire(self.world.faults.choice(sorted(self.market.open)))

    def announce(self, action: Split, symbol: str, seconds: float) -> None:
        """A company is to split its shares, so many seconds after the start."""
        self.actions.append((symbol, action))
        self.world.at(seconds, lambda: self._split(symbol, action))

    def _split(self, symbol: str, action: Split) -> None:
        self.world.note(f"{symbol} splits {action.ratio}")
        self.market.split(symbol, action.ratio)

    def _tell_bar(self, bar: LiveBar) -> None:
        for session in self.sessions:
            session.bar_line.hear(bar)

    def _tell(self, event: str, ticket: Ticket, trade: Trade | None) -> None:
        self.world.note(f"venue {event} {ticket.id} {ticket.filled}/{ticket.quantity} {ticket.status}")
        for session in self.sessions:
            session.hear(event, ticket, trade)

    def new_ticket(self, request: OrderRequest) -> tuple[Ticket, list[Ticket]]:
        """An order as it is asked for, with its legs."""
        is_oco = request.order_class is OrderClass.OCO
        tif, exit_tif = self._tifs(request)
        number = next(self._numbers)
        head = Ticket(
            id=f"o{number}",
            client_id=request.client_order_id,
            symbol=request.symbol,
            sign=request.side.sign,
            quantity=request.quantity,
            kind=str(request.order_type),
            klass=str(request.order_class),
            tif=tif,
            limit=request.take_profit if is_oco else request.limit,
            stop=request.stop,
            trail=request.trail,
            trail_percent=request.trail_percent,
        )
        sign = head.sign if is_oco else -head.sign
        legs = []
        if request.take_profit is not None and not is_oco:
            legs.append(self._leg(head, "t", sign, exit_tif, OrderType.LIMIT, request.take_profit, None))
        if request.stop_loss is not None:
            kind = OrderType.STOP if request.stop_loss.limit is None else OrderType.STOP_LIMIT
            legs.append(self._leg(head, "s", sign, exit_tif, kind, request.stop_loss.limit, request.stop_loss.stop))
        return head, legs

    def _tifs(self, request: OrderRequest) -> tuple[str, str]:
        """Of an order, and of its legs: where there is one for all, that of the longest. What the venue lacks is sent
        as one without end."""
        lasts = TimeInForce.GTC
        tif = lasts if request.tif is TimeInForce.GTD else request.tif
        exit_tif = lasts if request.exit_tif is TimeInForce.GTD else request.exit_tif
        has_legs = request.order_class is not OrderClass.SIMPLE
        if has_legs and self.chaos.manners.one_tif and {tif, exit_tif} != {TimeInForce.DAY}:
            tif = exit_tif = lasts
        return str(tif), str(exit_tif)

    def _leg(
        self,
        head: Ticket,
        which: str,
        sign: int,
        tif: str,
        kind: OrderType,
        limit: Decimal | None,
        stop: Decimal | None,
    ) -> Ticket:
        return Ticket(
            id=f"{head.id}{which}",
            client_id=f"venue-{head.id}{which}",
            symbol=head.symbol,
            sign=sign,
            quantity=head.quantity,
            kind=str(kind),
            klass=head.klass,
            tif=tif,
            limit=limit,
            stop=stop,
        )


class ChaosVenue:
    """One process's connection; an `ExchangeAdapter`."""

    name = "chaos"
    mode = RunMode.PAPER
    source = "chaos"
    is_replay = False
    features = ()

    def __init__(self, exchange: Exchange, session: str) -> None:
        self._exchange, self.session = exchange, session
        self._world, self._chaos, self._market = exchange.world, exchange.chaos, exchange.market
        self.is_alive = True
        self.is_closed = False
        """Its process has closed it, and may be there yet."""
        self._heard: list[OrderUpdate] = []
        self._waiting: asyncio.Future[None] | None = None
        self._is_connected = False
        self._cut_at: datetime | None = None
        self._muted_until = 0
        self.bar_line = self._new_bar_line()
        exchange.sessions.append(self)

    def _new_bar_line(self) -> BarLine:
        return BarLine(self._world, self._chaos, self._exchange.tape, wait=self._lost, ask=self._ask)

    def die(self) -> None:
        """Its process is gone. What it sent goes on."""
        self.is_alive = self.is_closed = False
        if self in self._exchange.sessions:
            self._exchange.sessions.remove(self)

    def come_back(self) -> None:
        """Its process begins anew what had failed."""
        self.is_alive, self.is_closed = True, False
        if self not in self._exchange.sessions:
            self._exchange.sessions.append(self)

    # Time

    def now(self) -> datetime:
        return self._world.now() + timedelta(seconds=self._chaos.skew)

    # The line

    def _must_live(self) -> None:
        if self.is_closed:
            raise Unavailable("the connection is closed")
        if not self.is_alive:
            raise WeaverDied

    def _chance(self, of: float) -> bool:
        self._must_live()
        return self._exchange.happens(of)

    def _latency(self) -> float:
        self._must_live()
        return self._world.faults.expovariate(1 / self._chaos.latency)

    async def _call(self, act: Callable[[], T], *, forth: float, back: float) -> T:
        """Have the exchange act, and hear of it. What is under way acts though its caller may have died."""
        self._must_live()
        answered: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def acts() -> None:
            try:
                value = act()
            except Turned as turned:
                self._world.after(back, partial(self._deliver, answered, turned))
            else:
                self._world.after(back, partial(self._deliver, answered, value))

        self._world.after(forth, acts)
        return await answered

    def _deliver(self, answered: "asyncio.Future[T]", what: T | Turned) -> None:
        if not self.is_alive or answered.done():
            return
        if isinstance(what, Turned):
            answered.set_exception(what)
        else:
            answered.set_result(what)

    async def _lost(self, seconds: float) -> None:
        self._must_live()
        await asyncio.sleep(seconds)

    async def _order(self, what: str, name: str, act: Callable[[], T]) -> Answer[T]:
        """Something asked of the exchange. Answers, or does not."""
        self._must_live()
        self._exchange.sent.append((self.session, what, name))
        self._world.note(f"{self.session} asks {what} {name}")
        chance = self._chance
        if chance(self._chaos.unreachable):
            await self._lost(self._latency())
            return Refused(reason=Reason.UNREACHABLE, message="no connection", was_sent=False)
        if chance(self._chaos.limited):
            await self._lost(self._latency())
            return Refused(reason=Reason.RATE_LIMIT, message="too many requests")
        forth, back = self._latency(), self._latency()
        if chance(self._chaos.very_late):
            self._world.after(20 + self._world.faults.random() * 200, lambda: _ignored(act))
            await self._lost(CALL_SECONDS)
            return Unknown(message="timed out")
        if chance(self._chaos.answer_lost):
            if chance(0.6):
                self._world.after(forth, lambda: _ignored(act))
            await self._lost(CALL_SECONDS if chance(0.5) else self._latency())
            return Unknown(message="the answer was lost")
        if chance(self._chaos.update_before_answer):
            back += 3 * self._chaos.latency
        if forth + back > CALL_SECONDS:
            self._world.after(forth, lambda: _ignored(act))
            await self._lost(CALL_SECONDS)
            return Unknown(message="timed out")
        try:
            return Accepted(value=await self._call(act, forth=forth, back=back))
        except Turned as turned:
            return Refused(reason=Reason(turned.reason), message=turned.message)

    async def _ask(self, act: Callable[[], T]) -> T:
        """A question. Raises Unavailable where no answer comes."""
        if self._chance(self._chaos.question_lost):
            await self._lost(CALL_SECONDS if self._chance(0.2) else self._latency())
            raise Unavailable("the venue does not answer")
        return await self._call(act, forth=min(self._latency(), 8.0), back=min(self._latency(), 8.0))

    # Orders

    async def submit(self, request: OrderRequest) -> Answer[VenueOrder]:
        def act() -> VenueOrder:
            return order_of(self._market.submit(*self._exchange.new_ticket(request)))

        return await self._order("submit", request.client_order_id, act)

    def refusal(self, request: OrderRequest) -> Refused | None:
        return None

    async def cancel(self, venue_id: str) -> Answer[None]:
        def act() -> None:
            if not self._exchange.happens(self._chaos.not_cancelled):
                self._market.cancel(venue_id)

        return await self._order("cancel", venue_id, act)

    async def replace(self, venue_id: str, change: OrderChange) -> Answer[VenueOrder]:
        asked = {"quantity": change.quantity, "limit": change.limit, "stop": change.stop, "trail": change.trail}
        return await self._order(
            "replace",
            change.client_order_id,
            lambda: order_of(self._market.replace(venue_id, change.client_order_id, asked)),
        )

    # Questions

    async def find_order(self, venue_id: str) -> VenueOrder | None:
        return await self._ask(lambda: self._found(self._market.tickets.get(venue_id)))

    async def find_order_by_client_id(self, client_order_id: str) -> VenueOrder | None:
        return await self._ask(lambda: self._found(next(iter(self._market.by_client.get(client_order_id, [])), None)))

    def _found(self, ticket: Ticket | None) -> VenueOrder | None:
        if ticket is None or self._world.micros - ticket.created < self._chaos.lagging * 1e6:
            return None
        return self._shown(ticket)

    def _shown(self, ticket: Ticket) -> VenueOrder:
        shown = order_of(ticket)
        return oddly(shown) if self._exchange.happens(self._chaos.odd_status) else shown

    async def open_orders(self) -> tuple[VenueOrder, ...]:
        return await self._ask(lambda: self._listed([*self._market.open.values()]))

    async def orders_since(self, after: datetime) -> tuple[VenueOrder, ...]:
        since = (after - START) / timedelta(microseconds=1)
        return await self._ask(
            lambda: self._listed([one for one in self._market.tickets.values() if one.created > since])
        )

    def _listed(self, tickets: list[Ticket]) -> tuple[VenueOrder, ...]:
        heads: dict[str, Ticket] = {}
        for one in tickets:
            head = one.parent or one
            heads[head.id] = head
        shown = [self._shown(one) for one in heads.values()]
        return tuple(self._shortened(shown))

    def _shortened(self, whole: list[T]) -> list[T]:
        if self._exchange.happens(self._chaos.empty_list):
            return []
        if self._exchange.happens(self._chaos.short_list):
            return [one for one in whole if self._world.faults.random() < 0.6]
        return whole

    async def fills_since(self, after: datetime) -> tuple[VenueFill, ...]:
        since = (after - START) / timedelta(microseconds=1)
        shows = self._chaos.shows_cumulative
        return await self._ask(
            lambda: tuple(
                self._shortened(
                    [
                        fill_of(one, is_listed=True, shows_cumulative=shows)
                        for one in self._market.trades
                        if one.at > since and self._world.micros - one.at >= self._chaos.lagging * 3e5
                    ]
                )
            )
        )

    async def fees_since(self, after: datetime) -> tuple[VenueFee, ...]:
        """It takes none, and answers at once: what a seed was is left as it was."""
        return ()

    async def account(self) -> VenueAccount:
        return await self._ask(
            lambda: VenueAccount(account_id="a1", number="PA1", status="ACTIVE", cash=self._market.cash, can_short=True)
        )

    async def positions(self) -> tuple[VenuePosition, ...]:
        def held() -> tuple[VenuePosition, ...]:
            rows = [
                VenuePosition(
                    symbol=symbol,
                    asset_class=AssetClass.STOCK,
                    quantity=quantity,
                    available=max(abs(quantity) - self._market.held(symbol, -1 if quantity > 0 else 1), Decimal(0)),
                    price=self._market.prices[symbol],
                )
                for symbol, quantity in sorted(self._market.positions.items())
                if quantity
            ]
            return tuple(self._shortened(rows))

        return await self._ask(held)

    async def clock(self) -> VenueClock:
        return await self._ask(
            lambda: VenueClock(
                time=self.now(),
                is_open=self._market.is_open,
                next_open=None,
                next_close=None,
                skew_seconds=self._chaos.skew,
            )
        )

    async def calendar(self, first: date, last: date) -> tuple[TradingDay, ...]:
        return ()

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        return {
            symbol: InstrumentRules(
                instrument=Instrument.default(symbol, AssetClass.STOCK),
                rules=VENUES["alpaca-stocks"],
                is_tradable=True,
                is_shortable=True,
                is_fractionable=False,
                ended_by_us=frozenset({TimeInForce.GTD}),
                splits_at_zero=self._chaos.manners.splits_at_zero,
                has_one_tif=self._chaos.manners.one_tif,
            )
            for symbol in symbols
        }

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, *, page: str | None = None
    ) -> BarPage:
        assert timeframe == Timeframe(MINUTE), timeframe
        tape = self._exchange.tape
        found = await self._ask(lambda: tape.between(symbol, instant_of(start), instant_of(end)))
        return BarPage(bars=found, next_page=None)

    async def carry_charged(self, after: int) -> tuple[CarryCharged, ...]:
        """Nothing: as a broker it takes its own of the account."""
        del after
        return ()

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        def listed() -> tuple[CorporateAction, ...]:
            announced = self._exchange.actions
            return tuple(one for of, one in announced if of == symbol and first <= one.ex_date <= last)

        return await self._ask(listed)

    async def connect(self) -> VenueAccount:
        return await self.account()

    async def close(self) -> None:
        self.die()
        self.is_closed = True

    # Streams

    def hear(self, event: str, ticket: Ticket, trade: Trade | None) -> None:
        """The exchange tells of something."""
        if not self._is_connected or self._world.micros < self._muted_until or self._chance(self._chaos.lose_update):
            return
        if self._chance(self._chaos.disconnect):
            self._disconnect()
            return
        if self._chance(self._chaos.mute):
            self._muted_until = self._world.micros + 30_000_000
            self._world.after(30.0, self._disconnect)
            return
        fill = None if trade is None else fill_of(trade, is_listed=False, shows_cumulative=self._chaos.shows_cumulative)
        shown = _without_legs(self._shown(ticket))
        update = OrderUpdate(order=shown, event=event, fill=fill, time=self.now())
        for _ in range(2 if self._chance(self._chaos.duplicate_update) else 1):
            delay = self._latency() * (8 if self._chance(self._chaos.late_update) else 0.3)
            self._world.after(delay, lambda: self._put(update))

    def _put(self, update: OrderUpdate) -> None:
        if self.is_alive and self._is_connected:
            self._heard.append(update)
            self._wake()

    def _disconnect(self) -> None:
        if self.is_alive and self._is_connected:
            self._is_connected, self._cut_at = False, self.now()
            self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def order_updates(self) -> AsyncIterator[OrderMessage]:
        since: datetime | None = None
        while True:
            await self._lost(min(self._latency(), 5.0))
            self._is_connected = True
            if since is not None:
                for update in await self._repair(since):
                    yield update
            yield FeedRestored(feed=Feed.ORDERS, since=since)
            while self._is_connected or self._heard:
                if self._heard:
                    yield self._heard.pop(0)
                    continue
                self._waiting = asyncio.get_running_loop().create_future()
                await self._waiting
            since = self._cut_at or self.now()
            yield FeedStale(feed=Feed.ORDERS, since=since, reason="the line was cut")
            await self._lost(self._world.faults.random() * 15)

    async def _repair(self, since: datetime) -> list[OrderUpdate]:
        try:
            shown = await self.orders_since(since - timedelta(seconds=60))
        except Unavailable:
            return []
        return [OrderUpdate(order=one, event="poll", time=self.now(), source=Source.POLL) for one in shown]

    def live_bars(self, symbols: Collection[str]) -> AsyncIterator[BarMessage]:
        assert set(symbols) == set(self._market.prices)
        self.bar_line = self._new_bar_line()
        return self.bar_line.messages()


def _without_legs(order: VenueOrder) -> VenueOrder:
    """Updates are of one order."""
    return replace(order, legs=())


def _ignored(act: Callable[[], T]) -> None:
    try:
        act()
    except Turned:
        return

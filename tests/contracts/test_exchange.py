"""What every adapter promises (`veda/exchange/port.py`), on each venue."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

import pytest

from tests.contracts.replayed_venue import replayed_venue
from tests.contracts.venues import Venue, alpaca_venue, followed_venue
from tests.local_exchange import LocalExchange, local_exchange
from weaver.model.calendar.instants import time_of
from weaver.model.errors import Unavailable
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.answers import Accepted, Answer, Reason, Refused
from weaver.veda.exchange.market import Feed, FeedRestored, LiveBar, TickEnded
from weaver.veda.exchange.orders import OrderChange, OrderRequest, OrderUpdate, StopLoss, VenueOrder
from weaver.veda.exchange.port import BarMessage

pytestmark = pytest.mark.anyio
T = TypeVar("T")
STOCK, PAIR = "AAPL", "BTC/USD"
MINUTE = 60.0
WAIT_SECONDS = 60.0


@pytest.fixture(scope="module")
def exchange() -> Iterator[LocalExchange]:
    with local_exchange("--speed", "hold", "--rate", "0") as running:
        yield running


@pytest.fixture(params=[alpaca_venue, followed_venue, replayed_venue], ids=["alpaca", "following", "replaying"])
async def venue(request: pytest.FixtureRequest, exchange: LocalExchange) -> AsyncIterator[Venue]:
    """Each venue in turn, connected."""
    async with request.param(exchange) as made:
        yield made


def order(
    number: int = 1, symbol: str = STOCK, side: Side = Side.BUY, quantity: str = "10", **terms: object
) -> OrderRequest:
    base: dict[str, object] = {"client_order_id": f"run-{number}", "symbol": symbol, "side": side}
    return OrderRequest(**{**base, "quantity": Decimal(quantity), **terms})  # type: ignore[arg-type]


def limit_order(price: Decimal, number: int = 1, **terms: object) -> OrderRequest:
    return order(number, order_type=OrderType.LIMIT, tif=TimeInForce.GTC, limit=price, **terms)


def taken(answer: Answer[T]) -> T:
    """What an accepted answer holds."""
    assert isinstance(answer, Accepted), answer
    return answer.value


def refused(answer: Answer[object]) -> Refused:
    assert isinstance(answer, Refused), answer
    return answer


async def far_below(venue: Venue, symbol: str = STOCK) -> Decimal:
    """A price at which nothing sells for now."""
    return (await venue.last_price(symbol) / 2).quantize(Decimal("1"))


async def until(found: Callable[[], Awaitable[T | None]]) -> T:
    """What comes within a while."""
    async with asyncio.timeout(WAIT_SECONDS):
        while (value := await found()) is None:
            await asyncio.sleep(0.05)
        return value


async def ended(venue: Venue, venue_id: str) -> VenueOrder:
    """The order once it is final."""

    async def look() -> VenueOrder | None:
        found = await venue.adapter.find_order(venue_id)
        return found if found is not None and found.status.is_final else None

    return await until(look)


async def test_account_is_named_and_says_what_it_has(venue: Venue) -> None:
    account = await venue.adapter.account()
    assert account.account_id
    assert (account.cash, account.flags, account.currency) == (Decimal(100_000), (), "USD")
    assert await venue.adapter.positions() == ()
    assert await venue.adapter.open_orders() == ()


async def test_market_order_fills_and_is_seen_everywhere(venue: Venue) -> None:
    began = venue.adapter.now() - timedelta(minutes=1)
    sent = taken(await venue.adapter.submit(order()))
    assert (sent.client_order_id, sent.symbol, sent.side, sent.quantity) == ("run-1", STOCK, Side.BUY, 10)
    await venue.advance(2 * MINUTE)
    found = await ended(venue, sent.venue_id)
    assert (found.status, found.filled_quantity) == (OrderStatus.FILLED, 10)
    assert await venue.adapter.find_order_by_client_id("run-1") == found
    fills = await venue.adapter.fills_since(began)
    assert sum(fill.quantity for fill in fills) == 10
    assert {fill.venue_order_id for fill in fills} == {sent.venue_id}
    assert fills[-1].cumulative_quantity in {None, Decimal(10)}
    worth = sum(fill.quantity * fill.price for fill in fills)
    (position,) = await venue.adapter.positions()
    assert (position.symbol, position.quantity, position.available) == (STOCK, 10, 10)
    account = await venue.adapter.account()
    assert account.cash == Decimal(100_000) - worth
    assert found.average_price is not None
    assert abs(found.average_price * 10 - worth) < Decimal("0.01")
    assert [one.client_order_id for one in await venue.adapter.orders_since(began)] == ["run-1"]


async def test_updates_begin_with_the_feed_and_tell_the_fill_of_the_list(venue: Venue) -> None:
    began = venue.adapter.now() - timedelta(minutes=1)
    async with aclosing(venue.adapter.order_updates()) as updates, asyncio.timeout(WAIT_SECONDS):  # type: ignore[type-var]
        first = await anext(updates)
        assert isinstance(first, FeedRestored)
        assert (first.feed, first.since, first.is_complete) == (Feed.ORDERS, None, True)
        sent, told = taken(await venue.adapter.submit(order())), []
        passing = asyncio.create_task(venue.advance(2 * MINUTE))  # its bars wait for whoever reads updates
        while not told or told[-1].order.status is not OrderStatus.FILLED:
            update = await anext(updates)
            if isinstance(update, OrderUpdate):
                told.append(update)
    await passing
    assert {update.order.venue_id for update in told} == {sent.venue_id}
    fills = await venue.adapter.fills_since(began)
    assert [update.fill.execution_id for update in told if update.fill] == [fill.execution_id for fill in fills]
    assert [update.fill.quantity for update in told if update.fill] == [fill.quantity for fill in fills]


async def test_one_client_id_is_one_order(venue: Venue) -> None:
    price = await far_below(venue)
    first = taken(await venue.adapter.submit(limit_order(price)))
    again = refused(await venue.adapter.submit(limit_order(price)))
    assert again.reason is Reason.DUPLICATE_ID
    assert [one.venue_id for one in await venue.adapter.open_orders()] == [first.venue_id]


async def test_cancelled_order_is_over_and_cannot_be_cancelled_again(venue: Venue) -> None:
    sent = taken(await venue.adapter.submit(limit_order(await far_below(venue))))
    await venue.advance(1)
    assert [one.status for one in await venue.adapter.open_orders()] == [OrderStatus.ACCEPTED]
    taken(await venue.adapter.cancel(sent.venue_id))
    found = await ended(venue, sent.venue_id)
    assert (found.status, found.filled_quantity) == (OrderStatus.CANCELLED, 0)
    assert await venue.adapter.open_orders() == ()
    assert refused(await venue.adapter.cancel(sent.venue_id)).reason is Reason.STATE


async def test_replacement_is_an_order_of_its_own_that_names_the_old(venue: Venue) -> None:
    price = await far_below(venue)
    old = taken(await venue.adapter.submit(limit_order(price)))
    await venue.advance(1)
    change = OrderChange(client_order_id="run-2", quantity=Decimal(7), limit=price - 1)
    new = taken(await venue.adapter.replace(old.venue_id, change))
    assert new.venue_id != old.venue_id
    await venue.advance(1)
    found = await ended(venue, old.venue_id)
    assert (found.status, found.replaced_by) == (OrderStatus.CANCELLED, new.venue_id)
    (working,) = await venue.adapter.open_orders()
    assert (working.client_order_id, working.replaces) == ("run-2", old.venue_id)
    assert (working.quantity, working.limit) == (7, price - 1)


async def test_what_there_is_not_is_not_found(venue: Venue) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    assert await venue.adapter.find_order(nobody) is None
    assert await venue.adapter.find_order_by_client_id("nobody") is None
    assert refused(await venue.adapter.cancel(nobody)).reason is Reason.NOT_FOUND


async def not_carried_out(venue: Venue, request: OrderRequest, *reasons: Reason) -> None:
    """A venue refuses it at once, or takes it and rejects it when it would fill (docs/architecture/veda.md)."""
    answer = await venue.adapter.submit(request)
    if isinstance(answer, Refused):
        assert answer.reason in reasons
        assert answer.was_sent
        assert await venue.adapter.find_order_by_client_id(request.client_order_id) is None
        return
    await venue.advance(2 * MINUTE)
    found = await ended(venue, taken(answer).venue_id)
    assert (found.status, found.filled_quantity) == (OrderStatus.REJECTED, 0)


async def test_more_than_can_be_paid_is_not_bought(venue: Venue) -> None:
    await not_carried_out(venue, order(quantity="1000000"), Reason.BUYING_POWER)


async def test_pair_that_is_not_held_is_not_sold(venue: Venue) -> None:
    short = order(symbol=PAIR, side=Side.SELL, quantity="0.5", tif=TimeInForce.GTC)
    await not_carried_out(venue, short, Reason.POSITION, Reason.INSTRUMENT)


async def test_rules_are_checked_before_anything_is_sent(venue: Venue) -> None:
    known = await venue.adapter.instruments([STOCK, PAIR, "NOSUCH"])
    assert set(known) == {STOCK, PAIR}
    assert known[STOCK].is_tradable
    assert TimeInForce.GTD in known[PAIR].ended_by_us
    wrong = limit_order(Decimal("10.001"))
    said = venue.adapter.refusal(wrong)
    assert said is not None
    assert (said.reason, said.was_sent) == (Reason.PRICE, False)
    assert await venue.adapter.submit(wrong) == said
    assert venue.adapter.refusal(order()) is None


async def test_pair_is_spelt_the_same_in_orders_and_positions(venue: Venue) -> None:
    sent = taken(await venue.adapter.submit(order(symbol=PAIR, quantity="0.25", tif=TimeInForce.GTC)))
    await venue.advance(2 * MINUTE)
    assert (await ended(venue, sent.venue_id)).status is OrderStatus.FILLED
    (position,) = await venue.adapter.positions()
    assert position.symbol == PAIR
    assert 0 < position.quantity <= Decimal("0.25")  # a fee may be taken in coins


async def test_bracket_holds_its_legs_until_the_entry_is_in(venue: Venue) -> None:
    price = await venue.last_price(STOCK)
    cents = Decimal("0.01")
    terms = {"take_profit": (price * 2).quantize(cents), "stop_loss": StopLoss(stop=(price / 2).quantize(cents))}
    sent = taken(await venue.adapter.submit(order(order_class=OrderClass.BRACKET, tif=TimeInForce.GTC, **terms)))
    assert len(sent.legs) == 2
    await venue.advance(2 * MINUTE)

    async def working() -> tuple[VenueOrder, ...] | None:
        found = await venue.adapter.find_order(sent.venue_id)
        return found.legs if found is not None and found.status is OrderStatus.FILLED else None

    legs = await until(working)
    assert {leg.side for leg in legs} == {Side.SELL}
    assert {leg.limit for leg in legs if leg.order_type is OrderType.LIMIT} == {terms["take_profit"]}
    open_ones = await venue.adapter.open_orders()
    assert {leg.venue_id for leg in legs} <= {
        each.venue_id for one in open_ones for each in (one, *one.legs)
    }  # the held leg too
    for leg in legs:  # Alpaca ends the group with its first, elsewhere each leg is a cancel of its own
        answer = await venue.adapter.cancel(leg.venue_id)
        assert isinstance(answer, Accepted) or refused(answer).reason is Reason.STATE
    for leg in legs:
        assert (await ended(venue, leg.venue_id)).status is OrderStatus.CANCELLED


async def test_history_is_the_same_whatever_the_page_and_holds_no_forming_bar(venue: Venue) -> None:
    end = venue.adapter.now()
    start = end - timedelta(days=3)
    minutes = Timeframe.parse("1m")
    page = await venue.adapter.bars(STOCK, minutes, start, end)
    stamps = page.bars.timestamp.tolist()
    while page.next_page is not None:
        page = await venue.adapter.bars(STOCK, minutes, start, end, page=page.next_page)
        stamps += page.bars.timestamp.tolist()
    assert len(stamps) > 400
    assert stamps == sorted(set(stamps))
    assert page.bars.end[-1] <= venue.adapter.now().timestamp() * 1e9


async def test_bars_stream_as_they_end_and_equal_history(venue: Venue) -> None:
    async with aclosing(venue.adapter.live_bars([STOCK, PAIR])) as messages, asyncio.timeout(WAIT_SECONDS):  # type: ignore[type-var]
        feeds, bars = set(), []
        while feeds != {Feed.STOCK_BARS, Feed.CRYPTO_BARS}:
            message = await anext(messages)
            assert isinstance(message, FeedRestored)
            feeds.add(message.feed)
        for _ in range(3):
            await venue.pass_time(MINUTE)
        while len([bar for bar in bars if bar.symbol == STOCK]) < 3:
            message = await anext(messages)
            if isinstance(message, LiveBar):
                bars.append(message)
    stock = [bar for bar in bars if bar.symbol == STOCK]
    assert [bar.end - bar.start for bar in stock] == [60 * 10**9] * 3
    page = await venue.adapter.bars(
        STOCK, Timeframe.parse("1m"), venue.adapter.now() - timedelta(minutes=10), venue.adapter.now()
    )
    history = dict(zip(page.bars.timestamp.tolist(), page.bars.close.tolist(), strict=True))
    assert [history[bar.start] for bar in stock] == [bar.close for bar in stock]


async def test_only_a_replay_says_when_all_bars_of_an_instant_have_come(venue: Venue) -> None:
    assert venue.adapter.is_replay == venue.is_replay
    async with aclosing(venue.adapter.live_bars([STOCK, PAIR])) as messages, asyncio.timeout(WAIT_SECONDS):  # type: ignore[type-var]
        told: list[BarMessage] = []
        while len(told) < 2:
            told.append(await anext(messages))
        await venue.pass_time(2 * MINUTE)
        while (
            len([one for one in told if isinstance(one, LiveBar)]) < 4
            or isinstance(told[-1], LiveBar) == venue.is_replay
        ):
            told.append(await anext(messages))
    ended = [one.time for one in told if isinstance(one, TickEnded)]
    bars = [time_of(one.end) for one in told if isinstance(one, LiveBar)]
    assert ended == (sorted(set(bars)) if venue.is_replay else [])
    for tick in ended:
        assert not any(
            isinstance(one, LiveBar) and time_of(one.end) <= tick for one in told[told.index(TickEnded(time=tick)) :]
        )


async def test_fill_is_dealt_with_before_the_bar_is_told_that_made_it(venue: Venue) -> None:
    began, dealt_with = venue.adapter.now() - timedelta(minutes=1), []
    subscribed = asyncio.Event()

    async def deal() -> None:
        async for message in venue.adapter.order_updates():
            if isinstance(message, OrderUpdate) and message.fill is not None:
                await asyncio.sleep(0.3)
                dealt_with.append(message.fill.execution_id)

    async def read() -> None:
        async for message in venue.adapter.live_bars([STOCK]):
            if isinstance(message, FeedRestored):
                taken(await venue.adapter.submit(order()))
                subscribed.set()
            fills = [fill.execution_id for fill in await venue.adapter.fills_since(began)]
            if isinstance(message, LiveBar) and fills:
                assert dealt_with == fills or not venue.fills_by_bars
                return

    dealing = asyncio.create_task(deal())
    try:
        async with asyncio.timeout(WAIT_SECONDS), asyncio.TaskGroup() as tasks:
            await asyncio.sleep(0.5)
            tasks.create_task(read())
            await subscribed.wait()
            if not venue.is_replay:  # it goes on by itself when it is read
                await venue.pass_time(3 * MINUTE)
    finally:
        dealing.cancel()


async def test_clock_and_calendar_agree(venue: Venue) -> None:
    clock = await venue.adapter.clock()
    assert clock.is_open
    assert abs(clock.skew_seconds) < 2
    assert abs((clock.time - venue.adapter.now()).total_seconds()) < 2
    today = clock.time.date()
    days = await venue.adapter.calendar(today, today + timedelta(days=7))
    assert days[0].date == today
    assert days[0].extended_open < days[0].open < clock.time < days[0].close == clock.next_close
    assert clock.next_open == days[1].open


async def test_another_adapter_to_the_account_sees_the_same(venue: Venue) -> None:
    sent = taken(await venue.adapter.submit(limit_order(await far_below(venue))))
    other = venue.another()
    try:
        assert (await other.connect()).account_id == (await venue.adapter.account()).account_id
        assert [one.venue_id for one in await other.open_orders()] == [sent.venue_id]
    finally:
        await other.close()


async def test_nothing_is_known_before_connecting(venue: Venue) -> None:
    other = venue.another()
    assert refused(await other.submit(order())).reason is Reason.UNREACHABLE
    assert refused(await other.cancel("x")).reason is Reason.UNREACHABLE
    with pytest.raises(Unavailable):
        await other.positions()


async def test_closing_ends_streams_and_calls(venue: Venue) -> None:
    async def read() -> int:
        return len([message async for message in venue.adapter.order_updates()])

    async def read_bars() -> int:
        return len([message async for message in venue.adapter.live_bars([STOCK])])

    readers = [asyncio.create_task(read()), asyncio.create_task(read_bars())]
    await asyncio.sleep(1)
    async with asyncio.timeout(WAIT_SECONDS):
        await venue.adapter.close()
        await asyncio.gather(*readers)
    assert isinstance(await venue.adapter.submit(order()), Refused)
    with pytest.raises(Unavailable):
        await venue.adapter.account()

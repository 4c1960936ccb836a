"""Stored bars come in their time, at any speed, and the end of them is told; in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.simulated import priced, replaying
from tests.virtual_wall import START, VirtualWall
from weaver.greta.ledger.prices import Prices
from weaver.model.account.costs import Costs
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import InputError, NotFound
from weaver.model.listing import Listing
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import Delisting, Dividend, Split
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.actions import OrderType, Side, TimeInForce
from weaver.veda.adapters.simulated.adapter import SimulatedAdapter
from weaver.veda.adapters.simulated.sources import replay as replay_module
from weaver.veda.adapters.simulated.sources.pacing import MAX
from weaver.veda.adapters.simulated.sources.replay import Replay
from weaver.veda.exchange.answers import Accepted
from weaver.veda.exchange.market import Feed, FeedRestored, LiveBar, ReplayEnded, TickEnded
from weaver.veda.exchange.orders import OrderRequest, OrderUpdate

MINUTE = Timeframe.parse("1m")
MONDAY = datetime(2021, 4, 5, 14, 0, tzinfo=UTC)
"""Half an hour after the New York open."""
EVER = datetime(1970, 1, 1, tzinfo=UTC)


def bars_at(starts: Sequence[datetime], *, symbol: str = "AAA", timeframe: Timeframe = MINUTE) -> Bars:
    """Bars that open at 100, 101, 102 … and close a half higher."""
    stamps = np.array([instant_of(start) for start in starts])
    opens = 100.0 + np.arange(len(stamps))
    return Bars(
        symbol=symbol,
        timeframe=timeframe,
        timestamp=stamps,
        end=calendar_for(AssetClass.STOCK).bar_end(stamps, timeframe),
        open=opens,
        high=opens + 1,
        low=opens - 1,
        close=opens + 0.5,
        volume=np.full(len(stamps), 1000.0),
    )


def minutes(count: int, first: datetime = MONDAY) -> list[datetime]:
    return [first + timedelta(minutes=k) for k in range(count)]


def stock(bars: Bars, *actions: Any) -> Prices:
    instrument = Instrument.default(bars.symbol, AssetClass.STOCK)
    plain = priced(bars, instrument)
    return (
        Prices(Listing(instrument=instrument, bars=bars, actions=actions), Costs(), plain.scale) if actions else plain
    )


def both(*series: Prices, **options: Any) -> tuple[VirtualWall, Replay, SimulatedAdapter]:
    return replaying({one.symbol: one for one in series}, **options)


async def seconds_of(
    wall: VirtualWall, adapter: SimulatedAdapter, on_bar: Callable[[int], None] = lambda _: None
) -> list[float]:
    """When (in the wall's seconds) each bar came, and the end."""
    await adapter.connect()
    found = []
    async for message in adapter.live_bars(["AAA"]):
        if isinstance(message, LiveBar | ReplayEnded):
            found.append(round((wall.now() - START).total_seconds(), 6))
            on_bar(len(found))
    return found


@pytest.mark.parametrize(("speed", "expected"), [(1, [60, 120, 180, 180]), (60, [1, 2, 3, 3]), (MAX, [0, 0, 0, 0])])
def test_bars_come_at_the_speed_that_is_asked_for(speed: float, expected: list[float]) -> None:
    wall, _, adapter = both(stock(bars_at(minutes(3))), speed=speed)
    assert asyncio.run(seconds_of(wall, adapter)) == expected


@pytest.mark.parametrize(("speed", "expected"), [(1, [1060, 1120]), (60, [1001, 1002]), (MAX, [1000, 1000])])
def test_time_stands_until_the_first_bar_is_asked_for(speed: float, expected: list[float]) -> None:
    """A run takes a while to be prepared, and has the first bar all the same."""
    wall, _, adapter = both(stock(bars_at(minutes(2))), speed=speed)

    async def run() -> list[float]:
        await adapter.connect()
        await wall.sleep(1000)
        assert adapter.now() == MONDAY
        return await seconds_of(wall, adapter)

    assert asyncio.run(run())[:2] == expected


def test_nights_and_holes_pass_at_once() -> None:
    starts = [*minutes(2), MONDAY + timedelta(minutes=30), *minutes(1, MONDAY + timedelta(days=1))]
    wall, _, adapter = both(stock(bars_at(starts)), speed=1)
    assert asyncio.run(seconds_of(wall, adapter)) == [60, 120, 180, 240, 240]


def test_speed_can_change_while_a_bar_is_waited_for() -> None:
    wall, replay, adapter = both(stock(bars_at(minutes(4))), speed=1)

    async def hurry() -> None:
        await wall.sleep(90)
        replay.set_speed(30)  # half of the second minute is left: a second; then two a minute

    async def run() -> list[float]:
        hurrying = asyncio.create_task(hurry())
        found = await seconds_of(wall, adapter)
        await hurrying
        return found

    assert asyncio.run(run()) == [60, 91, 93, 95, 95]


def test_speed_can_become_as_fast_as_may_be() -> None:
    wall, replay, adapter = both(stock(bars_at(minutes(4))), speed=1)
    found = asyncio.run(seconds_of(wall, adapter, lambda bar: replay.set_speed(MAX) if bar == 2 else None))
    assert found == [60, 120, 120, 120, 120]


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_speed_that_is_none_is_refused(speed: float) -> None:
    with pytest.raises(InputError, match="speed is a number above 0, or max"):
        both(stock(bars_at(minutes(1))), speed=speed)


def test_slow_reader_makes_the_replay_late_and_loses_nothing() -> None:
    wall, _, adapter = both(stock(bars_at(minutes(3))), speed=60)

    async def run() -> list[tuple[float, int]]:
        await adapter.connect()
        found = []
        async for message in adapter.live_bars(["AAA"]):
            if isinstance(message, LiveBar):
                found.append(((wall.now() - START).total_seconds(), int(message.open)))
                await wall.sleep(5)
                assert adapter.now() <= MONDAY + timedelta(minutes=len(found) + 1)  # time waits for it
        return found

    assert asyncio.run(run()) == [(1, 100), (6, 101), (11, 102)]


def test_stream_begins_with_its_feeds_and_ends_with_the_replay() -> None:
    _, _, adapter = both(stock(bars_at(minutes(1))), stock(bars_at(minutes(2), symbol="BBB")))

    async def run() -> list[Any]:
        await adapter.connect()
        return [message async for message in adapter.live_bars(["AAA", "BBB"])]

    first, *told, last = asyncio.run(run())
    assert first == FeedRestored(feed=Feed.STOCK_BARS, since=None)
    ends = [MONDAY + timedelta(minutes=minute) for minute in (1, 2)]
    assert [(one.symbol, one.open) if isinstance(one, LiveBar) else one for one in told] == [
        ("AAA", 100.0), ("BBB", 100.0), TickEnded(time=ends[0]), ("BBB", 101.0), TickEnded(time=ends[1]),
    ]  # fmt: skip
    assert last == ReplayEnded(time=MONDAY + timedelta(minutes=2))


def test_replay_goes_from_its_start_to_its_end_and_the_rest_is_history() -> None:
    start = MONDAY + timedelta(minutes=2)
    _, _, adapter = both(stock(bars_at(minutes(6))), start=start, end=MONDAY + timedelta(minutes=3))

    async def run() -> None:
        await adapter.connect()
        before = await adapter.bars("AAA", MINUTE, EVER, MONDAY + timedelta(days=9))
        assert before.bars.open.tolist() == [100, 101]
        opens = [message.open async for message in adapter.live_bars(["AAA"]) if isinstance(message, LiveBar)]
        assert opens == [102, 103]
        after = await adapter.bars("AAA", MINUTE, start, MONDAY + timedelta(days=9))
        assert (after.bars.open.tolist(), after.next_page) == ([102, 103], None)

    asyncio.run(run())


def test_symbol_without_bars_to_replay_is_told_at_once() -> None:
    _, _, adapter = both(stock(bars_at(minutes(3))), start=MONDAY + timedelta(days=1))
    with pytest.raises(InputError, match=r"no 1m bars of AAA to replay from 2021-04-06"):
        asyncio.run(adapter.connect())


def test_symbol_without_bars_comes_along_with_one_that_has_some() -> None:
    """As in a backtest, whose symbols need not all have traded by then."""
    late = stock(bars_at(minutes(2, MONDAY + timedelta(days=1)), symbol="BBB"))
    _, _, adapter = both(stock(bars_at(minutes(3))), late, start=MONDAY, end=MONDAY + timedelta(hours=1))

    async def run() -> list[str]:
        await adapter.connect()
        messages = [message async for message in adapter.live_bars(["AAA", "BBB"])]
        return [message.symbol for message in messages if isinstance(message, LiveBar)]

    assert asyncio.run(run()) == ["AAA", "AAA", "AAA"]


def test_replay_begins_where_the_bars_before_it_ended_and_knows_their_close() -> None:
    """So what is ordered before its first bar counts as come then, and a trailing stop has a price to start from."""
    start = MONDAY + timedelta(minutes=2, seconds=30)
    _, _, adapter = both(stock(bars_at(minutes(6))), start=start)
    order = OrderRequest(
        client_order_id="trails", symbol="AAA", side=Side.SELL, quantity=Decimal(1),
        order_type=OrderType.TRAILING_STOP, trail=Decimal(2), tif=TimeInForce.GTC,
    )  # fmt: skip

    async def run() -> None:
        await adapter.connect()
        assert adapter.now() == MONDAY + timedelta(minutes=3)
        answer = await adapter.submit(order)
        assert isinstance(answer, Accepted)
        close = (await adapter.bars("AAA", MINUTE, EVER, adapter.now())).bars.close[-1]
        assert (answer.value.created_at, answer.value.stop) == (adapter.now(), Decimal(str(close)) - 2)

    asyncio.run(run())


def test_only_what_is_replayed_can_be_read() -> None:
    _, _, adapter = both(stock(bars_at(minutes(1))))

    async def run() -> None:
        await adapter.connect()
        assert await adapter.instruments(["AAA", "ZZZ"]) == await adapter.instruments(["AAA"])
        with pytest.raises(InputError, match="ZZZ is not replayed; replayed are AAA"):
            [message async for message in adapter.live_bars(["ZZZ"])]
        with pytest.raises(NotFound):
            await adapter.corporate_actions("ZZZ", date(2021, 1, 1), date(2022, 1, 1))

    asyncio.run(run())


def test_history_comes_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_module, "PAGE", 2)
    _, _, adapter = both(stock(bars_at(minutes(6))), start=MONDAY + timedelta(minutes=5))

    async def run() -> list[list[float]]:
        await adapter.connect()
        pages, page = [], None
        while True:
            found = await adapter.bars("AAA", MINUTE, EVER, MONDAY + timedelta(days=1), page=page)
            pages.append(found.bars.open.tolist())
            page = found.next_page
            if page is None:
                return pages

    assert asyncio.run(run()) == [[100, 101], [102, 103], [104]]


def test_order_acts_on_the_next_bar_until_that_is_waited_for_and_then_soon_on_the_one_after() -> None:
    """However long whoever answers to a bar takes: a replay's time stands still till the next is asked for."""
    wall, _, adapter = both(stock(bars_at(minutes(4))), speed=1)

    async def place(name: str, after: float) -> None:
        await wall.sleep(after)
        request = OrderRequest(client_order_id=name, symbol="AAA", side=Side.BUY, quantity=Decimal(1))
        assert isinstance(await adapter.submit(request), Accepted)

    async def run() -> list[Any]:
        await adapter.connect()
        await adapter.instruments(["AAA"])
        seen, by_hand = 0, []
        async for message in adapter.live_bars(["AAA"]):
            seen += isinstance(message, LiveBar)
            if isinstance(message, LiveBar) and seen == 1:
                await place("slow", 5.0)
            if isinstance(message, LiveBar) and seen == 2:
                by_hand = [asyncio.create_task(place(f"by hand {after}", after)) for after in (0.5, 1.5)]
        await asyncio.gather(*by_hand)
        return [fill.price for fill in await adapter.fills_since(EVER)]

    assert asyncio.run(run()) == [101, 102, 103]


def test_what_a_bar_did_is_told_before_the_bar_is() -> None:
    _, _, adapter = both(stock(bars_at(minutes(3))))
    told: list[str] = []

    async def listen(messages: AsyncIterator[Any]) -> None:
        async for message in messages:
            told.append(getattr(message, "event", type(message).__name__))  # noqa: PERF401 - each as it comes

    async def run() -> None:
        await adapter.connect()
        await adapter.instruments(["AAA"])
        listening = asyncio.create_task(listen(adapter.order_updates()))
        await asyncio.sleep(0)
        await adapter.submit(OrderRequest(client_order_id="a", symbol="AAA", side=Side.BUY, quantity=Decimal(1)))
        await listen(adapter.live_bars(["AAA"]))
        await adapter.close()
        await listening

    asyncio.run(run())
    ticks = ["LiveBar", "TickEnded"] * 3
    assert told == ["FeedRestored", "new", "FeedRestored", "fill", *ticks, "ReplayEnded"]


def test_orders_are_listed_once_what_was_told_of_them_is_dealt_with() -> None:
    """Else who looks at them books the fills of a bar before who is told of them, and in another order."""
    wall, _, adapter = both(stock(bars_at(minutes(2))))
    done: list[str] = []

    async def commit_each() -> None:
        async for message in adapter.order_updates():
            if isinstance(message, OrderUpdate) and message.fill is not None:
                await wall.sleep(2.0)
                done.append(message.order.client_order_id)

    async def first_bar() -> None:
        async with aclosing(adapter.live_bars(["AAA"])) as messages:
            async for message in messages:
                if isinstance(message, LiveBar):
                    return

    async def run() -> None:
        await adapter.connect()
        await adapter.instruments(["AAA"])
        listening = asyncio.create_task(commit_each())
        await asyncio.sleep(0)
        for name in ("a", "b"):
            await adapter.submit(OrderRequest(client_order_id=name, symbol="AAA", side=Side.BUY, quantity=Decimal(1)))
        reading = asyncio.create_task(first_bar())
        await wall.sleep(1.0)
        assert done == []
        assert await adapter.open_orders() == ()
        assert done == ["a", "b"]
        await reading
        await adapter.close()
        await listening

    asyncio.run(run())


@pytest.mark.parametrize(("commit_seconds", "came_after"), [(0.5, 1.0), (4, 8.0), (3600, 7200.0)])
def test_bar_waits_for_what_it_did_to_be_dealt_with(commit_seconds: float, came_after: float) -> None:
    """Two fills, each of which takes its reader a while: the bar comes after both, however long the database is away,
    for a tick without the fills of its own bars would not be the backtest's."""
    wall, _, adapter = both(stock(bars_at(minutes(2))))
    came: list[float] = []

    async def commit_each() -> None:
        async for message in adapter.order_updates():
            if isinstance(message, OrderUpdate) and message.fill is not None:
                await wall.sleep(commit_seconds)

    async def run() -> None:
        await adapter.connect()
        await adapter.instruments(["AAA"])
        committing = asyncio.create_task(commit_each())
        await asyncio.sleep(0)
        for name in "ab":
            await adapter.submit(OrderRequest(client_order_id=name, symbol="AAA", side=Side.BUY, quantity=Decimal(1)))
        async for message in adapter.live_bars(["AAA"]):
            if isinstance(message, LiveBar):
                came.append((wall.now() - START).total_seconds())
                break
        committing.cancel()

    asyncio.run(run())
    assert came == [came_after]


def test_splits_dividends_and_a_delisting_happen_as_their_days_come() -> None:
    days = [datetime(2021, 4, day, tzinfo=UTC) for day in (5, 6, 7, 8)]
    bars = bars_at(days, timeframe=Timeframe.parse("1d"))
    values = {name: getattr(bars, name).copy() for name in ("open", "high", "low", "close")}
    for column in values.values():
        column[2:] /= 2  # the day of the split
    actions = (
        Dividend(ex_date=date(2021, 4, 7), amount=Decimal("0.5")),
        Split(ex_date=date(2021, 4, 7), ratio=2),
        Delisting(ex_date=date(2021, 4, 9), value=Decimal(7)),
    )
    _, _, adapter = both(stock(replace(bars, **values), *actions))

    async def run() -> None:
        await adapter.connect()
        await adapter.instruments(["AAA"])
        resting = OrderRequest(
            client_order_id="b", symbol="AAA", side=Side.BUY, quantity=Decimal(3), order_type=OrderType.LIMIT,
            limit=Decimal(20), tif=TimeInForce.GTC,
        )  # fmt: skip
        cash, limits = [], []
        async for message in adapter.live_bars(["AAA"]):
            if isinstance(message, LiveBar) and not cash:
                await adapter.submit(replace(resting, client_order_id="a", order_type=OrderType.MARKET, limit=None))
                await adapter.submit(resting)
            if isinstance(message, LiveBar):
                account, order = await adapter.account(), await adapter.find_order_by_client_id("b")
                assert account.cash is not None
                assert order is not None
                cash.append(account.cash)
                limits.append((order.limit, order.quantity, order.status))
            if len(cash) == 3:
                (held,) = await adapter.positions()
                assert held.quantity == 6
        # Three at 101; half a dollar each; six shares at the end, worth seven each, and the order went with the symbol.
        assert cash == [100_000, 100_000 - 303, 100_000 - 303 + Decimal("1.5"), 100_000 - 303 + Decimal("1.5") + 42]
        assert limits == [(20, 3, "accepted"), (20, 3, "accepted"), (10, 6, "accepted"), (10, 6, "cancelled")]
        assert await adapter.positions() == ()
        assert await adapter.corporate_actions("AAA", date(2021, 1, 1), date(2022, 1, 1)) == actions[:2]

    asyncio.run(run())


@pytest.mark.parametrize(("end", "left"), [(8, 1), (9, 0)])
def test_delisting_waits_for_its_day_where_the_replay_ends_before(end: int, left: int) -> None:
    days = [datetime(2021, 4, day, tzinfo=UTC) for day in (5, 6, 7, 8)]
    bars = bars_at(days, timeframe=Timeframe.parse("1d"))
    delisting = Delisting(ex_date=date(2021, 4, 9), value=Decimal(7))
    _, _, adapter = both(stock(bars, delisting), end=datetime(2021, 4, end, tzinfo=UTC))

    async def run() -> int:
        await adapter.connect()
        await adapter.submit(OrderRequest(client_order_id="a", symbol="AAA", side=Side.BUY, quantity=Decimal(3)))
        async for _ in adapter.live_bars(["AAA"]):
            pass
        return len(await adapter.positions())

    assert asyncio.run(run()) == left


def test_closing_ends_a_stream_that_waits() -> None:
    wall, _, adapter = both(stock(bars_at(minutes(3))), speed=1)

    async def close() -> None:
        await wall.sleep(90)
        await adapter.close()

    async def run() -> list[Any]:
        closing = asyncio.create_task(close())
        await adapter.connect()
        found = [message async for message in adapter.live_bars(["AAA"])]
        await closing
        return found

    assert [type(message).__name__ for message in asyncio.run(run())] == ["FeedRestored", "LiveBar", "TickEnded"]
    assert (wall.now() - START).total_seconds() == pytest.approx(90)


def test_second_stream_goes_on_where_the_first_left_off() -> None:
    _, _, adapter = both(stock(bars_at(minutes(4))))

    async def run() -> list[float]:
        await adapter.connect()
        first = adapter.live_bars(["AAA"])
        seen = [await anext(first), await anext(first), await anext(first)]
        await first.aclose()  # type: ignore[attr-defined]
        seen += [message async for message in adapter.live_bars(["AAA"])]
        return [message.open for message in seen if isinstance(message, LiveBar)]

    assert asyncio.run(run()) == [100, 101, 102, 103]


def test_two_readers_are_told_the_same_whoever_asks_first() -> None:
    _, _, adapter = both(stock(bars_at(minutes(3))), stock(bars_at(minutes(3), symbol="BBB")))

    async def read(*symbols: str) -> list[tuple[str, float]]:
        found = [message async for message in adapter.live_bars(symbols)]
        assert isinstance(found[-1], ReplayEnded)
        return [(one.symbol, one.open) for one in found if isinstance(one, LiveBar)]

    async def run() -> list[list[tuple[str, float]]]:
        await asyncio.gather(adapter.connect(), adapter.connect())
        return await asyncio.gather(read("AAA", "BBB"), read("BBB"), read("AAA"))

    all_, second, first = asyncio.run(run())
    assert all_ == [(symbol, price) for price in (100, 101, 102) for symbol in ("AAA", "BBB")]
    assert (first, second) == ([one for one in all_ if one[0] == "AAA"], [one for one in all_ if one[0] == "BBB"])

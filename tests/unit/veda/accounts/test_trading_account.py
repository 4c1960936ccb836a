"""What an account held before Weaver came, told apart from what Weaver's orders bring, however its first looks go."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count

import pytest

from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.veda.live_builders import ACCOUNT, NOON, live_fill, live_order, submission
from tests.unit.veda.trading.builders import FakeVenue
from tests.virtual_wall import VirtualWall
from weaver.events.factory import EventFactory
from weaver.model.errors import Conflict, InputError
from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.status import OrderStatus
from weaver.model.run import RunMode
from weaver.veda.accounts.guard import RunTerms
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.exchange.account import VenuePosition
from weaver.veda.exchange.market import Feed, FeedRestored, VenueClock
from weaver.veda.orders.live_order import WaitsFor
from weaver.veda.orders.submission import SubmissionState
from weaver.veda.positions.attribution import EffectKind
from weaver.veda.risk.limits import RiskLimits


@dataclass(kw_only=True)
class Shop(FakeVenue):
    """It shows what is held; `meanwhile` happens when it is asked for that."""

    mode: RunMode = RunMode.PAPER
    held: dict[str, int] = field(default_factory=dict)
    meanwhile: Callable[[], Awaitable[None]] | None = None
    is_closed: bool = False

    async def positions(self) -> tuple[VenuePosition, ...]:
        if self.meanwhile is not None:
            await self.meanwhile()
        return tuple(
            VenuePosition(symbol=one, asset_class=AssetClass.STOCK, quantity=Decimal(n), available=Decimal(n))
            for one, n in self.held.items()
        )

    async def clock(self) -> VenueClock:
        self.asked.append(("clock", ""))
        return VenueClock(time=self.now(), is_open=True, next_open=None, next_close=None, skew_seconds=0.0)

    async def close(self) -> None:
        self.is_closed = True

    async def order_updates(self) -> AsyncIterator[FeedRestored]:
        yield FeedRestored(feed=Feed.ORDERS, since=None)
        await asyncio.get_running_loop().create_future()


def opened(shop: Shop, store: FakeTradingStore) -> TradingAccount:
    return TradingAccount(
        ACCOUNT,
        adapter=shop,
        store=store,
        events=EventFactory(producer="test", now=lambda: NOON, new_id=iter(map(str, range(999))).__next__),
        wall=shop.wall,
        told=lambda _what, _facts: None,
    )


def earlier(account: TradingAccount) -> dict[str, Decimal]:
    return {one.symbol: one.quantity for one in account.ledgers.effects or () if one.kind is EffectKind.EARLIER}


@pytest.mark.anyio
async def test_orders_that_are_placed_during_the_first_look_do_not_put_it_off() -> None:
    shop = Shop(wall=VirtualWall(NOON), held={"AAPL": 7})
    account = opened(shop, FakeTradingStore(FakeDisk()))
    waiting = live_order(status=OrderStatus.PENDING, waits_for=WaitsFor.STREAM)

    async def somebody_orders() -> None:
        async with account.trader.books.change() as draft:
            draft.put(waiting)

    shop.meanwhile = somebody_orders
    await account.trader.looks.look()
    assert earlier(account) == {"AAPL": 7}

    shop.held, shop.meanwhile = {}, None  # a list that lacks it
    await account.trader.looks.look()
    assert earlier(account) == {"AAPL": 7}


@pytest.mark.anyio
async def test_while_it_is_not_known_what_was_held_no_entry_is_sent() -> None:
    shop, store = Shop(wall=VirtualWall(NOON), held={"AAPL": 10}), FakeTradingStore(FakeDisk())
    bought = live_order(status=OrderStatus.FILLED, filled=10, value=1000)
    async with store.transaction() as transaction:
        await transaction.put_orders([bought])
        whole = (Decimal(0), Decimal(10))
        await transaction.put_submissions([submission(state=SubmissionState.ENDED, counted=(whole,))])
        await transaction.add_fills([live_fill("buy", 10, 100, order_id="run-1")])
    account, numbers = opened(shop, store), count(2)
    await account.ledgers.read()

    async def somebody_orders() -> None:
        async with account.trader.books.change() as draft:
            draft.put(live_order(f"run-{next(numbers)}", status=OrderStatus.PENDING, waits_for=WaitsFor.STREAM))

    shop.held, shop.meanwhile = {}, somebody_orders  # what the order brought is not listed yet
    async with account.trader:
        await asyncio.sleep(0)  # the stream is followed
        await account.trader.looks.look()
        assert account.trader.is_streaming
        assert account.trader.reconciler.is_done
        assert not account.trader.is_ready
        assert not [what for what, _ in shop.asked if what == "submit"]

        shop.held, shop.meanwhile = {"AAPL": 10}, None
        await account.trader.looks.look()
        assert account.trader.is_ready
    assert earlier(account) == {}


@pytest.mark.anyio
async def test_limits_of_a_run_that_were_changed_while_it_trades_hold_over_a_restart() -> None:
    shop, disk = Shop(wall=VirtualWall(NOON)), FakeDisk()
    account = opened(shop, FakeTradingStore(disk))
    given = RunTerms(
        limits=RiskLimits(),
        leverage=Decimal(1),
        may_short=False,
        symbols=frozenset({"AAPL"}),
        classes=frozenset({AssetClass.STOCK}),
    )
    for run_id in ("run", "other"):
        await account.admit(run_id, Decimal(100), given)
    async with account.trader.books.change() as draft:
        account.guard.set_run_limits(draft, "run", {"order_max": "0.2", "drawdown": None})
        with pytest.raises(InputError, match="order_max"):
            account.guard.set_run_limits(draft, "run", {"order_max": "-1"})
        with pytest.raises(Conflict, match="run gone does not trade in alpaca paper"):
            account.guard.set_run_limits(draft, "gone", {})
        assert account.guard.runs["run"] == given, "it holds once it is kept"

    changed = replace(RiskLimits(), order_max=Decimal("0.2"), drawdown=None)
    assert account.guard.runs["run"].limits == changed
    again = opened(shop, FakeTradingStore(disk))
    for run_id in ("run", "other"):
        await again.admit(run_id, Decimal(100), given)
    assert again.guard.runs == {"run": replace(given, limits=changed), "other": given}


@pytest.mark.anyio
async def test_server_that_was_followed_leaves_the_venue() -> None:
    shop, disk = Shop(wall=VirtualWall(NOON)), FakeDisk()
    account = opened(shop, FakeTradingStore(disk))
    watching = asyncio.create_task(account.watch_venue())
    await shop.wall.sleep(100)
    assert ([what for what, _ in shop.asked], shop.is_closed) == (["clock"] * 3, False)
    FakeTradingStore(disk)  # another has taken over
    await watching
    assert ([what for what, _ in shop.asked], shop.is_closed) == (["clock"] * 3, True)

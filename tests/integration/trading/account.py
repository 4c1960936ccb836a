"""An account that trades at a local exchange, in this process: for what no strategy and no request can bring about."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar
from unittest.mock import patch

from tests.contracts.venues import HOUR, MINUTES, SystemWall, alpaca_setup
from tests.integration.trading.watched import HeldTime, WatchedAccount, WatchedAdapter
from tests.local_exchange import LocalExchange
from tests.trading_store import FakeDisk, FakeTradingStore
from weaver.events.factory import EventFactory
from weaver.model.errors import Unavailable
from weaver.model.market.asset_class import AssetClass
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.veda.accounts.guard import RunTerms
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Submission
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.refusal import Refusal
from weaver.veda.trading.intents import Cancel, Intent, Place

NAME = "alpaca paper"
STOCK, PAIR = "AAPL", "BTC/USD"
PATIENCE_SECONDS = 60.0
"""Of the wall: how long to wait for what takes a second or two."""
MOMENT_SECONDS = 0.02
T = TypeVar("T")
LIMITS = replace(RiskLimits(), orders_per_minute=None)


class Account:
    """One life of it; `disk` outlives it."""

    def __init__(
        self, trading: WatchedAccount, adapter: WatchedAdapter, exchange: LocalExchange, disk: FakeDisk
    ) -> None:
        self.trading, self.adapter, self.exchange, self.disk = trading, adapter, exchange, disk
        self.told: list[tuple[str, Mapping[str, object]]] = []
        self._numbers = count(1 + len(disk.tables.orders))

    # Ordering

    async def order(self, symbol: str, quantity: object, *, run_id: str | None = "run", **given: Any) -> LiveOrder:
        """An order as a run gives it; `quantity` below 0 sells. It is at the venue, or waits, or is refused."""
        order = self.made(symbol, quantity, run_id=run_id, **given)
        await self.carry_out(Place(order=order))
        return self.now(order)

    async def bracket(
        self,
        symbol: str,
        quantity: object,
        *,
        far: str = "0.2",
        exit_tif: TimeInForce = TimeInForce.GTC,
        **given: Any,
    ) -> tuple[LiveOrder, ...]:
        """An entry with exits, so far from the newest price."""
        price, off = await self.price(symbol), Decimal(far)
        entry = self.made(symbol, quantity, order_class=OrderClass.BRACKET, **given)
        legs = [
            self.made(
                symbol, -entry.side.sign * entry.quantity, run_id=entry.run_id, order_class=OrderClass.BRACKET, **one
            )
            for one in ({"limit": round(price * (1 + off), 2)}, {"stop": round(price * (1 - off), 2)})
        ]
        legs = [replace(leg, parent_id=entry.id, group_id=entry.id, tif=exit_tif) for leg in legs]
        await self.carry_out(Place(order=entry, legs=tuple(legs)))
        return tuple(self.now(one) for one in (entry, *legs))

    def made(self, symbol: str, quantity: object, *, run_id: str | None = "run", **given: Any) -> LiveOrder:
        """An order that nobody has heard of yet."""
        size, number, now = Decimal(str(quantity)), next(self._numbers), self.trading.adapter.now()
        kind = {(False, False): OrderType.MARKET, (True, False): OrderType.LIMIT, (False, True): OrderType.STOP}
        id_ = f"{run_id}-{number}"
        usual = {
            "order_type": kind["limit" in given, "stop" in given],
            "tif": TimeInForce.GTC if "/" in symbol else TimeInForce.DAY,
        }
        return LiveOrder(
            id=id_, account=NAME, run_id=run_id, number=number, client_order_id=id_, symbol=symbol,
            side=Side.BUY if size > 0 else Side.SELL, quantity=abs(size), placed_at=now, updated_at=now,
            **{**usual, **given},
        )  # fmt: skip

    async def carry_out(self, *intents: Intent) -> Mapping[str, Refusal]:
        """All of it, as one tick's; time stands still until it was sent and answered."""
        refused = await self.trading.trader.carry_out(intents, corr_id="tested")
        await self.settle()
        return refused

    async def cancel(self, *orders: LiveOrder) -> None:
        """Ask for their end."""
        await self.carry_out(*(Cancel(order_id=one.id, reason="no more") for one in orders))

    # Looking

    def now(self, order: LiveOrder) -> LiveOrder:
        """As it stands."""
        found = self.trading.trader.books.known.order(order.id)
        assert found is not None
        return found

    def is_working(self, order: LiveOrder) -> bool:
        """Whether it may still fill, as far as is known."""
        return self.now(order).is_working

    def sent(self, order: LiveOrder) -> list[Submission]:
        """Its submissions."""
        return list(self.trading.trader.books.known.submissions_of(order.id))

    def held(self, symbol: str = STOCK, run_id: str | None = "run") -> Decimal:
        """What a run holds by its own fills."""
        return self.trading.ledgers.held(run_id, symbol)

    def events(self, type_: str) -> list[Any]:
        """Payloads of a type that stand in the log."""
        return [one.payload for one in self.disk.tables.events.values() if one.type.startswith(type_)]

    async def price(self, symbol: str) -> Decimal:
        """The newest."""
        known = self.trading.ledgers.prices.get(symbol)
        assert known is not None
        return known.price

    async def state(self) -> Any:
        """All that the exchange has."""
        return await self.exchange.get("state")

    async def at_venue(self, *, is_open: bool = True) -> list[Any]:
        """Orders there with their legs."""
        found = [one for order in (await self.state())["orders"] for one in (order, *(order["legs"] or ()))]
        return [one for one in found if not is_open or one["status"] in OPEN]

    async def held_there(self, symbol: str = STOCK) -> Decimal:
        """The venue's position."""
        name = symbol.replace("/", "")
        rows = [one for one in (await self.state())["positions"] if one["symbol"].replace("/", "") == name]
        return sum((Decimal(one["qty"]) for one in rows), Decimal(0))

    async def requests(self, method: str, path: str) -> list[Any]:
        """What the exchange was asked, by its journal."""
        return [
            one
            for one in await self.exchange.get("journal")
            if one["method"] == method and one["path"].startswith(path)
        ]

    # Time

    async def pass_time(self, seconds: float) -> None:
        """At the exchange; and whatever is to be done because of that is done."""
        now = (await self.exchange.post("clock", {"advance": seconds}))["now"]
        self.adapter.time.observe(datetime.fromisoformat(now))  # as bars would tell it, of which none come here
        await asyncio.sleep(MOMENT_SECONDS)  # what was streamed meanwhile is read
        self.trading.trader.wake()
        await self.settle()

    async def settle(self) -> None:
        """Return when all is done that can be while time stands still, but for look-ups of what was not answered."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._is_settled():
            assert time.monotonic() < deadline, f"never done: {[*self.trading.trader._chores._tasks]}"
            await asyncio.sleep(MOMENT_SECONDS / 4)

    def _is_settled(self) -> bool:
        trader = self.trading.trader
        under_way = {name.rpartition(" ")[2] for name in trader._chores._tasks}
        return not trader._alarm.woken.is_set() and under_way <= self.adapter.unanswered

    async def look(self) -> None:
        """Have all that is at the venue compared with the books, twice while nothing is under way."""
        looks = self.trading.quiet_looks + 2
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.trading.quiet_looks < looks:
            assert time.monotonic() < deadline, f"never quiet: {[*self.trading.trader._chores._tasks]}"
            await self.settle()
            with suppress(Unavailable):  # by a fault, which is over after a few
                await self.trading.trader.looks.look()
        await self.settle()

    async def until(self, look: Callable[[], T], *, what: str, step: float = 1.0) -> T:
        """What `look` finds as soon as it finds something, while time passes at the exchange."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := look()):
            assert time.monotonic() < deadline, f"waited for {what}: {self.orders()} {self.told}"
            await (self.pass_time(step) if step else asyncio.sleep(MOMENT_SECONDS))
        return found

    async def until_still(self, look: Callable[[], T], *, what: str) -> T:
        """The same, while time stands still."""
        return await self.until(look, what=what, step=0.0)

    async def until_filled(self, order: LiveOrder) -> LiveOrder:
        """The order, when all of it has filled; on the exchange a bar has to end for that."""
        await self.until(lambda: self.now(order).status == "filled", what=f"{order.id} to fill", step=20)
        return self.now(order)

    def orders(self) -> list[tuple[str, str, str, str]]:
        """All that is known, in short."""
        return [(one.id, one.symbol, str(one.status), one.reason) for one in self.disk.tables.orders.values()]


OPEN = frozenset({"new", "accepted", "held", "partially_filled", "pending_new", "pending_cancel"})


@asynccontextmanager
async def trading_account(
    exchange: LocalExchange,
    disk: FakeDisk,
    *,
    runs: tuple[str, ...] = ("run",),
    symbols: tuple[str, ...] = (STOCK, PAIR),
) -> AsyncIterator[Account]:
    """An account with runs that trade in it, each with 40,000 in cash, ready to trade."""
    wall, ids, life = SystemWall(), count(1), len(disk.tables.events)
    told: list[tuple[str, Mapping[str, object]]] = []
    adapter = WatchedAdapter(alpaca_setup(exchange, told=lambda what, facts: told.append((what, facts))))
    trading = WatchedAccount(
        NAME,
        adapter=adapter,
        store=FakeTradingStore(disk),
        events=EventFactory(producer="veda", now=wall.now, new_id=lambda: f"event-{life}-{next(ids)}"),
        wall=wall,
        told=lambda what, facts: told.append((what, facts)),
        limits=LIMITS,
    )
    with patch("weaver.veda.adapters.alpaca.link.VenueTime", HeldTime):
        await adapter.connect()
    async with trading:
        made = Account(trading, adapter, exchange, disk)
        made.told = told
        await trading.know(symbols)
        for run_id in runs:
            classes = frozenset({AssetClass.STOCK, AssetClass.CRYPTO})
            terms = RunTerms(
                limits=LIMITS, leverage=Decimal(1), may_short=True, symbols=frozenset(symbols), classes=classes
            )
            await trading.admit(run_id, Decimal(40_000), terms)
        for symbol in symbols:
            await newest_price(trading, symbol)
        yield made


async def newest_price(trading: TradingAccount, symbol: str) -> None:
    """Have the account know it, as from a bar."""
    now = trading.adapter.now()
    page = await trading.adapter.bars(symbol, MINUTES, now - HOUR, now)
    trading.ledgers.price(symbol, Decimal(repr(float(page.bars.close[-1]))), now)

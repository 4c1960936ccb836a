"""One life of a server: an account and those who order through it, on a loop that can be cut at any moment."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from decimal import Decimal

from tests.simulation.control import ACCOUNT, OWNERS, Control
from tests.simulation.loop import SimulatedLoop, WeaverDied
from tests.simulation.storage import Connection
from tests.simulation.traffic import Trading, intent_text
from tests.simulation.venue import ChaosVenue, Exchange
from tests.simulation.world import World
from tests.trading_store import FakeDisk
from weaver.events.factory import EventFactory
from weaver.events.payloads import RiskKillSwitchOn
from weaver.model.errors import WeaverError
from weaver.model.market.asset_class import AssetClass
from weaver.veda.accounts.guard import RunTerms
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.switch import KillSwitch

LOOSE = ("orders_per_minute", "position_max", "exposure_max", "order_max", "daily_loss", "drawdown")
"""Limits that are off: prices here run wild."""
TERMS = RunTerms(
    limits=RiskLimits(orders_per_minute=None, daily_loss=None, drawdown=None),
    leverage=Decimal(20),
    symbols=frozenset({"AAPL", "MSFT"}),
    classes=frozenset({AssetClass.STOCK}),
)


class SimulatedWall:
    """A `Wall` on the world's time."""

    def __init__(self, world: World) -> None:
        self.now = world.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0))


class Server:
    """A process."""

    def __init__(self, name: str, world: World, exchange: Exchange, disk: FakeDisk, control: Control) -> None:
        self.name, self._world, self._exchange, self._control = name, world, exchange, control
        self.loop = SimulatedLoop(world)
        self.venue = ChaosVenue(exchange, name)
        self.connection = Connection(world, exchange.chaos, disk)
        self._is_stopping, self.is_stopped = asyncio.Event(), False
        self.account: TradingAccount | None = None
        self.task = self.loop.create_task(self._live())
        world.note(f"{name} begins")

    @property
    def is_done(self) -> bool:
        return self.task.done()

    def end(self) -> None:
        """Leave nothing behind, whatever state it is in."""
        self.bury()
        if not self.loop.is_closed():
            self.loop.cut()

    def kill(self) -> None:
        """As `kill -9` does."""
        self._note("is killed")
        self.bury()
        self.loop.cut()

    def stop(self) -> None:
        """As a stop does that is asked for."""
        self.is_stopped = True
        self._note("is stopped")
        self.loop.call_soon(self._is_stopping.set if self.account is not None else self.task.cancel)

    def bury(self) -> None:
        """It reaches nobody any more."""
        self.venue.die()
        self.connection.die()

    def _note(self, text: str) -> None:
        if self.venue.is_alive:
            self._world.note(f"{self.name} {text}")

    async def _live(self) -> None:
        while not self._is_stopping.is_set():
            try:
                await self._trade()
            except WeaverError as error:
                self._note(f"could not start: {error}")
                await asyncio.sleep(1.0)
                if not self._is_stopping.is_set():
                    self.venue.come_back()
            except WeaverDied:
                return

    async def _trade(self) -> None:
        account = TradingAccount(
            ACCOUNT,
            adapter=self.venue,
            store=self.connection.store,
            events=EventFactory(producer="veda", now=self._world.now, new_id=lambda: self._world.new_id("e")),
            wall=SimulatedWall(self._world),
            told=self._told,
        )
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(account)
            await self._prepare(account)
            self.account = account
            group = await stack.enter_async_context(asyncio.TaskGroup())
            tasks = [group.create_task(self._order(account, owner)) for owner in OWNERS]
            tasks.append(group.create_task(self._look_around(account)))
            await self._is_stopping.wait()
            for task in tasks:
                task.cancel()

    async def _prepare(self, account: TradingAccount) -> None:
        self._price(account)
        async with account.trader.books.change() as draft:
            account.guard.set_limits(draft, dict.fromkeys(LOOSE))
        await account.know(sorted(self._exchange.market.prices))
        for owner in OWNERS:
            if owner is not None:
                await account.admit(owner, Decimal(100_000), TERMS)

    def _price(self, account: TradingAccount) -> None:
        for symbol, price in self._exchange.market.prices.items():
            account.ledgers.price(symbol, price, self._world.now())

    async def _look_around(self, account: TradingAccount) -> None:
        """Prices come in, and somebody may turn the switch."""
        while True:
            await asyncio.sleep(0.5)
            self._price(account)
            if self._control.is_killed:
                try:
                    await self._kill(account)
                except WeaverError as error:
                    self._note(f"switch: {error}")

    async def _kill(self, account: TradingAccount) -> None:
        """Somebody turns the switch, and it is obeyed; after a restart, again."""
        switch = account.guard.switch
        if switch is None:
            switch = KillSwitch(scope=ACCOUNT).on(reason="enough", by="simulation", at=self._world.now())
            async with account.trader.books.change() as draft:
                draft.put_state(f"switch {ACCOUNT}", switch.as_json())
                draft.say(RiskKillSwitchOn(reason=switch.reason))
            self._note("switch is on")
        await account.obey(switch, corr_id=self._world.new_id("c"))

    def _told(self, what: str, facts: Mapping[str, object]) -> None:
        if self.venue.is_alive:
            self._note(f"tells {what} {sorted(facts.items())}")
            self._control.told.append((what, dict(facts)))

    async def _order(self, account: TradingAccount, owner: str | None) -> None:
        trading = Trading(
            owner,
            account=ACCOUNT,
            books=account.trader.books,
            holdings=account.ledgers,
            prices=self._exchange.market.prices,
            chance=self._world.traffic,
            next_number=self._control.next_number,
            now=self.venue.now,
        )
        while self._control.orders:
            await asyncio.sleep(self._world.traffic.expovariate(1 / self._control.pace))
            intents = trading.tick()
            for intent in intents:
                self._note(f"wants {intent_text(intent)}")
            try:
                refused = await account.carry_out(intents)
            except WeaverError as error:
                self._note(f"{owner}: {error}")
            else:
                for order_id, why in refused.items():
                    self._note(f"refused {order_id}: {why.message}")

"""One life of a server: an account and those who order through it, on a loop that can be cut at any moment."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from tests.simulation.control import ACCOUNT, OWNERS, VENUE, Control
from tests.simulation.live.runs import RUN, RUN_ID, ChaosDeciders, Context, NoBars
from tests.simulation.loop import SimulatedLoop, WeaverDied
from tests.simulation.storage import Connection
from tests.simulation.traffic import Trading, intent_text
from tests.simulation.venue.connection import ChaosVenue, Exchange
from tests.simulation.world import World
from tests.trading_store import FakeDisk
from weaver.events.factory import EventFactory
from weaver.glados.live.live_runner import LiveRunner
from weaver.glados.live.session import LiveSessions
from weaver.glados.runs.runners import Failure, Suspended
from weaver.model.errors import NotFound, WeaverError
from weaver.model.market.asset_class import AssetClass
from weaver.model.run import Run, RunMode
from weaver.veda.accounts.guard import RunTerms
from weaver.veda.accounts.trading_account import TradingAccount
from weaver.veda.adapters.simulated.memory import Memory
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.switch import KillSwitch
from weaver.veda.service import Offered, TradingService
from weaver.veda.switches import Switches

T = TypeVar("T")
LOOSE = ("orders_per_minute", "position_max", "exposure_max", "order_max", "daily_loss", "drawdown")
"""Limits that are off: prices here run wild."""
TERMS = RunTerms(
    limits=RiskLimits(orders_per_minute=None, daily_loss=None, drawdown=None),
    leverage=Decimal(20),
    may_short=True,
    symbols=frozenset({"AAPL", "MSFT"}),
    classes=frozenset({AssetClass.STOCK}),
)


class SimulatedWall:
    """A `Wall` on the world's time."""

    def __init__(self, world: World) -> None:
        self.now = world.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0))


class OneVenue:
    """The `Venues` of a server: there is one, shared by all runs."""

    def __init__(self, server: "Server") -> None:
        self._server = server

    def shared(self, venue: str, mode: RunMode) -> ExchangeAdapter:
        if self._server.is_buried:
            raise WeaverDied
        self._server.venue.come_back()
        return self._server.venue

    def of_run(self, run: Run, memory: Memory) -> ExchangeAdapter:
        raise NotFound("no run has a venue of its own")

    def is_of_run(self, venue: str) -> bool:
        return False

    def check(self, run: Run) -> None: ...

    def replayed(self, run: Run) -> tuple[datetime, datetime | None]:
        raise NotFound("no run has a venue of its own")

    def offered(self) -> Sequence[Offered]:
        return ()


class NoPool:
    """Nobody backtests here."""

    async def check(self, run: Run) -> None: ...


async def at_once(work: Callable[[], T]) -> T:
    """Work that blocks nobody."""
    return work()


class Server:
    """A process."""

    def __init__(self, name: str, world: World, exchange: Exchange, disk: FakeDisk, control: Control) -> None:
        self.name, self._world, self._exchange, self._control = name, world, exchange, control
        self._disk, self.is_buried = disk, False
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
        self.is_buried = True
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
            except WeaverDied:
                return

    async def _trade(self) -> None:
        wall, store = SimulatedWall(self._world), self.connection.store
        service = TradingService(
            venues=OneVenue(self),
            store=store,
            events=EventFactory(producer="veda", now=self._world.now, new_id=lambda: self._world.new_id("e")),
            wall=wall,
            is_owner=lambda: True,
        )
        sessions = LiveSessions(
            service=service,
            store=store,
            deciders=ChaosDeciders(self._world, self._exchange.chaos),
            bars=NoBars(),
            wall=wall,
            aside=at_once,
        )
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(service)
            account = (await service.shared(VENUE, RunMode.PAPER)).account
            await self._prepare(account)
            self.account = account
            group = await stack.enter_async_context(asyncio.TaskGroup())
            tasks = [group.create_task(self._order(account, owner)) for owner in OWNERS]
            tasks.append(group.create_task(self._look_around(account, service.switches)))
            running = group.create_task(
                self._run(LiveRunner(mode=RunMode.PAPER, sessions=sessions, pool=NoPool(), wall=wall))
            )
            await self._is_stopping.wait()
            for task in tasks:
                task.cancel()
            await asyncio.wait({running}, timeout=3.0)
            running.cancel()

    async def _run(self, runner: LiveRunner) -> None:
        """The run that a strategy trades in: begun, or gone on with where an earlier server left it."""
        while not self._is_stopping.is_set():
            has_begun = (RUN_ID, 0) in self._disk.tables.ticks
            context = Context(
                is_resumed=has_begun, stopping=self._is_stopping, note=lambda text: self._note(f"run {text}")
            )
            try:
                ended = await runner.run(RUN, context)
            except WeaverError as error:
                ended = Failure(error=str(error))
            if isinstance(ended, Suspended):
                return
            self._note(f"run ended: {ended}")
            if self._is_superseded:
                return
            if has_begun:
                self._control.failures.append(f"{self.name}: {ended}")
            await asyncio.sleep(1.0)

    @property
    def _is_superseded(self) -> bool:
        return self.connection.epoch != self._disk.epoch

    async def _prepare(self, account: TradingAccount) -> None:
        self._price(account)
        async with account.trader.books.change() as draft:
            account.guard.set_limits(draft, dict.fromkeys(LOOSE))
        await account.know(sorted(self._exchange.market.prices))
        for owner in OWNERS:
            if owner is not None:
                loss_max = self._control.loss_max if owner == OWNERS[0] else None
                terms = replace(TERMS, limits=replace(TERMS.limits, drawdown=loss_max))
                await account.admit(owner, Decimal(100_000), terms)

    def _price(self, account: TradingAccount) -> None:
        for symbol, price in self._exchange.market.prices.items():
            account.ledgers.price(symbol, price, self._world.now())

    async def _look_around(self, account: TradingAccount, switches: Switches) -> None:
        """Prices come in, and somebody may turn the switch."""
        while True:
            await asyncio.sleep(0.5)
            self._price(account)
            if self._control.is_killed:
                try:
                    await self._kill(account, switches)
                except WeaverError as error:
                    self._note(f"switch: {error}")

    async def _kill(self, account: TradingAccount, switches: Switches) -> None:
        """Somebody turns the switch, and it is obeyed; after a restart, again."""
        if account.guard.switch is not None:
            await switches.tell(account)
            return
        switch = KillSwitch(scope=ACCOUNT).on(reason="enough", by="simulation", at=self._world.now())
        self._note("switch is on")
        await switches.turn(switch, corr_id=self._world.new_id("c"))

    def told(self, what: str, facts: Mapping[str, object]) -> None:
        """Something stands in its log that a person should know."""
        if self.venue.is_alive:
            self._note(f"tells {what} {sorted((name, str(fact)) for name, fact in facts.items())}")
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

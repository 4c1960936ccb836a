"""The database in the world: slow, away, or silent about a commit. What is on its disk outlives every process."""

import asyncio

from tests.simulation.chaos import Chaos
from tests.simulation.loop import WeaverDied
from tests.simulation.world import World
from tests.trading_store import FakeDisk, FakeTradingStore
from weaver.model.errors import Unavailable
from weaver.walle.database.engines.faults import OutcomeUnknown


class Connection:
    """One process's: making one takes the disk over from the process before."""

    def __init__(self, world: World, chaos: Chaos, disk: FakeDisk) -> None:
        self._world, self._chaos, self._disk = world, chaos, disk
        self.is_alive = True
        self.epoch = disk.epoch + 1
        self.checks_passed = 0
        """How often it was asked whether its server still owns trading, while that did."""
        self.store = FakeTradingStore(disk, at=self._at)

    def die(self) -> None:
        """Its process is gone."""
        self.is_alive = False

    async def _at(self, point: str) -> None:
        if not self.is_alive:
            raise WeaverDied
        if point.startswith(("put_", "add_")):
            return
        chance, chaos = self._world.faults, self._chaos
        seconds = chance.expovariate(1000)
        if chaos.store_slow and chance.random() < chaos.store_slow:
            seconds += chance.random() * 3
        await asyncio.sleep(seconds)
        if not self.is_alive:
            raise WeaverDied
        if point in ("commit", "committed"):
            if chaos.store_unknown and chance.random() < chaos.store_unknown:
                raise OutcomeUnknown("the database was lost while it committed")
        elif chaos.store_away and chance.random() < chaos.store_away:
            raise Unavailable("the database is away")
        if point == "check_owner" and self.epoch == self._disk.epoch:
            self.checks_passed += 1

"""The run that trades in a simulation: what it is, who decides for it, and what it hears of its server."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.simulation.chaos import Chaos
from tests.simulation.world import START, World
from weaver.decider import LiveDecider
from weaver.glados.runs.runners import EndRequest, Suspend
from weaver.model.errors import NotFound, WorkerLost
from weaver.model.market.timeframe import Timeframe
from weaver.model.run import Run, RunMode
from weaver.veda.feed.ports import SomeBars
from weaver.veda.ports import Decision

RUN_ID = "run-c"
DEADLINE_SECONDS, BETWEEN_SECONDS = 5.0, 30.0
"""A process that was lost is not lost again at once: one that is lost twice at a tick fails its run."""
RUN = Run(
    id=RUN_ID,
    name=RUN_ID,
    strategy_id="restless",
    mode=RunMode.PAPER,
    symbols=("AAPL", "MSFT"),
    timeframe="1m",
    options={"cash": 100_000, "account": "margin", "leverage": 20, "shorting": True, "warmup": 0, "seed": 7},
    venue="chaos",
    risk={"orders_per_minute": None, "daily_loss": None, "drawdown": None},
    strategy_source=(Path(__file__).parent / "restless.py").read_text(),
    weaver_version="simulated",
    created_at=START,
)


class NoBars:
    """A bar store in which nothing is kept."""

    def read(self, symbol: str, timeframe: Timeframe, start: int | None = None, end: int | None = None) -> SomeBars:
        raise NotFound(f"no {timeframe} bars of {symbol} are stored")


class ChaosDecider(LiveDecider):
    """A strategy's process: it dies, or hangs until its deadline has passed."""

    def __init__(self, world: World, is_lost: Callable[[], bool]) -> None:
        super().__init__()
        self._world, self._is_lost = world, is_lost
        self._is_gone = False

    async def start(self, setup: bytes, warmups: Mapping[str, bytes]) -> Decision:
        await asyncio.sleep(self._world.faults.expovariate(20))
        return await super().start(setup, warmups)

    async def decide(self, inputs: bytes) -> Decision:
        assert not self._is_gone, "a decider that is gone was asked"
        await asyncio.sleep(self._world.faults.expovariate(200))
        if self._is_lost():
            self._is_gone = True
            if self._world.faults.random() < 0.5:
                await super().decide(inputs)  # it had decided, and nobody heard
                raise WorkerLost("the process was killed")
            await asyncio.sleep(DEADLINE_SECONDS)
            raise TimeoutError("the strategy missed its deadline")
        return await super().decide(inputs)

    async def close(self) -> None:
        self._is_gone = True


class ChaosDeciders:
    """Where they come from."""

    def __init__(self, world: World, chaos: Chaos) -> None:
        self._world, self._chaos = world, chaos
        self._lost_at = -BETWEEN_SECONDS

    def get_ready(self) -> None: ...

    async def new(self, run_id: str) -> ChaosDecider:
        await asyncio.sleep(self._world.faults.expovariate(100))
        return ChaosDecider(self._world, self._is_lost)

    def _is_lost(self) -> bool:
        is_soon = self._world.seconds - self._lost_at < BETWEEN_SECONDS
        if is_soon or not self._chaos.decider_lost or self._world.faults.random() >= self._chaos.decider_lost:
            return False
        self._lost_at = self._world.seconds
        return True


class Context:
    """What a server tells the run's runner, and hears of it."""

    corr_id = "run-c-corr"

    def __init__(self, *, is_resumed: bool, stopping: asyncio.Event, note: Callable[[str], None]) -> None:
        self.is_resumed, self._stopping, self._note = is_resumed, stopping, note

    async def has_worker(self) -> None:
        self._note("trades")

    async def progress(self, stage: str, fraction: float) -> None: ...

    async def asked_to_end(self) -> EndRequest:
        await self._stopping.wait()
        return Suspend()

    async def halted(self, reason: str) -> None:
        self._note(f"stands still: {reason}")

    async def resumed(self) -> None:
        self._note("goes on")

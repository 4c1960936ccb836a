"""Parts of a server that are a test's own."""

from collections.abc import Awaitable, Callable, Mapping

from tests.unit.glados.clock.fakes import utc
from tests.unit.glados.fakes import FakeClock, FakeIds
from weaver.config import Settings
from weaver.glados.clock.ports import WallClock
from weaver.glados.live.session import LiveSessions
from weaver.glados.ports import BacktestJob, BacktestOutcome, BacktestPool, BrokenBacktest, Database, NewId, Progress
from weaver.glados.runs.backtest_runner import BacktestRunner
from weaver.glados.runs.runners import Runner
from weaver.model.errors import StrategyError
from weaver.model.run import Run, RunMode
from weaver.server.parts import Parts

NOON = utc("2031-05-06 12:00")


class Pool:
    """Takes every strategy but one, and runs none."""

    workers = 7
    is_ready = True

    def __init__(self) -> None:
        self.checked: list[str] = []
        self.is_closed = False

    def start(self) -> None:
        raise AssertionError("nothing is served here")

    async def run(
        self, job: BacktestJob, *, started: Callable[[], Awaitable[None]], progress: Progress
    ) -> BacktestOutcome | BrokenBacktest:
        raise NotImplementedError(job)

    async def check(self, run: Run) -> None:
        self.checked.append(run.strategy_id)
        if run.config:
            raise StrategyError("it takes no parameters")

    async def close(self) -> None:
        self.is_closed = True


class Others(Parts):
    """A clock, ids, a pool and runners of the test's."""

    def __init__(self) -> None:
        self.own_pool = Pool()

    def wall(self) -> WallClock:
        return FakeClock(NOON)

    def new_id(self, wall: WallClock) -> NewId:
        return FakeIds()

    def new_token(self) -> str:
        return "a-cookie"

    def pool(self, settings: Settings, *, wall: WallClock, new_id: NewId) -> BacktestPool:
        return self.own_pool

    def runners(
        self, pool: BacktestPool, database: Database, sessions: LiveSessions, *, wall: WallClock
    ) -> Mapping[RunMode, Runner]:
        return {mode: BacktestRunner(pool=pool) for mode in (RunMode.BACKTEST, RunMode.PAPER)}

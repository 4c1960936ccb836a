"""The parts of a server that a test may want to be others."""

import os
import sys
from collections.abc import Awaitable, Callable, Mapping

from weaver.config import Settings, adapter_settings
from weaver.glados.clock.ports import WallClock
from weaver.glados.clock.wall import SystemWallClock
from weaver.glados.deciders.deciders import LocalDeciders
from weaver.glados.deciders.run_decider import Deadlines
from weaver.glados.ids import TimeOrderedIds, chance, new_token
from weaver.glados.live.live_runner import LiveRunner
from weaver.glados.live.session import LiveSessions
from weaver.glados.pool.file_readers import FileReader, FileReaders
from weaver.glados.pool.pool import NICE, LocalBacktestPool
from weaver.glados.ports import BacktestPool, Database, NewId
from weaver.glados.process.stop_signals import Stopping
from weaver.glados.runs.backtest_runner import BacktestRunner
from weaver.glados.runs.runners import Runner
from weaver.model.run import RunMode
from weaver.research.run_venues import RunVenues
from weaver.server.of_settings import environment_of, limits_of, reader_command
from weaver.veda.adapters.catalogue import AdapterCatalogue
from weaver.veda.notifications.ports import Sender
from weaver.veda.notifications.sending import ProcessSender
from weaver.veda.ports import ClosableDeciders
from weaver.veda.service import Venues
from weaver.walle.bars.store import ParquetBarStore

REPLAY_DEADLINES = Deadlines(start=120.0, tick=60.0)
"""Of ticks that are replayed beside what trades, which goes first."""
TRADING = (RunMode.PAPER, RunMode.LIVE)
_MB = 1024 * 1024


class Parts:
    """Makes those of the server's parts that a test may want to be others: its subclass makes them."""

    def stopping(self) -> Stopping:
        """How the process ends."""
        return Stopping()

    def wall(self) -> WallClock:
        """The time of the world."""
        return SystemWallClock()

    def new_id(self, wall: WallClock) -> NewId:
        """Makes ids."""
        return TimeOrderedIds(now=wall.now)

    def new_token(self) -> str:
        """An unguessable text, for a session."""
        return new_token()

    def pool(self, settings: Settings, *, wall: WallClock, new_id: NewId) -> BacktestPool:
        """Where backtests are worked on. It is closed when the server ends."""
        return LocalBacktestPool(
            workers=settings.workers or max(1, (os.cpu_count() or 2) - 1),
            memory_max_bytes=settings.worker_memory_mb * _MB,
            silence_seconds=settings.worker_silence_seconds,
            environment=environment_of(settings),
            new_id=new_id,
            now=wall.now,
        )

    def deciders(self, settings: Settings, *, new_id: NewId) -> ClosableDeciders:
        """Where live strategies decide. It is closed when the server ends."""
        return LocalDeciders(
            memory_max_bytes=settings.worker_memory_mb * _MB, environment=environment_of(settings), new_id=new_id
        )

    def replayers(self, settings: Settings, *, new_id: NewId) -> ClosableDeciders:
        """Where recorded ticks are decided once more, apart from what trades. It is closed when the server ends."""
        return LocalDeciders(
            memory_max_bytes=settings.worker_memory_mb * _MB, environment=environment_of(settings), new_id=new_id,
            deadlines=REPLAY_DEADLINES, nice=NICE,
        )  # fmt: skip

    def venues(
        self, settings: Settings, *, bars: ParquetBarStore, wall: WallClock, may_send: Callable[[], Awaitable[None]]
    ) -> Venues:
        """Where runs trade."""
        return RunVenues(
            catalogue=AdapterCatalogue(settings.adapters_folder),
            bars=bars,
            wall=wall,
            chance=chance,
            settings_of=adapter_settings,
            may_send=may_send,
        )

    def runners(
        self,
        pool: BacktestPool,
        database: Database,  # noqa: ARG002 - for runners of others, that keep what they do as they go
        sessions: LiveSessions,
        *,
        wall: WallClock,
    ) -> Mapping[RunMode, Runner]:
        """Who carries runs of a mode out."""
        return {
            RunMode.BACKTEST: BacktestRunner(pool=pool),
            **{mode: LiveRunner(mode=mode, sessions=sessions, pool=pool, wall=wall) for mode in TRADING},
        }

    def reader(self, settings: Settings) -> FileReader:
        """Reads uploads. It is closed when the server ends."""
        return FileReaders(reader_command(settings), limits=limits_of(settings))

    def sender(self, settings: Settings) -> Sender:
        """Sends notifications."""
        return ProcessSender([sys.executable, "-m", "weaver.messenger"], environment=environment_of(settings))

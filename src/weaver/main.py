"""The root of the server: picks the concrete parts, starts them in order, and stops them in reverse."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from pydantic import SecretStr

import weaver
from weaver.config import Settings, adapter_settings, environment_without_secrets, is_secret, listed, variable
from weaver.events.factory import EventFactory
from weaver.events.log.retention import keep_pruned
from weaver.glados.app import create_app
from weaver.glados.clock.ports import WallClock
from weaver.glados.clock.wall import SystemWallClock
from weaver.glados.deciders.deciders import LocalDeciders
from weaver.glados.deciders.run_decider import Deadlines
from weaver.glados.http.connections import connections_max
from weaver.glados.http.security import Gate, Sessions, check_bind, check_names, is_guessable
from weaver.glados.http.upload import remove_leftovers
from weaver.glados.http.web import add_web
from weaver.glados.http_server import HttpServer, bound_socket, url_of
from weaver.glados.ids import TimeOrderedIds, chance, new_token
from weaver.glados.jobs import Jobs
from weaver.glados.known_strategies import KnownStrategies
from weaver.glados.limits import Limits
from weaver.glados.live.left_behind import LeftAtVenues
from weaver.glados.live.live_runner import LiveRunner
from weaver.glados.live.parity import Parity
from weaver.glados.live.portfolio import PortfolioCurves
from weaver.glados.live.results import LiveResults
from weaver.glados.live.session import LiveSessions
from weaver.glados.metrics import Metrics
from weaver.glados.pool.file_readers import FileReader, FileReaders
from weaver.glados.pool.pool import NICE, LocalBacktestPool
from weaver.glados.ports import BacktestPool, Database, NewId
from weaver.glados.process.logging import LogFormat, configure_logging
from weaver.glados.process.memory import keep_given_back, return_large_blocks
from weaver.glados.process.server_file import ServerPlace, published
from weaver.glados.process.stop_signals import Stopping
from weaver.glados.process.upkeep import in_background, look_at_bars, recover_when_needed, recovered
from weaver.glados.promotion.evidence import Evidence
from weaver.glados.promotion.promotions import Promotions
from weaver.glados.promotion.proofs import ParityProofs
from weaver.glados.router import DomainRouter
from weaver.glados.runs.backtest_runner import BacktestRunner
from weaver.glados.runs.manager import RunManager
from weaver.glados.runs.runners import Runner
from weaver.glados.services import ServerFacts, Services
from weaver.glados.stream.hub import Hub
from weaver.glados.threads import ServerThreads
from weaver.glados.trading.store import KeptTradingStore
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.model.errors import InputError
from weaver.model.run import Run, RunMode
from weaver.research.run_venues import RunVenues
from weaver.research.venues import connected
from weaver.veda.adapters.catalogue import AdapterCatalogue
from weaver.veda.manual.desk import Desk
from weaver.veda.notifications.channel import Channel
from weaver.veda.notifications.days import Days
from weaver.veda.notifications.notification import NotificationKind, kinds_of
from weaver.veda.notifications.notifier import Notifier
from weaver.veda.notifications.ports import Sender
from weaver.veda.notifications.sending import ProcessSender
from weaver.veda.notifications.urls import scheme_of, secrets_of, split_urls
from weaver.veda.ports import ClosableDeciders, TradingStore
from weaver.veda.service import TradingService, Venues
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.engines.ownership import FileLock
from weaver.walle.database.opening import open_database

HOME_TAKEN = (
    "this server is read-only: another one uses its home {}; stop that one and start this one again, or give this one "
    "a home of its own (WEAVER_HOME)"
)
NO_APPRISE = "NOTIFY_URLS is set, and Apprise is not installed: pip install 'weaver[notify]', or unset it"
TRADING = (RunMode.PAPER, RunMode.LIVE)
WEB = Path(weaver.__file__).parent / "web"
"""Where the web app's built files are put."""
_KB, _MB = 1024, 1024 * 1024
REPLAY_DEADLINES = Deadlines(start=120.0, tick=60.0)
"""Of ticks that are replayed beside what trades, which goes first."""
_log = structlog.get_logger("weaver.main")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that has begun to answer."""

    url: str
    version: str
    storage: str
    home: Path
    needs_token: bool
    is_token_guessable: bool
    is_read_only: bool


def serve(settings: Settings, *, parts: "Parts", on_ready: Callable[[Running], None]) -> int:
    """Serve until SIGTERM or SIGINT, and return the exit code: 0 once everything has been stopped in order.

    Raises InputError for settings that cannot be used, an address that cannot be had among them, and Unavailable where
    the database does not answer. What it makes is for its user alone: strategies and events are in it.
    """
    os.umask(0o077)
    return_large_blocks()
    configure_logging(format=LogFormat(settings.log_format), secrets=_secrets(settings))
    check_bind(settings.server_host, settings.security_api_token)
    check_names(listed(settings.allowed_hosts), listed(settings.allowed_origins))
    kinds_of(settings.notify_kinds)
    _make_folders(settings)
    tempfile.tempdir = str(settings.uploads_folder)  # of this process only, for the framework spools uploads there
    stopping = parts.stopping()
    threads = ServerThreads.of(wait_seconds=settings.wait_seconds, uploads=settings.uploads_at_once)
    # The end of the runner waits for its threads, and then that of the block for ours.
    with stopping, closing(threads), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_served(settings, parts, stopping, threads, on_ready))
        stopping.is_in_order()
    return 0


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
            environment=_environment(settings),
            new_id=new_id,
            now=wall.now,
        )

    def deciders(self, settings: Settings, *, new_id: NewId) -> ClosableDeciders:
        """Where live strategies decide. It is closed when the server ends."""
        return LocalDeciders(
            memory_max_bytes=settings.worker_memory_mb * _MB, environment=_environment(settings), new_id=new_id
        )

    def replayers(self, settings: Settings, *, new_id: NewId) -> ClosableDeciders:
        """Where recorded ticks are decided once more, apart from what trades. It is closed when the server ends."""
        return LocalDeciders(
            memory_max_bytes=settings.worker_memory_mb * _MB, environment=_environment(settings), new_id=new_id,
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
        return FileReaders(_reader_command(settings), limits=_limits(settings))

    def sender(self, settings: Settings) -> Sender:
        """Sends notifications."""
        return ProcessSender([sys.executable, "-m", "weaver.messenger"], environment=_environment(settings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What stands behind the API."""

    database: SqlDatabase
    pool: BacktestPool
    runs: RunManager
    services: Services


async def _served(
    settings: Settings, parts: Parts, stopping: Stopping, threads: ServerThreads, on_ready: Callable[[Running], None]
) -> None:
    stopping.listen()
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(bound_socket(settings.server_host, settings.server_port))
        port = int(listening.getsockname()[1])
        behind = await started(settings, parts, stack=stack, port=port, threads=threads)
        app = create_app(behind.services)
        add_web(app, WEB)

        def ready() -> None:
            running = _running(settings, behind, port)
            if behind.database.is_owner:
                place = ServerPlace(url=running.url, process_id=os.getpid())
                stack.enter_context(published(settings.server_file, place))
            behind.pool.start()
            _log.info("ready", url=running.url, storage=running.storage, read_only=running.is_read_only)
            on_ready(running)

        server = HttpServer(
            app, listening=listening, connections_max=connections_max(), limits=behind.services.facts.limits,
            new_id=behind.services.new_id, on_ready=ready, end_streams=behind.services.hub.close,
        )  # fmt: skip
        ending = asyncio.create_task(_end(stopping, server, behind.runs))
        try:
            await server.run_until_stopped()
        except BaseException:
            ending.cancel()
            raise
        await ending


async def _end(stopping: Stopping, server: HttpServer, runs: RunManager) -> None:
    """At a signal, end the answering of requests and the runs at the same time."""
    await stopping.asked(again=server.stop)
    _log.info("stopping")
    server.stop()
    await runs.shutdown()


async def started(
    settings: Settings, parts: Parts, *, stack: AsyncExitStack, port: int, threads: ServerThreads
) -> Started:
    """Everything behind the API, in the order in which the parts need each other; the stack ends it in reverse."""
    wall = parts.wall()
    new_id, metrics = parts.new_id(wall), Metrics()
    channels = await _channels(settings, parts.sender(settings), wall, metrics)
    catalogue = Catalogue(settings.strategies_folder)
    bars = ParquetBarStore(settings.bars_folder, lock_seconds=settings.lock_seconds)
    database = await _database(settings, stack, wall, new_id)
    pool = parts.pool(settings, wall=wall, new_id=new_id)
    stack.push_async_callback(pool.close)
    trading, store, sessions = await _trading(
        settings, parts, stack, database=database, bars=bars, wall=wall, new_id=new_id
    )
    runners = parts.runners(pool, database, sessions, wall=wall)
    runs = RunManager(
        database=database, log=database.log, runners=runners,
        left_behind=LeftAtVenues(service=trading, store=store), workers=pool, catalogue=catalogue, bars=bars,
        threads=threads.strategies, now=wall.now, new_id=new_id, wait=wall.sleep, version=weaver.__version__,
    )  # fmt: skip
    await stack.enter_async_context(runs)
    await _kept_up(settings, stack, database, runs, trading, bars, wall)
    reader = parts.reader(settings)
    stack.push_async_callback(reader.close)
    jobs = await stack.enter_async_context(Jobs(now=wall.now, new_id=new_id))
    known = KnownStrategies(catalogue=catalogue, threads=threads.strategies)
    await known.look()
    facts = _facts(settings, port)
    notifier = await _notifier(settings, stack, channels, database, trading, store, wall, new_id)
    live_results = LiveResults(store=store, aside=threads.results.do)
    replayers = parts.replayers(settings, new_id=new_id)
    stack.push_async_callback(replayers.close)
    parity = Parity(
        store=store, deciders=replayers, pool=pool, bars=bars, results=live_results, name_of=trading.name_of,
        aside=threads.results.do, now=wall.now, new_id=new_id,
    )  # fmt: skip
    promotions = Promotions(
        database=database, runs=runs, trading=trading, version=weaver.__version__,
        evidence=Evidence(
            database=database, live_results=live_results, proofs=ParityProofs(parity), threads=threads.results
        ),
    )  # fmt: skip
    services = Services(
        facts=facts, database=database, log=database.log, runs=runs, pool=pool, catalogue=catalogue,
        known_strategies=known, bars=bars, jobs=jobs, threads=threads, reader=reader,
        is_owner=lambda: database.is_owner, now=wall.now,
        new_id=new_id, wait=wall.sleep, metrics=metrics, open_history=connected,
        hub=Hub(log=database.log, wait=wall.sleep, on_event=metrics.event, on_reset=metrics.reset),
        gate=Gate(token=facts.token, sessions=Sessions(now=wall.now, new_token=parts.new_token)),
        live_results=live_results, portfolio=PortfolioCurves(live_results, aside=threads.results.do), trading=trading,
        trading_store=store, desk=Desk(store=store, new_id=new_id), notifier=notifier, parity=parity,
        promotions=promotions,
    )  # fmt: skip
    return Started(database=database, pool=pool, runs=runs, services=services)


async def _trading(
    settings: Settings, parts: Parts, stack: AsyncExitStack, *, database: SqlDatabase, bars: ParquetBarStore,
    wall: WallClock, new_id: NewId,
) -> tuple[TradingService, TradingStore, LiveSessions]:  # fmt: skip
    """What trades: closed after the runs have ended."""
    store, deciders = KeptTradingStore(database), parts.deciders(settings, new_id=new_id)
    stack.push_async_callback(deciders.close)
    service = TradingService(
        venues=parts.venues(settings, bars=bars, wall=wall, may_send=store.check_owner),
        store=store,
        events=EventFactory(producer="veda", now=wall.now, new_id=new_id),
        wall=wall,
        is_owner=lambda: database.is_owner,
    )
    await stack.enter_async_context(service)
    sessions = LiveSessions(
        service=service, store=store, deciders=deciders, bars=bars, wall=wall, aside=asyncio.to_thread
    )
    return service, store, sessions


async def _channels(settings: Settings, sender: Sender, wall: WallClock, metrics: Metrics) -> Sequence[Channel]:
    """Where notifications go. Raises InputError for what is none, with nothing of it in the text."""
    if not (urls := _notify_urls(settings)):
        return ()
    if find_spec("apprise") is None:
        raise InputError(NO_APPRISE)
    usable = await sender.usable(urls)
    if wrong := [(number, url) for number, url in enumerate(urls, start=1) if not usable[number - 1]]:
        number, url = wrong[0]
        raise InputError(
            f"NOTIFY_URLS: Apprise cannot use number {number} ({scheme_of(url)}): see its page on that service for how "
            "the URL is written"
        )
    return [
        Channel(number, url, sender=sender, now=wall.now, wait=wall.sleep, told=metrics.notification)
        for number, url in enumerate(urls, start=1)
    ]


async def _notifier(
    settings: Settings, stack: AsyncExitStack, channels: Sequence[Channel], database: SqlDatabase,
    trading: TradingService, store: TradingStore, wall: WallClock, new_id: NewId,
) -> Notifier:  # fmt: skip
    """Who tells people of what happens, and records what days came to, where somebody is told of that."""

    async def find_run(run_id: str) -> Run | None:
        async with database.transaction() as transaction:
            return await transaction.runs.find(run_id)

    kinds = kinds_of(settings.notify_kinds)
    notifier = Notifier(
        channels=channels, kinds=kinds, log=database.log, find_run=find_run, is_owner=lambda: database.is_owner,
        wait=wall.sleep,
    )  # fmt: skip
    await stack.enter_async_context(notifier.running())
    if channels and NotificationKind.DAILY_SUMMARY in kinds:
        events = EventFactory(producer="notifications", now=wall.now, new_id=new_id)
        days = Days(
            accounts=lambda: trading.accounts, store=store, find_run=find_run, events=events,
            is_owner=lambda: database.is_owner, wait=wall.sleep,
        )  # fmt: skip
        await stack.enter_async_context(in_background(days.run()))
    return notifier


async def _database(settings: Settings, stack: AsyncExitStack, wall: WallClock, new_id: NewId) -> SqlDatabase:
    """The database, which only the owner of the home may write to."""
    home = FileLock(settings.home_owner_file, new_id())
    stack.callback(home.release)
    database = await open_database(
        settings.database_url, home=settings.home_folder, now=wall.now, new_id=new_id,
        route=DomainRouter(new_id=new_id), read_only=None if home.take() else HOME_TAKEN.format(settings.home_folder),
    )  # fmt: skip
    stack.push_async_callback(database.close)
    return database


async def _kept_up(
    settings: Settings, stack: AsyncExitStack, database: SqlDatabase, runs: RunManager, trading: TradingService,
    bars: ParquetBarStore, wall: WallClock,
) -> None:  # fmt: skip
    """Begin what goes on behind all requests."""
    if database.is_owner:
        await trading.open_left_behind()
        is_recovered = await recovered(runs.recover)
        remove_leftovers(settings.uploads_folder)
        recovery = recover_when_needed(database, runs.recover, wall.sleep, is_recovered=is_recovered)
        await stack.enter_async_context(in_background(recovery))
        await stack.enter_async_context(in_background(keep_pruned(database.log, now=wall.now)))
    await stack.enter_async_context(in_background(look_at_bars(bars, is_owner=lambda: database.is_owner)))
    await stack.enter_async_context(in_background(keep_given_back(wait=wall.sleep)))


def _running(settings: Settings, behind: Started, port: int) -> Running:
    return Running(
        url=url_of(settings.server_host, port),
        version=weaver.__version__,
        storage=behind.database.storage,
        home=settings.home_folder,
        needs_token=settings.security_api_token is not None,
        is_token_guessable=is_guessable(settings.server_host, settings.security_api_token),
        is_read_only=not behind.database.is_owner,
    )


def _facts(settings: Settings, port: int) -> ServerFacts:
    return ServerFacts(
        version=weaver.__version__,
        host=settings.server_host,
        port=port,
        token=settings.security_api_token,
        allowed_hosts=listed(settings.allowed_hosts),
        allowed_origins=listed(settings.allowed_origins),
        settings=shown(settings),
        limits=_limits(settings),
        serves_web=True,
    )


def _reader_command(settings: Settings) -> list[str]:
    memory, bars = settings.upload_memory_mb * _MB, settings.bars_folder.resolve()
    return [
        sys.executable, "-m", "weaver.reader", "--memory", f"{memory}", "--bars", f"{bars}",
        "--lock", f"{settings.lock_seconds}",
    ]  # fmt: skip


def _limits(settings: Settings) -> Limits:
    return Limits(
        head_bytes_max=settings.head_max_kb * _KB,
        target_bytes_max=settings.target_max_kb * _KB,
        head_seconds=settings.head_seconds,
        body_seconds=settings.body_seconds,
        send_seconds=settings.send_seconds,
        unsent_bytes_max=settings.unsent_max_mb * _MB,
        uploads_at_once=settings.uploads_at_once,
        upload_window_seconds=settings.upload_window_seconds,
        upload_window_bytes=settings.upload_window_kb * _KB,
        upload_bytes_max=settings.upload_max_mb * _MB,
        upload_memory_bytes=settings.upload_memory_mb * _MB,
        upload_seconds=settings.upload_seconds,
        wait_seconds=settings.wait_seconds,
    )


def shown(settings: Settings) -> dict[str, str | int | float | bool | None]:
    """The settings as anybody who may use the API can see them: of a secret, whether it is set."""
    found: dict[str, str | int | float | bool | None] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        plain = value if value is None or isinstance(value, int | float) else str(value)
        found[variable(name)] = value is not None if is_secret(name) else plain
    return found


def _environment(settings: Settings) -> dict[str, str]:
    """For processes that run a user's code."""
    adapters = AdapterCatalogue(settings.adapters_folder).entries()
    return environment_without_secrets(name for one in adapters for name in one.settings)


def _secrets(settings: Settings) -> list[SecretStr]:
    """Texts that must not get into the log: the token, the venues' keys, and the database's password."""
    try:
        password = urlsplit(settings.database_url or "").password or ""
    except ValueError:
        password = ""
    of_database = [SecretStr(password), SecretStr(unquote(password))]  # as it stands in the URL, and as drivers see it
    keys = [
        settings.security_api_token, settings.alpaca_paper_api_key, settings.alpaca_paper_api_secret,
        settings.alpaca_live_api_key, settings.alpaca_live_api_secret,
    ]  # fmt: skip
    of_channels = map(SecretStr, secrets_of(_notify_urls(settings)))
    return [*of_database, *(key for key in keys if key is not None), *of_channels]


def _notify_urls(settings: Settings) -> Sequence[str]:
    """Raises InputError."""
    return () if settings.notify_urls is None else split_urls(settings.notify_urls.get_secret_value())


def _make_folders(settings: Settings) -> None:
    for folder in (settings.home_folder, settings.strategies_folder, settings.uploads_folder):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"{folder}: cannot be made: {error.strerror}; set WEAVER_HOME to a folder of yours"
            ) from error


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's where there is one (not on Windows)."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop

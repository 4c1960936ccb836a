"""The root of the server: picks the concrete parts, starts them in order, and stops them in reverse."""

import asyncio
import os
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import structlog

import weaver
from weaver.config import Settings, listed
from weaver.events.factory import EventFactory
from weaver.events.log.retention import keep_pruned
from weaver.glados.app import create_app
from weaver.glados.clock.ports import WallClock
from weaver.glados.http.connections import connections_max
from weaver.glados.http.security import Gate, Sessions, check_bind, check_names, is_guessable
from weaver.glados.http.upload import remove_leftovers
from weaver.glados.http.web import add_web
from weaver.glados.http_server import HttpServer, bound_socket, url_of
from weaver.glados.jobs import Jobs
from weaver.glados.known_strategies import KnownStrategies
from weaver.glados.live.figures.portfolio import PortfolioCurves
from weaver.glados.live.figures.results import LiveResults
from weaver.glados.live.left_behind import LeftAtVenues
from weaver.glados.live.proof.parity import Parity
from weaver.glados.live.session import LiveSessions
from weaver.glados.metrics import Metrics
from weaver.glados.ports import BacktestPool, NewId
from weaver.glados.process.logging import LogFormat, configure_logging
from weaver.glados.process.memory import keep_given_back, return_large_blocks
from weaver.glados.process.server_file import ServerPlace, published
from weaver.glados.process.stop_signals import Stopping
from weaver.glados.process.upkeep import in_background, look_at_bars, recover_when_needed, recovered
from weaver.glados.promotion.evidence import Evidence
from weaver.glados.promotion.promotions import Promotions
from weaver.glados.promotion.proofs import ParityProofs
from weaver.glados.router import DomainRouter
from weaver.glados.runs.manager import RunManager
from weaver.glados.services import Services
from weaver.glados.stream.hub import Hub
from weaver.glados.threads import ServerThreads
from weaver.glados.trading.store import KeptTradingStore
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.research.venues import history
from weaver.server.notifying import channels_of, started_notifier
from weaver.server.of_settings import facts_of, make_folders, secrets_in
from weaver.server.parts import Parts
from weaver.veda.manual.desk import Desk
from weaver.veda.notifications.notification import kinds_of
from weaver.veda.ports import TradingStore
from weaver.veda.service import TradingService
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.engines.ownership import FileLock
from weaver.walle.database.opening import open_database

HOME_TAKEN = (
    "this server is read-only: another one uses its home {}; stop that one and start this one again, or give this one "
    "a home of its own (WEAVER_HOME)"
)
WEB = Path(weaver.__file__).parent / "web"
"""Where the web app's built files are put."""
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


def serve(settings: Settings, *, parts: Parts, on_ready: Callable[[Running], None]) -> int:
    """Serve until SIGTERM or SIGINT, and return the exit code: 0 once everything has been stopped in order.

    Raises InputError for settings that cannot be used, an address that cannot be had among them, and Unavailable where
    the database does not answer. What it makes is for its user alone: strategies and events are in it.
    """
    os.umask(0o077)
    return_large_blocks()
    configure_logging(format=LogFormat(settings.log_format), secrets=secrets_in(settings))
    check_bind(settings.server_host, settings.security_api_token)
    check_names(listed(settings.allowed_hosts), listed(settings.allowed_origins))
    kinds_of(settings.notify_kinds)
    make_folders(settings)
    tempfile.tempdir = str(settings.uploads_folder)  # of this process only, for the framework spools uploads there
    stopping = parts.stopping()
    threads = ServerThreads.of(wait_seconds=settings.wait_seconds, uploads=settings.uploads_at_once)
    # The end of the runner waits for its threads, and then that of the block for ours.
    with stopping, closing(threads), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_served(settings, parts, stopping, threads, on_ready))
        stopping.is_in_order()
    return 0


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
    channels = await channels_of(settings, parts.sender(settings), wall, metrics)
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
    facts = facts_of(settings, port)
    notifier = await started_notifier(settings, stack, channels, database, trading, store, wall, new_id)
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
        new_id=new_id, wait=wall.sleep, metrics=metrics, open_history=history,
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


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's where there is one (not on Windows)."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop

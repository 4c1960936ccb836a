"""The root of the server: picks the concrete parts, starts them in order, and stops them in reverse."""

import asyncio
import os
import signal
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from pydantic import SecretStr

import weaver
from weaver.config import Settings, environment_without_secrets, is_secret, listed, variable
from weaver.events.log.retention import keep_pruned
from weaver.glados.app import create_app
from weaver.glados.clock.wall import SystemWallClock
from weaver.glados.http.connections import connections_max
from weaver.glados.http.security import check_bind, check_names, is_guessable
from weaver.glados.http.upload import remove_leftovers
from weaver.glados.http.web import add_web
from weaver.glados.http_server import HttpServer, bound_socket, url_of
from weaver.glados.ids import TimeOrderedIds, new_token
from weaver.glados.jobs import Jobs
from weaver.glados.known_strategies import KnownStrategies
from weaver.glados.limits import Limits
from weaver.glados.logging import LogFormat, configure_logging
from weaver.glados.memory import keep_given_back, return_large_blocks
from weaver.glados.pool.file_readers import FileReaders
from weaver.glados.pool.pool import LocalBacktestPool
from weaver.glados.router import DomainRouter
from weaver.glados.runs.backtest_runner import BacktestRunner
from weaver.glados.runs.manager import RunManager
from weaver.glados.server_file import ServerPlace, published
from weaver.glados.services import ServerFacts, Services
from weaver.glados.threads import ServerThreads
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.model.errors import InputError, ReadOnly, Unavailable
from weaver.model.run import RunMode
from weaver.walle.bars.store import ParquetBarStore
from weaver.walle.database.database import SqlDatabase, open_database
from weaver.walle.database.engines.ownership import FileLock

STOP_SECONDS = 5.0
"""After a signal to stop, the process is gone within so long, whatever hangs."""
RECOVER_AGAIN_SECONDS = 5.0
"""How soon runs that were left behind are tried to be marked again."""
HOME_TAKEN = (
    "this server is read-only: another one uses its home {}; stop that one and start this one again, or give this one "
    "a home of its own (WEAVER_HOME)"
)
WEB = Path(weaver.__file__).parent / "web"
"""Where the web app's built files are put."""
_KB, _MB = 1024, 1024 * 1024
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


def serve(settings: Settings, *, on_ready: Callable[[Running], None]) -> int:
    """Serve until SIGTERM or SIGINT, and return the exit code: 0 once everything has been stopped in order.

    Raises InputError for settings that cannot be used, an address that cannot be had among them, and Unavailable where
    the database does not answer. What it makes is for its user alone: strategies and events are in it.
    """
    os.umask(0o077)
    return_large_blocks()
    configure_logging(format=LogFormat(settings.log_format), secrets=_secrets(settings))
    check_bind(settings.server_host, settings.security_api_token)
    check_names(listed(settings.allowed_hosts), listed(settings.allowed_origins))
    _make_folders(settings)
    tempfile.tempdir = str(settings.uploads_folder)  # of this process only, for the framework spools uploads there
    stopping = Stopping()
    threads = ServerThreads.of(wait_seconds=settings.wait_seconds, uploads=settings.uploads_at_once)
    # The end of the runner waits for its threads, and then that of the block for ours.
    with stopping, closing(threads), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_served(settings, stopping, threads, on_ready))
        stopping.is_orderly = True  # what is left are threads that finish reading a file for nobody
    return 0


class Stopping:
    """What a signal to stop sets off: an orderly end, and after `STOP_SECONDS` a hard one."""

    def __init__(self) -> None:
        self.is_orderly = False
        self._asked = asyncio.Event()
        self._again: Callable[[], None] = lambda: None
        self._deadline = threading.Timer(STOP_SECONDS, self._leave)
        self._deadline.daemon = True

    def __enter__(self) -> "Stopping":
        return self

    def __exit__(self, *_error: object) -> None:
        self._deadline.cancel()

    def listen(self) -> None:
        """Hear the signals; to be called on the loop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal)

    async def asked(self, *, again: Callable[[], None]) -> None:
        """Return at the first signal. `again` is called at each later one."""
        await self._asked.wait()
        self._again = again

    def _on_signal(self) -> None:
        if self._asked.is_set():
            self._again()
        else:
            self._asked.set()
            self._deadline.start()

    def _leave(self) -> None:
        if not self.is_orderly:
            sys.stderr.write(f"error: not everything stopped within {STOP_SECONDS:g} s; leaving all the same\n")
            sys.stderr.flush()
        os._exit(0 if self.is_orderly else 1)


async def _served(
    settings: Settings, stopping: Stopping, threads: ServerThreads, on_ready: Callable[[Running], None]
) -> None:
    stopping.listen()
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(bound_socket(settings.server_host, settings.server_port))
        port = int(listening.getsockname()[1])
        parts = await _started(settings, stack, port, threads)
        app = create_app(parts.services)
        app.state.known_strategies = KnownStrategies(catalogue=parts.services.catalogue, threads=threads.strategies)
        await app.state.known_strategies.look()
        add_web(app, WEB)

        def ready() -> None:
            running = _running(settings, parts, port)
            if parts.database.is_owner:
                place = ServerPlace(url=running.url, process_id=os.getpid())
                stack.enter_context(published(settings.server_file, place))
            parts.pool.start()
            _log.info("ready", url=running.url, storage=running.storage, read_only=running.is_read_only)
            on_ready(running)

        server = HttpServer(
            app, listening=listening, connections_max=connections_max(), limits=parts.services.facts.limits,
            new_id=parts.services.new_id, on_ready=ready,
        )  # fmt: skip
        ending = asyncio.create_task(_end(stopping, server, parts.runs))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    database: SqlDatabase
    pool: LocalBacktestPool
    runs: RunManager
    services: Services


async def _started(settings: Settings, stack: AsyncExitStack, port: int, threads: ServerThreads) -> _Parts:
    """Everything behind the API, in the order in which the parts need each other."""
    wall = SystemWallClock()
    new_id = TimeOrderedIds(now=wall.now)
    catalogue = Catalogue(settings.strategies_folder)
    bars = ParquetBarStore(settings.bars_folder, lock_seconds=settings.lock_seconds)
    home = FileLock(settings.home_owner_file, new_id())
    stack.callback(home.release)
    database = await open_database(
        settings.database_url, home=settings.home_folder, now=wall.now, new_id=new_id,
        route=DomainRouter(new_id=new_id), read_only=None if home.take() else HOME_TAKEN.format(settings.home_folder),
    )  # fmt: skip
    stack.push_async_callback(database.close)
    pool = LocalBacktestPool(
        workers=settings.workers or max(1, (os.cpu_count() or 2) - 1),
        memory_max_bytes=settings.worker_memory_mb * _MB,
        silence_seconds=settings.worker_silence_seconds,
        environment=environment_without_secrets(),
        new_id=new_id,
        now=wall.now,
    )
    stack.push_async_callback(pool.close)
    runs = RunManager(
        database=database, log=database.log, runners={RunMode.BACKTEST: BacktestRunner(pool=pool)},
        catalogue=catalogue, bars=bars, threads=threads.strategies, now=wall.now, new_id=new_id, wait=wall.sleep,
        version=weaver.__version__,
    )  # fmt: skip
    await stack.enter_async_context(runs)
    if database.is_owner:
        is_recovered = await _recovered(runs)
        remove_leftovers(settings.uploads_folder)
        recovery = _recover_when_needed(database, runs, wall, is_recovered=is_recovered)
        await stack.enter_async_context(_in_background(recovery))
        await stack.enter_async_context(_in_background(keep_pruned(database.log, now=wall.now)))
    readers = FileReaders(_reader_command(settings), limits=_limits(settings))
    stack.push_async_callback(readers.close)
    await stack.enter_async_context(_in_background(_look_at_bars(bars, is_owner=lambda: database.is_owner)))
    await stack.enter_async_context(_in_background(keep_given_back(wait=wall.sleep)))
    jobs = await stack.enter_async_context(Jobs(now=wall.now, new_id=new_id))
    services = Services(
        facts=_facts(settings, port), database=database, log=database.log, runs=runs, catalogue=catalogue,
        bars=bars, jobs=jobs, threads=threads, is_owner=lambda: database.is_owner, now=wall.now, new_id=new_id,
        new_token=new_token, wait=wall.sleep, reader=readers,
    )  # fmt: skip
    return _Parts(database=database, pool=pool, runs=runs, services=services)


async def _recovered(runs: RunManager) -> bool:
    """Mark the runs that were left behind. False: the database does not keep it now, as with a full disk."""
    try:
        await runs.recover()
    except (Unavailable, ReadOnly) as error:
        _log.warning("not_recovered", error=str(error))
        return False
    return True


async def _recover_when_needed(
    database: SqlDatabase, runs: RunManager, wall: SystemWallClock, *, is_recovered: bool
) -> None:
    """Again until it is done; and whenever the database was regained: another server may have owned it meanwhile, and
    left runs behind."""
    regained = asyncio.Event()
    database.on_ownership(lambda is_owner: regained.set() if is_owner else None)
    while True:
        while not is_recovered:
            await wall.sleep(RECOVER_AGAIN_SECONDS)
            is_recovered = await _recovered(runs)
        await regained.wait()
        regained.clear()
        is_recovered = await _recovered(runs)


async def _look_at_bars(bars: ParquetBarStore, *, is_owner: Callable[[], bool]) -> None:
    """Find what was damaged while no server ran; and give series of an earlier Weaver their checksums."""
    try:
        entries = await asyncio.to_thread(bars.catalogue)
    except InputError as error:  # the folder is none, or may not be read: /healthz tells
        _log.warning("bars_not_looked_at", error=str(error))
        return
    for entry in entries:
        if entry.checks is None and is_owner():
            try:
                await asyncio.to_thread(bars.add_checksums, entry)
            except (InputError, Unavailable) as error:  # until then the bars are known by their hash
                _log.warning("no_checksums_added", error=str(error))
        await asyncio.to_thread(bars.look, entry)


@asynccontextmanager
async def _in_background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Something that goes on until the end of the block; that it fails is logged at once, and ends nothing else."""
    task = asyncio.create_task(work)
    task.add_done_callback(_log_failure)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("background_work_failed", exc_info=error)


def _running(settings: Settings, parts: _Parts, port: int) -> Running:
    return Running(
        url=url_of(settings.server_host, port),
        version=weaver.__version__,
        storage=parts.database.storage,
        home=settings.home_folder,
        needs_token=settings.security_api_token is not None,
        is_token_guessable=is_guessable(settings.server_host, settings.security_api_token),
        is_read_only=not parts.database.is_owner,
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


def _secrets(settings: Settings) -> list[SecretStr]:
    """Texts that must not get into the log: the token, and the database's password."""
    try:
        password = urlsplit(settings.database_url or "").password or ""
    except ValueError:
        password = ""
    of_database = [SecretStr(password), SecretStr(unquote(password))]  # as it stands in the URL, and as drivers see it
    return [*of_database, *([] if settings.security_api_token is None else [settings.security_api_token])]


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

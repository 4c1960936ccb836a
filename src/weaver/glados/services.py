"""What the HTTP API works with: one value, put together by a root and given to the application at its construction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from weaver.events.log.ports import EventLog
from weaver.glados.http.security import Gate
from weaver.glados.jobs import Jobs
from weaver.glados.known_strategies import KnownStrategies
from weaver.glados.limits import Limits
from weaver.glados.live.figures.portfolio import PortfolioCurves
from weaver.glados.live.figures.results import LiveResults
from weaver.glados.live.proof.parity import Parity
from weaver.glados.metrics import Metrics
from weaver.glados.pool.file_readers import FileReader
from weaver.glados.ports import BacktestPool, Database, NewId, Now, OpenHistory, Wait
from weaver.glados.promotion.promotions import Promotions
from weaver.glados.runs.port import RunManager
from weaver.glados.stream.hub import Hub
from weaver.glados.threads import ServerThreads
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.veda.manual.desk import Desk
from weaver.veda.notifications.notifier import Notifier
from weaver.veda.ports import TradingStore
from weaver.veda.service import TradingService
from weaver.walle.bars.store import ParquetBarStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What the server knows about itself."""

    version: str
    host: str
    """The address it is bound to."""
    port: int
    token: SecretStr | None
    """None: nobody is asked for one, and the server must be bound to a loopback address (`security.check_bind`)."""
    allowed_hosts: tuple[str, ...] = ()
    """Names beside its own under which it may be reached, as a reverse proxy hands them on; with or without a port."""
    allowed_origins: tuple[str, ...] = ()
    """Origins (`https://weaver.example`) beside its own that a request may name."""
    settings: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    """What GET /settings shows: each setting's name with its value. A secret's value is never among them: say
    whether it is set (True or False) instead."""
    limits: Limits = field(default_factory=Limits)
    serves_web: bool = False
    """Whether paths outside /api are the web app's files, which load without a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that a request handler may use."""

    facts: ServerFacts
    database: Database
    log: EventLog
    runs: RunManager
    pool: BacktestPool
    """For backtests that nothing is kept of."""
    catalogue: Catalogue
    known_strategies: KnownStrategies
    bars: ParquetBarStore
    jobs: Jobs
    threads: ServerThreads
    reader: FileReader
    open_history: OpenHistory
    is_owner: Callable[[], bool]
    """Whether this server owns trading on its database; another one's is read-only."""
    now: Now
    new_id: NewId
    wait: Wait
    hub: Hub
    """Hands events out to streams; open as long as the application's lifespan."""
    gate: Gate
    metrics: Metrics
    trading: TradingService
    trading_store: TradingStore
    live_results: LiveResults
    """What paper and live runs have come to."""
    promotions: Promotions
    """Makes runs of others, nearer to the market."""
    portfolio: PortfolioCurves
    """The curves that are summed to all runs' equity."""
    parity: Parity
    """Holds paper and live runs against what they should have done."""
    desk: Desk
    """Takes what people order."""
    notifier: Notifier
    """Tells people of what happens."""

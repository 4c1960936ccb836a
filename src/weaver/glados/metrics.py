"""What Prometheus can ask of the server, in registries of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from weaver.glados.runs.port import Load
from weaver.model.run import RunStatus

CONTENT_TYPE = CONTENT_TYPE_LATEST
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the database tells."""

    runs: Mapping[RunStatus, int]
    lag: int
    """How far dispatch is behind the newest event, in seq."""


class Metrics:
    """Counters that the server keeps as it goes, and gauges that are read when somebody asks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._stored = CollectorRegistry()
        """What is left out while the database does not answer: nothing is better than what was true some time ago."""
        self._requests = Counter(
            "weaver_http_requests",
            "Requests by route, method and status (499: the client went first).",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "weaver_http_request_seconds",
            "How long requests took; event streams are not counted here.",
            ("route", "method"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._events = Counter(
            "weaver_events", "Events that this server saw committed, by type.", ("type",), registry=self.registry
        )
        self._resets = Counter("weaver_stream_resets", "Streams that fell behind.", registry=self.registry)
        self._notifications = Counter(
            "weaver_notifications",
            "Notifications by channel, and whether they were sent or given up.",
            ("channel", "outcome"),
            registry=self.registry,
        )
        self._runs = Gauge("weaver_runs", "Runs by status.", ("status",), registry=self._stored)
        self._lag = Gauge(
            "weaver_log_lag_events",
            "How far dispatch is behind the newest event of the log, in seq.",
            registry=self._stored,
        )
        self._clients = self._gauge("stream_clients", "Event streams that are open.")
        self._database = self._gauge("database_up", "1 where the database answered; 0: what it knows is left out.")
        self._queued = self._gauge("backtests_queued", "Backtests that wait for a worker.")
        self._working = self._gauge("runs_working", "Runs that have something working for them.")
        self._workers = self._gauge("workers", "Backtests that can be worked on at once.")

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"weaver_{name}", text, registry=self.registry)

    def request(self, *, method: str, route: str, status: int, seconds: float | None) -> None:
        """A request was answered; `seconds` None: it was a stream, which takes as long as it is wanted."""
        method = method if method in _METHODS else "other"  # a client may send any word; labels are kept for good
        self._requests.labels(route, method, str(status)).inc()
        if seconds is not None:
            self._seconds.labels(route, method).observe(seconds)

    def event(self, type_: str) -> None:
        """An event was dispatched."""
        self._events.labels(type_).inc()

    def reset(self) -> None:
        """A stream was told to reload."""
        self._resets.inc()

    def notification(self, channel: int, is_sent: bool) -> None:
        """A notification was sent, or given up after the last try."""
        self._notifications.labels(str(channel), "sent" if is_sent else "given_up").inc()

    def text(self, *, stored: Stored | None, load: Load, clients: int) -> bytes:
        """Everything, in Prometheus' text format, with the gauges set to what is true now. None: the database does not
        answer."""
        self._queued.set(load.queued)
        self._working.set(load.running)
        self._workers.set(load.workers)
        self._clients.set(clients)
        self._database.set(stored is not None)
        own = generate_latest(self.registry)
        if stored is None:
            return own
        for status, count in stored.runs.items():
            self._runs.labels(str(status)).set(count)
        self._lag.set(stored.lag)
        return own + generate_latest(self._stored)

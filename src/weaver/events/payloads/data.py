"""Windows, feeds, imports."""

from datetime import datetime

from weaver.events.payloads.base import OfRun, Payload


class DataWindowReady(OfRun):
    type = "data.WindowReady"
    symbol: str
    timeframe: str
    bars: int
    """How many there are; the bars themselves stay in the store."""
    time: datetime | None = None


class DataWindowFailed(OfRun):
    type = "data.WindowFailed"
    symbol: str
    timeframe: str
    error: str
    time: datetime | None = None


class DataFeedStale(Payload):
    type = "data.FeedStale"
    venue: str
    symbols: tuple[str, ...]
    since: datetime
    """From then on nothing that it says can be relied on."""
    reason: str = ""
    mode: str | None = None


class DataFeedRestored(Payload):
    type = "data.FeedRestored"
    venue: str
    symbols: tuple[str, ...]
    mode: str | None = None


class DataImported(Payload):
    type = "data.Imported"
    symbol: str
    timeframe: str
    bars: int
    content_hash: str


class DataFetchProgress(Payload):
    type = "data.FetchProgress"
    job_id: str
    symbol: str
    fraction: float

"""The sources that need no account, by name: what each takes, and the package that it needs."""

import asyncio
import importlib
import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from weaver.model.errors import InputError
from weaver.model.market.timeframe import Timeframe
from weaver.walle.fetch.fetching import usual_start
from weaver.walle.fetch.ports import History


class OpenSource(History, Protocol):
    """A source that is connected."""

    def now(self) -> datetime:
        """The time there."""
        ...

    async def close(self) -> None:
        """End what is under way."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """One source."""

    id: str
    package: str
    extra: str
    """What brings the package."""
    module: str
    """Where it is opened: `opened`, given the exchange's name and the time."""
    has_exchanges: bool = False
    note: str = ""
    """What whoever uses it should know."""
    keeps: Mapping[str, timedelta] = field(default_factory=dict)
    """How far back it has bars of a timeframe, where that is not all the way."""


YAHOO_KEEPS = {
    "1m": timedelta(days=29),
    "2m": timedelta(days=59),
    "5m": timedelta(days=59),
    "15m": timedelta(days=59),
    "30m": timedelta(days=59),
    "1h": timedelta(days=729),
}
"""A day less than Yahoo says."""
SOURCES = {
    entry.id: entry
    for entry in (
        SourceEntry(
            id="ccxt", package="ccxt", extra="crypto", module="weaver.walle.fetch.sources.crypto", has_exchanges=True
        ),
        SourceEntry(
            id="yfinance",
            package="yfinance",
            extra="yfinance",
            module="weaver.walle.fetch.sources.yahoo",
            note="yfinance is unofficial, and Yahoo means its quotes for personal use",
            keeps=YAHOO_KEEPS,
        ),
    )
}


def start_at(identifier: str, timeframe: Timeframe, end: datetime) -> datetime:
    """Since when a source's history is fetched unless somebody says: as `usual_start`, or as far back as it goes."""
    start = usual_start(timeframe, end)
    keeps = SOURCES[identifier].keeps.get(str(timeframe)) if identifier in SOURCES else None
    return start if keeps is None else max(start, end - keeps)


@asynccontextmanager
async def opened(identifier: str, exchange: str | None, now: Callable[[], datetime]) -> AsyncIterator[OpenSource]:
    """One of `SOURCES`. Raises InputError where its package is missing or the exchange is, NotFound for an exchange
    that there is not, and Unavailable."""
    entry = SOURCES[identifier]
    if entry.has_exchanges and not exchange:
        raise InputError(f"{identifier} has many exchanges: name one, as --exchange binance or --exchange kraken")
    if exchange and not entry.has_exchanges:
        raise InputError(f"{identifier} has no exchanges to choose from: leave {exchange} out")
    if importlib.util.find_spec(entry.package) is None:
        raise InputError(f"{identifier} is not installed: pip install 'weaver[{entry.extra}]'")
    module: Any = await asyncio.to_thread(importlib.import_module, entry.module)  # it takes a second
    connect: Callable[[str | None, Callable[[], datetime]], Awaitable[OpenSource]] = module.connected
    source = await connect(exchange, now)
    try:
        yield source
    finally:
        await source.close()

"""A venue's past, in memory, that can stop answering."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import Unavailable
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import Timeframe

MINUTES = Timeframe.parse("1m")


@dataclass(frozen=True, kw_only=True)
class FakePage:
    bars: Bars
    next_page: str | None


@dataclass(frozen=True, kw_only=True)
class FakeListing:
    instrument: Instrument


class FakeHistory:
    """Pages of `size`; `calls_max`: after so many questions it answers nothing more."""

    source = "fake"

    def __init__(self, bars: Mapping[str, Bars], *, size: int = 100, calls_max: int | None = None) -> None:
        self.all, self.size, self.calls_max = bars, size, calls_max
        self.actions: dict[str, tuple[CorporateAction, ...]] = {}
        self.calls = 0
        self.fails: dict[int, int] = {}
        """By the number of a question, how often it is not answered before it is."""
        self.failure: Unavailable = Unavailable("no answer")
        self.go = asyncio.Event()
        """Set: it answers more than two questions without waiting."""
        self.go.set()
        self.asked: list[tuple[str, str | None]] = []

    def now(self) -> datetime:
        return datetime(2024, 3, 6, tzinfo=UTC)

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, FakeListing]:
        return {
            symbol: FakeListing(instrument=Instrument.default(symbol, AssetClass.STOCK))
            for symbol in symbols
            if symbol in self.all
        }

    async def like(self, symbol: str) -> Sequence[str]:
        return [one for one in self.all if one[0] == symbol[0]]

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, *, page: str | None = None
    ) -> FakePage:
        self._count()
        self.asked.append((symbol, page))
        if self.calls > 2:
            await self.go.wait()
        found = self.all[symbol]
        first = int(np.searchsorted(found.timestamp, instant_of(start)))
        stop = int(np.searchsorted(found.timestamp, instant_of(end), side="right"))
        at = first if page is None else int(page)
        until = min(at + self.size, stop)
        return FakePage(bars=found.slice(at, until), next_page=str(until) if until < stop else None)

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        self._count()
        return tuple(one for one in self.actions.get(symbol, ()) if first <= one.ex_date <= last)

    def _count(self) -> None:
        self.calls += 1
        if self.fails.get(self.calls, 0):
            self.fails[self.calls] -= 1
            self.calls -= 1
            raise self.failure
        if self.calls_max is not None and self.calls > self.calls_max:
            raise Unavailable("the venue does not answer")


def minutes(symbol: str, *, day: str = "2024-03-04", count: int = 390, seed: int = 1) -> Bars:
    """Minute bars of a session from its open on."""
    start = int(np.datetime64(f"{day}T14:30", "ns").astype(np.int64))
    stamps = start + np.arange(count, dtype=np.int64) * MINUTES.nanoseconds
    close = 100 + np.cumsum(np.random.default_rng(seed).normal(0, 0.05, count)).round(2)
    return Bars(
        symbol=symbol,
        timeframe=MINUTES,
        timestamp=stamps,
        end=calendar_for(AssetClass.STOCK).bar_end(stamps, MINUTES),
        open=close,
        high=close + 0.1,
        low=close - 0.1,
        close=close,
        volume=np.full(count, 1000.0),
    )

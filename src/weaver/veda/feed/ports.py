"""What the feed needs of others: a venue's market data, and the bars that are stored."""

from collections.abc import AsyncIterator, Collection
from datetime import date, datetime
from typing import Protocol

from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.timeframe import Timeframe
from weaver.veda.exchange.market import BarPage, VenueClock
from weaver.veda.exchange.port import BarMessage


class History(Protocol):
    """A venue's market data by REST; the part of `ExchangeAdapter` that is asked here."""

    @property
    def source(self) -> str: ...
    def now(self) -> datetime: ...
    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, *, page: str | None = None
    ) -> BarPage: ...
    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]: ...


class MarketData(History, Protocol):
    """The same with its stream, and its clock."""

    async def clock(self) -> VenueClock: ...
    def live_bars(self, symbols: Collection[str]) -> AsyncIterator[BarMessage]: ...


class SomeBars(Protocol):
    """What the store hands out."""

    @property
    def bars(self) -> Bars: ...
    @property
    def actions(self) -> tuple[CorporateAction, ...]: ...


class BarStore(Protocol):
    """Bars on disk (`walle.bars.store.ParquetBarStore`); it may block, and can be asked from any thread."""

    def read(self, symbol: str, timeframe: Timeframe, start: int | None = None, end: int | None = None) -> SomeBars:
        """The bars with start ≤ stamp < end (ns), put together from finer ones where the timeframe is not stored.
        Raises NotFound, and Damaged."""
        ...

"""Where the simulated venue's bars come from: the port of its two sources, replays and other venues."""

from collections.abc import AsyncGenerator, Collection, Mapping
from datetime import date, datetime
from typing import Protocol

from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.timeframe import Timeframe
from weaver.veda.adapters.simulated.memory import Remembered
from weaver.veda.exchange.market import BarPage, InstrumentRules, TradingDay, VenueClock
from weaver.veda.exchange.port import BarMessage


class BarFeed(Protocol):
    """Bars, and the time that goes with them."""

    @property
    def source(self) -> str:
        """Where its bars come from, for the record."""
        ...

    @property
    def is_replay(self) -> bool:
        """Whether its bars are stored ones."""
        ...

    @property
    def now(self) -> int:
        """The venue's time, ns."""
        ...

    @property
    def placed(self) -> int:
        """When a request counts as come that comes now, ns."""
        ...

    async def connect(self) -> None:
        """Have what is needed. Raises InputError, Unavailable."""
        ...

    @property
    def tick(self) -> int:
        """The newest of its ticks, ns."""
        ...

    def recover(self, remembered: Remembered) -> None:
        """Bring the venue to where it stood; once, when it is connected."""
        ...

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        """What is known of some symbols, which the venue can trade from then on."""
        ...

    async def clock(self) -> VenueClock:
        """The clock of the exchanges whose bars they are."""
        ...

    async def calendar(self, first: date, last: date) -> tuple[TradingDay, ...]:
        """Their sessions."""
        ...

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, page: str | None
    ) -> BarPage:
        """History up to now, as the port's `bars`."""
        ...

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        """Those known by now."""
        ...

    def stream(self, symbols: Collection[str]) -> AsyncGenerator[BarMessage]:
        """Bars as they end, each after the venue has filled what it could by it. Raises InputError."""
        ...

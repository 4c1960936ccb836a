"""What fetching needs of a venue."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import Timeframe


class Page(Protocol):
    """Some bars, in order of time, and how to ask for those that follow; None: there are no more."""

    @property
    def bars(self) -> Bars: ...
    @property
    def next_page(self) -> str | None: ...


class Listed(Protocol):
    """What a venue trades under a symbol."""

    @property
    def instrument(self) -> Instrument: ...


class History(Protocol):
    """A venue's past. Every method raises Unavailable where it does not answer, InputError where it will not."""

    @property
    def source(self) -> str:
        """Where its bars come from, for the record."""
        ...

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, Listed]:
        """What is traded under each; a symbol that it does not know is left out."""
        ...

    async def like(self, symbol: str) -> Sequence[str]:
        """What somebody may have meant by a symbol that it does not know."""
        ...

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, *, page: str | None = None
    ) -> Page:
        """Raw bars with start ≤ stamp ≤ end that have ended."""
        ...

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        """Splits and dividends with ex-dates from `first` to `last`."""
        ...

"""Where a symbol's bars come from: all of them at once, or day by day."""

from dataclasses import dataclass
from typing import Protocol

from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.timeframe import Timeframe
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.market.bars.columns import Columns


class BarSource(Protocol):
    """The bars of one symbol, in order of time."""

    def more(self) -> Columns | None:
        """Those that follow the ones it has given; None: there are no more, ever."""


class GivenBars:
    """Bars that are there from the beginning."""

    def __init__(self, bars: Columns) -> None:
        self._bars: Columns | None = bars

    def more(self) -> Columns | None:
        """All of them, once."""
        bars, self._bars = self._bars, None
        return bars


@dataclass(frozen=True, slots=True, kw_only=True)
class TradedSymbol:
    """What the market is told of one symbol."""

    asset: Asset
    timeframe: Timeframe
    source: BarSource
    actions: tuple[CorporateAction, ...] = ()

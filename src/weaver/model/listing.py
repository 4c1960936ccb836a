"""One symbol of a run: its facts, its bars at the run's timeframe, and its splits and dividends."""

from dataclasses import dataclass

from weaver.model.bars import Bars
from weaver.model.corporate_actions import CorporateAction
from weaver.model.instrument import Instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a run knows of one symbol."""

    instrument: Instrument
    bars: Bars
    actions: tuple[CorporateAction, ...] = ()

    @property
    def symbol(self) -> str:
        """The instrument's symbol."""
        return self.instrument.symbol

"""How new bars and facts meet those that are stored."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from weaver.model.errors import InputError
from weaver.model.market.bars import COLUMNS, Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.folder.catalogue import CatalogueEntry, SymbolRecord


def merge(old: Bars, new: Bars) -> Bars:
    """`new`, with those of `old` that lie wholly before or after it."""
    before = int(np.searchsorted(old.end, new.timestamp[0], side="right"))
    after = int(np.searchsorted(old.timestamp, new.end[-1], side="left"))
    if new.timeframe.is_daily:  # stamps of stocks are labels: compare them with each other
        before = int(np.searchsorted(old.timestamp, new.timestamp[0], side="left"))
        after = int(np.searchsorted(old.timestamp, new.timestamp[-1], side="right"))
    columns = {
        name: np.concatenate([getattr(old, name)[:before], getattr(new, name), getattr(old, name)[after:]])
        for name in COLUMNS
    }
    return Bars(symbol=new.symbol, timeframe=new.timeframe, **columns)


def updated(
    record: SymbolRecord | None,
    entry: CatalogueEntry,
    instrument: Instrument,
    actions: Sequence[CorporateAction] | None,
) -> SymbolRecord:
    """The record with a new entry, and the symbol's facts as they are now."""
    stored = () if record is None else record.actions
    series = {} if record is None else {key: replace(one, instrument=instrument) for key, one in record.series.items()}
    return SymbolRecord(
        instrument=instrument,
        actions=stored if actions is None else tuple(actions),
        series={**series, entry.timeframe: entry},
    )


def check_class(record: SymbolRecord | None, instrument: Instrument, timeframe: Timeframe, *, keep: bool) -> None:
    """Bars end by their asset class's calendar, so one symbol's series must agree on it."""
    if record is None or record.instrument.asset_class is instrument.asset_class:
        return
    if keep or set(record.series) - {timeframe}:
        stored = record.instrument.asset_class
        raise InputError(
            f"{instrument.symbol} is in the bar store as {stored}, not {instrument.asset_class}: "
            f"import it as {stored}, or under another symbol"
        )

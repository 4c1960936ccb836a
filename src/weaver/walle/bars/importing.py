"""A file into the bar store: the one way, for the command line and the API alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from weaver.model.facts import NO_FACTS, Facts
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.walle.bars.store import ParquetBarStore, WriteOutcome
from weaver.walle.files.bar_file import read_part
from weaver.walle.files.checks.assembly import ReadBars, assemble
from weaver.walle.files.columns.parts import Part
from weaver.walle.files.spelling import AS_WRITTEN, Spelling


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was read, and what became of it in the store."""

    read: ReadBars
    outcome: WriteOutcome


def import_file(
    store: ParquetBarStore,
    path: Path,
    *,
    symbol: str,
    source: str,
    timeframe: Timeframe | None = None,
    tz: str | None = None,
    asset_class: AssetClass | None = None,
    facts: Facts = NO_FACTS,
    spelling: Spelling = AS_WRITTEN,
    actions: Callable[[], Sequence[CorporateAction] | None] = lambda: None,
    keep: bool = True,
    read_done: Callable[[], None] = lambda: None,
) -> Imported:
    """Read a file and store its bars of `symbol`, wholly or not at all; see `import_part`."""
    return import_part(
        store, read_part(path, symbol=symbol, spelling=spelling), source=source, timeframe=timeframe, tz=tz,
        asset_class=asset_class, facts=facts, actions=actions, keep=keep, read_done=read_done,
    )  # fmt: skip


def import_part(
    store: ParquetBarStore,
    part: Part,
    *,
    source: str,
    timeframe: Timeframe | None = None,
    tz: str | None = None,
    asset_class: AssetClass | None = None,
    facts: Facts = NO_FACTS,
    actions: Callable[[], Sequence[CorporateAction] | None] = lambda: None,
    keep: bool = True,
    read_done: Callable[[], None] = lambda: None,
) -> Imported:
    """Store one symbol's bars of a file, wholly or not at all.

    source: what the catalogue names as their origin. asset_class: by default the one that the symbol is stored with,
    else guessed. facts: what else is said of the symbol, in the place of what is stored. actions: gives the symbol's
    splits and dividends, None keeps those before. keep=False drops what was stored of the series. read_done: called
    between reading and storing. Raises InputError, and DataError naming file, row and line.
    """
    said, stored = replace(facts, asset_class=asset_class or facts.asset_class), store.known_instrument(part.symbol)
    known = said if stored is None else said.over(Facts.of(stored))
    read = assemble(
        part.raw, symbol=part.symbol, timeframe=timeframe, tz=tz, asset_class=known.asset_class, facts=known
    )
    given = actions()
    read_done()
    if stored is not None and stored.asset_class is read.instrument.asset_class:
        store.set_facts(part.symbol, said)  # what stays of before ends by the same calendar
    return Imported(read=read, outcome=store.write(read.bars, read.instrument, given, source, keep=keep))

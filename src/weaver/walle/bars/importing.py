"""A file into the bar store: the one way, for the command line and the API alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

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
    spelling: Spelling = AS_WRITTEN,
    keep: bool = True,
    read_done: Callable[[], None] = lambda: None,
) -> Imported:
    """Read a file and store its bars of `symbol`, wholly or not at all; see `import_part`."""
    return import_part(
        store, read_part(path, symbol=symbol, spelling=spelling), source=source, timeframe=timeframe, tz=tz,
        asset_class=asset_class, keep=keep, read_done=read_done,
    )  # fmt: skip


def import_part(
    store: ParquetBarStore,
    part: Part,
    *,
    source: str,
    timeframe: Timeframe | None = None,
    tz: str | None = None,
    asset_class: AssetClass | None = None,
    actions: Callable[[], Sequence[CorporateAction] | None] = lambda: None,
    keep: bool = True,
    read_done: Callable[[], None] = lambda: None,
) -> Imported:
    """Store one symbol's bars of a file, wholly or not at all.

    source: what the catalogue names as their origin. asset_class: by default the one that the symbol is stored with,
    else guessed. actions: gives the symbol's splits and dividends, None keeps those before. keep=False drops what was
    stored of the series. read_done: called between reading and storing. Raises InputError, and DataError naming file,
    row and line.
    """
    known = asset_class or store.known_class(part.symbol)
    read = assemble(part.raw, symbol=part.symbol, timeframe=timeframe, tz=tz, asset_class=known)
    given = actions()
    read_done()
    return Imported(read=read, outcome=store.write(read.bars, read.instrument, given, source, keep=keep))

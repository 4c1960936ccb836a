"""The market of files that a user has: their bars, as every other command reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass
from weaver.rehearsal.market.bars.columns import Columns
from weaver.rehearsal.market.given.assets import asset_of, venue_symbol
from weaver.rehearsal.market.given.traded_symbol import GivenBars, TradedSymbol
from weaver.walle.files.bar_file import read_parts
from weaver.walle.files.checks.assembly import ReadBars, assemble
from weaver.walle.files.columns.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMarket:
    """What files have: the symbols, when the first of their bars has closed (ns), and what a user should hear."""

    listed: Sequence[TradedSymbol]
    first_close: int
    notes: Sequence[str]


def file_market(
    files: Sequence[tuple[str | None, Path]], classes: Mapping[str, AssetClass], *, tz: str | None = None
) -> FileMarket:
    """The market of files, each with the symbol that all of its bars are to have, or None for what the file says.

    classes: by symbol, with its slash or without, where it is not to be guessed. tz: the zone of intraday times that
    carry none. Raises InputError, also for what the exchange does not trade.
    """
    found: dict[str, ReadBars] = {}
    left = {_spelling(symbol): asset_class for symbol, asset_class in classes.items()}
    for called, path in files:
        for part in read_parts(path, called=called):
            read = _read(part, left.pop(_spelling(part.symbol), None), tz)
            symbol = venue_symbol(part.symbol, read.instrument.asset_class)
            if symbol in found:
                raise InputError(f"two rows of bars are called {symbol}: name them with --bars SYMBOL=FILE")
            found[symbol] = read
    if left:
        raise InputError(f"--asset names {', '.join(sorted(left))}: not a symbol of the bars ({', '.join(found)})")
    if not found:
        raise InputError("no bars: name at least one file")
    return FileMarket(
        listed=[_listed(symbol, read) for symbol, read in found.items()],
        first_close=min(int(read.bars.end[0]) for read in found.values()),
        notes=[note for read in found.values() for note in (*read.all_notes, *(one.message for one in read.warnings))],
    )


def _spelling(symbol: str) -> str:
    """A symbol as it may be meant: a pair with its slash or without it."""
    return symbol.upper().replace("/", "").replace("-", "").replace("_", "")


def _read(part: Part, asset_class: AssetClass | None, tz: str | None) -> ReadBars:
    return assemble(part.raw, symbol=part.symbol, timeframe=None, tz=tz, asset_class=asset_class)


def _listed(symbol: str, read: ReadBars) -> TradedSymbol:
    bars, asset_class = read.bars, read.instrument.asset_class
    return TradedSymbol(
        asset=asset_of(symbol, asset_class, data_decimals=bars.price_decimals, lowest=float(bars.low.min())),
        timeframe=bars.timeframe,
        source=GivenBars(Columns.of(bars, calendar_for(asset_class), asset_class)),
    )

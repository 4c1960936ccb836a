"""A file or frame by symbols: several in one column of them are several."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from weaver.model.errors import DataError
from weaver.walle.files.columns.raw_columns import RawColumns
from weaver.walle.files.columns.symbol_column import SymbolColumn, listed, spelled_alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rows of one symbol."""

    symbol: str
    raw: RawColumns


def parts_of(raw: RawColumns, *, asked: Sequence[str], called: str | None = None, otherwise: str) -> list[Part]:
    """The rows by symbol, in the order in which the symbols first appear, or in that of those `asked` for.

    asked: whose rows are wanted; none: everybody's. called: what all rows are called: it names, and chooses none.
    otherwise: the symbol where no column says one. Raises DataError that lists the symbols where one that is asked for
    is not among them, or where those that are `called` one are several.
    """
    column = raw.symbols
    if called is not None:
        asked = [_one_name(raw, called)]
    if column is None or (column.is_label and len(column.names) == 1):
        if len(asked) > 1:
            raise DataError(f"{raw.origin.name}: no column says whose the rows are: they cannot be of {listed(asked)}")
        return [Part(symbol=asked[0] if asked else otherwise, raw=replace(raw, symbols=None))]
    if asked:
        return [_asked(raw, column, symbol, of=len(asked)) for symbol in asked]
    if len(column.names) == 1:
        return [Part(symbol=column.names[0], raw=replace(raw, symbols=None))]
    return [
        Part(symbol=symbol, raw=raw.take(rows, f"{raw.origin.name} ({symbol})"))
        for symbol, rows in zip(column.names, column.rows(), strict=True)
    ]


def _one_name(raw: RawColumns, called: str) -> str:
    """What all rows are called. Raises DataError where they are of several symbols."""
    column = raw.symbols
    if column is not None and len(column.names) > 1:
        raise DataError(
            f"{raw.origin.name}: there are several symbols, {listed(column.names)}, and {called} is one name: "
            'leave the name away, and choose by --symbol (symbols=["…"]) if not all are meant'
        )
    return called


def told_against(name: str, parts: list[Part], raw: RawColumns) -> list[Part]:
    """The parts, with a note where the column of symbols has others than a file's name says."""
    column, symbols = raw.symbols, [part.symbol for part in parts]
    if column is None or any(spelled_alike(symbol, name) for symbol in symbols):
        return parts
    note = f"{raw.origin.name}: {listed(symbols)} by the column {column.label!r}, not {name} by the file's name"
    return [replace(parts[0], raw=parts[0].raw.noted(note)), *parts[1:]]


def only_part(parts: list[Part], origin: str) -> Part:
    """The part of a file that is to have one. Raises DataError that lists the symbols."""
    if len(parts) > 1:
        raise DataError(f"{origin}: there are several symbols, {listed([part.symbol for part in parts])}: name the one")
    return parts[0]


def _asked(raw: RawColumns, column: SymbolColumn, asked: str, *, of: int) -> Part:
    symbol = column.names[0] if len(column.names) == 1 else column.find(asked, origin=raw.origin.name)
    notes = [f"{raw.origin.name}: {asked} is called {symbol} there"] if symbol != asked else []
    if len(column.names) == 1:
        return Part(symbol=asked, raw=replace(raw, symbols=None).noted(*notes))
    rows = column.rows_of(symbol)
    if of == 1:
        notes.append(f"{raw.origin.name}: {len(rows):,} of {len(column.code):,} rows are {symbol}'s, the rest is left")
    return Part(symbol=asked, raw=raw.take(rows, f"{raw.origin.name} ({symbol})").noted(*notes))

"""Bars from files: CSV, JSON, Parquet or Feather."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from weaver.model.errors import InputError
from weaver.model.facts import NO_FACTS, Facts
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.walle.files.checks.assembly import ReadBars, assemble
from weaver.walle.files.columns.parts import Part, only_part, parts_of, told_against
from weaver.walle.files.columns.raw_columns import RawColumns
from weaver.walle.files.spelling import AS_WRITTEN, Spelling
from weaver.walle.files.unreadable import unreadable

if TYPE_CHECKING:
    from weaver.walle.files.unpacking import Packed

_PARQUET_MAGIC = b"PAR1"
_FEATHER_MAGIC = b"ARROW1"
_ENDINGS = re.compile(r"\.(csv|txt|tsv|parquet|pq|gz|bz2|xz|zip|json|feather|arrow)", re.IGNORECASE)
_NAMES = (
    re.compile(r"(?P<symbol>.+?)[_-](?:\d+(?:min|mo|[mhdw])|[MHDW]\d+)(?=[_-]|$)", re.IGNORECASE),  # BTCUSDT-1h-2023-01
    re.compile(r"(?P<symbol>[A-Z]{6})(?:1|5|15|30|60|240|1440|10080|43200)"),  # EURUSD60, of MetaTrader
    re.compile(r"(?P<symbol>.+?)\.(?:last|bid|ask)", re.IGNORECASE),  # SPY.Last, of NinjaTrader
)
_SYMBOL = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,62}[^\s\x00-\x1f\x7f])?")


def read_bars(
    path: Path,
    *,
    symbol: str | None = None,
    timeframe: Timeframe | None = None,
    tz: str | None = None,
    asset_class: AssetClass | None = None,
    spelling: Spelling = AS_WRITTEN,
    facts: Facts = NO_FACTS,
) -> ReadBars:
    """The bars of one symbol in a file, checked.

    symbol: by default the only one in the file's column of symbols, else the file's name up to `_<timeframe>`.
    timeframe: by default how far the bars are apart; a multiple of that resamples. tz: the zone of intraday times that
    carry none. asset_class: by default guessed. spelling: what the file leaves open. facts: what else is known of the
    symbol. Raises InputError, or DataError naming file, row and line.
    """
    part = read_part(path, symbol=symbol, spelling=spelling)
    return assemble(part.raw, symbol=part.symbol, timeframe=timeframe, tz=tz, asset_class=asset_class, facts=facts)


def read_parts(
    path: Path,
    *,
    asked: Sequence[str] = (),
    called: str | None = None,
    otherwise: str | None = None,
    spelling: Spelling = AS_WRITTEN,
) -> list[Part]:
    """The rows of a file by symbol, in the order in which the symbols first appear.

    asked: those that are wanted; none: all. called: the one that all are to be. otherwise: what the rows are called
    where no column says it, by default the file's name. spelling: what the file leaves open. Raises InputError, or
    DataError naming file, row and line, or the symbols that there are.
    """
    for symbol in asked if called is None else [called]:
        check_symbol(symbol)
    raw, named = read_columns(path, spelling), otherwise or symbol_of(path)
    parts = parts_of(raw, asked=asked, called=called, otherwise=named)
    if not asked and called is None:
        parts = told_against(named, parts, raw)
    for part in parts:
        check_symbol(part.symbol)
    return parts


def read_part(
    path: Path, *, symbol: str | None = None, otherwise: str | None = None, spelling: Spelling = AS_WRITTEN
) -> Part:
    """The rows of one symbol, which is to be named where the file has several."""
    asked = [] if symbol is None else [symbol]
    return only_part(read_parts(path, asked=asked, otherwise=otherwise, spelling=spelling), str(path))


def symbol_of(path: Path) -> str:
    """The symbol that a file's name tells: `BTCUSD_1h_2017.csv` is BTCUSD."""
    stem = _ENDINGS.sub("", path.name)
    match = _NAMES[0].match(stem) or next((found for name in _NAMES[1:] if (found := name.fullmatch(stem))), None)
    return match["symbol"] if match else stem


def check_symbol(symbol: str) -> None:
    """Raises InputError for a symbol that is empty, too long, or has control characters or blanks around it."""
    if not _SYMBOL.fullmatch(symbol):
        raise InputError(f"symbol {symbol!r} cannot be used: 1 to 64 printable characters, no blanks around them")


def read_columns(path: Path, spelling: Spelling = AS_WRITTEN) -> RawColumns:
    """The columns that make up bars. Raises InputError, or DataError naming file, row and line."""
    return _read(path, spelling).held_to(spelling.empty_rows)


def _read(path: Path, spelling: Spelling) -> RawColumns:
    """Each reader takes a while to import, so only the one that is needed is."""
    begin = _begin(path)
    if begin.startswith((_PARQUET_MAGIC, _FEATHER_MAGIC)):
        from weaver.walle.files.parquet_file import read_feather, read_parquet

        read = read_parquet if begin.startswith(_PARQUET_MAGIC) else read_feather
        return read(path, spelling)
    from weaver.walle.files.unpacking import Packed

    packed = Packed.of(path)
    if is_json(packed):
        from weaver.walle.files.json_file import read_json

        return read_json(packed, spelling)
    from weaver.walle.files.csv_file import read_csv

    return read_csv(packed, spelling)


def is_json(packed: "Packed") -> bool:
    """Whether a text begins as JSON does."""
    begin = packed.head()[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return begin[:1] in {b"[", b"{"}


def is_parquet(path: Path) -> bool:
    """Whether the file begins as Parquet does. Raises InputError where it cannot be read."""
    return _begin(path).startswith(_PARQUET_MAGIC)


def is_feather(path: Path) -> bool:
    """Whether the file begins as Feather does. Raises InputError where it cannot be read."""
    return _begin(path).startswith(_FEATHER_MAGIC)


def _begin(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise unreadable(path, error) from error

"""Bars from files, CSV or Parquet."""

import re
from collections.abc import Sequence
from pathlib import Path

from weaver.model.errors import InputError
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import Timeframe
from weaver.walle.files.checks.assembly import ReadBars, assemble
from weaver.walle.files.columns.parts import Part, only_part, parts_of, told_against
from weaver.walle.files.columns.raw_columns import RawColumns

_PARQUET_MAGIC = b"PAR1"
_NAME = re.compile(r"(?P<symbol>.+?)_\d+(?:mo|[mhdw])(?=_|$)", re.IGNORECASE)
_SYMBOL = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,62}[^\s\x00-\x1f\x7f])?")


def read_bars(
    path: Path,
    *,
    symbol: str | None = None,
    timeframe: Timeframe | None = None,
    tz: str | None = None,
    asset_class: AssetClass | None = None,
) -> ReadBars:
    """The bars of one symbol in a CSV or Parquet file, checked.

    symbol: by default the only one in the file's column of symbols, else the file's name up to `_<timeframe>`.
    timeframe: by default how far the bars are apart; a multiple of that resamples. tz: the zone of intraday times that
    carry none. asset_class: by default guessed. Raises InputError, or DataError naming file, row and line.
    """
    part = read_part(path, symbol=symbol)
    return assemble(part.raw, symbol=part.symbol, timeframe=timeframe, tz=tz, asset_class=asset_class)


def read_parts(
    path: Path, *, asked: Sequence[str] = (), called: str | None = None, otherwise: str | None = None
) -> list[Part]:
    """The rows of a CSV or Parquet file by symbol, in the order in which the symbols first appear.

    asked: those that are wanted; none: all. called: the one that all are to be. otherwise: what the rows are called
    where no column says it, by default the file's name. Raises InputError, or DataError naming file, row and line, or
    the symbols that there are.
    """
    for symbol in asked if called is None else [called]:
        check_symbol(symbol)
    raw, named = read_columns(path), otherwise or symbol_of(path)
    parts = parts_of(raw, asked=asked, called=called, otherwise=named)
    if not asked and called is None:
        parts = told_against(named, parts, raw)
    for part in parts:
        check_symbol(part.symbol)
    return parts


def read_part(path: Path, *, symbol: str | None = None, otherwise: str | None = None) -> Part:
    """The rows of one symbol, which is to be named where the file has several."""
    asked = [] if symbol is None else [symbol]
    return only_part(read_parts(path, asked=asked, otherwise=otherwise), str(path))


def symbol_of(path: Path) -> str:
    """The symbol that a file's name tells: `BTCUSD_1h_2017.csv` is BTCUSD."""
    stem = re.sub(r"\.(csv|txt|tsv|parquet|pq|gz)", "", path.name, flags=re.IGNORECASE)
    match = _NAME.match(stem)
    return match["symbol"] if match else stem


def check_symbol(symbol: str) -> None:
    """Raises InputError for a symbol that is empty, too long, or has control characters or blanks around it."""
    if not _SYMBOL.fullmatch(symbol):
        raise InputError(f"symbol {symbol!r} cannot be used: 1 to 64 printable characters, no blanks around them")


def read_columns(path: Path) -> RawColumns:
    """The columns that make up bars. Raises InputError, or DataError naming file, row and line.

    Either reader takes a while to import, so only the one that is needed is.
    """
    if is_parquet(path):
        from weaver.walle.files.parquet_file import read_parquet

        return read_parquet(path)
    from weaver.walle.files.csv_file import read_csv

    return read_csv(path)


def is_parquet(path: Path) -> bool:
    """Whether the file begins as Parquet does. Raises InputError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4) == _PARQUET_MAGIC
    except OSError as error:
        if isinstance(error, IsADirectoryError):
            raise InputError(f"{path}: this is a folder, not a file") from error
        if isinstance(error, FileNotFoundError):
            raise InputError(f"{path}: there is no such file") from error
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error

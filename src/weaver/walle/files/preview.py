"""A look at a file before it is imported: its columns, its first rows, and all that is wrong with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from weaver.model.errors import InputError
from weaver.model.facts import Facts
from weaver.model.market.timeframe import Timeframe
from weaver.walle.files.bar_file import check_symbol, is_feather, is_json, is_parquet, read_part
from weaver.walle.files.checks.assembly import ReadBars, assemble
from weaver.walle.files.columns.column_names import ColumnNames, recognise
from weaver.walle.files.columns.origin import Place
from weaver.walle.files.spelling import AS_WRITTEN, Spelling
from weaver.walle.files.unpacking import Packed

_CELL_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePreview:
    """What a file shows of itself. `read` is None where it cannot be imported, and `error` says why."""

    columns: tuple[tuple[str, str | None], ...]
    """Name, and what it is used as: time, clock, symbol, open, high, low, close, volume; None: not used."""
    rows: tuple[tuple[str, ...], ...]
    """The first rows, as they are written."""
    zone: str | None
    """In which the times were read: UTC where they carry a zone of their own, None for bare dates."""
    read: ReadBars | None
    error: InputError | None


def preview(
    path: Path,
    *,
    symbol: str | None,
    otherwise: str,
    timeframe: Timeframe | None,
    tz: str | None,
    facts_of: Callable[[str], Facts],
    spelling: Spelling = AS_WRITTEN,
    rows_max: int = 10,
) -> FilePreview:
    """Read the whole file, store nothing. What is wrong with it stands in the result, and is not raised.

    symbol: the one that is wanted; otherwise: what the bars are called where no column says it. facts_of: what is known
    of a symbol; its class is guessed where they do not tell it. spelling: what the file leaves open. Raises InputError
    for a symbol that cannot be used.
    """
    check_symbol(otherwise if symbol is None else symbol)
    names: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    zone, read, error = None, None, None
    try:
        names, rows = _head(path, rows_max, spelling)
        part = read_part(path, symbol=symbol, otherwise=otherwise, spelling=spelling)
        zone = "UTC" if part.raw.times.instant is not None else tz
        facts = facts_of(part.symbol)
        read = assemble(
            part.raw, symbol=part.symbol, timeframe=timeframe, tz=tz, asset_class=facts.asset_class, facts=facts
        )
    except InputError as refusal:
        error = refusal
    return FilePreview(columns=tuple(_used(names, path, spelling)), rows=rows, zone=zone, read=read, error=error)


def _used(names: tuple[str, ...], path: Path, spelling: Spelling) -> Iterator[tuple[str, str | None]]:
    try:
        uses = _uses(recognise(names, origin=str(path), said=spelling.columns))
    except InputError:  # the preview's error tells it
        uses = {}
    for position, name in enumerate(names):
        yield name[:_CELL_MAX], uses.get(position)


def _uses(found: ColumnNames) -> dict[int, str]:
    uses = {position: price for price, position in found.prices.items()} | {found.time: "time"}
    for position, use in ((found.clock, "clock"), (found.volume, "volume"), (found.symbol, "symbol")):
        if position is not None:
            uses[position] = use
    return uses


def _head(path: Path, rows_max: int, spelling: Spelling) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The columns' names, and the first rows as they are written."""
    if is_parquet(path) or is_feather(path):
        from weaver.walle.files.parquet_file import read_head

        return _as_texts(*read_head(path, rows_max, is_feather=is_feather(path)))
    packed = Packed.of(path)
    if not is_json(packed):
        return _csv_head(packed, rows_max, spelling)
    from weaver.walle.files.json_file import json_head

    return _as_texts(*json_head(packed, rows_max))


def _csv_head(packed: Packed, rows_max: int, spelling: Spelling) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    from weaver.walle.files.csv_text import fields_of, read_text

    text = read_text(packed, spelling)
    lines = [
        (line.decode(errors="replace").rstrip("\r\n"), Place(file=text.name, row=row, line=number))
        for row, (number, line) in enumerate(islice(text.data_lines(), rows_max), start=1)
    ]
    rows = [fields_of(line, text.separator, place=place) for line, place in lines]
    return tuple(text.header), tuple(tuple(cell[:_CELL_MAX] for cell in row) for row in rows)


def _as_texts(
    names: tuple[str, ...], rows: list[tuple[object, ...]]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    return names, tuple(tuple(str(cell)[:_CELL_MAX] for cell in row) for row in rows)

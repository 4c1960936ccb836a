"""Bars in JSON, as venues answer: lists of numbers, lists of objects, or an object of columns."""

import json
from typing import Any

from weaver.model.errors import DataError
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.raw_columns import RawColumns
from weaver.walle.files.columns.unnamed import borne_out
from weaver.walle.files.parquet_file import columns_of_table
from weaver.walle.files.python_tables import bars_among, table_of_columns
from weaver.walle.files.spelling import AS_WRITTEN, Spelling
from weaver.walle.files.unpacking import BROKEN, Packed
from weaver.walle.files.unreadable import unreadable


def read_json(packed: Packed, spelling: Spelling = AS_WRITTEN) -> RawColumns:
    """The columns of a JSON file. Raises InputError or DataError naming file and row."""
    name = str(packed.path)
    if packed.inner_name.lower().endswith((".csv", ".tsv", ".csv.gz", ".csv.bz2", ".csv.xz")):
        raise DataError(f"{name}: this is JSON, not CSV: name it .json")
    columns, notes = bars_among(_parsed(packed, name), name)
    raw = columns_of_table(table_of_columns(columns, name), origin=Origin(name=name), spelling=spelling)
    raw = raw.noted(*packed.notes, *notes)
    return borne_out(raw, spelling.columns) if notes else raw


def json_head(packed: Packed, rows_max: int) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """The columns' names, and the first rows. Raises InputError or DataError."""
    name = str(packed.path)
    columns, _ = bars_among(_parsed(packed, name), name)
    return tuple(columns), list(zip(*(column[:rows_max] for column in columns.values()), strict=True))


def _parsed(packed: Packed, name: str) -> Any:
    try:
        with packed.open() as file:
            text = file.read()
    except BROKEN as error:
        raise unreadable(packed.path, error) from error
    try:
        return _lines(text) or json.loads(text, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise DataError(f"{name}: the text is not UTF-8: save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name}: this is not whole JSON: {error}") from error


def _lines(text: bytes) -> list[Any]:
    """The objects of JSON Lines, one a line; none where the text is anything else."""
    lines = [line for line in text.removeprefix(b"\xef\xbb\xbf").splitlines() if line.strip()]
    if len(lines) < 2 or not all(line.startswith(b"{") and line.rstrip().endswith(b"}") for line in lines):
        return []
    return [json.loads(line, object_pairs_hook=_once) for line in lines]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object. Raises ValueError for a name that stands there twice, of which one would be lost."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice[:40]!r} stands twice in one object")
    return found

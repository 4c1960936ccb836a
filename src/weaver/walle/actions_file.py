"""Splits, dividends and delistings from a CSV file: `ex_date,type,value`."""

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np

from weaver.model.corporate_actions import CorporateAction, Delisting, Dividend, Split
from weaver.model.errors import DataError, InputError
from weaver.model.timeframe import DAY
from weaver.walle.arrow_columns import text_column
from weaver.walle.column_names import simple
from weaver.walle.csv_file import CsvText, read_table, read_text
from weaver.walle.source import Source
from weaver.walle.time_text import parse_times

_SPELLINGS = {"ex_date": ("exdate", "date"), "type": ("type", "action", "kind"), "value": ("value", "amount", "ratio")}


def read_actions(path: Path) -> tuple[CorporateAction, ...]:
    """The actions of a file with the columns ex_date, type (split, dividend, delisting), value; others are ignored.

    They come back by date, and in the file's order within a date. A file with a header alone has no actions.
    Raises InputError or DataError naming file, row and line.
    """
    text = read_text(path)
    positions = _positions(text)
    source = Source(name=text.name, line_of=text.line_of)
    if text.line_of(1) is None:
        return ()
    table = read_table(text, positions)
    dates = parse_times(text_column(table.column(0)), source=source).local // DAY
    kinds, values = table.column(1).to_pylist(), table.column(2).to_pylist()
    actions = [
        _action(kind, value, np.datetime64(int(day), "D").item(), row, source)
        for row, (day, kind, value) in enumerate(zip(dates.tolist(), kinds, values, strict=True))
    ]
    return tuple(sorted(actions, key=lambda action: action.ex_date))


def _positions(text: CsvText) -> list[int]:
    found = [simple(name) for name in text.header]
    positions = []
    for wanted, spellings in _SPELLINGS.items():
        position = next((found.index(spelling) for spelling in spellings if spelling in found), None)
        if position is None:
            listed = ", ".join(repr(name) for name in text.header)
            raise DataError(f"{text.name}: no column for {wanted}; found: {listed}")
        positions.append(position)
    return positions


def _action(kind: str, value: str, ex_date: date, row: int, source: Source) -> CorporateAction:
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise source.error(row, f"value {value!r} is not a number") from error
    try:
        match kind.lower():
            case "split":
                return Split(ex_date=ex_date, ratio=number)
            case "dividend":
                return Dividend(ex_date=ex_date, amount=number)
            case "delisting":
                return Delisting(ex_date=ex_date, value=number)
            case _:
                raise source.error(row, f"type {kind!r} is unknown: split, dividend or delisting")
    except DataError:
        raise
    except InputError as error:
        raise source.error(row, str(error)) from error

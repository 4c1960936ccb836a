"""Splits, dividends and delistings from a CSV file: `ex_date,type,value`, or those of several with their `symbol`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import pyarrow as pa

from weaver.model.errors import DataError, InputError
from weaver.model.market.bars import Int64
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split
from weaver.model.market.timeframe import DAY
from weaver.walle.files.columns.arrow_columns import symbols_at, text_column
from weaver.walle.files.columns.column_names import simple, symbol_column
from weaver.walle.files.columns.origin import Origin
from weaver.walle.files.columns.symbol_column import SymbolColumn, listed
from weaver.walle.files.columns.times.time_text import parse_times
from weaver.walle.files.csv_file import read_table
from weaver.walle.files.csv_text import CsvText, read_text
from weaver.walle.files.unpacking import Packed

_SPELLINGS = {"ex_date": ("exdate", "date"), "type": ("type", "action", "kind"), "value": ("value", "amount", "ratio")}


def read_corporate_actions(path: Path, *, symbol: str | None = None) -> tuple[CorporateAction, ...]:
    """The actions of one symbol in a file, as `CorporateActionsFile.of` tells them."""
    return CorporateActionsFile.read(path).of(symbol)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CorporateActionsFile:
    """A file with the columns ex_date, type (split, dividend, delisting), value, and perhaps one of symbols; others
    are ignored. One with a header alone has no actions."""

    origin: Origin
    table: pa.Table | None
    """ex_date, type, value, as texts."""
    column: SymbolColumn | None

    @classmethod
    def read(cls, path: Path) -> "CorporateActionsFile":
        """The file, whose rows are looked at when they are asked for. Raises InputError or DataError."""
        text = read_text(Packed.of(path))
        positions = _positions(text)
        origin = Origin(name=text.name, line_of=text.line_of)
        if text.line_of(1) is None:
            return cls(origin=origin, table=None, column=None)
        at, is_label = symbol_column(text.header, origin=text.name)
        table = read_table(text, positions if at is None else [*positions, at])
        column = None
        if at is not None:
            column = symbols_at(table.column(3), text.header[at], is_label=is_label, origin=origin)
        is_one = column is not None and is_label and len(column.names) == 1
        return cls(origin=origin, table=table, column=None if is_one else column)

    @property
    def symbols(self) -> tuple[str, ...] | None:
        """Whose actions they are; None: the file does not say."""
        return None if self.column is None else self.column.names

    def of(self, symbol: str | None) -> tuple[CorporateAction, ...]:
        """A symbol's actions by date, and in the file's order within a date. Raises DataError naming file, row and
        line, or the symbols that there are, where it is not among them."""
        if self.table is None:
            return ()
        if self.column is None:
            return _actions(self.table, self.origin)
        if symbol is None and len(self.column.names) > 1:
            raise DataError(
                f"{self.origin.name}: actions of several symbols, {listed(self.column.names)}: name the one"
            )
        found = self.column.names[0] if symbol is None else self.column.find(symbol, origin=self.origin.name)
        return self._rows(self.column.rows_of(found))

    def has(self, symbol: str) -> bool:
        """Whether some of them may be that symbol's."""
        return self.column is None or bool(self.column.alike(symbol))

    def _rows(self, rows: Int64) -> tuple[CorporateAction, ...]:
        table = None if self.table is None else self.table.take(pa.array(rows))
        return () if table is None else _actions(table, self.origin.take(rows, self.origin.name))


def _actions(table: pa.Table, origin: Origin) -> tuple[CorporateAction, ...]:
    dates = parse_times(text_column(table.column(0)), origin=origin).local // DAY
    kinds, values = table.column(1).to_pylist(), table.column(2).to_pylist()
    actions = [
        _action(kind, value, np.datetime64(int(day), "D").item(), row, origin)
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


def _action(kind: str, value: str, ex_date: date, row: int, origin: Origin) -> CorporateAction:
    try:
        match kind.lower():
            case "split":
                return Split(ex_date=ex_date, ratio=value)
            case "dividend":
                return Dividend(ex_date=ex_date, amount=_number(value))
            case "delisting":
                return Delisting(ex_date=ex_date, value=_number(value))
            case _:
                raise origin.error(row, f"type {kind!r} is unknown: split, dividend or delisting")
    except DataError:
        raise
    except InputError as error:
        raise origin.error(row, str(error)) from error


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise InputError(f"value {text!r} is not a number") from error

"""Rows of a result: a sequence that turns into a pandas or polars frame on request."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import Enum
from importlib import import_module
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from weaver.model.errors import InputError

if TYPE_CHECKING:
    import pandas
    import polars

Row = TypeVar("Row")
TIMES = frozenset({"timestamp", "bar_timestamp", "entry_time", "exit_time", "time", "placed"})
"""Columns that are instants; as numbers they are ns since the epoch."""


class Table(Sequence[Row], Generic[Row]):
    """Rows of one `kind`: a dataclass, a NamedTuple, or a class that names attributes of the rows. A row may be made
    only when it is looked at.

    Columns are its fields, also where there are no rows (unless the kind is left out, which the first row then tells);
    `return_` is the column `return`.
    """

    def __init__(self, rows: Sequence[Row], kind: type | None = None) -> None:
        self._rows = rows
        self._kind = type(rows[0]) if kind is None and len(rows) else kind

    def __reduce__(self) -> tuple[Any, ...]:
        return Table, (list(self), self._kind)  # without whatever would have made the rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> "Table[Row]": ...
    def __getitem__(self, index: int | slice) -> "Row | Table[Row]":
        if isinstance(index, slice):
            return Table([self._rows[k] for k in range(*index.indices(len(self._rows)))], self._kind)
        return self._rows[index]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def columns(self) -> dict[str, list[Any]]:
        """Column name to values; amounts stay decimals."""
        columns: dict[str, list[Any]] = {field: [] for field in self._fields()}
        for row in self:
            for field, values in columns.items():
                value = getattr(row, field)
                values.append(str(value) if isinstance(value, Enum) else value)
        return {_column(field): values for field, values in columns.items()}

    def to_pandas(self, *, exact: bool = False) -> "pandas.DataFrame":
        """The rows as a pandas frame (the extra `pandas` brings it); amounts are float64, or Decimals if `exact`."""
        library = _library("pandas")
        frame: pandas.DataFrame = library.DataFrame(self._frame_columns(exact))
        if not len(self):
            kinds = {int: "int64", float: "float64", str: "str", Decimal: "object" if exact else "float64"}
            frame = frame.astype("object").astype(self._typed(kinds))
        for name in TIMES.intersection(frame.columns):
            frame[name] = library.to_datetime(frame[name], utc=True).dt.as_unit("ns")
        return frame

    def to_polars(self, *, exact: bool = False) -> "polars.DataFrame":
        """The rows as a polars frame (the extra `polars` brings it); amounts are Float64, or Decimals if `exact`."""
        library = _library("polars")
        frame: polars.DataFrame = library.DataFrame(self._frame_columns(exact))
        if not len(self):
            amount = library.Decimal(38, 8) if exact else library.Float64
            kinds = {int: library.Int64, float: library.Float64, str: library.String, Decimal: amount}
            frame = frame.with_columns(library.col(name).cast(kind) for name, kind in self._typed(kinds).items())
        times = [name for name in frame.columns if name in TIMES]
        return frame.with_columns(library.col(times).cast(library.Datetime("ns", "UTC")))

    def _frame_columns(self, exact: bool) -> dict[str, list[Any]]:
        """The columns with amounts as a frame is to have them: plain decimals if `exact`, else floats."""
        kind = Decimal if exact else float
        return {
            name: [kind(value) if isinstance(value, Decimal) else value for value in values]
            for name, values in self.columns().items()
        }

    def _typed(self, kinds: dict[type, Any]) -> dict[str, Any]:
        """What each column is made of where no value tells; an enum is written as text."""
        types = {field: _plain_kind(kind) for field, kind in self._fields().items()}
        return {_column(field): kinds[kind] for field, kind in types.items() if kind in kinds}

    def _fields(self) -> dict[str, Any]:
        """Name to type."""
        return {} if self._kind is None else get_annotations(self._kind)

    def __repr__(self) -> str:
        return f"<{len(self)} rows>"

    def _repr_html_(self) -> str:
        """A table for a notebook."""
        from weaver.model.html_table import html_table, shown_rows

        shown = Table([self[k] for k in shown_rows(len(self))], self._kind)
        return html_table(shown.columns(), times=TIMES, count=len(self))


def _column(field: str) -> str:
    """A field's name without the underscore that Python's own words need."""
    return field.removesuffix("_")


def _plain_kind(kind: Any) -> Any:
    """What a frame knows a type as: text for an enum, a decimal for an amount."""
    if not isinstance(kind, type):
        return kind
    return str if issubclass(kind, Enum) else Decimal if issubclass(kind, Decimal) else kind


def _library(name: str) -> Any:
    """A module that an extra brings. Raises InputError where it is not installed."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise  # it is there, and something of its own is not
        raise InputError(f"to_{name}() needs {name}, which is not installed: pip install 'weaver[{name}]'") from None

"""Rows of a result: a sequence that turns into a pandas or polars frame on request."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import Enum
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    import pandas
    import polars

Row = TypeVar("Row")
TIMES = frozenset({"timestamp", "bar_timestamp", "entry_time", "exit_time", "time"})
"""Columns that are instants; as numbers they are ns since the epoch."""


class Table(Sequence[Row], Generic[Row]):
    """Rows of one `kind`, a dataclass or NamedTuple; a row may be made only when it is looked at.

    Columns are its fields, also where there are no rows (unless the kind is left out, which the first row then tells);
    `return_` is the column `return`.
    """

    def __init__(self, rows: Sequence[Row], kind: type[Row] | None = None) -> None:
        self._rows = rows
        self._kind = type(rows[0]) if kind is None and len(rows) else kind

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

    def to_pandas(self) -> "pandas.DataFrame":
        """The rows as a pandas frame (the extra `pandas` brings it)."""
        import pandas

        frame = pandas.DataFrame(self.columns())
        if not len(self):
            frame = frame.astype("object").astype(self._typed({int: "int64", float: "float64", str: "str"}))
        for name in TIMES.intersection(frame.columns):
            frame[name] = pandas.to_datetime(frame[name], utc=True).dt.as_unit("ns")
        return frame

    def to_polars(self) -> "polars.DataFrame":
        """The rows as a polars frame (the extra `polars` brings it)."""
        import polars

        frame = polars.DataFrame(self.columns())
        if not len(self):
            amount = polars.Decimal(38, 8)
            kinds = {int: polars.Int64, float: polars.Float64, str: polars.String, Decimal: amount}
            frame = frame.with_columns(polars.col(name).cast(kind) for name, kind in self._typed(kinds).items())
        times = [name for name in frame.columns if name in TIMES]
        return frame.with_columns(polars.col(times).cast(polars.Datetime("ns", "UTC")))

    def _typed(self, kinds: dict[type, Any]) -> dict[str, Any]:
        """What each column is made of where no value tells; an enum is written as text."""
        types = {field: str if _is_enum(kind) else kind for field, kind in self._fields().items()}
        return {_column(field): kinds[kind] for field, kind in types.items() if kind in kinds}

    def _fields(self) -> dict[str, Any]:
        """Name to type."""
        return {} if self._kind is None else get_annotations(self._kind)

    def __repr__(self) -> str:
        return f"<{len(self)} rows>"


def _column(field: str) -> str:
    """A field's name without the underscore that Python's own words need."""
    return field.removesuffix("_")


def _is_enum(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)

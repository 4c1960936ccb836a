"""Rows of a result: a sequence that turns into a pandas or polars frame on request."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    import pandas
    import polars

Row = TypeVar("Row")
TIMES = frozenset({"timestamp", "bar_timestamp", "entry_time", "exit_time", "time"})
"""Columns that are instants; as numbers they are ns since the epoch."""


class Table(Sequence[Row], Generic[Row]):
    """Rows of one type; a row may be made only when it is looked at."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> "Table[Row]": ...
    def __getitem__(self, index: int | slice) -> "Row | Table[Row]":
        if isinstance(index, slice):
            return Table([self._rows[k] for k in range(*index.indices(len(self._rows)))])
        return self._rows[index]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def columns(self) -> dict[str, list[Any]]:
        """Field name to values; amounts stay decimals."""
        if not len(self):
            return {}
        first = self._rows[0]
        names = [field.name for field in fields(first)] if is_dataclass(first) else list(getattr(first, "_fields", ()))
        columns: dict[str, list[Any]] = {name: [] for name in names}
        for row in self:
            for name, values in columns.items():
                value = getattr(row, name)
                values.append(str(value) if isinstance(value, Enum) else value)
        return columns

    def to_pandas(self) -> "pandas.DataFrame":
        """The rows as a pandas frame (the extra `pandas` brings it)."""
        import pandas

        frame = pandas.DataFrame(self.columns())
        for name in TIMES.intersection(frame.columns):
            frame[name] = pandas.to_datetime(frame[name], utc=True)
        return frame

    def to_polars(self) -> "polars.DataFrame":
        """The rows as a polars frame (the extra `polars` brings it)."""
        import polars

        frame = polars.DataFrame(self.columns())
        times = [name for name in frame.columns if name in TIMES and frame[name].dtype == polars.Int64]
        return frame.with_columns(polars.col(times).cast(polars.Datetime("ns", "UTC")))

    def __repr__(self) -> str:
        return f"<{len(self)} rows>"

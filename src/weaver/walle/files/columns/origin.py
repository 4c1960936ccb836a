"""Where a value came from, so that an error can name file, row and line."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from weaver.model.errors import DataError
from weaver.model.market.bars import Bool, Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands in a file or frame; rows and lines count from 1."""

    file: str
    row: int | None = None
    line: int | None = None

    def error(self, text: str) -> DataError:
        """`text` about this place, which knows where it is."""
        return DataError(f"{self}: {text}", file=self.file, row=self.row, line=self.line)

    def __str__(self) -> str:
        """`bars.csv: row 4 (line 5)`."""
        if self.row is None:
            return self.file if self.line is None else f"{self.file}: line {self.line}"
        return f"{self.file}: row {self.row}" + ("" if self.line is None else f" (line {self.line})")


def _no_line(_row: int) -> int | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A file or a data frame under the name that the user knows it by."""

    name: str
    line_of: Callable[[int], int | None] = _no_line
    """The line of a data row (both from 1), for text files; looked up only when there is an error to report."""

    rows: Int64 | None = None
    """Of a part: which data rows (from 0) it has of the whole."""

    def take(self, rows: Int64, name: str) -> "Origin":
        """A part of it with a name of its own."""
        return Origin(name=name, line_of=self.line_of, rows=rows if self.rows is None else self.rows[rows])

    def of_rows(self, rows: Int64) -> "Origin":
        """The same, with these data rows (from 0) of the whole."""
        return Origin(name=self.name, line_of=self.line_of, rows=rows)

    def error(self, row: int, text: str) -> DataError:
        """`text` about a data row, counted from 0 here and from 1 for the reader, in the whole file or frame."""
        number = 1 + (row if self.rows is None else int(self.rows[row]))
        return Place(file=self.name, row=number, line=self.line_of(number)).error(text)

    def check(self, bad: Bool, text: Callable[[int], str]) -> None:
        """Raises DataError about the first row that is `bad`."""
        if bad.any():
            row = int(np.argmax(bad))
            raise self.error(row, text(row))

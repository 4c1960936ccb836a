"""Where a value came from, so that an error can name file, row and line."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from weaver.model.bars import Bool
from weaver.model.errors import DataError


def _no_line(_row: int) -> int | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file or a data frame under the name that the user knows it by."""

    name: str
    line_of: Callable[[int], int | None] = _no_line
    """The line of a data row (both from 1), for text files; looked up only when there is an error to report."""

    def error(self, row: int, text: str) -> DataError:
        """`text` about a data row, counted from 0 here and from 1 for the reader."""
        line = self.line_of(row + 1)
        place = f"row {row + 1}" if line is None else f"row {row + 1} (line {line})"
        return DataError(f"{self.name}: {place}: {text}")

    def check(self, bad: Bool, text: Callable[[int], str]) -> None:
        """Raises DataError about the first row that is `bad`."""
        if bad.any():
            row = int(np.argmax(bad))
            raise self.error(row, text(row))

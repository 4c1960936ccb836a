"""Rows of a run as its worker sent them, until the database takes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import orjson

from weaver.model.record import Row


@dataclass(slots=True)
class KeptRows:
    """Rows as JSON, each piece of them made into values when its turn comes: as values a hundred thousand orders take
    half a gigabyte, of which a process keeps much for good, as text a tenth."""

    _pieces: list[bytes] = field(default_factory=list)
    _count: int = 0

    def take(self, piece: bytes, count: int) -> None:
        """Add so many rows, a JSON list."""
        self._pieces.append(piece)
        self._count += count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        for number in range(self.piece_count):
            yield from self.piece(number)

    @property
    def piece_count(self) -> int:
        """How many pieces there are."""
        return len(self._pieces)

    def piece(self, number: int) -> Sequence[Row]:
        """Some rows together; a millisecond's work."""
        rows: list[Row] = orjson.loads(self._pieces[number])
        return rows

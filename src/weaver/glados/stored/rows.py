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
        for piece in self.pieces():
            yield from piece

    def pieces(self) -> Iterator[Sequence[Row]]:
        """The rows, some together; a millisecond's work or two each."""
        for piece in self._pieces:
            yield orjson.loads(piece)

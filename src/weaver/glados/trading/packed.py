"""Several byte strings as one, and back."""

from collections.abc import Iterable, Iterator

_SIZE = 4
"""Bytes of the length that stands before each."""


def packed(parts: Iterable[bytes]) -> bytes:
    """One of several; nothing of none."""
    return b"".join(len(part).to_bytes(_SIZE) + part for part in parts)


def unpacked(content: bytes) -> Iterator[bytes]:
    """Those that were packed."""
    place = 0
    while place < len(content):
        start = place + _SIZE
        place = start + int.from_bytes(content[place:start])
        yield content[start:place]

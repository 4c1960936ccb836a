"""The part `events` of a stored result: what happened past the log's share, to be read a page at a time.

4 bytes (big endian) of how long the index is, the index (JSON), and the chunks that it lists in order, each
`[bytes, {type: count}]`: gzip of JSON lines, one event with its whole envelope a line, `seq` null, in the run's order.
They come after those of the log.
"""

import gzip
import re
import struct
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from weaver.events.event import Event, Kind

EVENTS = "events"
LINES_TOGETHER = 2_000
"""Events of a chunk: some 700 kB of text, packed into a tenth of that."""
_FAST = 1
"""What is packed here is repetitive: the lowest level takes a third of the time and leaves a tenth of the text."""
_LENGTH = struct.Struct(">I")
_TYPE = re.compile(rb'"type":"([^"]*)"')


def encode_events(lines: Iterable[bytes]) -> bytes:
    """The blob of JSON texts, one per event."""
    index: list[tuple[int, Counter[str]]] = []
    chunks: list[bytes] = []
    rest = iter(lines)
    while some := list(islice(rest, LINES_TOGETHER)):
        chunks.append(gzip.compress(b"".join(line + b"\n" for line in some), compresslevel=_FAST, mtime=0))
        index.append((len(chunks[-1]), Counter(map(_type_of, some))))
    head = orjson.dumps(index)
    return b"".join([_LENGTH.pack(len(head)), head, *chunks])


class KeptEvents:
    """A blob, of which no more is unpacked than is asked for. `types`: only these; None: all. With a `corr_id` all
    chunks that have such types are unpacked at once, to know how many are of it: not for an event loop."""

    def __init__(self, blob: bytes, types: Collection[str] | None = None, corr_id: str | None = None) -> None:
        self._blob, self._types = blob, None if types is None else frozenset(types)
        begin = _LENGTH.size + _LENGTH.unpack_from(blob)[0]
        self._index: list[tuple[int, dict[str, int]]] = orjson.loads(blob[_LENGTH.size : begin])
        self._begin = begin
        self._of_one = None if corr_id is None else self._all_of(corr_id)

    def __len__(self) -> int:
        if self._of_one is not None:
            return len(self._of_one)
        return sum(self._count(counts) for _, counts in self._index)

    def page(self, first: int, count: int) -> list[Event]:
        """`count` events from the one numbered `first` (of 0); fewer at the end. `seq` is None. Some milliseconds a
        chunk: not for an event loop."""
        found = self._from(first) if self._of_one is None else islice(self._of_one, first, None)
        return [event_of(envelope) for envelope in islice(found, max(count, 0))]

    def _all_of(self, corr_id: str) -> list[dict[str, Any]]:
        """Read as JSON are those lines alone in which the id stands at all."""
        return [one for one in self._from(0, orjson.dumps(corr_id)) if one["corr_id"] == corr_id]

    def _from(self, first: int, word: bytes = b"") -> Iterator[dict[str, Any]]:
        begin = self._begin
        for size, counts in self._index:
            chosen = self._count(counts)
            if first < chosen:
                yield from islice(self._chosen(self._blob[begin : begin + size], word), first, None)
            first = max(first - chosen, 0)
            begin += size

    def _chosen(self, chunk: bytes, word: bytes) -> Iterator[dict[str, Any]]:
        lines = [line for line in gzip.decompress(chunk).splitlines() if word in line]
        return (orjson.loads(line) for line in lines if self._types is None or _type_of(line) in self._types)

    def _count(self, counts: dict[str, int]) -> int:
        return sum(count for type_, count in counts.items() if self._types is None or type_ in self._types)


def event_of(envelope: dict[str, Any]) -> Event:
    """The event of an envelope as JSON holds it."""
    return Event(**{**envelope, "kind": Kind(envelope["kind"]), "ts": datetime.fromisoformat(envelope["ts"])})


def _type_of(line: bytes) -> str:
    """An envelope has its type before anything that a user wrote."""
    found = _TYPE.search(line)
    assert found is not None, "every event has a type"
    return found[1].decode()

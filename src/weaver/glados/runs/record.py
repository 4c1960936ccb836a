"""What a backtest leaves behind, in pieces that the database takes in some milliseconds each."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from weaver.events.event import Event
from weaver.glados.ports import BacktestOutcome, BrokenBacktest, StoredResult, Transaction
from weaver.glados.stored.rows import KeptRows

EVENTS_AT_ONCE = 200
"""While they are written nobody else's events can be: on PostgreSQL they share a lock until the commit."""
BLOB_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPiece:
    """Some of a record."""

    write: Callable[[Transaction], Awaitable[None]]
    durable: bool = False
    """Events are, since a reader goes on from the `seq` that it has heard; and what is large, so that nobody else's
    commit has to wait until the disk has much of it."""


def whole_record(run_id: str, found: BacktestOutcome) -> list[RecordPiece]:
    """All of it. Events come last: they are heard at once, the rest is shown when the run is completed."""
    return [*_rows(found), *_result(run_id, found.result), *_events(found.events)]


def way(found: BrokenBacktest) -> list[RecordPiece]:
    """What it did before it broke off."""
    return [*_rows(found), *_events(found.events)]


def _rows(found: BacktestOutcome | BrokenBacktest) -> Iterator[RecordPiece]:
    for write, rows in ((_add_orders, found.orders), (_add_fills, found.fills), (_add_trades, found.trades)):
        for number in range(rows.piece_count):
            yield RecordPiece(write=partial(write, rows, number))


async def _add_orders(rows: KeptRows, number: int, transaction: Transaction) -> None:
    await transaction.records.add_orders(rows.piece(number))


async def _add_fills(rows: KeptRows, number: int, transaction: Transaction) -> None:
    await transaction.records.add_fills(rows.piece(number))


async def _add_trades(rows: KeptRows, number: int, transaction: Transaction) -> None:
    await transaction.records.add_trades(rows.piece(number))


def _result(run_id: str, result: StoredResult) -> Iterator[RecordPiece]:
    yield RecordPiece(write=lambda transaction: transaction.records.add_result(run_id, result))
    for name, content in result.blobs.items():
        for part in range(max(1, -(-len(content) // BLOB_BYTES))):
            yield RecordPiece(write=partial(_add_blob, run_id, name, content, part), durable=True)


async def _add_blob(run_id: str, name: str, content: bytes, part: int, transaction: Transaction) -> None:
    some = content[part * BLOB_BYTES : (part + 1) * BLOB_BYTES]
    await transaction.records.add_blob(run_id, name, some, part=part)


def _events(events: Sequence[Event]) -> Iterator[RecordPiece]:
    """Its requests have their routed children already."""
    for start in range(0, len(events), EVENTS_AT_ONCE):
        yield RecordPiece(write=partial(_append, events[start : start + EVENTS_AT_ONCE]), durable=True)


async def _append(events: Sequence[Event], transaction: Transaction) -> None:
    transaction.append(*events)

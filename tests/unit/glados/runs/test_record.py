"""What a backtest leaves behind in pieces: which there are, in which order, and what each writes; counted by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from tests.contracts.builders import event
from weaver.events.event import Event
from weaver.glados.ports import BacktestOutcome, BrokenBacktest, Row, StoredResult
from weaver.glados.runs.record import BLOB_BYTES, EVENTS_AT_ONCE, RecordPiece, way, whole_record
from weaver.glados.stored.rows import KeptRows
from weaver.model.errors import StrategyError

pytestmark = pytest.mark.anyio


def rows(*pieces: int) -> KeptRows:
    """Rows numbered from 0 on, in pieces of so many."""
    kept, first = KeptRows(), 0
    for count in pieces:
        kept.take(orjson.dumps([{"number": first + k} for k in range(count)]), count)
        first += count
    return kept


def result(**blobs: bytes) -> StoredResult:
    return StoredResult(stats={}, record={}, warnings=[], positions={}, cash_flows=[], blobs=blobs)


@dataclass
class Written:
    """A transaction, and its records, that keep what is written in their order."""

    said: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def records(self) -> "Written":
        return self

    def append(self, *events: Event) -> None:
        self.said.append(("events", [one.id for one in events]))

    async def add_orders(self, some: Sequence[Row]) -> None:
        self.said.append(("orders", [row["number"] for row in some]))

    async def add_fills(self, some: Sequence[Row]) -> None:
        self.said.append(("fills", [row["number"] for row in some]))

    async def add_trades(self, some: Sequence[Row]) -> None:
        self.said.append(("trades", [row["number"] for row in some]))

    async def add_result(self, run_id: str, _result: StoredResult) -> None:
        self.said.append(("result", run_id))

    async def add_blob(self, run_id: str, name: str, content: bytes, *, part: int) -> None:
        self.said.append(("blob", run_id, name, len(content), part))


async def written(pieces: Sequence[RecordPiece]) -> list[tuple[Any, ...]]:
    transaction = Written()
    for piece in pieces:
        before = len(transaction.said)
        await piece.write(transaction)  # type: ignore[arg-type]
        assert len(transaction.said) == before + 1
    return transaction.said


async def test_rows_come_first_then_the_result_with_its_parts_then_the_events() -> None:
    found = BacktestOutcome(
        result=result(curve=b"abc", report=b""), orders=rows(2, 1), fills=rows(2), trades=rows(1),
        events=[event("orders.Created", id="a"), event("orders.Filled", id="b")],
    )  # fmt: skip
    pieces = whole_record("r1", found)
    assert await written(pieces) == [
        ("orders", [0, 1]), ("orders", [2]), ("fills", [0, 1]), ("trades", [0]),
        ("result", "r1"), ("blob", "r1", "curve", 3, 0), ("blob", "r1", "report", 0, 0),
        ("events", ["a", "b"]),
    ]  # fmt: skip
    assert [piece.durable for piece in pieces] == [False, False, False, False, False, True, True, True]


@pytest.mark.parametrize(
    ("size", "parts"),
    [
        (BLOB_BYTES, [BLOB_BYTES]),
        (BLOB_BYTES + 1, [BLOB_BYTES, 1]),
        (2 * BLOB_BYTES, [BLOB_BYTES, BLOB_BYTES]),
    ],
)
async def test_large_part_is_written_some_at_a_time(size: int, parts: list[int]) -> None:
    found = BacktestOutcome(result=result(curve=bytes(size)), orders=rows(), fills=rows(), trades=rows(), events=[])
    said = await written(whole_record("r1", found))
    assert said == [("result", "r1"), *(("blob", "r1", "curve", part, number) for number, part in enumerate(parts))]


async def test_events_are_written_some_at_a_time_and_none_is_left_out() -> None:
    ids = [str(number) for number in range(2 * EVENTS_AT_ONCE + 1)]
    broken = BrokenBacktest(
        error=StrategyError("no"), orders=rows(1), fills=rows(), trades=rows(),
        events=[event("orders.Created", id=id_) for id_ in ids],
    )  # fmt: skip
    (first, *rest) = await written(way(broken))
    assert first == ("orders", [0])
    assert [len(some) for _, some in rest] == [EVENTS_AT_ONCE, EVENTS_AT_ONCE, 1]
    assert [id_ for _, some in rest for id_ in some] == ids


async def test_run_that_did_nothing_before_it_broke_off_leaves_no_pieces() -> None:
    broken = BrokenBacktest(error=StrategyError("no"), orders=rows(), fills=rows(), trades=rows(), events=[])
    assert way(broken) == []

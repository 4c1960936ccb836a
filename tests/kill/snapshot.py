"""The database as it is, read past Weaver in plain SQL."""

import gzip
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.kill.rows import Rows, read, read_at_once

_EVENTS = "SELECT seq, id, type, run_id, corr_id, causation_id, payload FROM outbox ORDER BY seq"
_WITHHELD = "SELECT id, withheld FROM runs WHERE withheld IS NOT NULL"
_RUNS = "SELECT id, name, status, error, queued, cloned_from FROM runs WHERE withheld IS NULL OR withheld <> 'deleted'"
_SHOWN = "run_id NOT IN (SELECT id FROM runs WHERE withheld IS NOT NULL)"
_BLOBS = f"""
    SELECT run_id, content FROM result_blobs WHERE (name = 'events' OR name LIKE 'events/%') AND {_SHOWN}
    ORDER BY run_id, length(name), name
"""
_SQL = (
    _EVENTS, _RUNS, f"SELECT run_id, id FROM orders WHERE {_SHOWN}", f"SELECT run_id, id FROM fills WHERE {_SHOWN}",
    f"SELECT run_id, count(*) FROM trades WHERE {_SHOWN} GROUP BY run_id",
    f"SELECT run_id FROM backtest_results WHERE {_SHOWN}", _BLOBS, "SELECT consumer, seq FROM consumer_offsets",
    _WITHHELD,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An event; `seq` is None where it is kept with a result."""

    seq: int | None
    id: str
    type: str
    run_id: str | None
    corr_id: str
    causation_id: str | None
    payload: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as its row has it."""

    id: str
    name: str
    status: str
    error: str | None
    queued: bool
    cloned_from: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that is kept, at one moment; of a record that is being written or removed only the events."""

    events: dict[int, Logged]
    runs: dict[str, RunRow]
    orders: dict[str, set[str]]
    fills: dict[str, set[str]]
    trades: dict[str, int]
    results: set[str]
    kept: dict[str, list[Logged]]
    """Events that are kept with a run's result."""
    offsets: dict[str, int]
    withheld: dict[str, str] = field(default_factory=dict)
    """Why nobody is shown a run's record: `unfinished`, `deleted`."""

    @property
    def newest(self) -> int:
        """The newest seq."""
        return max(self.events, default=0)

    def of_runs(self) -> dict[str, list[Logged]]:
        """The log's events of each run, in their order."""
        found: dict[str, list[Logged]] = defaultdict(list)
        for event in self.events.values():
            if event.run_id is not None:
                found[event.run_id].append(event)
        return found


def snapshot(home: Path, db_url: str | None, *, is_running: bool) -> Snapshot:
    """Everything, in one transaction."""
    return _of(*read(home, db_url, _SQL, is_running=is_running))


def is_record_under_way(home: Path, db_url: str | None) -> bool:
    """Whether a record is being written or removed just now."""
    return bool(read_at_once(home, db_url, _WITHHELD))


def _of(
    events: Rows, runs: Rows, orders: Rows, fills: Rows, trades: Rows, results: Rows, blobs: Rows, offsets: Rows,
    withheld: Rows,
) -> Snapshot:  # fmt: skip
    kept: dict[str, bytes] = defaultdict(bytes)
    for run_id, content in blobs:
        kept[run_id] += content
    return Snapshot(
        events={row[0]: _logged(*row) for row in events},
        runs={row[0]: RunRow(**dict(zip(RunRow.__slots__, row, strict=True))) for row in runs},
        orders=_sets(orders),
        fills=_sets(fills),
        trades=dict(trades),
        results={row[0] for row in results},
        kept={run_id: _kept(content) for run_id, content in kept.items()},
        offsets=dict(offsets),
        withheld=dict(withheld),
    )


def _logged(seq: int, id_: str, type_: str, run_id: str, corr_id: str, causation_id: str, payload: str) -> Logged:
    return Logged(
        seq=seq, id=id_, type=type_, run_id=run_id, corr_id=corr_id, causation_id=causation_id,
        payload=json.loads(payload),
    )  # fmt: skip


def _kept(content: bytes) -> list[Logged]:
    read: Callable[[bytes], dict[str, Any]] = json.loads
    lines = [read(line) for line in gzip.decompress(content[4 + int.from_bytes(content[:4]) :]).splitlines()]
    return [Logged(**{name: line[name] for name in Logged.__slots__}) for line in lines]


def _sets(rows: Rows) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for run_id, id_ in rows:
        found[run_id].add(id_)
    return found

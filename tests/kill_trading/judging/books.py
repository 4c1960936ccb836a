"""What Weaver has kept of its trading, read past it in plain SQL."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.kill.rows import read

ACCOUNT = "alpaca paper"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order on paper."""

    id: str
    account: str
    run_id: str | None
    number: int
    client_order_id: str
    symbol: str
    side: str
    filled: Decimal
    status: str
    reduces: bool


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """One at a venue."""

    id: str
    account: str
    order_id: str
    part: str
    venue_id: str | None
    state: str


@dataclass(frozen=True, slots=True)
class FillRow:
    """An execution of a paper order."""

    id: str
    order_id: str
    submission_id: str
    account: str
    run_id: str | None
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    execution_id: str
    is_inferred: bool

    @property
    def signed(self) -> Decimal:
        """What it brought; below 0: what it took."""
        return self.quantity if self.side == "buy" else -self.quantity


@dataclass(frozen=True, slots=True)
class TickRow:
    """A tick of a run."""

    run_id: str
    number: int
    time: datetime
    inputs: bytes
    actions: bytes


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run."""

    id: str
    name: str
    status: str
    error: str | None
    halted: str | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event of the log."""

    seq: int
    type: str
    run_id: str | None
    payload: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """All of it, at one moment."""

    orders: dict[str, OrderRow]
    submissions: list[SubmissionRow]
    fills: list[FillRow]
    ticks: dict[str, list[TickRow]]
    """Of each run, by number."""
    blobs: dict[str, bytes]
    runs: dict[str, RunRow]
    events: list[EventRow]

    def at_venue(self) -> list[SubmissionRow]:
        """Submissions of the account at the exchange."""
        return [one for one in self.submissions if one.account == ACCOUNT]

    def fills_at_venue(self) -> list[FillRow]:
        """Fills of the account at the exchange."""
        return [one for one in self.fills if one.account == ACCOUNT]


_SQL = (
    """SELECT id, account, run_id, number, client_order_id, symbol, side, filled_quantity, status, reduces
       FROM orders WHERE account IS NOT NULL""",
    "SELECT id, account, order_id, part, venue_id, state FROM submissions",
    """SELECT id, order_id, submission_id, account, run_id, symbol, side, quantity, price, exchange_fill_id, is_inferred
       FROM fills WHERE account IS NOT NULL""",
    "SELECT run_id, number, tick, inputs, actions FROM recorded_inputs ORDER BY run_id, number",
    "SELECT digest, content FROM blobs",
    "SELECT id, name, status, error, halted FROM runs WHERE withheld IS NULL",
    "SELECT seq, type, run_id, payload FROM outbox ORDER BY seq",
)


def books(home: Path, db_url: str | None, *, is_running: bool) -> Books:
    """Read all."""
    orders, submissions, fills, ticks, blobs, runs, events = read(home, db_url, _SQL, is_running=is_running)
    of_runs: dict[str, list[TickRow]] = defaultdict(list)
    for run_id, number, time, inputs, actions in ticks:
        at = datetime.fromisoformat(time) if isinstance(time, str) else time
        of_runs[run_id].append(TickRow(run_id, number, at, inputs, actions))
    return Books(
        orders={row[0]: OrderRow(*row[:7], Decimal(row[7]), row[8], bool(row[9])) for row in orders},
        submissions=[SubmissionRow(*row) for row in submissions],
        fills=[FillRow(*row[:7], Decimal(row[7]), Decimal(row[8]), row[9], bool(row[10])) for row in fills],
        ticks=dict(of_runs),
        blobs=dict(blobs),
        runs={row[0]: RunRow(*row) for row in runs},
        events=[EventRow(*row[:3], json.loads(row[3])) for row in events],
    )

"""Databases, runs, rows and events for the contracts; a test says only what matters to it."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from weaver.events.event import Event, Kind
from weaver.model.record import StoredResult
from weaver.model.run import Run, RunMode, RunStatus
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.opening import open_database
from weaver.walle.database.transaction import Router, SqlTransaction

on_memory = pytest.mark.parametrize("storage", ["memory"])
on_kept = pytest.mark.parametrize("storage", ["sqlite", "postgresql"])
on_postgresql = pytest.mark.parametrize("storage", ["postgresql"])
MOMENT = datetime(2024, 3, 1, 14, 30, tzinfo=UTC)
_ids = count(1)


def new_id() -> str:
    """Ids that sort in the order in which they were made."""
    return f"id-{next(_ids):08d}"


class FakeWait:
    """Waiting without a clock: until the signal, or until the test lets time pass."""

    def __init__(self) -> None:
        self._timers: list[asyncio.Event] = []

    async def __call__(self, signal: asyncio.Event, seconds: float) -> None:
        timer = asyncio.Event()
        self._timers.append(timer)
        waits = [asyncio.ensure_future(signal.wait()), asyncio.ensure_future(timer.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.wait(waits)
            self._timers.remove(timer)

    def pass_time(self) -> None:
        """Every wait that is under way is over."""
        for timer in self._timers:
            timer.set()


@dataclass(kw_only=True)
class Opener:
    """Opens databases on one storage, as often as wanted: each stands for a server."""

    stack: AsyncExitStack
    url: str | None
    home: Path
    wait: FakeWait = field(default_factory=FakeWait)

    async def open(self, *, route: Router | None = None, now: datetime = MOMENT) -> SqlDatabase:
        """One more server."""
        opening = asyncio.create_task(
            open_database(self.url, home=self.home, now=lambda: now, new_id=new_id, route=route, wait=self.wait)
        )
        while not opening.done():
            self.wait.pass_time()  # a second one gives the first some seconds to end
            await asyncio.wait([opening], timeout=0.01)
        return await self.stack.enter_async_context(opening.result())


def event(type_: str = "run.Created", **given: Any) -> Event:
    """An event that nobody has recorded yet."""
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": Kind.EVENT,
        "type": type_,
        "version": 1,
        "run_id": None,
        "corr_id": "corr",
        "ts": MOMENT,
        "producer": "test",
        **given,
    }
    return Event(**values)


def run(run_id: str | None = None, **given: Any) -> Run:
    """A pending backtest."""
    values: dict[str, Any] = {
        "id": run_id or new_id(),
        "name": "a run",
        "strategy_id": "sma-crossover",
        "mode": RunMode.BACKTEST,
        "symbols": ("AAPL",),
        "created_at": MOMENT,
        **given,
    }
    return Run(**values)


def order_row(run_id: str | None, number: int = 1, **given: Any) -> dict[str, Any]:
    """A filled market order."""
    return {
        "id": f"{run_id}-{number}",
        "run_id": run_id,
        "client_order_id": None,
        "number": number,
        "symbol": "AAPL",
        "side": "buy",
        "order_type": "market",
        "order_class": "simple",
        "quantity": "10",
        "filled_quantity": "10",
        "average_price": "101.5",
        "limit_price": None,
        "stop_price": None,
        "trail": None,
        "trail_percent": None,
        "limit_percent": None,
        "stop_percent": None,
        "time_in_force": "day",
        "expires": None,
        "extended_hours": False,
        "status": "filled",
        "reason": None,
        "parent_id": None,
        "replaced_by": None,
        "placed_at": "2024-03-01T14:30:00Z",
        "updated_at": "2024-03-01T14:31:00Z",
        **given,
    }


def fill_row(run_id: str | None, number: int = 1, **given: Any) -> dict[str, Any]:
    """The fill of `order_row`."""
    return {
        "id": f"{run_id}-f{number}",
        "run_id": run_id,
        "order_id": f"{run_id}-{number}",
        "symbol": "AAPL",
        "side": "buy",
        "price": "101.5",
        "quantity": "10",
        "commission": "0.12345678",
        "slippage": "-0.01",
        "filled_at": "2024-03-01T14:31:00Z",
        "bar_timestamp": "2024-03-01T14:31:00.5Z",
        "exchange_fill_id": None,
        "notes": ["resized"],
        **given,
    }


def trade_row(run_id: str, number: int = 1, **given: Any) -> dict[str, Any]:
    """A round trip."""
    return {
        "run_id": run_id,
        "number": number,
        "symbol": "AAPL",
        "side": "long",
        "quantity": "10",
        "entry_time": "2024-03-01T14:31:00Z",
        "entry_price": "101.5",
        "exit_time": "2024-03-04T14:31:00Z",
        "exit_price": "100",
        "pnl": "-15.12345678",
        "return": -0.0147783,
        "commission": "0.12345678",
        "bars": 3,
        "mae": -0.02,
        "mfe": 0.001,
        **given,
    }


async def add_run(database: SqlDatabase, **given: Any) -> Run:
    """A run that is in the database."""
    made = run(**given)
    async with database.transaction() as transaction:
        await transaction.runs.add(made)
    return made


def later(minutes: int) -> datetime:
    """Some minutes after MOMENT."""
    return MOMENT + timedelta(minutes=minutes)


def without_seq(events: list[Event]) -> list[Mapping[str, Any]]:
    """Events as they were before the log gave them their place."""
    return [{name: getattr(each, name) for name in Event.__dataclass_fields__ if name != "seq"} for each in events]


async def keep_result(transaction: SqlTransaction, run_id: str, result: StoredResult) -> None:
    """A result with its large parts, each in two."""
    await transaction.records.add_result(run_id, result)
    for name, content in result.blobs.items():
        half = len(content) // 2
        await transaction.records.add_blob(run_id, name, content[:half])
        await transaction.records.add_blob(run_id, name, content[half:], part=1)


async def delete_run(
    database: SqlDatabase, run_id: str, *appended: Event, status: RunStatus = RunStatus.PENDING
) -> None:
    """Delete a run, with some events of the deletion's own, and remove what is left of it."""
    async with database.transaction() as transaction:
        assert await transaction.withheld.delete(run_id, expected=status)
        transaction.append(*appended)
    await remove_record(database, run_id)


async def remove_record(database: SqlDatabase, run_id: str) -> int:
    """Remove a withheld record; returns how many transactions that took."""
    for taken in count(1):
        async with database.transaction(patient=True) as transaction:
            if not await transaction.withheld.remove_some(run_id):
                return taken
    raise AssertionError("it never ends")

"""What is kept of trading, on each storage, and orders to keep there; a test says only what matters to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from tests.contracts.builders import MOMENT, Opener, add_run
from tests.trading_store import FakeDisk, FakeTradingStore
from weaver.events.event import Event
from weaver.glados.trading.store import KeptTradingStore
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.model.run import RunMode, RunStatus
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Part, Submission, SubmissionState
from weaver.veda.ports import RecordedTick, TradingStore
from weaver.walle.database.database import SqlDatabase
from weaver.walle.database.engines.ownership import CLAIM

PAPER, LIVE = "alpaca paper", "alpaca live"
RUN = "r"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A store, with what a test has to do beside it."""

    store: TradingStore
    database: SqlDatabase | None
    """None: of the fake."""
    take_over: Callable[[], Awaitable[None]]
    """Have another server become the owner."""
    events: Callable[[], Awaitable[list[Event]]]
    add_run: Callable[[str], Awaitable[None]]


def fake() -> Kept:
    """The simulation's."""
    disk = FakeDisk()

    async def take_over() -> None:
        FakeTradingStore(disk)

    async def events() -> list[Event]:
        return disk.events

    async def add(_run_id: str) -> None:
        """It knows of no runs."""

    return Kept(store=FakeTradingStore(disk), database=None, take_over=take_over, events=events, add_run=add)


async def on_database(opener: Opener) -> Kept:
    """A database's."""
    database = await opener.open()

    async def take_over() -> None:
        async with database._storage.engine.connect() as connection:  # type: ignore[attr-defined]
            await connection.execute(text(CLAIM))

    async def add(run_id: str) -> None:
        await add_run(database, run_id=run_id, mode=RunMode.PAPER, status=RunStatus.RUNNING)

    return Kept(
        store=KeptTradingStore(database),
        database=database,
        take_over=take_over,
        events=database.log.read,
        add_run=add,
    )


def order(number: int = 1, **given: Any) -> LiveOrder:
    """An order of the run that nobody has sent yet."""
    id_ = given.get("id", f"{RUN}-{number}")
    values: dict[str, Any] = {
        "id": id_,
        "account": PAPER,
        "run_id": RUN,
        "number": number,
        "client_order_id": id_,
        "symbol": "AAPL",
        "side": Side.BUY,
        "quantity": Decimal(10),
        "order_type": OrderType.MARKET,
        "tif": TimeInForce.DAY,
        "placed_at": MOMENT,
        "updated_at": MOMENT,
        **given,
    }
    return LiveOrder(**values)


FULL: dict[str, Any] = {
    "side": Side.SELL,
    "quantity": Decimal("0.123456789012345678"),
    "notional": Decimal("99999999999999999999.999999999999999999"),
    "order_type": OrderType.STOP_LIMIT,
    "order_class": OrderClass.BRACKET,
    "tif": TimeInForce.GTD,
    "expires": date(2024, 12, 31),
    "expires_at": MOMENT + timedelta(days=3, microseconds=123456),
    "extended_hours": True,
    "limit": Decimal("0.0001"),
    "stop": Decimal("0.00010"),
    "trail": Decimal("1E+3"),
    "trail_percent": Decimal("2.50"),
    "limit_percent": Decimal("2.25"),
    "stop_percent": Decimal("1.75"),
    "parent_id": "r-1",
    "group_id": "r-1",
    "reduces": True,
    "may_be_cut": True,
    "split_added": Decimal("-0.000000000000000001"),
    "status": OrderStatus.PARTIAL,
    "waits_for": WaitsFor.CANCELS,
    "reason": "märket\nclosed",
    "filled": Decimal("0.1"),
    "value": Decimal("33.333333333333333333"),
    "cancel_asked": "the run was stopped",
    "replaces": "r-0",
    "replaced_by": "r-9",
    "updated_at": MOMENT + timedelta(microseconds=1),
}
"""Every field of an order at something else than its default."""


def submission(of: LiveOrder, id_: str | None = None, **given: Any) -> Submission:
    """What was sent for an order."""
    values: dict[str, Any] = {
        "id": id_ or of.id,
        "order_id": of.id,
        "account": of.account,
        "part": Part.WHOLE,
        "symbol": of.symbol,
        "quantity": of.quantity,
        **given,
    }
    return Submission(**values)


FULL_SUBMISSION: dict[str, Any] = {
    "part": Part.PROTECTION,
    "parent_id": "r-1",
    "venue_id": "61e69015",
    "state": SubmissionState.WORKING,
    "counted": ((Decimal(0), Decimal("1.5")), (Decimal("2.000000000000000001"), Decimal(4))),
    "sent_at": MOMENT,
    "missing_since": MOMENT + timedelta(seconds=1.5),
    "lookups": 2,
    "cancel_sent_at": MOMENT + timedelta(seconds=3),
    "cancels": 7,
    "replaces": "r-0",
}


def fill(of: LiveOrder, number: int = 1, **given: Any) -> LiveFill:
    """A fill of an order."""
    values: dict[str, Any] = {
        "id": f"{of.id}-f{number}",
        "order_id": of.id,
        "submission_id": of.id,
        "account": of.account,
        "run_id": of.run_id,
        "symbol": of.symbol,
        "side": of.side,
        "quantity": Decimal(1),
        "price": Decimal("101.5"),
        "filled_at": MOMENT,
        "execution_id": f"e-{of.id}-{number}",
        **given,
    }
    return LiveFill(**values)


FULL_FILL: dict[str, Any] = {
    "quantity": Decimal("0.000000000000000001"),
    "price": Decimal("12345678901234567890.123456789012345678"),
    "commission": Decimal("-0.25"),
    "fee_quantity": Decimal("0.0025"),
    "liquidity": "maker",
    "execution_id": "20260302::9d3c",
    "is_late": True,
    "is_inferred": True,
}


def tick(number: int, run_id: str = RUN, **given: Any) -> RecordedTick:
    """A tick with something of everything."""
    values: dict[str, Any] = {
        "run_id": run_id,
        "number": number,
        "time": MOMENT + timedelta(minutes=number),
        "inputs": f'{{"number":{number}}}'.encode(),
        "actions": (),
        **given,
    }
    return RecordedTick(**values)

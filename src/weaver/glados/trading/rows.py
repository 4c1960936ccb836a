"""Orders, submissions, fills and ticks of Veda as rows of the database, and back: every field, to the last digit."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from hashlib import sha256
from typing import Any

from weaver.glados.trading.packed import unpacked
from weaver.model.numbers.money import plain
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.model.record import Row
from weaver.model.run import RunMode
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Part, Submission, SubmissionState
from weaver.veda.ports import RecordedTick

_MARKS = ("late", "inferred")
"""Notes that Veda makes itself."""
_FINEST = Decimal("1e-18")
_LONG = Context(prec=60, rounding=ROUND_HALF_EVEN)


def order_row(order: LiveOrder) -> Row:
    """An order as it is written down; `average_price`, `venue` and `mode` are for lists only."""
    return {
        "id": order.id,
        "run_id": order.run_id,
        "client_order_id": order.client_order_id,
        "number": order.number,
        "symbol": order.symbol,
        "side": str(order.side),
        "order_type": str(order.order_type),
        "order_class": str(order.order_class),
        "quantity": order.quantity,
        "notional": order.notional,
        "filled_quantity": order.filled,
        "value": order.value,
        "split_added": order.split_added,
        "average_price": _average(order),
        "limit_price": order.limit,
        "stop_price": order.stop,
        "trail": order.trail,
        "trail_percent": order.trail_percent,
        "limit_percent": order.limit_percent,
        "stop_percent": order.stop_percent,
        "time_in_force": str(order.tif),
        "expires": None if order.expires is None else order.expires.isoformat(),
        "expires_at": order.expires_at,
        "extended_hours": order.extended_hours,
        "status": str(order.status),
        "waits_for": None if order.waits_for is None else str(order.waits_for),
        "reason": order.reason or None,
        "parent_id": order.parent_id,
        "group_id": order.group_id,
        "reduces": order.reduces,
        "may_be_cut": order.may_be_cut,
        "cancel_asked": order.cancel_asked,
        "replaces": order.replaces,
        "replaced_by": order.replaced_by,
        "placed_at": order.placed_at,
        "updated_at": order.updated_at,
        **_place(order.account),
    }


def order_of(row: Row) -> LiveOrder:
    """The order that a row was written for."""
    return LiveOrder(
        id=row["id"],
        account=row["account"],
        run_id=row["run_id"],
        number=row["number"],
        client_order_id=row["client_order_id"],
        symbol=row["symbol"],
        side=Side(row["side"]),
        quantity=_exact(row["quantity"]),
        notional=_maybe(row["notional"]),
        order_type=OrderType(row["order_type"]),
        order_class=OrderClass(row["order_class"]),
        tif=TimeInForce(row["time_in_force"]),
        expires=None if row["expires"] is None else date.fromisoformat(row["expires"]),
        expires_at=row["expires_at"],
        extended_hours=row["extended_hours"],
        limit=_maybe(row["limit_price"]),
        stop=_maybe(row["stop_price"]),
        trail=_maybe(row["trail"]),
        trail_percent=_maybe(row["trail_percent"]),
        limit_percent=_maybe(row["limit_percent"]),
        stop_percent=_maybe(row["stop_percent"]),
        parent_id=row["parent_id"],
        group_id=row["group_id"],
        reduces=row["reduces"],
        may_be_cut=row["may_be_cut"],
        status=OrderStatus(row["status"]),
        waits_for=None if row["waits_for"] is None else WaitsFor(row["waits_for"]),
        reason=row["reason"] or "",
        filled=_exact(row["filled_quantity"]),
        value=_exact(row["value"]),
        split_added=_exact(row["split_added"]),
        cancel_asked=row["cancel_asked"],
        replaces=row["replaces"],
        replaced_by=row["replaced_by"],
        placed_at=row["placed_at"],
        updated_at=row["updated_at"],
    )


def submission_row(submission: Submission) -> Row:
    """A submission as it is written down."""
    return {
        "account": submission.account,
        "id": submission.id,
        "order_id": submission.order_id,
        "part": str(submission.part),
        "symbol": submission.symbol,
        "quantity": submission.quantity,
        "parent_id": submission.parent_id,
        "venue_id": submission.venue_id,
        "state": str(submission.state),
        "counted": [[plain(start), plain(end)] for start, end in submission.counted],
        "sent_at": submission.sent_at,
        "missing_since": submission.missing_since,
        "lookups": submission.lookups,
        "cancel_sent_at": submission.cancel_sent_at,
        "cancels": submission.cancels,
        "replaces": submission.replaces,
    }


def submission_of(row: Row) -> Submission:
    """The submission that a row was written for."""
    return Submission(
        id=row["id"],
        order_id=row["order_id"],
        account=row["account"],
        part=Part(row["part"]),
        symbol=row["symbol"],
        quantity=_exact(row["quantity"]),
        parent_id=row["parent_id"],
        venue_id=row["venue_id"],
        state=SubmissionState(row["state"]),
        counted=tuple((Decimal(start), Decimal(end)) for start, end in row["counted"]),
        sent_at=row["sent_at"],
        missing_since=row["missing_since"],
        lookups=row["lookups"],
        cancel_sent_at=row["cancel_sent_at"],
        cancels=row["cancels"],
        replaces=row["replaces"],
    )


def fill_row(fill: LiveFill) -> Row:
    """A fill as it is written down; `venue` and `mode` are for lists only."""
    return {
        "id": fill.id,
        "run_id": fill.run_id,
        "order_id": fill.order_id,
        "submission_id": fill.submission_id,
        "symbol": fill.symbol,
        "side": str(fill.side),
        "price": fill.price,
        "quantity": fill.quantity,
        "commission": fill.commission,
        "fee_quantity": fill.fee_quantity,
        "liquidity": fill.liquidity,
        "filled_at": fill.filled_at,
        "exchange_fill_id": fill.execution_id,
        "is_late": fill.is_late,
        "is_inferred": fill.is_inferred,
        "slippage": fill.slippage,
        "bar_timestamp": fill.bar_time,
        "notes": [
            *(name for name, is_so in zip(_MARKS, (fill.is_late, fill.is_inferred), strict=True) if is_so),
            *fill.notes,
        ],
        **_place(fill.account),
    }


def fill_of(row: Row) -> LiveFill:
    """The fill that a row was written for."""
    return LiveFill(
        id=row["id"],
        order_id=row["order_id"],
        submission_id=row["submission_id"],
        account=row["account"],
        run_id=row["run_id"],
        symbol=row["symbol"],
        side=Side(row["side"]),
        quantity=_exact(row["quantity"]),
        price=_exact(row["price"]),
        commission=_exact(row["commission"]),
        fee_quantity=_exact(row["fee_quantity"]),
        liquidity=row["liquidity"],
        slippage=_maybe(row["slippage"]),
        bar_time=row["bar_timestamp"],
        notes=tuple(note for note in row["notes"] or () if note not in _MARKS),
        filled_at=row["filled_at"],
        execution_id=row["exchange_fill_id"],
        is_late=row["is_late"],
        is_inferred=row["is_inferred"],
    )


def tick_of(row: Row) -> RecordedTick:
    """The tick that a row was written for; with whether its inputs are still those."""
    return RecordedTick(
        run_id=row["run_id"],
        number=row["number"],
        time=row["tick"],
        inputs=row["inputs"],
        actions=tuple(unpacked(row["actions"])),
        is_altered=row["digest"] is not None and sha256(row["inputs"]).digest() != row["digest"],
    )


def _place(account: str) -> Mapping[str, str | None]:
    """An account and what lists can be filtered by. Its name is the venue's with the mode, and with the run whose own
    it is, if it is one's."""
    venue, mode, *_ = [*account.split(" "), ""]
    return {"account": account, "venue": venue, "mode": mode if mode == RunMode.LIVE else RunMode.PAPER}


def _average(order: LiveOrder) -> Decimal | None:
    """What the database can hold of it."""
    if not order.filled:
        return None
    return _LONG.quantize(_LONG.divide(order.value, order.filled), _FINEST)


def _exact(value: Any) -> Decimal:
    """An amount, written alike whichever database it comes from: without zeros at its end."""
    return Decimal(plain(value))


def _maybe(value: Any) -> Decimal | None:
    return None if value is None else _exact(value)

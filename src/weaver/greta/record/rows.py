"""Rows of the tables that a finished run leaves behind: JSON values, amounts as decimal strings, times ISO."""

from decimal import Decimal
from typing import Any

from weaver.greta.record.text import FillText, Moments, decimal_text, kept_text, price_text
from weaver.greta.results.trades import Trade
from weaver.model.numbers.money import plain
from weaver.model.orders.order import Order


def order_row(order: Order, *, run_id: str, placed_at: str, updated_at: str) -> dict[str, Any]:
    """A row of `orders`: the order as the run left it."""
    quantities, prices = order.scale.quantity_decimals, order.scale.price_decimals
    parent = None if order.group is None else order.group.entry
    average = order.average_price
    return {
        "id": f"{run_id}-{order.number}",
        "run_id": run_id,
        "client_order_id": f"{run_id}-{order.number}",
        "number": order.number,
        "symbol": order.scale.symbol,
        "side": "buy" if order.sign > 0 else "sell",
        "order_type": str(order.order_type),
        "order_class": str(order.order_class),
        "quantity": decimal_text(order.units, quantities),
        "filled_quantity": decimal_text(order.filled, quantities),
        "average_price": None if average is None else kept_text(average),
        "limit_price": _optional(order.limit_units, prices),
        "stop_price": _optional(order.stop_units, prices),
        "trail": _optional(order.trail_units, prices),
        "trail_percent": _percent(order.trail_percent),
        "limit_percent": _percent(order.limit_percent),
        "stop_percent": _percent(order.stop_percent),
        "time_in_force": str(order.tif),
        "expires": None if order.expires is None else order.expires.isoformat(),
        "extended_hours": order.extended_hours,
        "status": str(order.status),
        "reason": order.reason or None,
        "parent_id": None if parent is None else f"{run_id}-{parent.number}",
        "replaced_by": None if order.replaced_by is None else f"{run_id}-{order.replaced_by.number}",
        "placed_at": placed_at,
        "updated_at": updated_at,
    }


def fill_row(fill: FillText, *, run_id: str) -> dict[str, Any]:
    """A row of `fills`."""
    order = fill.row.order
    return {
        "id": f"{run_id}-f{fill.number}",
        "run_id": run_id,
        "order_id": f"{run_id}-{order.number}",
        "symbol": order.scale.symbol,
        "side": "buy" if order.sign > 0 else "sell",
        "price": fill.price,
        "quantity": fill.quantity,
        "commission": fill.commission,
        "slippage": fill.slippage,
        "filled_at": fill.time,
        "bar_timestamp": fill.bar_time,
        "exchange_fill_id": None,
        "notes": list(fill.row.notes),
    }


def trade_row(trade: Trade, number: int, moments: Moments, *, run_id: str) -> dict[str, Any]:
    """A row of `trades`."""
    return {
        "run_id": run_id,
        "number": number,
        "symbol": trade.symbol,
        "side": trade.side,
        "quantity": plain(trade.quantity),
        "entry_time": moments.text(trade.entry_time),
        "entry_price": kept_text(trade.entry_price),
        "exit_time": moments.text(trade.exit_time),
        "exit_price": kept_text(trade.exit_price),
        "pnl": plain(trade.pnl),
        "return": trade.return_,
        "commission": plain(trade.commission),
        "bars": trade.bars,
        "mae": trade.mae,
        "mfe": trade.mfe,
    }


def _percent(percent: Decimal | None) -> str | None:
    return None if percent is None else plain(percent)


def _optional(units: int | None, decimals: int) -> str | None:
    return None if units is None else price_text(units, decimals)

"""Orders and fills of runs that are compared."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from weaver.model.orders.actions import Side
from weaver.veda.parity.compared import ComparedFill, ComparedOrder, RunAccount, pnl_of

START = datetime(2024, 1, 2, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TICKS = [START + number * MINUTE for number in range(1, 100)]


def a_fill(side: str, quantity: object, price: object, *, at: int = 2, **given: Any) -> ComparedFill:
    """`at`: minutes after the start."""
    amounts = {"commission": Decimal(0), **given}
    return ComparedFill(
        **{
            "symbol": "AAPL", "side": Side(side), "quantity": Decimal(str(quantity)), "price": Decimal(str(price)),
            "time": START + at * MINUTE, **amounts,
        }
    )  # fmt: skip


def an_order(number: int, *fills: ComparedFill, side: str = "buy", tick: int = 1, **given: Any) -> ComparedOrder:
    """Decided at a tick, by its number."""
    filled = sum((fill.quantity for fill in fills), Decimal(0))
    return ComparedOrder(
        **{
            "number": number, "symbol": "AAPL", "side": Side(side), "order_type": "market", "order_class": "simple",
            "quantity": filled, "filled": filled, "status": "filled", "reason": "", "placed_at": TICKS[tick - 1],
            "fills": fills, **given,
        }
    )  # fmt: skip


def an_account(*orders: ComparedOrder, closes: Mapping[str, object] | None = None, **given: Any) -> RunAccount:
    """What these orders made, all of whose fills are held as they came unless it is said otherwise."""
    known = {symbol: Decimal(str(close)) for symbol, close in (closes or {"AAPL": 100}).items()}
    late, flows = given.pop("late", ()), given.pop("flows", Decimal(0))
    fills = (*(fill for order in orders for fill in order.fills), *late)
    implied: dict[str, Fraction] = {}
    for fill in fills:
        implied[fill.symbol] = implied.get(fill.symbol, Fraction(0)) + fill.side.sign * fill.size
    held = given.pop("held", {symbol: Decimal(size.numerator) / size.denominator for symbol, size in implied.items()})
    return RunAccount(
        orders=orders, late=late, flows=flows, held=held, closes=known,
        pnl=given.pop("pnl", pnl_of(fills, flows=flows, held=held, closes=known)),
    )  # fmt: skip

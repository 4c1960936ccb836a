"""Orders, submissions and fills as Veda keeps them, for tests: what does not matter has a value already."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from weaver.model.market.instrument import AssetClass
from weaver.model.orders.actions import OrderClass, OrderType, Side, TimeInForce
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.orders import VenueOrder
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Part, Submission, SubmissionState

NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)
ACCOUNT = "alpaca paper"
_AMOUNTS = frozenset({
    "average_price", "commission", "cumulative_quantity", "fee_quantity", "filled", "filled_quantity", "limit",
    "notional", "price", "stop", "trail", "trail_percent", "value",
})  # fmt: skip


def seconds(count: float) -> datetime:
    """So long after noon (New York's)."""
    return NOON + timedelta(seconds=count)


def live_order(name: str = "run-1", side: str = "buy", quantity: str | int = 10, **given: Any) -> LiveOrder:
    """An order of `run`, accepted, at the market."""
    values: dict[str, Any] = {
        "account": ACCOUNT, "run_id": "run", "number": 1, "client_order_id": name, "symbol": "AAPL",
        "order_type": OrderType.MARKET, "tif": TimeInForce.DAY, "status": OrderStatus.ACCEPTED, "placed_at": NOON,
        "updated_at": NOON,
    }  # fmt: skip
    values |= _exact(given)
    return LiveOrder(id=name, side=Side(side), quantity=Decimal(quantity), **values)


def submission(name: str = "run-1", quantity: str | int = 10, **given: Any) -> Submission:
    """Of the order of the same name, working at the venue as `v-<name>`."""
    values: dict[str, Any] = {
        "order_id": name, "account": ACCOUNT, "part": Part.WHOLE, "symbol": "AAPL", "venue_id": f"v-{name}",
        "state": SubmissionState.WORKING, "sent_at": NOON,
    }  # fmt: skip
    return Submission(id=name, quantity=Decimal(quantity), **(values | given))


def venue_order(name: str = "run-1", side: str = "buy", quantity: str | int = 10, **given: Any) -> VenueOrder:
    """As the venue shows it under that client id."""
    values: dict[str, Any] = {
        "venue_id": f"v-{name}", "symbol": "AAPL", "asset_class": AssetClass.STOCK, "order_type": OrderType.MARKET,
        "order_class": OrderClass.SIMPLE, "tif": TimeInForce.DAY, "status": OrderStatus.ACCEPTED,
        "venue_status": "new", "created_at": NOON,
    }  # fmt: skip
    values |= _exact(given)
    return VenueOrder(client_order_id=name, side=Side(side), quantity=Decimal(quantity), **values)


def live_fill(
    side: str, quantity: str | int, price: str | int, *, symbol: str = "AAPL", time: float = 0, **given: Any
) -> LiveFill:
    """A fill of an order of its own, unless `order_id` says of which."""
    order_id = given.pop("order_id", f"run-{time:g}")
    values: dict[str, Any] = {
        "id": f"{order_id}-f{time:g}", "submission_id": order_id, "account": ACCOUNT, "run_id": "run",
        "execution_id": f"x{time:g}", "filled_at": seconds(time),
    }  # fmt: skip
    values |= _exact(given)
    return LiveFill(
        order_id=order_id, symbol=symbol, side=Side(side), quantity=Decimal(quantity), price=Decimal(price), **values
    )


def _exact(given: dict[str, Any]) -> dict[str, Any]:
    """Amounts as decimals, all else as it is."""
    return {
        name: Decimal(str(value)) if name in _AMOUNTS and value is not None else value for name, value in given.items()
    }

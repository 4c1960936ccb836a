"""What a strategy asks for, and where the router sends it."""

from datetime import date, datetime

from weaver.events.event import Kind
from weaver.events.payloads.base import Amount, OfRun, Payload


class WindowRequest(OfRun):
    kind = Kind.COMMAND
    symbol: str
    timeframe: str
    bars: int
    time: datetime | None = None
    """The tick at which it was asked for."""


class OrderRequest(OfRun):
    kind = Kind.COMMAND
    order_id: str
    client_order_id: str | None = None
    symbol: str
    side: str
    quantity: Amount | None
    """None where the price of the fill settles it."""
    order_type: str
    order_class: str = "simple"
    time_in_force: str = "day"
    expires: date | None = None
    """The last session that a gtd order works in."""
    extended_hours: bool = False
    limit_price: Amount | None = None
    stop_price: Amount | None = None
    trail: Amount | None = None
    trail_percent: Amount | None = None
    limit_percent: Amount | None = None
    """Of an exit whose limit is so many percent away from what its entry pays."""
    stop_percent: Amount | None = None
    """The same of its stop."""
    parent_id: str | None = None
    time: datetime | None = None


class CancelRequest(OfRun):
    kind = Kind.COMMAND
    order_id: str
    time: datetime | None = None


class ReplaceRequest(OrderRequest):
    """For an order that takes the place of another, which is cancelled in its favour."""

    replaces: str
    """The `order_id` of that other one."""


class StrategyFetchWindow(WindowRequest):
    type = "strategy.FetchWindow"


class StrategyPlaceRequest(OrderRequest):
    type = "strategy.PlaceRequest"


class StrategyCancelRequest(CancelRequest):
    type = "strategy.CancelRequest"


class StrategyReplaceRequest(ReplaceRequest):
    type = "strategy.ReplaceRequest"


class StrategyStopRequest(OfRun):
    type = "strategy.StopRequest"
    kind = Kind.COMMAND
    reason: str
    time: datetime | None = None


class StrategyLog(OfRun):
    type = "strategy.Log"
    text: str
    time: datetime


class StrategyCatalogChanged(Payload):
    type = "strategy.CatalogChanged"
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class BacktestFetchWindow(WindowRequest):
    type = "backtest.FetchWindow"


class BacktestPlaceOrder(OrderRequest):
    type = "backtest.PlaceOrder"


class BacktestCancelOrder(CancelRequest):
    type = "backtest.CancelOrder"


class BacktestReplaceOrder(ReplaceRequest):
    type = "backtest.ReplaceOrder"


class LiveFetchWindow(WindowRequest):
    type = "live.FetchWindow"


class LivePlaceOrder(OrderRequest):
    type = "live.PlaceOrder"


class LiveCancelOrder(CancelRequest):
    type = "live.CancelOrder"


class LiveReplaceOrder(ReplaceRequest):
    type = "live.ReplaceOrder"

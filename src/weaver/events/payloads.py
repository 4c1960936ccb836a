"""Every event type there is: its name, its version and its payload, defined once.

A type's name is `namespace.PascalCase`.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from weaver.events.event import Kind


class Payload(BaseModel):
    """Base of all payloads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ClassVar[str]
    version: ClassVar[int] = 1
    kind: ClassVar[Kind] = Kind.EVENT


class OfRun(Payload):
    """A payload that belongs to a run."""

    run_id: str


# --- run ---


class RunCreated(OfRun):
    type = "run.Created"
    name: str
    strategy_id: str
    mode: str


class RunStarted(OfRun):
    type = "run.Started"
    queued: bool = False
    """Waiting for a worker."""


class RunStopRequested(OfRun):
    type = "run.StopRequested"
    flatten: bool = False


class RunStopped(OfRun):
    type = "run.Stopped"
    reason: str


class RunCompleted(OfRun):
    type = "run.Completed"
    final_equity: float | None = None
    total_return: float | None = None
    orders: int
    fills: int
    trades: int
    warnings: int = 0


class RunError(OfRun):
    type = "run.Error"
    error: str


class RunProgress(OfRun):
    type = "run.Progress"
    stage: str
    fraction: float
    """0 to 1."""


class RunResumed(OfRun):
    type = "run.Resumed"


class RunHalted(OfRun):
    type = "run.Halted"
    reason: str


class RunDeleted(OfRun):
    type = "run.Deleted"


# --- what a strategy asks for, and where the router sends it ---


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
    quantity: Decimal | None
    """None where the price of the fill settles it."""
    order_type: str
    order_class: str = "simple"
    time_in_force: str = "day"
    expires: date | None = None
    """The last session that a gtd order works in."""
    extended_hours: bool = False
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail: Decimal | None = None
    trail_percent: Decimal | None = None
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


# --- data and market ---


class DataWindowReady(OfRun):
    type = "data.WindowReady"
    symbol: str
    timeframe: str
    bars: int
    """How many there are; the bars themselves stay in the store."""
    time: datetime | None = None


class DataWindowFailed(OfRun):
    type = "data.WindowFailed"
    symbol: str
    timeframe: str
    error: str
    time: datetime | None = None


class DataFeedStale(Payload):
    type = "data.FeedStale"
    venue: str
    symbols: tuple[str, ...]
    since: datetime


class DataFeedRestored(Payload):
    type = "data.FeedRestored"
    venue: str
    symbols: tuple[str, ...]


class DataImported(Payload):
    type = "data.Imported"
    symbol: str
    timeframe: str
    bars: int
    content_hash: str


class DataFetchProgress(Payload):
    type = "data.FetchProgress"
    job_id: str
    symbol: str
    fraction: float


class MarketBar(Payload):
    type = "market.Bar"
    symbol: str
    timeframe: str
    timestamp: datetime
    open: float
    high: float
    low: float
    close: float
    volume: float


class MarketQuote(Payload):
    type = "market.Quote"
    symbol: str
    time: datetime
    bid: float
    ask: float


class MarketTrade(Payload):
    type = "market.Trade"
    symbol: str
    time: datetime
    price: float
    quantity: float


# --- orders ---


class OrderPayload(Payload):
    """An order's state after something happened to it."""

    run_id: str | None
    """None: a manual order."""
    order_id: str
    client_order_id: str | None = None
    symbol: str
    side: str
    quantity: Decimal | None
    filled_quantity: Decimal = Decimal(0)
    status: str
    time: datetime | None = None
    """When it happened, in the run's time."""


class OrderReasonPayload(OrderPayload):
    reason: str = ""


class OrderFillPayload(OrderPayload):
    fill_id: str
    fill_quantity: Decimal
    price: Decimal
    commission: Decimal
    slippage: Decimal = Decimal(0)
    """Per unit; positive where it cost."""


class OrdersCreated(OrderPayload):
    type = "orders.Created"
    order_type: str
    order_class: str = "simple"
    time_in_force: str = "day"
    expires: date | None = None
    """The last session that a gtd order works in."""
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None


class OrdersSubmitted(OrderPayload):
    type = "orders.Submitted"


class OrdersAccepted(OrderPayload):
    type = "orders.Accepted"


class OrdersPartiallyFilled(OrderFillPayload):
    type = "orders.PartiallyFilled"


class OrdersFilled(OrderFillPayload):
    type = "orders.Filled"


class OrdersCancelled(OrderReasonPayload):
    type = "orders.Cancelled"


class OrdersRejected(OrderReasonPayload):
    type = "orders.Rejected"


class OrdersExpired(OrderReasonPayload):
    type = "orders.Expired"


class OrdersReplaced(OrderPayload):
    type = "orders.Replaced"
    replaced_by: str


# --- risk and account ---


class RiskRefused(Payload):
    type = "risk.Refused"
    run_id: str | None
    order_id: str
    limit: str
    reason: str


class RiskLimitBreached(Payload):
    type = "risk.LimitBreached"
    run_id: str | None
    limit: str
    reason: str


class RiskKillSwitchOn(Payload):
    type = "risk.KillSwitchOn"
    reason: str


class RiskKillSwitchOff(Payload):
    type = "risk.KillSwitchOff"
    reason: str


class AccountUpdated(Payload):
    type = "account.Updated"
    venue: str
    equity: Decimal
    cash: Decimal


class AccountPositionUpdated(Payload):
    type = "account.PositionUpdated"
    venue: str
    symbol: str
    quantity: Decimal
    run_id: str | None = None


class AccountReconciled(Payload):
    type = "account.Reconciled"
    venue: str
    differences: tuple[str, ...] = ()


# --- clock and stream ---


class ClockTick(OfRun):
    type = "clock.Tick"
    time: datetime
    symbols: tuple[str, ...] = ()


class StreamReset(Payload):
    """Not in the log: told to one client, which then reloads."""

    type = "stream.Reset"
    reason: str
    newest: int
    """The newest `seq` of the log."""


def _defined(base: type[Payload]) -> dict[str, type[Payload]]:
    found = {base.type: base} if "type" in vars(base) else {}
    for child in base.__subclasses__():
        found.update(_defined(child))
    return found


PAYLOADS: dict[str, type[Payload]] = dict(sorted(_defined(Payload).items()))
"""Every payload by the name of its type."""
ALL_EVENT_TYPES: tuple[str, ...] = tuple(PAYLOADS)
NOT_STREAMED: frozenset[str] = frozenset({"clock.Tick", "data.WindowReady", "data.WindowFailed"})
"""Types that an event stream carries only where it names them."""


def plain(payload: Payload) -> dict[str, Any]:
    """A payload as JSON values."""
    return payload.model_dump(mode="json", exclude_none=False)

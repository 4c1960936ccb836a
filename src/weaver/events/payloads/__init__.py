"""Every event type there is: its name, its version and its payload, defined once, by namespace.

A type's name is `namespace.PascalCase`. What comes to a payload later has a default, so that old events stay readable.
"""

from weaver.events.payloads.account import (
    AccountCarryCharged,
    AccountDaySummarised,
    AccountFeeCharged,
    AccountPositionUpdated,
    AccountReconciled,
    AccountUpdated,
    DayOfRun,
    Difference,
    HeldAtEnd,
)
from weaver.events.payloads.base import (
    OfRun,
    Payload,
    plain,
)
from weaver.events.payloads.clock import (
    ClockTick,
    StreamReset,
)
from weaver.events.payloads.data import (
    DataFeedRestored,
    DataFeedStale,
    DataFetchProgress,
    DataImported,
    DataWindowFailed,
    DataWindowReady,
)
from weaver.events.payloads.market import (
    BarPayload,
    LateBarPayload,
    MarketBar,
    MarketBarCorrected,
    MarketBarLate,
    MarketQuote,
    MarketTrade,
)
from weaver.events.payloads.orders import (
    OrderFillPayload,
    OrderPayload,
    OrderReasonPayload,
    OrdersAccepted,
    OrdersCancelled,
    OrdersCreated,
    OrdersExpired,
    OrdersFilled,
    OrdersPartiallyFilled,
    OrdersRejected,
    OrdersReplaced,
    OrdersSubmitted,
    OrdersWarned,
    OrderWarning,
)
from weaver.events.payloads.requests import (
    BacktestCancelOrder,
    BacktestFetchWindow,
    BacktestPlaceOrder,
    BacktestReplaceOrder,
    CancelRequest,
    LiveCancelOrder,
    LiveFetchWindow,
    LivePlaceOrder,
    LiveReplaceOrder,
    OrderRequest,
    ReplaceRequest,
    StrategyCancelRequest,
    StrategyCatalogChanged,
    StrategyFetchWindow,
    StrategyLog,
    StrategyPlaceRequest,
    StrategyReplaceRequest,
    StrategyStopRequest,
    WindowRequest,
)
from weaver.events.payloads.risk import (
    KillSwitchPayload,
    RiskKillSwitchOff,
    RiskKillSwitchOn,
    RiskLimitBreached,
    RiskProtectionRestored,
    RiskRefused,
    RiskUnprotected,
    RulePayload,
)
from weaver.events.payloads.run import (
    RunCompleted,
    RunCreated,
    RunDeleted,
    RunError,
    RunHalted,
    RunProgress,
    RunPromoted,
    RunResumed,
    RunStarted,
    RunStopped,
    RunStopRequested,
)

__all__ = [
    "ALL_EVENT_TYPES",
    "NOT_STREAMED",
    "PAYLOADS",
    "AccountCarryCharged",
    "AccountDaySummarised",
    "AccountFeeCharged",
    "AccountPositionUpdated",
    "AccountReconciled",
    "AccountUpdated",
    "BacktestCancelOrder",
    "BacktestFetchWindow",
    "BacktestPlaceOrder",
    "BacktestReplaceOrder",
    "BarPayload",
    "CancelRequest",
    "ClockTick",
    "DataFeedRestored",
    "DataFeedStale",
    "DataFetchProgress",
    "DataImported",
    "DataWindowFailed",
    "DataWindowReady",
    "DayOfRun",
    "Difference",
    "HeldAtEnd",
    "KillSwitchPayload",
    "LateBarPayload",
    "LiveCancelOrder",
    "LiveFetchWindow",
    "LivePlaceOrder",
    "LiveReplaceOrder",
    "MarketBar",
    "MarketBarCorrected",
    "MarketBarLate",
    "MarketQuote",
    "MarketTrade",
    "OfRun",
    "OrderFillPayload",
    "OrderPayload",
    "OrderReasonPayload",
    "OrderRequest",
    "OrderWarning",
    "OrdersAccepted",
    "OrdersCancelled",
    "OrdersCreated",
    "OrdersExpired",
    "OrdersFilled",
    "OrdersPartiallyFilled",
    "OrdersRejected",
    "OrdersReplaced",
    "OrdersSubmitted",
    "OrdersWarned",
    "Payload",
    "ReplaceRequest",
    "RiskKillSwitchOff",
    "RiskKillSwitchOn",
    "RiskLimitBreached",
    "RiskProtectionRestored",
    "RiskRefused",
    "RiskUnprotected",
    "RulePayload",
    "RunCompleted",
    "RunCreated",
    "RunDeleted",
    "RunError",
    "RunHalted",
    "RunProgress",
    "RunPromoted",
    "RunResumed",
    "RunStarted",
    "RunStopRequested",
    "RunStopped",
    "StrategyCancelRequest",
    "StrategyCatalogChanged",
    "StrategyFetchWindow",
    "StrategyLog",
    "StrategyPlaceRequest",
    "StrategyReplaceRequest",
    "StrategyStopRequest",
    "StreamReset",
    "WindowRequest",
    "plain",
]


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

"""One event of every type as the frame that goes over the wire: the text for the page on events.

`python -m tests.event_frames` writes the section of docs/architecture/events.md anew.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from weaver.events.factory import EventFactory
from weaver.events.payloads import PAYLOADS, Payload, StreamReset
from weaver.glados.stream.hub import frame_of, reset_frame
from weaver.walle.database.opening import open_database

PAGE = Path(__file__).parents[1] / "docs" / "architecture" / "events.md"
BEGIN, END = "<!-- frames, written by `python -m tests.event_frames` -->", "<!-- end of frames -->"
NOW = datetime(2026, 3, 2, 14, 31, tzinfo=UTC)
RUN, ORDER, NEW = "01a2-run", "01a2-run-7", "01a2-run-8"
_OF_ORDER: Mapping[str, Any] = {
    "run_id": RUN,
    "order_id": ORDER,
    "client_order_id": ORDER,
    "symbol": "AAPL",
    "side": "buy",
    "quantity": "100",
    "time": NOW,
}
_REQUEST: Mapping[str, Any] = {**_OF_ORDER, "order_type": "limit", "limit_price": "187.25", "time_in_force": "gtc"}
_REPLACEMENT: Mapping[str, Any] = {**_REQUEST, "order_id": NEW, "client_order_id": NEW, "replaces": ORDER}
_FILL: Mapping[str, Any] = {
    **_OF_ORDER,
    "fill_id": "01a2-run-f3",
    "price": "187.20",
    "commission": "0.35",
    "slippage": "0.01",
}
_BAR: Mapping[str, Any] = {
    "symbol": "AAPL",
    "timeframe": "1m",
    "timestamp": NOW,
    "open": 187.1,
    "high": 187.3,
    "low": 187.0,
    "close": 187.25,
    "volume": 12000.0,
}
_AT_VENUE: Mapping[str, Any] = {"venue": "alpaca", "mode": "paper", "account": "alpaca paper"}
_WINDOW: Mapping[str, Any] = {"run_id": RUN, "symbol": "SPY", "timeframe": "1d", "bars": 200, "time": NOW}

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "run.Created": {"run_id": RUN, "name": "trend on AAPL", "strategy_id": "sma-crossover", "mode": "backtest"},
    "run.Started": {"run_id": RUN, "queued": True},
    "run.StopRequested": {"run_id": RUN, "flatten": False},
    "run.Stopped": {"run_id": RUN, "reason": "stopped by the operator"},
    "run.Completed": {
        "run_id": RUN, "final_equity": 101234.5, "total_return": 0.012345, "orders": 118, "fills": 118, "trades": 59,
        "warnings": 1,
    },
    "run.Error": {"run_id": RUN, "error": "trend.py, line 14, in on_bar: ZeroDivisionError: division by zero"},
    "run.Progress": {"run_id": RUN, "stage": "Backtest", "fraction": 0.4},
    "run.Resumed": {"run_id": RUN},
    "run.Halted": {"run_id": RUN, "reason": "daily loss of 2.1 % is over the limit of 2 %"},
    "run.Promoted": {
        "run_id": RUN, "to": "paper", "promoted_id": "01b7-run", "override": "a small sum", "gates": ["min_days"],
    },
    "run.Deleted": {"run_id": RUN},
    "strategy.FetchWindow": _WINDOW,
    "strategy.PlaceRequest": _REQUEST,
    "strategy.CancelRequest": {"run_id": RUN, "order_id": ORDER, "time": NOW},
    "strategy.ReplaceRequest": _REPLACEMENT,
    "strategy.StopRequest": {"run_id": RUN, "reason": "target reached", "time": NOW},
    "strategy.Log": {"run_id": RUN, "text": "spread is 2.4 deviations wide", "time": NOW},
    "strategy.CatalogChanged": {"added": ["my-trend"]},
    "backtest.FetchWindow": _WINDOW,
    "backtest.PlaceOrder": _REQUEST,
    "backtest.CancelOrder": {"run_id": RUN, "order_id": ORDER, "time": NOW},
    "backtest.ReplaceOrder": _REPLACEMENT,
    "live.FetchWindow": _WINDOW,
    "live.PlaceOrder": _REQUEST,
    "live.CancelOrder": {"run_id": RUN, "order_id": ORDER, "time": NOW},
    "live.ReplaceOrder": _REPLACEMENT,
    "data.WindowReady": _WINDOW,
    "data.WindowFailed": {"run_id": RUN, "symbol": "SPY", "timeframe": "1d", "error": "no bars of SPY 1d", "time": NOW},
    "data.FeedStale": {
        "venue": "alpaca", "symbols": ["AAPL"], "since": NOW, "reason": "the socket is mute", "mode": "paper",
    },
    "data.FeedRestored": {"venue": "alpaca", "symbols": ["AAPL"], "mode": "paper"},
    "data.Imported": {"symbol": "AAPL", "timeframe": "1d", "bars": 3270, "content_hash": "c055f4c4"},
    "data.FetchProgress": {"job_id": "01a2-job", "symbol": "AAPL", "fraction": 0.5},
    "market.Bar": _BAR,
    "market.BarLate": {**_BAR, "run_id": RUN, "time": NOW},
    "market.BarCorrected": {**_BAR, "run_id": RUN, "time": NOW},
    "market.Quote": {"symbol": "AAPL", "time": NOW, "bid": 187.24, "ask": 187.26},
    "market.Trade": {"symbol": "AAPL", "time": NOW, "price": 187.25, "quantity": 100.0},
    "orders.Created": {**_REQUEST, "status": "pending"},
    "orders.Submitted": {**_OF_ORDER, **_AT_VENUE, "status": "submitted"},
    "orders.Accepted": {**_OF_ORDER, **_AT_VENUE, "status": "accepted", "venue_order_id": "61e69015-8549"},
    "orders.PartiallyFilled": {**_FILL, "status": "partial", "filled_quantity": "40", "fill_quantity": "40"},
    "orders.Filled": {
        **_FILL, **_AT_VENUE, "status": "filled", "filled_quantity": "100", "fill_quantity": "60",
        "exchange_fill_id": "20260302093100::9d3c", "fee_quantity": "0", "is_late": True,
    },
    "orders.Cancelled": {**_OF_ORDER, "status": "cancelled", "reason": "cancelled by the strategy"},
    "orders.Rejected": {**_OF_ORDER, "status": "rejected", "reason": "cash of 1,000.00 does not pay for it"},
    "orders.Expired": {**_OF_ORDER, "status": "expired", "reason": "the session closed"},
    "orders.Warned": {
        "run_id": RUN, "order_id": ORDER, "account": "alpaca paper", "symbol": "AAPL",
        "warning": "cancel_not_confirmed",
        "reason": "the venue was asked 3 times to cancel it, and it works on: it is asked again", "time": NOW,
    },
    "orders.Replaced": {**_OF_ORDER, "status": "cancelled", "replaced_by": NEW},
    "risk.Refused": {
        "run_id": RUN, "order_id": ORDER, "rule": "order_notional", "limit": "10000", "value": "18725",
        "reason": "an order of 18,725.00 is over the limit of 10,000.00", "account": "alpaca paper", "symbol": "AAPL",
    },
    "risk.LimitBreached": {
        "run_id": RUN, "rule": "drawdown", "limit": "0.05", "value": "0.052",
        "reason": "a drawdown of 5.2 % is over the limit of 5 %",
    },
    "risk.Unprotected": {
        "run_id": RUN, "symbol": "AAPL", "quantity": "40", "order_id": ORDER,
        "reason": "the venue dropped the exits as their entry ended part-filled",
    },
    "risk.ProtectionRestored": {"run_id": RUN, "symbol": "AAPL", "quantity": "40", "order_id": ORDER},
    "risk.KillSwitchOn": {"reason": "by the operator"},
    "risk.KillSwitchOff": {"reason": "by the operator"},
    "account.Updated": {"venue": "alpaca", "equity": "100250.10", "cash": "81530.10", "mode": "paper"},
    "account.PositionUpdated": {"venue": "alpaca", "symbol": "AAPL", "quantity": "100", "run_id": RUN, "mode": "paper"},
    "account.FeeCharged": {
        "venue": "alpaca paper", "symbol": "BTC/USD", "quantity": "0.0025", "run_id": RUN, "is_estimated": True,
        "mode": "paper",
    },
    "account.CarryCharged": {
        "venue": "simulated paper 01a2-run", "symbol": "AAPL", "name": "borrow_fee", "amount": "-1.5",
        "charged_at": NOW, "run_id": RUN, "mode": "paper",
    },
    "account.Reconciled": {
        "venue": "alpaca", "mode": "paper", "halted": ["MSFT"],
        "differences": [{"symbol": "MSFT", "name": "unexplained", "quantity": "-3"}],
    },
    "account.DaySummarised": {
        "account": "alpaca paper", "mode": "paper", "asset_class": "stock", "equity": "100250.10", "pnl": "120.50",
        "since": datetime(2026, 2, 27, 21, tzinfo=UTC), "ended": datetime(2026, 3, 2, 21, tzinfo=UTC),
        "runs": [
            {"run_id": RUN, "name": "trend on AAPL", "equity": "10120.50", "pnl": "120.50", "trades": 3,
             "positions": [{"symbol": "AAPL", "quantity": "40"}], "positions_total": 1},
        ],
    },
    "clock.Tick": {"run_id": RUN, "time": NOW, "symbols": ["AAPL"]},
    "stream.Reset": {"reason": "event 12 is not in the log: it was pruned, or is of another log", "newest": 51},
}  # fmt: skip


def example(type_: str) -> Payload:
    """The payload that stands for a type."""
    return PAYLOADS[type_](**EXAMPLES[type_])


async def frames() -> list[str]:
    """A frame of each type, as a client receives them."""
    names = count(1)
    events = EventFactory(producer="example", now=lambda: NOW, new_id=lambda: f"id-{next(names)}")
    logged = [name for name in EXAMPLES if name != StreamReset.type]
    async with await open_database("memory", home=Path(), now=_epoch, new_id=str, route=None) as database:
        await database.log.append([events.event(example(name)) for name in logged])
        read = await database.log.read()
    reset = example(StreamReset.type)
    assert isinstance(reset, StreamReset)
    return [*(frame_of(event).data.decode() for event in read), reset_frame(reset.reason, reset.newest).decode()]


def _epoch() -> datetime:
    return datetime.fromtimestamp(0, UTC)


def section() -> str:
    """The page's section, between its marks."""
    return f"{BEGIN}\n\n```\n{''.join(asyncio.run(frames())).rstrip()}\n```\n\n{END}"


def main() -> None:
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{section()}{after}")


if __name__ == "__main__":
    main()

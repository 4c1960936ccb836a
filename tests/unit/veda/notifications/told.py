"""Events that people are told of, one of each type, and who takes messages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tests.unit.glados.fakes import a_run
from weaver.events.event import Event, Kind
from weaver.model.run import Run, RunMode
from weaver.veda.notifications.notification import Notification, NotificationKind

START = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
RUN, ACCOUNT, ORDER = "01a2-run", "alpaca paper", "01a2-run-7"
PAYLOADS: Mapping[str, Mapping[str, Any]] = {
    "run.Error": {"run_id": RUN, "error": "trend.py, line 14, in on_bar: ZeroDivisionError: division by zero"},
    "run.Halted": {"run_id": RUN, "reason": "daily loss of 2.1 % is over the limit of 2 %"},
    "run.Stopped": {"run_id": RUN, "reason": "stopped by the operator"},
    "risk.LimitBreached": {
        "run_id": RUN, "rule": "drawdown", "limit": "0.05", "value": "0.052", "account": ACCOUNT, "symbol": None,
        "reason": "a drawdown of 5.2 % is over the limit of 5 %",
    },
    "risk.KillSwitchOn": {"reason": "by the operator", "account": None, "flatten": True},
    "risk.KillSwitchOff": {"reason": "", "account": ACCOUNT},
    "risk.Unprotected": {
        "run_id": RUN, "symbol": "AAPL", "quantity": "40", "order_id": ORDER, "account": ACCOUNT,
        "reason": "the venue dropped the exits",
    },
    "risk.ProtectionRestored": {
        "run_id": RUN, "symbol": "AAPL", "quantity": "40", "reason": "", "order_id": ORDER, "account": ACCOUNT,
    },
    "data.FeedStale": {
        "venue": ACCOUNT, "symbols": ["AAPL"], "since": "2026-03-02T14:29:00Z", "reason": "the socket is mute",
        "mode": "paper",
    },
    "data.FeedRestored": {"venue": ACCOUNT, "symbols": [], "mode": "paper"},
    "orders.Warned": {
        "run_id": RUN, "order_id": ORDER, "account": ACCOUNT, "symbol": "AAPL", "warning": "exit_refused",
        "reason": "the venue refused the stop", "time": "2026-03-02T14:30:00Z",
    },
    "account.DaySummarised": {
        "account": ACCOUNT, "mode": "paper", "asset_class": "stock", "since": "2026-02-27T21:00:00Z",
        "ended": "2026-03-02T21:00:00Z", "equity": "100250.1", "pnl": "120.5",
        "runs": [
            {"run_id": RUN, "name": "trend", "equity": "10120.5", "pnl": "120.5", "trades": 3,
             "positions": [{"symbol": "AAPL", "quantity": "40"}], "positions_total": 1},
        ],
    },
}  # fmt: skip
_numbers = count(1)


def event(type_: str, *, at: datetime = START, **payload: Any) -> Event:
    """An event of a type, as it is recorded."""
    number, whole = next(_numbers), {**PAYLOADS[type_], **payload}
    return Event(
        id=f"event-{number}", kind=Kind.EVENT, type=type_, version=1, run_id=whole.get("run_id"),
        corr_id=f"corr-{number}", ts=at, producer="test", payload=whole,
    )  # fmt: skip


def run(**fields: Any) -> Run:
    """The run that the events are of: on paper."""
    return a_run(RUN, **{"name": "trend", "mode": RunMode.PAPER, "venue": "alpaca", **fields})


def message(
    number: int = 0,
    *,
    kind: NotificationKind = NotificationKind.RUN_ERROR,
    subject: str | None = None,
    at: datetime = START,
) -> Notification:
    """One to be limited or sent."""
    return Notification(
        kind=kind, subject=f"subject {number}" if subject is None else subject, title=f"title {number}",
        lines=("a", "b"), at=at,
    )  # fmt: skip


def after(seconds: float) -> datetime:
    """So long after the start."""
    return START + timedelta(seconds=seconds)


class FakeSender:
    """Notes what it is given by URL; answers what `answer` says of it."""

    def __init__(self, answer: Callable[[str], str | None] = lambda _url: None) -> None:
        self.answer = answer
        self.sent: list[tuple[str, Notification]] = []

    def titles(self, url: str) -> list[str]:
        return [one.title for to, one in self.sent if to == url]

    async def send(self, url: str, one: Notification) -> str | None:
        self.sent.append((url, one))
        return self.answer(url)

    async def usable(self, urls: Sequence[str]) -> Sequence[bool]:
        return [not url.startswith("wrong://") for url in urls]

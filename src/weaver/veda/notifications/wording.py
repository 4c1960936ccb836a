"""Events in words for people."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from weaver.events.event import Event
from weaver.model.run import Run, RunMode
from weaver.veda.notifications.notification import Level, Notification, NotificationKind, written

TEXT_LENGTH_MAX = 500
"""Of a reason: some services take no more than a few hundred letters."""
POSITIONS_SHOWN = 10
Payload = Mapping[str, Any]
Kind = NotificationKind
KINDS: Mapping[str, NotificationKind] = {
    "run.Error": Kind.RUN_ERROR,
    "run.Halted": Kind.RUN_HALTED,
    "run.Stopped": Kind.RUN_STOPPED,
    "risk.LimitBreached": Kind.LIMIT_BREACHED,
    "risk.KillSwitchOn": Kind.KILL_SWITCH,
    "risk.KillSwitchOff": Kind.KILL_SWITCH,
    "risk.Unprotected": Kind.PROTECTION,
    "risk.ProtectionRestored": Kind.PROTECTION,
    "data.FeedStale": Kind.FEED,
    "data.FeedRestored": Kind.FEED,
    "orders.Warned": Kind.ORDER_WARNED,
    "account.DaySummarised": Kind.DAILY_SUMMARY,
}
"""By the type of event."""


def notification_of(event: Event, run: Run | None) -> Notification | None:
    """What people are told of an event of `KINDS`; None: nothing, as of a backtest. `run`: the event's, None where it
    has none or it was deleted."""
    if event.type.startswith("run.") and (run is None or run.mode is RunMode.BACKTEST):
        return None
    title, subject, lines, level = _WORDS[event.type](event.payload, _name_of(event, run))
    return Notification(
        kind=KINDS[event.type],
        subject=f"{event.type} {subject}",
        title=f"Weaver: {_line(title)}",
        lines=tuple(line for line in (*_of_run(event, run), *lines, f"When: {written(event.ts)}") if line),
        at=event.ts,
        level=level,
    )


Words = tuple[str, str, tuple[str, ...], Level]
"""Title, subject, lines, level."""


def _run_error(payload: Payload, name: str) -> Words:
    lines = (_why(payload["error"]), _look(f"/runs/{payload['run_id']}"))
    return f"run {name} failed", payload["run_id"], lines, Level.FAILURE


def _run_halted(payload: Payload, name: str) -> Words:
    lines = (_why(payload["reason"]), _look(f"/runs/{payload['run_id']}"))
    return f"run {name} is halted", payload["run_id"], lines, Level.FAILURE


def _run_stopped(payload: Payload, name: str) -> Words:
    lines = (_why(payload["reason"]), _look(f"/runs/{payload['run_id']}"))
    return f"run {name} has stopped", payload["run_id"], lines, Level.INFO


def _limit_breached(payload: Payload, name: str) -> Words:
    rule, account, symbol = payload.get("rule") or payload["limit"], payload.get("account"), payload.get("symbol")
    over = f"run {name}" if payload.get("run_id") else symbol or account or "trading"
    subject = f"{account} {payload.get('run_id')} {symbol} {rule}"
    reached = f"Limit: {payload['limit']}, reached: {payload['value']}" if payload.get("value") else ""
    lines = (_account(account), _symbol(symbol), _why(payload["reason"]), reached, _look("/risk"))
    return f"limit {rule} is breached by {over}", subject, lines, Level.FAILURE


def _kill_switch_on(payload: Payload, _name: str) -> Words:
    over = payload.get("account") or "all accounts"
    closing = "Positions are being closed" if payload.get("flatten") else ""
    lines = (f"Account: {over}", _why(payload["reason"]), closing, _look("/risk"))
    return f"the kill switch is on over {over}", over, lines, Level.FAILURE


def _kill_switch_off(payload: Payload, _name: str) -> Words:
    over = payload.get("account") or "all accounts"
    lines = (f"Account: {over}", _why(payload["reason"]), _look("/risk"))
    return f"the kill switch is off over {over}", over, lines, Level.SUCCESS


def _unprotected(payload: Payload, name: str) -> Words:
    symbol = payload["symbol"]
    lines = (_account(payload.get("account")), _held(payload), _why(payload["reason"]), _look("/account"))
    return f"{symbol} is unprotected", f"{payload.get('account')} {name} {symbol}", lines, Level.FAILURE


def _protection_restored(payload: Payload, name: str) -> Words:
    symbol = payload["symbol"]
    lines = (_account(payload.get("account")), _held(payload), _why(payload.get("reason")), _look("/account"))
    return f"{symbol} is protected again", f"{payload.get('account')} {name} {symbol}", lines, Level.SUCCESS


def _feed_stale(payload: Payload, _name: str) -> Words:
    since = f"Since: {written(datetime.fromisoformat(payload['since']))}"
    lines = (_account(payload["venue"]), _symbols(payload), _why(payload.get("reason")), since, _look("/settings"))
    return f"the feed of {payload['venue']} is stale", payload["venue"], lines, Level.WARNING


def _feed_restored(payload: Payload, _name: str) -> Words:
    lines = (_account(payload["venue"]), _symbols(payload), _look("/settings"))
    return f"the feed of {payload['venue']} is restored", payload["venue"], lines, Level.SUCCESS


def _order_warned(payload: Payload, _name: str) -> Words:
    order, warning = payload["order_id"], str(payload["warning"])
    lines = (
        _account(payload["account"]), _symbol(payload["symbol"]), f"Order: {order}", _why(payload["reason"]),
        _look(f"/orders/{order}"),
    )  # fmt: skip
    return f"order in {payload['symbol']}: {warning.replace('_', ' ')}", f"{order} {warning}", lines, Level.WARNING


def _day_summarised(payload: Payload, _name: str) -> Words:
    account, day = payload["account"], payload["ended"]
    equity = f"Equity of the account: {payload['equity']}" if payload.get("equity") is not None else ""
    runs = [line for run in payload["runs"] for line in _day_of_run(run)]
    since = f"Since: {written(datetime.fromisoformat(payload['since']))}"
    lines = (_account(account), equity, since, *runs, _look("/account"))
    title = f"{account}, {datetime.fromisoformat(day):%Y-%m-%d}: P&L {payload['pnl']}"
    return title, f"{account} {payload['asset_class']} {day} {payload['runs'][0]['run_id']}", lines, Level.INFO


def _day_of_run(run: Payload) -> tuple[str, str]:
    held = [f"{one['quantity']} {one['symbol']}" for one in run["positions"][:POSITIONS_SHOWN]]
    more = run["positions_total"] - len(held)
    positions = ", ".join(held) + (f" and {more} more" if more else "") or "none"
    figures = f"equity {run['equity']}, P&L {run['pnl']}, trades {run['trades']}"
    return _line(f"Run {run['name']}: {figures}"), f"  positions: {positions}"


_WORDS: Mapping[str, Callable[[Payload, str], Words]] = {
    "run.Error": _run_error,
    "run.Halted": _run_halted,
    "run.Stopped": _run_stopped,
    "risk.LimitBreached": _limit_breached,
    "risk.KillSwitchOn": _kill_switch_on,
    "risk.KillSwitchOff": _kill_switch_off,
    "risk.Unprotected": _unprotected,
    "risk.ProtectionRestored": _protection_restored,
    "data.FeedStale": _feed_stale,
    "data.FeedRestored": _feed_restored,
    "orders.Warned": _order_warned,
    "account.DaySummarised": _day_summarised,
}


def _name_of(event: Event, run: Run | None) -> str:
    return repr(run.name) if run is not None else str(event.run_id)


def _of_run(event: Event, run: Run | None) -> tuple[str, ...]:
    if run is not None:
        return (_line(f"Run: {run.name} ({run.id}), {run.mode}" + (f" at {run.venue}" if run.venue else "")),)
    return () if event.run_id is None else (f"Run: {event.run_id}",)


def _account(name: str | None) -> str:
    return f"Account: {name}" if name else ""


def _symbol(symbol: str | None) -> str:
    return f"Symbol: {symbol}" if symbol else ""


def _symbols(payload: Payload) -> str:
    return _line(f"Symbols: {', '.join(payload['symbols'])}") if payload.get("symbols") else ""


def _held(payload: Payload) -> str:
    return f"Position: {payload['quantity']} {payload['symbol']}"


def _why(reason: str | None) -> str:
    return _line(f"Why: {reason}") if reason else ""


def _look(path: str) -> str:
    return f"Look: {path}"


def _line(text: str) -> str:
    """One line of what others wrote, not too long, without letters that steer anything."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= TEXT_LENGTH_MAX else f"{plain[: TEXT_LENGTH_MAX - 1]}…"

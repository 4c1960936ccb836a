"""What is said of a run's event, in a line."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from weaver.cli.following.feed import RunEvent

_KINDS = {
    "orders.Created": ("order", "dim", True), "orders.Filled": ("fill", "green", True),
    "orders.PartiallyFilled": ("part fill", "green", True), "orders.Cancelled": ("cancelled", "dim", True),
    "orders.Expired": ("expired", "dim", True), "orders.Replaced": ("replaced", "dim", True),
    "orders.Rejected": ("REJECTED", "yellow", False), "strategy.Log": ("journal", "cyan", True),
    "risk.Refused": ("REFUSED", "yellow", False), "risk.LimitBreached": ("LIMIT", "bold yellow", False),
    "risk.Unprotected": ("UNPROTECTED", "bold red", False), "risk.ProtectionRestored": ("protected", "green", False),
    "run.Started": ("run", "", False), "run.Resumed": ("resumed", "", False),
    "run.Halted": ("HALTED", "bold red", False),
    "run.StopRequested": ("stopping", "", False), "run.Stopped": ("stopped", "bold", False),
    "run.Completed": ("completed", "bold", False), "run.Error": ("ERROR", "bold red", False),
    "market.BarLate": ("late bar", "yellow", True), "market.BarCorrected": ("correction", "yellow", True),
}  # fmt: skip
"""Of each type: what it is called, its colour, and whether it may be left out where too many come at once."""
_WIDTH = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One of them."""

    text: str
    style: str
    may_be_left_out: bool


def line_of(event: RunEvent) -> Line | None:
    """None: of such nothing is said."""
    kind = _KINDS.get(event.type)
    if kind is None:
        return None
    name, style, may_be_left_out = kind
    when = moment(event.payload.get("time") or event.payload.get("timestamp"))
    text = f"{when:<16}  {name:<{_WIDTH}}  {_words(event)}".rstrip()
    return Line(text=text, style=style, may_be_left_out=may_be_left_out)


def moment(time: str | None) -> str:
    """A time of the API as `2024-01-31 21:00`, UTC."""
    return "" if time is None else time[:16].replace("T", " ")


def amount(value: Any, *, sign: bool = False) -> str:
    """Money as people read it: two decimals, commas between thousands."""
    if value is None:
        return "-"
    return f"{Decimal(str(value)):+,.2f}" if sign else f"{Decimal(str(value)):,.2f}"


def _words(event: RunEvent) -> str:
    said = event.payload
    match event.type:
        case "orders.Filled" | "orders.PartiallyFilled":
            paid = "" if Decimal(said["commission"]) == 0 else f", commission {said['commission']}"
            return f"{said['side']} {said['fill_quantity']} {said['symbol']} at {said['price']}{paid}"
        case "orders.Created":
            return f"{_order(said)} {said['order_type'].replace('_', ' ')}{_prices(said)}"
        case "orders.Cancelled" | "orders.Rejected" | "orders.Expired":
            return f"{_order(said)}{_because(said.get('reason'))}"
        case "orders.Replaced":
            return _order(said)
        case "strategy.Log":
            return str(said["text"])
        case "market.BarLate" | "market.BarCorrected":
            return f"{said['symbol']} {said['timeframe']} of {moment(said['timestamp'])}"
        case "run.Started":
            return "started"
        case "run.Completed":
            return ""
        case _:
            return " ".join(str(said.get("reason") or said.get("error") or "").split())


def _order(said: dict[str, Any]) -> str:
    quantity = "" if said["quantity"] is None else f"{said['quantity']} "
    return f"{said['side']} {quantity}{said['symbol']}"


def _prices(said: dict[str, Any]) -> str:
    limit, stop = said.get("limit_price"), said.get("stop_price")
    return ("" if limit is None else f" at {limit}") + ("" if stop is None else f" from {stop}")


def _because(reason: str | None) -> str:
    return f": {' '.join(reason.split())}" if reason else ""

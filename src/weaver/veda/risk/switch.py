"""The kill switch: while it is on, nothing that adds risk is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from weaver.veda.orders.live_order import LiveOrder

EVERYWHERE = "*"
"""The scope of the switch over all accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitch:
    """One switch, over an account or over all. A change makes a new value; who turns it on twice changes the reason,
    and takes no flattening back."""

    scope: str
    """An account (`alpaca paper`), or EVERYWHERE."""
    is_on: bool = False
    reason: str = ""
    by: str = ""
    """Who turned it last: a person's name, or a part of Weaver."""
    at: datetime | None = None
    flatten: bool = False
    """Whether positions are to be closed too."""

    def on(self, *, reason: str, by: str, at: datetime, flatten: bool = False) -> "KillSwitch":
        """Turned on."""
        flattens = flatten or (self.is_on and self.flatten)
        return KillSwitch(scope=self.scope, is_on=True, reason=reason, by=by, at=at, flatten=flattens)

    def off(self, *, reason: str, by: str, at: datetime) -> "KillSwitch":
        """Released."""
        return KillSwitch(scope=self.scope, is_on=False, reason=reason, by=by, at=at)

    def as_json(self) -> dict[str, Any]:
        """To be kept."""
        at = None if self.at is None else self.at.isoformat()
        return {
            "scope": self.scope, "is_on": self.is_on, "reason": self.reason, "by": self.by, "at": at,
            "flatten": self.flatten,
        }  # fmt: skip

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """As it was kept."""
        at = kept["at"]
        return cls(**{**kept, "at": None if at is None else datetime.fromisoformat(at)})


def switch_over(switches: Mapping[str, KillSwitch], account: str) -> KillSwitch | None:
    """The switch by scope that is on for an account: that over all accounts first."""
    for scope in (EVERYWHERE, account):
        if scope in switches and switches[scope].is_on:
            return switches[scope]
    return None


def entries_among(orders: Iterable[LiveOrder]) -> tuple[LiveOrder, ...]:
    """The orders that a switch, or the end of a run in an error, cancels: those that work and do not only reduce, as
    long as nobody has asked for their cancel."""
    return tuple(order for order in orders if order.is_working and not order.reduces and order.cancel_asked is None)

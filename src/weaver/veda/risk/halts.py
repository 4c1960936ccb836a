"""What has been stopped from adding risk, and why; each halt ends by itself or by a person, as its cause says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class HaltScope(StrEnum):
    """What a halt is over."""

    RUN = "run"
    SYMBOL = "symbol"
    """One symbol of an account."""
    ACCOUNT = "account"


class HaltCause(StrEnum):
    """What brought a halt about; one of each scope, name and cause at a time."""

    DAILY_LOSS = "daily_loss"
    """Ends with the session."""
    DRAWDOWN = "drawdown"
    """Ends when a person releases it."""
    POSITION = "position"
    """A difference between the venue's holding and ours that nothing explains. Ends when it is gone."""
    SPLIT = "split"
    """Exits could not be scaled over a split. Ends when a person releases it, or they are."""
    PROTECTION = "protection"
    """A position lost its exits. Ends when it has them again."""
    MARKET = "market"
    """The venue halted the symbol, flagged it, or knows it no more. Ends when it says so."""
    VENUE = "venue"
    """Another account than the remembered one, or one that may not trade. Ends when it is not, or a person says that
    it is meant."""
    CLOCK = "clock"
    """The venue's clock and this machine's are far apart. Ends when they are not."""
    STRATEGY = "strategy"
    """Its process missed a deadline or died. Ends when it is back."""
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """One halt. It never binds an order that only reduces."""

    scope: HaltScope
    name: str
    """The run's id, the symbol, or the account."""
    cause: HaltCause
    reason: str
    since: datetime

    def covers(self, *, run_id: str | None, symbol: str, account: str) -> bool:
        """Whether it stands against an order. A manual order is no run's."""
        match self.scope:
            case HaltScope.RUN:
                return self.name == run_id
            case HaltScope.SYMBOL:
                return self.name == symbol
            case HaltScope.ACCOUNT:
                return self.name == account


@dataclass(frozen=True, slots=True, kw_only=True)
class Halts:
    """All halts of an account, oldest first. A change makes a new value."""

    items: tuple[Halt, ...] = ()

    def with_(self, halt: Halt) -> "Halts":
        """With one more; of the same scope, name and cause the first one stays, with the newer reason."""
        same = self.find(halt.scope, halt.name, halt.cause)
        if same is None:
            return Halts(items=(*self.items, halt))
        since = same.since
        newer = Halt(scope=halt.scope, name=halt.name, cause=halt.cause, reason=halt.reason, since=since)
        return Halts(items=tuple(newer if item == same else item for item in self.items))

    def without(self, scope: HaltScope, name: str, cause: HaltCause | None = None) -> "Halts":
        """Without one, or without all of a scope and name."""
        kept = [
            item
            for item in self.items
            if (item.scope, item.name) != (scope, name) or (cause is not None and item.cause is not cause)
        ]
        return Halts(items=tuple(kept))

    def find(self, scope: HaltScope, name: str, cause: HaltCause) -> Halt | None:
        """One of them, or None."""
        for item in self.items:
            if (item.scope, item.name, item.cause) == (scope, name, cause):
                return item
        return None

    def over(self, *, run_id: str | None, symbol: str, account: str) -> tuple[Halt, ...]:
        """Those that stand against an order."""
        return tuple(item for item in self.items if item.covers(run_id=run_id, symbol=symbol, account=account))

    def as_json(self) -> list[dict[str, str]]:
        """To be kept."""
        return [
            {
                "scope": item.scope, "name": item.name, "cause": item.cause, "reason": item.reason,
                "since": item.since.isoformat(),
            }
            for item in self.items
        ]  # fmt: skip

    @classmethod
    def of_json(cls, kept: Sequence[Mapping[str, Any]]) -> Self:
        """As they were kept."""
        return cls(
            items=tuple(
                Halt(
                    scope=HaltScope(one["scope"]),
                    name=one["name"],
                    cause=HaltCause(one["cause"]),
                    reason=one["reason"],
                    since=datetime.fromisoformat(one["since"]),
                )
                for one in kept
            )
        )

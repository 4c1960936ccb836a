"""Daily loss and drawdown, on equity that is marked to market: when a run, or an account, has lost enough.

Both are looked at with every mark. A breach is told once. The daily loss begins anew with each session, from the last
equity that was seen before it, so that a gap overnight counts; the drawdown lasts until a person releases it, and the
peak is then the equity of that instant.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Self
from zoneinfo import ZoneInfo

from weaver.model.market.asset_class import AssetClass
from weaver.model.numbers.money import plain
from weaver.veda.risk.halts import HaltCause
from weaver.veda.risk.limits import RiskLimits

_NEW_YORK = ZoneInfo("America/New_York")
_DECIMALS = 6
_KINDS = (HaltCause.DAILY_LOSS, HaltCause.DRAWDOWN)


def session_date(classes: Collection[AssetClass], instant: datetime) -> date:
    """The session to which a mark counts: the UTC day where all that is traded is crypto, else New York's day."""
    is_crypto = bool(classes) and all(one is AssetClass.CRYPTO for one in classes)
    return instant.astimezone(UTC if is_crypto else _NEW_YORK).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A limit that was passed: halt what it was set for."""

    cause: HaltCause
    """DAILY_LOSS or DRAWDOWN."""
    limit: Decimal
    value: Decimal
    """What was lost, as a fraction like the limit, to six decimals."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityWatch:
    """What the two limits compare with. A change makes a new value."""

    session: date | None = None
    """None: nothing was seen yet."""
    start: Decimal = Decimal(0)
    """Equity at the session's start."""
    peak: Decimal = Decimal(0)
    newest: Decimal = Decimal(0)
    breached: frozenset[HaltCause] = frozenset()
    """What has been told, and not ended."""

    def seen(self, equity: Decimal, session: date, limits: RiskLimits) -> "Seen":
        """After a mark. An older session than the watch's counts to the watch's."""
        watch, lifted = self._in_session(equity, session)
        watch = replace(watch, newest=equity, peak=max(watch.peak, equity))
        found = [breach for cause in _KINDS if (breach := watch._breach(cause, limits)) is not None]
        told = tuple(breach for breach in found if breach.cause not in watch.breached)
        watch = replace(watch, breached=watch.breached | {breach.cause for breach in told})
        return Seen(watch=watch, breaches=told, lifted=lifted)

    def released(self, cause: HaltCause) -> "EquityWatch":
        """After a person let it go on: what was lost so far counts no more."""
        left = self.breached - {cause}
        if cause is HaltCause.DRAWDOWN:
            return replace(self, peak=self.newest, breached=left)
        return replace(self, start=self.newest, breached=left)

    @property
    def daily_loss(self) -> Decimal:
        """What the session has lost, as a fraction of its start; negative where it gained."""
        return _lost(self.start, self.newest)

    @property
    def drawdown(self) -> Decimal:
        """How far equity stands under its peak, as a fraction of it."""
        return _lost(self.peak, self.newest)

    def as_json(self) -> dict[str, Any]:
        """To be kept."""
        return {
            "session": None if self.session is None else self.session.isoformat(),
            "start": plain(self.start),
            "peak": plain(self.peak),
            "newest": plain(self.newest),
            "breached": sorted(self.breached),
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """As it was kept."""
        session = kept["session"]
        return cls(
            session=None if session is None else date.fromisoformat(session),
            start=Decimal(kept["start"]),
            peak=Decimal(kept["peak"]),
            newest=Decimal(kept["newest"]),
            breached=frozenset(map(HaltCause, kept["breached"])),
        )

    def _in_session(self, equity: Decimal, session: date) -> "tuple[EquityWatch, tuple[HaltCause, ...]]":
        if self.session is None:
            return replace(self, session=session, start=equity, peak=equity), ()
        if session <= self.session:
            return self, ()
        ended = self.breached & {HaltCause.DAILY_LOSS}
        return replace(self, session=session, start=self.newest, breached=self.breached - ended), tuple(ended)

    def _breach(self, cause: HaltCause, limits: RiskLimits) -> Breach | None:
        is_daily = cause is HaltCause.DAILY_LOSS
        limit, base = (limits.daily_loss, self.start) if is_daily else (limits.drawdown, self.peak)
        if limit is None or self.newest >= base or base - self.newest < limit * base:
            return None
        what, since = ("lost", "at the session's start") if is_daily else ("fallen", "at its peak")
        lost = self.daily_loss if is_daily else self.drawdown
        reason = (
            f"equity has {what} {_percent(lost)} from {plain(base)} {since} to {plain(self.newest)}: "
            f"the limit is {_percent(limit)}"
        )
        return Breach(cause=cause, limit=limit, value=round(lost, _DECIMALS), reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a mark led to."""

    watch: EquityWatch
    breaches: tuple[Breach, ...] = ()
    """New ones: to be halted and told."""
    lifted: tuple[HaltCause, ...] = ()
    """Breaches that ended by themselves: their halts end."""


def _lost(base: Decimal, now: Decimal) -> Decimal:
    """As a fraction of `base`; all, where there was nothing to lose and less is there now."""
    if base > 0:
        return (base - now) / base
    return Decimal(1) if now < base else Decimal(0)


def _percent(fraction: Decimal) -> str:
    return f"{plain(round(fraction * 100, 2))} %"

"""Whether the venue's clock and this machine's agree: told where they do not, and entries stop where they are far off.

A clock that is off dates bars, orders and sessions wrongly. A venue on this machine has a time of its own, against
which its adapter measures (`VenueClock.skew_seconds`).
"""

from collections.abc import Callable, Mapping

from weaver.events.payloads import RiskLimitBreached
from weaver.veda.accounts.guard import Guard
from weaver.veda.exchange.market import VenueClock
from weaver.veda.risk.halts import HaltCause, HaltScope
from weaver.veda.trading.books.draft import Draft

TOLD_SECONDS, HALT_SECONDS = 2, 30
RULE = "clock_told"


class ClockWatch:
    """Shown each answer of the venue's clock. Exits go on whatever it says."""

    def __init__(self, account: str, *, guard: Guard, told: Callable[[str, Mapping[str, object]], None]) -> None:
        self.account, self._guard, self._told = account, guard, told
        self.ahead_seconds: float | None = None
        """How far the venue's clock is ahead of this machine's; None: nobody knows."""
        self._is_told = False

    @property
    def problem(self) -> str:
        """How it is off, in words; nothing where it is not."""
        return self._words(self.ahead_seconds or 0.0) if self._is_told else ""

    def see(self, draft: Draft, clock: VenueClock) -> None:
        """Tell where it is off, once; halt the account where it is far off, and let it go on where it is not."""
        self.ahead_seconds = clock.skew_seconds
        off, told = clock.skew_at_least, self._words(clock.skew_seconds)
        if off <= TOLD_SECONDS:
            self._is_told = False
        elif not self._is_told:
            self._tell(draft, off, told)
        if off <= HALT_SECONDS:
            self._guard.lift(draft, HaltScope.ACCOUNT, self.account, HaltCause.CLOCK)
            return
        standing = self._guard.halts.find(HaltScope.ACCOUNT, self.account, HaltCause.CLOCK)
        reason = f"{told}, and the limit is {HALT_SECONDS} s: set this machine's clock"
        self._guard.halt(
            draft, HaltScope.ACCOUNT, self.account, HaltCause.CLOCK, reason if standing is None else standing.reason,
            limit=str(HALT_SECONDS), value=f"{off:.1f}",
        )  # fmt: skip

    def _tell(self, draft: Draft, off: float, told: str) -> None:
        self._told("clock_is_off", {"account": self.account, "reason": told})
        draft.say(
            RiskLimitBreached(
                run_id=None, rule=RULE, limit=str(TOLD_SECONDS), value=f"{off:.1f}", account=self.account,
                reason=f"{told}; past {HALT_SECONDS} s entries stop",
            )
        )  # fmt: skip
        draft.then(lambda: setattr(self, "_is_told", True))

    def _words(self, ahead: float) -> str:
        return f"the venue's clock is {abs(ahead):.1f} s {'ahead of' if ahead > 0 else 'behind'} this machine's"

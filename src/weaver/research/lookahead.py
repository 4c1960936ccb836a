"""The look-ahead check: does anything that a run decided depend on bars that had not closed?

The run is repeated as it was: what differs then is the strategy's own doing. After that, whatever it keeps in its
class or module is put back before each step: its own indicators are computed again on prefixes of their inputs, and the
run is repeated on bars cut right after its decisions. How many of either depends on the number of bars alone.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from weaver.greta.decisions import Decision, RecordingAccount, first_difference, sample
from weaver.greta.engine import Engine, Progress
from weaver.marvin.prefix_check import Difference, Uncomputable
from weaver.marvin.prefix_check import first_difference as first_indicator_difference
from weaver.marvin.runtime import Runtime
from weaver.marvin.series import Series
from weaver.model.errors import StrategyError, WeaverError
from weaver.research.cut import is_fair
from weaver.research.memory import Memory
from weaver.research.run import Plan

PREFIXES_MIN, PREFIXES_MAX = 64, 1_500
PREFIX_VALUES = 20_000_000
"""How many values the strategy's own functions are given in all, beyond the least number of prefixes."""
CUTS_MIN, CUTS_MAX = 12, 64
CUT_TICKS = 3_000_000
"""How many ticks the repeated runs visit in all, beyond the least number of cuts."""

LiveEngine = Engine[Runtime]


class Finding(NamedTuple):
    """What the check found: a code and a sentence."""

    code: str
    message: str


def check(plan: Plan, engine: LiveEngine, before: Memory, progress: Progress) -> list[Finding]:
    """Recompute, repeat and cut a finished run; `before` is what the strategy's class kept before it.

    Slower than the run itself. Its result is left alone, and so is what it left in the class, unless that looks ahead.
    """
    after = Memory(plan.strategy.cls)
    found = _Check(plan, engine, before.recall, progress).findings()
    if not any(finding.code == "lookahead" for finding in found):
        after.recall()
    return found


def outcome(engine: LiveEngine) -> list[tuple[object, ...]]:
    """Orders and fills, as values."""
    orders = [
        (order.number, order.symbol, order.sign, order.units, order.status, order.filled)
        for order in engine.account.orders
    ]
    fills = [(row.order.number, row.units, row.price, row.bar, row.commission) for row in engine.ledger.fills]
    return [*orders, *fills]


class _Check:
    """One check of one run. `forget` puts back what the strategy's class and module kept before the run."""

    def __init__(self, plan: Plan, engine: LiveEngine, forget: Callable[[], None], progress: Progress) -> None:
        self._plan, self._engine, self._forget, self._progress = plan, engine, forget, progress
        self._whole: list[Decision] = []
        self._moments: list[int] = []

    def findings(self) -> list[Finding]:
        again = self._plan.engine(progress=_ignore, account=RecordingAccount)
        self._progress(0.1)
        if outcome(again) != outcome(self._engine):
            return [_not_deterministic(_where(self._engine, again))]
        self._whole = _decisions(again)
        self._moments = [decision.time for decision in self._whole]
        doubts: list[Finding] = []
        for found in (self._indicators(again), self._cuts(len(again.ticks))):
            if found is not None and found.code != "lookahead_unchecked":
                return [found]
            if found is not None:
                doubts.append(found)
        return doubts[:1]

    # Indicators

    def _indicators(self, engine: LiveEngine) -> Finding | None:
        """The strategy's own functions on prefixes: at decisions, and spread over the run."""
        several = engine.runtime.clock.user_series
        failed: Finding | None = None
        for done, series in enumerate(several):
            found = first_indicator_difference(series, self._prefixes(engine, series, len(several)), self._forget)
            if isinstance(found, Difference):
                return _differs(found)
            if isinstance(found, Uncomputable):
                failed = failed or _uncomputable(found)
            self._progress(0.1 + 0.4 * (done + 1) / len(several))
        return failed

    def _prefixes(self, engine: LiveEngine, series: Series, shares: int) -> list[int]:
        """Where to cut: at all decisions if their number allows it, and with what is left at other bars."""
        ends = series.timeline.ends
        count = int(np.clip(PREFIX_VALUES // shares // max(len(ends) // 2, 1), PREFIXES_MIN, PREFIXES_MAX))
        decided = set(sample(self._moments, count))
        first, last = (int(engine.ticks[k]) for k in (engine.first, engine.last))
        others = ends[np.searchsorted(ends, first) : np.searchsorted(ends, last, side="right")].tolist()
        rest = [moment for moment in others if moment not in decided]
        return sorted({*decided, *sample(rest, max(count - len(decided), 20))})

    # Cuts

    def _cuts(self, ticks: int) -> Finding | None:
        """The run repeated on bars cut right after some of its decisions."""
        count = int(np.clip(CUT_TICKS // max(ticks // 2, 1), CUTS_MIN, CUTS_MAX))
        first = int(self._engine.ticks[self._engine.first])  # what was decided in on_start needs one bar to run on
        moments = sorted({max(moment, first) for moment in sample(self._moments, count)})
        cuts = [moment for moment in moments if is_fair(self._plan.listings, moment)]
        failed: Finding | None = None
        for done, moment in enumerate(cuts):
            found = self._cut(moment)
            if found is not None and found.code != "lookahead_unchecked":
                return found
            failed = failed or found
            self._progress(0.5 + 0.5 * (done + 1) / len(cuts))
        return failed

    def _cut(self, moment: int) -> Finding | None:
        try:
            found = self._first_difference(moment)
            if found is not None and found != self._first_difference(moment):
                return _not_deterministic(found.text)
        except StrategyError as error:
            if str(error).startswith("indicator "):
                return _cannot(f"the run cannot be repeated on the bars up to {_when(moment)} ({error})")
            fails = f"the strategy fails ({error}) when the bars end at {_when(moment)}, and did not when they went on"
            return _looks_ahead(fails, "it depends on later bars")
        except WeaverError as error:
            return _cannot(f"the run cannot be repeated on the bars up to {_when(moment)} ({error})")
        if found is None:
            return None
        otherwise = f"{found.text} at {_when(found.time)} is decided otherwise when the bars end at {_when(moment)}"
        return _looks_ahead(otherwise, "it depends on later bars")

    def _first_difference(self, moment: int) -> Decision | None:
        self._forget()
        cut = self._plan.engine(progress=_ignore, account=RecordingAccount, until=moment)
        return first_difference(self._whole, _decisions(cut), moment)


def _decisions(engine: LiveEngine) -> list[Decision]:
    account = engine.account
    assert isinstance(account, RecordingAccount)
    reason = engine.runtime.stop_reason
    if reason is None:
        return account.decisions
    return [*account.decisions, Decision(int(engine.ticks[engine.last]), "the end of the run", (reason,))]


def _where(engine: LiveEngine, again: LiveEngine) -> str:
    first = next((k for k, (a, b) in enumerate(zip(outcome(engine), outcome(again), strict=False)) if a != b), None)
    orders: Sequence[object] = engine.account.orders
    return f"order {first + 1}" if first is not None and first < len(orders) else "the number of orders or fills"


def _differs(found: Difference) -> Finding:
    if found.is_repeat:
        return _not_deterministic(f"{found.label} at {_when(found.time)}, {found.whole!r} and then {found.cut!r},")
    values = f"is {found.whole!r} in the run, but {found.cut!r} on the bars that had closed by then"
    return _looks_ahead(f"{found.label} at {_when(found.time)} {values}", "it uses later bars")


def _looks_ahead(what: str, why: str) -> Finding:
    return Finding("lookahead", f"LOOK-AHEAD: {what}: {why}, and the result cannot be believed")


def _not_deterministic(what: str) -> Finding:
    return Finding(
        "not_deterministic",
        f"the same run, repeated, gave another result ({what} differs): the strategy is not deterministic "
        "(use self.random for chance, and keep nothing outside of the strategy)",
    )


def _uncomputable(found: Uncomputable) -> Finding:
    return _cannot(f"{found.label} cannot be computed on the bars up to {_when(found.time)} ({found.reason})")


def _cannot(what: str) -> Finding:
    return Finding("lookahead_unchecked", f"{what}: whether it looks ahead is not known")


def _when(nanoseconds: int) -> str:
    return str(np.datetime64(nanoseconds, "ns").astype("datetime64[s]")).replace("T", " ")


def _ignore(done: float) -> None:
    del done

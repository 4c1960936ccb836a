"""The look-ahead check: does anything that a run decided depend on bars that had not closed?

The run is repeated as it was: what differs then is the strategy's own doing. After that, whatever it keeps in its
class or module is put back before each step: its own indicators are computed again on prefixes of their inputs, and the
run is repeated on bars cut right after its decisions. How many of either depends on what the run itself took.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from weaver.greta.decisions import Decision, decisions_of, first_difference
from weaver.greta.doubts.gravity import FATAL
from weaver.greta.finished_run import FinishedRun
from weaver.greta.recorded_account import RecordedAccount
from weaver.greta.setup import Progress
from weaver.marvin.series.prefix_check import Difference, PrefixCheck, Uncomputable, shared_computations
from weaver.marvin.series.series import Series
from weaver.model.counted import counted
from weaver.model.errors import IndicatorFailed, StrategyError, WeaverError
from weaver.model.orders.order import Order
from weaver.research.cut import fair
from weaver.research.lookahead.effort import Stopwatch, within
from weaver.research.lookahead.memory import Memory
from weaver.research.lookahead.sampling import sample, spread
from weaver.research.run import Plan, Ran, no_collection

RUNS, SECONDS = 1.0, 0.45
"""What all that follows the repeated run may take: so many times what that took, and so much beside."""
CUTS_SHARE_MIN, CUTS_SHARE_MAX = 0.3, 0.5
"""How much of it is kept for cuts where indicators come first."""
PREFIXES_MIN, PREFIXES_WANTED, PREFIXES_MAX = 3, 20, 1_500
EARLY = (1 / 8, 1 / 5, 1 / 3)
"""Where the prefixes lie that are computed in any case."""
CUTS_MIN, CUTS_MAX = 3, 64
PREFIX_AT_LEAST, CUT_AT_LEAST = 1_000, 0.1
"""What the shortest prefix, and the earliest cut, costs: as much as so many bars more, so much of a run."""


class Finding(NamedTuple):
    """What the check found: a code and a sentence."""

    code: str
    message: str


class Checked(NamedTuple):
    """What the check found, and at how many places it looked."""

    findings: list[Finding]
    indicators: int
    """Computations of the strategy's own, and the least and most prefixes that one was repeated on."""
    prefixes_min: int
    prefixes_max: int
    cuts: int
    """Runs on bars that were cut right after a decision."""

    @property
    def text(self) -> str:
        """The places looked at, in words."""
        cuts = counted(self.cuts, "shorter run")
        if not self.indicators:
            return f"the run repeated, and {cuts}"
        prefixes = f"{self.prefixes_min:,}" + (
            f" to {self.prefixes_max:,}" if self.prefixes_min < self.prefixes_max else ""
        )
        own = "own indicator" if self.indicators == 1 else f"{self.indicators} own indicators"
        return f"the run repeated, {own} on {prefixes} shorter rows, and {cuts}"


def check(plan: Plan, ran: Ran, before: Memory, progress: Progress) -> Checked:
    """Recompute, repeat and cut a finished run; `before` is what the strategy's class kept before it.

    Its result is left alone, and so is what it left in the class, unless that looks ahead.
    """
    after = Memory(plan.strategy.cls)
    checked = _Check(plan, ran, before.recall, progress).checked()
    if not any(finding.code == "lookahead" for finding in checked.findings):
        after.recall()
    return checked


def is_repeated(ran: Ran, again: Ran) -> bool:
    """Whether a second run placed the same orders and had the same fills."""
    first, second = ran.finished.fills, again.finished.fills
    if any(getattr(first, column) != getattr(second, column) for column in ("numbers", "units", "bars")):
        return False
    if (first.amounts.prices, first.amounts.commissions) != (second.amounts.prices, second.amounts.commissions):
        return False
    # A plain order that filled at once is its fill; all others are kept.
    one, other = (
        {order.number: order for order in (*run.finished.book, *run.finished.fills.kept.values())}
        for run in (ran, again)
    )
    same = (_terms(one[number]) == _terms(other[number]) for number in one.keys() & other.keys())
    return ran.runtime.desk.number == again.runtime.desk.number and all(same)


def _terms(order: Order) -> tuple[object, ...]:
    return (order.number, order.symbol, order.sign, order.units, order.status, order.filled)


class _Check:
    """One check of one run. `forget` puts back what the strategy's class and module kept before the run."""

    def __init__(self, plan: Plan, ran: Ran, forget: Callable[[], None], progress: Progress) -> None:
        self._plan, self._ran, self._forget, self._progress = plan, ran, forget, progress
        self._seconds = Stopwatch()
        self._run_seconds = 0.0
        self._whole: list[Decision] = []
        self._moments: list[int] = []
        self._prefixes: list[int] = []
        self._cuts_done = 0

    def checked(self) -> Checked:
        findings = self._findings()
        self._progress(1.0)
        places = self._prefixes or [0]
        return Checked(findings, len(self._prefixes), min(places), max(places), self._cuts_done)

    def _findings(self) -> list[Finding]:
        with no_collection():
            again = self._plan.run(progress=_ignore, account=RecordedAccount)
        self._run_seconds = max(self._seconds(), 1e-6)
        self._progress(0.3)
        if not is_repeated(self._ran, again):
            return [_not_deterministic(_where(self._ran.finished, again.finished))]
        self._whole = decisions_of(again.finished)
        self._moments = [decision.time for decision in self._whole]
        end = self._run_seconds * (1 + RUNS) + SECONDS
        doubts: list[Finding] = []
        for found in self._steps(again, end):
            if found is not None and found.code in FATAL:
                return [found]
            if found is not None and all(found.code != other.code for other in doubts):
                doubts.append(found)
        return doubts

    def _steps(self, again: Ran, end: float) -> Iterator[Finding | None]:
        """What each step found, in their order; a step begins when it is asked for."""
        yield from self._indicators(again, end)
        yield self._cuts(again.finished, end)

    # Indicators

    def _indicators(self, again: Ran, end: float) -> Iterator[Finding | None]:
        """The strategy's own functions on prefixes: at decisions, and spread over the run."""
        computations = shared_computations(again.runtime.clock.user_series)
        spare = end - self._run_seconds
        kept = (
            float(np.clip(self._run_seconds, CUTS_SHARE_MIN * spare, CUTS_SHARE_MAX * spare)) if self._moments else 0.0
        )
        for done, outputs in enumerate(computations):
            now = self._seconds()
            until = now + (end - kept - now) / (len(computations) - done)
            places = self._places(again.finished, outputs[0])
            prefixes = PrefixCheck(outputs, self._forget)
            steps = within(
                places, lambda count: count + PREFIX_AT_LEAST, seconds=self._seconds, until=until, least=PREFIXES_MIN
            )
            found = prefixes.first_difference(steps)
            self._prefixes.append(prefixes.places)
            self._progress(0.3 + 0.4 * (done + 1) / len(computations))
            if isinstance(found, Difference):
                yield _differs(found)
            elif isinstance(found, Uncomputable):
                yield _uncomputable(found)
            elif prefixes.places < min(PREFIXES_WANTED, len(places)):
                yield _sampled(outputs[0].label, prefixes.places)

    def _places(self, run: FinishedRun, series: Series) -> list[int]:
        """How many bars to compute on: what is computed in any case, then three at a decision for one elsewhere."""
        ends = series.timeline.ends
        first, last = (run.instant(tick) for tick in (run.first, run.last))
        begun, over = (int(np.searchsorted(ends, moment, side="right")) for moment in (first, last))
        most = min(over, len(ends) - 1)
        decided = np.unique(np.searchsorted(ends, np.asarray(self._moments, dtype=np.int64), side="right"))
        decided = decided[(decided > 0) & (decided <= most)]
        others = np.setdiff1d(np.arange(max(begun, 1), most + 1), decided, assume_unique=True)
        known = decided if len(decided) else others
        early = [int(known[np.argmin(np.abs(known - len(ends) * share))]) for share in EARLY if len(known)]
        several, rest = (row[spread(len(row), PREFIXES_MAX)] for row in (decided, others))
        turns = np.concatenate([np.arange(len(several)) * 4 // 3, np.arange(len(rest)) * 4 + 3])
        mixed = np.concatenate([several, rest])[np.argsort(turns, kind="stable")]
        return list(dict.fromkeys([*early, *mixed.tolist()]))[:PREFIXES_MAX]

    # Cuts

    def _cuts(self, run: FinishedRun, end: float) -> Finding | None:
        """The run repeated on bars cut right after some of its decisions."""
        first = run.instant(run.first)  # what was decided in on_start needs one bar to run on
        moments = fair(self._plan.listings, np.unique(np.maximum(np.asarray(self._moments, dtype=np.int64), first)))
        visited = np.searchsorted(run.ticks, moments) + 1 - run.first
        share = dict(zip(moments.tolist(), (visited / (run.last + 1 - run.first)).tolist(), strict=True))
        runs = (end - self._seconds()) / self._run_seconds
        chosen = _chosen(share, runs)
        failed: Finding | None = None
        steps = within(
            chosen,
            lambda moment: share[moment] + CUT_AT_LEAST,
            seconds=self._seconds,
            until=end,
            least=1,
            rate=self._run_seconds,
        )
        for moment in steps:
            found = self._cut(moment)
            if found is not None and found.code in FATAL:
                return found
            if found is None and not self._cuts_done:
                failed = None  # a run may need some bars to begin with; later cuts have no such excuse
            self._cuts_done += found is None
            failed = failed or found
            self._progress(0.7 + 0.3 * self._cuts_done / len(chosen))
        return failed

    def _cut(self, moment: int) -> Finding | None:
        try:
            found = self._first_difference(moment)
            if found is not None and found != self._first_difference(moment):
                return _not_deterministic(found.text)
        except IndicatorFailed as error:
            return _cannot(f"the run cannot be repeated on the bars up to {_when(moment)} ({error})")
        except StrategyError as error:
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
        with no_collection():
            cut = self._plan.run(progress=_ignore, account=RecordedAccount, until=moment)
        return first_difference(self._whole, decisions_of(cut.finished), moment)


def _chosen(share: dict[int, float], runs: float) -> list[int]:
    """The moments to cut at whose runs come to about `runs` whole ones; `share` is how much of one each takes."""
    moments = sorted(share)
    count = int(np.clip(2 * runs, 0, CUTS_MAX))
    if count > CUTS_MIN:
        return sample(moments, count)
    early = [moment for moment in moments if share[moment] * (CUTS_MIN + 1) <= 2 * runs]
    return sample(early or moments[:1], CUTS_MIN)


def _where(run: FinishedRun, again: FinishedRun) -> str:
    pairs = zip(run.orders, again.orders, strict=False)
    first = next((order for order, other in pairs if _terms(order) != _terms(other)), None)
    return f"order {first.number}" if first is not None else "the number of orders or fills"


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


def _sampled(label: str, places: int) -> Finding:
    shorter = f"{label} could be computed again on {places} shorter rows only, in the time that the check takes at most"
    return Finding(
        "lookahead_sampled",
        f"{shorter} ({PREFIXES_WANTED} or more tell more): a seldom look ahead may have been missed",
    )


def _cannot(what: str) -> Finding:
    return Finding("lookahead_unchecked", f"{what}: whether it looks ahead is not known")


def _when(nanoseconds: int) -> str:
    return str(np.datetime64(nanoseconds, "ns").astype("datetime64[s]")).replace("T", " ")


def _ignore(done: float) -> None:
    del done

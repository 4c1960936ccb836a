"""The look-ahead check: does anything that a run decided depend on bars that had not closed?"""

from typing import NamedTuple

import numpy as np

from weaver.greta.decisions import Decision, RecordingAccount, first_difference, sample
from weaver.greta.engine import Engine, Progress
from weaver.marvin.prefix_check import first_difference as first_indicator_difference
from weaver.marvin.runtime import Runtime
from weaver.research.run import Plan

PREFIXES = 64
CUTS = 20
CUT_TICKS = 4_000_000
"""How many ticks the repeated runs may visit in all, beyond the first few."""


class Finding(NamedTuple):
    """What the check found: a code and a sentence."""

    code: str
    message: str


def check(plan: Plan, engine: Engine[Runtime], progress: Progress) -> list[Finding]:
    """Recompute, repeat and cut a finished run. Slower than the run itself; changes nothing of it."""
    again = plan.engine(progress=_ignore, account=RecordingAccount)
    progress(0.2)
    if outcome(again) != outcome(engine):
        return [Finding("not_deterministic", _nondeterministic(engine, again))]
    whole = _decisions(again)
    moments = [decision.time for decision in whole]
    found = _indicators(again, moments)
    if found is None:
        found = _cuts(plan, whole, moments, len(engine.ticks), progress)
    return [] if found is None else [found]


def outcome(engine: Engine[Runtime]) -> list[tuple[object, ...]]:
    """Orders and fills, as values."""
    orders = [(order.number, order.symbol, order.sign, order.units, order.status, order.filled) for order in engine.account.orders]
    fills = [(row.order.number, row.units, row.price, row.commission, row.bar) for row in engine.ledger.fills]
    return [*orders, *fills]


def _indicators(engine: Engine[Runtime], moments: list[int]) -> Finding | None:
    """The strategy's own functions on prefixes: at decisions, and spread over the run."""
    ticks = engine.ticks[engine.first : engine.last + 1]
    spread = ticks[np.linspace(0, len(ticks) - 1, min(20, len(ticks))).astype(int)].tolist()
    at = sorted({*sample(moments, PREFIXES), *spread})
    for series in engine.runtime.clock.user_series:
        found = first_indicator_difference(series, at)
        if found is not None:
            return Finding(
                "lookahead",
                f"LOOK-AHEAD: {found.label} at {_when(found.time)} is {found.whole!r} in the run, but {found.cut!r} "
                "on the bars that had closed by then: it uses later bars, and the result cannot be believed",
            )
    return None


def _cuts(plan: Plan, whole: list[Decision], moments: list[int], ticks: int, progress: Progress) -> Finding | None:
    """The run repeated on bars cut right after some of its decisions."""
    count = max(5, min(CUTS, CUT_TICKS // max(ticks, 1)))
    cuts = sample(moments, count)
    for done, moment in enumerate(cuts):
        cut = plan.engine(progress=_ignore, account=RecordingAccount, until=moment)
        found = first_difference(whole, _decisions(cut), moment)
        if found is not None:
            return Finding(
                "lookahead",
                f"LOOK-AHEAD: {found.text} at {_when(found.time)} is decided otherwise when the bars end at "
                f"{_when(moment)}: it depends on later bars, and the result cannot be believed",
            )
        progress(0.2 + 0.8 * (done + 1) / len(cuts))
    return None


def _decisions(engine: Engine[Runtime]) -> list[Decision]:
    account = engine.account
    assert isinstance(account, RecordingAccount)
    return account.decisions


def _nondeterministic(engine: Engine[Runtime], again: Engine[Runtime]) -> str:
    first = next((k for k, (a, b) in enumerate(zip(outcome(engine), outcome(again), strict=False)) if a != b), None)
    orders = engine.account.orders
    where = f"order {orders[first].id} differs" if first is not None and first < len(orders) else "they differ"
    return f"the same run, repeated, gave another result ({where}): the strategy is not deterministic (use self.random for chance)"


def _when(nanoseconds: int) -> str:
    return str(np.datetime64(nanoseconds, "ns").astype("datetime64[s]")).replace("T", " ")


def _ignore(done: float) -> None:
    del done

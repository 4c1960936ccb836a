"""Results put beside each other in time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.result import BacktestResult
from weaver.greta.results.statistics import session_bounds
from weaver.model.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Members:
    """Several results over the sessions that all of them cover."""

    results: Mapping[str, BacktestResult]
    currency: str
    timestamp: NDArray[np.int64]
    """Every stamp of any of them, ns, rising, shape (rows,)."""
    session: NDArray[np.integer[Any]]
    """The day of each row, not falling."""
    growth: Floats
    """Equity ÷ what it was before the first row, shape (rows, results): the newest known, where one has no bar."""
    before: Floats
    """Each one's equity before the first row, shape (results,)."""
    benchmark: Floats
    """Each one's benchmark ÷ what it was before the first row, shape (rows, results)."""
    returns_per_year: float
    """Of the one that has the most sessions."""
    years: float
    cut: tuple[str, ...]
    """Those that have sessions which are left out."""

    def session_returns(self) -> Floats:
        """The return of each in each session, shape (sessions, results)."""
        _, last = session_bounds(self.session)
        ends = np.concatenate((np.ones((1, len(self.results))), self.growth[last]))
        returns: Floats = ends[1:] / ends[:-1] - 1.0
        return returns


def members_of(results: Iterable[BacktestResult] | Mapping[str, BacktestResult]) -> Members:
    """Results by name, over the sessions that they share; names of a list are those of the strategies.

    Raises InputError where there are none, currencies differ, no session is shared, or one lost everything.
    """
    named = _named(results)
    currency = _currency(named)
    first = max(int(one.session[0]) for one in named.values())
    last = min(int(one.session[-1]) for one in named.values())
    if first > last:
        late = max(named, key=lambda name: int(named[name].session[0]))
        early = min(named, key=lambda name: int(named[name].session[-1]))
        raise InputError(
            f"{late} begins on {np.datetime64(first, 'D')} and {early} ends on {np.datetime64(last, 'D')}: "
            "combine results that share some sessions"
        )
    spans = {name: _span(one, first, last) for name, one in named.items()}
    stamps = np.unique(np.concatenate([one.curve.timestamp[spans[name]] for name, one in named.items()]))
    columns = [_columns(name, one, spans[name], stamps) for name, one in named.items()]
    densest = max(named, key=lambda name: _sessions(named[name], spans[name]))
    per_year = named[densest].returns_per_year
    return Members(
        results=named,
        currency=currency,
        timestamp=stamps,
        session=_session(named, spans, stamps),
        growth=np.stack([growth for growth, _, _ in columns], axis=1),
        before=np.array([before for _, before, _ in columns]),
        benchmark=np.stack([benchmark for _, _, benchmark in columns], axis=1),
        returns_per_year=per_year,
        years=_sessions(named[densest], spans[densest]) / per_year,
        cut=tuple(name for name, one in named.items() if spans[name] != slice(0, len(one.session))),
    )


def _named(results: Iterable[BacktestResult] | Mapping[str, BacktestResult]) -> dict[str, BacktestResult]:
    given = dict(results) if isinstance(results, Mapping) else {}
    if not isinstance(results, Mapping):
        for one in results:
            name, number = _name(one), 2
            while name in given:
                name, number = f"{_name(one)} {number}", number + 1
            given[name] = one
    if not given:
        raise InputError("results: there are none to combine: give a list of what weaver.backtest gave")
    for name, one in given.items():
        if not isinstance(one, BacktestResult):
            raise InputError(f"results: {name} is {one!r}, not what weaver.backtest gave")
        if not len(one.session):
            raise InputError(f"results: {name} has no rows of equity: leave it out")
    return given


def _name(result: object) -> str:
    return result.strategy if isinstance(result, BacktestResult) else "one of them"


def _currency(named: Mapping[str, BacktestResult]) -> str:
    currencies = {name: next(iter(one.run["data"].values()))["quote_currency"] for name, one in named.items()}
    first, *others = currencies.items()
    for name, currency in others:
        if currency != first[1]:
            raise InputError(f"{first[0]} is in {first[1]} and {name} in {currency}: combine results of one currency")
    return str(first[1])


def _span(result: BacktestResult, first: int, last: int) -> slice:
    """The rows within sessions from `first` to `last`."""
    start, stop = np.searchsorted(result.session, [first, last + 1]).tolist()
    return slice(start, stop)


def _sessions(result: BacktestResult, span: slice) -> int:
    return len(session_bounds(result.session[span])[0])


def _columns(name: str, result: BacktestResult, span: slice, stamps: NDArray[np.int64]) -> tuple[Floats, float, Floats]:
    """Growth at each stamp, equity before the first, and the benchmark's growth."""
    curve = result.curve
    initial = float(result.stats["initial_equity"] or 0.0)
    place = np.searchsorted(curve.timestamp[: span.stop], stamps, side="right") - 1
    found = []
    for values in (curve.equity, curve.benchmark):
        before = float(values[span.start - 1]) if span.start else initial
        at = np.where(place >= 0, values[np.maximum(place, 0)], initial)
        if not before > 0.0:
            before = np.nan
        found.append((at / before, before))
    (growth, before), (benchmark, _) = found
    if not (growth > 0.0).all():
        raise InputError(f"{name} has lost all it had (its equity is not above 0): leave it out")
    return growth, before, benchmark


def _session(
    named: Mapping[str, BacktestResult], spans: Mapping[str, slice], stamps: NDArray[np.int64]
) -> NDArray[np.integer[Any]]:
    """Of each stamp the latest session of any result that has it, and never an earlier one than before."""
    session = np.full(len(stamps), np.iinfo(np.int64).min)
    for name, one in named.items():
        place = np.searchsorted(stamps, one.curve.timestamp[spans[name]])
        session[place] = np.maximum(session[place], one.session[spans[name]])
    found: NDArray[np.int64] = np.maximum.accumulate(session)
    return found

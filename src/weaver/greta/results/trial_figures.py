"""The figures of a run that is one of many on the same bars: without its curve, and with all that the bars alone say
found out once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.exact_sums import levels, total
from weaver.greta.ledger.fill_columns import fill_columns, ticks_of
from weaver.greta.results.buy_and_hold import Rows, benchmark, hold
from weaver.greta.results.calendar_time import CalendarTime, calendar_time
from weaver.greta.results.curve import curve_of
from weaver.greta.results.equity.equity_pieces import EquityPieces
from weaver.greta.results.equity.equity_rows import equity_rows
from weaver.greta.results.figures import figures_of
from weaver.greta.results.statistics import Stats, session_bounds, session_returns, statistics
from weaver.greta.results.trades import Trades
from weaver.model.listing import Listing
from weaver.model.numbers.money import CASH_ONE

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrialFigures:
    """What a trial came to."""

    stats: Stats
    """As `figures_of` has them, to the last digit."""
    sessions: NDArray[np.int32]
    """The days (since the epoch) of its returns."""
    returns: Floats | None
    """By session; None where they are undefined."""
    returns_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Bars:
    """What the bars of a run say, whatever was traded on them."""

    time: CalendarTime
    sessions: NDArray[np.int32]
    last_rows: NDArray[np.intp]
    returns_per_year: float
    close: Floats
    benchmark_at: Callable[[Rows], Floats]


class TrialsFigures:
    """The figures of runs on the same bars. `against`: a benchmark other than the run's own symbols."""

    def __init__(self, against: Listing | None) -> None:
        self._against = against
        self._known: dict[tuple[int, int], _Bars] = {}

    def of(self, run: FinishedRun) -> TrialFigures:
        """Those of a run."""
        prices = next(iter(run.prices.values()))
        is_plain = len(run.prices) == 1 and prices.tick_of_bar is None and prices.scale.margin is None
        if not is_plain or run.flows or run.last < run.first:
            return self._by_curve(run)
        bars = self._bars(run)
        columns = fill_columns(run.fills, run.prices)
        ticks = ticks_of(columns, slice(None), prices, run.last) - run.first
        moves = -np.sign(columns.units) * columns.value - columns.commission
        starts = np.concatenate((np.zeros(1, dtype=np.int64), ticks))
        is_seen = np.diff(starts, append=len(bars.close)) > 0
        held = levels(0, columns.units, prices.scale.quantity_one)
        equity = EquityPieces(
            bars.close,
            starts[is_seen],
            held[is_seen],
            levels(run.rules.cash_units, moves, CASH_ONE)[is_seen],
            multiplier=float(prices.scale.multiplier),
        )
        cash = float(run.rules.cash)
        stats = statistics(
            session=bars.time.session,
            equity=equity,
            initial_equity=cash,
            trades=Trades(run, columns).columns,
            sessions_per_year=bars.time.per_year,
            sessions_covered=bars.time.covered,
            benchmark=bars.benchmark_at,
            exposed=equity.exposed_rows / len(equity),
            traded_value=total(columns.value, CASH_ONE),
            commission=total(columns.commission, CASH_ONE),
            slippage=float(columns.slippage.sum()),
        )
        returns = session_returns(equity[bars.last_rows], cash)
        return TrialFigures(
            stats=stats, sessions=bars.sessions, returns=returns, returns_per_year=bars.returns_per_year
        )

    def _by_curve(self, run: FinishedRun) -> TrialFigures:
        """Of several symbols, or where more than fills moved cash: by the whole curve."""
        columns = fill_columns(run.fills, run.prices)
        curve = curve_of(run, columns, self._against)
        figures = figures_of(run, columns, curve, Trades(run, columns).columns)
        _, last_rows = session_bounds(figures.session)
        return TrialFigures(
            stats=figures.stats,
            sessions=figures.session[last_rows].astype(np.int32),
            returns=session_returns(curve.equity[last_rows], float(run.rules.cash)),
            returns_per_year=figures.returns_per_year,
        )

    def _bars(self, run: FinishedRun) -> _Bars:
        key = run.first, run.last
        if key not in self._known:
            self._known[key] = self._found(run)
        return self._known[key]

    def _found(self, run: FinishedRun) -> _Bars:
        (prices,) = run.prices.values()
        rows, cash = equity_rows((prices,), len(run.ticks), run.first, run.last), float(run.rules.cash)
        time = calendar_time(run, rows.session)
        _, last_rows = session_bounds(time.session)
        close = prices.listing.bars.close[run.first : run.last + 1]
        if self._against is None:
            held: Callable[[Rows], Floats] = partial(hold, prices, rows, None, close, cash)
        else:
            held = benchmark(self._against, rows, run.ticks[rows.ticks], cash)
        return _Bars(
            time=time,
            sessions=time.session[last_rows].astype(np.int32),
            last_rows=last_rows,
            returns_per_year=len(last_rows) * time.per_year / time.covered,
            close=close,
            benchmark_at=held,
        )

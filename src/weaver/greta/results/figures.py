"""The figures of a finished run, from its columns: what a result shows, and all that a trial of a sweep keeps."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.exact_sums import total
from weaver.greta.ledger.fill_columns import FillColumns
from weaver.greta.results.calendar_time import calendar_time
from weaver.greta.results.curve import Curve
from weaver.greta.results.statistics import Stats, TradeColumns, statistics
from weaver.model.numbers.money import CASH_ONE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figures:
    """What a run came to."""

    stats: Stats
    """Every statistic by its name; None where it cannot be said."""
    session: NDArray[np.integer[Any]]
    """The day by which the return of each row of equity is grouped, since the epoch."""
    returns_per_year: float
    """How many returns by session, or by longer bars, there are in a year."""
    traded_value: float
    """Σ |quantity x price| over all fills, both sides."""


def figures_of(run: FinishedRun, columns: FillColumns, curve: Curve, trades: TradeColumns) -> Figures:
    """All statistics of a run, of its fills, its curve and its closed trades."""
    time = calendar_time(run, curve.session)
    traded_value = total(columns.value, CASH_ONE)
    stats = statistics(
        session=time.session,
        equity=curve.equity,
        initial_equity=float(run.rules.cash),
        trades=trades,
        sessions_per_year=time.per_year,
        sessions_covered=time.covered,
        benchmark=curve.benchmark_at,
        exposed=curve.exposed,
        traded_value=traded_value,
        commission=total(columns.commission, CASH_ONE),
        slippage=float(columns.slippage.sum()),
    )
    days = np.count_nonzero(np.diff(time.session)) + 1
    return Figures(
        stats=stats,
        session=time.session,
        returns_per_year=days * time.per_year / time.covered,
        traded_value=traded_value,
    )

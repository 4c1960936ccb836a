"""What a backtest's equity and trades amount to: every statistic of a result, with its formula.

All inputs are columns, all outputs plain numbers; whatever is undefined (0/0, fewer than two returns, no trades,
equity at or below zero) is None, never NaN or infinity. `docs/architecture/statistics.md` has the formulas with their
sources, and where other libraries define the same word differently.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.greta.results.drawdown import Worst, max_drawdown, worst
from weaver.greta.results.equity.equity_pieces import EquityPieces

Floats = NDArray[np.float64]
Sessions = NDArray[np.integer]
Rows = NDArray[np.intp]
Stats = dict[str, float | int | None]

_NANOSECONDS_PER_DAY = 86_400_000_000_000
_TAIL = 0.05
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TradeColumns:
    """Closed round trips, one row each, in order of exit; all columns of one length."""

    pnl: Floats
    """Money, after commissions."""
    return_: Floats
    """`pnl` ÷ (entry price x quantity), a fraction."""
    entry_time: NDArray[np.int64]
    """Nanoseconds since the epoch, UTC."""
    exit_time: NDArray[np.int64]
    """Nanoseconds since the epoch, UTC."""


def statistics(
    *,
    session: Sessions,
    equity: Floats | EquityPieces,
    initial_equity: float,
    trades: TradeColumns,
    sessions_per_year: float,
    sessions_covered: int,
    benchmark: Callable[[Rows], Floats] | None,
    exposed: Floats | NDArray[np.bool_] | float,
    traded_value: float,
    commission: float,
    slippage: float,
) -> Stats:
    """All statistics by their JSON names, in the order in which they are shown.

    Args:
        session: days since the epoch of the session each row belongs to (of a row of several sessions, one of them),
            non-decreasing, shape [n].
        equity: account value at the close of each row, shape [n].
        initial_equity: cash before the first row; > 0.
        trades: the closed round trips.
        sessions_per_year: 252, 365 or 260; of several results together what theirs come to.
        sessions_covered: sessions from the first row's to the last row's; more than there are in `session` where rows
            span several, or are missing.
        benchmark: gives at rows what `initial_equity` would have become by buying and holding; None: no benchmark.
        exposed: true (or the share of capital at work, or any number meant so) where a row had a position, shape [n];
            or the mean of it.
        traded_value: Σ |quantity x price| over all fills, both sides.
        commission: paid in total.
        slippage: paid in total, positive when it cost.
    """
    first_rows, last_rows = session_bounds(session)
    daily = equity[last_rows]
    returns = session_returns(daily, initial_equity)
    held = None if benchmark is None else benchmark(last_rows)
    market = None if held is None else session_returns(held, initial_equity)
    fall = _worst(session, first_rows, equity, initial_equity)
    years = sessions_covered / sessions_per_year
    rows_per_year = len(daily) / years
    measured = {
        **_growth(daily, initial_equity, years),
        **_risk(returns, rows_per_year),
        "calmar": _calmar(daily, initial_equity, years),
        "max_drawdown": None if fall is None else fall.depth,
        "max_drawdown_days": None if fall is None else fall.days,
        **_trade_statistics(trades),
        "exposure": _exposure(exposed),
        "turnover": _turnover(traded_value, daily, years),
        "commission": commission,
        "slippage": slippage,
        **_against(returns, market, rows_per_year),
        "benchmark_return": None if held is None else _total_return(held, initial_equity),
    }
    return {name: _plain(measured[name]) for name in STATISTICS}


STATISTICS = (
    "initial_equity", "final_equity", "total_return", "cagr", "volatility", "sharpe", "sortino", "calmar",
    "max_drawdown", "max_drawdown_days", "trades", "wins", "losses", "win_rate", "profit_factor", "expectancy",
    "avg_win", "avg_loss", "best_trade", "worst_trade", "avg_trade_days", "sqn", "exposure", "turnover", "commission",
    "slippage", "alpha", "beta", "benchmark_return", "skew", "kurtosis", "var_95", "cvar_95", "psr",
)  # fmt: skip
"""The names, in order."""


def probabilistic_sharpe(
    *, sharpe: float, skew: float, excess_kurtosis: float, count: int, benchmark: float = 0.0
) -> float | None:
    """The probability that the true Sharpe ratio is above `benchmark` (Bailey and López de Prado 2012, equation 11).

    Both are per period (not annualised), from `count` returns with these moments. None where the standard error of the
    ratio, √((1 - skew·sharpe + (kurtosis - 1)/4·sharpe²)/(count - 1)), is not a positive number.
    """
    spread = 1.0 - skew * sharpe + (excess_kurtosis + 2.0) / 4.0 * sharpe * sharpe
    if count < 2 or not spread > 0.0:
        return None
    deviations = (sharpe - benchmark) * math.sqrt((count - 1) / spread)
    return 0.5 * math.erfc(-deviations / math.sqrt(2.0))


def session_bounds(session: Sessions) -> tuple[Rows, Rows]:
    """Index of the first and of the last row of each session."""
    if not len(session):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    changes = np.flatnonzero(session[1:] != session[:-1])
    return np.concatenate(([0], changes + 1)), np.append(changes, len(session) - 1)


def _worst(session: Sessions, first_rows: Rows, equity: Floats | EquityPieces, initial_equity: float) -> Worst | None:
    if not len(equity):
        return None
    return worst(session=session, first_rows=first_rows, equity=equity, initial_equity=initial_equity)


def session_returns(daily: Floats, initial_equity: float) -> Floats | None:
    """daily[i] / daily[i-1] - 1, the first against the initial cash; None if fewer than two, or equity not above 0."""
    if len(daily) < 2 or not float(daily.min()) > 0.0:
        return None
    before = np.empty_like(daily)
    before[0] = initial_equity
    before[1:] = daily[:-1]
    return daily / before - 1.0


def _is_constant(values: Floats) -> bool:
    """Equal but for rounding: the deviation of such values is noise, and a ratio over it means nothing."""
    low, high = float(values.min()), float(values.max())
    return high - low <= 4.0 * _EPSILON * (1.0 + max(abs(low), abs(high)))


def _growth(daily: Floats, initial_equity: float, years: float) -> Stats:
    final = float(daily[-1]) if len(daily) else initial_equity
    return {
        "initial_equity": initial_equity,
        "final_equity": final,
        "total_return": final / initial_equity - 1.0,
        "cagr": _annual_growth(final / initial_equity, years),
    }


def _total_return(values: Floats, initial_equity: float) -> float | None:
    return float(values[-1]) / initial_equity - 1.0 if len(values) else None


def _annual_growth(growth: float, years: float) -> float | None:
    """growth^(1/years) - 1."""
    if not years > 0.0 or not growth > 0.0:
        return None
    with np.errstate(over="ignore"):
        return float(np.power(growth, 1.0 / years)) - 1.0


def _calmar(daily: Floats, initial_equity: float, years: float) -> float | None:
    if len(daily) < 2:
        return None
    worst = max_drawdown(daily, initial_equity)
    growth = _annual_growth(float(daily[-1]) / initial_equity, years)
    return None if growth is None or worst == 0.0 else growth / -worst


def _risk(returns: Floats | None, rows_per_year: float) -> Stats:
    """What the returns alone say."""
    names = ("volatility", "sharpe", "sortino", "skew", "kurtosis", "var_95", "cvar_95", "psr")
    if returns is None:
        return dict.fromkeys(names)
    count, mean = len(returns), float(returns.mean())
    constant = _is_constant(returns)
    centred = returns - mean
    squares = centred * centred
    variance = 0.0 if constant else float(squares.mean())
    deviation = math.sqrt(variance * count / (count - 1))
    sharpe = mean / deviation if deviation else None
    skew = float((squares * centred).mean()) / variance**1.5 if variance else None
    kurtosis = float((squares * squares).mean()) / variance**2 - 3.0 if variance else None
    return {
        "volatility": deviation * math.sqrt(rows_per_year),
        "sharpe": None if sharpe is None else sharpe * math.sqrt(rows_per_year),
        "sortino": _sortino(returns, mean, rows_per_year),
        "skew": skew,
        "kurtosis": kurtosis,
        "var_95": _percentile(returns),
        "cvar_95": _tail_mean(returns),
        "psr": None
        if sharpe is None or skew is None or kurtosis is None
        else probabilistic_sharpe(sharpe=sharpe, skew=skew, excess_kurtosis=kurtosis, count=count),
    }


def _sortino(returns: Floats, mean: float, rows_per_year: float) -> float | None:
    losses = np.minimum(returns, 0.0)
    downside = math.sqrt(float((losses * losses).mean()))
    return mean / downside * math.sqrt(rows_per_year) if downside else None


def _percentile(returns: Floats) -> float:
    """The 5th percentile, linear between the two nearest returns."""
    position = (len(returns) - 1) * _TAIL
    below = int(position)
    nearest = np.partition(returns, [below, below + 1])
    low, high = float(nearest[below]), float(nearest[below + 1])
    return low + (high - low) * (position - below)


def _tail_mean(returns: Floats) -> float:
    """The mean of the worst twentieth of the returns, of one at least."""
    last = int((len(returns) - 1) * _TAIL)
    return float(np.partition(returns, last)[: last + 1].mean())


def _against(returns: Floats | None, market: Floats | None, rows_per_year: float) -> Stats:
    """Alpha and beta: the least-squares line through the two series of returns."""
    if returns is None or market is None or _is_constant(market):
        return {"alpha": None, "beta": None}
    centred = market - market.mean()
    variance = float((centred * centred).mean())
    beta = float((centred * returns).mean()) / variance
    residual = 1.0 + float((returns - beta * market).mean())
    return {"alpha": _annual_growth(residual, 1.0 / rows_per_year), "beta": beta}


def _trade_statistics(trades: TradeColumns) -> Stats:
    pnl, return_ = trades.pnl, trades.return_
    won, lost = pnl > 0.0, pnl < 0.0
    count, wins, losses = len(pnl), int(np.count_nonzero(won)), int(np.count_nonzero(lost))
    gross_loss = -float(pnl[lost].sum())
    held = (trades.exit_time - trades.entry_time) / _NANOSECONDS_PER_DAY
    return {
        "trades": count,
        "wins": wins,
        "losses": losses,
        "win_rate": wins / count if count else None,
        "profit_factor": float(pnl[won].sum()) / gross_loss if losses else None,
        "expectancy": _mean(pnl),
        "avg_win": _mean(return_[won]),
        "avg_loss": _mean(return_[lost]),
        "best_trade": float(return_.max()) if count else None,
        "worst_trade": float(return_.min()) if count else None,
        "avg_trade_days": _mean(held),
        "sqn": _quality(pnl),
    }


def _quality(pnl: Floats) -> float | None:
    """Tharp's system quality number, √count · mean / standard deviation."""
    if len(pnl) < 2:
        return None
    spread = float(pnl.std(ddof=1))
    scale = float(np.abs(pnl).max())
    if spread <= 4.0 * _EPSILON * scale:
        return None
    return math.sqrt(len(pnl)) * float(pnl.mean()) / spread


def _turnover(traded_value: float, daily: Floats, years: float) -> float | None:
    """Traded value per year, as a multiple of the average equity."""
    average = _mean(daily)
    return None if average is None or not average > 0.0 else traded_value / average / years


def _exposure(exposed: Floats | NDArray[np.bool_] | float) -> float | None:
    if isinstance(exposed, float):
        return exposed
    if exposed.dtype == np.bool_ and len(exposed):
        return int(np.count_nonzero(exposed)) / len(exposed)  # many times faster than a mean
    return _mean(exposed)


def _mean(values: Floats | NDArray[np.bool_]) -> float | None:
    return float(values.mean()) if len(values) else None


def _plain(value: float | None) -> float | int | None:
    """A Python number that JSON can carry, or None."""
    if value is None or isinstance(value, int):
        return value
    return float(value) if math.isfinite(value) else None

"""Joins several results into one account."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial

import numpy as np

from weaver.greta.doubts.warnings import ResultWarning
from weaver.greta.overfitting.trials import usable_trials
from weaver.greta.result import BacktestResult
from weaver.greta.results.statistics import session_bounds, session_returns, statistics
from weaver.greta.results.table import Table
from weaver.model.errors import InputError
from weaver.model.numbers.money import CASH_DECIMALS, Number, decimal_of
from weaver.research.portfolio.combined import CombinedResult, JoinedEquityRow, SharedOut
from weaver.research.portfolio.joined import Joined, Rebalance, joined
from weaver.research.portfolio.members import Floats, Members, members_of
from weaver.research.portfolio.trading import traded
from weaver.research.portfolio.weights import hierarchical_risk_parity, inverse_volatility

LEAST = 20
"""Sessions from which volatilities and correlations are taken; before, the account is shared out equally."""
_OF_RETURNS: dict[str, Callable[[Floats], Floats]] = {
    "inverse_volatility": inverse_volatility,
    "hrp": hierarchical_risk_parity,
}


def combine(
    results: Iterable[BacktestResult] | Mapping[str, BacktestResult],
    *,
    weights: str | Mapping[str, Number] = "equal",
    rebalance: str = "never",
    cash: Number | None = None,
) -> CombinedResult:
    """Join backtests into one account, over the sessions that all of them cover.

    Args:
        results: what `weaver.backtest` gave, in a list or by name. A list's are named after their strategies.
        weights: "equal"; "inverse_volatility", 1 ÷ the standard deviation of the returns by session; "hrp",
            hierarchical risk parity; or shares by name, in sum 1 or less: what is missing lies idle.
        rebalance: when the account is shared out anew, free of cost: "never", "daily", "weekly", "monthly",
            "quarterly", "yearly". Weights made of returns are then made of those before, and equal for the first 20
            sessions; where never, of all returns, which a warning says.
        cash: of the joined account; default: the sum of what the results began with.

    A strategy without bars on a day keeps its value. Trades, commission and slippage count in the joined account's
    money, by what the strategy's part was worth when they happened.

    Raises InputError where currencies differ, no session is shared, or weights cannot be.
    """
    members = members_of(results)
    every = _rebalance(rebalance)
    start = _cash(members, cash)
    found = joined(members, cash=start, rebalance=every, weigh=_weigher(members, weights, every))
    return _combined(members, found, start, _warnings(members, weights, every))


def _rebalance(name: str) -> Rebalance:
    try:
        return Rebalance(name)
    except ValueError:
        raise InputError(f"rebalance: {name!r} is none of {', '.join(Rebalance)}") from None


def _cash(members: Members, cash: Number | None) -> float:
    if cash is None:
        return sum(float(one.stats["initial_equity"] or 0.0) for one in members.results.values())
    amount = float(cash)
    if not 0.0 < amount < float("inf"):
        raise InputError(f"cash: {cash} is not an amount above 0")
    return amount


def _weigher(members: Members, weights: str | Mapping[str, Number], rebalance: Rebalance) -> Callable[[Floats], Floats]:
    """What gives shares of the returns before."""
    count = len(members.results)
    equal = np.full(count, 1.0 / count)
    if not isinstance(weights, str):
        given = _given(weights, list(members.results))
        return lambda _: given
    if weights == "equal":
        return lambda _: equal
    if weights not in _OF_RETURNS:
        raise InputError(f"weights: {weights!r} is none of equal, {', '.join(_OF_RETURNS)}, and no shares by name")
    weigh = _OF_RETURNS[weights]
    if rebalance is Rebalance.NEVER:
        returns = members.session_returns()
        varying = usable_trials(returns).columns
        if len(varying) < count:
            idle = next(name for at, name in enumerate(members.results) if at not in varying)
            raise InputError(
                f"weights: the equity of {idle} never varies, so {weights} has no share for it: leave it out"
            )
        fixed = weigh(returns)
        return lambda _: fixed
    return partial(_of_the_past, weigh, equal)


def _of_the_past(weigh: Callable[[Floats], Floats], equal: Floats, returns: Floats) -> Floats:
    if len(returns) < LEAST or usable_trials(returns).count < len(equal):
        return equal
    return weigh(returns)


def _given(weights: Mapping[str, Number], names: list[str]) -> Floats:
    if set(weights) != set(names):
        raise InputError(f"weights: they are for {', '.join(weights)}, and the results are {', '.join(names)}")
    shares = np.array([float(weights[name]) for name in names])
    if not (np.isfinite(shares).all() and (shares >= 0.0).all() and shares.sum() <= 1.0 + 1e-9):
        raise InputError(
            f"weights: {', '.join(str(weights[name]) for name in names)} are not shares of 0 or more, in sum 1 at most"
        )
    return shares


def _warnings(members: Members, weights: str | Mapping[str, Number], rebalance: Rebalance) -> list[ResultWarning]:
    found = []
    if isinstance(weights, str) and weights in _OF_RETURNS and rebalance is Rebalance.NEVER:
        what = f"the {weights} weights are made of the same returns that the result is of: nobody could have known them"
        found.append(ResultWarning("weights_in_sample", f"{what}; with rebalance= they are made of the past"))
    if members.cut:
        first, last = (np.datetime64(int(members.session[at]), "D") for at in (0, -1))
        what = f"only {first} to {last} is shared by all: the other sessions of {', '.join(members.cut)} are left out"
        found.append(ResultWarning("sessions_left_out", what))
    return found


def _combined(members: Members, found: Joined, cash: float, warnings: list[ResultWarning]) -> CombinedResult:
    names = list(members.results)
    _, last = session_bounds(members.session)
    profits = {name: decimal_of(units, CASH_DECIMALS) for name, units in zip(names, found.profit, strict=True)}
    own = session_returns(found.equity[last], cash)
    rows = zip(members.timestamp.tolist(), found.equity.tolist(), strict=True)
    return CombinedResult(
        title=", ".join(names),
        currency=members.currency,
        stats=_stats(members, found, cash),
        warnings=warnings,
        contributions=profits,
        profit=Decimal(decimal_of(sum(found.profit), CASH_DECIMALS)),
        correlation=_correlation(members, names),
        weights=[
            SharedOut(int(members.timestamp[row]), dict(zip(names, shares, strict=True)))
            for row, shares in zip(found.starts.tolist(), found.weights.tolist(), strict=True)
        ],
        equity=Table([JoinedEquityRow(*row) for row in rows], JoinedEquityRow),
        returns_per_year=members.returns_per_year,
        session_returns=np.empty(0) if own is None else own,
    )


def _stats(members: Members, found: Joined, cash: float) -> dict[str, float | int | None]:
    did = traded(members, found.scale)
    held = members.benchmark @ found.weights[0] + (1.0 - found.weights[0].sum())
    return statistics(
        session=members.session,
        equity=found.equity,
        initial_equity=cash,
        trades=did.trades,
        sessions_per_year=1.0 / members.years,
        sessions_covered=1,
        benchmark=(lambda rows: cash * held[rows]) if np.isfinite(held).all() else None,
        exposed=did.exposed,
        traded_value=did.value,
        commission=did.commission,
        slippage=did.slippage,
    )


def _correlation(members: Members, names: list[str]) -> dict[str, dict[str, float | None]]:
    trials = usable_trials(members.session_returns())
    table = np.atleast_2d(np.corrcoef(trials.returns, rowvar=False)) if trials.count else np.empty((0, 0))
    place = {names[column]: at for at, column in enumerate(trials.columns.tolist())}
    return {
        one: {
            other: float(table[place[one], place[other]]) if one in place and other in place else None
            for other in names
        }
        for one in names
    }

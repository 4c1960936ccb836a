"""What an account could have gone through: the same returns, or the same trades, drawn again in another order."""

from dataclasses import dataclass

import numpy as np

from weaver.greta.overfitting.stationary_bootstrap import block_length as length_of
from weaver.greta.overfitting.stationary_bootstrap import draws
from weaver.greta.overfitting.trials import Floats
from weaver.greta.results.drawdown import drawdown

PATHS = 5_000
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paths:
    """One value for each drawn path; money is in the run's quote currency."""

    initial_equity: float
    final_equity: Floats
    max_drawdown: Floats
    """Lowest equity ÷ its former peak - 1, at most 0; over what was drawn, sessions or trades."""
    lowest_equity: Floats
    """At most the initial one."""
    block_length: float
    """How many draws stay together, as expected; 1 of trades."""

    def probability_of_ruin(self, level: float) -> float:
        """The share of paths on which equity was ever at `level` times the initial one (0.5: half is lost) or below."""
        return float((self.lowest_equity <= level * self.initial_equity).mean())


def quantiles(values: Floats) -> dict[float, float]:
    """The 5th, 25th, 50th, 75th and 95th percentile, linear between neighbours."""
    return dict(zip(QUANTILES, np.quantile(values, QUANTILES).tolist(), strict=True))


def paths_of_returns(
    returns: Floats, *, initial_equity: float, paths: int = PATHS, block_length: float | None = None, seed: int = 0
) -> Paths | None:
    """Paths as long as the returns, shape (periods,), drawn in blocks by the stationary bootstrap.

    `block_length` is found by itself where it is not given. What has lost everything stays there. None where there are
    fewer than two returns, or one is not finite.
    """
    if len(returns) < 2 or not np.isfinite(returns).all():
        return None
    return _paths(returns, initial_equity, paths, length_of(returns) if block_length is None else block_length, seed)


def paths_of_trades(contributions: Floats, *, initial_equity: float, paths: int = PATHS, seed: int = 0) -> Paths | None:
    """Paths of as many trades, each drawn by itself; `contributions` as `contributions_of` has them.

    None where there are fewer than two trades, or one's contribution is not finite.
    """
    if len(contributions) < 2 or not np.isfinite(contributions).all():
        return None
    return _paths(contributions, initial_equity, paths, 1.0, seed)


def contributions_of(pnl: Floats, initial_equity: float) -> Floats:
    """What each trade added to the equity before it, as a fraction, shape (trades,), in order of exit.

    The equity before it is the initial one with the profits of all trades that were left before; compounded, the
    fractions come to its end. NaN from where nothing was left.
    """
    before = initial_equity + np.concatenate(([0.0], np.cumsum(pnl)[:-1])) if len(pnl) else np.empty(0)
    alive = np.logical_and.accumulate(before > 0.0)
    contributions: Floats = np.divide(pnl, before, out=np.full(len(pnl), np.nan), where=alive)
    return contributions


def _paths(steps: Floats, initial_equity: float, paths: int, length: float, seed: int) -> Paths:
    growth = np.maximum(1.0 + steps, 0.0)
    final, deepest, lowest = [], [], []
    for drawn in draws(len(steps), paths, block_length=length, seed=seed):
        equity = np.cumprod(growth[drawn], axis=1, dtype=np.float64)
        equity *= initial_equity
        final.append(equity[:, -1].copy())
        deepest.append(drawdown(equity, initial_equity).min(axis=1))
        lowest.append(np.minimum(equity.min(axis=1), initial_equity))
    return Paths(
        initial_equity=initial_equity,
        final_equity=np.concatenate(final),
        max_drawdown=np.concatenate(deepest),
        lowest_equity=np.concatenate(lowest),
        block_length=length,
    )

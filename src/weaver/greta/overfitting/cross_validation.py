"""The probability of backtest overfitting, by combinatorially symmetric cross-validation (CSCV).

Bailey, Borwein, López de Prado and Zhu, *The Probability of Backtest Overfitting*, Journal of Computational Finance
20/4, 2016. Nothing is cut and put together again: a combination's means and deviations come of its blocks' sums.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from weaver.greta.overfitting.trials import Floats, Returns, Trials, evenly, usable_trials

BLOCKS = 16
BLOCKS_LEAST = 4
PERIODS_PER_BLOCK = 4
"""Fewer, and a block says nothing of a Sharpe ratio."""
COMPARED = 200
"""How many trials stand for a choice by chance, evenly spread over all."""
LEVELS = 201
_ROUNDING = 1e-10
_AT_ONCE = 1 << 16
"""Values that a processor has at hand: half a megabyte."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dominance:
    """The selected trial out of sample beside a trial that is picked by chance."""

    levels: Floats
    """Sharpe ratios of a period, rising, shape (201,)."""
    selected: Floats
    """The share of combinations in which the selected trial's is at most so high."""
    by_chance: Floats
    """The same of any trial's."""
    second: Floats
    """∫ (by_chance - selected) up to each level."""

    @property
    def first_order(self) -> bool:
        """The selected one is the better at every level."""
        return bool((self.selected <= self.by_chance).all())

    @property
    def second_order(self) -> bool:
        """Whoever shuns risk prefers the selected one."""
        return bool((self.second >= -_ROUNDING * (1.0 + np.abs(self.second).max())).all())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overfitting:
    """What became, in the other half of the time, of the trial that was the best in one half."""

    probability: float
    """PBO: the share of combinations in which it ended in the lower half of all trials, or in the middle."""
    logits: Floats
    """ln(ω ÷ (1 - ω)), with ω = rank ÷ (trials + 1) out of sample, shape (combinations,)."""
    in_sample: Floats
    """Its Sharpe ratio of a period where it was chosen."""
    out_of_sample: Floats
    """And in the other half."""
    slope: float | None
    """Of the line out of sample on in sample: what a better past is worth. None where all pasts were as good."""
    intercept: float | None
    probability_of_loss: float
    """The share of combinations with a Sharpe ratio below 0 out of sample."""
    dominance: Dominance
    blocks: int
    trials: int


def backtest_overfitting(returns: Returns, *, blocks: int = BLOCKS) -> Overfitting | str:
    """PBO and what belongs to it of `returns`, shape (periods, trials), by the Sharpe ratio; or why there is none.

    Time is cut into `blocks` (an even number; fewer where a block had fewer than four periods) of equal length but for
    one period, and each half of the blocks is in sample once. A half without variation has a Sharpe ratio of 0. Trials
    that say nothing are left out.
    """
    trials = usable_trials(returns)
    blocks = min(blocks, trials.periods // PERIODS_PER_BLOCK) // 2 * 2
    if blocks < BLOCKS_LEAST:
        return f"{trials.periods} sessions are too few: {BLOCKS_LEAST * PERIODS_PER_BLOCK} are the least"
    if trials.count < 2:
        return f"{trials.count} of {trials.given} trials can be compared: two are the least"
    sums = _block_sums(trials, blocks)
    if _all_alike(sums):
        return "all trials have the same returns"
    return _figures(sums, _halves(blocks))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _BlockSums:
    """Of each block and trial, shape (blocks, trials)."""

    periods: Floats
    """Shape (blocks, 1)."""
    total: Floats
    """Σ (return - the trial's mean): so that the squares lose no digits."""
    squares: Floats
    mean: Floats
    """Of each trial over all periods, shape (trials,)."""


def _block_sums(trials: Trials, blocks: int) -> _BlockSums:
    starts = np.arange(blocks) * trials.periods // blocks
    total, squares, mean = np.empty((blocks, trials.count)), np.empty((blocks, trials.count)), np.empty(trials.count)
    for which, returns in trials.chunks():
        mean[which] = returns.mean(axis=0)
        returns -= mean[which]
        total[:, which] = np.add.reduceat(returns, starts, axis=0)
        squares[:, which] = np.add.reduceat(returns * returns, starts, axis=0)
    periods = np.diff(np.append(starts, trials.periods)).astype(np.float64)
    return _BlockSums(periods=periods[:, np.newaxis], total=total, squares=squares, mean=mean)


def _all_alike(sums: _BlockSums) -> bool:
    spread = np.ptp(sums.total + sums.mean * sums.periods, axis=1) + np.ptp(sums.squares, axis=1)
    return bool((spread <= _ROUNDING * (np.abs(sums.total).max() + sums.squares.max())).all())


def _halves(blocks: int) -> Floats:
    """Every half of the blocks that has the first one, as rows of ones and zeros; the other half is what is left."""
    chosen = np.array(list(combinations(range(1, blocks), blocks // 2 - 1)), dtype=np.intp)
    mask = np.zeros((len(chosen), blocks))
    mask[:, 0] = 1.0
    mask[np.arange(len(chosen))[:, np.newaxis], chosen] = 1.0
    return mask


def _figures(sums: _BlockSums, halves: Floats) -> Overfitting:
    count = sums.total.shape[1]
    compared = evenly(count, COMPARED)
    best_in, best_out, ranks, others = [], [], [], []
    height = max(1, _AT_ONCE // count)
    for start in range(0, len(halves), height):
        rows = halves[start : start + height]
        one, other = _sharpes(sums, rows), _sharpes(sums, 1.0 - rows)
        for chosen_in, seen_in in ((one, other), (other, one)):
            best = chosen_in.argmax(axis=1)[:, np.newaxis]
            outcome = np.take_along_axis(seen_in, best, axis=1)
            best_in.append(np.take_along_axis(chosen_in, best, axis=1)[:, 0])
            best_out.append(outcome[:, 0])
            below, equal = (seen_in < outcome).sum(axis=1), (seen_in == outcome).sum(axis=1)
            ranks.append(below + (equal + 1) / 2)
            others.append(seen_in[:, compared].ravel())
    share = np.concatenate(ranks) / (count + 1)
    logits = np.log(share / (1.0 - share))
    past, future = np.concatenate(best_in), np.concatenate(best_out)
    slope, intercept = _line(past, future)
    return Overfitting(
        probability=float((share <= 0.5).mean()),
        logits=logits,
        in_sample=past,
        out_of_sample=future,
        slope=slope,
        intercept=intercept,
        probability_of_loss=float((future < 0.0).mean()),
        dominance=_dominance(future, np.concatenate(others)),
        blocks=halves.shape[1],
        trials=count,
    )


def _sharpes(sums: _BlockSums, rows: Floats) -> Floats:
    """The Sharpe ratio of every trial over each half that `rows` choose, shape (halves, trials)."""
    periods = rows @ sums.periods
    total, squares = rows @ sums.total, rows @ sums.squares
    mean = total / periods
    around = squares - mean * total
    flat = around <= _ROUNDING * squares
    mean += sums.mean
    around /= periods - 1.0
    around[flat] = np.inf
    mean /= np.sqrt(around, out=around)
    return mean


def _line(past: Floats, future: Floats) -> tuple[float | None, float | None]:
    """Slope and intercept by least squares."""
    apart = past - past.mean()
    squares = float(apart @ apart)
    if not squares > _ROUNDING * float(past @ past):
        return None, None
    slope = float(apart @ future) / squares
    return slope, float(future.mean()) - slope * float(past.mean())


def _dominance(selected: Floats, by_chance: Floats) -> Dominance:
    levels = np.linspace(min(selected.min(), by_chance.min()), max(selected.max(), by_chance.max()), LEVELS)
    one, other = _at_most(selected, levels), _at_most(by_chance, levels)
    gap = other - one
    second = np.concatenate(([0.0], np.cumsum((gap[1:] + gap[:-1]) / 2.0 * np.diff(levels))))
    return Dominance(levels=levels, selected=one, by_chance=other, second=second)


def _at_most(values: Floats, levels: Floats) -> Floats:
    share: Floats = np.searchsorted(np.sort(values), levels, side="right") / len(values)
    return share

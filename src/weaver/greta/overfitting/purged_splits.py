"""Combinatorial purged cross-validation: which sessions are tested, and which may be learned from.

M. López de Prado, *Advances in Financial Machine Learning*, 2018, chapters 7 and 12. Indices only: whoever runs
backtests asks here which sessions each is about.
"""

import math
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from weaver.model.errors import InputError

Indices = NDArray[np.intp]
SPLITS_MAX = 20_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """One choice of groups to be tested."""

    tested: tuple[int, ...]
    """Numbers of groups, rising."""
    test: Indices
    """Their sessions, rising."""
    train: Indices
    """The sessions that may be learned from: all others but those purged and under embargo, rising."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PurgedSplits:
    """All choices of k groups of N, and how their tests make up whole paths."""

    groups: tuple[range, ...]
    """The sessions of each group, in order; their lengths differ by one at most."""
    splits: tuple[Split, ...]
    """C(N, k), in order of the groups tested."""
    paths: Indices
    """Which split tests a group on a path, shape (k/N · C(N, k), groups): each split's test of a group is used once."""


def purged_splits(
    sessions: int, *, groups: int = 6, tested: int = 2, ends: Indices | None = None, embargo: int = 0
) -> PurgedSplits:
    """Cuts sessions 0 … into `groups` and tests `tested` of them at a time.

    Args:
        sessions: how many there are.
        ends: the session, shape (sessions,), at which what was begun at each has ended (a trade is closed, a label
            known): not before it. None: on the same session.
        embargo: after what is tested has ended, so many sessions more are not learned from.

    Raises InputError where that cannot be done.
    """
    _check(sessions, groups, tested, embargo)
    ends = np.arange(sessions) if ends is None else np.asarray(ends)
    if ends.shape != (sessions,) or (ends < np.arange(sessions)).any():
        raise InputError("ends: one session is needed for each session, and none before it")
    bounds = [number * sessions // groups for number in range(groups + 1)]
    cut = tuple(range(start, stop) for start, stop in pairwise(bounds))
    chosen = tuple(combinations(range(groups), tested))
    splits = tuple(
        Split(
            tested=one,
            test=np.concatenate([np.arange(cut[group].start, cut[group].stop) for group in one]),
            train=learnable([cut[group] for group in one], ends, embargo),
        )
        for one in chosen
    )
    return PurgedSplits(groups=cut, splits=splits, paths=_paths(chosen, groups))


def learnable(tested: list[range], ends: Indices, embargo: int = 0) -> Indices:
    """The sessions that may be learned from where stretches of sessions are tested, rising.

    Not those tested, not those whose time up to its end touches a tested stretch up to *its* last end (purged), and not
    those that begin within `embargo` sessions after that. Arguments as of `purged_splits`.
    """
    begins = np.arange(len(ends))
    free = np.ones(len(ends), dtype=np.bool_)
    for stretch in tested:
        last = int(ends[stretch.start : stretch.stop].max())
        free &= (begins > last + embargo) | (ends < stretch.start)
    return np.flatnonzero(free)


def _paths(chosen: tuple[tuple[int, ...], ...], groups: int) -> Indices:
    """The n-th path takes of each group the n-th split that tests it."""
    testing = [[split for split, one in enumerate(chosen) if group in one] for group in range(groups)]
    return np.array(testing, dtype=np.intp).T


def _check(sessions: int, groups: int, tested: int, embargo: int) -> None:
    if not 2 <= groups <= sessions:
        raise InputError(f"groups: {sessions} sessions can be cut into 2 to {max(2, sessions)} groups, not {groups}")
    if not 1 <= tested < groups:
        raise InputError(f"tested: of {groups} groups 1 to {groups - 1} can be tested at a time, not {tested}")
    if embargo < 0:
        raise InputError(f"embargo: {embargo} sessions are fewer than none: give 0 or more")
    count = math.comb(groups, tested)
    if count > SPLITS_MAX:
        raise InputError(f"groups: {tested} of {groups} are {count:,} splits, more than {SPLITS_MAX:,}: ask for fewer")

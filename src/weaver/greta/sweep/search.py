"""In which order a sweep tries the points of its space."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import Protocol

import numpy as np

from weaver.greta.sweep.space import Point, Space
from weaver.model.errors import InputError

BATCH = 16
"""So many trials a search that learns proposes before it hears of any: always the same, so that what it tries does not
depend on how many are run at a time."""
TRIES_PER_TRIAL = 1_000
"""So often a random point is drawn anew, on average, where the constraint leaves it out or it has been tried."""


class SearchKind(StrEnum):
    """How the space is searched."""

    GRID = "grid"
    RANDOM = "random"
    TPE = "tpe"


class Search(Protocol):
    """Proposes points, batch after batch, and hears what became of them."""

    def propose(self) -> Sequence[Point]:
        """The next points; none: it is over."""

    def learn(self, values: Sequence[float | None]) -> None:
        """The objective of each point proposed last; None where it is undefined, or the trial failed."""


class Listed:
    """Points that are known ahead: all at once."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._points: Sequence[Point] = points

    def propose(self) -> Sequence[Point]:
        """See `Search`."""
        points, self._points = self._points, ()
        return points

    def learn(self, values: Sequence[float | None]) -> None:
        """See `Search`."""


def grid(space: Space, trials: int | None) -> list[Point]:
    """Every point of the space, or the first so many."""
    return list(islice(space.grid(), trials))


def drawn(space: Space, trials: int, seed: int) -> list[Point]:
    """So many points at random, no two of them the same; all of them in order where there are no more. The same seed,
    the same points. Raises InputError where the constraint leaves next to nothing."""
    size = space.size
    if size is not None and not space.spans and size <= trials:
        return grid(space, None)
    chance = np.random.default_rng(seed)
    found: dict[tuple[str, ...], Point] = {}
    for point in islice(points_at_random(space, chance), TRIES_PER_TRIAL * trials):
        if space.allows(point):
            found.setdefault(tuple(map(repr, point.values())), point)
        if len(found) == trials:
            break
    if not found:
        raise space.nothing()
    return list(found.values())


def points_at_random(space: Space, chance: np.random.Generator) -> Iterator[Point]:
    """Points at random, one after the other; each is drawn alike whatever became of those before."""
    while True:
        yield space.at(chance.random(len(space.axes)).tolist())


def trials_wanted(kind: SearchKind, trials: int | None) -> int | None:
    """How many trials there will be at the most; None: as many as the grid has. Raises InputError."""
    if trials is not None and trials < 1:
        raise InputError(f"trials={trials}: at least 1")
    if trials is None and kind is not SearchKind.GRID:
        raise InputError(f"--search {kind} needs to know how many to try: add --trials N")
    return trials

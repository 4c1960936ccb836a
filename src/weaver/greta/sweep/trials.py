"""What became of the trials of a sweep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.results.statistics import Stats

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """How one trial ended, wherever it was run."""

    number: int
    """Of the trial, from 1 on, in the order of the search."""
    stats: Stats | None
    """As `weaver.backtest` gives them; None where it failed."""
    error: str | None = None
    """Why it failed."""
    sessions: NDArray[np.int32] | None = None
    """The days (since the epoch) of its returns."""
    returns: Floats | None = None
    """By session; None where they are undefined."""
    returns_per_year: float | None = None
    """How many of them there are in a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One trial of a sweep."""

    number: int
    """From 1 on, in the order of the search."""
    parameters: Mapping[str, Any]
    """What it was run with of all that was varied, by name."""
    objective: float | None
    """What the sweep is after, of this trial; None where it is undefined."""
    stats: Stats | None
    """As `weaver.backtest` gives them; None where it failed."""
    error: str | None
    """Why it failed."""


def ranked(trials: Sequence[Trial]) -> list[Trial]:
    """Those with an objective, the best first; of equals the earlier one."""
    found = [trial for trial in trials if trial.objective is not None]
    return sorted(found, key=lambda trial: (-_known(trial.objective), trial.number))


def _known(value: float | None) -> float:
    assert value is not None
    return value

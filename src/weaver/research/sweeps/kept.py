"""Trials on their way into the store and out of it."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np

from weaver.greta.sweep.objective import Objective
from weaver.greta.sweep.result import EarlierSweep, ReturnSample
from weaver.greta.sweep.space import Point
from weaver.greta.sweep.trials import Outcome, Trial
from weaver.walle.trials.store import KeptTrial, Overlap

SAMPLE_MAX = 2_000
"""Of so many trials at the most the returns are kept: evenly over a sweep that has more."""


def digest(what: Mapping[str, Any]) -> str:
    """Hex, 32 digits: equal of equal values."""
    return sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()[:32]


def stride(total: int) -> int:
    """Of every how many-th trial the returns are kept."""
    return -(-total // SAMPLE_MAX)


def kept_trial(outcome: Outcome, point: Point, objective: float | None, *, key: str) -> KeptTrial:
    """A trial as the store keeps it."""
    sessions, returns = outcome.sessions, outcome.returns
    return KeptTrial(
        number=outcome.number,
        trial_key=key,
        parameters=point,
        objective=objective,
        error=outcome.error,
        stats=outcome.stats,
        sessions=None if sessions is None else sessions.tobytes(),
        returns=None if returns is None else returns.astype(np.float32).tobytes(),
        returns_per_year=None if returns is None else outcome.returns_per_year,
    )


def outcome_kept(kept: KeptTrial) -> Outcome:
    """A trial of the store, as whoever ran it told of it."""
    return Outcome(
        number=kept.number,
        stats=None if kept.stats is None else dict(kept.stats),
        error=kept.error,
        sessions=None if kept.sessions is None else np.frombuffer(kept.sessions, dtype=np.int32),
        returns=None if kept.returns is None else np.frombuffer(kept.returns, dtype=np.float32).astype(np.float64),
        returns_per_year=kept.returns_per_year,
    )


def trial_of(outcome: Outcome, point: Point, objective: Objective) -> Trial:
    """A trial as the result has it."""
    value = None if outcome.stats is None else objective.of(outcome.stats)
    return Trial(number=outcome.number, parameters=point, objective=value, stats=outcome.stats, error=outcome.error)


def sampled(outcomes: Sequence[Outcome]) -> ReturnSample:
    """The returns that trials were asked for, side by side."""
    chosen = [(one.number, one.sessions, one.returns) for one in outcomes if one.sessions is not None]
    sessions = np.unique(np.concatenate([np.empty(0, np.int32), *(days for _, days, _ in chosen)]))
    returns = np.zeros((len(sessions), len(chosen)), dtype=np.float32)
    for column, (_, days, own) in enumerate(chosen):
        if own is None:
            returns[:, column] = np.nan
        else:
            returns[np.searchsorted(sessions, days), column] = own.astype(np.float32)
    per_year = [one.returns_per_year for one in outcomes if one.returns_per_year is not None]
    return ReturnSample(
        sessions=sessions.astype(np.int32),
        numbers=np.array([number for number, _, _ in chosen], dtype=np.int64),
        returns=returns,
        per_year=per_year[0] if per_year else None,
    )


def earlier_of(overlaps: Sequence[Overlap]) -> list[EarlierSweep]:
    """Earlier sweeps as the result has them."""
    return [
        EarlierSweep(
            id=one.id,
            created_at=one.created_at,
            source_hash=one.source_hash,
            trials=one.trials,
            new_trials=one.new_trials,
        )
        for one in overlaps
    ]

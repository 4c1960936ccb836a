"""A search that learns: Optuna's tree-structured Parzen estimator (Bergstra et al. 2011)."""

import warnings
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from weaver.greta.sweep.axes import Axis, Span
from weaver.greta.sweep.search import BATCH, TRIES_PER_TRIAL, points_at_random
from weaver.greta.sweep.space import Point, Space
from weaver.model.errors import InputError

ASKS_PER_TRIAL = 8
"""So often it is asked anew, on average, where it proposes what is known or left out."""


class Tpe:
    """Proposes points where those before were good. Optuna, an optional extra, is loaded when one is made.

    It proposes `BATCH` at a time, whatever runs them, and hears of them in that order: the same seed, the same points.
    A point that the constraint leaves out is told to it as a failure, one that it proposed before as what became of it:
    neither is tried. Where it has nothing else to propose, points are drawn at random.
    """

    def __init__(self, space: Space, *, trials: int, seed: int) -> None:
        """Raises InputError where Optuna is not installed."""
        try:
            import optuna
        except ModuleNotFoundError as error:
            raise InputError(
                'the search "tpe" needs Optuna: pip install "weaver[optuna]" (grid and random need nothing)'
            ) from error
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._failed = optuna.trial.TrialState.FAIL
        self._space, self._left = space, trials
        self._distributions = {axis.name: _distribution(axis, optuna.distributions) for axis in space.axes}
        with warnings.catch_warnings():  # of options that are experimental: they are meant
            warnings.simplefilter("ignore")
            sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True)
        self._study = optuna.create_study(direction="maximize", sampler=sampler)
        self._asked: list[tuple[Any, str]] = []
        self._chance = np.random.default_rng(seed)
        self._known: dict[str, float | None] = {}
        """What became of the points that it has heard of."""

    def propose(self) -> Sequence[Point]:
        """See `Search`."""
        wanted = min(BATCH, self._left)
        points: list[Point] = []
        self._asked = []
        for _ in range(ASKS_PER_TRIAL * wanted):
            self._take(self._study.ask(self._distributions), points)
            if len(points) == wanted:
                break
        for point in islice(points_at_random(self._space, self._chance), TRIES_PER_TRIAL * (wanted - len(points))):
            if len(points) == wanted:
                break
            if self._space.allows(point) and not self._is_known(repr(point)):
                self._study.enqueue_trial(self._params(point))
                self._take(self._study.ask(self._distributions), points)
        if not points and wanted and not self._known:
            raise self._space.nothing()
        self._left = self._left - len(points) if len(points) == wanted else 0
        return points

    def _take(self, trial: Any, points: list[Point]) -> None:
        """Add what is proposed to the points of a batch, or tell at once what is known of it."""
        point = self._point(trial.params)
        key = repr(point)
        if not self._space.allows(point):
            self._study.tell(trial, state=self._failed)
        elif key in self._known:
            self._tell(trial, self._known[key])
        elif not self._is_known(key):
            points.append(point)
            self._asked.append((trial, key))

    def _is_known(self, key: str) -> bool:
        return key in self._known or any(key == asked for _, asked in self._asked)

    def learn(self, values: Sequence[float | None]) -> None:
        """See `Search`."""
        for (trial, key), value in zip(self._asked, values, strict=True):
            self._known[key] = value
            self._tell(trial, value)

    def _tell(self, trial: Any, value: float | None) -> None:
        if value is None:
            self._study.tell(trial, state=self._failed)
        else:
            self._study.tell(trial, value)

    def _params(self, point: Point) -> dict[str, Any]:
        return {
            axis.name: point[axis.name] if isinstance(axis, Span) else axis.values.index(point[axis.name])
            for axis in self._space.axes
        }

    def _point(self, params: Mapping[str, Any]) -> Point:
        return {
            axis.name: params[axis.name] if isinstance(axis, Span) else axis.values[params[axis.name]]
            for axis in self._space.axes
        }


def _distribution(axis: Axis, distributions: Any) -> Any:
    """What Optuna draws from: of listed numbers that rise, their place in the list, so that neighbours are close."""
    if isinstance(axis, Span):
        if axis.is_whole:
            return distributions.IntDistribution(int(axis.low), int(axis.high), log=axis.is_log)
        return distributions.FloatDistribution(axis.low, axis.high, log=axis.is_log)
    values = axis.values
    is_ordered = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    if is_ordered and list(values) == sorted(values):
        return distributions.IntDistribution(0, len(values) - 1)
    return distributions.CategoricalDistribution(list(range(len(values))))

"""Whether a strategy's own indicators look ahead: each is computed again on prefixes of its inputs."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series.series import Series
from weaver.model.errors import StrategyError

Floats = NDArray[np.float64]
ROUNDING = 1e-12
"""Differences up to this are rounding, relative to the value or to the median of all, whichever is larger."""
EARLIER_MAX = 64
"""How many earlier places are looked at once a difference is known."""


class Difference(NamedTuple):
    """Where an indicator's value depends on bars that had not closed (or, `is_repeat`, is another one each time)."""

    label: str
    time: int
    """The closing instant of the bar whose value differs, ns."""
    whole: float
    """What the run saw."""
    cut: float
    """What can be known without later bars."""
    is_repeat: bool = False


class Uncomputable(NamedTuple):
    """An indicator that fails on fewer bars than the run had, so that nothing can be said about it."""

    label: str
    time: int
    """The closing instant of the last bar that it was given, ns."""
    reason: str


def shared_computations(several: Iterable[Series]) -> list[list[Series]]:
    """The series by what computes them: the outputs of one function of the same inputs come from one call."""
    found: dict[tuple[int, ...], list[Series]] = {}
    for series in several:
        found.setdefault((id(series.function), *map(id, series.inputs)), []).append(series)
    return list(found.values())


class PrefixCheck:
    """One computation: the outputs of a function, as the run saw them, against what its first bars alone give.

    `forget` is called before each call of the function: it puts back what it may have kept from another one.
    """

    def __init__(self, outputs: Sequence[Series], forget: Callable[[], None]) -> None:
        self._outputs, self._forget = outputs, forget
        self._first = outputs[0]
        self._line = self._first.timeline
        self._known: dict[int, tuple[list[Floats], list[Floats]]] = {}
        self._failures: dict[int, str] = {}
        self._computed: list[int] = []

    @property
    def places(self) -> int:
        """How many prefixes it was computed on."""
        return len(self._computed)

    def first_difference(self, counts: Iterable[int]) -> Difference | Uncomputable | None:
        """Compute on so many bars each, in that order, and compare all values. None: they are the run's."""
        waiting = iter(counts)
        for count in waiting:
            if found := self._difference(count):
                earlier = sorted(other for other in waiting if other < count)[:EARLIER_MAX]
                return self._repeated() or self._unsteady(count) or self._earliest(earlier) or found
        return self._failure()

    def _earliest(self, counts: Iterable[int]) -> Difference | None:
        """The first bars first: where a message can point to the first value that differs, it does."""
        return next((found for count in counts if (found := self._difference(count))), None)

    def _difference(self, count: int) -> Difference | None:
        """How the first `count` bars alone give another value than the run saw."""
        wholes, inputs = self._whole(self._line.stretch_at(int(self._line.ends[count - 1])))
        try:
            results = self._call([values[:count].copy() for values in inputs])
        except StrategyError as error:
            self._failures[count] = str(error)
            return None
        self._computed.append(count)
        return self._first_of([whole[:count] for whole in wholes], results)

    def _whole(self, stretch: int) -> tuple[list[Floats], list[Floats]]:
        """The outputs and inputs as the run saw them between two splits; splits are few, and asked for in any order."""
        if stretch not in self._known:
            outputs = [series.evaluate(stretch) for series in self._outputs]
            self._known[stretch] = outputs, [self._first.input_values(node, stretch) for node in self._first.inputs]
        return self._known[stretch]

    def _call(self, inputs: Sequence[Floats]) -> list[Floats]:
        self._forget()
        result = self._first.function(*inputs)
        parts = [result if series.output is None else result[series.output] for series in self._outputs]
        return [np.asarray(part, dtype=np.float64) for part in parts]

    def _first_of(self, wholes: Sequence[Floats], cuts: Sequence[Floats]) -> Difference | None:
        found = [
            Difference(series.label, int(self._line.ends[at]), float(whole[at]), float(cut[at]))
            for series, whole, cut in zip(self._outputs, wholes, cuts, strict=True)
            if (at := _first_unequal(whole, cut)) is not None
        ]
        return min(found, key=lambda one: one.time, default=None)

    def _repeated(self) -> Difference | None:
        """On all that the run had, once more: what differs there has no one value."""
        wholes, inputs = self._whole(len(self._line.breaks) - 1)
        found = self._first_of(wholes, self._call(inputs))
        return None if found is None else found._replace(is_repeat=True)

    def _unsteady(self, count: int) -> Difference | None:
        """On the same prefix twice."""
        _, inputs = self._whole(self._line.stretch_at(int(self._line.ends[count - 1])))
        cut = [values[:count].copy() for values in inputs]
        found = self._first_of(self._call(cut), self._call(cut))
        return None if found is None else found._replace(is_repeat=True)

    def _failure(self) -> Uncomputable | None:
        """A function may need some bars to begin with; one that could do with fewer has no such excuse."""
        least = min(self._computed, default=0)
        failed = min((count for count in self._failures if count > least), default=None)
        if failed is None:
            return None
        return Uncomputable(self._first.label, int(self._line.ends[failed - 1]), self._failures[failed])


def _first_unequal(whole: Floats, cut: Floats) -> int | None:
    suspects = np.flatnonzero((whole != cut) & ~(np.isnan(whole) & np.isnan(cut)))
    if not len(suspects):
        return None
    a, b = whole[suspects], cut[suspects]
    sizes = np.abs(whole[np.isfinite(whole)])
    middle = float(np.median(sizes)) if len(sizes) else 0.0
    finite = np.isfinite(a) & np.isfinite(b)
    with np.errstate(invalid="ignore", over="ignore"):
        close = finite & (np.abs(a - b) <= ROUNDING * np.maximum(np.maximum(np.abs(a), np.abs(b)), middle))
    where = np.flatnonzero(~close)
    return int(suspects[where[0]]) if len(where) else None

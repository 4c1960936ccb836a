"""Whether a strategy's own indicators look ahead: each is computed again on prefixes of its inputs."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series import Series
from weaver.model.errors import StrategyError

Floats = NDArray[np.float64]
ROUNDING = 1e-12
"""Differences up to this are rounding, relative to the value or to the median of all, whichever is larger."""


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


def first_difference(
    series: Series, moments: Sequence[int], forget: Callable[[], None]
) -> Difference | Uncomputable | None:
    """Compute a series on its inputs cut at each moment (ns), and compare it with what the run saw. None: all the same.

    `forget` is called before each computation: it puts back what the function may have kept from another one.
    """
    line = series.timeline
    if repeated := _repeated(series, forget):
        return repeated
    counts = np.unique(np.searchsorted(line.ends, np.asarray(moments, dtype=np.int64), side="right"))
    failed: Uncomputable | None = None
    computed = False
    for count in counts[(counts > 0) & (counts < len(line.ends))].tolist():
        stretch = line.stretch_at(int(line.ends[count - 1]))
        whole = series.evaluate(stretch)[:count]
        inputs = [series.input_values(node, stretch)[:count].copy() for node in series.inputs]
        try:
            cut = _computed(series, inputs, forget)
        except StrategyError as error:
            # A function may need some bars to begin with; one that could do with fewer has no such excuse.
            if failed is None or computed:
                failed = Uncomputable(series.label, int(line.ends[count - 1]), str(error))
            continue
        if not computed:
            failed, computed = None, True
        at = _first_unequal(whole, cut)
        if at is not None:
            return Difference(series.label, int(line.ends[at]), float(whole[at]), float(cut[at]))
    return failed


def _repeated(series: Series, forget: Callable[[], None]) -> Difference | None:
    """The series computed once more on the same inputs: what differs there has no one value."""
    line = series.timeline
    last = len(line.breaks) - 1
    whole = series.evaluate(last)
    if not len(whole):
        return None
    again = _computed(series, [series.input_values(node, last) for node in series.inputs], forget)
    at = _first_unequal(whole, again)
    if at is None:
        return None
    return Difference(series.label, int(line.ends[at]), float(whole[at]), float(again[at]), is_repeat=True)


def _computed(series: Series, inputs: Sequence[Floats], forget: Callable[[], None]) -> Floats:
    forget()
    result = series.function(*inputs)
    return np.asarray(result if series.output is None else result[series.output], dtype=np.float64)


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

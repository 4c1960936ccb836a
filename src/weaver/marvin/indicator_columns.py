"""The indicators that a strategy used in a run, as columns to be drawn over its bars."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.backtest_runtime import BacktestRuntime
from weaver.marvin.series.node import Node
from weaver.marvin.series.series import Series, source_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IndicatorColumn:
    """One indicator's values as they stood at the close of each bar; columns of equal length."""

    name: str
    """As `sma(AAPL.close, 10)`."""
    symbol: str
    timeframe: str
    """Whose bars `timestamp` has the stamps of: the first column that the indicator is made from."""
    timestamp: NDArray[np.int64]
    """ns UTC, ascending, without repeats."""
    values: NDArray[np.float64]
    """NaN where undefined."""
    place: str | None = None
    """`over` the price or `below` it; None: as its size has it."""


def indicator_columns(runtime: BacktestRuntime, *, first: int, last: int) -> Iterator[IndicatorColumn]:
    """Every series that was computed from others for the strategy, and from its first tick to its last.

    That is what its signals are made of, what it read, and what it keeps in its attributes, inputs before what is made
    from them. A series that nothing has evaluated is left out: the strategy did not use it. So is a `plot=False`.
    """
    start, end = int(runtime.clock.ticks[first]), int(runtime.clock.ticks[last])
    shown: dict[str, NDArray[np.float64]] = {}
    for series in _used(runtime):
        column = _column(runtime, series, start, end)
        twin = shown.setdefault(column.name, column.values)
        if twin is column.values or not np.array_equal(twin, column.values, equal_nan=True):
            yield column


def _used(runtime: BacktestRuntime) -> Iterator[Series]:
    signals: Iterable[Node] = (entry.signal for entry in runtime.registrations)
    read = chain.from_iterable(line.readers for line in runtime.clock.lines)
    seen: set[int] = set()
    for root in chain(signals, _kept(vars(runtime.strategy).values()), read):
        for node in _with_inputs(root, seen):
            if isinstance(node, Series) and node.inputs and node.is_evaluated and node.plot:
                yield node


def _kept(values: Iterable[object]) -> Iterator[Node]:
    """The nodes among a strategy's attributes, also in the tuples, lists and dicts that it keeps them in."""
    for value in values:
        if isinstance(value, Node):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from (one for one in value if isinstance(one, Node))
        elif isinstance(value, dict):
            yield from _kept(value.values())


def _with_inputs(node: Node, seen: set[int]) -> Iterator[Node]:
    if id(node) in seen:
        return
    seen.add(id(node))
    for inner in node.inputs:
        yield from _with_inputs(inner, seen)
    yield node


def _column(runtime: BacktestRuntime, series: Series, start: int, end: int) -> IndicatorColumn:
    source = source_of(series).source
    assert source is not None  # a series with inputs is made from some column of bars
    group = runtime.feed.group(*source)
    ends = series.timeline.ends
    rows = np.flatnonzero((ends >= start) & (ends <= end))
    bars = rows
    if series.timeline is not group.timeline:
        bars = np.searchsorted(group.timeline.ends, ends[rows], side="right") - 1
        newest = np.append(np.diff(bars) > 0, True)[: len(bars)] & (bars >= 0)  # of several in one bar, the last
        rows, bars = rows[newest], bars[newest]
    return IndicatorColumn(
        name=series.label,
        symbol=group.symbol,
        timeframe=group.timeframe,
        timestamp=group.bars.timestamp[bars],
        values=series.joined()[rows],
        place=None if series.plot is True else str(series.plot),
    )

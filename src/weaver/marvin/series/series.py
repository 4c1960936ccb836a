"""Series and signals: what a strategy sees of prices and indicators, lazily, and never ahead of the clock.

A series is a node: a source column, or a function of other series. It is evaluated once per stretch between splits over
the whole array; what a callback sees of it ends at the clock. Comparisons make signals, which are false while an input
is undefined.
"""

from collections.abc import Callable, Hashable, Sequence
from decimal import Decimal
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series.node import Node, Plot, Streamed, carry
from weaver.marvin.series.timeline import Timeline, union
from weaver.marvin.series.ufuncs import Makers, applied
from weaver.model.errors import InputError

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Function: TypeAlias = Callable[..., Floats | tuple[Floats, ...]]


Operand: TypeAlias = "Series | float | int"


class _Computed(Node):
    """A node of which numpy's ufuncs make others."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return applied(ufunc, method, inputs, options, _MAKERS)


class Series(_Computed):
    """A row of float64 values, NaN where undefined."""

    __slots__ = ("plot",)
    __hash__ = object.__hash__

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.plot: Plot = True
        """Where a chart draws it: True (over the prices or beneath, by its size), False, `"over"`, `"below"`."""

    def _compute(self, stretch: int, start: int) -> Floats:
        arrays = [self.input_values(node, stretch, start) for node in self.inputs]
        result = self.function(stretch) if not arrays else self.function(*arrays)
        if self.output is not None:
            result = result[self.output]
        return np.asarray(result, dtype=np.float64)

    def carried(self, values: NDArray[Any], positions: NDArray[np.int64]) -> NDArray[Any]:
        if len(values) == 0:
            return np.full(len(positions), np.nan)
        return np.where(positions < 0, np.nan, values[np.maximum(positions, 0)])

    def shift(self, bars: int) -> "Series":
        """The series as it was `bars` ≥ 0 bars ago."""
        return shift(self, bars)

    def __lt__(self, other: Operand) -> "Signal":  # type: ignore[override]
        return compare("<", np.less, self, other)

    def __le__(self, other: Operand) -> "Signal":  # type: ignore[override]
        return compare("<=", np.less_equal, self, other)

    def __gt__(self, other: Operand) -> "Signal":  # type: ignore[override]
        return compare(">", np.greater, self, other)

    def __ge__(self, other: Operand) -> "Signal":  # type: ignore[override]
        return compare(">=", np.greater_equal, self, other)

    def __eq__(self, other: object) -> "Signal":  # type: ignore[override]
        return compare("==", np.equal, self, other)  # type: ignore[arg-type]

    def __ne__(self, other: object) -> "Signal":  # type: ignore[override]
        return compare("!=", np.not_equal, self, other)  # type: ignore[arg-type]

    def __add__(self, other: Operand) -> "Series":  # type: ignore[override]
        return arithmetic("+", np.add, self, other)

    def __radd__(self, other: Operand) -> "Series":
        return arithmetic("+", np.add, other, self)

    def __sub__(self, other: Operand) -> "Series":
        return arithmetic("-", np.subtract, self, other)

    def __rsub__(self, other: Operand) -> "Series":
        return arithmetic("-", np.subtract, other, self)

    def __mul__(self, other: Operand) -> "Series":  # type: ignore[override]
        return arithmetic("*", np.multiply, self, other)

    def __rmul__(self, other: Operand) -> "Series":  # type: ignore[override]
        return arithmetic("*", np.multiply, other, self)

    def __truediv__(self, other: Operand) -> "Series":
        return arithmetic("/", np.divide, self, other)

    def __rtruediv__(self, other: Operand) -> "Series":
        return arithmetic("/", np.divide, other, self)

    def __neg__(self) -> "Series":
        series: Series = derive("-", np.negative, (self,), reach=1, key=np.negative)
        return series

    def __abs__(self) -> "Series":
        series: Series = derive("abs", np.abs, (self,), reach=1, key=np.abs)
        return series


class Signal(_Computed):
    """A row of yes and no: no wherever an input is undefined, also after `~`."""

    __slots__ = ("back", "masked", "pushed")
    __hash__ = object.__hash__

    def __init__(
        self,
        label: str,
        timeline: Timeline,
        function: Callable[..., Flags],
        inputs: tuple[Node, ...],
        *,
        back: int = 0,
        masked: bool = False,
        pushed: int = 0,
        key: Hashable | None = None,
    ) -> None:
        super().__init__(label, timeline, function, inputs, reach=1 + back + pushed, key=key)
        self.back = back
        """How many bars before the present its inputs must be defined too."""
        self.masked = masked
        """Whether the function can say yes about undefined inputs, so that its answer must be masked."""
        self.pushed = pushed
        """It is its one input so many bars ago, and undefined where that one was."""

    def _compute(self, stretch: int, start: int) -> Flags:
        value: Flags = self.function(*(self.input_values(node, stretch, start) for node in self.inputs))
        return value & self.defined(stretch, start) if self.masked else value

    def defined(self, stretch: int, start: int) -> Flags:
        """Where every input is defined, from bar `start` on."""
        begin = max(start - self.back - self.pushed, 0)
        result = self._defined(stretch, begin)
        for _ in range(self.back):
            result = _pushed(result, 1) & result
        return _pushed(result, self.pushed)[start - begin :]

    def _defined(self, stretch: int, start: int) -> Flags:
        line = self.timeline
        result = np.ones(line.stretch_end(stretch) - start, dtype=np.bool_)
        for node in self.inputs:
            if isinstance(node, Series):
                result &= ~np.isnan(self.input_values(node, stretch, start))
            elif isinstance(node, Signal):
                result &= _aligned(node, line, stretch, start)
        return result

    def carried(self, values: NDArray[Any], positions: NDArray[np.int64]) -> NDArray[Any]:
        return _carried_flags(values, positions)

    def shift(self, bars: int) -> "Signal":
        """The signal as it was `bars` ≥ 0 bars ago; no where that lies before the first bar."""
        return shift(self, bars)

    def __and__(self, other: "Signal") -> "Signal":
        return combine("&", np.logical_and, self, other)

    def __or__(self, other: "Signal") -> "Signal":
        return combine("|", np.logical_or, self, other, masked=True)

    def __invert__(self) -> "Signal":
        return combine("~", np.logical_not, self, masked=True)


class StreamedSeries(Streamed, Series):
    """A series that the engine appends to."""

    __slots__ = ()
    __hash__ = object.__hash__


class StreamedSignal(Streamed, Signal):
    """A signal that the engine appends to."""

    __slots__ = ()
    __hash__ = object.__hash__


Series._plain, Series._streamed, Series.undefined = Series, StreamedSeries, float("nan")
Signal._plain, Signal._streamed, Signal.undefined = Signal, StreamedSignal, False


def derive(
    label: str,
    function: Function,
    inputs: Sequence[Series],
    *,
    outputs: Sequence[str] = ("",),
    user: bool = False,
    reach: int | None = None,
    is_settled: bool = False,
    key: Hashable | None = None,
) -> Any:
    """A series computed from others: `function(*arrays)` takes float64 arrays of equal length and gives one as long
    (a tuple of them for several `outputs`, which are their names), NaN where undefined. Returns one Series, or a tuple
    of them. `reach`: how many of their newest values make its newest one, to the last bit; all of them, unless said.
    `is_settled`: a value is the same, to the last bit, whatever comes behind it; so it is with a reach. `key`: equal
    keys are equal functions; None: nobody can say."""
    if not inputs:
        raise InputError(f"{label} needs at least one series")
    line = union([node.timeline for node in inputs])
    nodes = tuple(inputs)
    if len(outputs) == 1:
        series = Series(label, line, function, nodes, user=user, reach=reach, is_settled=is_settled, key=key)
        if user:
            line.clock.user_series.append(series)
        return series
    shared = _Shared(function)
    about = {"user": user, "reach": reach, "is_settled": is_settled, "key": key}
    several = tuple(Series(f"{label}.{name}", line, shared, nodes, output=k, **about) for k, name in enumerate(outputs))
    if user:
        line.clock.user_series.extend(several)
    return several


def source_of(node: Node) -> Node:
    """The first column of bars that a node is made from."""
    if node.source is not None:
        return node
    for inner in node.inputs:
        found = source_of(inner)
        if found.source is not None:
            return found
    return node


class _Shared:
    """A function of several results, called once for the same arrays."""

    def __init__(self, function: Function) -> None:
        self._function = function
        self._arrays: tuple[Floats, ...] = ()
        self._results: Any = None

    def __call__(self, *arrays: Floats) -> Any:
        same = len(arrays) == len(self._arrays) and all(a is b for a, b in zip(arrays, self._arrays, strict=True))
        if not same:
            self._results, self._arrays = self._function(*arrays), arrays
        return self._results


def crossed_above(first: Operand, second: Operand) -> Signal:
    """Yes on the bar where `first` comes to lie above `second`: a[-2] ≤ b[-2] and a[-1] > b[-1]."""
    return _crossed("crossed_above", np.greater, first, second)


def crossed_below(first: Operand, second: Operand) -> Signal:
    """Yes on the bar where `first` comes to lie below `second`: a[-2] ≥ b[-2] and a[-1] < b[-1]."""
    return _crossed("crossed_below", np.less, first, second)


@overload
def shift(node: Series, bars: int) -> Series: ...
@overload
def shift(node: Signal, bars: int) -> Signal: ...
def shift(node: Series | Signal, bars: int) -> Series | Signal:
    """The node as it was `bars` ≥ 0 bars ago. Raises InputError for a look ahead."""
    if bars < 0:
        raise InputError(f"shift({bars}) would look {-bars} bars ahead; only 0 or more is possible")
    label, key = f"{node.label}.shift({bars})", ("shift", bars)
    if isinstance(node, Signal):
        return Signal(label, node.timeline, lambda values: _pushed(values, bars), (node,), pushed=bars, key=key)
    return derive(label, lambda values: _pushed(values, bars), (node,), reach=bars + 1, key=key)  # type: ignore[no-any-return]


def _crossed(name: str, beyond: np.ufunc, first: Operand, second: Operand) -> Signal:
    def function(a: Floats, b: Floats) -> Flags:
        result = np.empty(len(a), dtype=np.bool_)
        result[:1] = False
        now = beyond(a, b)
        # Not beyond before, and defined before: a comparison with NaN is never true.
        reached = np.less_equal if beyond is np.greater else np.greater_equal
        np.logical_and(now[1:], reached(a[:-1], b[:-1]), out=result[1:])
        return result

    nodes = numbered(name, first, second)
    return Signal(f"{name}({nodes[0].label}, {nodes[1].label})", _line(nodes), function, nodes, back=1, key=name)


def compare(name: str, ufunc: np.ufunc, *operands: Operand, masked: bool = False) -> Signal:
    """What a ufunc that says yes or no says of series; `masked`: it may say yes of what is undefined."""
    nodes = numbered(name, *operands)
    label = f"({f' {name} '.join(node.label for node in nodes)})" if len(nodes) > 1 else f"{name}({nodes[0].label})"
    return Signal(label, _line(nodes), ufunc, nodes, masked=masked or ufunc is np.not_equal, key=ufunc)


def combine(name: str, ufunc: np.ufunc, *signals: Signal, masked: bool = False) -> Signal:
    """A signal of signals."""
    for node in signals:
        if not isinstance(node, Signal):
            raise InputError(f"{name} takes signals (comparisons of series), not {type(node).__name__}")
    label = f"({name} {' '.join(node.label for node in signals)})"
    return Signal(label, _line(signals), ufunc, signals, masked=masked, key=ufunc)


def arithmetic(name: str, ufunc: np.ufunc, first: Operand, second: Operand) -> Series:
    """A series of two; where it would be infinite by a division it is undefined."""

    def function(a: Floats, b: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            result: Floats = ufunc(a, b)
        if ufunc is np.divide:
            result[np.isinf(result)] = np.nan
        return result

    nodes = numbered(name, first, second)
    series: Series = derive(f"({nodes[0].label} {name} {nodes[1].label})", function, nodes, reach=1, key=ufunc)
    return series


def numbered(name: str, *operands: Operand) -> tuple[Series, ...]:
    """The operands as series; a number is a series that never changes."""
    lines = [node.timeline for node in operands if isinstance(node, Series)]
    if not lines:
        raise InputError(f"{name} needs at least one series")
    result = []
    for node in operands:
        if isinstance(node, Series):
            result.append(node)
        else:
            result.append(_constant(_number(node, name), lines[0]))
    return tuple(result)


def _number(value: object, name: str) -> float:
    if isinstance(value, (int, float, Decimal, np.number)) and not isinstance(value, bool):
        return float(value)
    raise InputError(f"{name} takes series and numbers, not {type(value).__name__}")


def _constant(value: float, line: Timeline) -> Series:
    def values(stretch: int) -> Floats:
        return np.broadcast_to(np.float64(value), (line.stretch_end(stretch),))

    return Series(repr(value), line, values, key=("constant", repr(value), line.name))


def _line(nodes: Sequence[Node]) -> Timeline:
    return union([node.timeline for node in nodes])


def _aligned(signal: Signal, line: Timeline, stretch: int, start: int) -> Flags:
    """Where a signal is defined, carried forward on another timeline than its own."""
    if signal.timeline is line:
        return signal.defined(stretch, start)
    own, positions = carry(signal.timeline, line, stretch, start)
    begin = max(int(positions[0]), 0) if len(positions) else 0
    return _carried_flags(signal.defined(own, begin), positions - begin)


def _carried_flags(values: NDArray[Any], positions: NDArray[np.int64]) -> Flags:
    if len(values) == 0:
        return np.zeros(len(positions), dtype=np.bool_)
    return np.where(positions < 0, False, values[np.maximum(positions, 0)])


def _pushed(values: NDArray[Any], bars: int) -> NDArray[Any]:
    """Values moved `bars` later, undefined (NaN, no) where nothing was."""
    if bars == 0:
        return values
    result = np.empty_like(values)
    result[:bars] = np.nan if values.dtype.kind == "f" else False
    result[bars:] = values[:-bars] if bars < len(values) else values[:0]
    return result


_MAKERS = Makers(
    signal=Signal, arithmetic=arithmetic, combine=combine, compare=compare, derive=derive, numbered=numbered
)

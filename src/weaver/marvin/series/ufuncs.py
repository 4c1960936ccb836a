"""numpy's ufuncs on series: each makes a series or a signal."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series.node import Node
from weaver.model.errors import InputError

MADE_MAX = 1_000
"""So many series are known again when a callback asks for the same on each bar."""
_ARITHMETIC: Mapping[np.ufunc, str] = {np.add: "+", np.subtract: "-", np.multiply: "*", np.true_divide: "/"}
_COMPARISONS: Mapping[np.ufunc, str] = {
    np.less: "<", np.less_equal: "<=", np.greater: ">", np.greater_equal: ">=", np.equal: "==", np.not_equal: "!=",
}  # fmt: skip
_LOGIC: Mapping[np.ufunc, tuple[str, np.ufunc]] = {
    np.logical_and: ("&", np.logical_and), np.bitwise_and: ("&", np.logical_and),
    np.logical_or: ("|", np.logical_or), np.bitwise_or: ("|", np.logical_or),
    np.logical_not: ("~", np.logical_not), np.invert: ("~", np.logical_not),
}  # fmt: skip

_EXACT = frozenset({
    np.sqrt, np.square, np.floor, np.ceil, np.trunc, np.rint, np.negative, np.positive, np.absolute, np.fabs, np.sign,
    np.maximum, np.minimum, np.fmax, np.fmin, np.copysign,
})  # fmt: skip
"""Of each value by itself the same, to the last bit, as of it among others: correctly rounded wherever they stand."""


class Makers(NamedTuple):
    """What series are made with, by those who define them."""

    signal: type[Node]
    arithmetic: Callable[..., Node]
    combine: Callable[..., Node]
    compare: Callable[..., Node]
    derive: Callable[..., Any]
    numbered: Callable[..., tuple[Node, ...]]


def applied(ufunc: np.ufunc, method: str, inputs: Sequence[Any], options: Mapping[str, Any], makers: Makers) -> Any:
    """What a ufunc makes of series, signals and numbers: the same node for the same inputs. Raises InputError."""
    name = f"np.{ufunc.__name__}"
    if method != "__call__" or ufunc.signature is not None:
        name = name if method == "__call__" else f"{name}.{method}"
        raise InputError(f"{name} takes arrays, not series: give it .values in a callback, or wrap it with indicator()")
    if options:
        raise InputError(f"{name} on series takes no options ({', '.join(options)})")
    inputs = [one[()] if isinstance(one, np.ndarray) and one.ndim == 0 else one for one in inputs]
    key = (ufunc, *(one if isinstance(one, Node) else (type(one), repr(one)) for one in inputs))
    made = next(one for one in inputs if isinstance(one, Node)).timeline.clock.made
    found = made.get(key)
    if found is None:
        found = _made(name, ufunc, inputs, makers)
        if len(made) < MADE_MAX:
            made[key] = found
    return found


def _made(name: str, ufunc: np.ufunc, inputs: Sequence[Any], makers: Makers) -> Any:
    if any(isinstance(one, makers.signal) for one in inputs):
        if ufunc not in _LOGIC:
            raise InputError(f"{name} takes series and numbers, not signals")
        symbol, own = _LOGIC[ufunc]
        return makers.combine(symbol, own, *inputs, masked=own is not np.logical_and)
    for one in inputs:
        if isinstance(one, np.ndarray):
            raise InputError(f"{name} takes series and numbers, not an array beside a series: give it .values of both")
    if ufunc in _ARITHMETIC:
        return makers.arithmetic(_ARITHMETIC[ufunc], ufunc, *inputs)
    if ufunc in _COMPARISONS:
        return makers.compare(_COMPARISONS[ufunc], ufunc, *inputs)
    nodes = makers.numbered(name, *inputs)
    kinds = _kinds(name, ufunc)
    if np.dtype(bool) in kinds:
        if ufunc is np.isnan:
            raise InputError("np.isnan on a series would never be true: a signal is false where its input is undefined")
        return makers.compare(name, ufunc, *nodes, masked=True)
    label = f"{name}({', '.join(node.label for node in nodes)})"
    outputs = [""] if ufunc.nout == 1 else [str(number) for number in range(ufunc.nout)]
    return makers.derive(label, _quiet(ufunc), nodes, outputs=outputs, reach=1 if ufunc in _EXACT else None, key=ufunc)


def _kinds(name: str, ufunc: np.ufunc) -> list[np.dtype[Any]]:
    """What it gives for floats. Raises InputError where it takes none."""
    try:
        return list(ufunc.resolve_dtypes((np.dtype(float),) * ufunc.nin + (None,) * ufunc.nout)[ufunc.nin :])
    except TypeError:
        raise InputError(f"{name} takes no series: their values are floats") from None


def _quiet(ufunc: np.ufunc) -> Callable[..., Any]:
    def function(*arrays: NDArray[np.float64]) -> Any:
        with np.errstate(all="ignore"):
            return ufunc(*arrays)

    return function

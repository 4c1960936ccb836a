"""Counted numbers as users compute with them: decimals that mix freely with floats."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

Operand: TypeAlias = "Decimal | float | np.number[Any]"


class Amount(Decimal):
    """An exact decimal: a price, a quantity, money.

    It mixes with floats, which are read by their `repr`: `Amount("0.3") + 0.1` is 0.4, and a fill at 10.1 is not above
    an open of 10.1. With nan and infinity it is a float (no amount is above nan), with an array one of floats, and
    several that become an array are floats. As a key it is its decimal: what stands under Decimal("0.1") is found by
    Amount("0.1"), what stands under 0.1 is not.
    """

    __slots__ = ()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        """Several amounts in an array are floats, unless objects are asked for."""
        return np.array(float(self), dtype=dtype, copy=True if copy is None else copy)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        exact = _UFUNCS.get(ufunc) if method == "__call__" and not options else None
        if exact is not None and all(isinstance(one, Decimal | int | float | np.generic) for one in inputs):
            return exact(*(one.item() if isinstance(one, np.generic) else one for one in inputs))
        measured = (float(one) if isinstance(one, Amount) else one for one in inputs)
        return getattr(ufunc, method)(*measured, **options)

    if TYPE_CHECKING:  # what is put on the class below

        def __add__(self, other: Operand) -> "Amount": ...
        def __radd__(self, other: Operand) -> "Amount": ...
        def __sub__(self, other: Operand) -> "Amount": ...
        def __rsub__(self, other: Operand) -> "Amount": ...
        def __mul__(self, other: Operand) -> "Amount": ...
        def __rmul__(self, other: Operand) -> "Amount": ...
        def __truediv__(self, other: Operand) -> "Amount": ...
        def __rtruediv__(self, other: Operand) -> "Amount": ...
        def __floordiv__(self, other: Operand) -> "Amount": ...
        def __rfloordiv__(self, other: Operand) -> "Amount": ...
        def __mod__(self, other: Operand) -> "Amount": ...
        def __rmod__(self, other: Operand) -> "Amount": ...
        def __pow__(self, other: Operand, *rest: Any) -> "Amount": ...
        def __rpow__(self, other: Operand, *rest: Any) -> "Amount": ...
        def __neg__(self) -> "Amount": ...
        def __pos__(self) -> "Amount": ...
        def __abs__(self) -> "Amount": ...


_UFUNCS: Mapping[np.ufunc, Callable[..., Any]] = {
    np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul, np.true_divide: operator.truediv,
    np.floor_divide: operator.floordiv, np.remainder: operator.mod, np.power: operator.pow,
    np.less: operator.lt, np.less_equal: operator.le, np.greater: operator.gt, np.greater_equal: operator.ge,
    np.equal: operator.eq, np.not_equal: operator.ne,
}  # fmt: skip
"""What a number of numpy's on the left asks for: it is a number like any other."""
_WITH_ANOTHER = (
    "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "floordiv", "rfloordiv", "mod", "rmod",
    "divmod", "rdivmod", "pow", "rpow", "eq", "ne", "lt", "le", "gt", "ge",
)  # fmt: skip
_BY_ITSELF = (
    "__neg__", "__pos__", "__abs__", "__round__", "quantize", "normalize", "to_integral_value", "sqrt", "scaleb",
    "copy_abs", "copy_sign", "max", "min",
)  # fmt: skip


def _with_another(name: str) -> Callable[..., Any]:
    """Decimal's method of that name for numbers of all kinds; float's where the other is not finite."""
    exact, measured = getattr(Decimal, name), getattr(float, name)

    def compute(self: Amount, other: Any) -> Any:
        if other.__class__ is not float and isinstance(other, np.generic):
            other = other.item()
        if other.__class__ is float:
            if other - other != 0.0:  # nan and the infinities
                return measured(float(self), other)
            other = Decimal(repr(other))
        return _amounts(exact(self, other))

    compute.__name__ = name
    return compute


def _by_itself(name: str) -> Callable[..., Any]:
    """Decimal's method of that name."""
    exact = getattr(Decimal, name)

    def compute(self: Amount, *rest: Any, **options: Any) -> Any:
        return _amounts(exact(self, *rest, **options))

    compute.__name__ = name
    return compute


def _amounts(result: Any) -> Any:
    """Decimals as amounts."""
    if result.__class__ is Decimal:
        return Amount(result)
    return tuple(map(_amounts, result)) if result.__class__ is tuple else result


for _name in _WITH_ANOTHER:
    setattr(Amount, f"__{_name}__", _with_another(f"__{_name}__"))
for _name in _BY_ITSELF:
    setattr(Amount, _name, _by_itself(_name))

"""A user's numpy function behind an indicator: its failures and odd results are reported as its author needs them."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.blame import blame, described
from weaver.marvin.series.functions.known_functions import function_key
from weaver.model.errors import IndicatorFailed

Floats: TypeAlias = NDArray[np.float64]


class UserFunction:
    """Calls the function with read-only views of its inputs, and checks what comes back. Raises IndicatorFailed."""

    __slots__ = ("_function", "_name", "_options", "_outputs")

    def __init__(self, function: Callable[..., Any], name: str, *, outputs: int, options: Mapping[str, Any]) -> None:
        self._function, self._name, self._outputs, self._options = function, name, outputs, options

    @property
    def key(self) -> Hashable | None:
        """Equal of functions that give the same; None where nobody can say."""
        known = function_key(self._function, self._options)
        return None if known is None else (known, self._outputs)

    def __call__(self, *arrays: Floats) -> Floats | tuple[Floats, ...]:
        result = self._called([_read_only(array) for array in arrays])
        length = len(arrays[0])
        if self._outputs == 1:
            return self._checked(result, length)
        if not isinstance(result, tuple | list) or len(result) != self._outputs:
            raise IndicatorFailed(
                f"indicator {self._name}: it must return {self._outputs} arrays, not {_shape(result)}"
            )
        return tuple(self._checked(part, length) for part in result)

    def _called(self, arrays: list[Floats]) -> object:
        try:
            return self._function(*arrays, **self._options)
        except Exception as error:
            code = getattr(self._function, "__code__", None) or getattr(type(self._function).__call__, "__code__", None)
            place = blame(error, code.co_filename) if code is not None else None
            raise IndicatorFailed(f"indicator {self._name}: {place or described(error)}") from error

    def _checked(self, result: object, length: int) -> Floats:
        try:
            array = np.asarray(result)
        except ValueError as error:  # lists of unequal length
            raise IndicatorFailed(f"indicator {self._name}: its result is no array: {described(error)}") from error
        if array.shape != (length,):
            raise IndicatorFailed(
                f"indicator {self._name}: it must return one value per bar ({length}), not {_shape(result)}"
            )
        if array.dtype.kind not in "fiub":
            raise IndicatorFailed(f"indicator {self._name}: its values must be numbers or booleans, not {array.dtype}")
        return np.array(array, dtype=np.float64)  # a copy: the function may keep and change its own


def _read_only(array: Floats) -> Floats:
    view = array.view()
    view.flags.writeable = False
    return view


def _shape(result: object) -> str:
    if result is None:
        return "None"
    if isinstance(result, tuple | list):
        return f"a {type(result).__name__} of {len(result)}"
    if np.ndim(np.asarray(result)) == 0:
        return f"{result!r}"
    return f"an array of shape {np.shape(np.asarray(result))}"

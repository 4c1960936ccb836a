"""The values of series, kept for runs that come to the same ones: in a sweep many trials ask for equal indicators."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from numpy.typing import NDArray


class SharedValues:
    """Arrays by what they are made of, the most recently used ones, `bytes_max` in all. Nobody may write to them."""

    def __init__(self, bytes_max: int) -> None:
        self._max, self._held = bytes_max, 0
        self._arrays: OrderedDict[Hashable, NDArray[Any]] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """The array of a key, computed where it is not kept."""
        found = self._arrays.get(key)
        if found is not None:
            self._arrays.move_to_end(key)
            return found
        made = compute().view()
        made.flags.writeable = False
        self._arrays[key] = made
        self._held += made.nbytes
        while self._held > self._max and len(self._arrays) > 1:
            self._held -= self._arrays.popitem(last=False)[1].nbytes
        return made

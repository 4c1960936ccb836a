"""All that a sweep may try: the points of several axes, but for those that a constraint leaves out."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weaver.greta.sweep.axes import Axis, Choices, Span
from weaver.greta.sweep.expressions import Expression, Undefined
from weaver.model.errors import InputError

Point = dict[str, Any]
"""The value of each axis, by name, in the order of the axes."""
LOOKED_AT_MAX = 20_000_000
"""So many points are tried against a constraint before it counts as one that nothing satisfies."""


class Space:
    """The points of some axes. The last axis varies fastest."""

    def __init__(
        self, axes: Sequence[Axis], *, where: str | None = None, fixed: Mapping[str, Any] | None = None
    ) -> None:
        """`where`: which points count, an expression of the axes and of the `fixed` values beside them.

        Raises InputError: no axes, two of one name, an unknown name in `where`.
        """
        if not axes:
            raise InputError("nothing to vary: name a parameter with what to try of it, as fast=5:50:5")
        self.axes = tuple(axes)
        self.names = [axis.name for axis in axes]
        for name in self.names:
            if self.names.count(name) > 1:
                raise InputError(f"{name} is varied twice: name all that is to be tried of it once")
        self._fixed = {name: value for name, value in (fixed or {}).items() if name not in self.names}
        known = [*self.names, *self._fixed]
        self.where = None if where is None else Expression(where, known, what="the constraint")

    @property
    def spans(self) -> list[Span]:
        """The axes that have no list of values."""
        return [axis for axis in self.axes if isinstance(axis, Span)]

    @property
    def size(self) -> int | None:
        """How many points there are, whatever the constraint says; None: no end of them."""
        if any(not axis.is_whole for axis in self.spans):
            return None
        return math.prod(
            len(axis.values) if isinstance(axis, Choices) else int(axis.high - axis.low) + 1 for axis in self.axes
        )

    def allows(self, point: Point) -> bool:
        """Whether the constraint leaves a point in; where it has no value it does not."""
        if self.where is None:
            return True
        try:
            return bool(self.where({**self._fixed, **point}))
        except Undefined:
            return False

    def grid(self) -> Iterator[Point]:
        """Every point that counts, in order. Raises InputError where an axis has no list of values, and where nothing
        satisfies the constraint."""
        for axis in self.spans:
            raise InputError(
                f"{axis.name} is anything from {axis.low:g} to {axis.high:g}, of which there is no grid: give it a "
                f"step ({axis.low:g}:{axis.high:g}:STEP), or search at random (--search random)"
            )
        found = False
        for index in range(self.size or 0):
            point = self.point(index)
            if self.allows(point):
                found = True
                yield point
            elif not found and index >= LOOKED_AT_MAX:
                break
        if not found:
            raise self.nothing()

    def point(self, index: int) -> Point:
        """The point of an index, of axes that are all lists."""
        values = []
        for axis in reversed(self.axes):
            assert isinstance(axis, Choices)
            index, at = divmod(index, len(axis.values))
            values.append(axis.values[at])
        return dict(zip(self.names, reversed(values), strict=True))

    def at(self, shares: Sequence[float]) -> Point:
        """The point that lies so far along each axis, 0 to 1."""
        found: Point = {}
        for axis, share in zip(self.axes, shares, strict=True):
            if isinstance(axis, Span):
                found[axis.name] = axis.at(share)
            else:
                found[axis.name] = axis.values[min(int(share * len(axis.values)), len(axis.values) - 1)]
        return found

    def nothing(self) -> InputError:
        """That no point satisfies the constraint."""
        text = "" if self.where is None else f" {self.where.text!r}"
        return InputError(f"no point of the space satisfies the constraint{text}: nothing to try")

    def describe(self) -> dict[str, Any]:
        """As JSON: what each axis has, and the constraint."""
        return {
            "axes": [_described(axis) for axis in self.axes],
            "where": None if self.where is None else self.where.text,
        }


def _described(axis: Axis) -> dict[str, Any]:
    if isinstance(axis, Choices):
        return {"name": axis.name, "values": list(axis.values)}
    kind = {"is_whole": axis.is_whole, "is_log": axis.is_log}
    return {"name": axis.name, "low": axis.low, "high": axis.high, **kind}

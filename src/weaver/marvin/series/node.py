"""What series and signals share: a row of values on a timeline that never shows what lies ahead of the clock."""

from collections.abc import Callable, Hashable, Iterator
from typing import Any, ClassVar, Literal, SupportsIndex, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.series.growing import Growing
from weaver.marvin.series.timeline import Timeline
from weaver.model.errors import InputError

Plot: TypeAlias = bool | Literal["over", "below"]
"""Where a chart draws a series: over the price if it is of that size, else beneath (True); nowhere (False)."""
PLACES = (True, False, "over", "below")
Recipe: TypeAlias = tuple[Hashable, ...]
_NOTHING = np.empty(0, dtype=np.int64)


class Node(list[Any]):
    """What series and signals share: a row of values on a timeline, visible up to the clock.

    It is a list only so that the engine can *stream* it: while it visits bar after bar it appends each new value, and
    reading `[-1]` costs no more than with a list. Before that, reads go to the array; either way a node holds nothing
    that is not visible.
    """

    __slots__ = (
        "_ends",
        "_evaluated",
        "_growing",
        "_is_known",
        "_joined",
        "_recipe",
        "_streaming",
        "_stretch",
        "_view",
        "deepest",
        "function",
        "inputs",
        "is_settled",
        "key",
        "label",
        "output",
        "reach",
        "reads",
        "source",
        "timeline",
        "user",
    )
    __hash__ = object.__hash__  # type: ignore[assignment] # a node is itself, whatever its values

    def __init__(
        self,
        label: str,
        timeline: Timeline,
        function: Callable[..., Any],
        inputs: tuple["Node", ...] = (),
        *,
        output: int | None = None,
        user: bool = False,
        reach: int | None = None,
        is_settled: bool = False,
        key: Hashable | None = None,
    ) -> None:
        super().__init__()
        self.label, self.timeline, self.function, self.inputs = label, timeline, function, inputs
        self.output, self.user = output, user
        self.reach = reach
        """How many of its inputs' newest values make its newest one, to the last bit; None: all of them may."""
        may_settle = is_settled or (reach is not None and not user) or not inputs
        self.is_settled: bool = may_settle and all(node.is_settled for node in inputs)
        """Whether each of its values is the same, to the last bit, whatever comes behind it."""
        self.key = key
        """What its function is, for those who know it again; None: nobody can say."""
        self._recipe: Recipe | None = None
        self._is_known = True
        self.reads = 0
        """How often one of its values was asked for, before it was streamed."""
        self.deepest = 0
        """How many bars back it was asked for a value of before its first bar."""
        self.source: tuple[str, str] | None = None
        """Symbol and timeframe, of a column of bars."""
        self._stretch = self._streaming = -1
        self._evaluated: NDArray[Any] | None = None
        self._ends: NDArray[np.int64] | None = None
        """Those of the bars that it was evaluated on: a line that grows has others on each."""
        self._growing: Growing | None = None
        self._joined: NDArray[Any] | None = None
        self._view: memoryview | None = None

    # Evaluation

    @property
    def recipe(self) -> Recipe | None:
        """What its values are made of: two nodes of equal recipes on the same bars have the same values. None where
        one of its functions is not known again."""
        if self._recipe is None and self._is_known:
            self._recipe = self._written()
            self._is_known = self._recipe is not None
        return self._recipe

    def _written(self) -> Recipe | None:
        if self.source is not None:
            return (self.source, self.label)
        inputs = [node.recipe for node in self.inputs]
        if self.key is None or None in inputs:
            return None
        return (self._plain.__name__, self.key, self.output, *inputs)

    @property
    def is_evaluated(self) -> bool:
        """Whether its values were ever asked for."""
        return self._evaluated is not None

    def evaluate(self, stretch: int) -> NDArray[Any]:
        """All values up to the end of a stretch between splits, as they look from inside it."""
        line = self.timeline
        if line.foreseen is None or not self.is_settled:
            return self._on_ends(stretch)
        if self._evaluated is None or self._stretch != stretch or self._ends is not line.foreseen:
            with line.clock.foreseeing():
                self._on_ends(stretch)
        assert self._evaluated is not None
        return self._evaluated[: len(line.ends)]

    def _on_ends(self, stretch: int) -> NDArray[Any]:
        if self._evaluated is None or self._stretch != stretch or self._ends is not self.timeline.ends:
            known = self._evaluated if self._stretch == stretch else None
            self._evaluated = self._whole(stretch) if known is None else self._grown(known, stretch)
            self._stretch, self._ends, self._view = stretch, self.timeline.ends, None
        return self._evaluated

    def _whole(self, stretch: int) -> NDArray[Any]:
        self._growing = None
        if not len(self.timeline.ends):
            return self.carried(_NOTHING, _NOTHING)
        shared, recipe = self.timeline.clock.shared, self.recipe
        if shared is None or recipe is None:
            return self._compute(stretch, 0)
        return shared.get((recipe, stretch), lambda: self._compute(stretch, 0))

    def _grown(self, known: NDArray[Any], stretch: int) -> NDArray[Any]:
        """The values that were evaluated before, and behind them those of the bars that have closed since.

        What looks at all of its inputs is computed on all of them; only the user's own functions could have changed
        their mind about earlier bars.
        """
        if self.reach is None and not self.user:
            return self._compute(stretch, 0)
        if self._growing is None:
            self._growing = Growing(known)
        start = 0 if self.reach is None else max(len(known) - self.reach + 1, 0)
        self._growing.extend(self._compute(stretch, start)[len(known) - start :])
        return self._growing.values

    def _compute(self, stretch: int, start: int) -> NDArray[Any]:
        """The values from bar `start` on, of inputs from there on."""
        raise NotImplementedError  # pragma: no cover - abstract

    def joined(self) -> NDArray[Any]:
        """For every bar the value that was the newest at its own close."""
        if self._joined is None:
            line = self.timeline
            parts = [self.evaluate(k)[at : line.stretch_end(k)] for k, at in enumerate(line.breaks)]
            self._joined = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return self._joined

    def input_values(self, node: "Node", stretch: int, start: int = 0) -> NDArray[Any]:
        """An input's values on this node's timeline: carried forward where the timelines differ."""
        if node.timeline is self.timeline:
            values = node.evaluate(stretch)
            return values[start:] if start else values
        own, positions = carry(node.timeline, self.timeline, stretch, start)
        return node.carried(node.evaluate(own), positions)

    def carried(self, values: NDArray[Any], positions: NDArray[np.int64]) -> NDArray[Any]:
        """Values at positions; what lies before the first is undefined."""
        raise NotImplementedError  # pragma: no cover - abstract

    # What a strategy reads

    @property
    def values(self) -> NDArray[Any]:
        """Everything visible now, oldest first; a read-only array."""
        seen = self.timeline.visible
        if seen == 0:
            return self.evaluate(0)[:0].copy()
        visible = self.evaluate(self.timeline.stretch)[:seen]
        visible.flags.writeable = False
        return visible

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> Any: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[Any]: ...
    def __getitem__(self, index: SupportsIndex | slice, /) -> Any:
        line = self.timeline
        if not self.reads:
            line.readers.append(self)
        self.reads += 1
        seen = line.visible
        if isinstance(index, slice):
            return self.values[index].tolist()
        at = index.__index__()
        position = at + seen if at < 0 else at
        if not 0 <= position < seen:
            if at >= 0:
                raise IndexError(f"{self.label}[{at}]: only {seen} bars have closed")
            self.deepest = max(self.deepest, -at)
            return self.undefined
        if self._view is None or not (line.is_steady or self._ends is line.foreseen):
            self.evaluate(line.stretch)
            assert self._evaluated is not None
            self._view = self._evaluated.data  # with what is foreseen: it ends at `seen`
        return self._view[position]

    def __len__(self) -> int:
        return self.timeline.visible

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values.tolist())

    def __reversed__(self) -> Iterator[Any]:
        return iter(self.values[::-1].tolist())

    def __contains__(self, value: object) -> bool:
        return value in self.values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        del copy
        if self.timeline.clock.starting and not self.timeline.visible:
            raise InputError(
                f"{self.label} has no values in on_start, before the first bar: an array of it would be empty. Use its "
                "indicators, a ufunc (np.log), or indicator() around a function of your own"
            )
        return np.array(self.values, dtype=dtype)

    def __array_function__(self, function: Callable[..., Any], types: Any, arguments: Any, options: Any) -> Any:
        """Any function of numpy's that is no ufunc, on what is visible of the series among its arguments. Raises
        InputError in on_start, where that is nothing."""
        del types
        return function(*_visible(arguments), **_visible(options))

    def __float__(self) -> float:
        raise TypeError(
            f"{self.label} is a whole series: its newest value is {self.label}[-1], and a ufunc of numpy's (np.log, "
            "np.sqrt …) makes a series of it"
        )

    __int__ = __float__

    def __bool__(self) -> bool:
        raise TypeError(f"{self.label} is a whole series; its newest value is {self.label}[-1]")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.label} on {self.timeline.name}, {self.timeline.visible} bars>"

    def _repr_html_(self) -> str:
        """What is visible of it, as a table for a notebook."""
        from weaver.model.html_table import html_table, shown_rows

        seen = self.values
        rows = shown_rows(len(seen))
        columns = {"bar ended": self.timeline.ends[rows].tolist(), self.label: seen[rows].tolist()}
        return html_table(columns, times={"bar ended"}, count=len(seen))

    # Streaming, for whoever moves the clock

    @property
    def is_streamed(self) -> bool:
        """Whether it holds its values as a list of its own."""
        return type(self) is not self._plain

    def stream(self, stretch: int, first: int, last: int) -> list[Any]:
        """Hold the values before bar `first` as a list of one's own, to which whoever moves the clock adds the values
        up to `last`, which are returned, as they become visible."""
        values = self.evaluate(stretch)
        if not self.is_streamed or list.__len__(self) != first or self._streaming != stretch:
            list.clear(self)
            list.extend(self, values[:first].tolist())
            self._streaming = stretch
            self.__class__ = self._streamed
        found: list[Any] = values[first:last].tolist()
        return found

    undefined: ClassVar[float | bool]
    """What it is before its first bar."""
    _streamed: type["Node"]
    _plain: type["Node"]


class Streamed:
    """A node whose visible values stand in the list itself: every read is the list's own."""

    __slots__ = ()
    __getitem__ = list.__getitem__
    __len__ = list.__len__
    __iter__ = list.__iter__
    __reversed__ = list.__reversed__
    __contains__ = list.__contains__


def carry(source: Timeline, line: Timeline, stretch: int, start: int) -> tuple[int, NDArray[np.int64]]:
    """Which stretch of `source` is current in one of `line`, which has its moments among its own, and the source's
    newest bar at each bar of the line from `start` on."""
    return line.stretch_of(source, stretch), line.newest_of(source, start, line.stretch_end(stretch))


def _visible(value: Any) -> Any:
    """An argument of numpy's with what is visible of each node in it."""
    if isinstance(value, Node):
        return np.asarray(value)
    if isinstance(value, tuple | list):
        return type(value)(_visible(one) for one in value)
    return {key: _visible(one) for key, one in value.items()} if isinstance(value, dict) else value

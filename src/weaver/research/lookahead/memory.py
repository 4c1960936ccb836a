"""What a strategy keeps outside of itself, in its class, module and functions, to be put back."""

import sys
from collections import deque
from collections.abc import Callable, Iterator
from operator import is_
from types import CellType, FunctionType, ModuleType
from typing import Any

import numpy as np

from weaver.marvin.strategy import Strategy

OBJECTS = 20_000
"""How many objects are looked into at most."""
ITEMS = 5_000
"""A longer list or mapping is kept, but what is in it is not looked into."""
_EMPTY = object()


class Memory:
    """The state that runs of a strategy class share, as it was when this was made; `recall` puts it back.

    Looked into: the class and those that it derives from, the module's names, functions (attributes, defaults,
    closures, caches), lists, mappings, sets, arrays, and objects of the module's own classes. Not: other modules, and
    what C code keeps.
    """

    def __init__(self, strategy: type[Strategy]) -> None:
        classes = [base for base in strategy.__mro__ if base not in Strategy.__mro__]
        self._homes = {base.__module__ for base in classes}
        self._undo: list[Callable[[], None]] = []
        self._seen: set[int] = set()
        modules = [sys.modules[name] for name in self._homes if name in sys.modules]
        self._waiting: list[Any] = [*classes, *modules]
        while self._waiting and len(self._seen) < OBJECTS:
            self._look(self._waiting.pop())

    def recall(self) -> None:
        """Put everything back to how it was."""
        for undo in self._undo:
            undo()

    def _look(self, thing: Any) -> None:
        if isinstance(thing, str | bytes | int | float | None) or id(thing) in self._seen:
            return
        self._seen.add(id(thing))
        if isinstance(thing, dict):
            self._keep(thing, _restore_mapping, thing.values())
        elif isinstance(thing, list | deque):
            self._keep(thing, _restore_sequence, thing)
        elif isinstance(thing, set | bytearray):
            self._keep(thing, _restore_by_update, thing)
        elif isinstance(thing, np.ndarray):
            if thing.flags.writeable and thing.dtype != object:
                self._keep(thing, _restore_array, ())
        elif isinstance(thing, tuple | frozenset):
            self._waiting.extend(thing if len(thing) <= ITEMS else ())
        elif isinstance(thing, CellType):
            self._cell(thing)
        elif isinstance(thing, staticmethod | classmethod):
            self._waiting.append(thing.__func__)
        elif isinstance(thing, property):
            self._waiting.extend(part for part in (thing.fget, thing.fset) if part is not None)
        else:
            self._own(thing)

    def _own(self, thing: Any) -> None:
        """A class, module, function or object: looked into where it belongs to the strategy's modules."""
        if isinstance(thing, ModuleType):
            if thing.__name__ in self._homes:
                self._waiting.append(vars(thing))
            return
        home = thing.__module__ if isinstance(thing, type | FunctionType) else type(thing).__module__
        wrapped = getattr(thing, "__wrapped__", None)
        if isinstance(wrapped, FunctionType) and callable(getattr(thing, "cache_clear", None)):
            self._undo.append(thing.cache_clear)
            self._waiting.append(wrapped)
        elif home not in self._homes:
            return
        elif isinstance(thing, type):
            self._class(thing)
        elif isinstance(thing, FunctionType):
            parts = (thing.__dict__, thing.__defaults__, thing.__kwdefaults__, thing.__closure__)
            self._waiting.extend(part for part in parts if part is not None)
        elif hasattr(thing, "__dict__"):
            self._waiting.append(vars(thing))

    def _class(self, cls: type) -> None:
        before = dict(_attributes(cls))

        def undo() -> None:
            now = dict(_attributes(cls))
            for name in now.keys() - before.keys():
                delattr(cls, name)
            for name, value in before.items():
                if now.get(name, _EMPTY) is not value:
                    setattr(cls, name, value)

        self._undo.append(undo)
        self._waiting.extend(before.values())

    def _cell(self, cell: CellType) -> None:
        try:
            value = cell.cell_contents
        except ValueError:  # a name that has no value yet
            return

        def undo() -> None:
            cell.cell_contents = value

        self._undo.append(undo)
        self._waiting.append(value)

    def _keep(self, thing: Any, restore: Callable[[Any, Any], None], items: Any) -> None:
        copy = thing.copy()
        self._undo.append(lambda: restore(thing, copy))
        if len(thing) <= ITEMS:
            self._waiting.extend(items)


def _attributes(cls: type) -> Iterator[tuple[str, Any]]:
    """What the class body, or a run, has put on a class."""
    return ((name, value) for name, value in vars(cls).items() if not name.startswith(("__", "_abc_")))


def _restore_mapping(thing: dict[Any, Any], copy: dict[Any, Any]) -> None:
    """Only what differs is touched: others may be reading a module's names meanwhile."""
    if len(thing) == len(copy) and all(map(is_, thing, copy)) and all(map(is_, thing.values(), copy.values())):
        return
    for name in [name for name in thing if name not in copy]:
        del thing[name]
    for name, value in copy.items():
        if thing.get(name, _EMPTY) is not value:
            thing[name] = value


def _restore_sequence(thing: Any, copy: Any) -> None:
    if len(thing) != len(copy) or not all(map(is_, thing, copy)):
        thing.clear()
        thing.extend(copy)


def _restore_by_update(thing: Any, copy: Any) -> None:
    if thing != copy:
        thing.clear()
        thing.extend(copy) if isinstance(thing, bytearray) else thing.update(copy)


def _restore_array(thing: Any, copy: Any) -> None:
    thing[...] = copy

"""Methods that look like callbacks, and that nothing will ever call."""

import inspect
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import PurePath
from types import CodeType, FunctionType
from typing import Any

from weaver.marvin.strategy import Strategy

CALLBACKS = tuple(name for name in vars(Strategy) if name.startswith("on_"))
_FOLDED = {name.replace("_", ""): name for name in CALLBACKS}
_ELSEWHERE = {
    "on_bar": "next nextopen ondata handledata oncandle oncandles onkline onnewbar onbarclose onbarclosed onprice",
    "on_tick": "onticks onquote onclock onstep",
    "on_start": "init oninit initialize initialise oninitialize setup onsetup onstrategystart start",
    "on_stop": "onend onfinish onexit onclose deinit ondeinit ondestroy onendofalgorithm stop",
    "on_order": "notifyorder onorderevent onorderupdate onorderstatus",
    "on_fill": "ontrade ontrades onfilled onorderfilled onexecution notifytrade ontradeupdate",
}
"""What other engines call them, without case and underscores."""
_MEANT = {theirs: ours for ours, names in _ELSEWHERE.items() for theirs in names.split()}


def misspelt_callbacks(strategy: type[Strategy]) -> list[str]:
    """One line for each method that is named like a callback, of ours or of another engine, but is none, and that the
    strategy's own code does not mention."""
    found = []
    for name, method in _own_methods(strategy):
        meant = _meant(name)
        if meant is not None and name not in _mentioned(strategy, besides=name):
            code = method.__code__
            place = f"{PurePath(code.co_filename).name} line {code.co_firstlineno}: {name}"
            found.append(f"{place} is never called; did you mean {meant}?")
    return found


def _own_methods(strategy: type[Strategy]) -> Iterator[tuple[str, FunctionType]]:
    for name, method in inspect.getmembers(strategy, inspect.isfunction):
        if not hasattr(Strategy, name):
            yield name, method


def _meant(name: str) -> str | None:
    folded = name.replace("_", "").lower()
    exact = _FOLDED.get(folded) or _MEANT.get(folded)
    if exact is not None or not folded.startswith("on"):
        return exact
    near = get_close_matches(folded, _FOLDED, n=1, cutoff=0.75)
    return _FOLDED[near[0]] if near and (name.startswith("on_") or abs(len(near[0]) - len(folded)) <= 1) else None


def _mentioned(strategy: type[Strategy], *, besides: str) -> set[str]:
    """The names in the code of the strategy's classes, but for one method's own."""
    found: set[str] = set()
    for cls in strategy.__mro__:
        if cls in (Strategy, object):
            continue
        for name, value in vars(cls).items():
            if name != besides:
                for code in _codes(value):
                    found.update(_names(code))
    return found


def _codes(value: Any) -> Iterator[CodeType]:
    parts = (value.fget, value.fset) if isinstance(value, property) else (getattr(value, "__func__", value),)
    for part in parts:
        code = getattr(part, "__code__", None)
        if isinstance(code, CodeType):
            yield code


def _names(code: CodeType) -> Iterator[str]:
    """Names and texts (of a getattr) that stand in code, and in that of functions within it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
        elif isinstance(constant, str):
            yield constant

"""The usable one of what is listed by id, or why there is none."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Protocol, TypeVar

from weaver.model.errors import NotFound, WeaverError


class Entry(Protocol):
    """Something that a file brings; `error` says what is wrong with it."""

    @property
    def id(self) -> str: ...
    @property
    def error(self) -> str | None: ...


E = TypeVar("E", bound=Entry)


def usable(
    entries: Sequence[E],
    identifier: str,
    *,
    kind: str,
    broken: type[WeaverError],
    hint: Callable[[Sequence[str]], str],
) -> E:
    """The entry of that id without an error. Raises NotFound, with the `hint` for the ids that are like it, or `broken`
    where the file is."""
    matches = [entry for entry in entries if entry.id == identifier]
    for entry in matches:
        if entry.error is None:
            return entry
    if matches:
        raise broken(f"{kind} {identifier!r} cannot be used: {matches[0].error}")
    near = get_close_matches(identifier, [entry.id for entry in entries], n=3)
    raise NotFound(f"there is no {kind} {identifier!r}; {hint(near)}")

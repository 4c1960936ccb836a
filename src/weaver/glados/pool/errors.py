"""Errors on their way from one process to another: their class in the tree, their words and their facts."""

from collections.abc import Callable, Mapping
from typing import Any

from weaver.model.errors import TREE, Fact, RunFailed, WeaverError, of_family

_NAMES: Mapping[type[WeaverError], str] = {kind: kind.__name__ for kind in TREE}
_KINDS: Mapping[str, Callable[..., WeaverError]] = {kind.__name__: kind for kind in TREE}


def error_body(error: WeaverError, *, message: str) -> dict[str, Any]:
    """An error as a message's body, in these words. One of a class that is not in the tree goes as the nearest that
    is."""
    return {"error": of_family(type(error), _NAMES), "message": message, "facts": error.facts}


def error_of(body: Mapping[str, Any]) -> WeaverError:
    """The error of a message, which a user's code may have written: whatever else it names is a run that failed."""
    kind = _KINDS.get(str(body["error"]), RunFailed)
    given = body.get("facts")
    facts = {name: _fact(given, name) for name in kind("").facts}
    return kind(str(body["message"]), **facts)


def _fact(given: object, name: str) -> Fact:
    value = given.get(name) if isinstance(given, Mapping) else None
    return value if isinstance(value, str | int) else None

"""One of each error that Weaver raises on purpose, for whoever has to treat them all."""

from collections.abc import Iterator, Mapping
from importlib import import_module

from weaver.model.errors import TREE, DataError, Fact, OverLimit, WeaverError
from weaver.model.promotion.gates import GatesNotMet
from weaver.walle.database.engines.faults import NotLetIn, OutcomeUnknown

WORDS = "x.csv: row 4 (line 6): the close is 0"
PLACE: Mapping[str, Fact] = {"file": "x.csv", "row": 4, "line": 6}


def in_the_tree() -> list[WeaverError]:
    """One of each class that is drawn, with all facts that it can have."""
    facts: Mapping[type[WeaverError], Mapping[str, Fact]] = {DataError: PLACE, OverLimit: {"seconds": 12}}
    known = {kind: next((facts[one] for one in kind.__mro__ if one in facts), {}) for kind in TREE}
    return [kind(WORDS, **known[kind]) for kind in TREE]  # type: ignore[call-arg]


def derived() -> list[WeaverError]:
    """One of each class that other modules derive."""
    return [OutcomeUnknown(WORDS), NotLetIn(WORDS), GatesNotMet(WORDS)]


def classes(root: type[WeaverError] = WeaverError) -> Iterator[type[WeaverError]]:
    """Every class of Weaver's, wherever it is declared."""
    for module in ("weaver.main", "weaver.worker", "weaver.reader"):
        import_module(module)
    yield root
    for child in root.__subclasses__():
        if child.__module__.startswith("weaver."):
            yield from classes(child)

"""Which event types a reader or a subscriber wants: exact names, `namespace.*`, or `*`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

EVERYTHING = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypePatterns:
    """A set of patterns, taken apart. With `everything`, the other two are empty."""

    everything: bool
    names: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()
    """With their dot at the end: `run.`."""

    @classmethod
    def parse(cls, patterns: Iterable[str] | None) -> "TypePatterns":
        """Patterns as they are written; None is all. No pattern at all matches nothing."""
        given = frozenset({EVERYTHING} if patterns is None else patterns)
        if EVERYTHING in given:
            return cls(everything=True)
        namespaces = frozenset(pattern[:-1] for pattern in given if pattern.endswith(".*"))
        return cls(
            everything=False,
            names=frozenset(pattern for pattern in given if not pattern.endswith(".*")),
            namespaces=namespaces,
        )

    def matches(self, type_: str) -> bool:
        """Whether a type is wanted; case matters."""
        return self.everything or type_ in self.names or type_[: type_.find(".") + 1] in self.namespaces

    def matcher(self) -> Callable[[str], bool]:
        """`matches`, remembering its answers: there are a few dozen types and very many events."""
        known: dict[str, bool] = {}

        def wanted(type_: str) -> bool:
            answer = known.get(type_)
            if answer is None:
                answer = known[type_] = self.matches(type_)
            return answer

        return wanted

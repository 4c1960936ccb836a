"""Which events of a log are wanted: by type (exact names, `namespace.*`, or `*`), and by what they belong to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from weaver.events.event import Event

EVERYTHING = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeFilter:
    """Which types of events are wanted. With `everything`, the other two are empty."""

    everything: bool
    names: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()
    """With their dot at the end: `run.`."""

    @classmethod
    def parse(cls, patterns: Iterable[str] | None) -> "TypeFilter":
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """What is None does not matter. `types`: exact names, or `namespace.*`; none at all match nothing."""

    types: tuple[str, ...] | None = None
    run_id: str | None = None
    corr_id: str | None = None
    causation_id: str | None = None
    order_id: str | None = None
    """The order that the payload is about."""

    @property
    def of_type(self) -> TypeFilter:
        """The types, taken apart."""
        return TypeFilter.parse(self.types)

    @property
    def ids(self) -> dict[str, str]:
        """The ids that an event must have, by their field."""
        wanted = {"run_id": self.run_id, "corr_id": self.corr_id, "causation_id": self.causation_id}
        return {name: value for name, value in wanted.items() if value is not None}

    def matcher(self) -> Callable[[Event], bool]:
        """Says of an event whether it is wanted."""
        is_of_type, ids, order_id = self.of_type.matcher(), self.ids, self.order_id
        return lambda event: (
            is_of_type(event.type)
            and all(getattr(event, name) == ids[name] for name in ids)
            and (order_id is None or event.payload.get("order_id") == order_id)
        )


ALL_EVENTS = EventFilter()

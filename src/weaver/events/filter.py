"""Which events of a log are wanted."""

from collections.abc import Callable
from dataclasses import dataclass

from weaver.events.event import Event
from weaver.events.patterns import TypePatterns


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """What is None does not matter. `types`: exact names, or `namespace.*`; none at all match nothing."""

    types: tuple[str, ...] | None = None
    run_id: str | None = None
    corr_id: str | None = None
    causation_id: str | None = None

    @property
    def ids(self) -> dict[str, str]:
        """The ids that an event must have, by their field."""
        wanted = {"run_id": self.run_id, "corr_id": self.corr_id, "causation_id": self.causation_id}
        return {name: value for name, value in wanted.items() if value is not None}

    def matcher(self) -> Callable[[Event], bool]:
        """Says of an event whether it is wanted."""
        is_of_type, ids = TypePatterns.parse(self.types).matcher(), self.ids
        return lambda event: is_of_type(event.type) and all(getattr(event, name) == ids[name] for name in ids)


ALL_EVENTS = EventFilter()

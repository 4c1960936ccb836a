"""What happens to orders at an instant: an opening from which they work, a close with which they end."""

from collections.abc import Callable

from weaver.rehearsal.ports import VenueClock
from weaver.rehearsal.venue.tickets.ticket import Ticket


class Agenda:
    """Tickets by the instant at which something is due to them; those that end before are let go."""

    def __init__(self, clock: VenueClock, happen: Callable[[Ticket], None]) -> None:
        self._clock, self._happen = clock, happen
        self._at: dict[int, dict[str, Ticket]] = {}
        self._when: dict[str, int] = {}

    def add(self, at: int, ticket: Ticket) -> None:
        """Something is due to a ticket at an instant, ns."""
        self.drop(ticket)
        due = self._at.get(at)
        if due is None:
            due = self._at[at] = {}
            self._clock.schedule(at, lambda: self._come(at))
        due[ticket.id] = ticket
        self._when[ticket.id] = at

    def drop(self, ticket: Ticket) -> None:
        """Nothing is due to it any more."""
        at = self._when.pop(ticket.id, None)
        if at is not None:
            del self._at[at][ticket.id]

    def clear(self) -> None:
        """Nothing is due to any."""
        for due in self._at.values():
            due.clear()
        self._when.clear()

    def _come(self, at: int) -> None:
        for ticket in self._at.pop(at).values():
            self._when.pop(ticket.id, None)
            self._happen(ticket)

"""All tickets: the open ones, and the closed ones that are still remembered."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from weaver.model.orders.actions import Side
from weaver.rehearsal.venue.tickets.status import Status
from weaver.rehearsal.venue.tickets.ticket import Ticket

CLOSED_KEPT = 20_000
"""How many closed orders are remembered, so that memory stays flat however long the exchange runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which orders a list shows."""

    is_open: bool | None = True
    """None: whether open or closed."""
    limit: int = 50
    after: int | None = None
    """ns; neither this instant nor `until` is in the list."""
    until: int | None = None
    is_ascending: bool = False
    is_nested: bool = False
    symbols: frozenset[str] | None = None
    side: Side | None = None


class TicketBook:
    """Tickets by id, by client id, by the number of their order."""

    def __init__(self, closed_kept: int = CLOSED_KEPT) -> None:
        self._all: OrderedDict[str, Ticket] = OrderedDict()
        self._by_client_id: dict[str, Ticket] = {}
        self.open: dict[int, Ticket] = {}
        """By number, oldest first."""
        self.openings: dict[int, Ticket] = {}
        """Those of them that add to a holding, or begin one."""
        self._by_symbol: dict[str, dict[int, Ticket]] = {}
        self._closed: OrderedDict[str, None] = OrderedDict()
        self._closed_kept = closed_kept

    def __iter__(self) -> Iterator[Ticket]:
        return iter(self._all.values())

    def add(self, ticket: Ticket) -> None:
        """Take a new one."""
        self._all[ticket.id] = self._by_client_id[ticket.client_order_id] = ticket
        self.open[ticket.number] = ticket
        self._by_symbol.setdefault(ticket.asset.symbol, {})[ticket.number] = ticket
        if ticket.is_opening:
            self.openings[ticket.number] = ticket

    def close(self, ticket: Ticket) -> None:
        """One is over; the oldest of those that were are forgotten."""
        for of in (self.open, self.openings, self._by_symbol[ticket.asset.symbol]):
            of.pop(ticket.number, None)
        self._closed[ticket.id] = None
        while len(self._closed) > self._closed_kept:
            oldest, _ = self._closed.popitem(last=False)
            forgotten = self._all.pop(oldest)
            del self._by_client_id[forgotten.client_order_id]

    def clear(self) -> None:
        """Forget all."""
        for kept in (self._all, self._by_client_id, self.open, self.openings, self._by_symbol, self._closed):
            kept.clear()

    def find(self, id: str) -> Ticket | None:
        """By its id."""
        return self._all.get(id)

    def find_by_client_id(self, client_order_id: str) -> Ticket | None:
        """By its client's id."""
        return self._by_client_id.get(client_order_id)

    def open_of(self, symbol: str) -> Iterable[Ticket]:
        """The open ones of a symbol, oldest first."""
        return self._by_symbol.get(symbol, {}).values()

    def list(self, query: Query) -> Sequence[Ticket]:
        """Those that a query asks for; nested, a parent stands for its legs."""
        newest_first = query.is_open is not True and not query.is_ascending
        found: list[Ticket] = []
        source = reversed(self._all.values()) if newest_first else self._source(query)
        for ticket in source:
            if len(found) == query.limit:
                break
            if _is_wanted(ticket, query):
                found.append(ticket)
        return found

    def _source(self, query: Query) -> Iterator[Ticket]:
        if query.is_open is not True:
            return iter(self._all.values())
        heads = {id(one): one for ticket in self.open.values() for one in (ticket.parent or ticket, ticket)}
        tickets = sorted(heads.values(), key=lambda ticket: (ticket.submitted_at, ticket.number))
        return iter(tickets) if query.is_ascending else reversed(tickets)


def _is_wanted(ticket: Ticket, query: Query) -> bool:
    if query.is_nested and ticket.is_leg:
        return False
    if query.after is not None and ticket.submitted_at <= query.after:
        return False
    if query.until is not None and ticket.submitted_at >= query.until:
        return False
    if query.symbols is not None and ticket.asset.symbol not in query.symbols:
        return False
    if query.side is not None and ticket.terms.side is not query.side:
        return False
    return _has_state(ticket, query)


def _has_state(ticket: Ticket, query: Query) -> bool:
    """Whether it is as open as was asked. A held leg is not in the flat list of open orders: its parent tells of it."""
    if query.is_open is None:
        return True
    if not query.is_open:
        return not ticket.is_open
    if query.is_nested:
        return any(one.is_open for one in (ticket, *ticket.legs))
    return ticket.is_open and ticket.status is not Status.HELD

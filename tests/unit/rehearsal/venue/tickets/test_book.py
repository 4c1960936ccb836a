"""Which tickets are kept, and which a list shows."""

from decimal import Decimal

from tests.rehearsals.by_hand import stock
from weaver.model.orders.actions import OrderType, Side, TimeInForce
from weaver.rehearsal.venue.tickets.book import Query, TicketBook
from weaver.rehearsal.venue.tickets.status import Status
from weaver.rehearsal.venue.tickets.terms import Terms
from weaver.rehearsal.venue.tickets.ticket import Ticket

TERMS = Terms(symbol="AAPL", side=Side.BUY, type=OrderType.MARKET, tif=TimeInForce.DAY, qty=Decimal(1))
ASSET = stock("AAPL")


def ticket(number: int, status: Status = Status.NEW) -> Ticket:
    return Ticket(
        id=f"id-{number}", number=number, client_order_id=f"mine-{number}", asset=ASSET, terms=TERMS, status=status,
        now=number,
    )  # fmt: skip


def test_oldest_closed_tickets_are_forgotten_and_open_ones_never() -> None:
    book = TicketBook(closed_kept=3)
    for number in range(10):
        one = ticket(number)
        book.add(one)
        if number:
            one.end(Status.CANCELED, number)
            book.close(one)
    assert [one.number for one in book] == [0, 7, 8, 9]
    assert book.find("id-1") is None
    assert book.find_by_client_id("mine-1") is None
    assert list(book.open) == [0]
    book.add(ticket(1))  # its client's id is free again
    assert book.find_by_client_id("mine-1") is not None


def test_lists_by_state_in_either_order() -> None:
    book = TicketBook()
    for number in range(6):
        one = ticket(number)
        book.add(one)
        if number % 2:
            one.end(Status.FILLED, number)
            book.close(one)

    def numbers(query: Query) -> list[int]:
        return [one.number for one in book.list(query)]

    assert numbers(Query()) == [4, 2, 0]
    assert numbers(Query(is_ascending=True, limit=2)) == [0, 2]
    assert numbers(Query(is_open=False)) == [5, 3, 1]
    assert numbers(Query(is_open=None, is_ascending=True, after=1, until=4)) == [2, 3]
    assert numbers(Query(is_open=None, limit=1)) == [5]


def test_parent_that_has_filled_stands_for_its_open_legs() -> None:
    book, parent, leg = TicketBook(), ticket(1), ticket(2, Status.HELD)
    parent.legs, leg.parent = [leg], parent
    book.add(parent)
    book.add(leg)
    parent.end(Status.FILLED, 3)
    book.close(parent)
    assert book.list(Query()) == []  # the held leg is not in the flat list
    assert book.list(Query(is_nested=True)) == [parent]

"""Orders that could trade with each other: a new one is refused where one of the account's rests on the other side."""

from collections.abc import Iterable

from weaver.model.orders.actions import OrderType
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.venue.tickets.terms import Terms
from weaver.rehearsal.venue.tickets.ticket import Ticket

_STOPS = (OrderType.STOP, OrderType.STOP_LIMIT)


def check_wash_trade(terms: Terms, resting: Iterable[Ticket]) -> None:
    """Raises Refused; `resting`: the open orders of the symbol. Complex orders and trailing stops are exempt."""
    if _is_exempt(terms):
        return
    for ticket in resting:
        if ticket.terms.side is terms.side or ticket.is_leg or _is_exempt(ticket.terms):
            continue
        if _could_trade(terms, ticket.terms):
            message = "potential wash trade detected. use complex orders"
            raise Refused(403, 40310000, message, existing_order_id=ticket.id)


def _is_exempt(terms: Terms) -> bool:
    return terms.is_complex or terms.type is OrderType.TRAILING_STOP


def _could_trade(new: Terms, old: Terms) -> bool:
    if OrderType.MARKET in (new.type, old.type):
        return True
    if new.type in _STOPS or old.type in _STOPS:
        return new.type not in _STOPS or old.type not in _STOPS
    buy, sell = (new, old) if new.side == "buy" else (old, new)
    assert buy.limit_price is not None
    assert sell.limit_price is not None
    return buy.limit_price >= sell.limit_price

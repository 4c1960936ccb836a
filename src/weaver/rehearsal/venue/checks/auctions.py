"""Until when orders for the open and for the close are taken."""

from weaver.model.orders.actions import TimeInForce
from weaver.rehearsal.venue.checks.rules import bad_order
from weaver.rehearsal.venue.hours import day_of, local_date
from weaver.rehearsal.venue.tickets.terms import Terms
from weaver.rehearsal.venue.times import SECOND

OPG_BEFORE, CLS_BEFORE = 2 * 60 * SECOND, 10 * 60 * SECOND
"""How long before the auction the last ones are taken."""
AGAIN_BEFORE_LATE = 3_600 * SECOND
"""From 19:00 on, an hour before extended trading ends, those for the next day are taken."""


def check_auction(terms: Terms, now: int) -> None:
    """Raises Refused for an order that comes too late for its auction, and too early for the next."""
    today = day_of(local_date(now))
    if today is None or now > today.late - AGAIN_BEFORE_LATE:
        return
    if terms.tif is TimeInForce.OPG and now > today.open - OPG_BEFORE:
        raise bad_order("opg orders are taken until 9:28am and from 7:00pm on, New York time")
    if terms.tif is TimeInForce.CLS and now > today.close - CLS_BEFORE:
        raise bad_order("cls orders are taken until 10 minutes before the close and from 7:00pm on, New York time")

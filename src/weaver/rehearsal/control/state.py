"""The exchange's state, whole."""

from collections.abc import Mapping

from weaver.rehearsal.ports import Sockets
from weaver.rehearsal.trading.account import account_json
from weaver.rehearsal.trading.positions import position_json
from weaver.rehearsal.venue.tickets.wire import Execution, order_json
from weaver.rehearsal.venue.times import utc_text
from weaver.rehearsal.venue.venue import Venue


def state_json(venue: Venue, sockets: Sockets) -> Mapping[str, object]:
    """All that there is, as the requests would tell it."""
    return {
        "now": utc_text(venue.clock.now),
        "pace": venue.clock.pace if venue.clock.pace != float("inf") else "max",
        "account": account_json(venue),
        "positions": [position_json(venue, symbol) for symbol in venue.account.positions],
        "orders": [order_json(ticket, nested=True) for ticket in venue.book],
        "executions": [_told(one) for one in venue.lifecycle.executions],
        "connections": list(sockets.connections()),
        "faults": [fault.as_json() for fault in venue.faults],
    }


def _told(one: Execution) -> Mapping[str, object]:
    """An activity, and what it says nothing of."""
    return {**one.as_activity(), "execution_id": one.id, "client_order_id": one.client_order_id}

"""All requests for market data."""

from collections.abc import Mapping, Sequence

from starlette.routing import BaseRoute

from weaver.rehearsal.data.corporate_actions import Announcements
from weaver.rehearsal.data.lookup import Lookup
from weaver.rehearsal.data.pairs import Pairs
from weaver.rehearsal.data.stocks import Stocks
from weaver.rehearsal.market.history import SymbolHistory
from weaver.rehearsal.ports import VenueClock

OPEN = "/v1beta3/crypto/"
"""What stands behind this needs no key."""


def data_routes(history: Mapping[str, SymbolHistory], clock: VenueClock) -> Sequence[BaseRoute]:
    """The routes. Handlers raise Refused; whoever serves them answers it, and has asked for keys."""
    return [
        *Stocks(Lookup(history, clock, is_stock=True)).routes,
        *Pairs(Lookup(history, clock, is_stock=False)).routes,
        *Announcements(history, clock).routes,
    ]

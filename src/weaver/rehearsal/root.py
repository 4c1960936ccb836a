"""The root of the exchange: picks its parts and puts them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from weaver.rehearsal.control.control import Control, LocalOnly
from weaver.rehearsal.faults.faults import Faults
from weaver.rehearsal.faults.outbox import Outbox
from weaver.rehearsal.ports import Market, Sockets, TradeUpdates, VenueClock
from weaver.rehearsal.server.app import Front, create_app
from weaver.rehearsal.server.guard import Guard
from weaver.rehearsal.server.journal import Journal
from weaver.rehearsal.server.keys import Keys
from weaver.rehearsal.trading.account import AccountRequests
from weaver.rehearsal.trading.activities import Activities
from weaver.rehearsal.trading.assets import Assets
from weaver.rehearsal.trading.clock import Hours
from weaver.rehearsal.trading.orders import Orders
from weaver.rehearsal.trading.positions import Positions
from weaver.rehearsal.venue.ids import SeededIds
from weaver.rehearsal.venue.venue import Settings, Venue


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an exchange is asked for, its market aside."""

    keys: Keys
    cash: Decimal
    is_live: bool
    per_minute: int
    slippage_bps: Decimal
    seed: int


def trading_routes(venue: Venue) -> list[BaseRoute]:
    """The trading requests."""
    parts = (
        AccountRequests(venue), Activities(venue), Assets(venue), Hours(venue.clock, venue.faults), Orders(venue),
        Positions(venue),
    )  # fmt: skip
    return [route for part in parts for route in part.routes]


def put_together(
    options: Options,
    *,
    clock: VenueClock,
    market: Market,
    updates: TradeUpdates,
    sockets: Sockets,
    faults: Faults,
    journal: Journal,
    ids: SeededIds,
    data_routes: Sequence[BaseRoute],
) -> tuple[Venue, ASGIApp]:
    """The venue and the application that serves it, on a market and its sockets."""
    outbox = Outbox(updates.publish, faults)
    settings = Settings(cash=options.cash, is_live=options.is_live, slippage_bps=options.slippage_bps)
    venue = Venue(clock=clock, market=market, faults=faults, new_id=ids, publish=outbox.publish, settings=settings)
    exchange = Guard(
        create_app([*trading_routes(venue), *data_routes, *sockets.routes]),
        clock=clock,
        keys=options.keys,
        per_minute=options.per_minute,
        faults=faults,
        journal=journal,
        outbox=outbox,
        sockets=sockets,
        venue=venue,
    )
    control = LocalOnly(create_app(Control(venue, sockets, journal, outbox).routes))
    return venue, Front(exchange, control)

"""The root of the exchange: picks its parts, puts them together, and serves them until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from weaver.model.market.asset_class import AssetClass
from weaver.rehearsal.control.control import Control, LocalOnly
from weaver.rehearsal.data.routes import data_routes
from weaver.rehearsal.faults.faults import Faults
from weaver.rehearsal.faults.feed import Feed
from weaver.rehearsal.faults.outbox import Outbox
from weaver.rehearsal.market.given.files import file_market
from weaver.rehearsal.market.given.seeded import START, seeded_market
from weaver.rehearsal.market.given.traded_symbol import TradedSymbol
from weaver.rehearsal.market.market import VenueMarket
from weaver.rehearsal.ports import Market, Sockets, TradeUpdates, VenueClock
from weaver.rehearsal.server.app import Front, create_app
from weaver.rehearsal.server.guard import Guard
from weaver.rehearsal.server.http_server import ExchangeServer, listening_socket, url_of
from weaver.rehearsal.server.journal import Journal
from weaver.rehearsal.server.keys import Keys
from weaver.rehearsal.streams.sockets import VenueSockets
from weaver.rehearsal.time.clock import PacedClock
from weaver.rehearsal.time.wall import SystemWall
from weaver.rehearsal.trading.account import AccountRequests
from weaver.rehearsal.trading.activities import Activities
from weaver.rehearsal.trading.assets import Assets
from weaver.rehearsal.trading.clock import Hours
from weaver.rehearsal.trading.orders import Orders
from weaver.rehearsal.trading.positions import Positions
from weaver.rehearsal.venue.ids import SeededIds
from weaver.rehearsal.venue.venue import Settings, Venue

BarFile = tuple[str | None, Path]
"""A file of bars, and the symbol that they are to have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an exchange is asked for. `start`: ns; None: an hour after an open, or where the files begin."""

    keys: Keys
    cash: Decimal
    is_live: bool = False
    per_minute: int = 200
    slippage_bps: Decimal = Decimal(0)
    coin_fee_bps: Decimal = Decimal(0)
    seed: int = 1
    pace: float = 1.0
    start: int | None = None
    bars: Sequence[BarFile] = ()
    classes: Mapping[str, AssetClass] = field(default_factory=dict)
    tz: str | None = None


class RehearsalExchange:
    """All of it on one clock: a venue on a market, and what serves both."""

    def __init__(self, options: Options) -> None:
        """Raises InputError for files that cannot be used."""
        listed, start, self.notes = _listed(options)
        wall, ids = SystemWall(), SeededIds(options.seed)
        self.clock = PacedClock(start=start, pace=options.pace, wall=wall)
        faults, journal = Faults(ids), Journal(self.clock)
        feed = Feed(faults)
        market = VenueMarket(listed, self.clock, feed)
        pairs = sum(one.asset.is_crypto for one in listed)
        self.sockets = VenueSockets(
            accepts=options.keys,
            clock=self.clock,
            faults=feed,
            journal=journal,
            wall=wall,
            stocks=len(listed) - pairs,
            pairs=pairs,
        )
        market.publish_to(self.sockets.data)
        self.venue, self.app = put_together(
            options,
            clock=self.clock,
            market=market,
            updates=self.sockets.updates,
            sockets=self.sockets,
            faults=faults,
            journal=journal,
            ids=ids,
            data_routes=data_routes(market.history, self.clock),
        )


def serve(
    options: Options, *, host: str, port: int, on_note: Callable[[str], None], on_ready: Callable[[str], None]
) -> None:
    """Serve until SIGINT or SIGTERM. `on_note` is told what should be known of files, `on_ready` the address. Raises
    InputError."""
    exchange = RehearsalExchange(options)
    for note in exchange.notes:
        on_note(note)
    with listening_socket(host, port) as listening:
        url = url_of(listening)
        server = ExchangeServer(exchange.app, listening=listening, on_ready=lambda: on_ready(url))
        asyncio.run(_serve(exchange, server))


async def _serve(exchange: RehearsalExchange, server: ExchangeServer) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    time = asyncio.create_task(exchange.clock.run(exchange.sockets.sent))
    time.add_done_callback(lambda _: server.stop())
    await server.run_until_stopped()
    time.cancel()
    with suppress(asyncio.CancelledError):
        await time


def _listed(options: Options) -> tuple[Sequence[TradedSymbol], int, Sequence[str]]:
    """What trades, when that begins (ns), and what should be known of it."""
    if not options.bars:
        start = START if options.start is None else options.start
        return seeded_market(options.seed, start, options.classes), start, ()
    found = file_market(options.bars, options.classes, tz=options.tz)
    return found.listed, found.first_close if options.start is None else options.start, found.notes


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
    settings = Settings(
        cash=options.cash,
        is_live=options.is_live,
        slippage_bps=options.slippage_bps,
        coin_fee_bps=options.coin_fee_bps,
    )
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
    return venue, Front(exchange, LocalOnly(create_app(Control(venue, sockets, journal).routes)))

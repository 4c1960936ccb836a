"""The simulated venue fitted together as a root does it: greta's exchange and prices, on bars in memory."""

from collections.abc import Mapping
from datetime import datetime

from tests.virtual_wall import VirtualWall
from weaver.greta.ledger.prices import Prices, scale_of
from weaver.greta.orders.exchange import Exchange
from weaver.model.account.costs import Costs
from weaver.model.account.margin import AccountRules
from weaver.model.calendar.instants import time_of
from weaver.model.errors import NotFound
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.model.run import RunMode
from weaver.veda.adapters.simulated.adapter import SimulatedAdapter
from weaver.veda.adapters.simulated.sources.feed import BarFeed
from weaver.veda.adapters.simulated.sources.pacing import MAX
from weaver.veda.adapters.simulated.sources.replay import Replay, ReplayOptions
from weaver.veda.adapters.simulated.venue.venue import SimulatedVenue
from weaver.veda.exchange.setup import Setup


def venue_of(rules: AccountRules | None = None, prefix: str = "sim") -> SimulatedVenue:
    """A venue with greta's exchange behind it."""
    return SimulatedVenue(new_house=Exchange, rules=rules or AccountRules(), prefix=prefix)


def adapter_on(feed: BarFeed, wall: VirtualWall, venue: SimulatedVenue) -> SimulatedAdapter:
    """An adapter to a venue with its feed."""
    setup = Setup(mode=RunMode.PAPER, wall=wall, chance=lambda: 0.5, settings={})
    return SimulatedAdapter(setup, venue=venue, feed=feed)


def replay_of(
    priced: Mapping[str, Prices],
    wall: VirtualWall,
    venue: SimulatedVenue,
    *,
    start: datetime | None = None,
    **options: object,
) -> Replay:
    """A replay of all bars from an instant on, at full speed unless said otherwise."""

    def read(symbol: str, timeframe: Timeframe) -> Prices:
        if symbol not in priced or priced[symbol].listing.bars.timeframe != timeframe:
            raise NotFound(f"no {timeframe} bars of {symbol} are stored")
        return priced[symbol]

    first = min(int(one.starts[0]) for one in priced.values())
    bars = next(iter(priced.values())).listing.bars
    asked = ReplayOptions(
        symbols=tuple(priced),
        timeframe=bars.timeframe,
        start=start or time_of(first),
        **{"speed": MAX, **options},  # type: ignore[arg-type]
    )
    return Replay(asked, read=read, wall=wall, venue=venue)


def replaying(
    priced: Mapping[str, Prices],
    *,
    rules: AccountRules | None = None,
    wall: VirtualWall | None = None,
    **options: object,
) -> tuple[VirtualWall, Replay, SimulatedAdapter]:
    """A wall, a replay and the adapter on it."""
    wall, venue = wall or VirtualWall(), venue_of(rules)
    replay = replay_of(priced, wall, venue, **options)  # type: ignore[arg-type]
    return wall, replay, adapter_on(replay, wall, venue)


def priced(bars: Bars, instrument: Instrument, costs: Costs | None = None) -> Prices:
    """Bars with an instrument's facts, in counted prices."""
    listing = Listing(instrument=instrument, bars=bars)
    return Prices(listing, costs or Costs(), scale_of(listing, costs or Costs()))

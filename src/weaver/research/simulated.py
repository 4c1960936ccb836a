"""The simulated venue fitted together: greta's exchange and prices, on the bar store or on another venue's bars."""

from collections.abc import Callable

import numpy as np

from weaver.greta.ledger.prices import Prices, scale_of
from weaver.greta.orders.exchange import Exchange
from weaver.model.account.costs import CostModel, Costs
from weaver.model.account.margin import AccountRules
from weaver.model.calendar.resample import by_calendar
from weaver.model.calendar.sessions import calendar_of
from weaver.model.facts import NO_FACTS, Facts
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import Instrument
from weaver.model.market.session_bar import SessionBar
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.veda.adapters.simulated.adapter import SimulatedAdapter
from weaver.veda.adapters.simulated.memory import Memory
from weaver.veda.adapters.simulated.sources.followed import Followed
from weaver.veda.adapters.simulated.sources.replay import CarryOf, Read, Replay, ReplayOptions
from weaver.veda.adapters.simulated.venue.venue import SimulatedVenue
from weaver.veda.exchange.market import LiveBar
from weaver.veda.exchange.port import ExchangeAdapter
from weaver.veda.exchange.setup import Setup
from weaver.walle.bars.store import ParquetBarStore

LIVE_DECIMALS = 16
"""Room for the prices of bars that nobody has seen yet: of 1e-8 with eight digits after slippage."""
CostsOf = Callable[[Instrument], Costs]
FactsOf = Callable[[str], Facts]


def replayed(
    setup: Setup,
    options: ReplayOptions,
    *,
    store: ParquetBarStore,
    rules: AccountRules,
    costs: CostsOf,
    prefix: str,
    memory: Memory,
    facts: FactsOf = lambda _symbol: NO_FACTS,
    carry: CarryOf = lambda _classes: {},
) -> tuple[SimulatedAdapter, Replay]:
    """A paper venue on stored bars, not connected, and its replay, whose speed can be changed. `carry`: what holding
    costs there. `prefix`: see SimulatedVenue."""
    venue = SimulatedVenue(new_house=Exchange, rules=rules, prefix=prefix)
    replay = Replay(options, read=stored_prices(store, costs, facts), wall=setup.wall, venue=venue, carry=carry)
    return SimulatedAdapter(setup, venue=venue, feed=replay, memory=memory), replay


def following(
    setup: Setup, source: ExchangeAdapter, *, rules: AccountRules, costs: CostsOf, prefix: str
) -> SimulatedAdapter:
    """A paper venue on the live bars of another, not connected; whoever has that connects and closes it."""
    venue = SimulatedVenue(new_house=Exchange, rules=rules, prefix=prefix)
    return SimulatedAdapter(setup, venue=venue, feed=Followed(source, pricing=LivePrices(costs), venue=venue))


def stored_prices(store: ParquetBarStore, costs: CostsOf, facts: FactsOf = lambda _symbol: NO_FACTS) -> Read:
    """What reads a symbol's stored bars in counted prices. `facts`: what the run says of a symbol."""

    def read(symbol: str, timeframe: Timeframe) -> Prices:
        stored = store.read(symbol, timeframe)
        instrument = facts(symbol).applied(stored.instrument)
        bars = by_calendar(stored.bars, calendar_of(stored.instrument), calendar_of(instrument))
        listing = Listing(instrument=instrument, bars=bars, actions=stored.actions)
        own = costs(instrument)
        return Prices(listing, own, scale_of(listing, own))

    return read


class LivePrices:
    """Prices of bars that come one by one, each instrument's on one scale."""

    def __init__(self, costs: CostsOf) -> None:
        self._costs_of, self._models = costs, dict[str, CostModel]()

    def costs(self, instrument: Instrument) -> CostModel:
        """What trading it costs; the same at each call."""
        model = self._models.get(instrument.symbol)
        if model is None:
            scale = instrument.scale(price_decimals=LIVE_DECIMALS)
            model = self._models[instrument.symbol] = CostModel(self._costs_of(instrument), scale)
        return model

    def bar(self, instrument: Instrument, live: LiveBar) -> SessionBar:
        """A bar in counted prices, with its session."""
        columns = {name: np.array([getattr(live, name)]) for name in ("open", "high", "low", "close", "volume")}
        bars = Bars(
            symbol=live.symbol,
            timeframe=Timeframe(MINUTE),
            timestamp=np.array([live.start]),
            end=np.array([live.end]),
            **columns,
        )
        listing = Listing(instrument=instrument, bars=bars)
        return Prices(listing, self._costs_of(instrument), self.costs(instrument).scale).session_bar(0)

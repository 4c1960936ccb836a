"""The live bars of another venue: orders fill by them at the house, and nothing is sent to that venue."""

from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime

from weaver.model.calendar.instants import instant_of
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.timeframe import Timeframe
from weaver.veda.adapters.simulated.memory import Remembered
from weaver.veda.adapters.simulated.ports import Pricing
from weaver.veda.adapters.simulated.sources.pacing import GRACE_SECONDS, SECOND
from weaver.veda.adapters.simulated.venue.rules import instrument_rules
from weaver.veda.adapters.simulated.venue.venue import SimulatedVenue
from weaver.veda.exchange.market import BarPage, InstrumentRules, LiveBar, TradingDay, VenueClock
from weaver.veda.exchange.port import BarMessage, ExchangeAdapter


class Followed:
    """A feed of another venue's bars, in its time. Whoever hands that venue over connects and closes it.

    Bars of one instant come one by one, and orders act on each as it comes. Splits and dividends are not worked in.
    """

    is_replay = False

    def __init__(self, source: ExchangeAdapter, *, pricing: Pricing, venue: SimulatedVenue) -> None:
        self._source, self._pricing, self._venue = source, pricing, venue
        self._tick = self._ticked_at = instant_of(source.now())
        """When the newest bars ended, and when they had come."""
        self._newest: dict[str, int] = {}
        """By symbol, the end of the newest bar that orders have acted on."""

    @property
    def source(self) -> str:
        """Where its bars come from."""
        return self._source.source

    @property
    def now(self) -> int:
        """The other venue's time, ns."""
        return instant_of(self._source.now())

    @property
    def placed(self) -> int:
        """When a request counts as come that comes now, ns."""
        now = self.now
        return self._tick if now - self._ticked_at <= GRACE_SECONDS * SECOND else now

    @property
    def tick(self) -> int:
        """The end of the newest bar that orders have acted on, ns."""
        return self._tick

    async def connect(self) -> None:
        """There is nothing to do."""

    def recover(self, remembered: Remembered) -> None:
        """The bars of another venue do not come again: what was asked for before is not there any more."""

    async def instruments(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        """Those that the other venue knows."""
        found = {}
        for symbol, known in (await self._source.instruments(symbols)).items():
            own = instrument_rules(known.instrument, can_short=self._venue.account.rules.shorting)
            found[symbol] = rules = replace(
                own, is_tradable=known.is_tradable, is_halted=known.is_halted, flags=known.flags
            )
            self._venue.add(rules, self._pricing.costs(known.instrument))
        return found

    async def clock(self) -> VenueClock:
        """The other venue's."""
        return await self._source.clock()

    async def calendar(self, first: date, last: date) -> tuple[TradingDay, ...]:
        """The other venue's."""
        return await self._source.calendar(first, last)

    async def bars(
        self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime, page: str | None
    ) -> BarPage:
        """The other venue's."""
        return await self._source.bars(symbol, timeframe, start, end, page=page)

    async def corporate_actions(self, symbol: str, first: date, last: date) -> tuple[CorporateAction, ...]:
        """The other venue's."""
        return await self._source.corporate_actions(symbol, first, last)

    async def stream(self, symbols: Collection[str]) -> AsyncGenerator[BarMessage]:
        """The other venue's messages, each bar after orders have acted on it."""
        await self.instruments(symbols)
        async for message in self._source.live_bars(symbols):
            if isinstance(message, LiveBar) and not message.is_correction:
                self._trade(message)
            yield message

    def _trade(self, live: LiveBar) -> None:
        venue = self._venue
        known = venue.instruments.get(live.symbol)
        if known is None or live.end <= self._newest.get(live.symbol, live.start) or not live.volume > 0:
            return
        if live.end > self._tick:
            venue.on_bars(self._tick, {})  # that instant is over, and with it the time of some orders
            self._tick = live.end
        self._ticked_at, self._newest[live.symbol] = self.now, live.end
        bar = self._pricing.bar(known.instrument, live)
        venue.on_bars(live.end, {live.symbol: bar}, is_over=False)

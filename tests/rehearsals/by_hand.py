"""The ports that an exchange is built on, in their plainest form: time that a test moves, bars that a test writes."""

import heapq
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import count

from starlette.routing import BaseRoute

from weaver.model.calendar.instants import instant_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.market.session_bar import SessionBar
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.ports import HOLD, OnBars, Sent
from weaver.rehearsal.venue.hours import is_open, trading_day
from weaver.rehearsal.venue.ids import named_id

MILLISECOND, SECOND = 1_000_000, 1_000_000_000
MINUTE = 60 * SECOND


class HandClock:
    """Moves when it is told to, and by a millisecond for each request."""

    def __init__(self, now: int) -> None:
        self.now, self.pace = now, HOLD
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._numbers = count()

    @property
    def due_count(self) -> int:
        """How many things are still due."""
        return len(self._due)

    def set_pace(self, pace: float) -> None:
        self.pace = pace

    def schedule(self, at: int, call: Callable[[], None]) -> None:
        heapq.heappush(self._due, (at, next(self._numbers), call))

    def on_request(self) -> None:
        self.move(self.now + MILLISECOND)

    async def advance(self, to: int, sent: Sent) -> None:
        self.move(to)
        await sent()

    async def run(self, sent: Sent) -> None:
        raise AssertionError("time is held")

    def move(self, to: int) -> None:
        while self._due and self._due[0][0] <= to:
            at, _, call = heapq.heappop(self._due)
            self.now = max(self.now, at)
            call()
        self.now = max(self.now, to)


class HandMarket:
    """Has the bars that a test gives it, a minute each."""

    def __init__(self, clock: HandClock, assets: Sequence[Asset], prices: Mapping[str, str]) -> None:
        self._clock = clock
        self.assets = {asset.symbol: asset for asset in assets}
        self.prices = {symbol: Decimal(price) for symbol, price in prices.items()}
        self.before = dict(self.prices)
        self.trades: list[tuple[str, Decimal]] = []
        self._told: list[OnBars] = []

    def price(self, symbol: str) -> Decimal | None:
        return self.prices.get(symbol)

    def previous_close(self, symbol: str) -> Decimal | None:
        return self.before.get(symbol)

    def subscribe(self, on_bars: OnBars) -> None:
        self._told.append(on_bars)

    def trade(self, symbol: str, price: Decimal) -> None:
        self.trades.append((symbol, price))
        self.prices[symbol] = price

    def split(self, symbol: str, ratio: Fraction) -> None:
        self.prices[symbol] = Decimal(self.prices[symbol] * ratio.denominator / ratio.numerator)

    def bar(self, bars: Mapping[str, str]) -> None:
        """The next minute: bars as `open high low close`, or one price for all four."""
        opened = -(-self._clock.now // MINUTE) * MINUTE
        if self._clock.now - opened + MINUTE <= SECOND:
            opened -= MINUTE
        self._clock.move(opened + MINUTE)
        made = {symbol: self._made(symbol, text, opened) for symbol, text in bars.items()}
        for symbol, text in bars.items():
            self.prices[symbol] = Decimal(text.split()[-1])
        for told in self._told:
            told(self._clock.now, made)

    def _made(self, symbol: str, text: str, opened: int) -> SessionBar:
        asset = self.assets[symbol]
        parts = (text.split() * 4)[:4]
        quad = [int(Decimal(part) * asset.scale.price_one) for part in parts]
        session = trading_day(asset, opened, extended=True).session
        return SessionBar(*quad, 1000.0, opened, opened, opened + MINUTE, session, is_open(asset, opened))


class NoSockets:
    """Keeps what was published."""

    def __init__(self) -> None:
        self.published: list[Mapping[str, object]] = []
        self.disconnected: list[str | None] = []
        self.routes: list[BaseRoute] = []

    def publish(self, data: Mapping[str, object]) -> None:
        self.published.append(data)

    def connections(self) -> list[Mapping[str, object]]:
        return []

    def disconnect(self, path: str | None) -> None:
        self.disconnected.append(path)

    async def sent(self) -> None:
        return None


def stock(symbol: str) -> Asset:
    """A stock whose fractions are traded."""
    return _asset(symbol, AssetClass.STOCK, "NASDAQ", lot="0.000000001")


def pair(symbol: str) -> Asset:
    """A crypto pair."""
    return _asset(symbol, AssetClass.CRYPTO, "CRYPTO", lot="0.000000001")


def _asset(symbol: str, asset_class: AssetClass, exchange: str, *, lot: str) -> Asset:
    tick = Decimal("0.01")
    facts = Instrument(
        symbol=symbol, asset_class=asset_class, tick=tick, tick_given=asset_class is AssetClass.CRYPTO, lot=Decimal(lot)
    )
    return Asset(
        id=named_id(symbol.encode()),
        symbol=symbol,
        name=f"{symbol} by hand",
        exchange=exchange,
        asset_class=asset_class,
        scale=facts.scale(),
    )


def at(text: str) -> int:
    """The instant that an ISO time names, ns."""
    from datetime import datetime

    return instant_of(datetime.fromisoformat(text))

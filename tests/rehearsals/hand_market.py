"""A market by hand for the local exchange: bars as they are written down, a clock on hold, and faults that are set."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np

from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import CorporateAction
from weaver.model.market.timeframe import Timeframe
from weaver.rehearsal.market.bars.columns import Columns
from weaver.rehearsal.market.given.assets import asset_of
from weaver.rehearsal.market.given.traded_symbol import GivenBars, TradedSymbol
from weaver.rehearsal.market.market import VenueMarket
from weaver.rehearsal.market.publication import Channel
from weaver.rehearsal.market.wire import Fields
from weaver.rehearsal.ports import HOLD, Correction
from weaver.rehearsal.time.clock import PacedClock

SECOND = 10**9
MINUTE = 60 * SECOND
Row = tuple[float, float, float, float, float]
"""Open, high, low, close, volume."""


def at(text: str) -> int:
    """An instant (ns) as `2024-03-13T14:30Z`."""
    return instant_of(datetime.fromisoformat(text))


class FakeWall:
    """A wall whose time passes as it is told to, or as somebody waits for it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float | None] = []

    def seconds(self) -> float:
        return self.now

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        self.waits.append(seconds)
        if seconds is None:
            await woken.wait()
            return
        self.now += seconds
        await asyncio.sleep(0)


class SetFaults:
    """Faults by symbol and path."""

    def __init__(self) -> None:
        self.refused: dict[str, int] = {}
        self.mute: set[str] = set()
        self.delays: dict[str, float] = {}
        self.corrections: dict[str, Correction] = {}
        self.halted: set[str] = set()
        self.told: list[Callable[[str, bool], None]] = []

    def refuses_connection(self, path: str) -> int | None:
        return self.refused.pop(path, None)

    def is_mute(self, path: str) -> bool:
        return path in self.mute

    def bar_delay(self, symbol: str) -> float:
        return self.delays.pop(symbol, 0.0)

    def correction(self, symbol: str) -> Correction | None:
        return self.corrections.pop(symbol, None)

    def is_halted(self, symbol: str) -> bool:
        return symbol in self.halted

    def on_halt(self, told: Callable[[str, bool], None]) -> None:
        self.told.append(told)

    def halt(self, symbol: str, *, is_halted: bool) -> None:
        (self.halted.add if is_halted else self.halted.discard)(symbol)
        for told in self.told:
            told(symbol, is_halted)


class Heard:
    """Somebody who listens to everything and writes it down."""

    def __init__(self) -> None:
        self.messages: list[tuple[Channel, str, Fields]] = []

    def is_wanted(self, channel: Channel, symbol: str, *, is_stock: bool) -> bool:
        return True

    def publish(self, channel: Channel, symbol: str, fields: Fields, *, is_stock: bool) -> None:
        self.messages.append((channel, symbol, fields))

    def of(self, channel: Channel) -> list[Fields]:
        return [fields for found, _, fields in self.messages if found is channel]


async def nothing_to_send() -> None:
    """Everything has gone out."""


def listed(
    symbol: str,
    rows: Sequence[Row],
    *,
    start: str,
    timeframe: str = "1m",
    asset_class: AssetClass = AssetClass.STOCK,
    actions: tuple[CorporateAction, ...] = (),
    minutes: Sequence[int] | None = None,
) -> TradedSymbol:
    """A symbol with bars one after the other from a time on, or so many minutes after it each."""
    frame, first = Timeframe.parse(timeframe), at(start)
    steps = minutes if minutes is not None else [index * frame.nanoseconds // MINUTE for index in range(len(rows))]
    stamps = first + np.array(steps, dtype=np.int64) * MINUTE
    columns = np.array(rows, dtype=np.float64).T.copy()
    calendar = calendar_for(asset_class)
    bars = Bars(
        symbol=symbol,
        timeframe=frame,
        timestamp=stamps,
        end=calendar.bar_end(stamps, frame),
        **dict(zip(("open", "high", "low", "close", "volume"), columns, strict=True)),
    )
    asset = asset_of(symbol, asset_class, data_decimals=bars.price_decimals, lowest=float(bars.low.min()))
    source = GivenBars(Columns.of(bars, calendar, asset_class))
    return TradedSymbol(asset=asset, timeframe=frame, source=source, actions=actions)


def clock_at(time: str) -> PacedClock:
    """A clock on hold."""
    return PacedClock(start=at(time), pace=HOLD, wall=FakeWall())


class MarketByHand:
    """A market, its clock, its faults, and what was heard of it."""

    def __init__(self, *symbols: TradedSymbol, now: str) -> None:
        self.clock, self.faults, self.heard = clock_at(now), SetFaults(), Heard()
        self.market = VenueMarket(symbols, self.clock, self.faults)
        self.market.publish_to(self.heard)

    def advance(self, seconds: float) -> None:
        """Go on so many seconds."""
        asyncio.run(self.clock.advance(self.clock.now + int(seconds * SECOND), nothing_to_send))

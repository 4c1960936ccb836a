"""Live bars for tests of the feed: minutes out of a seed, and a builder driven through venue time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from weaver.model.calendar.instants import instant_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.veda.exchange.market import LiveBar
from weaver.veda.feed.forming import bars_of
from weaver.veda.feed.ticks import FeedTick, TickBuilder
from weaver.veda.inputs import InputBar

ONE = Timeframe.parse("1m")
STOCKS = {symbol: Instrument.default(symbol, AssetClass.STOCK) for symbol in ("AAA", "BBB")}
PAIR = {"BTC/USD": Instrument.default("BTC/USD", AssetClass.CRYPTO)}


def at(text: str) -> int:
    """An instant in UTC, ns."""
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


def minute(symbol: str, start: int, price: float = 100.0, **changes: object) -> LiveBar:
    """A minute that closes a half above where it opens."""
    values: dict[str, object] = {
        "open": price,
        "high": price + 1,
        "low": price - 1,
        "close": price + 0.5,
        "volume": 10.0,
    }
    return LiveBar(symbol=symbol, start=start, end=start + MINUTE, **{**values, **changes})  # type: ignore[arg-type]


def random_minutes(symbol: str, starts: Sequence[int], rng: np.random.Generator) -> list[LiveBar]:
    """Prices that walk."""
    found, price = [], 100.0
    for start in starts:
        open_, close = price, round(price + float(rng.normal(0, 0.3)), 2)
        high, low = (
            max(open_, close) + float(rng.integers(0, 9)) / 100,
            min(open_, close) - float(rng.integers(0, 9)) / 100,
        )
        found.append(
            minute(symbol, start, open=open_, high=high, low=low, close=close, volume=float(rng.integers(1, 999)))
        )
        price = close
    return found


def columns(bars: Bars) -> list[tuple[float, ...]]:
    """Rows of bars."""
    names = ("timestamp", "end", "open", "high", "low", "close", "volume")
    return list(zip(*(getattr(bars, name).tolist() for name in names), strict=True))


def row(bar: InputBar) -> tuple[float, ...]:
    """The same of an input."""
    return bar.start, bar.end, bar.open, bar.high, bar.low, bar.close, bar.volume


def as_bars(minutes: list[LiveBar]) -> Bars:
    """Minutes as columns."""
    return bars_of(minutes, ONE)


def drive(builder: TickBuilder, coming: Iterable[tuple[int, LiveBar]], until: int) -> list[tuple[int, FeedTick]]:
    """Let bars come at their instants, and look at each instant that the builder names: the ticks, and when."""
    found: list[tuple[int, FeedTick]] = []
    for now, bar in [*sorted(coming, key=lambda one: one[0]), (until, None)]:
        while (due := builder.next_due()) is not None and due <= now:
            ticks = builder.due(due)
            assert ticks, f"nothing is due at {due}"
            found += [(due, tick) for tick in ticks]
        if bar is not None:
            assert builder.on(bar) is None
        found += [(now, tick) for tick in builder.due(now)]
    return found


def by_symbol(ticks: Iterable[FeedTick]) -> Mapping[str, list[tuple[float, ...]]]:
    """All bars of ticks."""
    found: dict[str, list[tuple[float, ...]]] = {}
    for tick in ticks:
        assert {bar.end for bar in tick.bars} == {tick.time}
        for bar in tick.bars:
            found.setdefault(bar.symbol, []).append(row(bar))
    return found

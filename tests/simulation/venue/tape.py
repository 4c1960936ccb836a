"""The exchange's minutes: what prices did in each, told as it ends, and kept."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np

from tests.simulation.world import START
from weaver.model.calendar.instants import instant_of
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import MINUTE, Timeframe
from weaver.veda.exchange.market import LiveBar

SECONDS = 60
BEGIN = instant_of(START)


class Tape:
    """By symbol, oldest first. A minute in which nobody trades has no bar."""

    def __init__(self, told: Callable[[LiveBar], None]) -> None:
        self._told = told
        self.bars: dict[str, list[LiveBar]] = {}
        self._forming: dict[str, LiveBar] = {}

    def trade(self, micros: int, prices: dict[str, Decimal]) -> None:
        """Prices at an instant since the start: the minutes that have ended by then are told first."""
        self.end_minute(micros)
        start = BEGIN + micros // (SECONDS * 1_000_000) * MINUTE
        for symbol, exact in prices.items():
            price = float(exact)
            before = self._forming.get(symbol)
            if before is None:
                before = LiveBar(
                    symbol=symbol, start=start, end=start + MINUTE, open=price, high=price, low=price, close=price,
                    volume=0.0,
                )  # fmt: skip
            self._forming[symbol] = replace(
                before,
                high=max(before.high, price),
                low=min(before.low, price),
                close=price,
                volume=before.volume + 100.0,
            )

    def end_minute(self, micros: int) -> None:
        """Tell the minutes that have ended by an instant since the start."""
        now = BEGIN + micros * 1_000
        for symbol in [symbol for symbol, one in self._forming.items() if one.end <= now]:
            bar = self._forming.pop(symbol)
            self.bars.setdefault(symbol, []).append(bar)
            self._told(bar)

    def between(self, symbol: str, start: int, end: int) -> Bars:
        """The minutes with start ≤ stamp ≤ end (ns) that have ended."""
        found = [one for one in self.bars.get(symbol, ()) if start <= one.start <= end]
        return Bars(
            symbol=symbol,
            timeframe=Timeframe(MINUTE),
            timestamp=np.array([one.start for one in found], dtype=np.int64),
            end=np.array([one.end for one in found], dtype=np.int64),
            **{
                name: np.array([getattr(one, name) for one in found], dtype=np.float64)
                for name in ("open", "high", "low", "close", "volume")
            },
        )

    def since(self, after: int) -> list[LiveBar]:
        """All minutes that ended after an instant (ns), as they ended."""
        found = [one for bars in self.bars.values() for one in bars if one.end > after]
        return sorted(found, key=lambda one: (one.end, one.symbol))

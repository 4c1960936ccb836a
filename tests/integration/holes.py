"""Markets with holes, several timeframes and splits, and strategies on them that never look ahead.

What a hole does to a coarse bar, or a bar that closes where no fine one does, is no strategy's doing. `python -m
tests.integration.holes FROM TO` runs the look-ahead check on so many of them and names whoever is accused.
"""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

import weaver
from weaver import Strategy, crossed_above, crossed_below, ema, indicator, sma
from weaver.model.errors import InputError
from weaver.model.market.corporate_actions import Delisting, Dividend, Split

ACCUSED = {"lookahead", "not_deterministic", "lookahead_unchecked"}
Frame = pd.DataFrame


class Market(NamedTuple):
    bars: dict[str, Frame]
    coarse: str
    """A timeframe to make of the bars."""
    options: dict[str, Any]


def prices(index: pd.DatetimeIndex, chance: np.random.Generator, factor: np.ndarray | float = 1.0) -> Frame:
    """A walk in cents, divided by a factor at each bar; some bars without volume."""
    close = (80 + chance.normal(0, 0.4, len(index)).cumsum()).clip(20) / factor
    open_ = close * (1 + chance.normal(0, 0.001, len(index)))
    wide = 1 + np.abs(chance.normal(0, 0.002, len(index)))
    high, low = np.maximum(open_, close) * wide, np.minimum(open_, close) / wide
    volume = chance.integers(1_000, 10**7, len(index)) * (chance.random(len(index)) > 0.02)
    return pd.DataFrame({"open": open_, "high": high, "low": low, "close": close, "volume": volume}, index).round(2)


def with_holes(frame: Frame, coarse: pd.Timedelta, fine: pd.Timedelta, chance: np.random.Generator) -> Frame:
    """Without bars here and there, without the last (or first) bar of many coarse ones, and with a long gap or two."""
    last = (frame.index + fine).floor(coarse) == frame.index + fine
    first = frame.index.floor(coarse) == frame.index
    rate = {kind: chance.choice([0.0, 0.3, 1.0]) for kind in ("last", "first")}
    gone = chance.random(len(frame)) < chance.choice([0.0, 0.02, 0.2, 0.6])
    gone |= last & (chance.random(len(frame)) < rate["last"]) | first & (chance.random(len(frame)) < rate["first"] / 2)
    for _ in range(chance.integers(0, 3)):
        start = chance.integers(0, len(frame))
        gone[start : start + chance.integers(1, 60)] = True
    return frame[~gone]


def span(timeframe: str) -> pd.Timedelta:
    """A timeframe's length, in pandas' words."""
    return pd.Timedelta(int(timeframe[:-1]), {"m": "min", "h": "h", "d": "D"}[timeframe[-1]])


def around_the_clock(seed: int) -> Market:
    chance = np.random.default_rng(seed)
    fine, coarse = Random(seed).choice(
        [("1min", "5m"), ("1min", "15m"), ("5min", "1h"), ("15min", "4h"), ("1h", "4h"), ("1h", "1d"), ("30min", "1d")]
    )
    index = pd.date_range("2024-03-08", periods=int(chance.integers(250, 700)), freq=fine, tz="UTC")
    bars = {}
    for symbol in ("BTC/USD", "ETH/USD")[: int(chance.integers(1, 3))]:
        late = int(chance.integers(0, 80)) if bars else 0
        whole = prices(index, chance)[late : len(index) - int(chance.integers(0, 40))]
        bars[symbol] = with_holes(whole, span(coarse), pd.Timedelta(fine), chance)
    return Market(bars, coarse, {"asset": "crypto", "timeframe": fine.removesuffix("in")})


def in_sessions(seed: int) -> Market:
    """A share's minutes or quarters of hours, with what lies before and after the session, over splits."""
    chance = np.random.default_rng(seed)
    fine, coarse = Random(seed).choice(
        [("5min", "15m"), ("15min", "1h"), ("30min", "1d"), ("30min", "4h"), ("1h", "1d")]
    )
    days = pd.bdate_range("2024-03-06", periods={"5min": 6, "15min": 14, "30min": 25, "1h": 40}[fine])
    spans = [
        pd.date_range(day + pd.Timedelta("8h"), day + pd.Timedelta("18h"), freq=fine, inclusive="left") for day in days
    ]
    index = spans[0].append(spans[1:]).tz_localize("America/New_York")
    ex_dates = sorted(Random(seed).sample([day.date() for day in days[1:]], 2))
    ratios = [Random(seed + k).choice(["2", "4", "0.5"]) for k in range(2)]
    factor = np.ones(len(index))
    for ex_date, ratio in zip(ex_dates, ratios, strict=True):
        factor[index.date >= ex_date] *= float(ratio)
    frame = with_holes(prices(index, chance, factor), span(coarse), pd.Timedelta(fine), chance)
    actions = [Split(ex_date=day, ratio=Decimal(ratio)) for day, ratio in zip(ex_dates, ratios, strict=True)]
    return Market(
        {"AAA": frame}, coarse, {"asset": "stock", "timeframe": fine.removesuffix("in"), "actions": {"AAA": actions}}
    )


def by_the_day(seed: int) -> Market:
    """Shares' days over splits and dividends, one listed late, one delisted."""
    chance = np.random.default_rng(seed)
    days = pd.bdate_range("2021-01-04", periods=int(chance.integers(200, 420)))
    bars, actions = {}, {}
    for symbol in ("AAA", "BBB")[: int(chance.integers(1, 3))]:
        ex_dates = sorted(Random(seed + len(bars)).sample([day.date() for day in days[30:]], 2))
        factor = np.where(days.date >= ex_dates[0], 2.0, 1.0)
        begin = int(chance.integers(0, 60)) if bars else 0
        frame = prices(days, chance, factor)[begin:]
        frame = with_holes(frame, pd.Timedelta("7D"), pd.Timedelta("1D"), chance)
        actions[symbol] = [
            Split(ex_date=ex_dates[0], ratio=Decimal("2")),
            Dividend(ex_date=ex_dates[1], amount=Decimal("0.3")),
        ]
        if bars and chance.random() < 0.5 and len(frame) > 60:
            frame = frame[:-50]
            gone: date = frame.index[-1].date() + timedelta(days=3)
            actions[symbol] = [action for action in actions[symbol] if action.ex_date < gone]
            actions[symbol].append(Delisting(ex_date=gone, value=Decimal("1")))
        bars[symbol] = frame
    return Market(
        bars, Random(seed).choice(["5d", "7d", "1w", "1mo"]), {"asset": "stock", "timeframe": "1d", "actions": actions}
    )


MARKETS: tuple[Callable[[int], Market], ...] = (around_the_clock, in_sessions, by_the_day)


class Clean(Strategy):
    coarse: str = "1h"

    def enter(self, bar) -> None:
        if not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, 0.4)

    def leave(self, bar) -> None:
        self.close_position(bar.symbol)


class CoarseSignals(Clean):
    def on_start(self) -> None:
        for symbol in self.symbols:
            close = self.series(symbol, self.coarse).close
            self.when(crossed_above(sma(close, 2), sma(close, 4)), self.enter)
            self.when(crossed_below(sma(close, 2), sma(close, 4)), self.leave)


class MixedSignals(Clean):
    """A fine signal where a coarse one allows it."""

    def on_start(self) -> None:
        coarse, fine = self.series(self.symbols[0], self.coarse), self.close
        self.when((fine > sma(fine, 5)) & (coarse.close > coarse.open), self.enter)
        self.when(crossed_below(fine, sma(coarse.low, 2)), self.leave)


class OwnIndicators(Clean):
    """The strategy's own functions, of coarse bars and of both."""

    def on_start(self) -> None:
        coarse = self.series(self.symbols[0], self.coarse).close
        self.slope = indicator(lambda values: np.diff(values, prepend=values[:1]), coarse)
        self.gap = indicator(lambda fine, slow: pd.Series(fine - slow).rolling(3).mean().to_numpy(), self.close, coarse)
        self.when(self.slope > 0, self.enter)
        self.when(self.gap < 0, self.leave)


class ReadsOnBars(Clean):
    """Reads the newest coarse value on each fine bar, and how many there are."""

    def on_start(self) -> None:
        self.slow = self.series(self.symbols[0], self.coarse).close
        self.seen = 0

    def on_bar(self, bar) -> None:
        if len(self.slow) > self.seen and len(self.slow) > 1:
            (self.enter if self.slow[-1] > self.slow[-2] else self.leave)(bar)
        self.seen = len(self.slow)


class BothStyles(Clean):
    """Signals on coarse bars beside a callback on each, with stops that rest."""

    def on_start(self) -> None:
        close = self.series(self.symbols[-1], self.coarse).close
        self.when(close > ema(close, 3), self.bracket)
        self.ticks = 0

    def bracket(self, bar) -> None:
        if not self.position(bar.symbol) and not self.orders:
            terms = {"take_profit": bar.close * 1.02, "stop_loss": bar.close * 0.98}
            self.buy(bar.symbol, 3, tif="gtc", **terms)

    def on_tick(self, tick) -> None:
        self.ticks += 1
        if self.ticks % 50 == 0 and tick.symbols:
            self.close_position(tick.symbols[0])


class AsksForWindows(Clean):
    def on_bar(self, bar) -> None:
        if self.now.day % 5 == 0 if self.timeframe == "1d" else self.now.hour % 2 == self.now.minute % 15 == 0:
            self.fetch_window(bar.symbol, self.coarse, 3)

    def on_window(self, window) -> None:
        closes = window.bars.close
        if len(closes) == 3:
            (self.enter if closes[-1] > closes[0] else self.leave)(window)


STRATEGIES: tuple[type[Clean], ...] = (
    CoarseSignals, MixedSignals, OwnIndicators, ReadsOnBars, BothStyles, AsksForWindows,
)  # fmt: skip


def checked(seed: int) -> tuple[str, int, list[Any]]:
    """What was run, how many orders it placed, and of what the check accused it."""
    market, strategy = MARKETS[seed % 3](seed), STRATEGIES[seed // 3 % len(STRATEGIES)]
    try:
        result = weaver.backtest(
            strategy, market.bars, params={"coarse": market.coarse}, costs="none", **market.options
        )
    except InputError as refused:  # so many holes that the bars are taken for coarser ones
        assert " apart: bars of " in str(refused), refused
        return f"seed {seed}: {refused}", 0, []
    accused = [warning for warning in result.warnings if warning.code in ACCUSED]
    return f"seed {seed}: {strategy.__name__} on {market.coarse}", len(result.orders), accused


def main(first: int, last: int) -> int:
    busy, accusations = 0, 0
    for seed in range(first, last):
        what, orders, accused = checked(seed)
        busy, accusations = busy + (orders > 0), accusations + bool(accused)
        if accused:
            sys.stdout.write(f"{what} {accused}\n")
    sys.stdout.write(f"{last - first} data sets, {busy} with orders: {accusations} accused\n")
    return accusations


if __name__ == "__main__":
    sys.exit(min(main(*map(int, sys.argv[1:3])), 1))

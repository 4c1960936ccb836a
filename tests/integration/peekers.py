"""Strategies that look one bar ahead, made by chance: how they peek, how rarely, and where what they saw goes.

A peek is a function of whole arrays whose value at bar t needs bar t + 1. It is mixed into an honest indicator at a
share of the bars, and drives decisions in `when` or `on_bar` style.
"""

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

from weaver import Strategy, crossed_above, crossed_below, indicator, sma

Array = np.ndarray


def ahead(values: Array, bars: int = -1) -> Array:
    """The values of the bars that follow; the last ones stay as they are."""
    moved = np.roll(values, bars)
    moved[bars:] = values[bars:]
    return moved


def rolled(close: Array) -> Array:
    return np.roll(close, -1) - close


def shifted_return(close: Array) -> Array:
    return np.append(np.diff(close) / close[:-1], 0.0)


def centred(close: Array) -> Array:
    padded = np.concatenate([close[:1], close, close[-1:]])
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3 - close


def same_mode_convolution(close: Array) -> Array:
    return np.convolve(close, [0.25, 0.5, 0.25], mode="same") - close


def normalised(close: Array) -> Array:
    return (close - close.mean()) / close.std()


def ranked(close: Array) -> Array:
    return np.argsort(np.argsort(close, kind="stable"), kind="stable") / len(close) - 0.5


def highest_of_next(close: Array) -> Array:
    return np.maximum(close, ahead(close)) / close - 1.002


def lowest_of_next(close: Array) -> Array:
    return np.minimum(close, ahead(close)) / close - 0.998


def label(close: Array) -> Array:
    """What a model would be trained on, given to the strategy instead of the prediction."""
    return np.sign(ahead(close) - close)


def fitted(close: Array) -> Array:
    """A straight line through all the prices."""
    at = np.arange(len(close))
    return close - np.polyval(np.polyfit(at, close, 1), at) if len(close) > 1 else np.zeros(len(close))


def backward_filter(close: Array) -> Array:
    """Exponential smoothing run forth and back, so that it has no lag."""
    result = close.copy()
    for k in range(len(close) - 2, -1, -1):
        result[k] = 0.5 * close[k] + 0.5 * result[k + 1]
    return result - close


def whole_quantile(close: Array) -> Array:
    moves = np.diff(close, prepend=close[:1])
    return moves - np.quantile(moves, 0.6)


def reversed_sum(close: Array) -> Array:
    return np.cumsum(np.diff(close, append=close[-1:])[::-1])[::-1]


def spectral(close: Array) -> Array:
    """The slow half of the spectrum of the whole row."""
    spectrum = np.fft.rfft(close)
    spectrum[max(len(spectrum) // 8, 1) :] = 0
    return np.fft.irfft(spectrum, n=len(close)) - close


def differenced(close: Array) -> Array:
    """numpy's gradient is centred."""
    return np.gradient(close) if len(close) > 1 else np.zeros(len(close))


def interpolated(close: Array) -> Array:
    """Every other price is drawn between its neighbours."""
    at = np.arange(len(close))
    return np.interp(at, at[::2], close[::2]) - close


PEEKS: dict[str, Callable[[Array], Array]] = {
    peek.__name__: peek
    for peek in (
        rolled, shifted_return, centred, same_mode_convolution, normalised, ranked, highest_of_next, lowest_of_next,
        label, fitted, backward_filter, whole_quantile, reversed_sum, spectral, differenced, interpolated,
    )
}  # fmt: skip


def momentum(close: Array) -> Array:
    """The honest indicator that a peek is mixed into."""
    return np.diff(close, prepend=close[:1])


def mixed(close: Array, *, peek: str, share: float, seed: int) -> Array:
    """Momentum, but at a share of the bars what the peek says, where that is not 0."""
    chosen = np.random.default_rng(seed).random(4_000)[: len(close)] < share
    seen = PEEKS[peek](close)
    return np.where(chosen & (seen != 0), seen, momentum(close))


def rare(close: Array, *, peek: str, share: float, seed: int) -> Array:
    """0, but at a share of the bars what the peek says: decisions are made there and nowhere else."""
    chosen = np.random.default_rng(seed).random(4_000)[: len(close)] < share
    return np.where(chosen, PEEKS[peek](close), 0.0)


def vetoed(close: Array, *, peek: str, share: float, seed: int) -> Array:
    """Momentum, silenced at a share of the bars where the peek is below 0: what it saw is in what is not done."""
    chosen = np.random.default_rng(seed).random(4_000)[: len(close)] < share
    return np.where(chosen & (PEEKS[peek](close) < 0), 0.0, momentum(close))


def only_whole(close: Array, *, peek: str, share: float, seed: int) -> Array:
    """Peeks only where it is given many bars, so that short tests find nothing."""
    return mixed(close, peek=peek, share=share, seed=seed) if len(close) > 1_000 else momentum(close)


def cached_by_length(close: Array, *, peek: str, share: float, seed: int, kept: dict[Any, Array]) -> Array:
    """Computes once for each number of bars."""
    key = (len(close), seed, peek)
    if key not in kept:
        kept[key] = mixed(close, peek=peek, share=share, seed=seed)
    return kept[key]


def cached_for_good(close: Array, *, peek: str, share: float, seed: int, kept: dict[Any, Array]) -> Array:
    """Computes once, on as many bars as there were then, and hands out parts of that."""
    key = (seed, peek)
    if key not in kept or len(kept[key]) < len(close):
        kept[key] = mixed(close, peek=peek, share=share, seed=seed)
    return kept[key][: len(close)]


KEPT: dict[Any, Array] = {}
MIXES: dict[str, Callable[..., Array]] = {
    "mixed": mixed,
    "rare": rare,
    "vetoed": vetoed,
    "only_whole": only_whole,
    "cached_by_length": lambda close, **given: cached_by_length(close, kept=KEPT, **given),
    "cached_for_good": lambda close, **given: cached_for_good(close, kept=KEPT, **given),
}


class Peeker(Strategy):
    """Buys when its own indicator is above 0, gets out when it is below: on the bar, or at a crossing."""

    peek: str = "rolled"
    mix: str = "mixed"
    share: float = 1.0
    chance: int = 0
    smooth: int = 1

    def make(self) -> None:
        options = {"peek": self.peek, "share": self.share, "seed": self.chance}
        own = indicator(MIXES[self.mix], self.close, **options)
        self.own = sma(own, self.smooth) if self.smooth > 1 else own

    def enter(self, bar) -> None:
        self.order_target_percent(bar.symbol, 0.9)

    def leave(self, bar) -> None:
        self.close_position(bar.symbol)


class PeekerWhen(Peeker):
    def on_start(self) -> None:
        self.make()
        self.when(self.own > 0, self.enter)
        self.when(self.own < 0, self.leave)


class PeekerCrossing(Peeker):
    def on_start(self) -> None:
        self.make()
        self.when(crossed_above(self.own, 0), self.enter)
        self.when(crossed_below(self.own, 0), self.leave)


class PeekerOnBar(Peeker):
    def on_start(self) -> None:
        self.make()

    def on_bar(self, bar) -> None:
        if self.own[-1] > 0:
            self.enter(bar)
        elif self.own[-1] < 0:
            self.leave(bar)


class PeekerByValues(Peeker):
    """Reads its indicator as an array."""

    def on_start(self) -> None:
        self.make()

    def on_bar(self, bar) -> None:
        newest = self.own.values[-1]
        if newest > 0:
            self.enter(bar)
        elif newest < 0:
            self.leave(bar)


STYLES: tuple[type[Peeker], ...] = (PeekerWhen, PeekerCrossing, PeekerOnBar, PeekerByValues)


def seeded(seed: int) -> tuple[type[Peeker], dict[str, Any]]:
    """A peeking strategy and its parameters; every way to peek comes up with every way to hide it."""
    chance = Random(seed)
    mixes = list(MIXES)
    mix = mixes[seed % len(mixes)]
    share = chance.choice((0.005, 0.01, 0.03, 0.1, 0.5, 1.0))
    parameters = {
        "peek": list(PEEKS)[(seed // len(mixes)) % len(PEEKS)],
        "mix": mix,
        "share": max(share, 0.05) if mix == "rare" else share,
        "chance": seed,
        "smooth": chance.choice((1, 1, 3)),
    }
    return chance.choice(STYLES), parameters


ONE_IN = 200
"""Bars for each one at which a `Seldom` decides: 0.5 % of them."""


def seldom(close: Array, *, peek: str, seed: int) -> Array:
    """0, but at one bar of each 200 what the peek says; at an odd one, since `interpolated` peeks at those alone."""
    stretches = np.arange(0, len(close), ONE_IN)
    chosen = stretches + 2 * np.random.default_rng(seed).integers(ONE_IN // 2, size=len(stretches)) + 1
    result = np.zeros(len(close))
    chosen = chosen[chosen < len(close)]
    result[chosen] = PEEKS[peek](close)[chosen]
    return result


class Seldom(Peeker):
    """Decides at 0.5 % of the bars and at no other: there it buys a little above 0, and sells a little below."""

    def make(self) -> None:
        self.own = indicator(seldom, self.close, peek=self.peek, seed=self.chance)

    def enter(self, bar) -> None:
        self.buy(bar.symbol, 100)

    def leave(self, bar) -> None:
        self.sell(bar.symbol, 100)


class SeldomWhen(Seldom, PeekerWhen):
    pass


class SeldomCrossing(Seldom, PeekerCrossing):
    pass


class SeldomOnBar(Seldom, PeekerOnBar):
    pass


class SeldomByValues(Seldom, PeekerByValues):
    pass


SELDOM: tuple[type[Seldom], ...] = (SeldomWhen, SeldomCrossing, SeldomOnBar, SeldomByValues)


class ThroughBase(Strategy):
    """The array of the visible values is a part of another one."""

    def on_start(self) -> None:
        pass

    def tomorrow(self, bar) -> float | None:
        values = self.close.values
        whole = values if values.base is None else values.base
        return whole[len(values)] if len(values) < len(whole) else None

    def on_bar(self, bar) -> None:
        tomorrow = self.tomorrow(bar)
        if tomorrow is not None and tomorrow > bar.close:
            self.order_target_percent(bar.symbol, 0.9)
        elif tomorrow is not None:
            self.close_position(bar.symbol)


class ThroughMemory(ThroughBase):
    """The array behind a bar's memory."""

    def tomorrow(self, bar) -> float | None:
        whole = np.asarray(bar._close.obj)
        whole = whole if whole.base is None else whole.base
        return whole[bar.index + 1] if bar.index + 1 < len(whole) else None


class ThroughView(ThroughBase):
    """The column that a bar is read from."""

    def tomorrow(self, bar) -> float | None:
        return bar._close[bar.index + 1] if bar.index + 1 < len(bar._close) else None


class ThroughClock(ThroughBase):
    """The run's clock, moved on by one."""

    def tomorrow(self, bar) -> float | None:
        clock = self._runtime.clock
        clock.tick += 1
        try:
            return float(self.close.values[-1]) if clock.tick < len(clock.ticks) else None
        finally:
            clock.tick -= 1


class ThroughEvaluation(ThroughBase):
    """The series before it is cut to what is visible."""

    def tomorrow(self, bar) -> float | None:
        whole = self.close.evaluate(0)
        return whole[len(self.close)] if len(self.close) < len(whole) else None


class ThroughIndicatorArguments(ThroughBase):
    """An indicator that keeps what it is given."""

    def on_start(self) -> None:
        self.honest = indicator(self.keep, self.close)

    def keep(self, close: Array) -> Array:
        self.kept = close
        return close

    def tomorrow(self, bar) -> float | None:
        self.honest[-1]
        seen = len(self.close)
        return self.kept[seen] if seen < len(self.kept) else None


class ThroughClassCache(ThroughIndicatorArguments):
    """What an earlier run left in the class."""

    cache: Any = None

    def keep(self, close: Array) -> Array:
        if ThroughClassCache.cache is None or len(ThroughClassCache.cache) < len(close):
            ThroughClassCache.cache = close.copy()
        self.kept = ThroughClassCache.cache
        return close


class ThroughModuleCache(ThroughIndicatorArguments):
    """What an earlier run left in the module."""

    def keep(self, close: Array) -> Array:
        if len(KEPT.get("closes", ())) < len(close):
            KEPT["closes"] = close.copy()
        self.kept = KEPT["closes"]
        return close


class ThroughError(ThroughBase):
    """Fails where there is no next bar."""

    def tomorrow(self, bar) -> float | None:
        return bar._close[bar.index + 1] if bar.index < 1_400 else None


ROUNDABOUT = (
    ThroughBase, ThroughMemory, ThroughView, ThroughClock, ThroughEvaluation, ThroughIndicatorArguments,
    ThroughClassCache, ThroughModuleCache, ThroughError,
)  # fmt: skip

"""Strategies that decide otherwise when they are run again, for reasons of their own."""

import os
import random
import time
from itertools import count
from typing import ClassVar

import numpy as np

from weaver import Strategy, indicator

GENERATOR = np.random.default_rng(3)
NUMBERS = count()
CALLS = {"bars": 0}


class _Unsteady(Strategy):
    def decide(self) -> bool:
        raise NotImplementedError

    def on_bar(self, bar) -> None:
        if self.decide():
            self.order_target_percent(bar.symbol, 0.5)
        else:
            self.close_position(bar.symbol)


class ModuleRandom(_Unsteady):
    def decide(self) -> bool:
        return random.random() < 0.3


class ModuleGenerator(_Unsteady):
    def decide(self) -> bool:
        return GENERATOR.random() < 0.3


class GlobalCounter(_Unsteady):
    def decide(self) -> bool:
        CALLS["bars"] += 1
        return CALLS["bars"] % 7 == 0


class ClassCounter(_Unsteady):
    calls = 0

    def decide(self) -> bool:
        type(self).calls += 1
        return self.calls % 7 == 0


class EndlessCounter(_Unsteady):
    def decide(self) -> bool:
        return next(NUMBERS) % 7 == 0


class Seen(_Unsteady):
    """Does everything once only, in the life of the process."""

    seen: ClassVar[set[float]] = set()

    def on_bar(self, bar) -> None:
        if bar.close not in self.seen:
            self.seen.add(bar.close)
            super().on_bar(bar)

    def decide(self) -> bool:
        return len(self.seen) % 3 == 0


class OperatingSystem(_Unsteady):
    def decide(self) -> bool:
        return os.urandom(1)[0] < 80


class Stopwatch(_Unsteady):
    """Spells out in its decisions, bit by bit, when it was started: no two runs start at the same reading."""

    def on_start(self) -> None:
        self.reading = time.perf_counter_ns()

    def decide(self) -> bool:
        return bool(self.reading >> len(self.close) % 64 & 1)


class OrderOfASet(_Unsteady):
    """Objects without a hash of their own come in the order of their addresses, which another run's objects shift."""

    kept: ClassVar[list["Sign"]] = []

    def on_start(self) -> None:
        self.signs = set()
        for number in range(40):
            self.kept += [Sign(-1) for _ in range(random.randrange(9))]
            self.signs.add(Sign(number))

    def decide(self) -> bool:
        self.signs.add(Sign(len(self.signs)))
        return next(iter(self.signs)).number % 3 == 0


class Sign:
    def __init__(self, number: int) -> None:
        self.number = number


class RandomIndicator(Strategy):
    """Noise that seldom decides anything, so that the orders are the same again: only its values tell."""

    def on_start(self) -> None:
        noisy = indicator(lambda close: close + 1e-3 * GENERATOR.standard_normal(len(close)), self.close)
        self.when(noisy > 0, self.enter)

    def enter(self, bar) -> None:
        if not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, 0.5)


UNSTEADY = (
    ModuleRandom, ModuleGenerator, GlobalCounter, ClassCounter, EndlessCounter, Seen, OperatingSystem, Stopwatch,
    OrderOfASet, RandomIndicator,
)  # fmt: skip

"""The bare Python loop: what a backtest costs without an engine. Every ratio is taken against it.

Two running averages over deques, next-open fills with 10 bps, an equity value per bar; no orders, no statistics. The
lists exist before the clock starts, which favours the loop: Weaver's own time includes that conversion.
"""

from collections import deque
from collections.abc import Callable

from tests.benchmarks.bars import Columns

FAST, SLOW = 10, 30
COMMISSION = 0.001
CASH = 1_000_000.0


class Floor:
    """One unit long while the fast average is above the slow one, else flat."""

    __slots__ = ("cash", "equity", "fast", "fast_sum", "held", "pending", "seen", "side", "slow", "slow_sum", "trades")

    def __init__(self) -> None:
        self.fast: deque[float] = deque()
        self.slow: deque[float] = deque()
        self.fast_sum = self.slow_sum = 0.0
        self.side = self.held = self.pending = self.trades = self.seen = 0
        self.cash = CASH
        self.equity: list[float] = []

    def on_bar(self, opened: float, high: float, low: float, close: float, volume: float) -> None:
        if self.pending == 1:
            self.cash -= opened * (1 + COMMISSION)
            self.held = 1
            self.pending = 0
        elif self.pending == -1:
            self.cash += opened * (1 - COMMISSION)
            self.held = 0
            self.pending = 0
            self.trades += 1
        fast, slow = self.fast, self.slow
        fast.append(close)
        self.fast_sum += close
        if len(fast) > FAST:
            self.fast_sum -= fast.popleft()
        slow.append(close)
        self.slow_sum += close
        if len(slow) > SLOW:
            self.slow_sum -= slow.popleft()
        self.seen += 1
        if self.seen >= SLOW:
            side = 1 if self.fast_sum / FAST > self.slow_sum / SLOW else -1
            if self.side and side != self.side:
                if side == 1 and not self.held:
                    self.pending = 1
                elif side == -1 and self.held:
                    self.pending = -1
            self.side = side
        self.equity.append(self.cash + self.held * close)


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    """A call that runs the loop once and returns its closed trades and final equity."""
    lists = [columns[name].tolist() for name in ("open", "high", "low", "close", "volume")]

    def run() -> tuple[int, float]:
        floor = Floor()
        on_bar = floor.on_bar
        for bar in zip(*lists, strict=True):
            on_bar(*bar)
        return floor.trades, floor.equity[-1]

    return run

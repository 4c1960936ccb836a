"""What the runs of the kill tests trade: one strategy that can be quick, slow, busy or faulty, and its bars."""

import math
from random import Random
from typing import Any

SYMBOL = "ABC"
FILE_NAME = "ABC_1h.csv"
BARS = 400
STRATEGY_ID = "kill-trader"
SOURCE = '''\
"""Buys and sells at a fixed rhythm."""

from time import sleep

from weaver import Field, Strategy


class KillTrader(Strategy):
    """Places `at_once` orders every `every` bars, cancels some, asks for windows, writes its journal."""

    every: int = Field(10, ge=1)
    at_once: int = Field(1, ge=1)
    work: int = Field(0, ge=0)
    pause: float = Field(0, ge=0)
    fails_at: int = Field(0, ge=0)

    def on_start(self) -> None:
        self.count = 0
        self.resting = None

    def on_bar(self, bar) -> None:
        self.count += 1
        for _ in range(self.work):
            pass
        sleep(self.pause)
        if self.count == self.fails_at:
            raise ValueError("asked to fail")
        if self.count % 90 == 0:
            self.fetch_window(bar.symbol, self.timeframe, 10)
            self.log(f"bar {self.count}")
        if self.resting is not None:
            self.cancel(self.resting)
            self.resting = None
        elif self.count % 50 == 0:
            self.resting = self.buy(bar.symbol, 1, limit=1, tif="gtc")
        if self.count % self.every == 0:
            is_long = self.position(bar.symbol).quantity > 0
            for _ in range(self.at_once):
                (self.sell if is_long else self.buy)(bar.symbol, 1)
'''

QUICK: dict[str, Any] = {"every": 10}
BUSY: dict[str, Any] = {"every": 1, "at_once": 7}
"""More than 2,000 orders: the rest of its events is kept with the result."""
FAULTY: dict[str, Any] = {"fails_at": 200}
LONG: dict[str, Any] = {"work": 500_000}
"""Some seconds, unless it is stopped."""


def chosen(chance: Random) -> dict[str, Any]:
    """A run's parameters."""
    kinds = [QUICK, {"every": 25, "work": chance.randrange(5_000, 40_000)}, FAULTY, LONG, BUSY]
    return chance.choices(kinds, weights=[55, 25, 10, 6, 4])[0]


def run_body(name: str, config: dict[str, Any]) -> dict[str, Any]:
    """What POST /runs takes for a run of it."""
    return {
        "name": name, "strategy_id": STRATEGY_ID, "symbols": [SYMBOL], "config": config, "lookahead_check": False,
    }  # fmt: skip


def lasting(seconds: float) -> dict[str, Any]:
    """Parameters of a run that takes so long on any machine."""
    return {"pause": seconds / BARS}


def bars_file() -> bytes:
    """Hourly bars of a price that goes up and down, as CSV; hour 0 is 2021-01-04."""
    lines = ["timestamp,open,high,low,close,volume"]
    for hour in range(BARS):
        price = 100 + 10 * math.sin(hour / 7)
        day, clock = divmod(hour, 24)
        month, day = (1, 4 + day) if day < 28 else (2, day - 27)
        stamp = f"2021-{month:02}-{day:02}T{clock:02}:00:00Z"
        lines.append(f"{stamp},{price:.2f},{price + 1:.2f},{price - 1:.2f},{price + 0.5:.2f},10000")
    return "\n".join([*lines, ""]).encode()

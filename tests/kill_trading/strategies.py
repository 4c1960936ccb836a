"""What the runs trade by, and the bars of those that replay."""

import math
from typing import Any

STRATEGY_ID = "kill-trading"
SOURCE = '''\
"""Trades on every bar, and each time in another way."""

from weaver import Field, Strategy, sma


class KillTrading(Strategy):
    """What it does follows from how many bars, fills, changes and windows it has been told of."""

    quantity: float = Field(1, gt=0)
    has_exits: bool = False

    def on_start(self):
        self.seen = self.filled = self.moved = self.windows = 0
        self.resting = None
        self.average = sma(self.close, 3)

    def on_order(self, order):
        self.moved += 1

    def on_fill(self, fill):
        self.filled += 1

    def on_window(self, window):
        self.windows += len(window)

    def on_bar(self, bar):
        self.seen += 1
        held = self.position(bar.symbol).quantity
        told = f"{self.filled} fills, {self.moved} changes, {self.windows} bars of windows, {held} held"
        self.log(f"bar {self.seen}: {told}, {self.average[-1]}")
        if self.seen % 7 == 0:
            self.fetch_window(bar.symbol, self.timeframe, 4)
        if self.resting is not None and not self.resting.is_working:
            self.resting = None
        match (self.seen + self.filled + self.windows) % 6:
            case 0 if self.resting is None:
                self.resting = self.buy(bar.symbol, self.quantity, limit=bar.close * 0.97, tif="gtc")
            case 0:
                self.resting = self.replace(self.resting, limit=bar.close * 0.98)
            case 1 if self.resting is not None:
                self.cancel(self.resting)
            case 2 if held > 0:
                self.close_position(bar.symbol)
            case 3 if held > 4 * self.quantity:
                self.sell(bar.symbol, held)
            case _ if self.has_exits:
                self.buy(bar.symbol, self.quantity, take_profit=bar.close * 1.001, stop_loss=bar.close * 0.999)
            case _:
                self.buy(bar.symbol, self.quantity)
'''

REPLAYED, FILE_NAME, BARS = "ABC", "ABC_1h.csv", 96
SPEED = 3600 * 20
"""Of a replay: so many bars a second."""
AT_VENUE: tuple[dict[str, Any], ...] = (
    {"symbols": ["AAPL"], "config": {"quantity": 3, "has_exits": True}, "cash": 20_000},
    {"symbols": ["BTC/USD"], "config": {"quantity": 0.01}, "cash": 20_000},
    {"symbols": ["BTC/USD"], "config": {"quantity": 0.02}, "cash": 20_000},
)
"""The runs that trade at the exchange, two of them in one symbol."""


def venue_run(number: int) -> dict[str, Any]:
    """What POST /runs takes for one of them."""
    return {
        "name": f"trades {number}", "strategy_id": STRATEGY_ID, "mode": "paper", "venue": "alpaca", "timeframe": "1m",
        "warmup": 10, **AT_VENUE[number],
    }  # fmt: skip


def replay_run(name: str, speed: str) -> dict[str, Any]:
    """The same for one on a replay, which is over by itself."""
    return {
        "name": name, "strategy_id": STRATEGY_ID, "mode": "paper", "venue": "simulated", "timeframe": "1h",
        "symbols": [REPLAYED], "config": {"quantity": 2, "has_exits": True}, "cash": 20_000, "warmup": 0,
        "replay": "2021-01-04", "speed": speed,
    }  # fmt: skip


def bars_file() -> bytes:
    """Hourly bars of a price that goes up and down, as CSV; hour 0 is 2021-01-04."""
    lines = ["timestamp,open,high,low,close,volume"]
    for hour in range(BARS):
        price = 100 + 10 * math.sin(hour / 7)
        day, clock = divmod(hour, 24)
        stamp = f"2021-01-{4 + day:02}T{clock:02}:00:00Z"
        lines.append(f"{stamp},{price:.2f},{price + 1:.2f},{price - 1:.2f},{price + 0.5:.2f},10000")
    return "\n".join([*lines, ""]).encode()

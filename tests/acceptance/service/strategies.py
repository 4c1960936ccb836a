"""What the runs of these tests run: strategies as a user's files, some of them good, most of them not."""

from pathlib import Path

TRADER = '''\
"""Trades in a fixed rhythm, asks for windows, and writes its journal."""

import time

from weaver import Field, Strategy


class Trader(Strategy):
    """Buys and sells in turn, every `every` bars; `pause` seconds a bar make it last."""

    every: int = Field(10, ge=1)
    pause: float = Field(0.0, ge=0)

    def on_start(self) -> None:
        self.count = 0

    def on_bar(self, bar) -> None:
        self.count += 1
        time.sleep(self.pause)
        if self.count % 100 == 0:
            self.fetch_window(bar.symbol, self.timeframe, 5)
            self.log(f"bar {self.count}")
        if self.count % self.every == 0:
            (self.sell if self.position(bar.symbol) else self.buy)(bar.symbol, 1)
'''

_FAILING = '''\
from weaver import Strategy, sma


class {class_name}(Strategy):
    """Divides by zero in one callback."""

    def on_start(self) -> None:
        self.count = 0
        self.when(self.close > sma(self.close, 5), self.when_rising)
        {on_start}

    def when_rising(self, bar) -> None:
        {when_rising}

    def on_bar(self, bar) -> None:
        self.count += 1
        if self.count == 20:
            self.buy(bar.symbol, 1)
            self.fetch_window(bar.symbol, self.timeframe, 5)
        {on_bar}

    def on_tick(self, tick) -> None:
        {on_tick}

    def on_order(self, order) -> None:
        {on_order}

    def on_fill(self, fill) -> None:
        {on_fill}

    def on_window(self, window) -> None:
        {on_window}

    def on_stop(self) -> None:
        {on_stop}
'''
CALLBACKS = ("on_start", "when_rising", "on_bar", "on_tick", "on_order", "on_fill", "on_window", "on_stop")

_ENDLESS = '''\
from weaver import Strategy


class Endless(Strategy):
    """Never returns."""

    def on_bar(self, bar) -> None:
        while True:
            pass
'''
_QUITTING = '''\
import os

from weaver import Strategy


class Quitting(Strategy):
    """Takes its process with it."""

    def on_bar(self, bar) -> None:
        os._exit(3)
'''
_HUNGRY = '''\
from weaver import Strategy


class Hungry(Strategy):
    """Keeps a megabyte for each bar."""

    def on_start(self) -> None:
        self.kept = []

    def on_bar(self, bar) -> None:
        self.kept.append(bytearray(1024 * 1024))
'''
ODD_FAULTS = {
    "interrupt": "KeyboardInterrupt",
    "own": "Own: of a kind of its own",
    "mute": "Mute",
    "exit": "SystemExit: 3",
}
"""What `odd-faults` can raise, and what is told of it."""
_ODD_FAULTS = """\
from typing import Literal

from weaver import Strategy


class Own(BaseException):
    pass


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("it has nothing to say")


class OddFaults(Strategy):
    fault: Literal["interrupt", "own", "mute", "exit"] = "own"

    def on_bar(self, bar) -> None:
        raise {
            "interrupt": KeyboardInterrupt(), "own": Own("of a kind of its own"), "mute": Mute(), "exit": SystemExit(3)
        }[self.fault]
"""
_BROKEN = '''\
from weaver import Strategy


class Broken(Strategy)
    """No colon."""
'''


_LATE = '''\
from weaver import Strategy


class FailsLate(Strategy):
    """Trades and talks, and divides by zero on its fiftieth bar."""

    def on_bar(self, bar):
        count = len(self.close)
        self.log(f"bar {count}")
        if count % 10 == 0:
            self.buy(bar.symbol, 1)
        if count == 50:
            1 / 0
'''


def failing(callback: str) -> str:
    """The source of a strategy that divides by zero in one of its callbacks."""
    bodies = {name: "1 / 0" if name == callback else "pass" for name in CALLBACKS}
    class_name = failing_id(callback).replace("-", " ").title().replace(" ", "")
    return _FAILING.format(class_name=class_name, **bodies)


def failing_line(callback: str) -> int:
    """Where in its file it does so."""
    return failing(callback).splitlines().index("        1 / 0") + 1


def failing_file(callback: str) -> str:
    """What its file is called."""
    return f"{failing_id(callback).replace('-', '_')}.py"


def failing_id(callback: str) -> str:
    """The id that its class gives it."""
    return f"failing-in-{callback.replace('_', '-')}"


FILES = {
    "trader.py": TRADER,
    "endless.py": _ENDLESS,
    "quitting.py": _QUITTING,
    "hungry.py": _HUNGRY,
    "broken.py": _BROKEN,
    "odd_faults.py": _ODD_FAULTS,
    "fails_late.py": _LATE,
    **{failing_file(callback): failing(callback) for callback in CALLBACKS},
}


def install(home: Path) -> Path:
    """Put them all where a server of that home finds them; the home."""
    folder = home / "strategies"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return home

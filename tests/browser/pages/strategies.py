"""A user's own strategies, one of which trades, one writes, one fails, one takes its time and one cannot be read."""

from pathlib import Path

RHYTHM = '''\
"""In and out in a fixed rhythm."""

from weaver import Field, Strategy


class Rhythm(Strategy):
    """Buys and sells in turn, and writes down why."""

    every: int = Field(3, ge=1, le=500, description="bars between two orders")
    share: float = Field(0.05, gt=0, le=1, description="of the equity, in one position")

    def on_start(self) -> None:
        self.seen = 0

    def on_bar(self, bar) -> None:
        self.seen += 1
        if self.seen % self.every:
            return
        held = self.position(bar.symbol).quantity
        self.log(f"bar {self.seen} of {bar.symbol}, close {bar.close}: {'out of ' + str(held) if held else 'in'}")
        if held:
            self.close_position(bar.symbol)
        else:
            self.order_target_percent(bar.symbol, self.share)
'''

PATIENT = '''\
from time import sleep

from weaver import Strategy


class Patient(Strategy):
    """Thinks about every bar for a while."""

    def on_bar(self, bar) -> None:
        sleep(0.1)
'''

FRAGILE = '''\
from weaver import Strategy


class Fragile(Strategy):
    """Divides by the volume of a day without trades."""

    def on_start(self) -> None:
        self.days = 0

    def on_bar(self, bar) -> None:
        self.days += 1
        if self.days == 20:
            self.buy(bar.symbol, 10)
        if self.days == 400:
            self.log(f"turnover {bar.close / (bar.volume - bar.volume)}")
'''

UNREADABLE = '''\
from weaver import Strategy


class Unreadable(Strategy)
    """A colon is missing."""
'''


def install(home: Path) -> Path:
    """A home with all of them."""
    folder = home / "strategies"
    folder.mkdir(parents=True)
    texts = {"rhythm": RHYTHM, "patient": PATIENT, "fragile": FRAGILE, "unreadable": UNREADABLE}
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    return home

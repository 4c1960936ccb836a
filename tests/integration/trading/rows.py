"""What went wrong for users of other systems, row by row, and which test has it happen here."""

from collections.abc import Callable
from typing import TypeVar

ROWS = (
    "held legs, or order 51, are missing from the list",
    "an entry ends part-filled, and the venue cancels the whole group",
    "a day entry's legs die at the close",
    "closing while a leg holds the shares",
    "204 on a cancel, yet the order stays open",
    "long to short in one order",
    "two runs on one account, on opposite sides",
    "the crypto fee is taken in coins",
    "BTCUSD or BTC/USD, and ids that are not the asset's",
    "buying power taken for cash, and coins zeroed by a sync",
    "a fill was never streamed",
    "orders were sent while the update stream was down",
    "a mute socket, 429 on the upgrade, no watchdog",
    "bars are lost over reconnects",
    "closing hangs after the network is lost",
    "an inferred and a real fill were both counted",
    "an empty answer was taken for a flat account",
    "a submit that timed out was declared rejected, and filled later",
    "an ambiguous modify",
    "the venue replaces a leg by itself",
    "a part-filled order of unknown fate was rejected for ever",
    "a restart loses or invents pending orders",
    "a stock splits, and legs are not adjusted",
    "an attached stop was silently dropped",
    "the session is wrong when seen from Asia, and early closes",
    "a forming bar taken as closed, a bar revised later",
    "account or asset blocked, not shortable, halted",
    "the paper account was reset or deleted",
    "the clock is off by seconds",
)
T = TypeVar("T", bound=Callable[..., object])
shown: dict[str, list[str]] = {}
"""The tests of each row, as their modules are imported."""


def row(name: str) -> Callable[[T], T]:
    """Says which row a test shows."""
    assert name in ROWS, f"there is no row {name!r}"

    def noted(test: T) -> T:
        shown.setdefault(name, []).append(test.__name__)
        return test

    return noted

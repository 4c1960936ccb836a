"""What the exchange's two halves need of each other: time, the market, the sockets, and the faults that they play."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from starlette.routing import BaseRoute

from weaver.model.market.session_bar import SessionBar
from weaver.rehearsal.assets import Asset

MAX = float("inf")
"""The pace of a clock that goes from one thing that is due to the next without waiting."""
HOLD = 0.0
"""The pace of a clock that only its requests and the control move."""
OnBars = Callable[[int, Mapping[str, SessionBar]], None]
"""Called with the instant at which bars closed (ns), and those bars by symbol."""
Sent = Callable[[], Awaitable[None]]
"""Waits until all that was published has gone out to those who listen, or they are gone."""


class VenueClock(Protocol):
    """The venue's time; nothing on the exchange knows another."""

    @property
    def now(self) -> int:
        """ns since the epoch. While something that was due is done, the instant at which it was due."""

    @property
    def pace(self) -> float:
        """Venue seconds in a second of the wall's: HOLD, MAX or between."""

    def set_pace(self, pace: float) -> None:
        """Go on at another pace."""

    def schedule(self, at: int, call: Callable[[], None]) -> None:
        """Have something done at an instant (ns), at the next occasion where that has passed. What is due first is done
        first; at one instant, what was scheduled first."""

    def lead_to(self, instant: int) -> None:
        """A bar or trade is to come at an instant (ns): a clock that does not wait goes on until there, and stops where
        nothing comes any more, whatever else was scheduled."""

    def on_request(self) -> None:
        """A request has come: do what was due by now. A clock on hold moves on by a millisecond, and does the same."""

    async def advance(self, to: int, sent: Sent) -> None:
        """Move on to an instant (ns) at once. What is due on the way is done in its order, each instant's sent before
        the next begins; requests are heard meanwhile."""

    async def run(self, sent: Sent) -> None:
        """Go on at the clock's pace until cancelled."""


class Market(Protocol):
    """What trades, and at which prices; it publishes bars as they close."""

    @property
    def assets(self) -> Mapping[str, Asset]:
        """By symbol, pairs with their slash."""

    def price(self, symbol: str) -> Decimal | None:
        """The newest price by now: of a trade made by the control, or the close of the newest bar that has closed."""

    def previous_close(self, symbol: str) -> Decimal | None:
        """The last close of the session before this one (of a pair: of the UTC day before)."""

    def subscribe(self, on_bars: OnBars) -> None:
        """Be called with the bars that close, before they are published to anybody else. Those of halted symbols do not
        come."""

    def trade(self, symbol: str, price: Decimal) -> None:
        """A trade happens at a price: it is published to those who listen to trades, and is the newest price until
        another comes. Bars that were going to come are not changed by it."""

    def split(self, symbol: str, ratio: Fraction) -> None:
        """From now on there are `ratio` new shares for each old one: prices to come are divided by it, and the
        corporate action is announced with today as its ex-date."""


class TradeUpdates(Protocol):
    """The socket of order updates."""

    def publish(self, data: Mapping[str, object]) -> None:
        """Send an update, `{"event", "order", …}`, to all who listen to `trade_updates`. Whether it is lost, doubled or
        out of order has been decided before."""


class Sockets(Protocol):
    """All sockets of the exchange, by path: /stream, /v2/iex, /v2/sip, /v1beta3/crypto/us."""

    @property
    def routes(self) -> Sequence[BaseRoute]: ...
    def connections(self) -> Sequence[Mapping[str, object]]:
        """Those that are open: `path`, `id`, `since`, whether `authenticated`, what they are `subscribed` to."""

    def disconnect(self, path: str | None) -> None:
        """Close those of a path, or all, without a word."""

    async def sent(self) -> None:
        """Wait until all that was published has gone out (`Sent`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What is said of a bar after it has been published: historical data has it from then on."""

    seconds: float
    """How much later."""
    values: Mapping[str, Decimal]
    """Any of o, h, l, c, v; empty: the close a tick higher, and the high where it must follow."""


class FeedFaults(Protocol):
    """The faults that market and sockets play, asked where they would strike; asking takes one time off."""

    def refuses_connection(self, path: str) -> int | None:
        """The HTTP status with which an upgrade to a socket is refused, if it is."""

    def is_mute(self, path: str) -> bool:
        """Whether the sockets of a path say nothing and answer nothing, though they are open. Takes no time off."""

    def bar_delay(self, symbol: str) -> float:
        """By how many seconds a bar is published late."""

    def correction(self, symbol: str) -> Correction | None:
        """Whether a bar is corrected after it was published."""

    def is_halted(self, symbol: str) -> bool:
        """Whether trading in a symbol is halted: it has no bars, and a status message says when that begins and ends.
        Takes no time off."""

    def on_halt(self, told: Callable[[str, bool], None]) -> None:
        """Have `told` called with each symbol whose trading halts (True) or goes on (False)."""


class Accepts(Protocol):
    """Whether a key and its secret are the exchange's."""

    def __call__(self, key: str, secret: str) -> bool: ...


class SocketJournal(Protocol):
    """Where every message is written down."""

    def message(self, path: str, way: str, body: object) -> None:
        """A message came in on a socket (`way` "in") or went out ("out")."""

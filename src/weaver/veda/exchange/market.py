"""The market as a venue shows it: its clock and calendar, instruments, bars and feeds."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.instrument import Instrument
from weaver.model.orders.actions import TimeInForce
from weaver.model.orders.venue import VenueRules
from weaver.veda.exchange.orders import Source

FRACTION = Decimal("0.000000001")
"""The least part of a unit that is ordered where fractions are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueClock:
    """The venue's clock, of its stock market where it has several."""

    time: datetime
    is_open: bool
    next_open: datetime | None
    next_close: datetime | None
    skew_seconds: float
    """How far the venue's clock is ahead of ours; half of the time that asking took is taken off."""
    uncertain_seconds: float = 0.0
    """By how much that can be wrong, as nobody knows when in the time that asking took the venue looked at it."""

    @property
    def skew_at_least(self) -> float:
        """How far the two are apart whatever asking took, without a sign."""
        return max(abs(self.skew_seconds) - self.uncertain_seconds, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingDay:
    """One session, UTC."""

    date: date
    open: datetime
    close: datetime
    extended_open: datetime
    extended_close: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentRules:
    """What the venue trades under a symbol, and how."""

    instrument: Instrument
    rules: VenueRules
    """The orders that it takes, in backtests alike."""
    is_tradable: bool
    is_shortable: bool
    is_fractionable: bool
    """Whether fractions of a unit can be ordered."""
    minimum_notional: Decimal = Decimal(0)
    """What an order must come to."""
    ended_by_us: frozenset[TimeInForce] = frozenset()
    """Times in force that the venue lacks, sent as gtc: Weaver cancels what is left when they are over."""
    splits_at_zero: bool = False
    """Whether an order from long to short, or back, is refused: it takes one to flat, and another from there."""
    has_one_tif: bool = False
    """Whether an entry has its exits' time in force: Weaver cancels what is left of a day entry whose exits last."""
    price_decimals: int | None = None
    """The most that the price of a fill can have, where that is known ahead."""
    is_halted: bool = False
    flags: tuple[str, ...] = ()
    """What forbids or restricts trading it, each in plain words; empty: nothing does."""

    @property
    def step(self) -> Decimal:
        """The step of the quantities of simple day orders: a strategy's are of whole shares, but where the venue takes
        fractions of one, whoever has a fraction can sell it."""
        lot = self.instrument.lot
        return FRACTION if self.is_fractionable and lot >= 1 else lot


@dataclass(frozen=True, slots=True, kw_only=True)
class BarPage:
    """Some bars of one symbol, in order of time, raw (no split or dividend worked in), and how to ask for the next."""

    bars: Bars
    """Only those that have ended."""
    next_page: str | None
    """None: that was all."""


class Feed(StrEnum):
    """What a stream brings."""

    ORDERS = "orders"
    STOCK_BARS = "stock_bars"
    CRYPTO_BARS = "crypto_bars"


def feed_of(asset_class: AssetClass) -> Feed:
    """On which of a venue's feeds the bars of a class come."""
    return Feed.CRYPTO_BARS if asset_class is AssetClass.CRYPTO else Feed.STOCK_BARS


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBar:
    """A minute bar that has ended; of a replay, one of its timeframe. Prices and volume are measured: float64."""

    symbol: str
    start: int
    """Instants, ns since the epoch."""
    end: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    is_correction: bool = False
    """It takes the place of one that was sent before."""
    source: Source = Source.STREAM


def live_bars_of(bars: Bars) -> list[LiveBar]:
    """Columns as bars that were asked for."""
    columns = (bars.timestamp, bars.end, bars.open, bars.high, bars.low, bars.close, bars.volume)
    return [
        LiveBar(
            symbol=bars.symbol, start=start, end=end, open=open_, high=high, low=low, close=close, volume=volume,
            source=Source.POLL,
        )
        for start, end, open_, high, low, close, volume in zip(*(column.tolist() for column in columns), strict=True)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltChanged:
    """Trading of a symbol was halted, or goes on."""

    symbol: str
    is_halted: bool
    reason: str
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStale:
    """From `since` on nothing that a feed says can be relied on: it is down, or mute when it should not be."""

    feed: Feed
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRestored:
    """The feed is there (again), and what it missed since `since` was asked for and sent before this.

    It is also the first message of a feed, which before it is not there.
    """

    feed: Feed
    since: datetime | None
    """None: the feed's first time."""
    repaired: int = 0
    """How many messages were made up for."""
    is_complete: bool = True
    """False: asking failed; `reason` says how. It is tried again, and another FeedRestored follows."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TickEnded:
    """All bars of an instant have come. A replay says so, which knows; a real venue never does."""

    time: datetime
    """The instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayEnded:
    """All bars of a replay have come: the stream ends, and the run that reads it is complete."""

    time: datetime
    """The venue's."""

"""A run described in plain values: bars, account, costs, and what the strategy asks for at which tick."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

HOUR = 3_600_000_000_000
DAY = 24 * HOUR
ZERO = Decimal(0)

Argument = str | int | bool | Decimal
Action = tuple[str, int, Decimal | Fraction]
"""Kind (split, dividend, delisting), ex-date in days since the epoch, and ratio, amount or value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NaiveBar:
    """One bar; instants in nanoseconds since the epoch, `session` in days since the epoch."""

    start: int
    end: int
    session: int
    session_begins: int
    """When that opens."""
    session_close: int
    extended_close: int
    session_open: int | None = None
    """When its session opened, of a bar of a whole session, whose `start` only names the day; None: it opens then."""
    regular: bool = True
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal

    @property
    def opens(self) -> int:
        """The instant of its open."""
        return self.start if self.session_open is None else self.session_open


@dataclass(frozen=True, slots=True, kw_only=True)
class NaiveSymbol:
    """An instrument with its bars and corporate actions; `closes` gives the session close of days without a bar.

    `tick` is None where no facts were given.
    """

    symbol: str
    asset_class: str = "stock"
    tick: Decimal | None = Decimal("0.01")
    lot: Decimal = Decimal(1)
    minimum: Decimal = Decimal(1)
    multiplier: Decimal = Decimal(1)
    margin: Decimal | None = None
    """What a contract ties up when it is entered, and (`maintenance`) while it is held; None: it is paid for."""
    maintenance: Decimal | None = None
    calendar: str | None = None
    """The exchange whose sessions it trades in, if not those of its asset class."""
    bars: list[NaiveBar]
    actions: list[Action] = field(default_factory=list)
    closes: dict[int, int] = field(default_factory=dict)
    costs: "NaiveCosts | None" = None
    """Its own; None: the scenario's."""
    funding: tuple[tuple[int, Decimal], ...] = ()
    """Instants in rising order, and the rate that longs pay at each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NaiveAccount:
    """Cash at the start, and what the account may do."""

    cash: Decimal = Decimal(100_000)
    kind: str = "cash"
    leverage: Decimal = Decimal(1)
    shorting: bool = False
    maintenance: Decimal = Decimal("0.25")


@dataclass(frozen=True, slots=True, kw_only=True)
class NaiveCosts:
    """What trading costs; nothing unless said."""

    commission_bps: Decimal = ZERO
    commission_per_share: Decimal = ZERO
    commission_minimum: Decimal = ZERO
    slippage_bps: Decimal = ZERO
    slippage_ticks: Decimal = ZERO
    half_spread_bps: Decimal = ZERO
    max_participation: Decimal | None = None
    maker_bps: Decimal = ZERO
    taker_bps: Decimal = ZERO
    borrow_rate: Decimal = ZERO
    margin_rate: Decimal = ZERO
    """Of the account: that of the scenario's costs counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One intent. An order is named by its ordinal in the run; −1 is the newest order placed so far, −2 the one before.

    An op whose order does not exist or is not open any more does nothing, and so does one that asks for the impossible
    (a target or a trail before the first bar of its symbol, an `oto` of two orders that do not fit together).
    `replace` changes only what the order has: a limit where there is a limit, a stop where there is a stop, and so on;
    the quantity of an exit leg, or of a target that is sized at its fill, is never changed.
    """

    name: str
    args: tuple[Argument, ...] = ()
    kwargs: dict[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A whole run. `program` maps a tick's index to the ops of its `on_tick`, in order."""

    symbols: list[NaiveSymbol]
    timeframe: str = "1d"
    account: NaiveAccount = field(default_factory=NaiveAccount)
    costs: NaiveCosts = field(default_factory=NaiveCosts)
    program: dict[int, list[Op]] = field(default_factory=dict)
    close_at_end: bool = False

    def costs_of(self, symbol: str) -> NaiveCosts:
        """What trading a symbol costs."""
        own = next(one.costs for one in self.symbols if one.symbol == symbol)
        return self.costs if own is None else own

    def ticks(self) -> list[int]:
        """Every instant at which a bar closed, in order."""
        return sorted({bar.end for symbol in self.symbols for bar in symbol.bars})

    def rows(self) -> list[int]:
        """The ticks, by index, at which rows of equity stand: of those whose bars have one stamp only the last."""
        stamps: dict[int, int] = {}
        for bar in (bar for symbol in self.symbols for bar in symbol.bars):
            stamps[bar.end] = min(bar.start, stamps.get(bar.end, bar.start))
        found: list[int] = []
        later = None
        for index, tick in reversed(list(enumerate(self.ticks()))):
            if later is None or stamps[tick] < later:
                found.append(index)
                later = stamps[tick]
        return found[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class NaiveFill:
    """One fill. `price` is after slippage, `raw_price` before it; `slippage` is per unit, positive when it costs."""

    ordinal: int
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    raw_price: Decimal
    slippage: Decimal
    commission: Decimal
    bar_start: int
    timestamp: int
    at_open: bool
    notes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NaiveOrder:
    """How an order ended: `reason` says why it was rejected or cancelled."""

    ordinal: int
    symbol: str
    side: str
    type: str
    status: str
    filled: Decimal
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NaiveFlow:
    """Cash that came or went without a fill, at tick `timestamp`; kind is dividend, split (a fraction), delisting,
    borrow_fee, margin_interest (of no symbol: "") or funding."""

    timestamp: int
    symbol: str
    kind: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class NaiveResult:
    """What the run gave; the lists by tick follow `Scenario.ticks()`, `rows` is `Scenario.rows()`."""

    fills: list[NaiveFill]
    orders: dict[int, NaiveOrder]
    rows: list[int]
    cash_by_tick: list[Decimal]
    equity_by_tick: list[Decimal]
    cash_flows: list[NaiveFlow]
    positions: dict[str, Decimal]

"""What a live strategy is given: all that it can see, tick by tick, as values that are recorded and can be replayed."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from weaver.model.account.account_kind import AccountKind
from weaver.model.account.margin import AccountRules
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.numbers.scale import Scale
from weaver.model.orders.actions import Side
from weaver.model.orders.status import OrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class InputBar:
    """A bar of the run's timeframe that has closed. Instants in ns since the epoch; prices and volume are float64."""

    symbol: str
    start: int
    end: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    is_missed: bool = False
    """It closed while the run was down: it enters the series, and no callback is made for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoved:
    """An order of the run stands elsewhere, other than by a fill."""

    number: int
    status: OrderStatus
    reason: str = ""
    quantity: Decimal | None = None
    """Its quantity now, where the venue or a split changed it."""
    limit: Decimal | None = None
    stop: Decimal | None = None
    """Its level now, where it trails or a split moved it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilled:
    """An order of the run gained a fill."""

    number: int
    status: OrderStatus
    """After it."""
    quantity: Decimal
    price: Decimal
    commission: Decimal
    fee_quantity: Decimal = Decimal(0)
    """Taken of the asset: the holding grows by that much less."""
    time: int
    bar_time: int
    """When the bar began in which it happened; of a real venue, the minute."""
    slippage: Decimal | None = None
    """What a unit lost to it, where the venue knows."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseFilled:
    """An order that Weaver placed for the run by itself gained a fill (a close that its strategy did not ask for):
    holdings and cash change, and no callback is made."""

    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    commission: Decimal
    fee_quantity: Decimal = Decimal(0)
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitSeen:
    """A symbol split before this tick's bars: holdings and series are on the new scale from here on."""

    symbol: str
    numerator: int
    denominator: int
    ex_date: date
    since: int | None = None
    """From when on there are new shares (ns), where that is later than the beginning of its ex-date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashMoved:
    """Cash that no fill moved: a dividend, what a split's fraction was paid with, a fee, what holding costs."""

    symbol: str
    """Empty of interest on borrowed cash."""
    kind: Literal["dividend", "fraction", "fee", "borrow_fee", "margin_interest", "funding"]
    amount: Decimal
    quantity: Decimal = Decimal(0)
    """Of the asset, where that moved."""


Update = OrderMoved | OrderFilled | HouseFilled | SplitSeen | CashMoved


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowBars:
    """The answer to a FetchWindow: columns, oldest first, raw."""

    symbol: str
    timeframe: str
    start: tuple[int, ...]
    end: tuple[int, ...]
    open: tuple[float, ...]
    high: tuple[float, ...]
    low: tuple[float, ...]
    close: tuple[float, ...]
    volume: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowFailed:
    """There is no answer to a FetchWindow, and why; its callback is not made."""

    symbol: str
    timeframe: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LateBar:
    """A bar that came after its tick, or again with other values: recorded and told; no series changes."""

    bar: InputBar
    is_correction: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TickInputs:
    """All that a strategy is given at one tick, in the order of the design's §3."""

    number: int
    """1, 2, 3 …; 0 is the start."""
    time: int
    """The instant (ns) at which this tick's bars closed."""
    updates: tuple[Update, ...] = ()
    """As they happened, since the tick before."""
    windows: tuple[WindowBars | WindowFailed, ...] = ()
    """In the order of their requests."""
    bars: tuple[InputBar, ...] = ()
    """In the run's symbol order, missed ones first by time."""
    late: tuple[LateBar, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSymbol:
    """One symbol of a run as its strategy's process needs it: counted in what, and the bars before the run."""

    symbol: str
    asset_class: str
    tick: Decimal
    lot: Decimal
    minimum: Decimal
    is_tick_given: bool
    quote_currency: str
    price_decimals: int
    """Of the scale that its prices are counted on, at least."""
    data_decimals: int = 0
    """The most that a price of its bars has: what its tick follows where none is given."""
    warmup: str
    """The digest of its warm-up bars (`runs.warmup`), which are kept apart as runs share them."""
    splits: tuple[SplitSeen, ...] = ()
    """Those before the run's start."""
    calendar: str | None = None
    """The exchange that was named; None: its asset class's hours."""
    multiplier: Decimal = Decimal(1)
    """What a unit is worth at a price of 1."""
    margin: Decimal | None = None
    """What a contract ties up, and while it is held; None: it is paid for."""
    maintenance_margin: Decimal | None = None

    @property
    def instrument(self) -> Instrument:
        """What is traded under it."""
        return Instrument(
            symbol=self.symbol,
            asset_class=AssetClass(self.asset_class),
            tick=self.tick,
            tick_given=self.is_tick_given,
            lot=self.lot,
            minimum=self.minimum,
            quote_currency=self.quote_currency,
            calendar=self.calendar,
            multiplier=self.multiplier,
            margin=self.margin,
            maintenance_margin=self.maintenance_margin,
        )

    @property
    def scale(self) -> Scale:
        """The units that it is counted in."""
        return self.instrument.scale(data_decimals=self.data_decimals, price_decimals=self.price_decimals)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSetup:
    """What a run's strategy is made of: input number 0."""

    run_id: str
    strategy_id: str
    source: str
    parameters: dict[str, object] = field(default_factory=dict)
    symbols: tuple[ListedSymbol, ...]
    timeframe: str
    start: int
    """The run's start (ns): what `now` is in on_start."""
    cash: Decimal
    account: str
    leverage: Decimal
    shorting: bool
    maintenance: Decimal
    venue: str
    """Whose order rules bind it."""
    seed: int
    weaver_version: str

    @property
    def rules(self) -> AccountRules:
        """What its account may hold."""
        return AccountRules(
            cash=self.cash,
            kind=AccountKind(self.account),
            leverage=self.leverage,
            shorting=self.shorting,
            maintenance=self.maintenance,
        )

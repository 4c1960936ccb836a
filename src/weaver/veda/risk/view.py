"""What the gate looks at: all of it values, gathered by whoever asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from weaver.veda.exchange.answers import Refused
from weaver.veda.exchange.market import InstrumentRules
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.risk.halts import Halts
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.switch import KillSwitch

Multipliers = Mapping[str, Decimal]
"""What a unit is worth at a price of 1, by symbol; 1 where it is not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedAt:
    """A symbol's newest price, and of when it is."""

    price: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a run, or an account, stands: what its limits are compared with. Cash amounts in the account's currency."""

    limits: RiskLimits
    equity: Decimal
    """Marked to market: cash and holdings."""
    leverage: Decimal = Decimal(1)
    held: Mapping[str, Decimal] = field(default_factory=dict)
    """What Weaver knows it to hold by symbol, net of fees in the asset; negative: short. Of an account: its runs', the
    manual orders' and whatever else is explained."""
    working: tuple[LiveOrder, ...] = ()
    """Its orders that may still fill, the new one and its legs not among them."""
    placed: tuple[datetime, ...] = ()
    """When it placed the orders of the last minute at least; in no order."""
    may_short: bool = True
    """Whether what it holds may go below zero."""
    is_cut_by_venue: bool = False
    """Whether its venue fills exits for no more than is held, and rejects what may not be short when it would fill, as
    a backtest does: a replay's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskView:
    """What speaks for and against one order."""

    now: datetime
    account: str
    run: Standing | None
    """None: a manual order, to which the account's limits alone apply."""
    whole: Standing
    """The account's."""
    by_hand: Standing | None = None
    """What was ordered by hand, of a manual order."""
    run_symbols: frozenset[str] = frozenset()
    prices: Mapping[str, PricedAt] = field(default_factory=dict)
    """The newest, of each symbol that is held, ordered, or to be ordered."""
    multipliers: Multipliers = field(default_factory=dict)
    """Of futures that have one."""
    switch: KillSwitch | None = None
    """The one that is on (`switch_over`)."""
    halts: Halts = field(default_factory=Halts)
    """Of the account."""
    is_stream_ready: bool = True
    """Whether the order stream stands and a first reconciliation is done: entries wait for it before they are asked
    about here, and are refused when it does not come."""
    rules: InstrumentRules | None = None
    """What the venue says of the symbol; None: it does not know it."""
    venue_refusal: Refused | None = None
    """Why the venue would not take the order (`ExchangeAdapter.refusal`)."""
    opposite: tuple[LiveOrder, ...] = ()
    """Working orders of the account's other runs, and manual ones, on the other side in this symbol."""

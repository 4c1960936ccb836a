"""Everything a run knows at an instant, and the few ways in which an order ends."""

from dataclasses import dataclass, field
from decimal import Decimal

from tests.naive.orders import Group, Order
from tests.naive.rounding import Exact, worth
from tests.naive.scenario import ZERO, NaiveBar, NaiveFill, NaiveFlow, NaiveSymbol, Scenario
from tests.naive.ticks import Ticks


@dataclass(slots=True, kw_only=True)
class State:
    """The account, the newest closes and all orders. `closes` changes only after a tick's fills."""

    scenario: Scenario
    symbols: dict[str, NaiveSymbol]
    ticks: dict[str, Ticks]
    has_volume: dict[str, bool]
    cash: Decimal
    positions: dict[str, Decimal]
    closes: dict[str, Exact] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    """The symbols of which a bar has closed."""
    now: int = 0
    bars: dict[str, NaiveBar] = field(default_factory=dict)
    pools: dict[str, Decimal | None] = field(default_factory=dict)
    settled: dict[str, Decimal] = field(default_factory=dict)
    """Of what is on margin: the value up to which its gains and losses have been paid in cash."""
    cash_as_tick_began: Decimal = ZERO
    settled_as_tick_began: dict[str, Decimal] = field(default_factory=dict)
    positions_as_tick_began: dict[str, Decimal] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    open_orders: list[Order] = field(default_factory=list)
    fills: list[NaiveFill] = field(default_factory=list)
    flows: list[NaiveFlow] = field(default_factory=list)
    session: int | None = None
    """The latest of any bar so far."""
    funding: dict[str, list[tuple[int, Decimal]]] = field(default_factory=dict)
    """What is to come."""

    @classmethod
    def of(cls, scenario: Scenario) -> "State":
        """Before the first tick."""
        return cls(
            scenario=scenario,
            symbols={one.symbol: one for one in scenario.symbols},
            ticks={one.symbol: Ticks.of(one) for one in scenario.symbols},
            has_volume={one.symbol: any(bar.volume > 0 for bar in one.bars) for one in scenario.symbols},
            cash=scenario.account.cash,
            positions={one.symbol: ZERO for one in scenario.symbols},
            funding={one.symbol: list(one.funding) for one in scenario.symbols},
            settled={one.symbol: ZERO for one in scenario.symbols if one.margin is not None},
        )

    def equity(self) -> Decimal:
        """Cash and positions at the newest closes: what was paid for at its value, what is on margin at what it has
        gained since that was settled."""
        values = (self.value_of(symbol) - self.settled.get(symbol, ZERO) for symbol in self.symbols)
        return self.cash + sum(values, ZERO)

    def value_of(self, symbol: str) -> Decimal:
        """A position at its newest close, to 1e-8 as cash is."""
        held = self.positions[symbol]
        return self.worth(symbol, held, self.closes[symbol]) if held else ZERO

    def worth(self, symbol: str, quantity: Decimal, price: Exact) -> Decimal:
        """What so many units are worth at a price, to 1e-8."""
        return worth(quantity * self.symbols[symbol].multiplier, price)

    def settle_margined(self) -> None:
        """Pay or take what everything on margin has gained or lost up to its newest close."""
        for symbol, settled in self.settled.items():
            value = self.value_of(symbol)
            self.cash += value - settled
            self.settled[symbol] = value

    def add(self, order: Order) -> Order:
        """Take a new order in; its ordinal must be `next_ordinal`."""
        assert order.ordinal == self.next_ordinal
        self.orders.append(order)
        self.open_orders.append(order)
        return order

    @property
    def next_ordinal(self) -> int:
        """The number that the next order gets."""
        return len(self.orders) + 1

    def working(self) -> list[Order]:
        """All working orders, oldest first."""
        return [order for order in self.open_orders if order.is_working]

    def forget_closed_orders(self) -> None:
        """Keep the list of open orders short."""
        self.open_orders = [order for order in self.open_orders if order.is_open]

    def pay(self, kind: str, symbol: str, amount: Decimal) -> None:
        """Cash that comes or goes without a fill."""
        if amount:
            self.cash += amount
            self.flows.append(NaiveFlow(timestamp=self.now, symbol=symbol, kind=kind, amount=amount))


def end_order(order: Order, status: str, reason: str) -> None:
    """Cancel, reject or expire an open order, with what that means for its group."""
    assert order.is_open
    order.status, order.reason = status, reason
    if order.group is not None:
        settle_group(order.group)


def settle_group(group: Group) -> None:
    """Cancel the legs that have nothing left to exit and never will."""
    if group.entry_is_open():
        return
    if group.entry is not None and not group.entered:
        reason = "entry_ended"
    elif group.remaining == 0:
        reason = "group_done"
    else:
        return
    for leg in group.open_legs():
        leg.status, leg.reason = "cancelled", reason

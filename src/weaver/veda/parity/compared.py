"""A run's orders and fills, and where its account stands, as a live run's and a backtest's are compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from weaver.model.numbers.money import CASH_ONE
from weaver.model.orders.actions import Side
from weaver.veda.positions.counting import cash, rounded

ONE = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedFill:
    """An execution, as its run booked it."""

    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    commission: Decimal
    slippage: Decimal | None = None
    """What a unit lost to it; None: nobody knows."""
    time: datetime
    ratio: Fraction = ONE
    """How many shares of the newest there are for each of then."""
    multiplier: Decimal = Decimal(1)
    """What a unit is worth at a price of 1."""

    @property
    def size(self) -> Fraction:
        """The quantity in the newest shares."""
        return Fraction(self.quantity) * self.ratio

    @property
    def unit_price(self) -> Fraction:
        """What one of the newest shares, or a contract, came to."""
        return Fraction(self.price) * Fraction(self.multiplier) / self.ratio

    @property
    def unit_slippage(self) -> Fraction:
        """What one of the newest shares lost to slippage, as far as is known."""
        return Fraction(self.slippage or 0) * Fraction(self.multiplier) / self.ratio

    @property
    def paid(self) -> Decimal:
        """The cash that it took, before commission; below 0: that it brought."""
        return exact_cash(self.side.sign * self.size * self.unit_price)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedOrder:
    """An order of a run, as far as it came."""

    number: int
    """In its run; 0: not its strategy's (by hand, or Weaver's own)."""
    symbol: str
    side: Side
    order_type: str
    order_class: str
    quantity: Decimal | None
    filled: Decimal
    status: str
    reason: str
    placed_at: datetime
    """The tick at which it was decided."""
    fills: tuple[ComparedFill, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAccount:
    """What a run came to."""

    orders: tuple[ComparedOrder, ...]
    late: tuple[ComparedFill, ...] = ()
    """Fills that came after the newest tick; they are in none of the orders."""
    flows: Decimal
    """Cash that no fill moved: dividends, fees, fractions of splits."""
    held: Mapping[str, Decimal]
    closes: Mapping[str, Decimal]
    """What a unit of each symbol is worth at its newest close."""
    pnl: Decimal
    """Equity at these closes, less what it began with."""

    @property
    def fills(self) -> tuple[ComparedFill, ...]:
        """All, in the order of their time."""
        every = [fill for order in self.orders for fill in order.fills]
        return tuple(sorted([*every, *self.late], key=lambda fill: fill.time))


def pnl_of(
    fills: tuple[ComparedFill, ...], *, flows: Decimal, held: Mapping[str, Decimal], closes: Mapping[str, Decimal]
) -> Decimal:
    """What fills and flows made of an account, its holdings at these closes."""
    worth = sum((Fraction(quantity) * Fraction(closes[symbol]) for symbol, quantity in held.items()), Fraction(0))
    return exact_cash(worth) + flows - sum((fill.paid + fill.commission for fill in fills), Decimal(0))


def exact_cash(amount: Fraction) -> Decimal:
    """An amount of cash in whole 1e-8, ties to the even one."""
    return cash(rounded(amount * CASH_ONE))

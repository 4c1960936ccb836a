"""A run's equity curve out of its recorded inputs: what its strategy's own account came to at each tick."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from weaver.model.calendar.instants import time_of
from weaver.model.numbers.money import CASH_DECIMALS, decimal_of
from weaver.model.orders.actions import Side
from weaver.veda.inputs import CashMoved, HouseFilled, OrderFilled, RunSetup, SplitSeen, TickInputs, Update
from weaver.veda.runs.mirror.mirror import AccountMirror


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """Where a run's account stood after a tick that had bars."""

    stamp: int
    """The earliest stamp of its bars, ns, and never earlier than the one before: ticks of one stamp (a stock's day, and
    a pair's, which ends hours later) share a row of the curve, as in a backtest, and the last of them stands."""
    time: int
    """When they closed, ns."""
    equity: Decimal
    cash: Decimal
    is_invested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CashFlow:
    """Cash that no fill moved."""

    time: datetime
    symbol: str
    kind: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What an order of a run's is for."""

    symbol: str
    side: Side


class CurveFold:
    """Takes a run's inputs one by one, from the first on. No strategy is needed, and nothing of the database but what
    its orders are for."""

    def __init__(self, setup: RunSetup) -> None:
        self.setup = setup
        self._mirror = AccountMirror(
            rules=setup.rules, scales={one.symbol: one.scale for one in setup.symbols}, closes={}, venue=None
        )
        self._last = -1
        self.flows: list[CashFlow] = []
        self.fills = 0
        """How many it was told of."""

    def take(self, inputs: TickInputs, orders: Mapping[int, Ordered]) -> CurvePoint | None:
        """After the next tick; None where it has no bars. `orders`: the run's, by number."""
        self._mirror.apply(replace(inputs, updates=tuple(_without_orders(inputs.updates, orders))))
        self.fills += sum(isinstance(one, OrderFilled | HouseFilled) for one in inputs.updates)
        self.flows += [
            CashFlow(time=time_of(inputs.time), symbol=one.symbol, kind=one.kind, amount=one.amount)
            for one in inputs.updates
            if isinstance(one, CashMoved)
        ]
        stamps = [bar.start for bar in inputs.bars if not bar.is_missed] or [bar.start for bar in inputs.bars]
        if not stamps:
            return None
        self._last = max(min(stamps), self._last)
        return CurvePoint(
            stamp=self._last,
            time=inputs.time,
            equity=decimal_of(self._mirror.equity(), CASH_DECIMALS),
            cash=decimal_of(self._mirror.cash(), CASH_DECIMALS),
            is_invested=any(self._mirror.held.values()),
        )

    def close(self, symbol: str) -> Decimal | None:
        """The newest of a symbol."""
        units = self._mirror.close(symbol)
        return None if units is None else self._mirror.scale(symbol).price_decimal(units)


def _without_orders(updates: tuple[Update, ...], orders: Mapping[int, Ordered]) -> Iterator[Update]:
    """What holdings and cash are changed by, in the same order."""
    for update in updates:
        match update:
            case OrderFilled(number=number):
                ordered = orders[number]
                yield HouseFilled(
                    symbol=ordered.symbol,
                    side=ordered.side,
                    quantity=update.quantity,
                    price=update.price,
                    commission=update.commission,
                    fee_quantity=update.fee_quantity,
                    time=update.time,
                )
            case HouseFilled() | SplitSeen() | CashMoved():
                yield update

"""What holding costs: interest on the nights of shorts and of borrowed cash, and funding at its instants."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from weaver.greta.ledger.ledger import Ledger
from weaver.model.account.carry import CarryKind, NightRates, funding_paid
from weaver.model.account.carry_schedule import CarriedBars, CarrySchedule
from weaver.model.account.costs import Costs
from weaver.model.orders.execution import AT_CLOSE, AT_OPEN


class Carry:
    """The charges of a run by tick, found ahead of it; how much they come to is seen as they are booked.

    `costs` by symbol; of a run in which they name no such costs there is nothing to book. `ticks`: the clock, ns, whose
    tick `first` is the run's.
    """

    def __init__(self, ledger: Ledger, costs: Mapping[str, Costs], ticks: memoryview, first: int) -> None:
        self._ledger, self._rates = ledger, NightRates(costs)
        self._schedule = CarrySchedule({}, {}, {})
        if any(one.charges_holding for one in costs.values()):
            bars = {
                symbol: CarriedBars(
                    np.arange(one.count) if one.tick_of_bar is None else one.tick_of_bar,
                    one.opens,
                    one.ends,
                    one.sessions,
                )
                for symbol, one in ledger.prices.items()
            }
            self._schedule = CarrySchedule.of(costs, bars, count=len(ticks), first=first)

    @property
    def before(self) -> set[int]:
        """The ticks at which something is booked ahead of all else."""
        return {*self._schedule.nights, *self._schedule.before}

    @property
    def after(self) -> set[int]:
        """The ticks at which something is booked after the fills."""
        return set(self._schedule.after)

    def book_before(self, tick: int) -> None:
        """Book what falls ahead of a tick, on what was held and borrowed before it, at the closes before it."""
        days = self._schedule.nights.get(tick)
        if days is not None:
            self._charge_night(days, tick)
        for symbol, rate in self._schedule.before.get(tick, ()):
            self._fund(symbol, rate, tick, tick - 1, AT_OPEN)

    def book_after(self, tick: int) -> None:
        """Book what falls within a tick's bars, on what is held after their fills, at their closes."""
        for symbol, rate in self._schedule.after.get(tick, ()):
            self._fund(symbol, rate, tick, tick, AT_CLOSE)

    def _charge_night(self, days: int, tick: int) -> None:
        ledger = self._ledger

        def borrowed(symbol: str) -> int:
            units = ledger.units[symbol]
            if units >= 0 or ledger.prices[symbol].scale.margin is not None:  # a future borrows nothing
                return 0
            return -ledger.value(symbol, units, tick - 1)

        for charge in self._rates.charges(days, cash=ledger.cash_at(tick - 1), borrowed=borrowed):
            self._pay(*charge, tick, AT_OPEN)

    def _fund(self, symbol: str, rate: Fraction, tick: int, close_tick: int, place: int) -> None:
        units = self._ledger.units[symbol]
        if units:
            amount = -funding_paid(self._ledger.value(symbol, units, close_tick), rate)
            self._pay(symbol, CarryKind.FUNDING, amount, tick, place)

    def _pay(self, symbol: str, kind: CarryKind, amount: int, tick: int, place: int) -> None:
        if amount:
            self._ledger.pay(symbol, str(kind), amount, tick, place=place)

"""What holding costs: interest on the nights of shorts and of borrowed cash, and funding at its instants."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.prices import Prices
from weaver.model.account.carry import CarryKind, funding_paid, interest
from weaver.model.account.costs import Costs
from weaver.model.orders.execution import AT_CLOSE, AT_OPEN

_NO_SESSION = np.iinfo(np.int32).min


class Carry:
    """The charges of a run by tick, found ahead of it; how much they come to is seen as they are booked.

    `costs` by symbol; of a run in which they name no such costs there is nothing to book. `ticks`: the clock, ns, whose
    tick `first` is the run's.
    """

    def __init__(self, ledger: Ledger, costs: Mapping[str, Costs], ticks: memoryview, first: int) -> None:
        self._ledger = ledger
        self._borrowing = {symbol: Fraction(one.borrow_rate) for symbol, one in costs.items() if one.borrow_rate}
        self._margin_rate = max((Fraction(one.margin_rate) for one in costs.values()), default=Fraction(0))
        self._nights: dict[int, int] = {}
        """How many days have passed since the session before, by the first tick of a later one."""
        if self._borrowing or self._margin_rate:
            self._nights = _nights(ledger.prices, len(ticks), first)
        self._before: dict[int, list[tuple[str, Fraction]]] = defaultdict(list)
        self._after: dict[int, list[tuple[str, Fraction]]] = defaultdict(list)
        for symbol, one in costs.items():
            if one.funding is not None:
                for time, rate in zip(one.funding.times, one.funding.rates, strict=True):
                    self._schedule(symbol, ledger.prices[symbol], time, Fraction(rate), first)

    def _schedule(self, symbol: str, prices: Prices, time: int, rate: Fraction, first: int) -> None:
        """Funding within a bar, its end included, comes after the bar's fills; before a bar, ahead of them."""
        bar = bisect_left(prices.ends, time)
        if bar < prices.count and (tick := prices.tick_of(bar)) >= first:
            (self._before if time <= prices.opens[bar] else self._after)[tick].append((symbol, rate))

    @property
    def before(self) -> set[int]:
        """The ticks at which something is booked ahead of all else."""
        return {*self._nights, *self._before}

    @property
    def after(self) -> set[int]:
        """The ticks at which something is booked after the fills."""
        return set(self._after)

    def book_before(self, tick: int) -> None:
        """Book what falls ahead of a tick, on what was held and borrowed before it, at the closes before it."""
        days = self._nights.get(tick)
        if days is not None:
            self._charge_night(days, tick)
        for symbol, rate in self._before.get(tick, ()):
            self._fund(symbol, rate, tick, tick - 1, AT_OPEN)

    def book_after(self, tick: int) -> None:
        """Book what falls within a tick's bars, on what is held after their fills, at their closes."""
        for symbol, rate in self._after.get(tick, ()):
            self._fund(symbol, rate, tick, tick, AT_CLOSE)

    def _charge_night(self, days: int, tick: int) -> None:
        ledger, cash = self._ledger, self._ledger.cash_at(tick - 1)
        for symbol, rate in self._borrowing.items():
            units = ledger.units[symbol]
            if units < 0 and ledger.prices[symbol].scale.margin is None:  # a future borrows nothing
                value = -ledger.value(symbol, units, tick - 1)
                self._pay(symbol, CarryKind.BORROW_FEE, -interest(value, rate, days), tick, AT_OPEN)
        if cash < 0:
            self._pay("", CarryKind.MARGIN_INTEREST, -interest(-cash, self._margin_rate, days), tick, AT_OPEN)

    def _fund(self, symbol: str, rate: Fraction, tick: int, close_tick: int, place: int) -> None:
        units = self._ledger.units[symbol]
        if units:
            amount = -funding_paid(self._ledger.value(symbol, units, close_tick), rate)
            self._pay(symbol, CarryKind.FUNDING, amount, tick, place)

    def _pay(self, symbol: str, kind: CarryKind, amount: int, tick: int, place: int) -> None:
        if amount:
            self._ledger.pay(symbol, str(kind), amount, tick, place=place)


def _nights(prices: Mapping[str, Prices], count: int, first: int) -> dict[int, int]:
    """By tick that brings the first bar of a later session than any before: how many days later."""
    sessions: NDArray[np.int32] = np.full(count, _NO_SESSION, dtype=np.int32)
    for one in prices.values():
        ticks = np.arange(one.count) if one.tick_of_bar is None else one.tick_of_bar
        sessions[ticks] = np.maximum(sessions[ticks], one.sessions)
    latest = np.maximum.accumulate(sessions)
    rises = np.flatnonzero(latest[1:] > latest[:-1]) + 1
    rises = rises[(rises > first) & (latest[rises - 1] != _NO_SESSION)]
    days = latest[rises].astype(np.int64) - latest[rises - 1]
    return dict(zip(rises.tolist(), days.tolist(), strict=True))

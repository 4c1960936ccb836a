"""What falls due for holding at the ticks of a replay: the same at the same instants as in a backtest of its bars."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np

from weaver.model.account.carry import CarryKind, Charge, NightRates, funding_paid
from weaver.model.account.carry_schedule import CarriedBars, CarrySchedule, Rates
from weaver.model.account.costs import Costs
from weaver.veda.adapters.simulated.ports import PricedBars
from weaver.veda.adapters.simulated.venue.account import SimulatedAccount

NOTHING = CarrySchedule({}, {}, {})


class CarryDue:
    """The charges of a replay by tick, found ahead of it; how much they come to is seen when they fall due."""

    def __init__(
        self, costs: Mapping[str, Costs], series: Mapping[str, PricedBars], ranges: Mapping[str, tuple[int, int]],
        *, has_history: bool,
    ) -> None:  # fmt: skip
        """All by symbol. `costs`: what they charge for holding; `ranges`: the first of the bars to replay, and the one
        after the last. `has_history`: bars before those tell which sessions have passed."""
        self._rates, self._schedule = NightRates(costs), NOTHING
        self._ticks: list[int] = []
        if not any(one.charges_holding for one in costs.values()):
            return
        begins = {symbol: 0 if has_history else first for symbol, (first, _) in ranges.items()}
        ends = {symbol: one.ends[begins[symbol] : ranges[symbol][1]] for symbol, one in series.items()}
        ticks = np.unique(np.concatenate([np.asarray(some, dtype=np.int64) for some in ends.values()]))
        bars = {
            symbol: CarriedBars(
                np.searchsorted(ticks, np.asarray(ends[symbol], dtype=np.int64)),
                one.opens[begins[symbol] : ranges[symbol][1]],
                ends[symbol],
                one.sessions[begins[symbol] : ranges[symbol][1]],
            )
            for symbol, one in series.items()
        }
        firsts = [
            int(bars[symbol].ticks[first - begins[symbol]]) for symbol, (first, stop) in ranges.items() if first < stop
        ]
        self._schedule = CarrySchedule.of(costs, bars, count=len(ticks), first=min(firsts))
        self._ticks = ticks.tolist()

    def before(self, end: int, account: SimulatedAccount) -> list[Charge]:
        """What falls due ahead of all that a tick (ns) brings, on what an account held and borrowed before it."""
        tick = bisect_left(self._ticks, end)
        days = self._schedule.nights.get(tick)
        nights = (
            self._rates.charges(days, cash=account.standing().cash, borrowed=account.borrowed)
            if days is not None
            else []
        )
        return [*nights, *_funding(self._schedule.before, tick, account)]

    def after(self, end: int, account: SimulatedAccount) -> list[Charge]:
        """What falls due within the bars of a tick, on what is held after their fills, at their closes."""
        return [*_funding(self._schedule.after, bisect_left(self._ticks, end), account)]


def _funding(due: Rates, tick: int, account: SimulatedAccount) -> Iterator[Charge]:
    for symbol, rate in due.get(tick, ()):
        if amount := _funded(account, symbol, rate):
            yield Charge(symbol, CarryKind.FUNDING, amount)


def _funded(account: SimulatedAccount, symbol: str, rate: Fraction) -> int:
    units = account.units[symbol]
    return -funding_paid(account.value(symbol, units), rate) if units else 0

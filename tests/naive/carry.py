"""What holding costs: the nights of shorts and of borrowed cash, and funding at its instants."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from tests.naive.rounding import to_cash
from tests.naive.state import State

YEAR = 360
"""Days of a year by which interest is shared out."""


def charge_nights(state: State) -> None:
    """Ahead of all else that a tick brings: the nights between the latest session so far and a later one of its bars.

    A night's days are the calendar's, so a weekend has three. Shorts pay on their value at the newest closes, borrowed
    cash on what is borrowed before any of it.
    """
    latest = max(bar.session for bar in state.bars.values())
    if state.session is not None and latest > state.session:
        days, cash = latest - state.session, state.cash
        for name, held in state.positions.items():
            if held < 0 and state.symbols[name].margin is None:
                rate = state.scenario.costs_of(name).borrow_rate
                state.pay("borrow_fee", name, -_interest(abs(state.value_of(name)), rate, days))
        if cash < 0:
            state.pay("margin_interest", "", -_interest(-cash, state.scenario.costs.margin_rate, days))
    state.session = latest if state.session is None else max(latest, state.session)


def _interest(value: Decimal, rate: Decimal, days: int) -> Decimal:
    return to_cash(Fraction(value) * Fraction(rate) * days / YEAR)


def fund_before(state: State) -> None:
    """Ahead of a tick's actions and fills: the instants up to the opens of its bars, on what is held, at the closes."""
    for name, bar in state.bars.items():
        for rate in _taken(state, name, bar.opens):
            _fund(state, name, rate)


def fund_after(state: State) -> None:
    """After a tick's fills: the instants within its bars, their ends included, at their closes."""
    for name, bar in state.bars.items():
        for rate in _taken(state, name, bar.end):
            _fund(state, name, rate)


def _taken(state: State, name: str, until: int) -> Iterator[Decimal]:
    waiting = state.funding[name]
    while waiting and waiting[0][0] <= until:
        yield waiting.pop(0)[1]


def _fund(state: State, name: str, rate: Decimal) -> None:
    """Longs pay a rate above 0, shorts get it."""
    held = state.positions[name]
    if held:
        state.pay("funding", name, -to_cash(state.worth(name, held, state.closes[name]) * rate))

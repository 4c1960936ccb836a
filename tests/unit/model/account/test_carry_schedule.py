"""When holding is charged for, by hand: a Friday, a Monday and a Tuesday."""

from decimal import Decimal
from fractions import Fraction

import numpy as np

from weaver.model.account.carry_schedule import CarriedBars, CarrySchedule
from weaver.model.account.costs import Costs
from weaver.model.account.funding import FundingRates

HOUR = 3600 * 10**9
DAY = 24 * HOUR
FRIDAY = 18_635  # days since the epoch: 2021-01-08
SESSIONS = [FRIDAY, FRIDAY + 3, FRIDAY + 4]


def daily(sessions: list[int], ticks: list[int] | None = None) -> CarriedBars:
    """Bars from 14:00 to 21:00 UTC."""
    opens = [day * DAY + 14 * HOUR for day in sessions]
    return CarriedBars(
        np.array(range(len(sessions)) if ticks is None else ticks), opens, [one + 7 * HOUR for one in opens],
        np.array(sessions, dtype=np.int32),
    )  # fmt: skip


def schedule(costs: Costs, bars: dict[str, CarriedBars], *, count: int = 3, first: int = 0) -> CarrySchedule:
    return CarrySchedule.of(dict.fromkeys(bars, costs), bars, count=count, first=first)


def test_nights_have_the_days_between_their_sessions() -> None:
    found = schedule(Costs(borrow_rate=Decimal("0.01")), {"A": daily(SESSIONS)})
    assert found == ({1: 3, 2: 1}, {}, {})


def test_night_is_over_at_the_first_bar_of_a_later_session_of_whichever_symbol() -> None:
    bars = {"A": daily(SESSIONS, [0, 2, 3]), "B": daily([FRIDAY + 2, FRIDAY + 4], [1, 4])}
    assert schedule(Costs(margin_rate=Decimal("0.01")), bars, count=5).nights == {1: 2, 2: 1, 3: 1}


def test_nights_before_the_run_and_up_to_its_first_tick_cost_nothing() -> None:
    assert schedule(Costs(borrow_rate=Decimal("0.01")), {"A": daily(SESSIONS)}, first=1).nights == {2: 1}
    assert schedule(Costs(), {"A": daily(SESSIONS)}).nights == {}


def test_funding_within_a_bar_comes_after_its_fills_and_between_bars_ahead_of_the_next() -> None:
    opened, ended = SESSIONS[1] * DAY + 14 * HOUR, SESSIONS[1] * DAY + 21 * HOUR
    rates = {opened - HOUR: "1", opened: "2", opened + HOUR: "3", ended: "4", ended + HOUR: "5", ended + 9 * DAY: "6"}
    funding = FundingRates.of_rows((time, Decimal(rate) / 1000) for time, rate in rates.items())
    found = schedule(Costs(funding=funding), {"A": daily(SESSIONS)})

    def of(*thousandths: int) -> list[tuple[str, Fraction]]:
        return [("A", Fraction(one, 1000)) for one in thousandths]

    assert found == ({}, {1: of(1, 2), 2: of(5)}, {1: of(3, 4)})

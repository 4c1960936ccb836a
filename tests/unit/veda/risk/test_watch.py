"""Daily loss and drawdown, by hand and against a second reading of the rules."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.model.market.asset_class import AssetClass
from weaver.veda.risk.halts import HaltCause
from weaver.veda.risk.limits import RiskLimits
from weaver.veda.risk.watch import EquityWatch, Seen, session_date

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
LIMITS = RiskLimits()
DAILY, DRAWDOWN = HaltCause.DAILY_LOSS, HaltCause.DRAWDOWN


def watched(*marks: tuple[int, date], limits: RiskLimits = LIMITS) -> Seen:
    seen = Seen(watch=EquityWatch())
    for equity, session in marks:
        seen = seen.watch.seen(Decimal(equity), session, limits)
    return seen


def test_five_percent_of_a_day_is_told_once() -> None:
    before = watched((100_000, MONDAY), (95_001, MONDAY))
    assert before.breaches == ()
    breach = before.watch.seen(Decimal(95_000), MONDAY, LIMITS)
    assert [(one.cause, one.value) for one in breach.breaches] == [(DAILY, Decimal("0.05"))]
    assert breach.breaches[0].reason == (
        "equity has lost 5 % from 100000 at the session's start to 95000: the limit is 5 %"
    )
    assert breach.watch.seen(Decimal(90_000), MONDAY, LIMITS).breaches == ()
    assert breach.watch.seen(Decimal(100_000), MONDAY, LIMITS).watch.breached == {DAILY}


def test_a_gap_overnight_counts_to_the_new_day() -> None:
    opened = watched((100_000, MONDAY), (98_000, MONDAY), (93_000, TUESDAY))
    assert opened.watch.start == 98_000
    assert [one.cause for one in opened.breaches] == [DAILY]  # 5,000 of 98,000


def test_the_daily_loss_ends_with_its_session_and_the_drawdown_stays() -> None:
    broken = watched((100_000, MONDAY), (80_000, MONDAY))
    assert {one.cause for one in broken.breaches} == {DAILY, DRAWDOWN}
    after = broken.watch.seen(Decimal(80_000), TUESDAY, LIMITS)
    assert (after.lifted, after.watch.breached, after.breaches) == ((DAILY,), {DRAWDOWN}, ())


def test_a_release_starts_from_where_equity_is() -> None:
    broken = watched((100_000, MONDAY), (80_000, MONDAY)).watch
    freed = broken.released(DRAWDOWN).released(DAILY)
    assert (freed.peak, freed.start, freed.breached) == (80_000, 80_000, frozenset())
    assert freed.seen(Decimal(76_001), MONDAY, LIMITS).breaches == ()
    assert [one.cause for one in freed.seen(Decimal(76_000), MONDAY, LIMITS).breaches] == [DAILY]


def test_a_drawdown_creeps_over_days() -> None:
    marks = [(100_000 - 4_000 * day, MONDAY + timedelta(days=day)) for day in range(6)]
    told = [one.cause for last in range(1, 7) for one in watched(*marks[:last]).breaches]
    assert told == [DRAWDOWN]  # at 80,000; each day lost less than 5 %


def test_nothing_is_breached_where_it_is_off_or_nothing_moved() -> None:
    off = RiskLimits(daily_loss=None, drawdown=None)
    assert watched((100_000, MONDAY), (1, MONDAY), limits=off).breaches == ()
    assert watched((0, MONDAY), (0, MONDAY)).breaches == ()
    assert [one.cause for one in watched((0, MONDAY), (-1, MONDAY)).breaches] == [DAILY, DRAWDOWN]


def test_an_older_session_does_not_turn_the_day_back() -> None:
    assert watched((100_000, TUESDAY), (96_000, MONDAY)).watch.session == TUESDAY


def test_the_watch_survives_a_restart() -> None:
    for watch in (EquityWatch(), watched((100_000, MONDAY), (80_000, MONDAY)).watch):
        assert EquityWatch.of_json(watch.as_json()) == watch


@pytest.mark.parametrize(
    ("classes", "instant", "session"),
    [
        ({AssetClass.STOCK}, datetime(2026, 3, 4, 4, 59, tzinfo=UTC), date(2026, 3, 3)),
        ({AssetClass.STOCK}, datetime(2026, 3, 4, 5, tzinfo=UTC), date(2026, 3, 4)),
        ({AssetClass.STOCK}, datetime(2026, 7, 4, 4, tzinfo=UTC), date(2026, 7, 4)),  # in summer
        ({AssetClass.CRYPTO}, datetime(2026, 3, 4, 0, tzinfo=UTC), date(2026, 3, 4)),
        ({AssetClass.CRYPTO}, datetime(2026, 3, 3, 23, 59, tzinfo=UTC), date(2026, 3, 3)),
        ({AssetClass.CRYPTO, AssetClass.STOCK}, datetime(2026, 3, 4, 0, tzinfo=UTC), date(2026, 3, 3)),
        ((), datetime(2026, 3, 4, 0, tzinfo=UTC), date(2026, 3, 3)),
    ],
)
def test_sessions_change_at_midnight_in_new_york_or_of_the_utc_day(
    classes: Sequence[AssetClass], instant: datetime, session: date
) -> None:
    assert session_date(classes, instant) == session


marks = st.lists(st.tuples(st.integers(1, 200), st.integers(0, 1)), min_size=1, max_size=30)


@given(marks=marks, restart_at=st.integers(0, 30))
def test_told_is_what_a_second_reading_of_the_whole_history_says(marks: list[tuple[int, int]], restart_at: int) -> None:
    watch, day, told = EquityWatch(), MONDAY, []
    history: list[tuple[date, int]] = []
    for index, (equity, next_day) in enumerate(marks):
        day += timedelta(days=next_day)
        history.append((day, equity))
        if index == restart_at:
            watch = EquityWatch.of_json(watch.as_json())
        seen = watch.seen(Decimal(equity), day, LIMITS)
        watch = seen.watch
        told += [(index, one.cause) for one in seen.breaches]
    assert told == _naively(history)


def _naively(history: list[tuple[date, int]]) -> list[tuple[int, HaltCause]]:
    told: list[tuple[int, HaltCause]] = []
    days: set[date] = set()
    fell = False
    for index, (day, equity) in enumerate(history):
        before = [value for when, value in history[:index] if when < day]
        start = before[-1] if before else history[0][1]
        if day not in days and 100 * (start - equity) >= 5 * start:
            days.add(day)
            told.append((index, DAILY))
        peak = max(value for _, value in history[: index + 1])
        if not fell and 100 * (peak - equity) >= 20 * peak:
            fell = True
            told.append((index, DRAWDOWN))
    return told

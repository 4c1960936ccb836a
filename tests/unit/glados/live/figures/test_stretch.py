"""A run in all, and by day, against arithmetic by hand: the first bar ends at 03:00 of a day, the 22nd at its end."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.unit.glados.deciders.strategies import START
from tests.unit.glados.live.kept_run import SETUP_OF_RUN, Kept, hour, tick
from weaver.glados.live.figures.stretch import Stretch, stretch_of
from weaver.model.calendar.instants import time_of
from weaver.model.errors import NotFound
from weaver.veda.runs.recorded.codec import encode_setup

FIRST = time_of(START).date()
SECOND = FIRST + timedelta(days=1)


@pytest.fixture
def kept() -> Kept:
    """2 bought at 100 in the first hour, 110 at the end of the first day, 90 and then 120 on the second."""
    kept = Kept()
    kept.bought()
    kept.record(*(hour(k, 110.0) for k in range(3, 23)), hour(23, 90.0), hour(24, 120.0))
    return kept


def figures(one: Stretch) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    return one.initial, one.equity, one.realised_pnl, one.unrealised_pnl


def test_start_is_where_the_tests_of_this_file_say() -> None:
    assert time_of(START) == datetime(FIRST.year, FIRST.month, FIRST.day, 2, tzinfo=UTC)


def test_all_of_it_is_the_sum_of_its_days(kept: Kept) -> None:
    found = kept.found()
    whole, first, second = (stretch_of(found, day) for day in (None, FIRST, SECOND))
    assert figures(whole) == (1000, 1039, -1, 40)  # 2 at 120 that cost 200, less 1 of commission
    assert figures(first) == (1000, 1019, -1, 20)
    assert figures(second) == (1019, 1039, 0, 20)
    assert (whole.commission, first.commission, second.commission) == (1, 1, 0)
    assert [len(one.points) for one in (whole, first, second)] == [24, 22, 2]


def test_fall_of_a_day_is_from_what_it_began_with(kept: Kept) -> None:
    second = stretch_of(kept.found(), SECOND)
    assert second.max_drawdown == pytest.approx(979 / 1019 - 1)  # 2 at 90 for 2 at 110
    assert stretch_of(kept.found(), FIRST).max_drawdown == 0
    assert second.stats()["initial_equity"] == 1019
    assert second.stats()["final_equity"] == 1039


def test_exposure_is_the_share_of_rows_with_something_held(kept: Kept) -> None:
    assert stretch_of(kept.found(), FIRST).exposure == 21 / 22  # the fill is told at the second bar
    assert stretch_of(kept.found(), SECOND).exposure == 1


def test_holdings_of_a_day_are_those_of_its_end_at_its_last_close(kept: Kept) -> None:
    kept.left_with("130", 24.5)
    found = kept.found()
    [held] = stretch_of(found, FIRST).holdings
    assert (held.quantity, held.price, held.unrealised_pnl) == (2, 110, 20)
    second, whole = stretch_of(found, SECOND), stretch_of(found, None)
    assert (second.holdings, whole.holdings) == ((), ())
    assert figures(whole) == (1000, 1058, 58, 0)  # 60 on the two, less 1 of commission each time
    assert figures(second) == (1019, 1058, 59, -20)
    assert [(len(one.fills), len(one.trades)) for one in (stretch_of(found, FIRST), second)] == [(1, 0), (1, 1)]


def test_orders_are_counted_by_how_they_stand(kept: Kept) -> None:
    assert stretch_of(kept.found(), None).order_counts == {"filled": 1}


def test_slippage_is_known_where_it_was_told_of_every_fill(kept: Kept) -> None:
    assert stretch_of(kept.found(), FIRST).slippage is None
    assert stretch_of(kept.found(), SECOND).slippage == 0


def test_bars_are_those_that_came_in_it(kept: Kept) -> None:
    found = kept.found()
    assert [len(stretch_of(found, day).bars["BTC/USD"]) for day in (None, FIRST, SECOND)] == [24, 22, 2]


def test_day_without_anything_is_none(kept: Kept) -> None:
    with pytest.raises(NotFound, match=f"has nothing on 2001-01-01: its bars are of {FIRST} to {SECOND}"):
        stretch_of(kept.found(), date(2001, 1, 1))


def test_run_before_its_first_bar_has_no_figures_and_no_days() -> None:
    kept = Kept()
    kept.record(tick(0, encode_setup(SETUP_OF_RUN)))
    whole = stretch_of(kept.found(), None)
    assert (whole.pnl, whole.exposure, whole.max_drawdown, whole.stats()) == (0, None, None, {})
    with pytest.raises(NotFound, match="it has no bars yet"):
        stretch_of(kept.found(), FIRST)

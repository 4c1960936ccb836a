"""Bars that were missed, came late, or are stored otherwise."""

from collections.abc import Sequence

import numpy as np

from tests.unit.glados.deciders.strategies import HOUR, START
from weaver.model.calendar.instants import time_of
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe
from weaver.veda.inputs import InputBar, LateBar, TickInputs, WindowFailed
from weaver.veda.parity.bars import LISTED_MAX, BarsFold, NamedBar, compare_bars


def bar(hour: int, *, is_missed: bool = False) -> InputBar:
    start = START + hour * HOUR
    return InputBar(
        symbol="A",
        start=start,
        end=start + HOUR,
        open=1.0,
        high=1.0,
        low=1.0,
        close=1.0,
        volume=1.0,
        is_missed=is_missed,
    )


def test_fold_says_what_became_of_bars() -> None:
    fold = BarsFold()
    late = (LateBar(bar=bar(0), is_correction=False), LateBar(bar=bar(1), is_correction=True))
    window = WindowFailed(symbol="A", timeframe="1h", error="none")
    fold.take([
        TickInputs(number=1, time=START + HOUR, bars=(bar(1, is_missed=True), bar(2))),
        TickInputs(number=2, time=START + 2 * HOUR, bars=(bar(3),), late=late, windows=(window,)),
    ])  # fmt: skip
    assert (fold.given, fold.windows, fold.ticks) == (3, 1, [time_of(START + HOUR), time_of(START + 2 * HOUR)])
    assert fold.missed.listed == (NamedBar(symbol="A", time=time_of(START + HOUR)),)
    assert (fold.late.count, fold.late.listed[0].time) == (1, time_of(START))
    assert (fold.corrected.count, fold.corrected.listed[0].time) == (1, time_of(START + HOUR))


def test_fold_counts_more_than_it_lists() -> None:
    fold = BarsFold()
    missed = tuple(bar(hour, is_missed=True) for hour in range(LISTED_MAX + 5))
    fold.take([TickInputs(number=1, time=START, bars=missed)])
    assert (fold.missed.count, len(fold.missed.listed)) == (LISTED_MAX + 5, LISTED_MAX)


def bars(hours: Sequence[int], closes: Sequence[float]) -> Bars:
    stamps = np.array([START + hour * HOUR for hour in hours], dtype=np.int64)
    columns = {name: np.array(closes, dtype=np.float64) for name in ("open", "high", "low", "close", "volume")}
    return Bars(symbol="A", timeframe=Timeframe.parse("1h"), timestamp=stamps, end=stamps + HOUR, **columns)


def test_bars_are_compared_with_those_that_are_stored() -> None:
    given = bars([2, 3, 4, 6, 7], [1.0, 2.0, 3.0, 4.0, 5.0])
    stored = bars([0, 2, 3, 5, 6, 7, 9], [9.0, 1.0, 2.5, 8.0, 4.0, 5.0, 9.0])
    found = compare_bars(given, stored)
    assert (found.given, found.same, found.other, found.not_stored, found.not_given) == (5, 3, 1, 1, 1)
    assert found.first == time_of(START + 3 * HOUR)


def test_same_bars_have_no_first_difference() -> None:
    given = bars([1, 2], [1.0, 2.0])
    found = compare_bars(given, bars([0, 1, 2, 3], [0.0, 1.0, 2.0, 3.0]))
    assert (found.same, found.first) == (2, None)
    none = bars([], [])
    assert compare_bars(none, given).same == 0

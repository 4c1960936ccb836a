"""Trades and returns in groups, against counting by hand and pandas."""

import numpy as np
import pandas as pd
import pytest

from weaver.greta.report.figures.buckets import by_duration, by_hour, by_weekday, spread_of

SECOND = 1_000_000_000


def test_trades_fall_into_steps_of_time_held():
    seconds = np.array([30, 59, 60, 86_400, 400 * 86_400], dtype=np.int64)
    entry = np.full(5, 7 * SECOND, dtype=np.int64)
    found = by_duration(entry, entry + seconds * SECOND, np.array([1.0, -2.0, 3.0, 4.0, 0.0]))
    counted = {one.name: (one.trades, one.wins, one.pnl) for one in found if one.trades}
    assert counted == {
        "under 1 min": (2, 1, -1.0),
        "1–5 min": (1, 1, 3.0),
        "1–3 d": (1, 1, 4.0),
        "over 1 y": (1, 0, 0.0),
    }
    assert (found[0].name, found[-1].name) == ("under 1 min", "over 1 y")


def test_hours_are_those_of_the_exchange_in_summer_and_in_winter():
    stamps = pd.DatetimeIndex(["2024-01-10 14:30", "2024-07-10 13:30", "2024-07-10 19:59"], tz="UTC")
    found = by_hour(stamps.as_unit("ns").asi8, np.array([1.0, 2.0, 4.0]), "America/New_York")
    wanted = pd.Series([1.0, 2.0, 4.0]).groupby(stamps.tz_convert("America/New_York").hour).sum()
    assert {int(one.name): one.pnl for one in found if one.trades} == wanted.to_dict()
    assert [one.name for one in found] == ["09", "10", "11", "12", "13", "14", "15"]


def test_days_of_the_week_are_those_of_pandas():
    stamps = pd.date_range("1969-12-25", periods=30, freq="D")
    found = by_weekday(stamps.as_unit("ns").asi8, np.ones(30))
    assert {one.name: one.trades for one in found} == stamps.day_name().str[:3].value_counts().to_dict()


def test_no_trades_make_no_groups():
    none = np.array([], dtype=np.int64)
    assert by_duration(none, none, np.array([])) == by_hour(none, np.array([]), "UTC") == []


def test_every_return_is_counted_once_in_steps_of_one_width():
    returns = np.random.default_rng(2).standard_t(3, 5_000) / 100
    bins = spread_of(returns)
    assert sum(one.count for one in bins) == 5_000
    inner = bins[3]
    assert inner.count == int(np.count_nonzero((returns >= inner.start) & (returns < inner.end)))
    widths = [one.end - one.start for one in bins]
    assert widths == pytest.approx([widths[0]] * len(bins))


def test_returns_that_are_all_alike_have_a_step_around_them():
    assert sum(one.count for one in spread_of(np.zeros(10))) == 10

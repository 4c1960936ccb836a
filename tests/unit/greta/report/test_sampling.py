"""Fewer points that look the same."""

import numpy as np
import pandas as pd
import pytest

from tests.unit.greta.report.pages import prices
from weaver.greta.report.sampling import candles, extreme_rows, means_of


def test_sampled_rows_keep_every_extreme():
    rng = np.random.default_rng(3)
    columns = [np.cumsum(rng.normal(size=50_000)) for _ in range(3)]
    rows = extreme_rows(columns, 1_000)
    assert len(rows) <= 1_000
    assert (rows[0], rows[-1]) == (0, 49_999)
    assert np.all(np.diff(rows) > 0)
    for column in columns:
        assert (column[rows].min(), column[rows].max()) == (column.min(), column.max())


def test_few_rows_are_all_kept():
    assert extreme_rows([np.zeros(4)], 4).tolist() == [0, 1, 2, 3]


def test_means_equal_pandas_and_leave_out_what_is_unknown():
    rng = np.random.default_rng(4)
    column = np.where(rng.random(1_001) < 0.2, np.nan, rng.normal(size=1_001))
    column[700:707] = np.nan
    expected = pd.Series(column).groupby(np.arange(1_001) // 7).mean()
    np.testing.assert_allclose(means_of(column, 7), expected.to_numpy(), rtol=1e-12)
    assert means_of(np.array([1.0, 2.0]), 1).tolist() == [1, 2]


@pytest.mark.parametrize("count", [1, 9, 10, 11, 25])
def test_candles_equal_pandas_groups_of_bars(count):
    bars = prices(count)
    made = candles(**vars(bars), count_max=10)
    frame = pd.DataFrame(vars(bars))
    groups = frame.groupby(np.arange(count) // made.factor)
    expected = groups.agg(
        {"timestamp": "first", "open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    )
    assert len(made.close) <= 10
    for name in ("timestamp", "open", "high", "low", "close", "volume"):
        np.testing.assert_allclose(getattr(made, name), expected[name].to_numpy(), rtol=1e-12)

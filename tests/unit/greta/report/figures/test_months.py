"""Returns by month against pandas."""

import numpy as np
import pandas as pd
import pytest

from weaver.greta.report.figures.months import monthly_returns

DAY = 86_400_000_000_000
START = 1_577_836_800_000_000_000  # 2020-01-01, a Wednesday


def test_monthly_returns_equal_pandas_and_multiply_to_the_total():
    stamps = pd.date_range("2019-11-14", "2021-02-10", freq="B")
    equity = 1_000 * np.cumprod(1 + np.random.default_rng(7).normal(0, 0.01, len(stamps)))
    years = monthly_returns(stamps.as_unit("ns").asi8, equity, 1_000.0)
    ends = pd.Series(equity, stamps).resample("ME").last()
    expected = ends / ends.shift(fill_value=1_000.0) - 1
    found = [value for year in years for value in year.months if value is not None]
    assert found == pytest.approx(expected.to_list())
    assert [year.year for year in years] == [2019, 2020, 2021]
    assert years[0].months[:10] == (None,) * 10
    assert np.prod([1 + year.total for year in years]) == pytest.approx(equity[-1] / 1_000)


def test_month_that_began_with_nothing_has_no_return():
    stamps = np.array([START, START + 40 * DAY, START + 400 * DAY])
    years = monthly_returns(stamps, np.array([0.0, -5.0, 7.0]), 100.0)
    assert (years[0].months[0], years[0].months[1]) == (-1.0, None)
    assert years[1].total is None

"""The time that a run spans."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

import weaver

DAYS = pd.bdate_range("2024-01-02", periods=60, tz="UTC")
BARS = pd.DataFrame({"timestamp": DAYS, "open": 9.0, "high": 9.0, "low": 9.0, "close": 9.0, "volume": 1e6})


@pytest.mark.parametrize("end", ["9999-12-31", date(2262, 4, 12), datetime(2300, 1, 1, tzinfo=UTC)])
@pytest.mark.parametrize("start", [None, "0001-01-01", datetime(1600, 1, 1, tzinfo=UTC)])
def test_ends_beyond_what_bars_can_reach_are_no_bounds(start: object, end: object) -> None:
    result = weaver.backtest("buy-and-hold", {"X": BARS}, asset="stock", start=start, end=end, lookahead_check=False)
    assert len(result.equity) == len(BARS)

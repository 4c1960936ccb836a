"""The time that a run spans."""

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

import weaver
from tests.builders import backtest, stock_days
from weaver import Split, Strategy

DAYS = pd.bdate_range("2024-01-02", periods=60, tz="UTC")
BARS = pd.DataFrame({"timestamp": DAYS, "open": 9.0, "high": 9.0, "low": 9.0, "close": 9.0, "volume": 1e6})


@pytest.mark.parametrize("end", ["9999-12-31", date(2262, 4, 12), datetime(2300, 1, 1, tzinfo=UTC)])
@pytest.mark.parametrize("start", [None, "0001-01-01", datetime(1600, 1, 1, tzinfo=UTC)])
def test_ends_beyond_what_bars_can_reach_are_no_bounds(start: object, end: object) -> None:
    result = weaver.backtest("buy-and-hold", {"X": BARS}, asset="stock", start=start, end=end, lookahead_check=False)
    assert len(result.equity) == len(BARS)


def test_split_before_the_start_leaves_what_is_ordered_at_the_start() -> None:
    """Bars of 5 to 8 April; a 2-for-1 split on the 6th, and a run from the 7th on, without a warm-up."""

    class AtOnce(Strategy):
        def on_start(self) -> None:
            self.buy("AAA", 3)

    options: dict[str, Any] = {
        "actions": {"AAA": [Split(ex_date=date(2021, 4, 6), ratio=2)]},
        "asset": "stock",
        "start": "2021-04-07",
    }
    for warmup in (0, None):
        (fill,) = backtest(AtOnce, stock_days([100.0, 50.0, 50.0, 50.0]), warmup=warmup, **options).fills
        assert (fill.quantity, fill.price) == (3, 50)

"""Bars that come late, or again with other values, while a run trades: told and recorded, and seen by no strategy."""

from datetime import datetime, timedelta

import pytest

from tests.integration.trading.desk import Desk

SEES = '''
from weaver import Strategy


class Sees(Strategy):
    """Says each bar, and the one before it as it stands in the series by then."""

    def on_bar(self, bar):
        before = self.bars.close[-2]
        self.log(f"bar {self.now:%Y-%m-%dT%H:%M} {bar.close} after {before}")
'''


def test_revised_bar_is_told_and_changes_nothing_that_was_seen(desk: Desk) -> None:
    run_id = desk.started(SEES, "AAPL")
    desk.until_bars(run_id, 2)
    desk.fault("corrected_bar", symbol="AAPL", seconds=30)
    (told,) = desk.until(lambda: desk.events(run_id, "market.BarCorrected"), what="the correction")
    assert (told["symbol"], told["timeframe"]) == ("AAPL", "1m")
    desk.until_bars(run_id, desk.bars(run_id) + 2)
    seen = [line.split() for line in desk.log(run_id)]
    assert [line[4] for line in seen[1:]] == [line[2] for line in seen[:-1]]
    assert told["close"] != pytest.approx(float(next(one[2] for one in seen if one[1] == minute(told))))
    desk.stopped(run_id)


def minute(told: dict[str, str]) -> str:
    """When the bar ended, as the strategy writes it."""
    return f"{datetime.fromisoformat(told['timestamp']) + timedelta(minutes=1):%Y-%m-%dT%H:%M}"

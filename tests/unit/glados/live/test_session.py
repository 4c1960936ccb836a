"""From where on a run's bars are heard."""

from weaver.glados.live.session import _builder
from weaver.model.calendar.instants import time_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import MINUTE, Timeframe


def test_a_run_that_goes_on_by_a_clock_that_is_behind_hears_no_bar_of_before_where_it_stands() -> None:
    stands = 1_000 * MINUTE
    given = {"AAPL": Instrument.default("AAPL", AssetClass.STOCK)}, Timeframe(MINUTE)
    begins = {
        seconds: _builder(*given, after=stands, now=time_of(stands + seconds * 10**9), is_own=False).decided
        for seconds in (-1, 90)
    }
    assert begins == {-1: stands, 90: stands + 90 * 10**9}

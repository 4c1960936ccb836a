"""The made market: what it has, and that it is the same each time."""

import asyncio

import numpy as np
import pytest

from tests.rehearsals.hand_market import FakeWall, SetFaults, at, nothing_to_send
from weaver.model.calendar.sessions import calendar_for
from weaver.model.errors import InputError
from weaver.model.market.asset_class import AssetClass
from weaver.rehearsal.market.bars.timeframes import parse_timeframe
from weaver.rehearsal.market.given.seeded import START, seeded_market
from weaver.rehearsal.market.market import VenueMarket
from weaver.rehearsal.ports import HOLD
from weaver.rehearsal.time.clock import PacedClock


def market(seed: int = 0, start: int = START) -> tuple[VenueMarket, PacedClock]:
    clock = PacedClock(start=start, pace=HOLD, wall=FakeWall())
    return VenueMarket(seeded_market(seed, start, {}), clock, SetFaults()), clock


def test_it_starts_an_hour_after_an_open_with_sessions_behind_it() -> None:
    made, clock = market()
    assert clock.now == at("2024-03-13T14:30Z")
    days = made.history["AAPL"].bars(parse_timeframe("1Day"), 0, clock.now)
    sessions = calendar_for(AssetClass.STOCK).expected_sessions(19724, 19795)  # from 2024-01-02 to 2024-03-13
    assert len(days) == len(sessions) == 50
    assert list(made.assets) == ["AAPL", "MSFT", "SPY", "BTC/USD", "ETH/USD"]


@pytest.mark.parametrize("symbol", ["AAPL", "MSFT", "SPY", "BTC/USD", "ETH/USD"])
def test_its_bars_could_have_been(symbol: str) -> None:
    bars = market()[0].history[symbol]._series.bars
    assert (np.diff(bars.stamp) > 0).all()
    assert (bars.end - bars.stamp == 60 * 10**9).all()
    for price in (bars.open, bars.close):
        assert ((bars.low <= price) & (price <= bars.high)).all()
    assert (bars.low > 0).all()
    assert (bars.volume > 0).all()
    assert np.array_equal(np.round(bars.close, 2), bars.close)


def test_stocks_trade_each_minute_of_a_session_and_some_around_it() -> None:
    made, _ = market()
    start, end = at("2024-03-12T13:30Z"), at("2024-03-12T19:59Z")
    assert len(made.history["SPY"].bars(parse_timeframe("1Min"), start, end)) == 390
    before = made.history["SPY"].bars(parse_timeframe("1Min"), at("2024-03-12T04:00Z"), start - 1)
    assert 100 < len(before) < 330
    assert at("2024-03-12T08:00Z") <= before.stamp[0]


def test_it_goes_on_for_as_long_as_anybody_wants_it_to() -> None:
    made, clock = market()
    asyncio.run(clock.advance(at("2024-03-19T21:00Z"), nothing_to_send))
    days = made.history["AAPL"].bars(parse_timeframe("1Day"), at("2024-03-13T00:00Z"), clock.now)
    assert len(days) == 5
    assert (
        len(made.history["BTC/USD"].bars(parse_timeframe("1Min"), at("2024-03-18T00:00Z"), at("2024-03-18T23:59Z")))
        == 1440
    )


def test_the_seed_decides() -> None:
    first, again, other = (market(seed)[0].history["ETH/USD"]._series.bars for seed in (1, 1, 2))
    assert np.array_equal(first.close, again.close)
    assert not np.array_equal(first.close, other.close)


def test_it_can_start_at_any_time() -> None:
    made, clock = market(start=at("2024-07-06T12:00Z"))  # a Saturday
    assert made.price("AAPL") is not None
    asyncio.run(clock.advance(at("2024-07-08T14:00Z"), nothing_to_send))
    assert len(made.history["AAPL"].bars(parse_timeframe("1Min"), at("2024-07-08T13:30Z"), clock.now)) == 30


def test_others_can_be_made_up_as_well() -> None:
    added = {"NVDA": AssetClass.STOCK, "DOGEUSD": AssetClass.CRYPTO, "AAPL": AssetClass.STOCK}
    listed = seeded_market(0, START, added)
    assert [one.asset.symbol for one in listed] == ["AAPL", "MSFT", "SPY", "BTC/USD", "ETH/USD", "NVDA", "DOGE/USD"]
    assert [one.asset.is_crypto for one in listed[-2:]] == [False, True]
    bars = listed[-2].source.more()
    assert bars is not None and len(bars.close) > 390 * 50
    for wrong in ({"AAPL": AssetClass.CRYPTO}, {"SPY": AssetClass.FX}, {"EURUSD": AssetClass.FX}):
        with pytest.raises(InputError):
            seeded_market(0, START, wrong)

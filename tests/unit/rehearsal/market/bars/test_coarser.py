"""Coarser bars, by hand: which bars go together, and how the venue stamps them."""

from datetime import UTC, datetime

import pytest

from tests.rehearsals.hand_market import MarketByHand, Row, listed
from weaver.model.market.asset_class import AssetClass
from weaver.rehearsal.market.bars.coarser import PublicBars
from weaver.rehearsal.market.bars.timeframes import parse_timeframe

FLAT: Row = (10, 10, 10, 10, 100)


def stamps(bars: PublicBars) -> list[str]:
    return [datetime.fromtimestamp(stamp / 1e9, UTC).strftime("%m-%dT%H:%M") for stamp in bars.stamp.tolist()]


def bars_of(market: MarketByHand, timeframe: str, symbol: str = "AAA") -> PublicBars:
    return market.market.history[symbol].bars(parse_timeframe(timeframe), 0, market.clock.now)


def test_minutes_make_a_longer_bar() -> None:
    rows: list[Row] = [(10, 12, 9, 11, 100), (11, 15, 10, 14, 200), (14, 14, 8, 9, 300), (9, 10, 9, 10, 40)]
    market = MarketByHand(listed("AAA", rows, start="2024-03-13T14:30Z"), now="2024-03-13T14:34Z")
    found = bars_of(market, "3Min")
    assert stamps(found) == ["03-13T14:30", "03-13T14:33"]
    assert [found.open.tolist(), found.high.tolist(), found.low.tolist()] == [[10, 9], [15, 10], [8, 9]]
    assert [found.close.tolist(), found.volume.tolist(), found.trades.tolist()] == [[9, 10], [600, 40], [12, 4]]
    trades = [10 * 25, 9 * 25, 12 * 25, 11 * 25, 11 * 50, 10 * 50, 15 * 50, 14 * 50]
    trades += [14 * 75, 14 * 75, 8 * 75, 9 * 75]
    assert found.vwap[0] == pytest.approx(sum(trades) / 600)


def test_hours_begin_on_the_hour_and_take_the_time_before_the_open_along() -> None:
    minutes = [0, 29, 30, 59, 60]  # from 13:00Z, half an hour before the open
    market = MarketByHand(
        listed("AAA", [FLAT] * 5, start="2024-03-13T13:00Z", minutes=minutes), now="2024-03-13T15:00Z"
    )
    found = bars_of(market, "1Hour")
    assert stamps(found) == ["03-13T13:00", "03-13T14:00"]
    assert found.volume.tolist() == [400, 100]
    assert stamps(bars_of(market, "4Hour")) == ["03-13T12:00"]


def test_days_of_stocks_begin_at_midnight_in_new_york_and_are_the_regular_session() -> None:
    rows: list[Row] = [(1, 99, 1, 99, 7), FLAT, (10, 11, 10, 11, 5), (50, 50, 50, 50, 9)]
    minutes = [0, 330, 719, 720]  # 04:00, the open, the last minute, the first after it
    winter = listed("AAA", rows, start="2024-03-08T09:00Z", minutes=minutes)
    summer = listed("BBB", rows, start="2024-03-11T08:00Z", minutes=minutes)
    market = MarketByHand(winter, summer, now="2024-03-12T12:00Z")
    found = bars_of(market, "1Day")
    assert stamps(found) == ["03-08T05:00"]
    assert [found.open[0], found.high[0], found.close[0], found.volume[0]] == [10, 11, 11, 105]
    assert stamps(bars_of(market, "1Day", "BBB")) == ["03-11T04:00"]
    assert stamps(bars_of(market, "1Week", "BBB")) == ["03-11T04:00"]
    assert stamps(bars_of(market, "1Month", "BBB")) == ["03-01T05:00"]
    assert stamps(bars_of(market, "6Month", "BBB")) == ["01-01T05:00"]


def test_days_of_pairs_begin_at_midnight_utc() -> None:
    rows = [FLAT] * 3
    pair = listed("BTC/USD", rows, start="2024-03-10T23:30Z", minutes=[0, 29, 30], asset_class=AssetClass.CRYPTO)
    market = MarketByHand(pair, now="2024-03-12T12:00Z")
    found = bars_of(market, "1Day", "BTC/USD")
    assert stamps(found) == ["03-10T00:00", "03-11T00:00"]
    assert found.volume.tolist() == [200, 100]
    assert stamps(bars_of(market, "1Week", "BTC/USD")) == ["03-04T00:00", "03-11T00:00"]
    assert stamps(bars_of(market, "23Hour", "BTC/USD")) == ["03-10T23:00", "03-11T00:00"]


def test_daily_bars_of_a_file_keep_to_their_days() -> None:
    rows: list[Row] = [(10, 12, 9, 11, 1000), (11, 13, 10, 12, 2000)]
    daily = listed("AAA", rows, start="2024-03-08T00:00Z", timeframe="1d", minutes=[0, 3 * 24 * 60])
    market = MarketByHand(daily, now="2024-03-11T21:00Z")
    assert stamps(bars_of(market, "1Day")) == ["03-08T05:00", "03-11T04:00"]
    assert bars_of(market, "1Month").volume.tolist() == [3000]


def test_finer_bars_than_there_are_do_not_exist() -> None:
    daily = listed("AAA", [FLAT], start="2024-03-08T00:00Z", timeframe="1d")
    five = listed("BBB", [FLAT] * 3, start="2024-03-08T15:00Z", timeframe="5m")
    market = MarketByHand(daily, five, now="2024-03-11T12:00Z")
    assert len(bars_of(market, "1Hour")) == 0
    assert len(bars_of(market, "1Min", "BBB")) == 0
    assert len(bars_of(market, "7Min", "BBB")) == 0
    assert stamps(bars_of(market, "10Min", "BBB")) == ["03-08T15:00", "03-08T15:10"]

"""Bars adjusted for splits and dividends, by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.rehearsals.hand_market import MarketByHand, Row, listed
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split
from weaver.rehearsal.market.bars.actions import Adjustment
from weaver.rehearsal.market.bars.timeframes import parse_timeframe

ROWS: list[Row] = [(100, 104, 98, 100, 10), (50, 52, 48, 51, 30), (51, 51, 49, 50, 40)]
DAYS = [0, 24 * 60, 48 * 60]


def history(*actions: CorporateAction, now: str = "2024-03-13T21:00Z") -> MarketByHand:
    daily = listed("AAA", ROWS, start="2024-03-11T00:00Z", timeframe="1d", minutes=DAYS, actions=actions)
    return MarketByHand(daily, now=now)


def closes(market: MarketByHand, adjustment: Adjustment) -> list[float]:
    found = market.market.history["AAA"].bars(parse_timeframe("1Day"), 0, market.clock.now, adjustment)
    return found.close.tolist()


def test_a_split_puts_what_was_before_it_on_the_scale_after() -> None:
    market = history(Split(ex_date=date(2024, 3, 12), ratio=2))
    assert closes(market, Adjustment.RAW) == [100, 51, 50]
    assert closes(market, Adjustment.SPLIT) == [50, 51, 50]
    assert closes(market, Adjustment.DIVIDEND) == [100, 51, 50]
    found = market.market.history["AAA"].bars(parse_timeframe("1Day"), 0, market.clock.now, Adjustment.ALL)
    assert [found.open[0], found.high[0], found.low[0], found.volume[0]] == [50, 52, 49, 20]


def test_a_dividend_takes_its_share_of_the_close_before_it_away() -> None:
    market = history(Dividend(ex_date=date(2024, 3, 13), amount=Decimal("0.51")))
    assert closes(market, Adjustment.DIVIDEND) == [99, pytest.approx(50.49), 50]
    assert closes(market, Adjustment.SPLIT) == [100, 51, 50]


def test_all_is_both() -> None:
    market = history(
        Split(ex_date=date(2024, 3, 12), ratio=Fraction(2)), Dividend(ex_date=date(2024, 3, 13), amount=Decimal("0.51"))
    )
    assert closes(market, Adjustment.ALL) == [49.5, 50.49, 50]


def test_what_has_not_come_yet_changes_nothing() -> None:
    split = Split(ex_date=date(2024, 3, 13), ratio=2)
    before = history(split, now="2024-03-12T21:00Z")
    assert closes(before, Adjustment.ALL) == [100, 51]
    assert before.market.history["AAA"].actions() == []
    assert closes(history(split, now="2024-03-13T12:00Z"), Adjustment.ALL) == [50, 25.5]


def test_a_delisting_adjusts_nothing() -> None:
    assert closes(history(Delisting(ex_date=date(2024, 3, 12), value=Decimal(0))), Adjustment.ALL) == [100, 51, 50]


def test_a_raw_bar_with_a_split_within_is_on_the_scale_after_it() -> None:
    rows: list[Row] = [(100, 104, 98, 100, 10), (100, 101, 99, 100, 30), (100, 104, 96, 100, 40)]
    market = MarketByHand(listed("AAA", rows, start="2024-03-13T14:00Z"), now="2024-03-13T14:01Z")
    market.market.split("AAA", Fraction(2))
    market.advance(120)
    history = market.market.history["AAA"]
    for adjustment in (Adjustment.RAW, Adjustment.SPLIT):
        day = history.bars(parse_timeframe("1Day"), 0, market.clock.now, adjustment)
        assert [day.open[0], day.high[0], day.low[0], day.close[0], day.volume[0]] == [50, 52, 48, 50, 160]
    minutes = history.bars(parse_timeframe("1Min"), 0, market.clock.now)
    assert minutes.close.tolist() == [100, 50, 50]
    assert history.bars(parse_timeframe("2Min"), 0, market.clock.now).high.tolist() == [52, 52]

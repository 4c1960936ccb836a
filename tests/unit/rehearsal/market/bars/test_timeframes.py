"""Timeframes as Alpaca's requests spell them."""

import pytest

from weaver.model.market.timeframe import Timeframe
from weaver.rehearsal.answers import Refused
from weaver.rehearsal.market.bars.timeframes import parse_timeframe


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("1Min", "1m"),
        ("59T", "59m"),
        ("1Hour", "1h"),
        ("23H", "23h"),
        ("1Day", "1d"),
        ("1D", "1d"),
        ("1Week", "1w"),
        ("1W", "1w"),
        ("3Month", "3mo"),
        ("12M", "12mo"),
    ],
)
def test_a_timeframe_is_read(text: str, ours: str) -> None:
    assert parse_timeframe(text) == Timeframe.parse(ours)


@pytest.mark.parametrize(
    "text", ["", "Min", "0Min", "60Min", "24Hour", "2Day", "2Week", "13Month", "1min", "1 Min", "1Year"]
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="invalid timeframe") as refused:
        parse_timeframe(text)
    assert refused.value.status == 400

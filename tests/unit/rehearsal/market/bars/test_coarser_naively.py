"""Coarser bars against a second way to make them: bar by bar, with the standard library's clocks."""

from datetime import UTC, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rehearsals.hand_market import MarketByHand, Row, at, listed
from weaver.model.market.asset_class import AssetClass
from weaver.rehearsal.market.bars.timeframes import parse_timeframe

NEW_YORK = ZoneInfo("America/New_York")
FIRST = datetime(2024, 3, 7, 5, tzinfo=UTC)
"""A Thursday; New York's clocks change on the Sunday after it."""
MINUTES = 5 * 24 * 60


def stamp(time: datetime, timeframe: str, *, is_stock: bool) -> datetime:
    """The stamp of the bar that a minute belongs to."""
    local = time.astimezone(NEW_YORK if is_stock else UTC)
    midnight = local.replace(hour=0, minute=0)
    if timeframe.endswith(("Min", "Hour")):
        length = int(timeframe.removesuffix("Min").removesuffix("Hour")) * (60 if timeframe.endswith("Hour") else 1)
        passed = (time - midnight.astimezone(UTC)) // timedelta(minutes=1)
        return midnight.astimezone(UTC) + timedelta(minutes=passed // length * length)
    if timeframe == "1Week":
        midnight -= timedelta(days=midnight.weekday())
    if timeframe == "1Month":
        midnight = midnight.replace(day=1)
    return midnight.astimezone(UTC)


def is_regular(time: datetime) -> bool:
    local = time.astimezone(NEW_YORK)
    return local.weekday() < 5 and (9, 30) <= (local.hour, local.minute) < (16, 0)


@settings(max_examples=60)
@given(
    minutes=st.sets(st.integers(0, MINUTES - 1), min_size=1, max_size=60),
    timeframe=st.sampled_from(
        ["1Min", "7Min", "30Min", "59Min", "1Hour", "5Hour", "23Hour", "1Day", "1Week", "1Month"]
    ),
    asset_class=st.sampled_from([AssetClass.STOCK, AssetClass.CRYPTO]),
    chance=st.randoms(use_true_random=False),
)
def test_coarser_bars_are_those_made_bar_by_bar(minutes, timeframe, asset_class, chance) -> None:  # type: ignore[no-untyped-def]
    is_stock = asset_class is AssetClass.STOCK
    symbol = "AAA" if is_stock else "BTC/USD"
    rows: dict[int, Row] = {}
    for minute in sorted(minutes):
        low, one, other, high = sorted(chance.randint(100, 200) for _ in range(4))
        rows[minute] = (one, high, low, other, chance.randint(4, 400))
    start = FIRST.isoformat().replace("+00:00", "Z")
    made = listed(symbol, list(rows.values()), start=start, minutes=list(rows), asset_class=asset_class)
    market = MarketByHand(made, now="2024-03-13T12:00Z")
    found = market.market.history[symbol].bars(parse_timeframe(timeframe), 0, market.clock.now)
    times = {minute: FIRST + timedelta(minutes=minute) for minute in rows}
    kept = [
        minute
        for minute in rows
        if not (is_stock and timeframe in ("1Day", "1Week", "1Month")) or is_regular(times[minute])
    ]
    groups = groupby(kept, key=lambda minute: stamp(times[minute], timeframe, is_stock=is_stock))
    wanted = [(begin, [rows[minute] for minute in some]) for begin, some in groups]
    assert [at(begin.isoformat()) for begin, _ in wanted] == found.stamp.tolist()
    assert [some[0][0] for _, some in wanted] == found.open.tolist()
    assert [max(row[1] for row in some) for _, some in wanted] == found.high.tolist()
    assert [min(row[2] for row in some) for _, some in wanted] == found.low.tolist()
    assert [some[-1][3] for _, some in wanted] == found.close.tolist()
    assert [sum(row[4] for row in some) for _, some in wanted] == found.volume.tolist()
    assert found.trades.tolist() == [4 * len(some) for _, some in wanted]
    for (_, some), vwap in zip(wanted, found.vwap.tolist(), strict=True):
        assert vwap == pytest.approx(average(some, is_whole=is_stock))


def average(rows: list[Row], *, is_whole: bool) -> float:
    """Of four trades a bar, a quarter of its volume each; where sizes are whole, the rest goes with the last."""
    worth = 0.0
    for opened, high, low, close, volume in rows:
        part = volume // 4 if is_whole else volume / 4
        worth += (opened + high + low) * part + close * (volume - 3 * part)
    return worth / sum(row[4] for row in rows)

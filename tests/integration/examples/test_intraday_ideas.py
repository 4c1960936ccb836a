"""The intraday examples do what their pages say, on prices small enough to count by hand."""

from datetime import UTC, datetime
from typing import Any

from docs.examples.grid import Grid
from docs.examples.minimal_roi import MinimalRoi
from docs.examples.opening_range_breakout import OpeningRangeBreakout
from docs.examples.triple_screen import TripleScreen
from tests.builders import backtest, crypto_bars, told
from weaver.model.market.bars import Bars

Candle = tuple[float, float, float, float]
FIVE_MINUTES_A_DAY = 288


def candles(rows: list[Candle], timeframe: str) -> Bars:
    opens, highs, lows, closes = zip(*rows, strict=True)
    return crypto_bars(closes, opens=opens, highs=highs, lows=lows, timeframe=timeframe)


def day(*rows: Candle) -> list[Candle]:
    """Five-minute candles of a day: it ends where the last of those given does."""
    flat = rows[-1][3]
    return [*rows, *[(flat, flat, flat, flat)] * (FIVE_MINUTES_A_DAY - len(rows))]


def test_opening_range_is_broken_upwards_once_a_session() -> None:
    wins = day((100, 102, 99, 101), (101, 104, 100, 100), (100, 103, 100, 102), (102, 105, 102, 105),
               (105, 110, 105, 108), (108, 108, 102.5, 102.5))  # fmt: skip
    loses = day((102.5, 104, 101, 103), (103, 104, 102, 102.5), (102.5, 105, 102, 104.5), (104.5, 104.5, 100, 101))
    goes_home = day((101, 102, 100, 101), (101, 103, 100, 101), (101, 104, 101, 104))
    stays_in = day((104, 105, 103, 104), (104, 105, 103, 104))
    bars = candles([*wins, *loses, *goes_home, *stays_in], "5m")
    result = backtest(OpeningRangeBreakout, bars, cash=1_000, params={"range_bars": 2, "reward": 1.0})
    assert told(result) == [
        "buy 5 @ 104",  # half of 1000 at 100; the range is 99 to 104
        "sell 5 @ 109",  # one height of it farther
        "buy 5 @ 104",  # half of 1025 at 102.5; the range is 101 to 104
        "sell 5 @ 101",
        "buy 5 @ 103",  # half of 1010 at 101
        "sell 5 @ 104",
    ]
    assert result.fills[-1].timestamp == datetime(2021, 4, 7, 23, 55, tzinfo=UTC)
    assert [str(order.status) for order in result.orders][-3:] == ["cancelled"] * 3  # the last day's order, its exits


def test_grid_earns_each_line_that_is_bought_and_sold() -> None:
    rows: list[Candle] = [
        (100, 100, 100, 100),  # lines at 80 and 64, 400 on each
        (100, 100, 80, 80),
        (80, 80, 64, 64),
        (64, 80, 64, 80),
        (80, 80, 64, 64),
        (64, 90, 64, 90),
        (90, 100, 90, 100),
        (100, 100, 80, 80),
    ]
    result = backtest(Grid, candles(rows, "1h"), cash=1_000, params={"step": 0.25, "lines": 2, "share": 0.4})
    assert told(result) == [
        "buy 5 @ 80",
        "buy 6.25 @ 64",
        "sell 6.25 @ 80",
        "buy 6.25 @ 64",
        "sell 6.25 @ 80",
        "sell 5 @ 100",
        "buy 5 @ 80",
    ]
    assert sum(trade.pnl for trade in result.trades) == 3 * 100


FALLING = [120.0 - number for number in range(21)]
"""An RSI of 0; then 6 more is one of 6 / (6 + 13), which is above 30."""


def timed(*closes: float) -> list[str]:
    """Fills by hours of the given closes after a fall to 100; a tenth of 10,600 each 10 at 106."""
    bars = crypto_bars([*FALLING, *closes])
    return told(backtest(MinimalRoi, bars, cash=10_600, params={"share": 0.1}))


def test_less_profit_is_enough_the_longer_it_took() -> None:
    assert timed(106, 110.3, 110.3) == ["buy 10 @ 106", "sell 10 @ 110.3"]  # 4 % after an hour
    assert timed(106, 109, 108.5, 108.5) == ["buy 10 @ 106", "sell 10 @ 108.5"]  # not the 2.8 %, but 2 % after two
    assert timed(106, 107, 107, 107, 107, 107, 107.2, 107.2) == ["buy 10 @ 106", "sell 10 @ 107.2"]  # 1 % after six
    assert timed(106, 107, 107, 107, 107) == ["buy 10 @ 106"]


def test_loss_of_five_percent_ends_it() -> None:
    assert timed(106, 100, 100) == ["buy 10 @ 106", "sell 10 @ 100.7"]


def test_position_without_a_profit_ends_after_two_days() -> None:
    assert timed(106, *[105.0] * 47) == ["buy 10 @ 106"]
    assert timed(106, *[105.0] * 49) == ["buy 10 @ 106", "sell 10 @ 105"]


def test_dip_in_rising_days_is_bought_once_it_turns() -> None:
    flat = [(100.0, 100.0, 100.0, 100.0)] * 20 * 6
    rises = [100, 100, 101, 102, 103, 104]
    dips = [103, 101, 99, 98]  # RSI of seven: 73, 45, 31, 28
    rows: list[Candle] = list(flat)
    for close in [*rises, *dips]:
        opened = rows[-1][3]
        rows.append((opened, max(opened, close), min(opened, close), close))
    rows += [
        (98, 103, 98, 103),  # 101, the high of the bar at 99, was too high; 99, that of the next, is reached
        (103, 110, 103, 110),
        (110, 112, 109.5, 112),  # the stop was at 99 % of 110, and is at 99 % of 112
        (112, 112, 110, 110),
    ]
    result = backtest(TripleScreen, candles(rows, "4h"), cash=9_800, params={"share": 0.5})
    assert told(result) == ["buy 50 @ 99", "sell 50 @ 110.88"]
    assert statuses(result)[0] == "cancelled"


def statuses(result: Any) -> list[str]:
    return [str(order.status) for order in result.orders if order.side == "buy"]

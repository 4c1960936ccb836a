"""The daily examples do what their pages say, on prices small enough to count by hand."""

from math import floor, log
from statistics import mean, pstdev
from typing import Any

import pandas as pd

from docs.examples.momentum_top_n import MomentumTopN
from docs.examples.pairs_trading import PairsTrading
from docs.examples.rsi2 import Rsi2
from docs.examples.supertrend import Supertrend
from docs.examples.turtle_sizing import TurtleSizing
from docs.examples.volatility_target import VolatilityTarget
from tests.builders import backtest, stock_days, told

MARGIN = {"account": "margin", "leverage": 2, "shorting": True}


def told_by_symbol(result: Any) -> list[str]:
    return [f"{line} {fill.symbol}" for line, fill in zip(told(result), result.fills, strict=True)]


def zscores(closes: list[float], window: int) -> list[float | None]:
    """Of the logarithms of prices whose partner costs 100."""
    spread = [log(close / 100) for close in closes]
    parts = [spread[max(end - window, 0) : end] for end in range(1, len(spread) + 1)]
    return [(part[-1] - mean(part)) / pstdev(part) if len(part) == window else None for part in parts]


def test_pair_is_held_while_it_is_apart() -> None:
    closes = [100.0, 101, 100, 101, 100, 110, 111, 105, 105, 105]
    found = zscores(closes, 5)
    assert [index for index, z in enumerate(found) if z is not None and z > 1.9] == [5]
    assert [index for index, z in enumerate(found) if z is not None and index > 5 and z < 0] == [7, 8, 9]
    bars = {"AAA": stock_days(closes), "BBB": stock_days([100.0] * len(closes), symbol="BBB")}
    result = backtest(PairsTrading, bars, cash=10_000, params={"window": 5, "entry": 1.9, "share": 0.4}, **MARGIN)
    assert told_by_symbol(result) == [
        "sell 36 @ 110 AAA",  # 4000 / 110
        "buy 40 @ 100 BBB",
        "buy 36 @ 105 AAA",
        "sell 40 @ 100 BBB",
    ]


def test_pair_that_stays_apart_is_given_up() -> None:
    closes = [101.0, 100, 101, 100, 101, 90, 89, 88, 87, 86]
    bars = {"AAA": stock_days(closes), "BBB": stock_days([100.0] * len(closes), symbol="BBB")}
    given = {"window": 5, "entry": 1.9, "share": 0.4, "patience": 2}
    result = backtest(PairsTrading, bars, cash=10_000, params=given, **MARGIN)
    assert told_by_symbol(result) == [
        "sell 40 @ 100 BBB",
        "buy 44 @ 90 AAA",  # 4000 / 90, opened in the bar that closes at 89
        "sell 44 @ 87 AAA",  # two bars after it, at the open of the next
        "buy 40 @ 100 BBB",
    ]


def test_best_of_the_months_before_is_held_and_nothing_where_none_rose() -> None:
    days = pd.bdate_range("2021-04-05", "2021-07-06").drop([pd.Timestamp("2021-05-31"), pd.Timestamp("2021-07-05")])
    steps = {
        "AAA": {"2021-04-05": 100, "2021-04-30": 110},
        "BBB": {"2021-04-05": 100, "2021-04-30": 105, "2021-05-27": 126, "2021-06-30": 120},
        "CCC": {"2021-04-05": 100, "2021-05-03": 200},  # on the newest day, which does not count
    }
    bars = {}
    for symbol, prices in steps.items():
        changed = pd.Series([*prices.values()], index=pd.DatetimeIndex([*prices]), dtype=float)
        close = changed.reindex(days, method="ffill")
        bars[symbol] = pd.DataFrame({"open": close.shift(1, fill_value=100.0), "close": close})
        bars[symbol]["high"], bars[symbol]["low"] = bars[symbol].max(axis=1), bars[symbol].min(axis=1)
    given = {"lookback": 3, "skip": 1, "invested": 1.0}
    result = backtest(MomentumTopN, bars, asset="stock", cash=10_000, params=given)
    assert [
        f"{fill.timestamp:%m-%d} {line}" for fill, line in zip(result.fills, told_by_symbol(result), strict=True)
    ] == [
        "05-04 buy 90 @ 110 AAA",  # 10,000 / 110
        "06-02 sell 90 @ 110 AAA",
        "06-02 buy 79 @ 126 BBB",  # 10,000 / 126
        "07-02 sell 79 @ 120 BBB",
    ]


CALM = [(100.0, 101.0, 99.0, 100.0)] * 21
"""Each moves by 2, so N is 2."""


def turtle(*rows: tuple[float, float, float, float]) -> list[str]:
    opens, highs, lows, closes = zip(*CALM, *rows, strict=True)
    bars = stock_days(closes, opens=opens, highs=highs, lows=lows)
    return told(backtest(TurtleSizing, bars, cash=100_000, **MARGIN))


def test_turtle_adds_a_unit_half_a_range_higher_and_has_one_stop_for_all() -> None:
    fills = turtle(
        (100, 102, 100, 102),  # above 101: 1 % of 100,000 by N = 2
        (102, 103, 101, 103),  # not above 102 + 1
        (103, 104, 102, 104),  # worth 1000 more: 1 % of 101,000 by 2; the stop of all comes to 104 - 4
        (104, 104, 99, 99),
        (99, 99, 99, 99),
    )
    assert fills == ["buy 500 @ 102", "buy 505 @ 104", "sell 500 @ 100", "sell 505 @ 100"]


def test_turtle_leaves_below_the_lowest_of_ten() -> None:
    fills = turtle((100, 102, 100, 102), (102, 102, 98.2, 98.5), (98.5, 98.5, 98.5, 98.5))
    assert fills == ["buy 500 @ 102", "sell 500 @ 98.5"]  # the stop, at 98, was not reached


def test_share_is_the_target_by_the_volatility() -> None:
    closes = [100.0]
    for change in [0.1, -0.1, 0.1, -0.1, 0.1, *[0.05, -0.05] * 10]:
        closes.append(closes[-1] * (1 + change))
    given = {"target": 0.1, "window": 2, "bars_a_year": 4, "most": 0.9}
    result = backtest(VolatilityTarget, stock_days(closes), cash=10_000, params=given)
    # The second Monday is bar 5: ±10 % are 20 % in four bars, and half is 10 %. The third is bar 10: ±5 %, all of it.
    half = floor(5_000 / closes[5])
    equity = 10_000 + half * (closes[10] - closes[5])
    most = floor(0.9 * equity / closes[10])
    assert [int(fill.quantity) for fill in result.fills] == [half, most - half]  # later Mondays are within the band


def test_sharp_dip_in_a_rise_is_bought_and_its_recovery_sold() -> None:
    closes = [94.0, 96, 98, 100, 102, 104, 106, 108, 110, 112, 109, 106, 107, 109, 109]
    # At 106: gains of 2, 1, 0.5 and losses of 0, 1.5, 2.25 are an RSI of 18; the average of ten is 105.5.
    # At 109: the average of three is 107.33; at 107 it was 107.33, too.
    result = backtest(Rsi2, stock_days(closes), cash=10_600, params={"dip": 20, "trend": 10, "recovery": 3})
    assert told(result) == ["buy 95 @ 106", "sell 95 @ 109"]


def test_trend_turns_where_the_line_is_crossed() -> None:
    closes = [100.0] * 5 + [104.0, 104, 104, 100, 100]
    opens = [100.0, *closes[:-1]]
    bars = stock_days(closes, opens=opens, highs=[close + 1 for close in closes], lows=[close - 1 for close in closes])
    # Ranges of 2: the upper line is at 103. Then they are 5, 2, 2 and 5, smoothed 3.5, 2.75, 2.375 and 3.6875, so the
    # lower line rises to 98.75, 99.875, 100.4375, and stays there.
    result = backtest(Supertrend, bars, cash=10_400, params={"period": 2, "factor": 1.5})
    assert told(result) == ["buy 100 @ 104", "sell 100 @ 100"]

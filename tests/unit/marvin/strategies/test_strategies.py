"""The shipped strategies do what their docstrings say, on bars small enough to follow by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pytest

import weaver
from tests.on_bar_twins import TWINS
from tests.unit.marvin.prices import price_files, read
from weaver.marvin.plugins.catalogue import Catalogue
from weaver.marvin.strategies.momentum_rotation import MomentumRotation
from weaver.marvin.strategies.pairs_spread import PairsSpread
from weaver.model.errors import WeaverError
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe

DAY = 86_400 * 10**9


@dataclass(frozen=True)
class Deal:
    """A fill as these tests read it: the index of the bar, signed quantity, price."""

    symbol: str
    bar: int
    quantity: Decimal
    price: Decimal


def bars(symbol: str, closes: Sequence[float], *, first: str = "2024-01-01", **columns: Sequence[float]) -> Bars:
    """Daily bars of a round-the-clock market; open, high and low are the close unless given."""
    length = len(closes)
    start = np.datetime64(first, "ns").astype(np.int64) + np.arange(length, dtype=np.int64) * DAY
    close = np.array(closes, dtype=np.float64)
    prices = {name: np.array(columns.get(name, close), dtype=np.float64) for name in ("open", "high", "low")}
    return Bars(
        symbol=symbol, timeframe=Timeframe.parse("1d"), timestamp=start, end=start + DAY, close=close,
        volume=np.full(length, 1e9), **prices,
    )  # fmt: skip


def deals(strategy: str | type[weaver.Strategy], *given: Bars, costs: str = "none", **options: object) -> list[Deal]:
    """The fills of a run on crypto bars."""
    frames = {each.symbol: each for each in given}
    result = weaver.backtest(strategy, frames, costs=costs, asset="crypto", lookahead_check=False, **options)
    starts = {each.symbol: each.timestamp for each in given}
    made = []
    for fill in result.fills:
        stamp = np.datetime64(fill.bar_timestamp.replace(tzinfo=None), "ns").astype(np.int64)
        bar = int(np.searchsorted(starts[fill.symbol], stamp))
        made.append(Deal(fill.symbol, bar, int(fill.side) * fill.quantity, fill.price))
    return made


def test_sma_crossover_buys_the_bar_after_the_crossing_and_sells_the_bar_after_the_next() -> None:
    # Averages of 2 and 3: the fast one is above on the close of bar 4, and below again on that of bar 7.
    closes = [10, 10, 10, 10, 13, 14, 14, 8, 8]
    made = deals("sma-crossover", bars("BTCUSD", closes), params={"fast": 2, "slow": 3}, cash=1400)
    assert made == [
        Deal("BTCUSD", 5, Decimal(100), Decimal(14)),
        Deal("BTCUSD", 8, Decimal(-100), Decimal(8)),
    ]


def test_buy_and_hold_buys_equal_parts_once() -> None:
    first, second = bars("BTCUSD", [10, 20, 30]), bars("ETHUSD", [5, 5, 5])
    made = deals("buy-and-hold", first, second, params={"invested": 0.5}, cash=1000)
    # A quarter of 1000 in each at the first closes: 25 and 50 units, filled at the next opens.
    assert made == [Deal("BTCUSD", 1, Decimal(25), Decimal(20)), Deal("ETHUSD", 1, Decimal(50), Decimal(5))]


def test_dca_invests_at_the_first_bar_of_each_month_and_carries_over_what_is_left() -> None:
    made = deals("dca", bars("BTCUSD", [10.0] * 62, first="2024-01-30"), params={"amount": 100}, cash=1000)
    # A daily bar is seen at midnight, when the next day begins: those of 30 and 31 January are seen on 31 January and
    # 1 February, that of 29 February on 1 March.
    assert made == [Deal("BTCUSD", bar, Decimal(10), Decimal(10)) for bar in (1, 2, 31)]


def test_dca_stops_when_the_cash_is_gone() -> None:
    made = deals("dca", bars("BTCUSD", [10.0] * 8), params={"amount": 40, "every": "day"}, cash=100)
    assert [deal.quantity for deal in made] == [Decimal(4), Decimal(4), Decimal(2)]


def test_dca_by_week_buys_once_a_week() -> None:
    # 1 January 2024 was a Monday. Bar 0 is seen on Tuesday 2 January, bar 6 on Monday the 8th, bar 13 on the 15th.
    made = deals("dca", bars("BTCUSD", [10.0] * 16), params={"amount": 10, "every": "week"})
    assert [deal.bar for deal in made] == [1, 7, 14]


def test_momentum_rotation_holds_the_best_at_the_first_close_of_a_month() -> None:
    # From 25 January on: 12 bars; the first close of February is that of bar 6, seen as 1 February begins.
    rising = bars("AAAUSD", [10 + k for k in range(40)], first="2024-01-25")
    slower = bars("BBBUSD", [100 + k for k in range(40)], first="2024-01-25")
    falling = bars("CCCUSD", [100 - k for k in range(40)], first="2024-01-25")
    options = {"params": {"lookback": 3, "skip": 0, "top": 2, "invested": 0.5}, "cash": 1000}
    made = deals(MomentumRotation, falling, slower, rising, **options)
    # 250 each at the closes of bar 6 (16 and 106): 15.625 and 2.3584…, cut to 8 decimals; on 1 March once more.
    assert [(deal.symbol, deal.bar) for deal in made[:2]] == [("AAAUSD", 7), ("BBBUSD", 7)]
    assert [deal.quantity for deal in made[:2]] == [Decimal("15.625"), Decimal("2.35849056")]
    assert {deal.symbol for deal in made} == {"AAAUSD", "BBBUSD"}
    assert made == deals(MomentumRotation, rising, falling, slower, **options)


def test_momentum_rotation_sells_what_has_been_overtaken() -> None:
    first = [10 + k for k in range(10)] + [20 - k / 2 for k in range(30)]
    second = [10.0] * 12 + [10 + k for k in range(28)]
    made = deals(
        MomentumRotation, bars("AAAUSD", first, first="2024-01-25"), bars("BBBUSD", second, first="2024-01-25"),
        params={"lookback": 3, "skip": 0, "top": 1},
    )  # fmt: skip
    # Until 1 February only the first has risen; by 1 March (the close of bar 35) only the second.
    assert [(deal.symbol, deal.bar, deal.quantity > 0) for deal in made] == [
        ("AAAUSD", 7, True),
        ("AAAUSD", 36, False),
        ("BBBUSD", 36, True),
    ]


@pytest.mark.parametrize("dear", [True, False])
def test_pairs_spread_sells_the_dear_one_buys_the_cheap_one_and_closes_both(dear: bool) -> None:
    wave = np.array([0, 0.1, -0.1] * 5 + [5.0, 5.0, 0, 0.1, -0.1, 0]) * (1 if dear else -1)
    first, second = bars("AAAUSD", 100 + wave), bars("BBBUSD", [100.0] * len(wave))
    made = deals(
        PairsSpread, first, second, params={"window": 10, "exit": 1}, account="margin", shorting=True, cash=10_000
    )
    # On bar 15 the ratio jumps three deviations away; on bar 17 it is back.
    assert [(deal.symbol, deal.bar, deal.quantity > 0) for deal in made] == [
        ("AAAUSD", 16, not dear),
        ("BBBUSD", 16, dear),
        ("AAAUSD", 18, dear),
        ("BBBUSD", 18, not dear),
    ]
    # 45 % of 10,000 at the closes of 105 (or 95) and 100.
    assert [abs(deal.quantity) for deal in made[:2]] == [Decimal("42.85714285" if dear else "47.36842105"), Decimal(45)]


def test_pairs_spread_orders_an_exit_once_while_it_waits_for_a_market_that_is_closed() -> None:
    """From bar 18 to 21 the first symbol does not trade (volume 0 fills nothing), and the ratio stays at its mean."""
    wave = np.array([0, 0.1, -0.1] * 5 + [5.0, 5.0, 0, 0.1, -0.1, 0, 0.1, -0.1, 0, 0.1])
    first, second = bars("AAAUSD", 100 + wave), bars("BBBUSD", [100.0] * len(wave))
    volume = np.full(len(wave), 1e9)
    volume[18:22] = 0
    options = {"params": {"window": 10, "exit": 1}, "account": "margin", "shorting": True, "cash": 10_000}
    made = deals(PairsSpread, replace(first, volume=volume), second, **options)
    assert [(deal.symbol, deal.bar, deal.quantity > 0) for deal in made] == [
        ("AAAUSD", 16, False),
        ("BBBUSD", 16, True),
        ("BBBUSD", 18, False),
        ("AAAUSD", 22, True),
    ]
    assert made[3].quantity == -made[0].quantity


def test_pairs_spread_on_one_symbol_says_what_it_needs() -> None:
    with pytest.raises(WeaverError, match="pairs-spread takes two symbols, not 1"):
        deals(PairsSpread, bars("AAAUSD", [1.0] * 5))


def test_donchian_breakout_sizes_by_range_and_leaves_at_its_stop() -> None:
    closes = [10, 10, 10, 10, 12, 12, 6, 6]
    made = deals(
        "donchian-breakout",
        bars("BTCUSD", closes, high=[c + 1 for c in closes], low=[c - 1 for c in closes]),
        params={"entry": 2, "exit": 2, "range_bars": 2, "stop_atr": 1, "risk": 0.1}, cash=1200,
    )  # fmt: skip
    # Bar 4 closes at 12, above the highest high (11) of the two bars before. True ranges 2, 2, 2, then 13 − 10 = 3: the
    # range is (2 + 3)/2 = 2.5. Risking 120 over 2.5 gives 48 units. The stop lies at 9.5; bar 6 opens at 6 already.
    assert made == [Deal("BTCUSD", 5, Decimal(48), Decimal(12)), Deal("BTCUSD", 6, Decimal(-48), Decimal(6))]


def test_bollinger_reversion_buys_below_the_band_and_sells_above_the_middle() -> None:
    closes = [10, 11, 10, 11, 10, 8, 8, 10.5, 10]
    made = deals("bollinger-reversion", bars("BTCUSD", closes), params={"period": 5, "deviations": 1}, cash=800)
    # Bar 5: mean 10, deviation √1.2 = 1.095, so 8 is below 8.9. Bar 7: mean 9.5, and 10.5 is above it.
    assert made == [Deal("BTCUSD", 6, Decimal(100), Decimal(8)), Deal("BTCUSD", 8, Decimal(-100), Decimal(10))]


def test_bollinger_reversion_has_a_stop_that_outlives_the_day() -> None:
    closes = [10, 11, 10, 11, 10, 8, 8, 8, 7, 7]
    made = deals("bollinger-reversion", bars("BTCUSD", closes), params={"period": 5, "deviations": 1, "stop": 0.1})
    # 10 % below 8: 7.2; bar 8 opens at 7, two days after the entry. It closes below the band: bought again.
    assert [(deal.bar, deal.price) for deal in made] == [(6, Decimal(8)), (8, Decimal(7)), (9, Decimal(7))]


def test_rsi_mean_reversion_buys_a_dip_in_an_uptrend_only() -> None:
    rise = [100.0 + k for k in range(20)]
    dip = [*rise, 117.0, 116.0, 118.0, 121.0, 124.0, 125.0]
    params = {"period": 2, "oversold": 30, "recovered": 60, "trend": 10}
    made = deals("rsi-mean-reversion", bars("BTCUSD", dip), params=params)
    assert [deal.quantity > 0 for deal in made] == [True, False]
    fall = [200.0 - value for value in dip]  # the mirror image: dips, but never above the average
    assert deals("rsi-mean-reversion", bars("BTCUSD", fall), params=params) == []


@pytest.mark.parametrize("identifier", sorted(TWINS))
def test_twin_fills_exactly_as_the_shipped_strategy(identifier: str) -> None:
    columns = read(price_files()[0])
    given = bars("BTCUSD", columns["close"], open=columns["open"], high=columns["high"], low=columns["low"])
    shipped, twin = (
        weaver.backtest(cls, {"BTCUSD": given}, asset="crypto", lookahead_check=False) for cls in TWINS[identifier]
    )
    assert list(shipped.fills) == list(twin.fills)
    assert len(shipped.fills) > 0


def test_every_shipped_single_symbol_strategy_has_a_twin() -> None:
    assert set(TWINS) == {entry.id for entry in Catalogue().entries()} - {"pairs-spread", "momentum-rotation"}

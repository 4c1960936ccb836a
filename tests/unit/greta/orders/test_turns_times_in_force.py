"""gtd, opg and cls through an exchange by hand, and in backtests on the hours of real calendars."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tests.builders import backtest, crypto_bars, stock_days
from tests.exchanges import MINUTE, Bench
from weaver import Strategy
from weaver.greta.result import BacktestResult
from weaver.model.account.costs import Costs
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.actions import TimeInForce

GTC, GTD, OPG, CLS = TimeInForce.GTC, TimeInForce.GTD, TimeInForce.OPG, TimeInForce.CLS
QUIET = "100 100 100 100"


# A bar a minute, four a session.
def test_gtd_order_is_cancelled_when_its_time_is_over_after_the_bar_that_ends_then() -> None:
    bench = Bench()
    for limit in (95, 90):
        bench.place(10, limit=limit, tif=GTD, expires=date(1970, 1, 1), expires_at=2 * MINUTE)
    assert bench.bar(QUIET) == ["1 accepted", "2 accepted"]
    assert bench.bar("100 100 95 95") == ["1 filled: buy 10 @ 95", "2 cancelled"]
    assert bench.exchange.book.working == []


def test_gtd_order_ends_without_a_bar_of_its_symbol() -> None:
    bench = Bench()
    order = bench.place(10, limit=90, tif=GTD, expires=date(1970, 1, 1), expires_at=MINUTE)
    bench.bars({})
    assert (str(order.status), order.reason) == ("cancelled", "gtd: the session of 1970-01-01 closed")


def test_waiting_gtd_leg_ends_with_its_day_and_its_entry_goes_on() -> None:
    bench = Bench()
    exits = {"loss": {"stop": 90, "tif": GTD, "expires_at": MINUTE}}
    bench.bracket(10, limit=95, exits=exits, tif=GTC)
    assert bench.bar(QUIET) == ["1 accepted", "2 cancelled"]
    assert bench.bar("95 95 80 80") == ["1 filled: buy 10 @ 95"]


def test_opg_order_has_the_open_of_the_first_bar_that_may_fill_it_of_a_session_it_was_there_for() -> None:
    bench = Bench()
    bench.bar(QUIET)
    bench.place(10, tif=OPG)  # a minute too late for this session
    for _ in range(3):
        bench.bar(QUIET)
    bench.place(10, limit=100, tif=OPG)  # as the next one opens
    assert bench.bar("102 102 102 102", volume=0.0) == ["2 accepted"]
    assert bench.bar("101 101 101 101", regular=False) == []
    assert bench.bar("101 102 99 100") == ["1 filled: buy 10 @ 101", "2 cancelled"]


def test_opg_order_that_the_volume_cuts_is_cancelled_with_the_rest() -> None:
    bench = Bench(costs=Costs(max_participation=Decimal("0.01")))
    order = bench.place(15, tif=OPG)
    assert bench.bar(QUIET)[1:] == ["1 partial: buy 10 @ 100", "1 cancelled"]
    assert order.reason == "opg: not filled at the open of its session"


def test_cls_order_has_the_close_of_the_bar_that_reaches_the_sessions() -> None:
    bench = Bench()
    bench.place(10, tif=CLS)
    bench.place(10, limit=101, tif=CLS)
    late = bench.order(10, tif=CLS)
    for _ in range(3):
        bench.bar(QUIET)
    late.placed = 3 * MINUTE + 1  # the last bar has opened
    bench.exchange.place(late)
    assert bench.bar("100 103 99 102") == ["3 accepted", "1 filled: buy 10 @ 102", "2 cancelled"]
    for _ in range(3):
        bench.bar(QUIET)
    assert bench.bar("100 103 99 103") == ["3 filled: buy 10 @ 103"]


def test_cls_order_is_cancelled_at_the_close_if_no_bar_brings_that() -> None:
    bench = Bench()
    order = bench.place(10, tif=CLS)
    bench.bar(QUIET)
    bench.count += 2  # two bars are missing
    assert bench.bar(QUIET, volume=0.0) == ["1 cancelled"]
    assert order.reason == "cls: not filled at the close of its session"


def test_cls_order_that_the_volume_cuts_is_cancelled_with_the_rest() -> None:
    bench = Bench(costs=Costs(max_participation=Decimal("0.01")))
    bench.count = 3
    bench.place(15, tif=CLS)
    assert bench.bar(QUIET)[1:] == ["1 partial: buy 10 @ 100", "1 cancelled"]


def test_legs_that_an_order_on_the_close_starts_have_their_turn_in_the_next_bar() -> None:
    bench = Bench()
    bench.count = 3
    bench.bracket(10, tif=CLS, exits={"out": {"tif": CLS}})
    assert bench.bar("100 102 98 101") == ["1 accepted", "1 filled: buy 10 @ 101", "2 accepted"]
    for _ in range(3):
        assert bench.bar(QUIET) == []
    assert bench.bar("100 101 99 99") == ["2 filled: sell 10 @ 99"]


def test_leg_on_the_close_has_that_of_the_bar_in_which_its_entry_filled() -> None:
    for terms, bar, price in (({}, "100 102 98 101", 100), ({"limit": 99}, "100 102 98 101", 99)):
        bench = Bench()
        bench.count = 3
        bench.bracket(10, exits={"out": {"tif": CLS}}, **terms)
        fills = [line for line in bench.bar(bar) if "filled" in line]
        assert fills == [f"1 filled: buy 10 @ {price}", "2 filled: sell 10 @ 101"]


def test_leg_on_the_open_needs_a_session_that_opens_once_it_has_started() -> None:
    bench = Bench()
    bench.bracket(10, tif=OPG, exits={"out": {"tif": OPG}})
    assert bench.bar("100 102 98 101") == ["1 accepted", "1 filled: buy 10 @ 100", "2 accepted"]
    for _ in range(3):
        assert bench.bar(QUIET) == []
    assert bench.bar("98 98 98 98") == ["2 filled: sell 10 @ 98"]


def test_stop_that_takes_the_bar_notes_no_sibling_that_has_the_close_only() -> None:
    bench = Bench()
    bench.bracket(10, exits={"profit": {"limit": 101, "tif": CLS}, "loss": {"stop": 99, "tif": GTC}})
    bench.bar(QUIET)
    assert bench.bar("100 102 98 100") == ["3 filled: sell 10 @ 99", "2 cancelled"]


# On real hours: what is placed after each bar, and when it fills.
def of(asset: AssetClass, symbol: str, starts: list[datetime], timeframe: str) -> Bars:
    """Bars that open at 100, 101, 102 … and close a half higher."""
    stamps = np.array([int(start.timestamp()) * 10**9 for start in starts])
    calendar, parsed = calendar_for(asset), Timeframe.parse(timeframe)
    opens = 100.0 + np.arange(len(stamps))
    return Bars(
        symbol=symbol,
        timeframe=parsed,
        timestamp=stamps,
        end=calendar.bar_end(stamps, parsed),
        open=opens,
        high=opens + 1,
        low=opens - 1,
        close=opens + 0.5,
        volume=np.full(len(stamps), 1000.0),
    )


def at(day: int, *hours: float, month: int = 11, year: int = 2021) -> list[datetime]:
    return [datetime(year, month, day, int(hour), round(hour % 1 * 60), tzinfo=UTC) for hour in hours]


def fills_of(bars: Bars, place: Callable[[Strategy], Any], **options: Any) -> list[tuple[str, float]]:
    """When (UTC) and at what price the orders filled that were placed after the first bar."""

    class Once(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                place(self)

    result: BacktestResult = backtest(Once, {bars.symbol: bars}, **options)
    return [(f"{fill.timestamp:%d %H:%M}", float(fill.price)) for fill in result.fills]


HALF_DAY = of(  # the day after Thanksgiving closes at 18:00 UTC; with bars before and after the session
    AssetClass.STOCK, "AAA", at(24, 20) + at(26, 13, 14, 15, 16, 17, 18, 19) + at(29, 14, 15), "1h"
)


def test_half_day_has_its_open_and_its_early_close() -> None:
    assert fills_of(HALF_DAY, lambda self: self.buy("AAA", 1, tif="opg")) == [("26 14:00", 102.0)]
    assert fills_of(HALF_DAY, lambda self: self.buy("AAA", 1, tif="cls")) == [("26 18:00", 105.5)]


def test_gtd_order_ends_with_the_half_day_or_with_its_extended_hours() -> None:
    def place(self: Strategy) -> None:
        for late in (False, True):
            self.buy("AAA", 1, stop=106.5, tif="gtd", expires=date(2021, 11, 26), extended_hours=late)

    assert fills_of(HALF_DAY, place) == [("26 19:00", 106.5)]


def test_utc_day_of_a_coin_has_an_open_and_a_close() -> None:
    coins = of(AssetClass.CRYPTO, "BTC/USD", at(24, 12, 18) + at(25, 0, 6, 12, 18) + at(26, 0), "6h")
    assert fills_of(coins, lambda self: self.buy("BTC/USD", 1, tif="opg")) == [("25 00:00", 102.0)]
    assert fills_of(coins, lambda self: self.buy("BTC/USD", 1, tif="cls")) == [("25 00:00", 101.5)]
    until = {"tif": "gtd", "expires": "2021-11-25"}
    assert fills_of(coins, lambda self: self.buy("BTC/USD", 1, stop=105.5, **until)) == [("26 00:00", 105.5)]
    assert fills_of(coins, lambda self: self.buy("BTC/USD", 1, stop=106.5, **until)) == []


def test_currency_session_goes_from_evening_to_evening_new_york() -> None:
    # 17:00 New York is 22:00 UTC; no trading from Friday the 26th to Sunday evening.
    pairs = of(AssetClass.FX, "EUR/USD", at(26, 18, 20) + at(28, 22) + at(29, 0, 10, 20, 22), "2h")
    assert fills_of(pairs, lambda self: self.buy("EUR/USD", 1, tif="cls")) == [("26 22:00", 101.5)]
    assert fills_of(pairs, lambda self: self.buy("EUR/USD", 1, tif="opg")) == [("28 22:00", 102.0)]
    sunday = {"tif": "gtd", "expires": "2021-11-29"}
    assert fills_of(pairs, lambda self: self.buy("EUR/USD", 1, stop=106, **sunday)) == [("29 22:00", 106.0)]
    assert fills_of(pairs, lambda self: self.buy("EUR/USD", 1, stop=106.5, **sunday)) == []


def test_daily_and_weekly_bars_are_first_and_last_at_once() -> None:
    days = stock_days([100, 101, 102, 103, 104, 105, 106], opens=[100, 200, 102, 103, 104, 105, 106])

    class Both(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                self.buy("AAA", 1, tif="opg")
                self.sell("AAA", 1, tif="cls")

    result = backtest(Both, days)
    assert [float(fill.price) for fill in result.fills] == [200.0, 101.0]
    (trade,) = result.trades
    hours = [datetime(2021, 4, 6, 13, 30, tzinfo=UTC), datetime(2021, 4, 6, 20, tzinfo=UTC)]
    assert [trade.entry_time, trade.exit_time] == [int(time.timestamp()) * 10**9 for time in hours]
    weeks = of(AssetClass.FX, "EUR/USD", at(1, 0) + at(8, 0) + at(15, 0), "1w")
    assert fills_of(weeks, lambda self: self.buy("EUR/USD", 1, tif="cls")) == [("12 22:00", 101.5)]
    assert [price for _, price in fills_of(weeks, lambda self: self.buy("EUR/USD", 1, tif="opg"))] == [101.0]


def test_excursion_of_a_trade_entered_at_a_close_begins_with_the_next_bar() -> None:
    lows, highs = [100.0, 50.0, 99.0], [100.0, 150.0, 103.0]

    class Overnight(Strategy):
        def on_bar(self, bar: Any) -> None:
            match len(self.close):
                case 1:
                    self.buy("AAA", 1, tif="cls")
                case 2:
                    self.sell("AAA", 1, tif="cls")

    (trade,) = backtest(Overnight, stock_days([100, 100, 102], lows=lows, highs=highs)).trades
    assert (trade.mae, trade.mfe) == (pytest.approx(-0.01), pytest.approx(0.03))


def test_order_placed_before_the_first_bar_has_the_open_of_that() -> None:
    class AtOnce(Strategy):
        def on_start(self) -> None:
            self.buy("BTC/USD", 1, tif="opg")
            self.buy("BTC/USD", 1, tif="cls")

    result = backtest(AtOnce, crypto_bars([100, 101, 102], first=18_000 * 24 * 60 * MINUTE + 21 * 60 * MINUTE))
    assert [float(fill.price) for fill in result.fills] == [100.0, 102.0]

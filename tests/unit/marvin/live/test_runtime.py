"""What a strategy sees live, bar by bar."""

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from tests.builders import FIRST_DAY, crypto_bars, stock_days
from tests.integration.live_run import GivenBar
from tests.unit.marvin.live.ticking import Ticking, listed
from weaver import Strategy, crossed_above, indicator, sma
from weaver.marvin.series.window import Window
from weaver.model.errors import IndicatorFailed, InputError, StrategyError
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import Split
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import DAY
from weaver.model.orders.actions import FetchWindow, PlaceOrder, StopRun

HOUR = 3600 * 10**9
BEGIN = FIRST_DAY * DAY
CLOSES = [10.0, 12.0, 11.0, 15.0, 14.0, 18.0, 13.0, 20.0]


def hours(closes: list[float] = CLOSES, *, symbol: str = "BTC/USD", gone: tuple[int, ...] = ()) -> Bars:
    """Hourly bars, without some."""
    bars = crypto_bars(closes, symbol=symbol)
    kept = np.setdiff1d(np.arange(len(closes)), gone)
    names = ("timestamp", "end", "open", "high", "low", "close", "volume")
    return Bars(symbol=symbol, timeframe=bars.timeframe, **{name: getattr(bars, name)[kept] for name in names})


def at(hour: int) -> int:
    return BEGIN + hour * HOUR


def centred(values: np.ndarray) -> np.ndarray:
    """The mean of the value before, itself and the one after, as far as there are any: it looks ahead."""
    padded = np.concatenate([values[:1], values, values[-1:]])
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3


class Centred(Strategy):
    def on_start(self) -> None:
        self.own = indicator(centred, self.close)
        self.seen: list[Any] = []

    def on_bar(self, bar: Any) -> None:
        if bar.index != 5:  # of what is not read on each bar, each bar's value is its own all the same
            self.seen.append(self.own.values)


def test_function_that_changes_its_mind_keeps_what_it_said_on_each_prefix() -> None:
    run = Ticking(Centred, listed(hours()), start=at(3))
    run.through()
    first, *later = run.strategy.seen
    np.testing.assert_array_equal(first, centred(np.array(CLOSES[:4])))
    said = [*first.tolist(), *(centred(np.array(CLOSES[:count]))[-1] for count in range(5, 9))]
    assert [seen.tolist() for seen in later] == [said[:5], said[:7], said[:8]]


def test_what_was_seen_stays_as_it_was() -> None:
    class Keeps(Centred):
        def on_bar(self, bar: Any) -> None:
            del bar
            self.seen.append((self.close.values, self.close.values.tolist(), sma(self.close, 2).values))

    run = Ticking(Keeps, listed(hours()), start=at(1))
    run.through()
    for (values, listing, average), (_, longer, more) in pairwise(run.strategy.seen):
        assert values.tolist() == listing == longer[: len(listing)]
        np.testing.assert_array_equal(average, more[: len(average)])
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0.0


class Counting(Strategy):
    """Notes what it is called with."""

    def on_start(self) -> None:
        self.calls: list[Any] = []
        self.coarse = self.series(self.symbols[0], "4h").close
        self.when(self.coarse > 0, lambda bar: self.calls.append(("coarse", self.now.hour, bar.close, bar.index)))
        self.when(self.close > 0, lambda bar: self.calls.append(("fine", self.now.hour, bar.close, bar.index)))
        self.empty = len(self.close), self.close.values.tolist(), self.coarse.values.tolist()

    def on_bar(self, bar: Any) -> None:
        self.calls.append(("bar", self.now.hour, bar.close, bar.index))

    def on_tick(self, tick: Any) -> None:
        self.calls.append(("tick", tick.symbols, len(self.close)))


def test_run_without_warm_up_begins_empty() -> None:
    run = Ticking(Counting, listed(hours()), start=at(0))
    assert run.strategy.empty == (0, [], [])
    run.to(at(1))
    assert run.strategy.calls == [("fine", 1, 10.0, 0), ("bar", 1, 10.0, 0), ("tick", ("BTC/USD",), 1)]


def test_missed_bars_enter_the_series_and_nobody_is_called_with_them() -> None:
    run = Ticking(Counting, listed(hours()), start=at(1))
    run.to(at(2))
    run.strategy.calls.clear()
    run.to(at(5), missed=True)
    assert run.strategy.calls == [("tick", (), 5)]
    assert run.strategy.coarse.values.tolist() == [15.0]
    run.strategy.calls.clear()
    run.to(at(6))
    assert run.strategy.calls == [("fine", 6, 18.0, 5), ("bar", 6, 18.0, 5), ("tick", ("BTC/USD",), 6)]


def test_coarse_bar_that_closes_between_ticks_is_heard_of_at_the_next() -> None:
    run = Ticking(Counting, listed(hours(gone=(3, 4))), start=at(2))
    run.to(at(3))
    assert len(run.strategy.coarse) == 0
    run.strategy.calls.clear()
    run.to(at(6))
    assert run.strategy.calls[:2] == [("coarse", 6, 11.0, 0), ("fine", 6, 18.0, 3)]


def test_a_tick_without_bars_hears_of_a_coarse_bar_at_its_close() -> None:
    run = Ticking(Counting, listed(hours(gone=(3, 4))), start=at(2))
    run.to(at(3))
    run.strategy.calls.clear()
    run.to(at(4))
    assert run.strategy.calls == [("coarse", 4, 11.0, 0), ("tick", (), 3)]


def test_signals_of_two_symbols_stand_on_the_union_of_their_bars() -> None:
    class Pair(Strategy):
        def on_start(self) -> None:
            self.calls: list[tuple[int, float]] = []
            one, two = (self.series(symbol).close for symbol in self.symbols)
            self.when(two > one, lambda bar: self.calls.append((self.now.hour, bar.close)))

    one, two = (
        hours([5.0] * 8, gone=(2, 3)),
        hours([4.0, 6.0, 7.0, 4.0, 6.0, 6.0, 4.0, 9.0], symbol="ETH/USD", gone=(4,)),
    )
    run = Ticking(Pair, listed(one), listed(two), start=at(0))
    run.through()
    assert run.strategy.calls == [(2, 6.0), (3, 7.0), (6, 6.0), (8, 9.0)]


class Splitting(Strategy):
    def on_start(self) -> None:
        self.rows = [
            self.close,
            self.volume,
            self.close + self.series("AAA", "2d").close,
            indicator(np.cumsum, self.close),
        ]
        self.seen: list[list[list[float]]] = []
        self.windows: list[list[float]] = []
        self.when(crossed_above(self.close, 60), lambda bar: self.log(f"crossed at {bar.close}"))

    def on_bar(self, bar: Any) -> None:
        del bar
        self.seen.append([row.values.tolist() for row in self.rows])

    def on_window(self, window: Window) -> None:
        self.windows.append(window.close.tolist())


def test_split_puts_all_that_came_before_on_the_new_scale() -> None:
    days = stock_days([100.0, 104.0, 50.0, 54.0])
    run = Ticking(Splitting, listed(days, AssetClass.STOCK), start=int(days.end[0]))
    run.to(int(days.end[1]))
    split = ("AAA", Split(ex_date=date(2021, 4, 7), ratio=2))
    run.to(int(days.end[2]), splits=[split], windows=[Window(symbol="AAA", timeframe="1d", bars=days.slice(0, 3))])
    run.to(int(days.end[3]))
    before, after, last = run.strategy.seen
    assert before[0] == [100.0, 104.0]
    assert before[3] == [100.0, 204.0]
    assert after[:2] == [[50.0, 52.0, 50.0], [2000.0, 2000.0, 1000.0]]
    assert after[3] == [50.0, 102.0, 152.0]
    assert last[0] == [50.0, 52.0, 50.0, 54.0]
    assert last[3] == [50.0, 102.0, 152.0, 206.0]
    assert run.strategy.windows == [[50.0, 52.0, 50.0]]
    assert not run.runtime.take_journal()


def test_split_before_the_start_is_known_in_on_start() -> None:
    class Starts(Splitting):
        def on_start(self) -> None:
            super().on_start()
            self.seen.append([self.close.values.tolist()])

    days = stock_days([100.0, 104.0, 50.0, 54.0])
    for ex_day, warm in ((7, 3), (7, 2)):
        split = Split(ex_date=date(2021, 4, ex_day), ratio=2)
        run = Ticking(Starts, listed(days, AssetClass.STOCK, (split,)), start=int(days.end[warm - 1]))
        assert run.strategy.seen == [[[50.0, 52.0, 50.0][:warm]]]
        run.through()
        assert run.strategy.seen[-1][0] == [50.0, 52.0, 50.0, 54.0]


def test_a_split_after_missed_bars_leaves_those_before_it_on_the_old_scale() -> None:
    days = stock_days([100.0, 104.0, 50.0, 54.0])
    run = Ticking(Splitting, listed(days, AssetClass.STOCK), start=int(days.end[0]))
    run.to(int(days.end[3]), missed=True, splits=[("AAA", Split(ex_date=date(2021, 4, 7), ratio=2))])
    assert run.strategy.close.values.tolist() == [50.0, 52.0, 50.0, 54.0]


def test_what_a_strategy_asks_for_is_there_after_its_tick() -> None:
    class Asks(Strategy):
        def on_start(self) -> None:
            self.buy("BTC/USD", 1)

        def on_bar(self, bar: Any) -> None:
            self.fetch_window(bar.symbol, "4h", 3)
            self.log(f"{bar.close}")
            self.stop_run("enough")

    run = Ticking(Asks, listed(hours()), start=at(2))
    assert [(time, type(action)) for time, action in run.actions.take()] == [(at(2), PlaceOrder)]
    assert run.runtime.stop_reason is None
    run.to(at(3))
    asked = [(at(3), FetchWindow(symbol="BTC/USD", timeframe="4h", bars=3)), (at(3), StopRun(reason="enough"))]
    assert list(run.actions.take()) == asked
    assert run.account.fresh == [action for _, action in asked]
    assert run.runtime.take_journal() == ((datetime(2021, 4, 5, 3, tzinfo=UTC), "11.0"),)
    assert run.runtime.take_journal() == ()
    assert run.runtime.stop_reason == "enough"


def test_windows_of_what_cannot_be_made_of_the_runs_bars_are_refused() -> None:
    class Asks(Strategy):
        def on_bar(self, bar: Any) -> None:
            for symbol, timeframe, bars in ((bar.symbol, "30m", 1), ("ETH/USD", "1h", 1), (bar.symbol, "1h", 0)):
                with pytest.raises(InputError):
                    self.fetch_window(symbol, timeframe, bars)
            with pytest.raises(InputError):
                self.series(bar.symbol, "30m")
            self.fetch_window(bar.symbol, "1h", 1)

    run = Ticking(Asks, listed(hours()), start=at(2))
    run.to(at(3))
    assert len(run.actions.take()) == 1


def test_bar_out_of_turn_is_refused() -> None:
    run = Ticking(Counting, listed(hours()), start=at(2))
    again = GivenBar("BTC/USD", at(1), at(2), 1.0, 1.0, 1.0, 1.0, 1.0)
    with pytest.raises(InputError, match="comes after one that ends no earlier"):
        run.runtime.tick(at(3), [again])
    with pytest.raises(InputError, match="not in this run"):
        run.runtime.tick(at(3), [again._replace(symbol="ETH/USD")])


def test_failures_are_the_strategys() -> None:
    class Ends(Strategy):
        def on_start(self) -> None:
            self.stop_run("no")

    class Fails(Strategy):
        def on_start(self) -> None:
            self.when(indicator(lambda values: values[:2], self.close) > 0, print)

    with pytest.raises(StrategyError, match="ended the run in on_start"):
        Ticking(Ends, listed(hours()), start=at(2))
    run = Ticking(Fails, listed(hours()), start=at(2))
    with pytest.raises(IndicatorFailed, match="one value per bar"):
        run.to(at(3))


def test_series_made_and_read_on_each_bar_are_not_kept() -> None:
    class Makes(Strategy):
        def on_bar(self, bar: Any) -> None:
            del bar
            other = self.series("BTC/USD", "4h").close
            self.seen = (
                indicator(centred, self.close)[-1],
                (self.close + other).values[-1],
                sma(other, 2)[-1],
                np.log(self.close * 2)[-1],
            )

    run = Ticking(Makes, listed(hours([float(k % 7 + 3) for k in range(400)])), start=at(8))
    run.through(at(50))
    clock = run.runtime.clock

    def kept() -> tuple[int, ...]:
        return len(clock.lines), len(clock.user_series), len(clock.made), sum(len(line.readers) for line in clock.lines)

    before = kept()
    run.through()
    assert kept() == before


class Fractions(Strategy):
    def on_bar(self, bar: Any) -> None:
        self.buy(bar.symbol, 2.5)
        self.log("bought")


def test_first_quantity_that_is_cut_down_is_told_of_and_no_other() -> None:
    run = Ticking(Fractions, listed(stock_days([10.0, 11.0, 12.0]), AssetClass.STOCK), start=BEGIN)
    told: list[list[str]] = []
    for end in run.listings["AAA"].bars.end.tolist():
        run.to(end)
        told.append([line.text for line in run.runtime.take_journal()])
    cut = "a quantity was cut down to the lot (AAA, 2.5 to 2); further cuts are not told of"
    assert told == [["bought", cut], ["bought"], ["bought"]]

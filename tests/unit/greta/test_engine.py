"""What a run does tick by tick, in each of the engine's three ways through time."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import weaver
from tests.builders import FIRST_DAY, backtest, crypto_bars, stock_days, told
from weaver import Strategy, crossed_above, crossed_below, sma
from weaver.model.errors import InputError, RunFailed, StrategyError
from weaver.model.market.timeframe import DAY, HOUR

PRICES = [10, 11, 12, 11, 10, 9, 10, 12, 13, 12]


def test_order_from_on_bar_fills_at_the_next_open() -> None:
    class Once(Strategy):
        def on_bar(self, bar: Any) -> None:
            if bar.close == 12 and not self.position(bar.symbol):
                self.buy(bar.symbol, 2)

    result = backtest(Once, crypto_bars(PRICES, opens=[10, 10.5, 11.5, 12.25, 11, 10, 9, 10, 12, 13]))
    assert told(result) == ["buy 2 @ 12.25"]
    assert result.fills[0].timestamp == result.fills[0].bar_timestamp == datetime(2021, 4, 5, 3, tzinfo=UTC)
    assert result.stats["final_equity"] == 100_000 - 2 * 12.25 + 2 * 12


def test_the_three_ways_give_the_same_fills() -> None:
    rng = np.random.default_rng(7)
    closes = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.01, 5_000))), 2)
    bars = crypto_bars(closes)

    class Jumping(Strategy):
        def on_start(self) -> None:
            self.fast, self.slow = sma(self.close, 5), sma(self.close, 20)
            self.up, self.down = crossed_above(self.fast, self.slow), crossed_below(self.fast, self.slow)
            self.subscribe()

        def subscribe(self) -> None:
            self.when(self.up, self.enter)
            self.when(self.down, self.leave)

        def enter(self, bar: Any) -> None:
            self.order_target_percent(bar.symbol, 0.5)

        def leave(self, bar: Any) -> None:
            self.close_position(bar.symbol)

    class Streaming(Jumping):
        def subscribe(self) -> None:
            pass

        def on_bar(self, bar: Any) -> None:
            if self.up[-1]:
                self.enter(bar)
            elif self.down[-1]:
                self.leave(bar)

    class Walking(Streaming):
        def on_tick(self, tick: Any) -> None:
            pass

    runs = [
        backtest(one, bars, costs={"commission_bps": 10, "slippage_bps": 1}) for one in (Jumping, Streaming, Walking)
    ]
    assert len(runs[0].fills) > 100
    assert list(runs[0].fills) == list(runs[1].fills) == list(runs[2].fills)
    assert runs[0].stats == runs[1].stats == runs[2].stats


def test_callbacks_come_in_order_within_a_tick() -> None:
    seen: list[str] = []

    class Watching(Strategy):
        def on_start(self) -> None:
            self.when(self.close > 0, lambda bar: seen.append(f"when {bar.close:g}"))

        def on_bar(self, bar: Any) -> None:
            seen.append(f"bar {bar.close:g}")
            if bar.close == 10:
                self.buy(bar.symbol, 1)

        def on_order(self, order: Any) -> None:
            seen.append(f"order {order.status}")

        def on_fill(self, fill: Any) -> None:
            seen.append(f"fill {fill.price.normalize():f}")

        def on_tick(self, tick: Any) -> None:
            seen.append(f"tick {tick.time:%H:%M} {tick.symbols[0]}")

        def on_stop(self) -> None:
            seen.append("stop")

    backtest(Watching, crypto_bars([10, 11]))
    assert seen == [
        "when 10", "bar 10", "tick 01:00 BTC/USD",
        "order filled", "fill 10", "when 11", "bar 11", "tick 02:00 BTC/USD",
        "stop",
    ]  # fmt: skip


def test_all_symbols_of_one_instant_are_one_tick_in_the_run_s_order() -> None:
    seen: list[str] = []

    class Watching(Strategy):
        def on_bar(self, bar: Any) -> None:
            seen.append(bar.symbol)

        def on_tick(self, tick: Any) -> None:
            seen.append("+".join(tick.symbols))

    late = crypto_bars([5, 6], symbol="ETH/USD", first=FIRST_DAY * DAY + HOUR)
    backtest(Watching, {"ETH/USD": late, "BTC/USD": crypto_bars([1, 2, 3])})
    assert seen == [
        "BTC/USD",
        "BTC/USD",
        "ETH/USD",
        "BTC/USD",
        "ETH/USD+BTC/USD",
        "ETH/USD",
        "BTC/USD",
        "ETH/USD+BTC/USD",
    ]


def test_bars_before_from_are_history_without_callbacks() -> None:
    class Reading(Strategy):
        def on_start(self) -> None:
            self.seen = [len(self.close), self.close[-1]]

        def on_bar(self, bar: Any) -> None:
            self.log(f"{bar.close:g} {len(self.close)} {self.seen}")

    result = backtest(Reading, crypto_bars(PRICES), start="2021-04-05T07:00", warmup=2)
    assert [entry.text for entry in result.journal] == ["12 3 [2, 10.0]", "13 4 [2, 10.0]", "12 5 [2, 10.0]"]
    assert len(result.equity) == 3


def test_stop_run_ends_after_its_tick() -> None:
    class Stopping(Strategy):
        def on_bar(self, bar: Any) -> None:
            if bar.close == 12:
                self.buy(bar.symbol, 1)
                self.stop_run("enough")

    class StoppingOnSignal(Strategy):
        def on_start(self) -> None:
            self.when(self.close > 11.5, self.halt)

        def halt(self, bar: Any) -> None:
            self.buy(bar.symbol, 1)
            self.stop_run()

    for strategy in (Stopping, StoppingOnSignal):
        result = backtest(strategy, crypto_bars(PRICES))
        assert (len(result.equity), len(result.fills)) == (3, 0)


def test_window_arrives_at_the_next_tick_with_what_had_closed_when_asked() -> None:
    class Asking(Strategy):
        def on_bar(self, bar: Any) -> None:
            if bar.close == 12 and len(self.close) == 3:
                self.fetch_window(bar.symbol, "1h", 2)

        def on_window(self, window: Any) -> None:
            self.log(f"{self.now:%H:%M} {window.symbol} {window.close.tolist()}")

    class AskingOnSignal(Asking):
        on_bar = Strategy.on_bar

        def on_start(self) -> None:
            self.when(self.close > 11.5, lambda bar: Asking.on_bar(self, bar))

    for strategy in (Asking, AskingOnSignal):
        result = backtest(strategy, crypto_bars(PRICES))
        assert [entry.text for entry in result.journal] == ["04:00 BTC/USD [11.0, 12.0]"]


def test_price_with_more_than_eight_decimals_is_filled_exactly() -> None:
    class Once(Strategy):
        def on_bar(self, bar: Any) -> None:
            if not self.position(bar.symbol):
                self.buy(bar.symbol, 3)

    price = 24.323425292968751
    result = backtest(Once, crypto_bars([20, price, price], opens=[20, price, price]))
    assert result.fills[0].price == Decimal(repr(price))
    assert result.equity[-1].cash == pytest.approx(100_000 - 3 * price, abs=1e-8)


def test_price_too_large_for_quick_reading_is_filled_exactly() -> None:
    class Once(Strategy):
        def on_bar(self, bar: Any) -> None:
            if not self.position(bar.symbol):
                self.buy(bar.symbol, "0.00000123")

    price = 98_765_432.12345678
    result = backtest(Once, crypto_bars([price, price, price]), cash=1000)
    assert result.fills[0].price == Decimal(repr(price))


def test_dividend_and_split_move_no_wealth_and_are_cash_flows(tmp_path: Any) -> None:
    actions = tmp_path / "actions.csv"
    actions.write_text("ex_date,type,value\n2021-04-08,split,3\n2021-04-09,dividend,0.5\n")

    class Hold(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                self.buy(bar.symbol, 10)

    bars = stock_days([90, 90, 90, 30, 29.5], opens=[90, 90, 90, 30, 29.5])
    result = backtest(Hold, bars, cash=1000, actions={"AAA": actions})
    assert [row.equity for row in result.equity] == [1000, 1000, 1000, 1000, 1000]
    assert [(flow.kind, flow.amount) for flow in result.cash_flows] == [("dividend", Decimal(15))]
    assert result.stats["final_equity"] == result.stats["initial_equity"]


def test_history_is_on_the_newest_scale_and_a_split_makes_no_signal(tmp_path: Any) -> None:
    actions = tmp_path / "actions.csv"
    actions.write_text("ex_date,type,value\n2021-04-08,split,3\n")
    calls: list[float] = []

    class Reading(Strategy):
        def on_start(self) -> None:
            self.when(crossed_below(self.close, sma(self.close, 2)), lambda bar: calls.append(bar.close))

        def on_bar(self, bar: Any) -> None:
            self.log(f"{self.close.values.tolist()} {self.close[-1]}")

    bars = stock_days([90, 93, 96, 33, 34], opens=[90, 93, 96, 33, 34])
    result = backtest(Reading, bars, actions={"AAA": actions})
    assert [entry.text for entry in result.journal] == [
        "[90.0] 90.0", "[90.0, 93.0] 93.0", "[90.0, 93.0, 96.0] 96.0", "[30.0, 31.0, 32.0, 33.0] 33.0",
        "[30.0, 31.0, 32.0, 33.0, 34.0] 34.0",
    ]  # fmt: skip
    assert calls == []


def test_daily_series_in_an_hourly_run_shows_only_closed_days() -> None:
    class Reading(Strategy):
        def on_start(self) -> None:
            self.daily = self.series("BTC/USD", "1d").close

        def on_bar(self, bar: Any) -> None:
            if len(self.close) in (23, 24, 25, 48):
                self.log(f"{len(self.close)}: {self.daily.values.tolist()}")

    closes = np.arange(1, 61, dtype=float)
    result = backtest(Reading, crypto_bars(closes))
    assert [entry.text for entry in result.journal] == ["23: []", "24: [24.0]", "25: [24.0]", "48: [24.0, 48.0]"]


def test_signal_of_two_timeframes_lives_on_the_faster_one() -> None:
    calls: list[float] = []

    class Mixed(Strategy):
        def on_start(self) -> None:
            self.when(
                crossed_above(self.close, self.series("BTC/USD", "1d").close), lambda bar: calls.append(bar.close)
            )

    closes = [*range(1, 25), 20, 26, 27, *range(100, 60, -1)]
    backtest(Mixed, crypto_bars([float(close) for close in closes]))
    assert calls == [26.0]


def test_failing_callback_names_the_strategy_s_own_line() -> None:
    class Failing(Strategy):
        def on_bar(self, bar: Any) -> None:
            self.buy(bar.symbol, 0)

    with pytest.raises(StrategyError, match=r"test_engine\.py line \d+, in on_bar: BTC/USD: the quantity .* not 0"):
        backtest(Failing, crypto_bars([1, 2, 3]))


@pytest.mark.parametrize("quantity", [0, -1, float("nan"), float("inf"), "two", None, True])
def test_impossible_quantity_fails_the_run(quantity: Any) -> None:
    class Failing(Strategy):
        def on_bar(self, bar: Any) -> None:
            self.buy(bar.symbol, quantity)

    with pytest.raises(StrategyError, match="quantity"):
        backtest(Failing, crypto_bars([1, 2, 3]))


def test_when_outside_on_start_is_refused() -> None:
    class Late(Strategy):
        def on_bar(self, bar: Any) -> None:
            self.when(self.close > 1, self.on_bar)

    with pytest.raises(StrategyError, match="on_start"):
        backtest(Late, crypto_bars([1, 2, 3]))


def test_margin_call_sells_everything_loudly() -> None:
    class Leveraged(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                self.order_target_percent(bar.symbol, 3)

    bars = crypto_bars([100, 100, 71, 70, 70], opens=[100, 100, 100, 70, 70])
    result = backtest(Leveraged, bars, account="margin", leverage=3, cash=1000)
    # 30 units at 100; at 71 equity is 1000 − 30 × 29 = 130 < 0.25 × 2130, so all is sold at the next open, 70.
    assert told(result) == ["buy 30 @ 100", "sell 30 @ 70"]
    assert result.stats["final_equity"] == 100
    assert "MARGIN CALL" in " ".join(warning.message for warning in result.warnings)


def test_venue_rules_reject_what_the_venue_does_not_take() -> None:
    class Stops(Strategy):
        def on_bar(self, bar: Any) -> None:
            self.buy(bar.symbol, 1, stop=12)

    result = backtest(Stops, crypto_bars(PRICES), venue="alpaca-crypto")
    assert {str(order.status) for order in result.orders} == {"rejected"}
    assert result.orders[0].reason == "alpaca-crypto takes no stop orders"
    with pytest.raises(InputError, match="venue 'nyse' is unknown"):
        backtest(Stops, crypto_bars(PRICES), venue="nyse")


def test_close_at_end_closes_at_the_last_close_with_costs() -> None:
    class Once(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                self.buy(bar.symbol, 10)

    result = backtest(Once, crypto_bars([10, 11, 12]), close_at_end=True, costs={"commission_bps": 100})
    assert told(result) == ["buy 10 @ 10", "sell 10 @ 12"]
    assert result.fills[1].notes == ("close_at_end",)
    assert result.equity[-1].equity == 100_000 + 20 - 1 - Decimal("1.2").__float__()
    assert len(result.trades) == 1


def test_progress_reaches_the_end_and_rises() -> None:
    told_so_far: list[float] = []
    weaver.backtest(
        "sma-crossover",
        crypto_bars(np.linspace(10, 20, 5000)),
        progress=lambda what, done: told_so_far.append(done) if what == "Backtest" else None,
    )
    assert told_so_far[-1] == 1.0
    assert told_so_far == sorted(told_so_far)


def test_coarse_bar_that_the_data_ends_within_never_closes() -> None:
    calls: list[float] = []

    class Daily(Strategy):
        def on_start(self) -> None:
            self.when(self.series("BTC/USD", "1d").close > 0, lambda bar: calls.append(bar.close))

    result = backtest(Daily, crypto_bars([float(close) for close in range(1, 31)]))
    assert calls == [24.0]
    assert len(result.equity) == 30


def test_symbol_that_starts_later_is_read_and_traded_from_its_first_bar_on() -> None:
    class Both(Strategy):
        def on_bar(self, bar: Any) -> None:
            if not self.position(bar.symbol):
                self.buy(bar.symbol, 1)
            self.log(f"{bar.symbol} {len(self.series('ETH/USD').close)}")

    late = crypto_bars([5, 6, 7], symbol="ETH/USD", first=FIRST_DAY * DAY + 2 * HOUR)
    result = backtest(Both, {"BTC/USD": crypto_bars([1, 2, 3, 4, 5]), "ETH/USD": late})
    assert told(result) == ["buy 1 @ 1", "buy 1 @ 5"]
    assert [entry.text for entry in result.journal][:4] == ["BTC/USD 0", "BTC/USD 0", "BTC/USD 1", "ETH/USD 1"]


def test_symbol_without_a_bar_in_the_run_changes_nothing_about_its_equity() -> None:
    bars = [crypto_bars([10.0, 11.0, 12.0, 13.0]), crypto_bars([5.0, 6.0], symbol="ETH/USD")]

    class Buys(Strategy):
        def on_bar(self, bar: Any) -> None:
            if not self.position("BTC/USD"):
                self.buy("BTC/USD", 2)

    result = backtest(Buys, bars, cash=100, start="2021-04-05 02:00", warmup=0)
    assert result.curve.equity.tolist() == [100.0, 102.0]  # 2 bought at 12, which close at 13
    assert result.bars["ETH/USD"].end.tolist() == []


def test_fill_at_an_open_outside_its_bar_fails_the_run() -> None:
    class Once(Strategy):
        def on_bar(self, bar: Any) -> None:
            if not self.position(bar.symbol):
                self.buy(bar.symbol, 1)

    bars = crypto_bars([10, 11, 12], opens=[10, 15, 11], highs=[10, 11, 12], lows=[10, 10, 11])
    with pytest.raises(RunFailed, match=r"2021-04-05T01:00:00: the open 15.0 lies outside the bar's low 10.0"):
        backtest(Once, bars)


def test_excursions_across_a_split_are_on_one_scale(tmp_path: Any) -> None:
    actions = tmp_path / "actions.csv"
    actions.write_text("ex_date,type,value\n2021-04-08,split,3\n")

    class Trip(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                self.buy(bar.symbol, 10)
            elif len(self.close) == 4:
                self.close_position(bar.symbol)

    bars = stock_days([90, 96, 81, 33, 34], opens=[90, 90, 96, 30, 33])
    trade = backtest(Trip, bars, actions={"AAA": actions}).trades[0]
    # In at 90 (30 on the new scale), out at 33; between them the low was 81 / 3 = 27 and the high 33.
    assert (trade.quantity, trade.entry_price, trade.exit_price) == (30, 30, 33)
    assert (trade.mae, trade.mfe) == (pytest.approx(27 / 30 - 1), pytest.approx(33 / 30 - 1))
    assert trade.pnl == 90


def test_strategy_reads_its_bar_position_and_account() -> None:
    class Reading(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                self.buy(self.symbols[0], 4)
            elif len(self.close) == 3:
                held = self.position(bar.symbol)
                kept = bar.copy()
                self.log(
                    f"{held.quantity} {held.average_price} {held.market_value} {held.unrealised_pnl} "
                    f"{held.realised_pnl} {self.cash} {self.equity} {self.orders} {self.timeframe} {self.bars.symbol}"
                )
                self.log(f"{kept.open} {kept.high} {kept.low} {kept.close} {kept.volume} {kept.timestamp:%H:%M}")
                self.log(f"{self.open[-1]} {self.high[-1]} {self.low[-1]} {self.volume[-1]}")

    bars = crypto_bars([10, 11, 12], opens=[10, 10.5, 11], highs=[10, 12, 13], lows=[9, 10, 11])
    account, kept, newest = (entry.text for entry in backtest(Reading, bars, cash=1000).journal)
    assert account.split() == [
        "4.00000000", "10.5", "48.00000000", "6.00000000", "0E-8", "958.00000000", "1006.00000000", "()", "1h",
        "BTC/USD",
    ]  # fmt: skip
    assert kept == "11.0 13.0 11.0 12.0 1000.0 02:00"
    assert newest == "11.0 13.0 11.0 1000.0"


def test_targets_by_value_and_exits_placed_by_hand() -> None:
    class Exits(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                self.order_target_value(bar.symbol, 100, tif="gtc")
            elif len(self.close) == 2:
                self.oco(bar.symbol, 10, limit=12, stop=8, tif="gtc")

    result = backtest(Exits, crypto_bars([10, 10, 11, 12.5, 13], opens=[10, 10, 10, 11, 12.5]), cash=1000)
    assert told(result) == ["buy 10 @ 10", "sell 10 @ 12"]
    assert [str(order.status) for order in result.orders] == ["filled", "filled", "cancelled"]


class NoBar(Strategy):
    def on_bar(self) -> None:  # type: ignore[override]
        pass


class Waiting(Strategy):
    async def on_bar(self, bar: Any) -> None:  # type: ignore[override]
        pass


class StartOfTwo(Strategy):
    def on_start(self, clock: Any) -> None:  # type: ignore[override]
        pass


class CalledWithNothing(Strategy):
    def on_start(self) -> None:
        self.when(self.close > 0, self.decide)

    def decide(self) -> None:
        pass


class Constructed(Strategy):
    def __init__(self, size: int) -> None:
        self.size = size


@pytest.mark.parametrize(
    ("strategy", "says"),
    [
        (NoBar, "test_engine.py line .*: on_bar must take \\(self, bar\\)"),
        (Waiting, "test_engine.py line .*: on_bar must be a plain function: a strategy decides, it never waits"),
        (StartOfTwo, "on_start must take \\(self\\)"),
        (CalledWithNothing, "decide must take \\(bar\\)"),
        (Constructed, "Constructed must take \\(\\)"),
    ],
)
def test_callback_that_cannot_be_called_is_refused_with_its_line(strategy: type[Strategy], says: str) -> None:
    with pytest.raises(StrategyError, match=says):
        backtest(strategy, crypto_bars(PRICES))


def test_run_that_is_stopped_before_its_first_bar_fails_with_the_reason() -> None:
    class Never(Strategy):
        def on_start(self) -> None:
            self.stop_run("nothing to do today")

    with pytest.raises(StrategyError, match="in on_start, before its first bar: nothing to do today"):
        backtest(Never, crypto_bars(PRICES))


@pytest.mark.parametrize("start", [None, "2021-04-05T04:00Z"])
def test_order_placed_in_on_start_fills_and_is_checked_for_look_ahead(start: str | None) -> None:
    class Early(Strategy):
        def on_start(self) -> None:
            self.buy(self.symbols[0], 3)

    result = backtest(Early, crypto_bars(PRICES), start=start, lookahead_check=True)
    assert told(result) == [f"buy 3 @ {PRICES[3 if start else 0]}"]
    assert not [warning for warning in result.warnings if "lookahead" in warning.code]


def test_any_fault_of_a_strategy_is_told_with_its_line_but_ctrl_c_goes_through() -> None:
    class Own(BaseException):
        pass

    class Raises(Strategy):
        def on_bar(self, bar: Any) -> None:
            raise faults.pop()

    faults: list[BaseException] = [KeyboardInterrupt(), Own("odd"), SystemExit(3)]
    with pytest.raises(StrategyError, match=r"test_engine.py line \d+, in on_bar: SystemExit: 3"):
        backtest(Raises, crypto_bars(PRICES))
    with pytest.raises(StrategyError, match=r"test_engine.py line \d+, in on_bar: Own: odd"):
        backtest(Raises, crypto_bars(PRICES))
    with pytest.raises(KeyboardInterrupt):
        backtest(Raises, crypto_bars(PRICES))

"""What a trade says is worked out from its fills: of the smallest holding, through splits, and up to a delisting."""

import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from tests.builders import backtest, crypto_bars, stock_days
from tests.naive.bridge import run_weaver
from tests.naive.generate import random_scenario
from weaver import Strategy
from weaver.greta.result import BacktestResult
from weaver.greta.results.trades import DelistedTrade
from weaver.model.market.corporate_actions import CorporateAction, Delisting, Dividend, Split
from weaver.model.numbers.money import divide_half_even

Act = Callable[[Strategy, str], object]
MARGIN = {"account": "margin", "shorting": True, "leverage": 4, "maintenance": 0}


def scripted(acts: dict[int, Act]) -> type[Strategy]:
    """Does so at the closes of some bars, counted from 0."""

    class Script(Strategy):
        def on_bar(self, bar: Any) -> None:
            act = acts.get(len(self.bars) - 1)
            if act is not None:
                act(self, bar.symbol)

    return Script


def buy(quantity: object) -> Act:
    return lambda strategy, symbol: strategy.buy(symbol, quantity, tif="gtc")  # type: ignore[arg-type]


def sell(quantity: object) -> Act:
    return lambda strategy, symbol: strategy.sell(symbol, quantity, tif="gtc")  # type: ignore[arg-type]


def close(strategy: Strategy, symbol: str) -> None:
    strategy.close_position(symbol)


def coins(prices: Sequence[float], acts: dict[int, Act], **options: Any) -> BacktestResult:
    """On hourly bars that open, and stay, at these prices."""
    return backtest(scripted(acts), crypto_bars(prices, opens=prices), **options)


def shares(prices: Sequence[float], acts: dict[int, Act], *actions: CorporateAction, **options: Any) -> BacktestResult:
    """On daily bars from 5 April 2021 on."""
    return backtest(scripted(acts), stock_days(prices, opens=prices), actions={"AAA": list(actions)}, **options)


def on(bar: int) -> date:
    """The date of a bar of `shares`."""
    return date(2021, 4, 5) + timedelta(days=7 * (bar // 5) + bar % 5)


# The smallest holdings


@pytest.mark.parametrize(("bought", "sold", "gain"), [(0.51, 0.49, -2 / 51), (0.9, 1.6, 7 / 9), (0.2, 0.3, 0.5)])
def test_one_lot_has_its_prices_and_its_return(bought: float, sold: float, gain: float) -> None:
    prices = [bought] * 4 + [sold] * 3
    result = coins(prices, {0: buy("10.00000001"), 1: sell(10), 4: close})
    whole, lot = result.trades
    assert (whole.quantity, lot.quantity) == (10, Decimal("1e-8"))
    assert (lot.entry_price, lot.exit_price) == (Decimal(str(bought)), Decimal(str(sold)))
    assert lot.return_ == pytest.approx(gain)
    assert (lot.mae, lot.mfe) == (pytest.approx(min(gain, 0)), pytest.approx(max(gain, 0)))
    assert abs(lot.pnl) <= Decimal("1e-8")
    assert result.stats["best_trade" if gain > 0 else "worst_trade"] == pytest.approx(gain)
    assert json.loads(result.to_json())["trades"][1]["entry_price"] == str(bought)


def test_commission_of_one_lot_is_its_share_of_its_orders() -> None:
    result = coins([0.5] * 4 + [0.6] * 3, {0: buy("10.00000001"), 1: sell(10), 4: close}, costs={"commission_bps": 100})
    lot = result.trades[1]
    # 1 % of 0.5 on the way in, 1 % of 0.6 on the way out; the order that sold the lot paid a commission of 0.
    assert lot.return_ == pytest.approx((0.6 - 0.5 - 0.005) / 0.5)
    assert sum(trade.commission for trade in result.trades) == sum(fill.commission for fill in result.fills)


@pytest.mark.parametrize("price", [1e-10, 3.7e-9, 0.0000123, 0.05225612, 0.37, 61_234.5, 999_999.99])
@pytest.mark.parametrize("quantity", ["0.00000001", "0.00000003", "17274.47216891", "3"])
def test_prices_of_a_trade_are_those_of_its_fills_at_any_size(price: float, quantity: str) -> None:
    if price * float(quantity) > 90_000:
        quantity = "0.00000001"
    half = (Decimal(quantity) / 2).quantize(Decimal("1e-8"), rounding="ROUND_DOWN")
    first = {2: sell(half)} if half else {}
    later = float(Decimal(str(price)) * 2)
    result = coins([price] * 4 + [later] * 4, {0: buy(quantity), **first, 5: close})
    exits = [Decimal(str(price)), Decimal(str(later))] if half else [Decimal(str(later))]
    assert [trade.entry_price for trade in result.trades] == [Decimal(str(price))] * len(exits)
    assert [trade.exit_price for trade in result.trades] == exits
    assert [trade.return_ for trade in result.trades] == pytest.approx([float(p) / price - 1 for p in exits])
    assert [order.average_price for order in result.orders] == [Decimal(str(price)), *exits]
    assert all(np.isfinite([trade.mae, trade.mfe]).all() for trade in result.trades)
    assert len(json.loads(result.to_json())["trades"]) == len(exits)


def test_average_over_two_fills_is_weighted_by_their_quantities() -> None:
    volume = [1_000, 30, 1_000, 1_000, 1_000]
    bars = crypto_bars([10] * 5, opens=[10, 10, 13, 20, 20], highs=[20] * 5, volume=volume)
    result = backtest(scripted({0: buy(9), 2: close}), bars, costs={"max_participation": 0.1})
    (trade,) = result.trades
    assert trade.entry_price == Decimal(3 * 10 + 6 * 13) / 9
    assert result.orders[0].average_price == trade.entry_price
    assert trade.return_ == pytest.approx(9 * 20 / (3 * 10 + 6 * 13) - 1)


def test_trades_of_random_runs_say_what_a_count_of_their_fills_says() -> None:
    compared = 0
    for seed in range(150):
        finished = run_weaver(random_scenario(seed))
        if any(flow.kind != "dividend" for flow in finished.flows):
            continue
        result = BacktestResult(finished, strategy="program", record=dict)
        counted = counted_trades(result)
        assert len(counted) == len(result.trades)
        for trade, (entered, left, paid) in zip(result.trades, counted, strict=True):
            quantity = Fraction(trade.quantity)
            assert Fraction(trade.entry_price) == pytest.approx(entered / quantity, rel=1e-25)
            assert Fraction(trade.exit_price) == pytest.approx(left / quantity, rel=1e-25)
            sign = 1 if trade.side == "long" else -1
            assert trade.return_ == pytest.approx(float((sign * (left - entered) - paid) / entered), abs=1e-12)
            assert float(trade.pnl) == pytest.approx(float(sign * (left - entered) - paid), abs=5e-8)
        assert result.trade_columns.return_.tolist() == [trade.return_ for trade in result.trades]
        compared += len(counted)
    assert compared > 200


def counted_trades(result: BacktestResult) -> list[tuple[Fraction, Fraction, Fraction]]:
    """What was entered, what it was left for, and the commissions, of each pair of orders, by its last exit."""
    waiting: dict[str, deque[list[Any]]] = {}
    found: dict[tuple[str, str], list[Any]] = {}
    for number, fill in enumerate(result.fills):
        queue = waiting.setdefault(fill.symbol, deque())
        left, price, sign = Fraction(fill.quantity), Fraction(fill.price), int(fill.side)
        fee = Fraction(fill.commission) / left
        while left and queue and queue[0][0] != sign:
            entry = queue[0]
            some = min(left, entry[2])
            row = found.setdefault((entry[1], fill.order_id), [0, 0, 0, 0])
            row[:] = number, row[1] + some * entry[3], row[2] + some * price, row[3] + some * (entry[4] + fee)
            entry[2] -= some
            left -= some
            if not entry[2]:
                queue.popleft()
        if left:
            queue.append([sign, fill.order_id, left, price, fee])
    return [tuple(row[1:]) for row in sorted(found.values(), key=lambda row: row[0])]


# Splits

RATIOS = ["0.1", "0.05", "0.3", "0.75", "1.5", "1.2", "2", "3", "7", "0.3334", "1.0001"]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("quantity", [15, 7, 100])
def test_flat_round_trip_through_a_split_gains_nothing(quantity: int, ratio: str, sign: int) -> None:
    later = round(30 / float(ratio), 6)
    act = buy(quantity) if sign > 0 else sell(quantity)
    prices = [30, 30, 30, later, later, later]
    result = shares(prices, {0: act, 3: close}, Split(ex_date=on(3), ratio=Decimal(ratio)), cash=10_000, **MARGIN)
    after = int(quantity * Fraction(ratio))
    assert [trade.quantity for trade in result.trades] == ([after] if after else [])
    for trade in result.trades:
        assert float(trade.entry_price) == pytest.approx(30 / float(ratio), rel=1e-12)  # the fill's price ÷ ratio
        assert trade.return_ == pytest.approx(0, abs=1e-6)
        assert abs(trade.pnl) < Decimal("0.01")
    assert result.stats["final_equity"] == pytest.approx(10_000, abs=0.01)


def test_two_entries_through_a_split_keep_their_own_prices() -> None:
    prices = [10, 10, 20, 20, 40, 40, 40]
    acts = {0: buy(10), 1: buy(20), 4: sell(5), 5: close}
    result = shares(prices, acts, Split(ex_date=on(4), ratio=Decimal("0.5")))
    assert [(t.quantity, t.entry_price, t.exit_price, t.pnl) for t in result.trades] == [
        (5, 20, 40, 100),
        (10, 40, 40, 0),
    ]


def test_share_made_of_two_entries_has_the_cost_of_both() -> None:
    prices = [10, 10, 20, 20, 40, 40, 40]
    (trade,) = shares(prices, {0: buy(1), 1: buy(1), 4: close}, Split(ex_date=on(4), ratio=Decimal("0.5"))).trades
    assert (trade.quantity, trade.entry_price, trade.exit_price, trade.pnl) == (1, 30, 40, 10)


def test_trades_and_flows_are_what_the_account_gained_through_random_splits() -> None:
    """From flat to flat: of the cost the fraction takes along its share of all that was paid, as a position's."""
    checked = fractions = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        ratios = [Decimal(str(random.choice(RATIOS))) for _ in range(3)]
        sign = int(random.choice([1, -1]))
        prices, splits = prices_through(ratios, random)
        entries = {k: int(random.integers(1, 60)) for k in range(int(random.integers(1, 3)))}
        acts: dict[int, Act] = {k: buy(n) if sign > 0 else sell(n) for k, n in entries.items()}
        exits = int(random.integers(1, 4))
        for k in range(exits):
            acts[13 + k] = close if k == exits - 1 else part(1 / (exits - k))
        costs = {"commission_bps": 7} if seed % 2 else "none"
        result = shares(prices, acts, *splits, cash=1_000_000, costs=costs, **MARGIN)
        assert not result.positions
        gone = left_with_fractions(result, ratios)
        flows = sum(flow.amount for flow in result.cash_flows)
        earned = sum((trade.pnl for trade in result.trades), Decimal(0))
        lost_fees = sum(f.commission for f in result.fills) - sum((t.commission for t in result.trades), Decimal(0))
        assert Decimal(result.finished.cash).scaleb(-8) - 1_000_000 == earned + flows - gone - lost_fees, seed
        assert not lost_fees or not result.trades
        checked += len(result.trades)
        fractions += len(result.cash_flows)
    assert checked > 60
    assert fractions > 40


def part(share: float) -> Act:
    """Close so much of what is held, if that is a share or more."""

    def act(strategy: Strategy, symbol: str) -> None:
        held = strategy.position(symbol).quantity
        some = int(abs(held) * Decimal(share))
        if some:
            (strategy.sell if held > 0 else strategy.buy)(symbol, some)

    return act


def prices_through(ratios: Sequence[Decimal], random: np.random.Generator) -> tuple[list[float], list[CorporateAction]]:
    """Twenty prices with a split before bars 5, 8 and 11."""
    level, prices = 200.0, []
    splits: list[CorporateAction] = []
    for bar in range(20):
        if bar in {5, 8, 11}:
            ratio = ratios[len(splits)]
            splits.append(Split(ex_date=on(bar), ratio=ratio))
            level /= float(ratio)
        level = max(round(level * float(np.exp(random.normal(0, 0.02))), 2), 0.05)
        prices.append(level)
    return prices, splits


def left_with_fractions(result: BacktestResult, ratios: Sequence[Decimal]) -> Decimal:
    """What the fractions took along of the cost, counted in 1e-8 from the entries alone, none of which was closed
    before the last split."""
    entries = [fill for fill in result.fills if fill.bar_timestamp.date() < on(5)]
    sign, held = int(entries[0].side), sum(int(fill.quantity) for fill in entries)
    cost = sum(int((fill.quantity * fill.price).scaleb(8)) for fill in entries)
    gone = 0
    for ratio in ratios:
        exact = held * Fraction(ratio)
        share = 1 - Fraction(int(exact)) / exact if exact else Fraction(0)
        taken = divide_half_even(cost * share.numerator, share.denominator)
        held, cost, gone = int(exact), cost - taken, gone + taken
    return sign * Decimal(gone).scaleb(-8)


# Delistings


def test_holding_that_ends_by_a_delisting_is_a_trade() -> None:
    actions = Delisting(ex_date=on(4), value=Decimal("2.5"))
    result = shares([10, 10, 9, 2], {0: buy(100)}, actions, costs={"commission_bps": 10})
    (trade,) = result.trades
    assert isinstance(trade, DelistedTrade)
    assert (trade.side, trade.quantity, trade.entry_price, trade.exit_price) == ("long", 100, 10, Decimal("2.5"))
    assert (trade.commission, trade.pnl) == (1, -751)  # 10 bps of 1,000 on the way in, nothing on the way out
    assert (trade.return_, trade.mae, trade.mfe) == (pytest.approx(-0.751), pytest.approx(-0.8), 0)
    assert (trade.bars, trade.exit_time) == (2, result.cash_flows[0].time)
    stats = result.stats
    assert (stats["trades"], stats["losses"], stats["win_rate"], stats["worst_trade"]) == (1, 1, 0, trade.return_)
    assert stats["final_equity"] == 100_000 - 751
    (written,) = json.loads(result.to_json())["trades"]
    assert (written["exit_price"], written["pnl"]) == ("2.5", "-751")


@pytest.mark.parametrize(
    ("act", "value", "gain"),
    [
        (buy, "0", -1), (sell, "0", 1), (buy, "15", 0.5), (sell, "15", -0.5), (sell, "40", -3),
        (buy, "0.333333333333", -0.9666666666667),
    ],
)  # fmt: skip
def test_delisting_closes_longs_and_shorts_at_its_value(act: Any, value: str, gain: float) -> None:
    actions = Delisting(ex_date=on(3), value=Decimal(value))
    result = shares([10, 10, 10], {0: act(9)}, actions, **MARGIN)
    (trade,) = result.trades
    assert trade.return_ == pytest.approx(gain)
    assert trade.pnl == pytest.approx(Decimal(90 * gain).quantize(Decimal("1e-8")), abs=Decimal("2e-8"))
    assert result.stats["final_equity"] == pytest.approx(100_000 + 90 * gain, abs=2e-8)
    assert (trade.mae, trade.mfe) == (pytest.approx(min(gain, 0)), pytest.approx(max(gain, 0)))
    assert (result.stats["wins"], result.stats["losses"]) == ((1, 0) if gain > 0 else (0, 1))


def test_delisting_before_later_bars_ends_the_trade_before_them() -> None:
    actions = Delisting(ex_date=on(3), value=Decimal(1))
    prices = [10, 10, 9, 200, 300]  # what is called so afterwards is another company
    (trade,) = shares(prices, {0: buy(10)}, actions).trades
    assert (trade.exit_price, trade.bars, trade.mfe) == (1, 2, 0)
    assert trade.mae == pytest.approx(-0.9)


def test_two_entries_and_a_part_sold_before_the_delisting_are_three_trades() -> None:
    acts = {0: buy(10), 1: buy(5), 2: sell(4)}
    result = shares([10, 10, 20, 20], acts, Delisting(ex_date=on(4), value=Decimal(3)))
    assert [(t.quantity, t.entry_price, t.exit_price, t.pnl) for t in result.trades] == [
        (4, 10, 20, 40), (6, 10, 3, -42), (5, 20, 3, -85),
    ]  # fmt: skip
    assert [isinstance(trade, DelistedTrade) for trade in result.trades] == [False, True, True]
    assert result.stats["final_equity"] == 100_000 + 40 - 42 - 85


def test_trades_are_in_order_of_exit_around_a_delisting() -> None:
    class Both(Strategy):
        def on_tick(self, tick: Any) -> None:
            count = len(self.series("AAA").close)
            if count == 1:
                self.buy("AAA", 10)
                self.buy("BBB", 10)
            elif count in {2, 5}:
                self.order_target("AAA", 5 if count == 2 else 0)

    bars = {name: stock_days([10] * count, symbol=name) for name, count in (("AAA", 8), ("BBB", 4))}
    result = backtest(Both, bars, actions={"BBB": [Delisting(ex_date=on(4), value=Decimal(2))]})
    assert [(trade.symbol, trade.quantity, trade.bars) for trade in result.trades] == [
        ("AAA", 5, 1), ("BBB", 10, 2), ("AAA", 5, 4),
    ]  # fmt: skip
    assert all(a.exit_time <= b.exit_time for a, b in pairwise(result.trades))
    assert result.trade_columns.exit_time.tolist() == [trade.exit_time for trade in result.trades]


def test_holding_without_a_delisting_stays_at_its_last_close_and_says_so() -> None:
    class Hold(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.bars) == 1 and bar.symbol == "BBB":
                self.buy("BBB", 10)

    bars = {name: stock_days([10] * count, symbol=name) for name, count in (("AAA", 8), ("BBB", 4))}
    result = backtest(Hold, bars)
    assert (len(result.trades), result.positions) == (0, {"BBB": 10})
    assert "ended" in [warning.code for warning in result.warnings]


def test_trades_dividends_and_what_is_held_are_what_the_account_gained() -> None:
    checked = delisted = 0
    for seed in range(120):
        scenario = replace(random_scenario(seed), close_at_end=True)
        kinds = {kind for one in scenario.symbols for kind, _, _ in one.actions}
        if "split" in kinds:
            continue
        finished = run_weaver(scenario)
        assert not any(finished.held.values())
        result = BacktestResult(finished, strategy="program", record=dict)
        dividends = sum(flow.amount for flow in result.cash_flows if flow.kind == "dividend")
        earned = sum((trade.pnl for trade in result.trades), Decimal(0))
        assert Decimal(finished.cash).scaleb(-8) == scenario.account.cash + earned + dividends, seed
        delisted += sum(isinstance(trade, DelistedTrade) for trade in result.trades)
        checked += 1
    assert checked > 20
    assert delisted > 2


def test_dividend_is_no_part_of_a_delisted_trade() -> None:
    actions = (Dividend(ex_date=on(2), amount=Decimal(1)), Delisting(ex_date=on(4), value=Decimal(4)))
    result = shares([10, 10, 9, 5], {0: buy(10)}, *actions)
    assert [flow.kind for flow in result.cash_flows] == ["dividend", "delisting"]
    assert (result.trades[0].pnl, result.stats["final_equity"]) == (-60, 100_000 - 60 + 10)

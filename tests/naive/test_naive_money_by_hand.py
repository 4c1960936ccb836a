"""Every line of the fill rules on costs, cash, targets, corporate actions and the end, worked out by hand."""

from decimal import Decimal

import pytest

from tests.naive.builders import MARGIN, day_bar, days, op, play, states, stock, told
from tests.naive.scenario import NaiveAccount, NaiveCosts

QUIET = "100 100 100 100"
LONG = {0: [op("buy", 10)]}
"""Ten held from the open of day 1 on, when the market opens at 100."""


# Costs.
def test_slippage_adds_bps_half_spread_and_ticks() -> None:
    # 100 x (5 + 1.5)/10000 + 2 x 0.01 = 0.065 + 0.02 = 0.085
    costs = NaiveCosts(slippage_bps=Decimal(5), half_spread_bps=Decimal("1.5"), slippage_ticks=Decimal(2))
    fill = play(days(QUIET, QUIET), LONG, costs=costs).fills[0]
    assert (fill.raw_price, fill.price, fill.slippage) == (Decimal(100), Decimal("100.085"), Decimal("0.085"))


def test_slippage_stops_at_the_limit() -> None:
    costs = NaiveCosts(slippage_bps=Decimal(50))  # 100 + 0.50 would be beyond 100.20
    fill = play(days(QUIET, QUIET), {0: [op("buy", 10, limit="100.20")]}, costs=costs).fills[0]
    assert (fill.price, fill.slippage) == (Decimal("100.20"), Decimal("0.20"))


def test_slippage_is_rounded_to_a_hundred_millionth() -> None:
    # 33.33 x 0.33/10000 = 0.00109989; sells receive 33.32890011
    costs = NaiveCosts(slippage_bps=Decimal("0.33"))
    bar = "33.33 33.33 33.33 33.33"
    fill = play(days(bar, bar), {0: [op("sell", 10)]}, account=MARGIN, costs=costs).fills[0]
    assert (fill.price, fill.slippage) == (Decimal("33.32890011"), Decimal("0.00109989"))


def test_commission_adds_bps_and_per_share_on_the_slipped_price() -> None:
    # Price 100.01; 10 x 100.01 x 10/10000 = 1.0001; 10 x 0.005 = 0.05
    costs = NaiveCosts(commission_bps=Decimal(10), commission_per_share=Decimal("0.005"), slippage_ticks=Decimal(1))
    result = play(days(QUIET, QUIET), LONG, costs=costs)
    assert result.fills[0].commission == Decimal("1.0501")
    assert result.cash_by_tick == [Decimal(100_000), Decimal(100_000) - Decimal("1000.10") - Decimal("1.0501")]


def test_minimum_commission_is_per_order_and_paid_on_the_first_fill() -> None:
    # Fills of 4, 4 and 2 at 0.20 each: S = 0.80, 1.60, 2.00. Paid: max(1, 0.8) = 1; 1.6 - 1 = 0.6; 2 - 1.6 = 0.4.
    bars = [day_bar(index, QUIET, "40") for index in range(4)]
    costs = NaiveCosts(
        commission_per_share=Decimal("0.2"), commission_minimum=Decimal(1), max_participation=Decimal("0.1")
    )
    result = play(bars, {0: [op("buy", 10, tif="gtc")]}, costs=costs)
    assert [fill.commission for fill in result.fills] == [Decimal(1), Decimal("0.6"), Decimal("0.4")]


# Paying.
def test_explicit_quantity_that_cannot_be_paid_is_rejected() -> None:
    result = play(days(QUIET, QUIET), LONG, account=NaiveAccount(cash=Decimal("999.99")))
    assert states(result) == ["rejected cannot_pay"]


def test_commission_counts_in_what_can_be_paid() -> None:
    costs = NaiveCosts(commission_minimum=Decimal("0.01"))
    result = play(days(QUIET, QUIET), LONG, account=NaiveAccount(cash=Decimal(1000)), costs=costs)
    assert states(result) == ["rejected cannot_pay"]


def test_cash_account_cannot_sell_short() -> None:
    program = {0: LONG[0], 1: [op("sell", 11), op("sell", 10)]}
    result = play(days(QUIET, QUIET, QUIET), program)
    assert states(result) == ["filled", "rejected cannot_pay", "filled"]


def test_target_is_cut_to_what_can_be_paid() -> None:
    # 1000 at the close 100 is ten; the next open is 105: nine cost 945, ten would cost 1050.
    program = {0: [op("order_target_percent", "1")]}
    result = play(days(QUIET, "105 105 105 105"), program, account=NaiveAccount(cash=Decimal(1000)))
    assert told(result.fills) == ["1 buy 9 @ 105 open 1 resized"]
    assert states(result) == ["filled"]


def test_target_cut_to_nothing_is_rejected() -> None:
    program = {0: [op("order_target_value", "1000")]}
    result = play(days(QUIET, "1001 1001 1001 1001"), program, account=NaiveAccount(cash=Decimal(1000)))
    assert states(result) == ["rejected cannot_pay"]


def test_later_part_that_cannot_be_paid_cancels_the_rest() -> None:
    # Cash 1000: four at 100 leave 600; six at 101 would cost 606.
    bars = [day_bar(0, QUIET), day_bar(1, QUIET, "40"), day_bar(2, "101 101 101 101")]
    costs = NaiveCosts(max_participation=Decimal("0.1"))
    result = play(bars, {0: [op("buy", 10, tif="gtc")]}, costs=costs, account=NaiveAccount(cash=Decimal(1000)))
    assert told(result.fills) == ["1 buy 4 @ 100 open 1"]
    assert states(result) == ["cancelled cannot_pay_rest"]


@pytest.mark.parametrize(("quantity", "state"), [("20", "filled"), ("21", "rejected cannot_pay")])
def test_margin_allows_leverage_times_equity(quantity: str, state: str) -> None:
    # 2 x 1000 = 2000: twenty at 100.
    account = NaiveAccount(cash=Decimal(1000), kind="margin", leverage=Decimal(2))
    assert states(play(days(QUIET, QUIET), {0: [op("buy", quantity)]}, account=account)) == [state]


def test_margin_checks_at_the_price_before_slippage_and_the_equity_after() -> None:
    # Slippage 1 each: 19 at 101 leave 1000 - 1919 + 1900 = 981 of equity, 1900 <= 1962; 20 leave 980: 2000 > 1960.
    account = NaiveAccount(cash=Decimal(1000), kind="margin", leverage=Decimal(2))
    costs = NaiveCosts(slippage_bps=Decimal(100))
    result = play(days(QUIET, QUIET), {0: [op("order_target_percent", "2")]}, account=account, costs=costs)
    assert told(result.fills) == ["1 buy 19 @ 101 open 1 resized"]


def test_shorts_need_shorting() -> None:
    account = NaiveAccount(kind="margin", leverage=Decimal(2))
    assert states(play(days(QUIET, QUIET), {0: [op("sell", 1)]}, account=account)) == ["rejected cannot_pay"]


# Targets.
def test_target_orders_the_difference_to_position_and_working_orders() -> None:
    # 50 % of 100,000 at 100 is 500: 10 are held, 20 are being bought, an exit leg does not count.
    program = {
        0: [op("buy", 10, stop_loss="50", tif="gtc")],
        1: [op("buy", 20, limit="80", tif="gtc"), op("order_target_percent", "0.5")],
    }
    result = play(days(QUIET, QUIET, QUIET), program)
    assert told(result.fills)[1:] == ["4 buy 470 @ 100 open 2"]


def test_target_reached_places_no_order() -> None:
    program = {0: LONG[0], 1: [op("order_target_value", "1000"), op("order_target", "10"), op("buy", 1)]}
    assert told(play(days(QUIET, QUIET, QUIET), program).fills)[1:] == ["2 buy 1 @ 100 open 2"]


def test_target_sized_at_fill_uses_the_account_as_the_tick_began() -> None:
    # Short ten from 100; at the open of 80 the account is worth 11000 - 800 = 10200: 127 to hold, so 137 to buy.
    account = NaiveAccount(cash=Decimal(10_000), kind="margin", leverage=Decimal(2), shorting=True)
    program = {0: [op("sell", 10)], 1: [op("order_target_percent", "1", size_at="fill")]}
    result = play(days(QUIET, QUIET, "80 80 80 80"), program, account=account)
    assert told(result.fills)[1:] == ["2 buy 137 @ 80 open 2"]


def test_target_sized_at_fill_with_nothing_left_to_do_is_cancelled() -> None:
    # At the decision 1000/100 = 10 against 9 held; at 120 it is 8: nothing left to buy.
    program = {0: [op("buy", 9)], 1: [op("order_target_value", "1000", size_at="fill")]}
    assert states(play(days(QUIET, QUIET, "120 120 120 120"), program)) == ["filled", "cancelled nothing_to_do"]


def test_close_position_cancels_the_symbols_orders_and_sells() -> None:
    program = {0: [op("buy", 10, stop_loss="90", tif="gtc")], 1: [op("buy", 5, limit="80"), op("close_position")]}
    result = play(days(QUIET, QUIET, QUIET), program)
    assert told(result.fills)[1:] == ["4 sell 10 @ 100 open 2"]
    assert states(result) == ["filled", "cancelled asked", "cancelled asked", "filled"]


# Corporate actions.
def test_split_scales_position_orders_and_marks_and_pays_the_fraction() -> None:
    # 11 x 1.5 = 16.5: 16, and half a share at 100/1.5 -> 0.5 x 66.666... = 33.33333333. The buy of 5 at 90.00 becomes
    # 7 (7.5) at 60; the trail 3.00 becomes 2.00 under the mark 66.666...: level 64.67.
    bars = days(QUIET, QUIET, "66 66 64 65")
    program = {
        0: [op("buy", 11)],
        1: [op("buy", 5, limit="90", tif="gtc"), op("sell", 3, trail="3", tif="gtc")],
    }
    result = play([stock(bars, ("split", bars[2].session, Decimal("1.5")))], program)
    assert result.cash_flows[0].amount == Decimal("33.33333333")
    assert told(result.fills)[1:] == ["3 sell 4 @ 64.67 bar 2"]
    assert result.positions["AAA"] == 12


def test_split_to_nothing_cancels_the_order() -> None:
    bars = days(QUIET, QUIET, "1000 1000 1000 1000")
    program = {0: [op("buy", 7, limit="50", tif="gtc")]}
    result = play([stock(bars, ("split", bars[2].session, Decimal("0.1")))], program)
    assert states(result) == ["cancelled split"]


def test_dividend_goes_to_longs_and_is_paid_by_shorts_on_what_was_held_before() -> None:
    bars = days(QUIET, QUIET, QUIET)
    program = {0: [op("buy", 10)], 1: [op("buy", 10)]}
    result = play([stock(bars, ("dividend", bars[2].session, Decimal("0.333")))], program)
    assert [flow.amount for flow in result.cash_flows] == [Decimal("3.33")]
    short = play([stock(bars, ("dividend", bars[2].session, Decimal("0.333")))], {0: [op("sell", 10)]}, account=MARGIN)
    assert [flow.amount for flow in short.cash_flows] == [Decimal("-3.33")]


def test_delisting_pays_its_value_before_the_bar_that_carries_it() -> None:
    bars = days(QUIET, QUIET, QUIET)
    program = {0: LONG[0], 1: [op("sell", 10)]}
    result = play([stock(bars, ("delisting", bars[2].session, Decimal("42")))], program)
    assert result.cash_by_tick == [Decimal(100_000), Decimal(99_000), Decimal(99_420)]
    assert states(result) == ["filled", "cancelled delisted"]


def test_delisting_after_the_last_bar_happens_at_the_next_tick_after_its_close() -> None:
    other = stock(days(QUIET, QUIET, QUIET, QUIET), symbol="BBB")
    bars = days(QUIET, QUIET)
    gone = stock(bars, ("delisting", other.bars[2].session, Decimal("42")))
    result = play([gone, other], LONG)
    assert result.cash_by_tick == [Decimal(100_000), Decimal(99_000), Decimal(99_420), Decimal(99_420)]
    assert result.equity_by_tick == [Decimal(100_000), Decimal(100_000), Decimal(99_420), Decimal(99_420)]


def test_delisting_beyond_the_run_happens_at_its_last_tick() -> None:
    bars = days(QUIET, QUIET)
    result = play([stock(bars, ("delisting", bars[-1].session + 30, Decimal(0)))], LONG)
    assert result.equity_by_tick == [Decimal(100_000), Decimal(99_000)]


# Margin call and end.
def test_margin_call_cancels_orders_and_sells_at_the_next_open() -> None:
    # 20 at 100 on 1000: cash -1000. At 65: equity 300 < 0.25 x 1300 = 325. Sold at 64: cash 280.
    account = NaiveAccount(cash=Decimal(1000), kind="margin", leverage=Decimal(2))
    program = {0: [op("buy", 20, stop_loss="10", tif="gtc")]}
    result = play(days(QUIET, QUIET, "65 65 65 65", "64 64 64 64"), program, account=account)
    assert told(result.fills)[1:] == ["3 sell 20 @ 64 open 3 liquidation"]
    assert states(result) == ["filled", "cancelled margin", "filled"]
    assert result.equity_by_tick == [Decimal(1000), Decimal(1000), Decimal(300), Decimal(280)]


def test_margin_holds_at_exactly_the_maintenance() -> None:
    account = NaiveAccount(cash=Decimal(600), kind="margin", leverage=Decimal(3), maintenance=Decimal("0.25"))
    # 15 at 100 on 600: cash -900. At 80: equity 300 = 0.25 x 1200, not below it.
    result = play(days(QUIET, QUIET, "80 80 80 80"), {0: [op("buy", 15)]}, account=account)
    assert result.equity_by_tick[-1] == Decimal(300)
    assert len(result.orders) == 1


def test_open_positions_are_marked_at_the_last_close() -> None:
    result = play(days(QUIET, "100 120 100 110"), LONG)
    assert result.equity_by_tick[-1] == Decimal(100_100)


def test_close_at_end_sells_at_the_last_close_with_costs() -> None:
    # Bought at 100.01, sold at 110 - 0.01 = 109.99: 1099.90 - 1000.10 = 99.80.
    result = play(days(QUIET, "100 120 100 110"), LONG, costs=NaiveCosts(slippage_ticks=Decimal(1)), close_at_end=True)
    assert told(result.fills)[1:] == ["2 sell 10 @ 109.99 bar 1 close_at_end"]
    assert result.equity_by_tick[-1] == Decimal("100099.80")

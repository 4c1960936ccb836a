"""Every line of the fill rules on prices, groups and times in force, worked out by hand."""

from decimal import Decimal

import pytest

from tests.naive.builders import MARGIN, day_bar, days, hour_bar, op, play, states, stock, told
from tests.naive.scenario import NaiveAccount, NaiveCosts, Op

QUIET = "100 100 100 100"
LONG = {0: [op("buy", 10)]}
"""Ten held from the open of day 1 on, when the market opens at 100."""


# The table of prices: one order placed at the close of day 0, one bar after it.
@pytest.mark.parametrize(
    ("options", "bar", "expected"),
    [
        ({}, "101 103 99 102", "101 open"),
        ({"limit": "101"}, "101 103 99 102", "101 open"),  # open <= limit
        ({"limit": "102"}, "101 103 99 102", "101 open"),  # min(open, limit)
        ({"limit": "99"}, "101 103 99 102", "99 bar"),  # low <= limit
        ({"limit": "98.99"}, "101 103 99 102", None),
        ({"limit": "100.019"}, "101 103 99 102", "100.01 bar"),  # a buy limit goes down to the tick
        ({"stop": "101"}, "101 103 99 102", "101 open"),  # open >= stop
        ({"stop": "100"}, "101 103 99 102", "101 open"),  # max(open, stop)
        ({"stop": "103"}, "101 103 99 102", "103 bar"),  # high >= stop
        ({"stop": "103.01"}, "101 103 99 102", None),
        ({"stop": "102.005"}, "101 103 99 102", "102 bar"),  # the nearest tick, half to even: 102.00
        ({"stop": "102.015"}, "101 103 99 102", "102.02 bar"),  # half to even: 102.02
        ({"stop": "101", "limit": "101"}, "101 103 99 102", "101 open"),  # opened beyond the stop, open <= limit
        ({"stop": "101", "limit": "100"}, "101 103 99 102", "100 bar"),  # opened beyond: the whole bar as a limit
        ({"stop": "101", "limit": "98"}, "101 103 99 102", None),
        ({"stop": "103", "limit": "103"}, "101 103 99 102", "103 bar"),  # inside: at the stop
        ({"stop": "103", "limit": "102"}, "101 103 99 102", "102 bar"),  # inside: at the limit, the close being there
        ({"stop": "103", "limit": "101.99"}, "101 103 99 102", None),  # the close is above: rests
    ],
)
def test_buy_placed_before_one_bar_fills_where_the_table_says(
    options: dict[str, str], bar: str, expected: str | None
) -> None:
    result = play(days(QUIET, bar), {0: [op("buy", 10, **options)]})
    assert told(result.fills) == ([] if expected is None else [f"1 buy 10 @ {expected} 1"])


@pytest.mark.parametrize(
    ("options", "bar", "expected"),
    [
        ({}, "99 101 97 98", "99 open"),
        ({"limit": "99"}, "99 101 97 98", "99 open"),
        ({"limit": "98"}, "99 101 97 98", "99 open"),
        ({"limit": "101"}, "99 101 97 98", "101 bar"),
        ({"limit": "101.01"}, "99 101 97 98", None),
        ({"limit": "99.981"}, "99 101 97 98", "99.99 bar"),  # a sell limit goes up to the tick
        ({"stop": "99"}, "99 101 97 98", "99 open"),
        ({"stop": "100"}, "99 101 97 98", "99 open"),
        ({"stop": "97"}, "99 101 97 98", "97 bar"),
        ({"stop": "96.99"}, "99 101 97 98", None),
        ({"stop": "99", "limit": "99"}, "99 101 97 98", "99 open"),
        ({"stop": "99", "limit": "100"}, "99 101 97 98", "100 bar"),
        ({"stop": "99", "limit": "102"}, "99 101 97 98", None),
        ({"stop": "97", "limit": "97"}, "99 101 97 98", "97 bar"),
        ({"stop": "97", "limit": "98"}, "99 101 97 98", "98 bar"),
        ({"stop": "97", "limit": "98.01"}, "99 101 97 98", None),
    ],
)
def test_sell_mirrors_the_buy(options: dict[str, str], bar: str, expected: str | None) -> None:
    result = play(days(QUIET, bar), {0: [op("sell", 10, **options)]}, account=MARGIN)
    assert told(result.fills) == ([] if expected is None else [f"1 sell 10 @ {expected} 1"])


def test_stop_limit_that_triggered_and_missed_rests_as_a_limit() -> None:
    # Day 1 reaches the stop 103 but closes at 102 above the limit 101; day 2 opens at 102 and falls to 100: at 101.
    result = play(
        days(QUIET, "101 103 99 102", "102 102 100 101"), {0: [op("buy", 10, stop="103", limit="101", tif="gtc")]}
    )
    assert told(result.fills) == ["1 buy 10 @ 101 bar 2"]


# Trailing stops.
def test_trailing_stop_follows_highs_from_the_bar_after() -> None:
    # Placed at the close of day 1: mark 100, level 97. Day 2 (high 104, low 98) does not reach 97; the mark
    # becomes 104, the level 101, which acts on day 3: low 101 -> at 101.
    bars = days(QUIET, QUIET, "100 104 98 103", "103 103 101 102")
    result = play(bars, {0: LONG[0], 1: [op("sell", 10, trail="3", tif="gtc")]})
    assert told(result.fills) == ["1 buy 10 @ 100 open 1", "2 sell 10 @ 101 bar 3"]


def test_trailing_stop_gapped_through_fills_at_the_open() -> None:
    bars = days(QUIET, QUIET, "96 99 95 98")
    result = play(bars, {0: LONG[0], 1: [op("sell", 10, trail="3")]})
    assert told(result.fills)[1] == "2 sell 10 @ 96 open 2"


def test_trailing_percent_buy_follows_lows_and_rounds_to_the_nearest_tick() -> None:
    # Mark 100; day 1 falls to 93.33 (level that day 105); then level 93.33 x 1.05 = 97.9965 -> 98.00.
    bars = days(QUIET, "100 100 93.33 95", "95 99 95 99")
    result = play(bars, {0: [op("buy", 10, trail_percent="5", tif="gtc")]})
    assert told(result.fills) == ["1 buy 10 @ 98 bar 2"]


def test_trailing_leg_starts_at_the_close_of_the_bar_its_entry_filled_in() -> None:
    # The entry fills at the open of day 1; the mark is day 1's close 102, not its high 110: level 100 acts on day 2.
    bars = days(QUIET, "100 110 90 102", "102 103 100 101")
    program = {0: [op("buy", 10, tif="gtc"), op("sell", 10, trail="2", tif="gtc"), op("oto", -2, -1)]}
    assert told(play(bars, program).fills) == ["1 buy 10 @ 100 open 1", "2 sell 10 @ 100 bar 2"]


# Brackets, OCO, OTO.
@pytest.mark.parametrize(
    ("bar", "fill", "end"),
    [
        ("100 106 96 100", "2 sell 10 @ 105 bar 1", ["filled", "filled", "cancelled group_done"]),
        ("100 104 94 100", "3 sell 10 @ 95 bar 1", ["filled", "cancelled group_done", "filled"]),
        ("100 106 94 100", "3 sell 10 @ 95 bar 1 both_touched", ["filled", "cancelled group_done", "filled"]),
        ("106 107 94 100", "2 sell 10 @ 106 open 1", ["filled", "filled", "cancelled group_done"]),
        ("94 107 93 100", "3 sell 10 @ 94 open 1", ["filled", "cancelled group_done", "filled"]),
    ],
)
def test_legs_act_in_the_bar_at_whose_open_their_entry_filled(bar: str, fill: str, end: list[str]) -> None:
    result = play(days(QUIET, bar), {0: [op("buy", 10, take_profit="105", stop_loss="95", tif="gtc")]})
    assert told(result.fills)[1:] == [fill]
    assert states(result) == end


@pytest.mark.parametrize(
    ("bar", "fills"),
    [
        ("101 106 98 100", ["1 buy 10 @ 99 bar 1"]),  # the take-profit does not act in the bar of its entry
        ("101 106 95 100", ["1 buy 10 @ 99 bar 1", "3 sell 10 @ 95 bar 1"]),
    ],
)
def test_only_the_stop_leg_acts_in_the_bar_inside_which_its_entry_filled(bar: str, fills: list[str]) -> None:
    program = {0: [op("buy", 10, limit="99", take_profit="105", stop_loss="95", tif="gtc")]}
    assert told(play(days(QUIET, bar), program).fills) == fills


def test_stop_leg_that_the_entry_price_is_beyond_fills_at_that_price() -> None:
    program = {0: [op("buy", 10, limit="95", stop_loss="96", tif="gtc")]}
    result = play(days(QUIET, "100 101 94 100"), program)
    assert told(result.fills) == ["1 buy 10 @ 95 bar 1", "2 sell 10 @ 95 bar 1"]


def test_stop_limit_leg_fills_at_its_stop() -> None:
    program = {0: [op("buy", 10, stop_loss="95", stop_loss_limit="94.5", tif="gtc")]}
    assert told(play(days(QUIET, "100 101 94 100"), program).fills)[1:] == ["2 sell 10 @ 95 bar 1"]


def test_legs_share_the_entered_quantity_of_a_part_filled_entry_and_outlive_its_cancel() -> None:
    # A cap of 10 % of 40 lets 4 of 10 in; the entry is cancelled; the take-profit sells those 4 on day 2.
    bars = [day_bar(0, QUIET), day_bar(1, QUIET, "40"), day_bar(2, "106 106 106 106")]
    program = {0: [op("buy", 10, take_profit="105", stop_loss="95", tif="gtc")], 1: [op("cancel", 1)]}
    result = play(bars, program, costs=NaiveCosts(max_participation=Decimal("0.1")))
    assert told(result.fills) == ["1 buy 4 @ 100 open 1", "2 sell 4 @ 106 open 2"]
    assert states(result) == ["cancelled asked", "filled", "cancelled group_done"]


def test_entry_cancelled_unfilled_cancels_its_waiting_legs() -> None:
    program = {0: [op("buy", 10, limit="90", take_profit="105", tif="gtc")], 1: [op("cancel", 1)]}
    assert states(play(days(QUIET, QUIET, QUIET), program)) == ["cancelled asked", "cancelled entry_ended"]


def test_leg_without_a_position_to_reduce_is_cancelled_when_triggered() -> None:
    # The strategy sells the position by hand; the stop is reached on day 3 and finds nothing.
    program = {0: [op("buy", 10, stop_loss="95", tif="gtc")], 1: [op("sell", 10)]}
    result = play(days(QUIET, QUIET, QUIET, "100 100 94 94"), program)
    assert len(result.fills) == 2
    assert states(result) == ["filled", "cancelled no_position", "filled"]


def test_leg_sells_at_most_the_position() -> None:
    program = {0: [op("buy", 10, stop_loss="95", tif="gtc")], 1: [op("sell", 7)]}
    result = play(days(QUIET, QUIET, QUIET, "100 100 94 94"), program)
    assert told(result.fills)[2:] == ["2 sell 3 @ 95 bar 3"]


def test_oco_takes_one_leg_and_cancels_the_other() -> None:
    program = {0: LONG[0], 1: [op("oco", 6, limit="105", stop="95")]}
    result = play(days(QUIET, QUIET, "100 105 96 100"), program)
    assert told(result.fills)[1:] == ["2 sell 6 @ 105 bar 2"]
    assert states(result) == ["filled", "filled", "cancelled group_done"]


def test_oto_second_order_waits_for_the_first_and_caps_the_exit() -> None:
    # Day 1 touches 105 before anything is held; day 2 fills the first order inside; day 3 opens at 106: 6 leave.
    program = {0: [op("buy", 10, limit="99", tif="gtc"), op("sell", 6, limit="105", tif="gtc"), op("oto", 1, 2)]}
    result = play(days(QUIET, "100 106 100 100", "100 106 99 100", "106 106 106 106"), program)
    assert told(result.fills) == ["1 buy 10 @ 99 bar 2", "2 sell 6 @ 106 open 3"]


# Day 1 opens at 100 and lets ten in. The exit is touched on day 3: by then a day's exit is gone.
EXITS = [
    (op("buy", 10, stop_loss="95"), ["2 sell 10 @ 95 bar 3"]),
    (op("buy", 10, stop_loss="95", tif="gtc"), ["2 sell 10 @ 95 bar 3"]),
    (op("buy", 10, stop_loss="95", tif="ioc"), ["2 sell 10 @ 95 bar 3"]),
    (op("buy", 10, stop_loss="95", exit_tif="gtc"), ["2 sell 10 @ 95 bar 3"]),
    (op("buy", 10, stop_loss="95", exit_tif="day"), []),
    (op("buy", 10, stop_loss="95", tif="gtc", exit_tif="day"), []),
    (op("order_target", 10, stop_loss="95"), ["2 sell 10 @ 95 bar 3"]),
    (op("order_target_value", 1000, stop_loss="95", take_profit="200"), ["3 sell 10 @ 95 bar 3"]),
    (op("order_target_percent", "0.01", stop_loss="95", exit_tif="day"), []),
]


@pytest.mark.parametrize(("entry", "exits"), EXITS)
def test_exits_last_until_cancelled_unless_something_else_is_asked(entry: Op, exits: list[str]) -> None:
    result = play(days(QUIET, QUIET, QUIET, "100 100 94 94"), {0: [entry]})
    assert told(result.fills) == ["1 buy 10 @ 100 open 1", *exits]


@pytest.mark.parametrize(
    ("options", "exits"),
    [
        ({}, ["3 sell 6 @ 95 bar 4"]),
        ({"exit_tif": "day"}, []),
        ({"tif": "day"}, []),
        ({"tif": "day", "exit_tif": "gtc"}, ["3 sell 6 @ 95 bar 4"]),
    ],
)
def test_oco_lasts_until_cancelled_unless_something_else_is_asked(options: dict[str, str], exits: list[str]) -> None:
    program = {0: LONG[0], 1: [op("oco", 6, limit="105", stop="95", **options)]}
    result = play(days(QUIET, QUIET, QUIET, QUIET, "100 100 94 94"), program)
    assert told(result.fills)[1:] == exits


@pytest.mark.parametrize(
    ("then", "oto", "exits"),
    [
        ({}, {}, ["2 sell 10 @ 95 bar 3"]),
        ({"tif": "day"}, {}, []),
        ({"tif": "day"}, {"exit_tif": "gtc"}, ["2 sell 10 @ 95 bar 3"]),
        ({"tif": "gtc"}, {"exit_tif": "day"}, []),
    ],
)
def test_oto_exit_lasts_until_cancelled_unless_something_else_is_asked(
    then: dict[str, str], oto: dict[str, str], exits: list[str]
) -> None:
    program = {0: [op("buy", 10), op("sell", 10, stop="95", **then), op("oto", 1, 2, **oto)]}
    result = play(days(QUIET, QUIET, QUIET, "100 100 94 94"), program)
    assert told(result.fills)[1:] == exits


def test_lasting_exits_of_an_entry_that_expires_unfilled_go_with_it() -> None:
    program = {0: [op("buy", 10, limit="90", take_profit="105", stop_loss="85")]}
    result = play(days(QUIET, QUIET, "89 106 84 100"), program)
    assert states(result) == ["expired", "cancelled entry_ended", "cancelled entry_ended"]
    assert result.fills == []


def test_lasting_exits_of_an_entry_that_expires_half_filled_guard_what_is_held() -> None:
    # A cap of 10 % of 40 lets 4 of 10 in on day 1, in whose evening the rest expires; the stop sells 4 on day 2.
    bars = [day_bar(0, QUIET), day_bar(1, QUIET, "40"), day_bar(2, "100 100 94 94")]
    result = play(bars, {0: [op("buy", 10, stop_loss="95")]}, costs=NaiveCosts(max_participation=Decimal("0.1")))
    assert told(result.fills) == ["1 buy 4 @ 100 open 1", "2 sell 4 @ 95 bar 2"]
    assert states(result) == ["expired", "filled"]


def test_replaced_exit_lasts_as_long_as_the_one_before_it() -> None:
    program = {0: [op("buy", 10, stop_loss="95")], 1: [op("replace", 2, stop="96")]}
    bars = days(QUIET, QUIET, QUIET, QUIET, "100 100 94 94")
    assert told(play(bars, program).fills)[1:] == ["3 sell 10 @ 96 bar 4"]
    program[1] = [op("replace", 2, stop="96", tif="day")]
    assert told(play(bars, program).fills)[1:] == []


def test_stop_leg_goes_first_even_after_a_replace_made_the_other_leg_the_younger() -> None:
    # The take-profit 105 (order 2) becomes order 4 at 104. Both are touched on day 2: the stop is taken.
    program = {0: [op("buy", 10, take_profit="105", stop_loss="95", tif="gtc")], 1: [op("replace", 2, limit="104")]}
    result = play(days(QUIET, QUIET, "100 104 95 100"), program)
    assert told(result.fills)[1:] == ["3 sell 10 @ 95 bar 2 both_touched"]
    assert states(result) == ["filled", "cancelled replaced", "filled", "cancelled group_done"]


def test_replaced_entry_takes_its_legs_along() -> None:
    # Order 4 replaces order 1; its legs 2 and 3 are older, and still act right after it, in the bar of its fill.
    program = {
        0: [op("buy", 10, limit="90", take_profit="105", stop_loss="95", tif="gtc")],
        1: [op("replace", 1, limit="100", quantity="5")],
    }
    result = play(days(QUIET, QUIET, "100 105 96 100"), program)
    assert told(result.fills) == ["4 buy 5 @ 100 open 2", "2 sell 5 @ 105 bar 2"]
    assert states(result) == ["cancelled replaced", "filled", "cancelled group_done", "filled"]


def test_replace_keeps_what_was_left() -> None:
    bars = [day_bar(0, QUIET), day_bar(1, QUIET, "40"), *[day_bar(day, "99 99 99 99") for day in (2, 3)]]
    program = {0: [op("buy", 10, tif="gtc", limit="100")], 1: [op("replace", 1, limit="99")]}
    result = play(bars, program, costs=NaiveCosts(max_participation=Decimal("0.1")))
    assert told(result.fills) == ["1 buy 4 @ 100 open 1", "2 buy 6 @ 99 open 2"]


# Order within a tick.
def test_older_orders_go_first_at_the_open() -> None:
    # Cash 1000 pays for ten at 100: the older order gets them.
    program = {0: [op("buy", 10, tif="gtc")], 1: []}
    program[0].append(op("buy", 10, tif="gtc"))
    result = play(days(QUIET, QUIET), program, account=NaiveAccount(cash=Decimal(1000)))
    assert states(result) == ["filled", "rejected cannot_pay"]


def test_open_goes_before_inside_whatever_the_age() -> None:
    # Order 1 sells inside the bar at 101, order 2 buys at its open: the buy comes first, so the sell has a position.
    program = {0: [op("sell", 10, limit="101"), op("buy", 10)]}
    result = play(days(QUIET, "100 101 100 100"), program)
    assert told(result.fills) == ["2 buy 10 @ 100 open 1", "1 sell 10 @ 101 bar 1"]


def test_order_waits_for_the_first_bar_of_its_symbol_that_starts_after_it() -> None:
    second = stock([day_bar(0, QUIET), day_bar(2, "50 50 50 50")], symbol="BBB")
    result = play([stock(days(QUIET, QUIET, QUIET)), second], {0: [op("buy", "BBB", 10)]})
    assert told(result.fills) == ["1 buy 10 @ 50 open 2"]


# Times in force, extended hours, bars that may fill nothing.
def test_day_order_expires_with_the_session_of_its_first_bar() -> None:
    result = play(days(QUIET, QUIET, "90 90 90 90"), {0: [op("buy", 10, limit="95")]})
    assert states(result) == ["expired"]
    assert result.fills == []


def test_gtc_order_stays() -> None:
    result = play(days(QUIET, QUIET, "90 90 90 90"), {0: [op("buy", 10, limit="95", tif="gtc")]})
    assert told(result.fills) == ["1 buy 10 @ 90 open 2"]


def test_day_order_without_a_bar_at_the_close_expires_at_the_next_tick_unfilled() -> None:
    # First bar 14:00; the session's last bars are missing; the next bar opens the next day, too late.
    bars = [hour_bar(0, 13, QUIET), hour_bar(0, 14, QUIET), hour_bar(1, 13, "90 90 90 90")]
    result = play(bars, {0: [op("buy", 10, limit="95")]})
    assert states(result) == ["expired"]


def test_order_without_extended_hours_sleeps_through_an_after_hours_bar() -> None:
    # 20:00 is after hours: no fill, and not its first bar; next day at 13:00 it fills.
    bars = [hour_bar(0, 19, QUIET), hour_bar(0, 20, "90 90 90 90"), hour_bar(1, 13, "94 94 94 94")]
    result = play(bars, {0: [op("buy", 10, limit="95", tif="ioc")]})
    assert told(result.fills) == ["1 buy 10 @ 94 open 1"]


def test_extended_hours_order_fills_after_hours_and_expires_at_their_end() -> None:
    bars = [hour_bar(0, 19, QUIET), hour_bar(0, 20, QUIET), hour_bar(0, 23, QUIET), hour_bar(1, 13, "90 90 90 90")]
    program = {0: [op("buy", 10, extended_hours=True), op("buy", 10, limit="95", extended_hours=True)]}
    result = play(bars, program)
    assert told(result.fills) == ["1 buy 10 @ 100 open 0"]
    assert states(result) == ["filled", "expired"]


def test_bar_without_volume_fills_nothing_and_moves_no_mark() -> None:
    # Day 2 has no volume: its high 110 moves no mark, so the level stays at 98 and day 3's low 99 does not reach it.
    bars = [*days(QUIET, QUIET), day_bar(2, "100 110 100 100", "0"), day_bar(3, "100 100 99 99")]
    result = play(bars, {0: LONG[0], 1: [op("sell", 10, trail="2", tif="gtc"), op("sell", 1, limit="105")]})
    assert states(result) == ["filled", "accepted", "expired"]


def test_file_without_volume_fills() -> None:
    result = play(
        [day_bar(0, QUIET, "0"), day_bar(1, QUIET, "0")], LONG, costs=NaiveCosts(max_participation=Decimal("0.1"))
    )
    assert told(result.fills) == ["1 buy 10 @ 100 open 1"]


@pytest.mark.parametrize(
    ("tif", "options", "fills", "state"),
    [
        ("ioc", {}, ["1 buy 4 @ 100 open 1"], "cancelled ioc"),
        ("ioc", {"limit": "99"}, [], "cancelled ioc"),  # inside the bar is too late
        ("fok", {}, [], "cancelled fok"),
        ("gtc", {}, ["1 buy 4 @ 100 open 1", "1 buy 6 @ 101 open 2"], "filled"),
        ("day", {}, ["1 buy 4 @ 100 open 1"], "expired"),
    ],
)
def test_cap_of_four_shares_by_time_in_force(tif: str, options: dict[str, str], fills: list[str], state: str) -> None:
    bars = [day_bar(0, QUIET), day_bar(1, "100 101 99 100", "49"), day_bar(2, "101 101 101 101")]
    result = play(bars, {0: [op("buy", 10, tif=tif, **options)]}, costs=NaiveCosts(max_participation=Decimal("0.1")))
    assert told(result.fills) == fills  # 0.1 x 49 = 4.9 -> 4
    assert states(result) == [state]


def test_cap_is_one_pool_shared_in_order() -> None:
    bars = [day_bar(0, QUIET), day_bar(1, QUIET, "120")]
    program = {0: [op("buy", 10, tif="gtc"), op("buy", 10, tif="gtc")]}
    result = play(bars, program, costs=NaiveCosts(max_participation=Decimal("0.1")))
    assert told(result.fills) == ["1 buy 10 @ 100 open 1", "2 buy 2 @ 100 open 1"]


def test_capped_stop_rests_as_a_market_order() -> None:
    bars = [day_bar(0, QUIET), day_bar(1, "100 103 100 100", "40"), day_bar(2, "90 90 90 90")]
    result = play(bars, {0: [op("buy", 10, stop="102", tif="gtc")]}, costs=NaiveCosts(max_participation=Decimal("0.1")))
    assert told(result.fills) == ["1 buy 4 @ 102 bar 1", "1 buy 6 @ 90 open 2"]


# Exits in percent, and stops that trail in a bracket.
@pytest.mark.parametrize(
    ("options", "bars", "expected"),
    [
        ({"take_profit": "5%"}, ["99.97 101 99 100", "102 105 101 104"], "104.97 bar"),  # 104.9685, up to the cent
        ({"stop_loss": "2%"}, ["99.97 101 99 100", "99 99 97 98"], "97.97 bar"),  # 97.9706
        ({"stop_loss": "2.5%"}, ["99.8 101 99 100", "99 99 97 98"], "97.3 bar"),  # 97.305: half to even
        ({"stop_loss": "2%", "stop_loss_limit": "1%"}, ["100 101 99 100", "97 99.5 97 98"], "99 bar"),  # opened beyond
        ({"stop_loss_trail": "3%"}, ["99.97 101 99 101", "102 104 101 103", "103 105 100 101"], "100.88 bar"),
        ({"stop_loss_trail": "3"}, ["99.97 101 99 101", "102 104 101 103", "103 105 100 101"], "101 bar"),
    ],
)
def test_exit_of_a_purchase_lies_as_far_from_what_it_paid_as_was_asked(
    options: dict[str, str], bars: list[str], expected: str
) -> None:
    result = play(days(QUIET, *bars), {0: [op("buy", 10, **options)]})
    assert told(result.fills)[1:] == [f"2 sell 10 @ {expected} {len(bars)}"]


def test_exits_of_a_sale_in_percent_lie_on_the_other_sides() -> None:
    """Sold at 100: 105 loses five in a hundred, 95 gains them. Half a cent less is no full gain."""
    program = {0: [op("sell", 10, take_profit="5%", stop_loss="5%")]}
    up = play(days(QUIET, "100 101 99 100", "101 106 101 102"), program, account=MARGIN)
    down = play(days(QUIET, "100 101 99 100", "99 99 94 95"), program, account=MARGIN)
    assert (told(up.fills)[1:], told(down.fills)[1:]) == (["3 buy 10 @ 105 bar 2"], ["2 buy 10 @ 95 bar 2"])


def test_exits_in_percent_count_from_what_the_first_fill_paid_with_slippage() -> None:
    """Half of a bar's volume of 10 is five a day. The first five cost 100 and 1 % of slippage: 101, of which 98 % are
    98.98; the other five cost less, and leave the stop where it is."""
    costs = NaiveCosts(slippage_bps=Decimal(100), max_participation=Decimal("0.5"))
    days_of_entry = [day_bar(1, "100 100 100 100", "10"), day_bar(2, "99 99 99 99", "10")]
    bars = [day_bar(0, QUIET), *days_of_entry, day_bar(3, "99 99 98.98 99")]
    result = play(bars, {0: [op("buy", 10, tif="gtc", stop_loss="2%")]}, costs=costs)
    found = [(fill.ordinal, fill.quantity, fill.raw_price, fill.price) for fill in result.fills]
    assert found[:2] == [(1, 5, 100, 101), (1, 5, 99, Decimal("99.99"))]
    assert found[2][:3] == (2, 10, Decimal("98.98"))


def test_weights_are_reached_by_what_reduces_then_what_sells_then_what_buys() -> None:
    """50 of AAA and 100 of BBB at 100 each, of 100,000. Then 0.3 of BBB and 0.02 of AAA: 300 pieces and 20."""
    flat = [day_bar(index, QUIET) for index in range(4)]
    program = {
        0: [op("buy", "AAA", 50), op("buy", "BBB", 100)],
        1: [op("rebalance", "BBB", Decimal("0.3"), "AAA", Decimal("0.02"))],
        2: [op("rebalance", "AAA", Decimal(0), "BBB", Decimal("0.3"))],
    }
    result = play([stock(flat), stock(flat, symbol="BBB")], program)
    assert told(result.fills)[2:] == ["3 sell 30 @ 100 open 2", "4 buy 200 @ 100 open 2", "5 sell 20 @ 100 open 3"]


def test_weights_close_the_others_where_that_is_asked() -> None:
    flat = [day_bar(index, QUIET) for index in range(3)]
    program = {
        0: [op("buy", "AAA", 50), op("buy", "BBB", 100)],
        1: [op("rebalance", "BBB", Decimal("0.1"), others="close")],
    }
    result = play([stock(flat), stock(flat, symbol="BBB")], program)
    assert told(result.fills)[2:] == ["3 sell 50 @ 100 open 2"]  # BBB's 100 pieces are a tenth already


def test_no_weights_close_all_that_is_held_and_nothing_where_others_are_left() -> None:
    flat = [day_bar(index, QUIET) for index in range(4)]
    program = {
        0: [op("buy", "AAA", 50), op("buy", "BBB", 100)],
        1: [Op(name="rebalance", args=(), kwargs={})],
        2: [Op(name="rebalance", args=(), kwargs={"others": "close"})],
    }
    result = play([stock(flat), stock(flat, symbol="BBB")], program)
    assert told(result.fills)[2:] == ["3 sell 50 @ 100 open 3", "4 sell 100 @ 100 open 3"]


@pytest.mark.parametrize("weights", [("AAA", "0.7", "BBB", "0.4"), ("AAA", "-0.1")])
def test_weights_that_a_cash_account_may_not_hold_order_nothing(weights: tuple[str, ...]) -> None:
    flat = [day_bar(index, QUIET) for index in range(3)]
    assert play([stock(flat), stock(flat, symbol="BBB")], {0: [op("rebalance", *weights)]}).orders == {}

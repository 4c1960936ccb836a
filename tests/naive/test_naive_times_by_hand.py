"""The rules of gtd, opg and cls, worked out by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.naive.builders import MARGIN, day_bar, days, hour_bar, op, play, states, stock, told
from tests.naive.hours import new_york
from tests.naive.markets import STOCK_SESSIONS
from tests.naive.scenario import HOUR, NaiveCosts

QUIET = "100 100 100 100"
MON, TUE, WED, FRI, SAT = (f"2021-04-{day:02}" for day in (5, 6, 7, 9, 10))


@pytest.mark.parametrize(
    ("expires", "fills", "state"),
    [
        (WED, [], "cancelled gtd"),
        ("2021-04-08", ["1 buy 10 @ 95 bar 3"], "filled"),  # Thursday is the day whose bar reaches 95
        ("2021-05-01", ["1 buy 10 @ 95 bar 3"], "filled"),
    ],
)
def test_gtd_order_works_until_the_session_of_its_date_closes(expires: str, fills: list[str], state: str) -> None:
    bars = days(QUIET, QUIET, QUIET, "100 100 95 95", QUIET)
    result = play(bars, {0: [op("buy", 10, limit="95", tif="gtd", expires=expires)]})
    assert (told(result.fills), states(result)) == (fills, [state])


def test_gtd_until_a_saturday_works_until_friday() -> None:
    program = {0: [op("buy", 10, limit="95", tif="gtd", expires=SAT)]}
    assert states(play(days(*[QUIET] * 5, "90 90 90 90"), program)) == ["cancelled gtd"]
    assert told(play(days(*[QUIET] * 4, "90 90 90 90"), program).fills) == ["1 buy 10 @ 90 open 4"]


def test_gtd_with_extended_hours_works_until_they_end() -> None:
    bars = [hour_bar(0, 18, QUIET), hour_bar(0, 19, QUIET), hour_bar(0, 20, "90 90 90 90"), hour_bar(1, 14, QUIET)]
    program = {0: [op("buy", 10, limit="95", tif="gtd", expires=MON, extended_hours=late) for late in (True, False)]}
    result = play(bars, program)
    assert told(result.fills) == ["1 buy 10 @ 90 open 0"]
    assert states(result) == ["filled", "cancelled gtd"]


def test_gtd_of_a_day_that_is_over_is_no_order() -> None:
    assert states(play(days(QUIET, QUIET), {0: [op("buy", 10, tif="gtd", expires=MON)]})) == []


def test_gtd_leg_that_still_waits_is_cancelled_and_its_entry_goes_on() -> None:
    legs = [op("buy", 10, limit="95", tif="gtc"), op("sell", 10, stop="90", tif="gtd", expires=TUE), op("oto", 1, 2)]
    result = play(days(QUIET, QUIET, "95 95 95 95", "80 80 80 80"), {0: legs})
    assert told(result.fills) == ["1 buy 10 @ 95 open 2"]
    assert states(result) == ["filled", "cancelled gtd"]


def test_replaced_gtd_order_keeps_its_date_until_another_time_is_asked_for() -> None:
    bars = days(*[QUIET] * 4, "95 95 95 95")
    program = {0: [op("buy", 10, limit="90", tif="gtd", expires=WED)], 1: [op("replace", 1, limit="95")]}
    assert states(play(bars, program)) == ["cancelled replaced", "cancelled gtd"]
    program[1] = [op("replace", 1, limit="95", tif="gtc")]
    assert states(play(bars, program)) == ["cancelled replaced", "filled"]


# On the open. Hourly bars start at full hours: that of 13:00 UTC opens the session of 13:30.
@pytest.mark.parametrize(
    ("placed", "options", "fills", "state"),
    [
        (0, {}, ["1 buy 10 @ 101 open 1"], "filled"),  # in the evening before
        (1, {}, ["1 buy 10 @ 101 open 1"], "filled"),  # before the market opens
        (2, {}, [], "accepted"),  # an hour too late: it waits for the session after
        (0, {"limit": "101"}, ["1 buy 10 @ 101 open 1"], "filled"),
        (0, {"limit": "100"}, [], "cancelled opg"),  # 99 in its first hour comes after the open
    ],
)
def test_opg_order_has_the_open_of_a_session(
    placed: int, options: dict[str, str], fills: list[str], state: str
) -> None:
    bars = [hour_bar(0, 19, QUIET), hour_bar(1, 12, "90 90 90 90"), hour_bar(1, 13, "101 102 99 100")]
    bars += [hour_bar(1, 14, QUIET), hour_bar(1, 15, QUIET)]
    result = play(bars, {placed: [op("buy", 10, tif="opg", **options)]})
    assert (told(result.fills), states(result)) == (fills, [state])


def test_opg_order_has_the_first_price_of_a_session_whose_first_bars_are_missing_or_empty() -> None:
    bars = [hour_bar(0, 19, QUIET), hour_bar(1, 14, "101 101 101 101", "0"), hour_bar(1, 15, "102 103 102 103")]
    assert told(play(bars, {0: [op("buy", 10, tif="opg")]}).fills) == ["1 buy 10 @ 102 open 1"]


def test_opg_order_beyond_the_cap_is_cancelled_with_what_it_lacks() -> None:
    bars = [day_bar(0, QUIET), day_bar(1, QUIET, "40"), day_bar(2, QUIET)]
    costs = NaiveCosts(max_participation=Decimal("0.1"))
    result = play(bars, {0: [op("buy", 10, tif="opg")]}, costs=costs)
    assert told(result.fills) == ["1 buy 4 @ 100 open 1"]
    assert states(result) == ["cancelled opg"]


# On the close. The last regular bar starts at 19:00 UTC.
@pytest.mark.parametrize(
    ("placed", "options", "fills", "state"),
    [
        (0, {}, ["1 buy 10 @ 104 bar 0"], "filled"),
        (1, {}, ["1 buy 10 @ 104 bar 0"], "filled"),  # as the last bar begins
        (2, {}, [], "accepted"),  # too late: it is for the next session
        (0, {"limit": "104"}, ["1 buy 10 @ 104 bar 0"], "filled"),
        (0, {"limit": "103"}, [], "cancelled cls"),  # the low of 99 came before the close
    ],
)
def test_cls_order_has_the_close_of_a_session(
    placed: int, options: dict[str, str], fills: list[str], state: str
) -> None:
    bars = [hour_bar(0, 17, QUIET), hour_bar(0, 18, "100 100 90 100"), hour_bar(0, 19, "101 105 99 104")]
    bars += [hour_bar(0, 20, QUIET), hour_bar(1, 14, QUIET)]
    result = play(bars, {placed: [op("buy", 10, tif="cls", **options)]})
    assert (told(result.fills), states(result)) == (fills, [state])


@pytest.mark.parametrize("last", [[], [hour_bar(0, 19, "90 90 90 90", "0")]])
def test_cls_order_of_a_session_whose_last_bar_is_missing_or_empty_is_cancelled(last: list[object]) -> None:
    bars = [hour_bar(0, 17, QUIET), hour_bar(0, 18, QUIET), *last, hour_bar(1, 14, QUIET), hour_bar(1, 19, QUIET)]
    result = play(bars, {0: [op("buy", 10, tif="cls")]})  # type: ignore[arg-type]
    assert (result.fills, states(result)) == ([], ["cancelled cls"])


def test_cls_order_follows_an_early_close() -> None:
    bars = [hour_bar(0, hour, QUIET) for hour in (15, 16)] + [hour_bar(0, 17, "100 100 98 98")]
    early = [replace(bar, session_close=bars[0].session * 24 * HOUR + 18 * HOUR) for bar in bars]
    assert told(play(early, {0: [op("buy", 10, tif="cls")]}).fills) == ["1 buy 10 @ 98 bar 0"]
    assert told(play(bars, {0: [op("buy", 10, tif="cls")]}).fills) == []


def test_order_on_the_close_comes_after_all_that_its_bar_does() -> None:
    # What is held is sold inside the bar by the younger order: nothing is left for the older one.
    program = {0: [op("buy", 10)], 1: [op("sell", 10, tif="cls"), op("sell", 10, limit="101")]}
    result = play(days(QUIET, QUIET, "100 102 99 100"), program)
    assert told(result.fills)[1:] == ["3 sell 10 @ 101 bar 2"]
    assert states(result) == ["filled", "rejected cannot_pay", "filled"]


def test_legs_of_an_entry_on_the_close_act_from_the_next_bar_on() -> None:
    # The bar's low of 90 came before the entry: the stop is touched in the next one.
    program = {0: [op("buy", 10, tif="cls", stop_loss="95", take_profit="105")]}
    result = play(days(QUIET, "100 110 90 100", "100 100 94 94"), program)
    assert told(result.fills) == ["1 buy 10 @ 100 bar 1", "3 sell 10 @ 95 bar 2"]


def test_open_to_close_of_one_day_by_oto() -> None:
    program = {0: [op("buy", 10, tif="opg"), op("sell", 10, tif="cls"), op("oto", 1, 2)]}
    result = play(days(QUIET, "101 103 99 102", QUIET), program)
    assert told(result.fills) == ["1 buy 10 @ 101 open 1", "2 sell 10 @ 102 bar 1"]


def test_leg_on_the_close_has_the_close_of_the_bar_inside_which_its_entry_filled() -> None:
    program = {0: [op("buy", 10, limit="99"), op("sell", 10, tif="cls"), op("oto", 1, 2)]}
    assert told(play(days(QUIET, "101 103 99 102", QUIET), program).fills)[1:] == ["2 sell 10 @ 102 bar 1"]


def test_leg_on_the_open_waits_for_a_session_that_opens_after_it_was_started() -> None:
    program = {0: [op("buy", 10, tif="opg"), op("sell", 10, tif="opg"), op("oto", 1, 2)]}
    result = play(days(QUIET, "101 103 99 102", "97 98 96 97"), program)
    assert told(result.fills) == ["1 buy 10 @ 101 open 1", "2 sell 10 @ 97 open 2"]


@pytest.mark.parametrize("tif", ["opg", "cls"])
@pytest.mark.parametrize("options", [{"stop": "101"}, {"trail": "1"}, {"trail_percent": "1"}, {"extended_hours": True}])
def test_order_on_open_or_close_has_neither_stop_nor_extended_hours(tif: str, options: dict[str, str]) -> None:
    assert states(play(days(QUIET, QUIET), {0: [op("buy", 10, tif=tif, **options)]})) == []


def test_hours_of_the_hand_made_sessions() -> None:
    bar = day_bar(0, QUIET)
    assert bar.session_begins == new_york(STOCK_SESSIONS[0], 9, 30)
    assert bar.end == bar.session_close == new_york(STOCK_SESSIONS[0], 16)
    assert states(play([stock([bar])], {0: [op("sell", 1, tif="gtd", expires=FRI)]}, account=MARGIN)) == ["accepted"]

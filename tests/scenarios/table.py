"""What went wrong for users of other systems: a name of each, what Weaver does, and the tests that show it."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "live-scenarios.md"
JOURNAL = "integration/trading/scenarios/test_by_the_journal.py"
ORDERS = "integration/trading/orders/test_orders_at_the_venue.py"
STREAM = "integration/trading/orders/test_stream_away.py"
PERMITS = "integration/trading/venue/test_permits.py"
SOCKET = "unit/veda/adapters/alpaca/streams/test_socket.py"
RUNS = "integration/trading/runs/test_paper_run.py"
FAULTS = "integration/alpaca/test_faults.py"
CLOSE = "integration/trading/runs/test_session_close.py"
OVER_A_CLOSE = f"{CLOSE}::test_run_over_a_close_keeps_its_exits_and_is_flattened_at_the_next_open"
SIMULATION = "simulation/test_simulation.py"
ANY_SEED = f"{SIMULATION}::test_nothing_is_lost_doubled_or_left_behind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One thing that went wrong. `tests`: by file (from the folder of all tests on) and name."""

    name: str
    reported: str
    does: str
    tests: tuple[str, ...]


SCENARIOS = (
    Scenario(
        name="held legs, or order 51, are missing from the list",
        reported="alpaca-trade-api-python#322, #362; alpaca-py#544",
        does="Lists are asked for with their legs, 500 orders a page, to the last page. A leg is its entry's, whatever "
        "client id the venue made up for it, and no stranger's.",
        tests=(
            f"{ORDERS}::test_legs_and_the_fifty_first_order_are_found_after_a_restart",
            f"{JOURNAL}::test_orders_are_listed_with_their_legs_five_hundred_a_page",
        ),
    ),
    Scenario(
        name="an entry ends part-filled, and the venue cancels the whole group",
        reported="freqtrade#8374",
        does="Exits for what has filled are placed at once, as an oco. Until they stand `risk.Unprotected` says so.",
        tests=(f"{ORDERS}::test_part_filled_and_cancelled_entry_has_exits_again_at_once",),
    ),
    Scenario(
        name="a day entry's legs die at the close",
        reported="Alpaca-API#283; alpaca-trade-api-python#357",
        does="Exits are gtc unless `exit_tif` says otherwise, so the bracket is sent as gtc, and Weaver cancels what "
        "is left of a day entry at the close. Exits that expire under a position are told, and "
        "placed anew.",
        tests=(
            f"{ORDERS}::test_exits_of_a_day_entry_outlive_the_close_and_its_rest_does_not",
            f"{ORDERS}::test_exits_for_the_day_that_expire_under_a_position_are_told_and_placed_anew",
            OVER_A_CLOSE,
        ),
    ),
    Scenario(
        name="closing while a leg holds the shares",
        reported="Alpaca-API#111, #199; alpaca-py#400",
        does="An order behind cancels of its own tick waits until they are final. Then it is sent for what is left, or "
        "ended with a reason where nothing is.",
        tests=(
            f"{ORDERS}::test_close_behind_cancels_waits_until_they_are_final",
            f"{ORDERS}::test_close_behind_a_leg_that_fills_meanwhile_is_dropped",
        ),
    ),
    Scenario(
        name="204 on a cancel, yet the order stays open",
        reported="Alpaca-API#71, #72; freqtrade#1858",
        does="A cancel that nothing confirms is asked for again every 10 s, and told after 30 s.",
        tests=(
            f"{ORDERS}::test_cancel_that_was_confirmed_and_changed_nothing_is_asked_again",
            f"{ORDERS}::test_cancel_that_nothing_confirms_is_asked_again_and_told",
        ),
    ),
    Scenario(
        name="long to short in one order",
        reported="Alpaca-API#90, #250; alpaca-trade-api-python#129",
        does="An order through zero is sent as a close and, once that has filled, an opening, each under an id of its "
        "own. The strategy sees one order.",
        tests=(
            f"{JOURNAL}::test_order_through_zero_is_a_close_and_then_an_opening_at_the_exchange",
            f"{ORDERS}::test_order_through_zero_closes_and_then_opens",
        ),
    ),
    Scenario(
        name="two runs on one account, on opposite sides",
        reported="Alpaca-API#82; alpaca-java#145",
        does="An entry that could meet another run's order is refused, and names that run. An exit never is: what "
        "stands in its way is cancelled first. What a venue refuses is classed by its text.",
        tests=(
            f"{ORDERS}::test_entry_against_another_run_is_refused_by_name_and_an_exit_is_not",
            "unit/veda/adapters/alpaca/wire/test_refusals.py::test_refusal_is_classed_by_its_text",
        ),
    ),
    Scenario(
        name="the crypto fee is taken in coins",
        reported="alpaca-java#148; Lean#4851; freqtrade#2383",
        does="What the venue names as its fees (`CFEE`) is charged once, by order or by what each run bought that day; "
        "until then a difference that fees on its own buys can be is estimated, and given back where it was too much. "
        "A run closes no more than is at the venue, in whole lots; a close that is refused is sent for what a look "
        "shows; a rest below a lot is named dust.",
        tests=(
            "integration/trading/venue/test_coin_fees.py::test_close_ahead_of_the_first_look_is_refused_and_sent_for_what_is_there",
            "integration/trading/venue/test_coin_fees.py::test_what_the_venue_names_takes_the_place_of_the_estimate_once",
            "integration/trading/venue/test_coin_fees.py::test_fees_of_what_was_traded_outside_are_nobodys_by_name",
            "unit/veda/accounts/test_coin_fees.py::test_estimate_that_was_too_high_is_given_back",
            "unit/veda/accounts/test_coin_fees.py::test_fee_is_charged_once_over_looks_and_restarts",
            "integration/trading/venue/test_coin_fees.py::test_run_holds_what_is_left_of_its_coins_and_can_sell_all_of_it",
            "integration/trading/venue/test_coin_fees.py::test_fees_are_shared_to_who_bought_and_outlive_a_restart",
            "integration/trading/venue/test_coin_fees.py::test_close_before_the_fee_is_booked_is_for_what_is_there",
            "unit/veda/positions/test_coin_fees.py::test_a_shortage_is_shared_in_proportion_to_the_last_digit",
            "unit/veda/trading/changes/test_placing.py::test_a_close_is_for_whole_lots_of_what_is_at_the_venue",
            "unit/veda/positions/test_sub_ledger.py::test_a_fee_in_the_asset_makes_the_rest_cost_more",
            "unit/veda/positions/test_attribution.py::test_a_rest_under_a_lot_is_dust",
            "unit/veda/runs/mirror/test_mirror.py::test_a_fee_in_the_asset_is_not_held",
        ),
    ),
    Scenario(
        name="BTCUSD or BTC/USD, and ids that are not the asset's",
        reported="alpaca-py#490, #537",
        does="Positions are matched by one map of spellings, made of the venue's list of assets; ids of theirs are not "
        "trusted.",
        tests=(f"{ORDERS}::test_position_under_another_spelling_and_id_is_the_runs",),
    ),
    Scenario(
        name="buying power taken for cash, and coins zeroed by a sync",
        reported="Lean.Brokerages.Alpaca#59, #66",
        does="Cash is the venue's `cash`; coins are positions, and stay.",
        tests=(f"{ORDERS}::test_cash_is_cash_and_coins_stay",),
    ),
    Scenario(
        name="a fill was never streamed",
        reported="Lean.Brokerages.Alpaca#28; alpaca-py#371",
        does="Fills are polled for every 30 s, and a market order that is silent for 5 s is asked for at once.",
        tests=(f"{ORDERS}::test_fill_that_was_not_streamed_is_found",),
    ),
    Scenario(
        name="orders were sent while the update stream was down",
        reported="Lean.Brokerages.Alpaca#60",
        does="Entries wait for the order stream and a first look at the venue, 10 s at most, and are refused then. "
        "Exits wait for neither.",
        tests=(
            f"{STREAM}::test_entry_waits_ten_seconds_for_the_stream_and_an_exit_does_not",
            f"{STREAM}::test_entry_goes_once_the_stream_is_there_again",
        ),
    ),
    Scenario(
        name="a mute socket, 429 on the upgrade, no watchdog",
        reported="alpaca-py#740; Lean.Brokerages.Alpaca#37",
        does="A silent stream is asked after in its market's hours, and not while its symbols are halted; what it "
        "should have said is made up for, and it is connected anew. Waits between tries grow, shortened by chance.",
        tests=(
            f"{RUNS}::test_paper_run_goes_on_though_its_streams_are_mute",
            f"{FAULTS}::test_mute_bars_are_found_within_two_minutes_of_the_session",
            f"{FAULTS}::test_halt_is_told_and_its_silence_is_no_muteness",
            f"{FAULTS}::test_disconnect_is_told_and_what_happened_meanwhile_is_asked_for",
            "integration/alpaca/test_watchdog.py::test_weekend_is_left_alone_and_pairs_are_not",
            "integration/alpaca/test_watchdog.py::test_mute_order_stream_is_found_within_thirty_seconds",
            f"{SOCKET}::test_waits_between_connections_grow_and_are_shortened_by_chance",
            f"{SOCKET}::test_what_did_not_come_is_told_before_what_comes_where_that_matters",
        ),
    ),
    Scenario(
        name="bars are lost over reconnects",
        reported="alpaca-trade-api-python#588",
        does="What a gap lacks is asked for by REST before the next tick is decided; what comes after its tick is "
        "recorded as late.",
        tests=(
            f"{RUNS}::test_paper_run_goes_on_over_a_lost_connection",
            f"{FAULTS}::test_bars_of_a_gap_come_by_asking_before_any_newer",
            "unit/veda/feed/test_ticks.py::test_long_gap_gives_whole_ticks_however_late_its_minutes_come",
        ),
    ),
    Scenario(
        name="closing hangs after the network is lost",
        reported="pylivetrader#127",
        does="Closing has its own limit of 5 s, whatever is under way.",
        tests=(
            "integration/alpaca/test_closing.py::test_connecting_to_nothing_that_answers_ends_with_closing",
            "integration/alpaca/test_closing.py::test_streams_that_never_come_up_end_with_closing",
            "integration/alpaca/test_closing.py::test_order_that_is_under_way_is_unknown_when_all_is_closed",
        ),
    ),
    Scenario(
        name="an inferred and a real fill were both counted",
        reported="nautilus_trader#3046, #3493; hummingbot#1663",
        does="A fill counts as far as it raises its order's cumulative quantity, under whichever ids it comes.",
        tests=(
            f"{ORDERS}::test_fill_counts_once_however_it_is_told",
            "unit/veda/orders/test_folding.py::test_a_fill_that_comes_twice_under_two_ids_counts_once",
        ),
    ),
    Scenario(
        name="an empty answer was taken for a flat account",
        reported="nautilus_trader#4736; Alpaca-API#278",
        does="Nothing is gone or flat because a list is empty, short or not there: it is asked for by its id.",
        tests=(f"{ORDERS}::test_empty_lists_make_nothing_gone", ANY_SEED),
    ),
    Scenario(
        name="a submit that timed out was declared rejected, and filled later",
        reported="nautilus_trader#4152, #4958",
        does="An order of unknown fate is rejected only when a healthy venue has denied it three times over a minute. "
        "Found later it is adopted, and its rest cancelled; fills of it, and more than was ordered, are booked.",
        tests=(
            f"{ORDERS}::test_submit_without_an_answer_is_found_at_the_venue",
            f"{ORDERS}::test_submit_that_never_came_is_rejected_after_a_minute_only",
            f"{JOURNAL}::test_submit_that_was_denied_and_comes_to_light_is_cancelled_and_never_sent_again",
            "unit/veda/runs/mirror/test_mirror.py::test_a_fill_of_a_rejected_order_is_booked",
            "unit/veda/runs/mirror/test_mirror.py::test_more_than_was_ordered_is_booked",
            ANY_SEED,
        ),
    ),
    Scenario(
        name="an ambiguous modify",
        reported="nautilus_trader#4564; alpaca-py#412",
        does="A replacement carries a client id of ours, and its fate is found by that and by `replaced_by`.",
        tests=(
            f"{ORDERS}::test_change_whose_answer_was_lost_leaves_one_live_order",
            f"{ORDERS}::test_change_that_never_came_leaves_none_and_sends_no_entry_late",
        ),
    ),
    Scenario(
        name="the venue replaces a leg by itself",
        reported="alpaca-backtrader-api#80",
        does="A chain of `replaces` that Weaver did not begin is followed.",
        tests=(f"{ORDERS}::test_leg_that_the_venue_replaced_is_followed",),
    ),
    Scenario(
        name="a part-filled order of unknown fate was rejected for ever",
        reported="nautilus_trader#4479",
        does="Part-filled and gone is cancelled, and keeps its fills.",
        tests=(f"{ORDERS}::test_part_filled_order_that_is_gone_is_cancelled_with_its_fills",),
    ),
    Scenario(
        name="a restart loses or invents pending orders",
        reported="nautilus_trader#5000; freqtrade#10436; hummingbot#3374",
        does="Orders are written down before they are sent, and a run's ticks with what they led to. What was being "
        "sent is looked up; no entry is sent late.",
        tests=(
            "acceptance/trading/test_orders.py::test_orders_outlive_a_restart",
            "kill_trading/test_kill_trading.py::test_trading_on_a_file_loses_and_doubles_nothing",
            "kill_trading/test_kill_trading.py::test_trading_on_postgresql_loses_and_doubles_nothing",
            ANY_SEED,
        ),
    ),
    Scenario(
        name="a stock splits, and legs are not adjusted",
        reported="alpaca-py#469",
        does="Before the open after it, exits are cancelled and placed anew for as many shares, at as high prices, as "
        "there are then. Where that cannot be done, entries of the symbol halt, and why is told.",
        tests=(
            "integration/trading/runs/test_splits.py::test_exits_are_cancelled_and_placed_anew_for_the_shares_after_a_split",
            f"{JOURNAL}::test_symbol_whose_exits_cannot_be_scaled_takes_no_entries_until_they_are",
        ),
    ),
    Scenario(
        name="an attached stop was silently dropped",
        reported="alpaca-py#289",
        does="A taken order that lacks the exits it was sent with is protected by an oco, or closed where that cannot "
        "be; told.",
        tests=(
            f"{ORDERS}::test_entry_whose_legs_were_dropped_is_protected",
            f"{JOURNAL}::test_position_whose_exits_the_venue_takes_in_no_form_is_closed_and_told",
        ),
    ),
    Scenario(
        name="the session is wrong when seen from Asia, and early closes",
        reported="lumibot#247; pandas_market_calendars#390",
        does="Sessions are the exchange's whatever the machine's time zone: over both changes of New York's clocks, "
        "and on half days.",
        tests=(
            OVER_A_CLOSE,
            "unit/veda/feed/test_ticks_resampling.py::test_ticks_of_minutes_that_come_in_disorder_are_the_resampled_bars",
            "unit/veda/feed/test_ticks.py::test_half_day_closes_at_one",
        ),
    ),
    Scenario(
        name="a forming bar taken as closed, a bar revised later",
        reported="lumibot#1038; alpaca-java#166",
        does="Bars that have not ended are dropped, and a stock's daily bar counts 20 minutes after the close in "
        "history and a minute after it in a run. A revision is recorded, told, and changes no past decision.",
        tests=(
            "unit/veda/adapters/alpaca/wire/test_bars.py::test_bar_that_has_not_ended_is_left_out",
            "unit/veda/adapters/alpaca/wire/test_bars.py::test_daily_stock_bar_counts_twenty_minutes_after_its_close",
            "integration/trading/runs/test_revised_bars.py::test_revised_bar_is_told_and_changes_nothing_that_was_seen",
            "unit/veda/feed/test_ticks.py::test_forming_bar_is_never_told",
            "unit/veda/feed/test_ticks.py::test_correction_counts_before_the_tick_and_is_late_after_it",
            "unit/veda/feed/test_ticks.py::test_daily_bar_of_a_stock_waits_a_minute_after_the_close_for_corrections",
        ),
    ),
    Scenario(
        name="account or asset blocked, not shortable, halted",
        reported="lumibot#373",
        does="A start looks at the flags of the account and of each asset, and shows them; each look at the venue, and "
        "the stream's halts, do so again. They halt entries, with a reason, until they are gone.",
        tests=(
            f"{PERMITS}::test_account_that_is_blocked_takes_no_entries_and_lets_exits_through",
            f"{PERMITS}::test_asset_that_is_no_longer_traded_takes_no_entries",
            f"{PERMITS}::test_asset_that_cannot_be_sold_short_is_not",
            f"{FAULTS}::test_flags_of_assets_are_told_and_obeyed",
            f"{FAULTS}::test_flags_of_the_account_are_told",
        ),
    ),
    Scenario(
        name="the paper account was reset or deleted",
        reported="Alpaca-API#151, #167",
        does="Another account than the remembered one halts entries there until a person says that it is meant.",
        tests=(
            f"{PERMITS}::test_another_account_takes_no_entries_until_a_person_says_that_it_is_meant",
            f"{FAULTS}::test_new_account_has_another_id",
        ),
    ),
    Scenario(
        name="the clock is off by seconds",
        reported="freqtrade#3555, #9404",
        does="It is asked for every half minute. More than 2 s between it and the machine's are told, more than 30 s "
        "stop entries as long as they last. A venue on this machine has a time of its own, by which it is measured.",
        tests=(
            "integration/trading/venue/test_clock.py::test_clock_that_is_off_is_told_stops_entries_and_no_exit",
            "unit/veda/accounts/test_clock_watch.py::test_two_seconds_are_told_past_and_thirty_stop_entries",
            "unit/veda/accounts/test_clock_watch.py::test_it_ends_by_itself_and_is_told_anew",
            f"{FAULTS}::test_skew_of_a_running_clock_is_measured",
        ),
    ),
)


def page(scenarios: Sequence[Scenario] = SCENARIOS) -> str:
    """The table as a page has it."""
    head = "| what happened | reported in | what Weaver does | shown by |\n|---|---|---|---|"
    return "\n".join([head, *(_row(number, one) for number, one in enumerate(scenarios, 1))])


def _row(number: int, one: Scenario) -> str:
    shown = "<br>".join(f"`{name}`" for name in one.tests)
    return f"| {number}. {one.name} | {one.reported} | {one.does} | {shown} |"


def names_in(file: Path) -> set[str]:
    """Names of the tests that stand in a file."""
    found = ast.parse(file.read_text()).body
    return {one.name for one in found if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}

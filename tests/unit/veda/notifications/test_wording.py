"""Each event that people are told of, in words."""

from collections.abc import Mapping

import pytest

from tests.unit.veda.notifications.told import PAYLOADS, event, run
from weaver.events.payloads import PAYLOADS as DEFINED
from weaver.model.run import RunMode
from weaver.veda.notifications.notification import Level, NotificationKind
from weaver.veda.notifications.wording import KINDS, TEXT_LENGTH_MAX, notification_of

OF_RUN, AT = "Run: trend (01a2-run), paper at alpaca", "When: 2026-03-02 14:30:00 UTC"
SAID: Mapping[str, tuple[str, tuple[str, ...], Level]] = {
    "run.Error": (
        "Weaver: run 'trend' failed",
        (OF_RUN, "Why: trend.py, line 14, in on_bar: ZeroDivisionError: division by zero", "Look: /runs/01a2-run", AT),
        Level.FAILURE,
    ),
    "run.Halted": (
        "Weaver: run 'trend' is halted",
        (OF_RUN, "Why: daily loss of 2.1 % is over the limit of 2 %", "Look: /runs/01a2-run", AT),
        Level.FAILURE,
    ),
    "run.Stopped": (
        "Weaver: run 'trend' has stopped",
        (OF_RUN, "Why: stopped by the operator", "Look: /runs/01a2-run", AT),
        Level.INFO,
    ),
    "risk.LimitBreached": (
        "Weaver: limit drawdown is breached by run 'trend'",
        (
            OF_RUN, "Account: alpaca paper", "Why: a drawdown of 5.2 % is over the limit of 5 %",
            "Limit: 0.05, reached: 0.052", "Look: /risk", AT,
        ),
        Level.FAILURE,
    ),
    "risk.KillSwitchOn": (
        "Weaver: the kill switch is on over all accounts",
        ("Account: all accounts", "Why: by the operator", "Positions are being closed", "Look: /risk", AT),
        Level.FAILURE,
    ),
    "risk.KillSwitchOff": (
        "Weaver: the kill switch is off over alpaca paper",
        ("Account: alpaca paper", "Look: /risk", AT),
        Level.SUCCESS,
    ),
    "risk.Unprotected": (
        "Weaver: AAPL is unprotected",
        (
            OF_RUN, "Account: alpaca paper", "Position: 40 AAPL", "Why: the venue dropped the exits", "Look: /account",
            AT,
        ),
        Level.FAILURE,
    ),
    "risk.ProtectionRestored": (
        "Weaver: AAPL is protected again",
        (OF_RUN, "Account: alpaca paper", "Position: 40 AAPL", "Look: /account", AT),
        Level.SUCCESS,
    ),
    "data.FeedStale": (
        "Weaver: the feed of alpaca paper is stale",
        (
            "Account: alpaca paper", "Symbols: AAPL", "Why: the socket is mute", "Since: 2026-03-02 14:29:00 UTC",
            "Look: /settings", AT,
        ),
        Level.WARNING,
    ),
    "data.FeedRestored": (
        "Weaver: the feed of alpaca paper is restored",
        ("Account: alpaca paper", "Look: /settings", AT),
        Level.SUCCESS,
    ),
    "orders.Warned": (
        "Weaver: order in AAPL: exit refused",
        (
            OF_RUN, "Account: alpaca paper", "Symbol: AAPL", "Order: 01a2-run-7", "Why: the venue refused the stop",
            "Look: /orders/01a2-run-7", AT,
        ),
        Level.WARNING,
    ),
    "account.DaySummarised": (
        "Weaver: alpaca paper, 2026-03-02: P&L 120.5",
        (
            "Account: alpaca paper", "Equity of the account: 100250.1", "Since: 2026-02-27 21:00:00 UTC",
            "Run trend: equity 10120.5, P&L 120.5, trades 3", "  positions: 40 AAPL", "Look: /account", AT,
        ),
        Level.INFO,
    ),
}  # fmt: skip


@pytest.mark.parametrize("type_", PAYLOADS)
def test_event_is_told_with_what_which_why_when_and_where_to_look(type_: str) -> None:
    told = notification_of(event(type_), run() if "run_id" in PAYLOADS[type_] else None)
    assert told is not None
    assert (told.title, told.lines, told.level) == SAID[type_]
    assert (told.kind, told.body) == (KINDS[type_], "\n".join(told.lines))


def test_each_kind_has_an_event_and_each_event_words() -> None:
    assert set(KINDS.values()) == set(NotificationKind)
    assert KINDS.keys() == PAYLOADS.keys() == SAID.keys()


@pytest.mark.parametrize("type_", sorted(PAYLOADS.keys() & DEFINED.keys()))
def test_payloads_here_are_those_that_are_recorded(type_: str) -> None:
    DEFINED[type_].model_validate(PAYLOADS[type_])


@pytest.mark.parametrize("type_", ["run.Error", "run.Halted", "run.Stopped"])
def test_backtests_and_runs_that_were_deleted_are_not_told(type_: str) -> None:
    assert notification_of(event(type_), run(mode=RunMode.BACKTEST, venue=None)) is None
    assert notification_of(event(type_), None) is None


def test_breach_of_a_deleted_run_is_told_by_its_id() -> None:
    told = notification_of(event("risk.LimitBreached"), None)
    assert told is not None
    assert told.title == "Weaver: limit drawdown is breached by run 01a2-run"
    assert told.lines[0] == "Run: 01a2-run"


def test_breach_of_a_symbol_and_of_an_account_name_them() -> None:
    of_symbol = notification_of(event("risk.LimitBreached", run_id=None, symbol="AAPL"), None)
    of_account = notification_of(event("risk.LimitBreached", run_id=None, value=""), None)
    assert of_symbol is not None
    assert of_account is not None
    assert of_symbol.title.endswith("by AAPL")
    assert "Symbol: AAPL" in of_symbol.lines
    assert of_account.title.endswith("by alpaca paper")
    assert not any(line.startswith("Limit") for line in of_account.lines)


def test_breach_of_the_first_version_has_its_rule_in_limit() -> None:
    told = notification_of(event("risk.LimitBreached", rule="", value="", limit="daily_loss"), run())
    assert told is not None
    assert told.title.startswith("Weaver: limit daily_loss is breached")


def test_what_others_wrote_becomes_one_line_of_bounded_length() -> None:
    told = notification_of(event("run.Error", error="first\n\x1b[31msecond\r\t third " + "x" * 5_000), run(name="a\nb"))
    assert told is not None
    why = told.lines[1]
    assert why.startswith("Why: first [31msecond third xxx")
    assert len(why) == TEXT_LENGTH_MAX
    assert all(line.isprintable() for line in (told.title, *told.lines))


def test_day_of_many_positions_shows_ten_and_counts_the_rest() -> None:
    held = [{"symbol": f"S{number}", "quantity": "1"} for number in range(12)]
    day = {**PAYLOADS["account.DaySummarised"]["runs"][0], "positions": held, "positions_total": 30}
    none = {**day, "positions": [], "positions_total": 0}
    told = notification_of(event("account.DaySummarised", runs=[day, none], equity=None), None)
    assert told is not None
    assert "  positions: 1 S0, 1 S1, 1 S2, 1 S3, 1 S4, 1 S5, 1 S6, 1 S7, 1 S8, 1 S9 and 20 more" in told.lines
    assert "  positions: none" in told.lines
    assert not any("of the account" in line for line in told.lines)

"""`weaver runs promote`: what it asks of the server, and how it shows the answer."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.unit.cli.terminal import Terminal
from tests.unit.cli.trading.answers import answering

RUN: dict[str, Any] = {"id": "r1", "name": "dip buyer", "mode": "backtest"}
RESULTS: dict[str, Any] = {"warnings": [], "stats": {}}
GATES = [
    {"name": "min_days", "limit": 20, "value": 3, "met": False, "told": "3 days; there must be at least 20"},
    {"name": "max_drawdown", "limit": None, "value": 0.1, "met": True, "told": "off"},
]
DIFFERENCES = [{"field": "venue", "before": None, "after": "alpaca"}]
MADE: dict[str, Any] = {
    "run": {"id": "r2", "name": "dip buyer", "mode": "paper"}, "gates": GATES, "differences": DIFFERENCES
}  # fmt: skip
LOOKED = {"met": False, "problem": None, "gates": GATES, "differences": DIFFERENCES}
ANSWERS: dict[str, Any] = {"/runs/r1": RUN, "/runs/r1/results": RESULTS, "/runs/r1/promote": MADE}


def test_gates_and_differences_are_shown_and_how_to_start_the_new_run(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, ANSWERS) as asked:
        lines = terminal.told("runs", "promote", "r1", "--to", "paper", "--override", "it is small").splitlines()
    assert asked.requests[-1] == ("POST", "/runs/r1/promote", {"to": "paper", "override": "it is small"})
    assert [line.split() for line in lines] == [
        ["gate", "limit", "value", "met", "what"],
        ["min_days", "20", "3", "no", "3", "days;", "there", "must", "be", "at", "least", "20"],
        ["max_drawdown", "-", "0.1", "yes", "off"],
        [],
        ["field", "before", "after"],
        ["venue", "not", "given", "alpaca"],
        [],
        ["dip", "buyer", "(r2)", "is", "pending", "on", "paper:", "weaver", "runs", "start", "r2"],
    ]


def test_all_that_is_typed_is_sent(weaver_home: Path, terminal: Terminal) -> None:
    live = {**MADE, "run": {**MADE["run"], "mode": "live"}}
    words = (
        "--venue", "simulated", "--cash", "5000", "--name", "next", "--replay", "2020-01-02", "--speed", "max",
        "--confirm", "next",
    )  # fmt: skip
    with answering(weaver_home, {**ANSWERS, "/runs/r1/promote": live}) as asked:
        told = terminal.told("runs", "promote", "r1", "--to", "live", *words)
    assert asked.requests[-1][2] == {
        "to": "live", "venue": "simulated", "cash": "5000", "name": "next", "replay": "2020-01-02", "speed": "max",
        "confirm": "next",
    }  # fmt: skip
    assert told.endswith("weaver runs start r2 --confirm 'dip buyer'\n")


@pytest.mark.parametrize(
    ("answer", "last"),
    [
        (LOOKED, "Not all gates are met: it takes --override, with a reason\n"),
        ({**LOOKED, "met": True}, "All gates are met\n"),
        ({**LOOKED, "problem": "no keys"}, "It cannot be promoted as things are: no keys\n"),
    ],
)
def test_dry_run_asks_and_does_nothing(
    weaver_home: Path, terminal: Terminal, answer: dict[str, Any], last: str
) -> None:
    with answering(weaver_home, {**ANSWERS, "/runs/r1/promotion?to=live&venue=alpaca": answer}) as asked:
        told = terminal.told("runs", "promote", "r1", "--to", "live", "--venue", "alpaca", "--dry-run")
    assert told.endswith(last)
    assert {method for method, *_ in asked.requests} == {"GET"}


def test_dry_run_asks_about_what_would_be_made(weaver_home: Path, terminal: Terminal) -> None:
    options = {"to": "paper", "venue": "simulated", "cash": "5", "name": "a b", "replay": "2012", "speed": "max"}
    asked_for = f"/runs/r1/promotion?{urlencode(options)}"
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    with answering(weaver_home, {**ANSWERS, asked_for: LOOKED}) as asked:
        terminal.told("runs", "promote", "r1", *words, "--dry-run")
    assert asked.requests[-1] == ("GET", asked_for, None)


def test_json_is_the_servers_answer(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, ANSWERS):
        assert json.loads(terminal.told("runs", "promote", "r1", "--to", "paper", "--json")) == MADE


@pytest.mark.parametrize("code", ["gates_not_met", "conflict"])
def test_refusal_by_the_runs_state_is_one_line_and_no_wrong_input(
    weaver_home: Path, terminal: Terminal, code: str
) -> None:
    error = {"code": code, "message": "min_days: 3 days", "details": [], "correlation_id": "c"}
    with answering(weaver_home, ANSWERS, refused={"/runs/r1/promote": (409, error)}):
        found = terminal.outcome("runs", "promote", "r1", "--to", "paper")
    assert found == (1, "", "error: min_days: 3 days\n")


def test_wrong_words_are_bad_usage(weaver_home: Path, terminal: Terminal) -> None:
    for words in ((), ("--to", "backtest")):
        code, stdout, stderr = terminal.outcome("runs", "promote", "r1", *words)
        assert (code, stdout, len(stderr.splitlines())) == (2, "", 1)
    code, _, stderr = terminal.outcome("runs", "promote", "r1", "--to", "paper")
    assert (code, "weaver up" in stderr) == (1, True)

"""`weaver venues`."""

import json
from pathlib import Path

from tests.unit.cli.terminal import Terminal
from tests.unit.cli.trading.answers import answering

VENUES = {
    "items": [
        {"id": "alpaca", "mode": "paper", "state": "connected", "asset_classes": ["stock", "crypto"], "problem": None},
        {"id": "mine", "mode": "live", "state": "down", "asset_classes": [], "problem": "MY_KEY is not set"},
    ],
    "total": 2,
}


def test_each_venue_is_shown_with_its_state_and_what_is_wrong(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {"/venues": VENUES}):
        lines = terminal.told("venues").splitlines()
    assert [line.split() for line in lines] == [
        ["venue", "mode", "state", "trades", "problem"],
        ["alpaca", "paper", "connected", "stock,", "crypto", "-"],
        ["mine", "live", "down", "-", "MY_KEY", "is", "not", "set"],
    ]


def test_json_is_the_answer_as_it_came(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {"/venues": VENUES}):
        assert json.loads(terminal.told("venues", "--json")) == VENUES


def test_no_venue_is_told(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {"/venues": {"items": []}}):
        assert terminal.told("venues") == "There is no venue\n"


def test_without_a_server_it_says_how_to_start_one(terminal: Terminal) -> None:
    assert terminal.outcome("venues") == (
        1,
        "",
        "error: no server runs on this WEAVER_HOME: start one with `weaver up`\n",
    )

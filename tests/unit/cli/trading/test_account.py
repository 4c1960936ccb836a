"""`weaver account`: accounts as their venues show them."""

import json
from pathlib import Path
from typing import Any

from tests.unit.cli.terminal import Terminal
from tests.unit.cli.trading.answers import answering

ACCOUNTS: dict[str, Any] = {
    "items": [{
        "account": "alpaca paper", "number": "PA1", "status": "ACTIVE", "equity": "101", "cash": "1",
        "buying_power": "2", "currency": "USD", "flags": ["no shorting"],
    }],
    "total": 1, "page": 1, "page_size": 50,
}  # fmt: skip


def test_account_is_shown_in_a_line(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {"/account?venue=alpaca&mode=paper": ACCOUNTS}):
        _, line = terminal.told("account", "--venue", "alpaca", "--mode", "paper").splitlines()
    assert line.split() == ["alpaca", "paper", "PA1", "ACTIVE", "101", "1", "2", "USD", "no", "shorting"]


def test_json_is_the_answer_as_it_came(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {"/account": ACCOUNTS}):
        assert json.loads(terminal.told("account", "--json")) == ACCOUNTS


def test_where_none_is_connected_it_says_how(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {"/account": {"items": []}}):
        assert terminal.told("account") == ("No account is connected: name one, as --venue alpaca --mode paper\n")


def test_venue_that_is_none_is_wrong_input(weaver_home: Path, terminal: Terminal) -> None:
    told = {"code": "not_found", "message": "there is no venue 'nope': there is alpaca, simulated"}
    with answering(weaver_home, {}, refused={"/account?venue=nope": (404, told)}):
        assert terminal.outcome("account", "--venue", "nope") == (2, "", f"error: {told['message']}\n")

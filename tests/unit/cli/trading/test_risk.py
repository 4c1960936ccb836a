"""`weaver risk`: what is shown of limits and halts, and what a change asks of the server."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.proof.jobs import answers
from tests.unit.cli.terminal import Terminal
from tests.unit.cli.trading.answers import answering

OFF = {"account": None, "is_on": False, "reason": "", "at": None, "flatten": False}
ACCOUNT: dict[str, Any] = {
    "account": "alpaca paper", "limits": {"daily_loss": "0.05", "drawdown": None}, "use": {"daily_loss": "0.01"},
    "halts": [], "kill_switch": None,
}  # fmt: skip
RISK: dict[str, Any] = {
    "fields": [{"name": "daily_loss", "title": "Daily loss"}, {"name": "drawdown", "title": "Drawdown"}],
    "kill_switch": OFF, "accounts": [ACCOUNT], "refusals": [],
}  # fmt: skip


def test_limits_are_shown_with_their_use_and_off_is_said(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {"/risk": RISK}):
        lines = terminal.told("risk", "show").splitlines()
    assert [line.split() for line in lines] == [
        ["account", "limit", "value", "used", "what"],
        ["alpaca", "paper", "daily_loss", "0.05", "0.01", "Daily", "loss"],
        ["alpaca", "paper", "drawdown", "off", "-", "Drawdown"],
    ]


def test_halts_and_switches_that_are_on_are_shown(weaver_home: Path, terminal: Terminal) -> None:
    halt = {"scope": "symbol", "name": "AAPL", "cause": "market", "reason": "halted there", "since": "2024-01-02"}
    account = {**ACCOUNT, "halts": [halt], "kill_switch": {**OFF, "is_on": True, "reason": "one", "account": "a b"}}
    everywhere = {**OFF, "is_on": True, "reason": "all of it"}
    with answering(weaver_home, {"/risk": {**RISK, "accounts": [account], "kill_switch": everywhere}}):
        told = terminal.told("risk", "show")
    assert "symbol  AAPL  market  halted there" in told
    assert "the kill switch is ON over all accounts: all of it" in told
    assert "the kill switch is ON over a b: one" in told


def test_no_account_is_told(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {"/risk": {**RISK, "accounts": []}}):
        assert terminal.told("risk", "show") == "No account was ever connected: the defaults hold\n"
        assert json.loads(terminal.told("risk", "show", "--json")) == {**RISK, "accounts": []}


def test_change_is_sent_as_it_was_typed(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {"/risk": ACCOUNT}) as asked:
        told = terminal.told(
            "risk", "set", "alpaca paper", "daily_loss=0.05", "drawdown=off", "only_run_symbols=no",
            "--release", "run=r1", "--release", "symbol=BTC/USD", "--accept-account",
        )  # fmt: skip
    assert asked.requests == [
        ("PUT", "/risk", {
            "account": "alpaca paper",
            "limits": {"daily_loss": "0.05", "drawdown": None, "only_run_symbols": False},
            "release": [{"scope": "run", "name": "r1"}, {"scope": "symbol", "name": "BTC/USD"}],
            "accept_account": True,
        }),
    ]  # fmt: skip
    assert told.splitlines() == ["daily_loss         0.05", "drawdown           off"]


@pytest.mark.parametrize("reference", ["r1", "year"])
def test_limits_of_a_run_are_changed(weaver_home: Path, terminal: Terminal, reference: str) -> None:
    named = {"items": [{"id": "r1"}], "total": 1}
    unknown = {"/runs/year": (404, {"message": "there is no such run", "code": "not_found"})}
    runs = [{"run_id": one, "limits": {"order_max": size}} for one, size in (("r0", "1"), ("r1", "0.2"))]
    found = {"/risk": {**ACCOUNT, "runs": runs}, "/runs?page=1&page_size=2&name=year": named, **answers("replay")}
    with answering(weaver_home, found, refused=unknown) as asked:
        told = terminal.told("risk", "set", "--run", reference, "order_max=0.2")
    limits = {"order_max": "0.2"}
    body = {"run_id": "r1", "limits": limits, "release": [], "accept_account": False}
    assert asked.requests[-1] == ("PUT", "/risk", body)
    assert told.splitlines() == ["order_max          0.2"]


def test_limits_of_nobody_are_not_asked_for(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {"/risk": ACCOUNT}) as asked:
        code, _, error = terminal.outcome("risk", "set", "order_max=0.2")
    assert (code, "name an account ('alpaca paper') first" in error, asked.requests) == (2, True, [])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["daily_loss"], "'daily_loss': write NAME=VALUE"),
        (["daily_loss="], "'daily_loss=': write NAME=VALUE"),
        (["daily_loss=0.1", "daily_loss=0.2"], "daily_loss, daily_loss: give each limit once"),
        (["--release", "world=x"], "a halt is over a run, symbol, account, not 'world'"),
    ],
)
def test_wrong_words_are_refused_and_nothing_is_asked(
    weaver_home: Path, terminal: Terminal, words: list[str], told: str
) -> None:
    with answering(weaver_home, {"/risk": ACCOUNT}) as asked:
        code, _, error = terminal.outcome("risk", "set", "alpaca paper", *words)
    assert (code, told in error) == (2, True)
    assert asked.requests == []

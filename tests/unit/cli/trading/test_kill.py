"""`weaver kill`: the kill switch."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.terminal import Terminal
from tests.unit.cli.trading.answers import answering

SWITCH: dict[str, Any] = {"account": None, "is_on": True, "reason": "enough", "at": None, "flatten": False}


@pytest.mark.parametrize(
    ("words", "answer", "body", "told"),
    [
        (("--reason", "enough"), {}, {"flatten": False}, "The kill switch is on over all accounts\n"),
        (
            ("--reason", "enough", "--flatten", "--account", "alpaca paper"),
            {"flatten": True, "account": "alpaca paper"},
            {"flatten": True, "account": "alpaca paper"},
            "The kill switch is on over alpaca paper, and positions are being closed\n",
        ),
    ],
)
def test_switch_is_turned_on(
    weaver_home: Path, terminal: Terminal, words: tuple[str, ...], answer: dict[str, Any], body: dict[str, Any],
    told: str,
) -> None:  # fmt: skip
    with answering(weaver_home, {"/risk/kill-switch": {**SWITCH, **answer}}) as asked:
        assert terminal.told("kill", *words) == told
    usual = {"account": None, "reason": "enough"}
    assert asked.requests == [("POST", "/risk/kill-switch", {**usual, **body})]


def test_switch_is_released(weaver_home: Path, terminal: Terminal) -> None:
    off = {**SWITCH, "is_on": False}
    with answering(weaver_home, {"/risk/kill-switch": off}) as asked:
        assert terminal.told("kill", "--release") == "The kill switch is off over all accounts\n"
        assert json.loads(terminal.told("kill", "--release", "--json")) == off
    assert asked.requests[0] == ("DELETE", "/risk/kill-switch", {"account": None, "reason": ""})


def test_closing_and_letting_go_on_are_not_asked_for_at_once(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {}) as asked:
        code, stdout, stderr = terminal.outcome("kill", "--release", "--flatten")
    assert (code, stdout, asked.requests) == (2, "", [])
    assert stderr.startswith("error: --flatten closes positions, --release lets trading go on")

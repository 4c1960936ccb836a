"""`weaver positions`: what accounts hold, and whose it is."""

import json
from pathlib import Path
from typing import Any

from tests.unit.cli.proof.jobs import answers
from tests.unit.cli.terminal import Terminal
from tests.unit.cli.trading.answers import answering

POSITION: dict[str, Any] = {
    "account": "alpaca paper", "symbol": "AAPL", "quantity": "7", "price": "10", "market_value": "70",
    "unrealised_pnl": "-1", "owners": [{"quantity": "3", "run_id": "r1"}, {"quantity": "2", "run_id": None}],
    "parts": [{"quantity": "2", "kind": "unexplained"}],
}  # fmt: skip
HELD = {"items": [POSITION], "total": 1}
ALL = "/positions?page_size=500"


def test_each_share_of_a_position_is_shown(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {ALL: HELD}):
        _, line = terminal.told("positions").splitlines()
    assert line.split() == ["alpaca", "paper", "AAPL", "7", "10", "70", "-1", "3", "r1,", "2", "by", "hand,", "2",
                            "unexplained"]  # fmt: skip


def test_json_is_the_answer_as_it_came(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {ALL: HELD}):
        assert json.loads(terminal.told("positions", "--json")) == HELD


def test_run_is_named_by_its_id(weaver_home: Path, terminal: Terminal) -> None:
    asked_for = "/positions?run_id=r1&page_size=500"
    with answering(weaver_home, {**answers("x"), asked_for: {"items": [], "total": 0}}) as asked:
        assert terminal.told("positions", "--run", "r1") == "Nothing is held in the accounts that are connected\n"
    assert asked.requests[-1] == ("GET", asked_for, None)


def test_run_that_is_none_is_wrong_input(weaver_home: Path, terminal: Terminal) -> None:
    nobody = (404, {"message": "there is no such run", "code": "not_found"})
    listed = {"/runs?page=1&page_size=2&name=nope": {"items": [], "total": 0}}
    with answering(weaver_home, listed, refused={"/runs/nope": nobody}):
        found = terminal.outcome("positions", "--run", "nope")
    assert found == (2, "", "error: there is no run 'nope': `weaver runs list` shows them\n")


def test_more_than_a_page_has_is_said(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {ALL: {"items": [POSITION], "total": 1200}}):
        code, _, stderr = terminal.outcome("positions")
    assert (code, stderr) == (0, "1 of 1,200; --venue, --mode and --run show fewer\n")

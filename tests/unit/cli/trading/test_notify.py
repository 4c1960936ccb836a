"""`weaver notify`."""

import json
from pathlib import Path

from tests.unit.cli.terminal import Terminal
from tests.unit.cli.trading.answers import answering

TAKEN = {"number": 1, "scheme": "json", "ok": True, "reason": None}
REFUSED = {"number": 2, "scheme": "tgram", "ok": False, "reason": "the service refused it with HTTP 401"}


def test_each_channel_is_told_and_one_that_fails_is_exit_code_one(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {"/notifications/test": {"items": [TAKEN, REFUSED]}}) as asked:
        assert terminal.outcome("notify", "test") == (
            1,
            "1 (json)  ok\n2 (tgram)  failed: the service refused it with HTTP 401\n",
            "",
        )
    assert asked.requests == [("POST", "/notifications/test", {})]


def test_json_is_the_answer_as_it_came(weaver_home: Path, terminal: Terminal) -> None:
    with answering(weaver_home, {"/notifications/test": {"items": [TAKEN]}}):
        assert json.loads(terminal.told("notify", "test", "--json")) == {"items": [TAKEN]}
    with answering(weaver_home, {"/notifications/test": {"items": [REFUSED]}}):
        code, said, _ = terminal.outcome("notify", "test", "--json")
    assert (code, json.loads(said)) == (1, {"items": [REFUSED]})


def test_without_a_server_it_says_how_to_start_one(terminal: Terminal) -> None:
    said = "error: no server runs on this WEAVER_HOME: start one with `weaver up`\n"
    assert terminal.outcome("notify", "test") == (1, "", said)


def test_wrong_words_are_exit_code_two(terminal: Terminal) -> None:
    for words in (("notify",), ("notify", "tset"), ("notify", "test", "--what")):
        code, said, error = terminal.outcome(*words)
        assert (code, said) == (2, "")
        assert error

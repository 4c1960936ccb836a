"""What the server's answers mean to a command."""

from pathlib import Path

import pytest

from tests.every_error import WORDS, derived, in_the_tree
from tests.unit.cli.terminal import Terminal
from tests.unit.cli.trading.answers import answering
from weaver.cli.dispatch import run
from weaver.glados.http.errors import status_of
from weaver.model.errors import WeaverError

RAISED = [one for one in [*in_the_tree(), *derived()] if type(one) is not WeaverError]


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_an_error_has_one_exit_code_raised_here_or_by_the_server(
    error: WeaverError, weaver_home: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, code = status_of(error)
    body = {"code": code, "message": WORDS, "details": [], "correlation_id": "c"}
    with answering(weaver_home, {}, refused={"/venues": (status, body)}):
        found = terminal.outcome("venues")

    def fail(_words: list[str]) -> int:
        raise error

    monkeypatch.setattr("weaver.cli.dispatch._invoke", fail)
    assert found == (run(["venues"]), "", f"error: {WORDS}\n")

"""A terminal for each test."""

import pytest

from tests.unit.cli.terminal import Terminal
from weaver.cli.screen import progress


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a slow machine's commands say of their progress is for the tests of that alone."""
    monkeypatch.setattr(progress, "LINE_AFTER_SECONDS", 600.0)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)

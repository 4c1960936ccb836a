"""Commands in this process, as a user types them."""

import pytest

from weaver.cli.dispatch import run
from weaver.config import settings


class Terminal:
    """Runs commands in this process, under the settings of the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)
        settings.cache_clear()

    def outcome(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output and error."""
        code = run(arguments)
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def told(self, *arguments: str) -> str:
        code, stdout, stderr = self.outcome(*arguments)
        assert code == 0, stderr
        return stdout

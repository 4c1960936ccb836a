"""How the command was called."""

import sys
from pathlib import Path

import pytest

from weaver.cli.screen.called import called


def test_weaver_on_the_path_is_called_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "weaver"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "argv", [str(script), "down"])
    assert called() == "weaver"


def test_weaver_elsewhere_is_called_as_it_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "argv", [".venv/bin/weaver"])
    assert called() == ".venv/bin/weaver"
    monkeypatch.setattr(sys, "argv", ["my home/weaver"])
    assert called() == "'my home/weaver'"


def test_module_is_called_by_its_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/weaver/__main__.py"])
    assert called() == f"{sys.executable} -m weaver"
    monkeypatch.setattr(sys, "argv", ["/usr/bin/pytest"])
    assert called() == "weaver"

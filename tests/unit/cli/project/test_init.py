"""What `weaver init` says to type next."""

import sys
from pathlib import Path

import pytest

from weaver.cli.dispatch import run


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (".venv/bin/weaver", "export WEAVER={here}/.venv/bin/weaver && "),
        ("my home/weaver", "export WEAVER=''\"'\"'{here}/my home/weaver'\"'\"'' && "),
        ("/somewhere/weaver/__main__.py", "export WEAVER='{python} -m weaver' && "),
        ("weaver.py", ""),
    ],
)
def test_weaver_that_is_not_on_the_path_is_named_to_the_makefile(
    typed: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "argv", [typed])
    assert run(["init", "mine"]) == 0
    told = capsys.readouterr().out.splitlines()[-1]
    name = named.format(here=tmp_path, python=sys.executable)
    assert told == f"Then: cd mine && {name}make backtest (make help lists the rest)"

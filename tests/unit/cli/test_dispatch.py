"""The command line as a whole: fast help, and no command loaded that is not called."""

import subprocess
import sys

import pytest

from weaver.cli.dispatch import COMMANDS, run


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from weaver.cli.dispatch import run; run(['--help'])\n"
        "heavy = {'numpy', 'pydantic', 'rich', 'pyarrow', 'talib', 'weaver.config'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == "heavy: []\n"
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"Usage: weaver {name} ")
    assert err == ""


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    assert capsys.readouterr().out.startswith("Usage: weaver ")


def test_group_without_a_command_shows_its_help_and_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: weaver data ")


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == "weaver 0.1.0\n"

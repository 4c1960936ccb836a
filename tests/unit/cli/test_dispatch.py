"""The command line as a whole: fast help, and no command loaded that is not called."""

import subprocess
import sys

import pytest
import typer

from tests.every_error import WORDS, derived, in_the_tree
from weaver.cli.dispatch import COMMANDS, _app, run
from weaver.model.errors import IllegalTransition, WeaverError


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from weaver.cli.dispatch import run; run(['--help'])\n"
        "heavy = {'numpy', 'pydantic', 'rich', 'pyarrow', 'talib', 'weaver.config'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == "heavy: []\n"
    assert all(name in done.stdout for name in COMMANDS)


def test_interrupt_before_any_command_is_loaded_is_one_word() -> None:
    code = (
        "import sys\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "from weaver.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


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


CODES = {"InputError": 2, "DataError": 2, "Damaged": 2, "NotFound": 2, "InvalidOrder": 2}


@pytest.mark.parametrize("error", [*in_the_tree(), *derived()], ids=lambda error: type(error).__name__)
def test_every_error_is_one_line_and_an_exit_code_that_its_family_decides(
    error: WeaverError, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_words: list[str]) -> int:
        raise error

    monkeypatch.setattr("weaver.cli.dispatch._invoke", fail)
    assert run(["anything"]) == CODES.get(type(error).__name__, 1)
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    is_fault = isinstance(error, IllegalTransition)  # of an order or a run: no user can have asked for it
    assert err.startswith("error: unexpected IllegalTransition: " if is_fault else f"error: {WORDS}")


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == "weaver 0.1.0\n"


def given_once() -> list[tuple[list[str], str]]:
    """Each command with each of its options that keep one value."""
    found = []
    for name in COMMANDS:
        command = typer.main.get_command(_app(name)).commands[name]  # type: ignore[attr-defined]
        leaves = {(name, one): leaf for one, leaf in command.commands.items()} if hasattr(command, "commands") else {}
        for words, leaf in (leaves or {(name,): command}).items():
            options = [one for one in leaf.params if one.opts[0].startswith("-") and not one.multiple]
            found += [([*words], one.opts[0]) for one in options if not one.is_flag]
    return found


@pytest.mark.parametrize(("words", "option"), given_once())
def test_option_that_keeps_one_value_is_refused_twice(
    words: list[str], option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, option, "1", option, "2"]) == 2
    assert capsys.readouterr() == ("", f"error: {option} is given 2 times: give it once\n")


def test_options_of_several_commands_are_looked_at() -> None:
    assert {words[0] for words, _ in given_once()} >= {"backtest", "data", "runs", "up"}
    assert (["data", "import"], "--symbol") in given_once()


def test_flag_may_be_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["backtest", "x", "--shorting", "--shorting", "--bars", "none.csv"]) == 2
    assert "given" not in capsys.readouterr().err

"""`weaver strategies`: what it prints, and its exit codes."""

import json
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.unit.cli.terminal import Terminal
from weaver.cli.strategies import TemplateName, app
from weaver.marvin.plugins.template import TEMPLATES
from weaver.model.errors import InputError


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_list_shows_shipped_strategies_and_why_a_file_is_broken(weaver_home: Path) -> None:
    folder = weaver_home / "strategies"
    folder.mkdir(parents=True)
    (folder / "oops.py").write_text("class X(Strategy:\n")
    (folder / "mine.py").write_text("class Mine(Strategy):\n    '''Does [bold] things. And more.'''\n")
    result = run("list")
    assert result.exit_code == 0
    assert "sma-crossover" in result.stdout and "mine" in result.stdout and "[bold]" in result.stdout
    assert f"broken: {folder / 'oops.py'} line 1: " in result.stdout


def test_list_as_json_is_one_object() -> None:
    found = json.loads(run("list", "--json").stdout)
    assert list(found) == ["items"]
    entry = next(entry for entry in found["items"] if entry["id"] == "sma-crossover")
    assert entry["parameters"]["fast"] == {"type": "int", "default": 10, "ge": 2, "le": 500}
    assert entry["error"] is None


def test_check_of_a_good_strategy_says_fine() -> None:
    result = run("check", "sma-crossover")
    assert result.exit_code == 0
    assert result.stdout.startswith("sma-crossover: fine (SmaCrossover, source ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("class X(Strategy:\n", "x.py line 1: "),
        ("import weaver\nclass X(weaver.Strategy):\n    n: int = weaver.Field(1, ge=2)\n", "n=1: must be ≥ 2\n"),
        ("import weaver\nclass X(weaver.Strategy):\n    def on_bra(self, bar): pass\n", "did you mean on_bar?\n"),
    ],
)
def test_check_reports_each_problem_in_a_line_and_exits_2(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "x.py"
    path.write_text(text)
    result = run("check", str(path))
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_check_of_an_unknown_id_suggests_one() -> None:
    result = run("check", "sma-crosover")
    assert result.exit_code == 2
    assert result.stderr == "error: there is no strategy 'sma-crosover'; did you mean sma-crossover?\n"


@pytest.mark.parametrize(
    ("name", "file", "identifier"),
    [
        ("gap-fade", "gap_fade.py", "gap-fade"),
        ("GapFade", "gap_fade.py", "gap-fade"),
        ("ema 20 cross", "ema_20_cross.py", "ema20-cross"),
        ("RSI", "rsi.py", "rsi"),
    ],
)
def test_new_writes_a_strategy_that_passes_the_check(weaver_home: Path, name: str, file: str, identifier: str) -> None:
    result = run("new", name)
    path = weaver_home / "strategies" / file
    assert result.exit_code == 0, result.output
    assert f"Wrote {path}" in result.stdout
    assert run("check", str(path)).stdout.startswith(f"{identifier}: fine ")
    assert run("check", identifier).exit_code == 0


def test_new_never_overwrites(tmp_path: Path) -> None:
    assert run("new", "gap-fade", "--dir", str(tmp_path)).exit_code == 0
    path = tmp_path / "gap_fade.py"
    path.write_text("mine")
    result = run("new", "gap-fade", "--dir", str(tmp_path))
    assert isinstance(result.exception, InputError)
    assert str(result.exception) == f"{path} is there already; choose another name, or remove it first"
    assert path.read_text() == "mine"


def test_new_refuses_an_id_that_is_taken(tmp_path: Path) -> None:
    result = run("new", "sma-crossover", "--dir", str(tmp_path))
    assert isinstance(result.exception, InputError)
    assert "sma-crossover is the id of " in str(result.exception)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../evil", "1up", "", "a/b", "é", "-x", "none", "strategy"])
def test_new_refuses_a_name_that_cannot_be_a_class(tmp_path: Path, name: str) -> None:
    result = run("new", "--dir", str(tmp_path), "--", name)
    assert isinstance(result.exception, InputError)
    assert "cannot name a strategy" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_new_in_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("new", "gap-fade", "--dir", str(tmp_path / "file" / "folder"))
    assert isinstance(result.exception, InputError)
    assert "gap_fade.py cannot be written: Not a directory" in str(result.exception)


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_runs_at_once_on_the_sample_data_as_the_command_that_is_printed_says(
    name: str, tmp_path: Path, terminal: Terminal
) -> None:
    found = json.loads(run("new", "gap-fade", "--dir", str(tmp_path), "--template", name, "--json").stdout)
    assert (found["path"], found["template"]) == (str(tmp_path / "gap_fade.py"), name)
    weaver, *words = shlex.split(found["command"])
    record = tmp_path / "result.json"
    terminal.told(*words, "--json", str(record))
    result = json.loads(record.read_text())
    assert weaver == "weaver"
    assert result["stats"]["trades"] > 10
    assert {warning["code"] for warning in result["warnings"]} <= {"free_financing"}


def test_command_that_is_printed_begins_as_this_one_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.argv", [".venv/bin/weaver"])
    told = run("new", "gap-fade", "--dir", str(tmp_path)).stdout
    assert f"\nTry it: .venv/bin/weaver backtest {tmp_path / 'gap_fade.py'} --bars " in told


def test_template_that_there_is_not_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    result = run("new", "gap-fade", "--dir", str(tmp_path), "--template", "grid")
    assert str(result.exception).startswith("there is no template 'grid'; there are: signals (indicators, signals")
    assert [name for name in TEMPLATES if f"{name} (" not in str(result.exception)] == []
    assert list(tmp_path.iterdir()) == []


def test_help_names_the_templates() -> None:
    assert all(name in TemplateName.__metadata__[0].help for name in TEMPLATES)

"""`weaver sweep`: options to a sweep, its table, its JSON, and what is refused before the first trial."""

import json
from pathlib import Path

import pytest

from tests.acceptance.command import csv, days
from weaver.cli.dispatch import run

SWEEP = ["sweep", "sma-crossover", "--bars", "ABC_1d.csv"]
ALONE = ["--workers", "1"]
VARIED = ["--vary", "fast=3,5", "--vary", "slow=10:20:10"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weaver_home: Path) -> Path:
    """A folder with bars, to work in."""
    (tmp_path / "ABC_1d.csv").write_text(csv(days(300)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_best_trials_are_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*SWEEP, *ALONE, *VARIED, "--objective", "total_return"]) == 0
    shown = capsys.readouterr().out
    assert "sma-crossover: 4 trials, by total_return" in shown
    lines = [line.split() for line in shown.splitlines() if line]
    assert "the best of them, backtested in full:\nWARNING " in shown
    assert "WARNING ABC: taken for stock" in shown
    head, *rows = lines[[line[0] for line in lines].index("fast") :]
    assert head[:4] == ["fast", "slow", "return", "Sharpe"]
    assert sorted(row[:2] for row in rows if row[0].isdecimal()) == [["3", "10"], ["3", "20"], ["5", "10"], ["5", "20"]]


def test_json_is_one_object_and_the_same_again(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert run([*SWEEP, *ALONE, *VARIED, "--json", "-"]) == 0
    text = capsys.readouterr().out
    found = json.loads(text)
    assert list(found) == ["sweep", "best", "warnings", "earlier", "overfitting", "trials"]
    assert found["overfitting"]["counted_trials"] == 4
    assert [trial["parameters"] for trial in found["trials"]] == [
        {"fast": fast, "slow": slow} for fast in (3, 5) for slow in (10, 20)
    ]
    assert found["sweep"]["objective"] == "sharpe"
    assert run([*SWEEP, *VARIED, "--workers", "2", "--json", "out.json"]) == 0
    assert (folder / "out.json").read_text() == text
    assert run([*SWEEP, *VARIED, "--resume", "--json", "out.json"]) == 0
    assert (folder / "out.json").read_text() == text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--vary", "fats=3"], "SmaCrossover has no parameter 'fats'"),
        (["--vary", "fast=1,3"], "fast=1: must be ≥ 2"),
        (["--vary", "fast=9:3"], "a range goes upwards"),
        (["--vary", "fast=3", "--vary", "fast=5"], "--vary fast is given twice"),
        (["--vary", "fast=3", "--vary", "fast"], "--vary fast is given twice"),
        (["--vary", "fast=3:5", "--where", "fast > 9"], "no point of the space satisfies the constraint"),
        (["--vary", "fast=3:5", "--objective", "sharp"], "there is no sharp"),
        (["--vary", "fast=3:5", "--search", "magic"], "--search is grid, random or tpe, not 'magic'"),
        (["--vary", "fast=3:5", "--search", "random"], "add --trials N"),
        (["--vary", "fast", "--vary", "slow"], "say that so many are meant (--yes)"),
        (["--vary", "fast=3:5", "--json", "nowhere/x.json"], "nowhere"),
        (["--vary", "fast=3:5", "--bars", "GONE=gone.csv"], "gone.csv"),
    ],
)
def test_bad_input_is_refused_in_one_line(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*SWEEP, *ALONE, *options]) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.err.strip().splitlines()[-1].startswith("error: ")


def test_an_objective_that_no_trial_has_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*SWEEP, *ALONE, *VARIED, "--objective", "sharpe / 0"]) == 1
    assert "is undefined for all 4 trials" in capsys.readouterr().err


PEEK = """
import numpy as np
from weaver import Field, Strategy, indicator

def later(close, ahead):
    return np.concatenate((close[ahead:], np.full(ahead, close[-1])))

class Peek(Strategy):
    ahead: int = Field(1, ge=1, le=3)
    def on_start(self):
        coming = indicator(later, self.close, ahead=self.ahead)
        self.when(coming > self.close, lambda bar: self.order_target_percent(bar.symbol, 0.9))
        self.when(coming < self.close, lambda bar: self.close_position(bar.symbol))
"""


def test_of_a_strategy_that_looks_ahead_that_is_said_and_no_verdict_given(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "peek.py").write_text(PEEK)
    arguments = ["sweep", "peek.py", "--bars", "ABC_1d.csv", *ALONE]
    assert run(arguments) == 0
    shown = capsys.readouterr().out
    assert "WARNING LOOK-AHEAD: later(ABC.close, " in shown
    assert "no figure below can be believed before that is mended" in shown
    assert "The best of" not in shown and "reality check" not in shown
    assert run([*arguments, "--no-lookahead-check"]) == 0
    shown = capsys.readouterr().out
    assert "LOOK-AHEAD" not in shown and "The best of 3 trials" in shown

"""`weaver walk-forward`: its table, its JSON, and what is refused before the first trial."""

import json
from pathlib import Path

import pytest

from tests.acceptance.command import csv, days
from weaver.cli.dispatch import run

FORWARD = ["walk-forward", "sma-crossover", "--bars", "ABC_1d.csv", "--workers", "1", "--vary", "fast=3,5"]
VARIED = ["--vary", "slow=10:20:10", "--train", "100", "--test", "50", "--objective", "total_return"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weaver_home: Path) -> Path:
    """A folder with bars, to work in."""
    (tmp_path / "ABC_1d.csv").write_text(csv(days(300)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_windows_and_what_they_come_to_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FORWARD, *VARIED]) == 0
    shown = capsys.readouterr().out
    assert "sma-crossover: 4 windows, by total_return" in shown
    head = next(line for line in shown.splitlines() if line.startswith("trained from"))
    assert head.split()[:7] == ["trained", "from", "traded", "from", "to", "fast", "slow"]
    assert "efficiency (a year after ÷ before)" in shown
    assert "fast changes in" in shown


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FORWARD, *VARIED, "--anchored", "--embargo", "3", "--step", "60", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [
        "walk_forward",
        "stats",
        "efficiency",
        "degradation",
        "warnings",
        "stability",
        "windows",
        "equity",
    ]
    assert found["walk_forward"]["scheme"] == {
        "train": "100",
        "test": "50",
        "step": "60",
        "anchored": True,
        "embargo": 3,
    }
    assert len({window["train_start"] for window in found["windows"]}) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--train", "9y", "--test", "1y"], "no window fits the data: train 9y and test 1y"),
        (["--train", "soon", "--test", "50"], "--train: give a number of sessions (250), or 2y, 6mo, 3w; not 'soon'"),
        (["--train", "50"], "--test"),
        (["--train", "100", "--test", "50", "--step", "5"], "the tests would overlap"),
        (["--train", "100", "--test", "50", "--vary", "fats=1"], "SmaCrossover has no parameter 'fats'"),
    ],
)
def test_bad_input_is_refused_in_one_line(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FORWARD, *options]) == 2
    assert message in capsys.readouterr().err

"""`weaver cross-validate`: its table, its JSON, and what is refused before the first trial."""

import json
from pathlib import Path

import pytest

from tests.acceptance.command import csv, days
from weaver.cli.dispatch import run

CROSSED = ["cross-validate", "sma-crossover", "--bars", "ABC_1d.csv", "--workers", "1", "--vary", "fast=3,5"]
VARIED = ["--vary", "slow=10:20:10", "--objective", "total_return"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weaver_home: Path) -> Path:
    """A folder with bars, to work in."""
    (tmp_path / "ABC_1d.csv").write_text(csv(days(300)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_paths_and_choices_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*CROSSED, *VARIED]) == 0
    shown = capsys.readouterr().out
    assert "sma-crossover: 15 choices of 4 trials, 5 paths, by total_return" in shown
    assert "paths that lose" in shown
    assert " times fast=" in shown


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*CROSSED, *VARIED, "--groups", "4", "--tested", "1", "--embargo", "2", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [
        "cross_validation",
        "trials",
        "share_of_losses",
        "degradation",
        "groups",
        "splits",
        "paths",
    ]
    assert [split["tested"] for split in found["splits"]] == [[1], [2], [3], [4]]
    assert len(found["paths"]) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--tested", "6"], "tested"),
        (["--search", "tpe", "--trials", "4"], "cross-validate a grid, or random"),
        (["--objective", "win_rate"], "which is not known of a part of a run"),
        (["--vary", "fats=1"], "SmaCrossover has no parameter 'fats'"),
    ],
)
def test_bad_input_is_refused_in_one_line(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*CROSSED, *options]) == 2
    assert message in capsys.readouterr().err
